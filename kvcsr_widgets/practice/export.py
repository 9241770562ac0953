"""The secret and the key behind a certificate.

A secret is a PKCS #12 without password, or PEM with the key first, by the content type of the
policy that the version was made with; where that says that the key is not exportable, it holds the
certificates alone, whatever the policy says later. PEM runs from the leaf to the root (recorded).
"""

from __future__ import annotations

import base64
import json
import textwrap

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import NoEncryption, pkcs12

from kvcsr_widgets.practice import bundles, issuing
from kvcsr_widgets.practice.fields import Json
from kvcsr_widgets.practice.policy import CONTENT_TYPES
from kvcsr_widgets.practice.rows import Version

_OPERATIONS = {
    "dataencipherment": ("encrypt", "decrypt"),
    "encipheronly": ("encrypt",),
    "decipheronly": ("decrypt",),
    "digitalsignature": ("sign", "verify"),
    "nonrepudiation": ("sign", "verify"),
    "keycertsign": ("sign", "verify"),
    "crlsign": ("sign", "verify"),
    "keyencipherment": ("wrapKey", "unwrapKey"),
}
"""Key operations by key usage (about-certificates.md); keyAgreement has none there."""


def secret_bundle(base: str, version: Version, api_version: str) -> Json:
    """A SecretBundle: the certificate with its chain, and the key where it may leave the vault."""
    policy = json.loads(version.policy)
    content_type = policy["secret_props"]["contentType"]
    exportable = policy["key_props"]["exportable"]
    write = _pem if content_type == CONTENT_TYPES[1] else _pfx
    body: Json = {
        "value": write(version, exportable=exportable),
        "contentType": content_type,
        "id": f"{base}/secrets/{version.name}/{version.id}",
        "managed": True,
        "attributes": bundles.attributes(version, api_version),
    }
    if version.tags:
        body["tags"] = json.loads(version.tags)
    return body | {"kid": f"{base}/keys/{version.name}/{version.id}"}


def key_bundle(base: str, version: Version, api_version: str) -> Json:
    """A KeyBundle: the public key as a JSON Web Key (RFC 7517)."""
    policy = json.loads(version.policy)
    jwk = {
        "kid": f"{base}/keys/{version.name}/{version.id}",
        **_jwk(issuing.load_key(version.key), policy),
    }
    body: Json = {"key": jwk, "attributes": bundles.attributes(version, api_version)}
    if version.tags:
        body["tags"] = json.loads(version.tags)
    return body | {"managed": True}


def _jwk(key: issuing.Key, policy: Json) -> Json:
    asked = [usage.lower() for usage in policy["x509_props"]["key_usage"]]
    wanted = {each for usage in asked for each in _OPERATIONS.get(usage, ())}
    order = ("sign", "verify", "wrapKey", "unwrapKey", "encrypt", "decrypt")
    if isinstance(key, rsa.RSAPrivateKey):
        numbers = key.public_key().public_numbers()
        operations = [each for each in order if each in wanted]
        size = key.key_size // 8
        return {
            "kty": "RSA",
            "key_ops": operations,
            "n": _base64url(numbers.n, size),
            "e": _base64url(numbers.e, 3),
        }
    point = key.public_key().public_numbers()
    size = (key.key_size + 7) // 8
    return {
        "kty": "EC",
        "key_ops": [each for each in order[:2] if each in wanted],
        "crv": issuing.describe(key)["crv"],
        "x": _base64url(point.x, size),
        "y": _base64url(point.y, size),
    }


def _base64url(number: int, size: int) -> str:
    data = number.to_bytes(max(size, (number.bit_length() + 7) // 8), "big")
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _pem(version: Version, *, exportable: bool) -> str:
    chain = version.chain.decode()
    if not exportable:
        return chain
    lines = textwrap.wrap(base64.b64encode(version.key).decode(), 64)
    key = ["-----BEGIN PRIVATE KEY-----", *lines, "-----END PRIVATE KEY-----", ""]
    return "\n".join(key) + chain


def _pfx(version: Version, *, exportable: bool) -> str:
    assert version.cer is not None
    leaf = x509.load_der_x509_certificate(version.cer)
    chain = x509.load_pem_x509_certificates(version.chain)
    data = pkcs12.serialize_key_and_certificates(
        version.id.encode(),
        issuing.load_key(version.key) if exportable else None,
        leaf,
        [each for each in chain if each != leaf],
        NoEncryption(),
    )
    return base64.b64encode(data).decode()
