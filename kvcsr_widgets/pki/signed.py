"""Whatever a CA sent back, read as certificates.

DER, PEM with anything around the blocks, PKCS #7 (``.p7b``) in both encodings, and bare base64,
each recognised by its bytes and never by the file's name.
"""

from __future__ import annotations

import base64
import binascii
import codecs
import re
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    load_der_private_key,
    load_der_public_key,
    pkcs7,
)

from kvcsr_widgets.errors import SignedFileError
from kvcsr_widgets.pki.facts import UNREADABLE, spki

MAX_BYTES = 5 * 1024 * 1024
"""The largest file that is read, in bytes."""

MAX_CERTIFICATES = 100
"""The most certificates that are taken from one file."""

_BLOCK = re.compile(r"-----BEGIN ([A-Z0-9 #]{1,40})-----([^-]*)-----END \1-----")
_PRIVATE = re.compile(r"-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY-----")
_STRAY = re.compile(r"-----(?:BEGIN|END) [A-Z0-9 #]{1,40}-----")
_BASE64 = re.compile(r"[A-Za-z0-9+/]+={0,2}")
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_ASK = "Ask the CA for the certificate as .cer, .pem or .p7b."


@dataclass(frozen=True)
class SignedFile:
    """The certificates of a file, in its order, each once.

    ``notes`` tell what reading had to get over, one sentence each: an encoding, duplicates, ...
    """

    certificates: tuple[x509.Certificate, ...]
    notes: tuple[str, ...] = ()

    def leaf_for(self, key: CertificatePublicKeyTypes) -> x509.Certificate | None:
        """The certificate over this public key, wherever it stands in the file."""
        wanted = spki(key)
        return next((c for c in self.certificates if spki(c.public_key()) == wanted), None)


def read_signed(data: bytes, filename: str | None = None) -> SignedFile:
    """Read a file that a CA sent. ``filename`` is only used to name the file in an error.

    Raises SignedFileError, saying what the bytes look like, when there is no certificate in it,
    when it holds a private key (which is not kept), or when it is too large.
    """
    shown = f"“{filename}”" if filename else "The file"
    if not data.strip():
        raise SignedFileError(
            f"{shown} is empty.", hint="Save it again from the CA's mail or page."
        )
    if len(data) > MAX_BYTES:
        raise SignedFileError(
            f"{shown} has {len(data):,} bytes; a certificate file has a few thousand.", hint=_ASK
        )
    found: dict[bytes, x509.Certificate] = {}
    for certificate in _certificates(data, shown):
        found[certificate.public_bytes(Encoding.DER)] = certificate
    if len(found) > MAX_CERTIFICATES:
        raise SignedFileError(
            f"{shown} holds {len(found)} certificates; a chain has two to four.",
            hint="Ask the CA for your certificate and its own chain only.",
        )
    if not found:
        raise SignedFileError(f"{shown} is a PKCS #7 file without a certificate.", hint=_ASK)
    return SignedFile(tuple(found.values()))


def _certificates(data: bytes, shown: str) -> Iterator[x509.Certificate]:
    if data[:1] == b"\x30" and not data.isascii():
        yield from _from_der(data, shown)
        return
    text = _decode(data)
    if _PRIVATE.search(text):
        raise _private_key(shown)
    blocks = [body for _label, body in _BLOCK.findall(text)]
    for body in blocks:
        yield from _from_der(_from_base64(body) or b"", shown)
    if not blocks:
        bare = _from_base64(_STRAY.sub("", text))
        if bare is None:
            raise _no_certificate(text, shown)
        yield from _from_der(bare, shown)


def _decode(data: bytes) -> str:
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return data.decode(encoding, errors="replace")
    return data.decode("utf-8", errors="replace")


def _from_base64(text: str) -> bytes | None:
    joined = "".join(text.split())
    if not _BASE64.fullmatch(joined):
        return None
    try:
        return base64.b64decode(joined, validate=True)
    except binascii.Error:
        return None


def _from_der(der: bytes, shown: str) -> list[x509.Certificate]:
    try:
        certificates = [x509.load_der_x509_certificate(der)]
    except UNREADABLE:
        try:
            certificates = _load_pkcs7(der)
        except UNREADABLE:
            raise _not_certificates(der, shown) from None
    for certificate in certificates:
        _check(certificate, shown)
    return certificates


def _load_pkcs7(der: bytes) -> list[x509.Certificate]:
    """OpenSSL keeps the file's order where DER sorts a SET; cryptography warns of every such."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return pkcs7.load_der_pkcs7_certificates(der)


def _check(certificate: x509.Certificate, shown: str) -> None:
    """Read what is shown and compared later: ``cryptography`` decodes it only when asked."""
    try:
        certificate.public_key()
        _ = (certificate.subject, certificate.issuer)
        _ = (certificate.not_valid_before_utc, certificate.not_valid_after_utc)
    except UNREADABLE as error:
        raise SignedFileError(
            f"{shown} holds a certificate that cannot be read: {error}.", hint=_ASK
        ) from None


def _not_certificates(der: bytes, shown: str) -> SignedFileError:
    if _reads(x509.load_der_x509_csr, der):
        return SignedFileError(
            f"{shown} is a certificate signing request (CSR), not what the CA made of it.",
            hint="Send this file to the CA and upload the certificate that comes back.",
        )
    if _reads(lambda data: load_der_private_key(data, None), der):
        return _private_key(shown)
    if _reads(load_der_public_key, der):
        return SignedFileError(f"{shown} is a public key, not a certificate.", hint=_ASK)
    if _reads(x509.load_der_x509_crl, der):
        return SignedFileError(f"{shown} is a revocation list (CRL).", hint=_ASK)
    if re.match(rb"\x30(?:[\x00-\x7f]|[\x80-\x84].{0,4}?)\x02\x01\x03\x30", der[:16], re.DOTALL):
        return SignedFileError(
            f"{shown} is a PFX (PKCS #12). A merge takes certificates only.",
            hint=f"The private key is in the vault already. {_ASK}",
        )
    return SignedFileError(
        f"{shown} looks like a certificate but is damaged or cut off.",
        hint="Download it again, or ask the CA to send it again.",
    )


def _reads(load: Callable[[bytes], object], der: bytes) -> bool:
    try:
        load(der)
    except UNREADABLE:
        return False
    return True


def _private_key(shown: str) -> SignedFileError:
    return SignedFileError(
        f"{shown} holds a private key. It was not read.",
        hint="The vault has its own key for this request. Upload the certificate alone, and keep "
        "the file with the key away from mail and shared folders.",
    )


def _no_certificate(text: str, shown: str) -> SignedFileError:
    start = text.lstrip()[:200].lower()
    if start.startswith(("<!doctype", "<html", "<?xml")):
        return SignedFileError(
            f"{shown} is a web page, perhaps the CA's sign-in page.",
            hint="Sign in at the CA and download the certificate again.",
        )
    return SignedFileError(
        f"{shown} holds no certificate.",
        hint=f"A certificate begins with -----BEGIN CERTIFICATE----- or is a binary file. {_ASK}",
    )
