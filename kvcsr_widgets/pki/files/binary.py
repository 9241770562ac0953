"""Certificates in binary: one or several as DER, PKCS #7 in DER or BER, PFX without a key."""

from __future__ import annotations

import re
from itertools import islice

from cryptography import x509
from cryptography.hazmat.primitives.serialization import pkcs7

from kvcsr_widgets.pki.facts import UNREADABLE
from kvcsr_widgets.pki.files import der, lookalike, pfx
from kvcsr_widgets.pki.files.budget import Allowance
from kvcsr_widgets.pki.files.lookalike import Lookalike

MAX_CERTIFICATES = 100
"""The most certificates that are taken from one file."""

MAX_CERTIFICATE = 128 * 1024
"""Bytes of one certificate; one with a thousand names has 30,000 or so."""

MAX_LOADED = 1_000
"""Certificates in PKCS #7, repeated ones included."""

_PADDING = re.compile(rb"[ \t\r\n\0\x1a]*")
_PKCS7 = bytes.fromhex("2a864886f70d0107")
_SIGNED = _PKCS7 + b"\2"
_ENVELOPED = (_PKCS7 + b"\3", _PKCS7 + b"\4", _PKCS7 + b"\6")


def certificates(data: bytes, rounds: Allowance) -> tuple[list[x509.Certificate], list[Lookalike]]:
    """What is in binary data that begins with a SEQUENCE: certificates, and what else there is.

    ``rounds`` of a hash are what a PFX may take.
    """
    kind = _oid(data)
    if kind.startswith(_PKCS7):
        found = _in_pkcs7(data, kind)
    elif pfx.is_pfx(data):
        found = pfx.certificates(data, rounds)
    else:
        return _one_after_another(data)
    return ([], [found]) if isinstance(found, Lookalike) else (found, [])


def _oid(data: bytes) -> bytes:
    """The type that a PKCS #7 file begins with, empty where it is something else."""
    tag, content = next(iter(der.children(data)), (0, b""))
    return content if tag == der.OID else b""


def _in_pkcs7(data: bytes, kind: bytes) -> list[x509.Certificate] | Lookalike:
    """OpenSSL keeps the file's order where DER sorts a SET; cryptography warns of every such."""
    if kind in _ENVELOPED:
        return lookalike.ENCRYPTED_PKCS7
    if kind != _SIGNED:
        return lookalike.EMPTY_PKCS7
    carried = _carried(data)
    if carried > MAX_LOADED:
        return lookalike.CROWDED_PKCS7
    try:
        return pkcs7.load_der_pkcs7_certificates(data)
    except UNREADABLE:
        if _is_whole(data) and not _content_0(_signed_data(data)):
            return lookalike.EMPTY_PKCS7
        return lookalike.DAMAGED_PKCS7 if der.size(data) <= len(data) else lookalike.of_der(data)


def _signed_data(data: bytes) -> list[tuple[int, bytes]]:
    """The elements of SignedData (RFC 5652 section 5.1)."""
    return der.children(_content_0(der.children(data)))


def _content_0(found: list[tuple[int, bytes]]) -> bytes:
    """What stands under the tag [0], of SignedData its certificates."""
    return next((content for tag, content in found if tag == der.CONTEXT_0), b"")


def _carried(data: bytes) -> int:
    """The certificates in SignedData, counted up to ``MAX_LOADED`` + 1."""
    found = _content_0(_signed_data(data))
    return sum(1 for _each in islice(der.elements(found), MAX_LOADED + 1))


def _is_whole(data: bytes) -> bool:
    """Whether SignedData goes on to its signers; what is behind it does not count."""
    ends = [tag for tag, _content in _signed_data(data)[-1:]]
    return 0 < der.size(data) <= len(data) and ends == [der.SET]


def names_size(certificate: bytes) -> int:
    """Bytes of the issuer and the subject of a certificate (RFC 5280 section 4.1)."""
    _tag, whole = next(der.elements(certificate), (0, b""))
    _tag, body = next(der.elements(whole), (0, b""))
    parts = [content for tag, content in islice(der.elements(body), 7) if tag == der.SEQUENCE]
    return sum(len(name) for name in parts[1:4:2])


def _one_after_another(data: bytes) -> tuple[list[x509.Certificate], list[Lookalike]]:
    loaded: dict[bytes, x509.Certificate] = {}
    found: list[x509.Certificate] = []
    at = _past_padding(data, 0)
    while at < len(data) and len(loaded) <= MAX_CERTIFICATES:
        size = der.size(data, at)
        element = data[at : at + size] if size else data[at:]
        certificate = loaded.get(element) or load(element)
        if certificate is None:
            path = _path(element) if not found else []
            return found + path, [] if path else [lookalike.of_der(element)]
        loaded[element] = certificate
        found.append(certificate)
        at = _past_padding(data, at + size)
    return found, []


def _past_padding(data: bytes, at: int) -> int:
    found = _PADDING.match(data, at)
    return found.end() if found else at


def _path(data: bytes) -> list[x509.Certificate]:
    """The certificates of a PkiPath (X.509 section 7.6), root first, or none if it is none."""
    _tag, content = next(der.elements(data), (0, b""))
    if load(content[: der.size(content)]) is None:
        return []
    found, others = _one_after_another(content)
    return [] if others else found


def load(data: bytes) -> x509.Certificate | None:
    """A certificate that is exactly these bytes, or None."""
    try:
        return x509.load_der_x509_certificate(data)
    except UNREADABLE:
        return None
