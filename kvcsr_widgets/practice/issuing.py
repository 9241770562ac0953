"""Keys and CSRs as the vault makes them.

A CSR has version 0 and one attribute, the extension request, with KeyUsage (critical),
ExtendedKeyUsage, SubjectAltName where there are names, and BasicConstraints (not critical), in
this order, as every decoded recording has it.
"""

from __future__ import annotations

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

from kvcsr_widgets.pki.facts import KEY_USAGE_FIELDS
from kvcsr_widgets.pki.subject import Subject
from kvcsr_widgets.practice.policy import CURVES, Json

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey

_CURVES: dict[str, type[ec.EllipticCurve]] = {
    "P-256": ec.SECP256R1,
    "P-256K": ec.SECP256K1,
    "P-384": ec.SECP384R1,
    "P-521": ec.SECP521R1,
}
_FIELDS = {name.lower(): field for name, field in KEY_USAGE_FIELDS.items()}


def new_key(key_props: Json) -> bytes:
    """A new private key for a completed policy's ``key_props``, as PKCS #8 DER."""
    key: Key
    if key_props["kty"] == "EC":
        key = ec.generate_private_key(_CURVES[key_props["crv"]]())
    else:
        key = rsa.generate_private_key(public_exponent=65537, key_size=key_props["key_size"])
    return key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


def load_key(der: bytes) -> Key:
    """A key that ``new_key`` made."""
    return cast("Key", load_der_private_key(der, None))


def new_csr(key: bytes, x509_props: Json) -> bytes:
    """The CSR over ``key`` for a completed policy's ``x509_props``, as DER."""
    builder = x509.CertificateSigningRequestBuilder(
        Subject.parse(x509_props.get("subject", "")).name
    )
    if x509_props["key_usage"]:
        builder = builder.add_extension(_key_usage(x509_props["key_usage"]), critical=True)
    if x509_props["ekus"]:
        ekus = [x509.ObjectIdentifier(oid) for oid in x509_props["ekus"]]
        builder = builder.add_extension(x509.ExtendedKeyUsage(ekus), critical=False)
    if names := x509_props.get("sans", {}).get("dns_names"):
        san = x509.SubjectAlternativeName([x509.DNSName(name) for name in names])
        builder = builder.add_extension(san, critical=False)
    builder = builder.add_extension(
        x509.BasicConstraints(ca=False, path_length=None), critical=False
    )
    private = load_key(key)
    return builder.sign(private, _hash(private)).public_bytes(Encoding.DER)


def _key_usage(names: list[str]) -> x509.KeyUsage:
    wanted = {_FIELDS[name.lower()] for name in names}
    return x509.KeyUsage(**{field: field in wanted for field in KEY_USAGE_FIELDS.values()})


def _hash(key: Key) -> hashes.SHA256 | hashes.SHA384 | hashes.SHA512:
    bits = key.curve.key_size if isinstance(key, ec.EllipticCurvePrivateKey) else 0
    if bits == CURVES["P-384"]:
        return hashes.SHA384()
    return hashes.SHA512() if bits == CURVES["P-521"] else hashes.SHA256()
