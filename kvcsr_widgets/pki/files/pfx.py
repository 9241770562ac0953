"""PKCS #12 files that others send, read within bounds.

The library runs as many rounds of a password's hash as a file asks for, and checks an RSA key of
any size; meanwhile nothing else in the process runs. A file of some hundred bytes could stop the
vault for hours, so size and rounds are looked at before.
"""

from __future__ import annotations

from collections.abc import Iterator

from cryptography import x509
from cryptography.hazmat.primitives.serialization import pkcs12

from kvcsr_widgets.pki.facts import UNREADABLE
from kvcsr_widgets.pki.files import budget, der, lookalike, pfx_part
from kvcsr_widgets.pki.files.budget import Allowance
from kvcsr_widgets.pki.files.lookalike import Lookalike

MAX_FILE = 25 * 1024
"""Bytes. What Key Vault keeps as a secret is no larger (about-secrets.md)."""

MAX_ROUNDS = 1_000_000
"""Rounds of a password's hash, RFC 7292 and RFC 8018; files of today have 1 to 600,000."""

MAX_REPLY = 512 * 1024
"""Bytes of a PFX of certificates alone."""

_MAX_DEPTH = 24


def load(data: bytes, password: bytes | None) -> pkcs12.PKCS12KeyAndCertificates:
    """What a PFX holds, its key included.

    ValueError or another error of the library for what cannot be read. The rounds of a key within
    an encrypted part are not seen before they run; no usual program writes such a file.
    """
    if len(data) > MAX_FILE:
        raise ValueError(f"a PFX holds at most {MAX_FILE} bytes")
    if any(rounds > MAX_ROUNDS for rounds in _rounds(data, _MAX_DEPTH)):
        raise ValueError(f"a PFX asks for at most {MAX_ROUNDS} rounds")
    return pkcs12.load_pkcs12(data, password)


def is_pfx(data: bytes) -> bool:
    """Whether bytes have the outline of a PFX: version 3 and a content with its type."""
    outline = der.children(data)
    return outline[:1] == [(der.INTEGER, b"\3")] and outline[1:2] != []


def certificates(data: bytes, allowed: Allowance) -> list[x509.Certificate] | Lookalike:
    """The certificates of a PFX without a key and without a password, or an empty one.

    Every part is looked at before the library opens it, so no private key is ever decoded. The
    rounds of a password's hash are taken from those ``allowed`` before they run.
    """
    if pfx_part.holds_key(data):
        return lookalike.PFX_WITH_KEY
    if len(data) > MAX_REPLY:
        return lookalike.LARGE_PFX
    rounds = sum(_rounds(data, _MAX_DEPTH))
    if rounds > budget.MAX_ROUNDS:
        return lookalike.SLOW_PFX
    if not allowed.take(rounds):
        return lookalike.SPENT_PFX
    try:
        if any(pfx_part.holds_key(part) for part in pfx_part.opened(data, allowed)):
            return lookalike.PFX_WITH_KEY
    except pfx_part.SpentError:
        return lookalike.SPENT_PFX
    except pfx_part.UnknownCipherError:
        return lookalike.OLD_PFX
    except ValueError:
        return lookalike.LOCKED_PFX
    try:
        found = pkcs12.load_pkcs12(data, None)
    except UNREADABLE:
        return lookalike.LOCKED_PFX
    bags = [found.cert, *found.additional_certs]
    return [bag.certificate for bag in bags if bag is not None] or lookalike.EMPTY_PFX


def _rounds(data: bytes, depth: int) -> Iterator[int]:
    """Every integer that follows a salt: in MacData, PBES1, PBKDF2 and scrypt alike."""
    before = 0
    for tag, content in der.elements(data):
        if tag == der.INTEGER and before & ~der.CONSTRUCTED == der.OCTETS:
            yield int.from_bytes(content, "big")
        elif depth and (tag & der.CONSTRUCTED or tag == der.OCTETS):
            yield from _rounds(content, depth - 1)
        before = tag
