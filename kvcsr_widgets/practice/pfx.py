"""PKCS #12 files that others send, read within bounds.

The library runs as many rounds of a password's hash as a file asks for, and checks an RSA key of
any size; meanwhile nothing else in the process runs. A file of some hundred bytes could stop the
vault for hours, so size and rounds are looked at before (but for the rounds of a key within an
encrypted part, which no usual program writes).
"""

from __future__ import annotations

from collections.abc import Iterator

from cryptography.hazmat.primitives.serialization import pkcs12

MAX_FILE = 25 * 1024
"""Bytes. What Key Vault keeps as a secret is no larger (about-secrets.md)."""

MAX_ROUNDS = 1_000_000
"""Rounds of a password's hash, RFC 7292 and RFC 8018; files of today have 1 to 600,000."""

_SEQUENCE, _OCTETS, _INTEGER = 0x30, 0x04, 0x02
_CONSTRUCTED = 0x20
_MAX_DEPTH = 24


def load(data: bytes, password: bytes | None) -> pkcs12.PKCS12KeyAndCertificates:
    """What a PFX holds. ValueError or another error of the library for what cannot be read."""
    if len(data) > MAX_FILE:
        raise ValueError(f"a PFX holds at most {MAX_FILE} bytes")
    if any(rounds > MAX_ROUNDS for rounds in _rounds(data, _MAX_DEPTH)):
        raise ValueError(f"a PFX asks for at most {MAX_ROUNDS} rounds")
    return pkcs12.load_pkcs12(data, password)


def _rounds(der: bytes, depth: int) -> Iterator[int]:
    """Every integer that follows a salt: in MacData, PBES1, PBKDF2 and scrypt alike."""
    before = 0
    for tag, content in _elements(der):
        if tag == _INTEGER and before & ~_CONSTRUCTED == _OCTETS:
            yield int.from_bytes(content, "big")
        elif depth and (tag & _CONSTRUCTED or tag == _OCTETS):
            yield from _rounds(content, depth - 1)
        before = tag


def _elements(der: bytes) -> Iterator[tuple[int, bytes]]:
    """The elements of DER or BER of definite length, as far as it is some (X.690 8.1)."""
    at = 0
    while at + 2 <= len(der):
        tag, length = der[at], der[at + 1]
        at += 2
        if length >= 0x80:
            size = length & 0x7F
            length = int.from_bytes(der[at : at + size], "big") if size else len(der) - at
            at += size
        if at + length > len(der):
            return
        yield tag, der[at : at + length]
        at += length
