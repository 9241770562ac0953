"""The items of a merge, in the shapes that the service was seen to accept, and in no other.

A workbook reads far more from a file than this, and sends each certificate as DER.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator

from cryptography import x509
from cryptography.hazmat.primitives.serialization import pkcs7

from kvcsr_widgets.pki.facts import UNREADABLE, unwarned
from kvcsr_widgets.pki.files import pfx

_BLOCK = re.compile(r"-----BEGIN ([A-Z0-9 #]{1,40})-----([^-]*)-----END \1-----")
_PRIVATE = re.compile(r"-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY-----")
_STRAY = re.compile(r"-----(?:BEGIN|END) [A-Z0-9 #]{1,40}-----")


class UnreadableItemError(ValueError):
    """An item that the service was not seen to accept."""


def certificates(item: bytes) -> list[x509.Certificate]:
    """The certificates of one item, its outer base64 taken away.

    DER, PKCS #7 in DER, PFX without password (a key in it is not looked at), PEM blocks of these
    with anything around, or their base64 with a stray END line. UnreadableItemError for the rest.
    """
    try:
        found = _in_pfx(item) or _in_der(item) or list(_in_text(item))
        for certificate in found:  # cryptography decodes these only when they are asked for
            certificate.public_key()
            _ = (certificate.subject, certificate.issuer)
            _ = (certificate.not_valid_before_utc, certificate.not_valid_after_utc)
    except UNREADABLE as error:
        raise UnreadableItemError from error
    return found


def _in_pfx(data: bytes) -> list[x509.Certificate]:
    try:
        found = pfx.load(data, None)
    except UNREADABLE:
        return []
    bags = [found.cert, *found.additional_certs]
    return [bag.certificate for bag in bags if bag is not None]


def _in_der(data: bytes) -> list[x509.Certificate]:
    try:
        return [x509.load_der_x509_certificate(data)]
    except UNREADABLE:
        pass
    try:
        with unwarned():
            return pkcs7.load_der_pkcs7_certificates(data)
    except UNREADABLE:
        return []


def _in_text(data: bytes) -> Iterator[x509.Certificate]:
    """Every block must hold certificates, as must what is left where there is no block."""
    text = data.decode("utf-8-sig")
    if _PRIVATE.search(text):
        raise UnreadableItemError
    bodies = [body for _label, body in _BLOCK.findall(text)] or [_STRAY.sub("", text)]
    for body in bodies:
        found = _in_der(base64.b64decode("".join(body.split()), validate=True))
        if not found:
            raise UnreadableItemError
        yield from found
