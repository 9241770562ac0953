"""What a request and a certificate have in common, in words."""

from __future__ import annotations

import hashlib
import threading
import unicodedata
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, SignatureAlgorithmOID

_CURVES = {"secp256r1": "P-256", "secp384r1": "P-384", "secp521r1": "P-521", "secp256k1": "P-256K"}

EKU_NAMES = {
    ExtendedKeyUsageOID.SERVER_AUTH.dotted_string: "server authentication",
    ExtendedKeyUsageOID.CLIENT_AUTH.dotted_string: "client authentication",
    ExtendedKeyUsageOID.CODE_SIGNING.dotted_string: "code signing",
    ExtendedKeyUsageOID.EMAIL_PROTECTION.dotted_string: "e-mail protection",
    ExtendedKeyUsageOID.TIME_STAMPING.dotted_string: "time stamping",
    ExtendedKeyUsageOID.OCSP_SIGNING.dotted_string: "OCSP signing",
}
"""Extended key usages (EKU) by OID, RFC 5280 section 4.2.1.12."""

KEY_USAGE_FIELDS = {
    "digitalSignature": "digital_signature",
    "nonRepudiation": "content_commitment",
    "keyEncipherment": "key_encipherment",
    "dataEncipherment": "data_encipherment",
    "keyAgreement": "key_agreement",
    "keyCertSign": "key_cert_sign",
    "cRLSign": "crl_sign",
    "encipherOnly": "encipher_only",
    "decipherOnly": "decipher_only",
}
"""Key usages as Key Vault spells them, and as ``cryptography`` does; RFC 5280 section 4.2.1.3."""

SIGNATURES = {
    SignatureAlgorithmOID.RSA_WITH_SHA1.dotted_string: "SHA-1 with RSA",
    SignatureAlgorithmOID.RSA_WITH_SHA256.dotted_string: "SHA-256 with RSA",
    SignatureAlgorithmOID.RSA_WITH_SHA384.dotted_string: "SHA-384 with RSA",
    SignatureAlgorithmOID.RSA_WITH_SHA512.dotted_string: "SHA-512 with RSA",
    SignatureAlgorithmOID.RSASSA_PSS.dotted_string: "RSASSA-PSS",
    SignatureAlgorithmOID.ECDSA_WITH_SHA1.dotted_string: "SHA-1 with ECDSA",
    SignatureAlgorithmOID.ECDSA_WITH_SHA256.dotted_string: "SHA-256 with ECDSA",
    SignatureAlgorithmOID.ECDSA_WITH_SHA384.dotted_string: "SHA-384 with ECDSA",
    SignatureAlgorithmOID.ECDSA_WITH_SHA512.dotted_string: "SHA-512 with ECDSA",
    SignatureAlgorithmOID.ED25519.dotted_string: "Ed25519",
    SignatureAlgorithmOID.ED448.dotted_string: "Ed448",
}
"""Signature algorithms by OID, RFC 4055, RFC 5758 and RFC 8410."""

MAX_HEX = 64
"""Bytes of an undecoded value that are shown."""

UNREADABLE = (
    ValueError,
    TypeError,
    KeyError,  # a TLSFeature of an unknown number
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
    x509.InvalidVersion,
    x509.UnsupportedGeneralNameType,
)
"""What ``cryptography`` raises for certificates and keys that it cannot read."""


_FILTERS = threading.RLock()
"""The filters of warnings are the process' own: one thread at a time changes them."""


@contextmanager
def unwarned() -> Iterator[None]:
    """``cryptography`` warns of values outside RFC 5280 Appendix A; they are shown all the same."""
    with _FILTERS, warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        yield


def shown(text: str) -> str:
    r"""A text from outside on one line: what does not print is escaped, such as ``\u202e``."""
    return "".join(
        mark if mark.isprintable() else mark.encode("unicode_escape").decode() for mark in text
    )


def hexadecimal(data: bytes) -> str:
    """Bytes as hexadecimal digits, at most ``MAX_HEX`` of them."""
    more = f"… ({len(data)} bytes)" if len(data) > MAX_HEX else ""
    return data[:MAX_HEX].hex() + more


def spki(key: CertificatePublicKeyTypes) -> bytes:
    """The encoded SubjectPublicKeyInfo: two keys are the same when these bytes are."""
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def spki_of(certificate: x509.Certificate) -> bytes | None:
    """The encoded key of a certificate, None if it cannot be read or is of an unknown kind."""
    try:
        return spki(certificate.public_key())
    except UNREADABLE:
        return None


def folded(value: str) -> str:
    """A value of a name to compare: without case and blanks that do not count (RFC 5280 7.1)."""
    return " ".join(unicodedata.normalize("NFKC", value).casefold().split())


def key_fingerprint(key: CertificatePublicKeyTypes) -> str:
    """SHA-256 of the SubjectPublicKeyInfo as 64 lower-case hexadecimal digits."""
    return hashlib.sha256(spki(key)).hexdigest()


def thumbprint(certificate: x509.Certificate) -> str:
    """The SHA-1 of a certificate as Azure shows it: 40 upper-case hexadecimal digits."""
    der = certificate.public_bytes(Encoding.DER)
    return hashlib.sha1(der, usedforsecurity=False).hexdigest().upper()


def key_label(key: CertificatePublicKeyTypes) -> str:
    """``RSA 2048``, ``EC P-256``, or the name of another kind of key."""
    if isinstance(key, rsa.RSAPublicKey):
        return f"RSA {key.key_size}"
    if isinstance(key, ec.EllipticCurvePublicKey):
        return f"EC {_CURVES.get(key.curve.name, key.curve.name)}"
    if isinstance(key, ed25519.Ed25519PublicKey):
        return "Ed25519"
    return "Ed448" if isinstance(key, ed448.Ed448PublicKey) else type(key).__name__


def key_usages(extensions: x509.Extensions) -> tuple[str, ...]:
    """The key usages in Key Vault's spelling, in the order of RFC 5280."""
    try:
        usage = extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return ()
    return tuple(_set_usages(usage))


def _set_usages(usage: x509.KeyUsage) -> Iterator[str]:
    for name, attribute in KEY_USAGE_FIELDS.items():
        only = attribute in ("encipher_only", "decipher_only")
        if (not only or usage.key_agreement) and getattr(usage, attribute):
            yield name


def extended_key_usages(extensions: x509.Extensions) -> tuple[str, ...]:
    """The extended key usages as ``eku_label`` tells them."""
    try:
        ekus = extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return ()
    return tuple(eku_label(oid.dotted_string) for oid in ekus)


def eku_label(oid: str) -> str:
    """``server authentication (1.3.6.1.5.5.7.3.1)``, or the OID alone where it has no name."""
    return f"{EKU_NAMES[oid]} ({oid})" if oid in EKU_NAMES else oid
