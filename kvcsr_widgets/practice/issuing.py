"""Keys, CSRs and self-signed certificates as the vault makes them.

A CSR holds what ``pki.requested`` says. A self-signed certificate has KeyUsage (critical),
BasicConstraints, ExtendedKeyUsage, SubjectAltName and the two key identifiers, and begins ten
minutes before it was made (recorded, 2018).
"""

from __future__ import annotations

import datetime as dt
from typing import cast

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)

from kvcsr_widgets.pki import names
from kvcsr_widgets.pki.requested import NOT_A_CA, requested
from kvcsr_widgets.pki.subject import Subject
from kvcsr_widgets.practice.fields import Json
from kvcsr_widgets.practice.policy import CURVES

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey

BACKDATED = 600
"""Seconds that ``nbf`` lies before the creation (recorded for placeholders and Self)."""

_CURVES: dict[str, type[ec.EllipticCurve]] = {
    "P-256": ec.SECP256R1,
    "P-256K": ec.SECP256K1,
    "P-384": ec.SECP384R1,
    "P-521": ec.SECP521R1,
}


def new_key(key_props: Json) -> bytes:
    """A new private key for a completed policy's ``key_props``, as PKCS #8 DER."""
    key: Key
    if key_props["kty"] == "EC":
        key = ec.generate_private_key(_CURVES[key_props["crv"]]())
    else:
        key = rsa.generate_private_key(public_exponent=65537, key_size=key_props["key_size"])
    return key_der(key)


def key_der(key: Key) -> bytes:
    """A private key as PKCS #8 DER."""
    return key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


def load_key(der: bytes) -> Key:
    """A key that ``key_der`` wrote."""
    return cast("Key", load_der_private_key(der, None))


def describe(key: Key) -> Json:
    """The ``key_props`` that say what a key is: ``kty``, ``key_size`` and, for EC, ``crv``.

    A curve that the vault does not have is described without ``crv``.
    """
    if isinstance(key, rsa.RSAPrivateKey):
        return {"kty": "RSA", "key_size": key.key_size}
    props: Json = {"kty": "EC", "key_size": key.curve.key_size}
    for name, kind in _CURVES.items():
        if isinstance(key.curve, kind):
            props["crv"] = name
    return props


def new_csr(key: bytes, x509_props: Json) -> bytes:
    """The CSR over ``key`` for a completed policy's ``x509_props``, as DER."""
    builder = x509.CertificateSigningRequestBuilder(_subject(x509_props))
    for extension in _requested(x509_props):
        builder = builder.add_extension(extension.value, critical=extension.critical)
    private = load_key(key)
    return builder.sign(private, _hash(private)).public_bytes(Encoding.DER)


def self_signed(key: bytes, x509_props: Json, begin: int, end: int) -> x509.Certificate:
    """The certificate that issuer Self makes, valid between two Unix seconds."""
    private, name = load_key(key), _subject(x509_props)
    wanted = [each.value for each in _requested(x509_props)]
    usage = [each for each in wanted if isinstance(each, x509.KeyUsage)]
    others = [each for each in wanted if each not in (*usage, NOT_A_CA)]
    identifier = x509.SubjectKeyIdentifier.from_public_key(private.public_key())
    authority = x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number() >> 32)  # 16 bytes, as recorded
        .not_valid_before(dt.datetime.fromtimestamp(begin, dt.UTC))
        .not_valid_after(dt.datetime.fromtimestamp(end, dt.UTC))
    )
    for extension in (*usage, NOT_A_CA, *others, authority, identifier):
        builder = builder.add_extension(extension, critical=isinstance(extension, x509.KeyUsage))
    return builder.sign(private, _hash(private))


def _subject(x509_props: Json) -> x509.Name:
    return Subject.parse(x509_props.get("subject", "")).name


def _requested(x509_props: Json) -> list[x509.Extension[x509.ExtensionType]]:
    found = names.extension(x509_props.get("sans", {}))
    return requested(x509_props["key_usage"], x509_props["ekus"], found)


def _hash(key: Key) -> hashes.SHA256 | hashes.SHA384 | hashes.SHA512:
    bits = key.curve.key_size if isinstance(key, ec.EllipticCurvePrivateKey) else 0
    if bits == CURVES["P-384"]:
        return hashes.SHA384()
    return hashes.SHA512() if bits == CURVES["P-521"] else hashes.SHA256()
