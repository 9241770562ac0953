"""The parts of a PKCS #12 file, opened without a password to see whether a key is in them.

RFC 7292 for the parts and the old ciphers' keys, RFC 8018 for the new ones. What is found is only
searched and never kept; certificates are read by the library.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from itertools import islice

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher, CipherAlgorithm
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.padding import PKCS7

from kvcsr_widgets.pki.files import der
from kvcsr_widgets.pki.files.budget import Allowance

MAX_PARTS = 16
MAX_OLD_ROUNDS = 50_000
"""Rounds of an old cipher's hash for one part."""

OLD_WEIGHT = 10
"""What a round of an old cipher's hash counts beside one of the library: it is slower here."""

_PKCS = bytes.fromhex("2a864886f70d01")
_DATA, _ENCRYPTED = _PKCS + b"\x07\x01", _PKCS + b"\x07\x06"
_PBES2, _PBKDF2 = _PKCS + b"\x05\x0d", _PKCS + b"\x05\x0c"
_OLD_3DES = _PKCS + b"\x0c\x01\x03"
_KEY_BAGS = (_PKCS + b"\x0c\x0a\x01\x01", _PKCS + b"\x0c\x0a\x01\x02")
_HASHES = {7: "sha1", 8: "sha224", 9: "sha256", 10: "sha384", 11: "sha512"}
_AES = {2: 16, 22: 24, 42: 32}
_AES_ARC, _DES_EDE3 = bytes.fromhex("6086480165030401"), bytes.fromhex("2a864886f70d0307")
_EMPTY = (b"", b"\0\0")
"""No password and an empty one, which the old ciphers tell apart (RFC 7292 B.1)."""


class UnknownCipherError(ValueError):
    """A part is encrypted in a way that is not opened here."""


class SpentError(ValueError):
    """A part asks for more rounds than are left."""


def holds_key(part: bytes) -> bool:
    """Whether a key is among the bags of an opened part, itself encrypted or not."""
    return any(bag in part for bag in _KEY_BAGS)


def opened(data: bytes, allowed: Allowance) -> Iterator[bytes]:
    """The bags of each part as DER; ValueError where a part needs a password or has no such shape.

    Where two readings of an encrypted part are possible, both are given. The rounds of old ciphers
    are taken from those ``allowed``, SpentError where there are too few.
    """
    _version, (_tag, content_info), *_mac = der.children(data)
    safe = _content(content_info, _DATA)
    infos = list(islice(der.elements(_inner(safe)), MAX_PARTS + 1))
    if len(infos) > MAX_PARTS:
        raise ValueError("more parts than a PFX has")
    for _tag, info in infos:
        if _kind(info) == _DATA:
            yield _content(info, _DATA)
            continue
        if _kind(info) != _ENCRYPTED:
            raise UnknownCipherError
        yield from _decrypted(info, allowed)


def _kind(info: bytes) -> bytes:
    """The type of a ContentInfo."""
    tag, kind = next(der.elements(info), (0, b""))
    return kind if tag == der.OID else b""


def _content(info: bytes, kind: bytes) -> bytes:
    """The octets of a ContentInfo of type data."""
    (_tag, found), (tag, explicit) = _two(info)
    if found != kind or tag != der.CONTEXT_0:
        raise ValueError("not the shape of a PFX")
    return _octets(*_first(explicit))


def _octets(tag: int, content: bytes, depth: int = 8) -> bytes:
    """A string of octets, put together if it is in pieces (X.690 section 8.7.3)."""
    if not depth:
        raise ValueError("pieces of pieces of pieces")
    if tag & der.CONSTRUCTED:
        return b"".join(_octets(*piece, depth - 1) for piece in der.elements(content) if piece[0])
    return content


def _decrypted(info: bytes, allowed: Allowance) -> list[bytes]:
    """What an encrypted part may hold."""
    _kind, (_tag, explicit) = _two(info)
    _version, (_tag, content) = _two(_inner(explicit))
    _type, (_tag, algorithm), (tag, pieces) = islice(der.elements(content), 3)
    (_tag, cipher), (_tag, parameters) = _two(algorithm)
    secret = _octets(tag, pieces)
    if cipher == _PBES2:
        return [_decrypt(*_new_cipher(parameters), secret)]
    if cipher != _OLD_3DES:
        raise UnknownCipherError
    (_tag, salt), (_tag, count) = _two(parameters)
    rounds = int.from_bytes(count, "big")
    if rounds > MAX_OLD_ROUNDS:
        raise UnknownCipherError
    if not allowed.take(rounds * OLD_WEIGHT):
        raise SpentError
    return [
        _decrypt(
            TripleDES(old_key(password, salt, 1, 24, rounds)),
            old_key(password, salt, 2, 8, rounds),
            secret,
        )
        for password in _EMPTY
    ]


def _new_cipher(parameters: bytes) -> tuple[CipherAlgorithm, bytes]:
    """The cipher and its first block: PBES2 with PBKDF2 and an empty password."""
    (_tag, derivation), (_tag, scheme) = _two(parameters)
    (_tag, kind), (_tag, pbkdf2) = _two(derivation)
    (_tag, name), (_tag, iv) = _two(scheme)
    (_tag, salt), (_tag, count), *more = islice(der.elements(pbkdf2), 4)
    hashes = [next(der.elements(content))[1] for tag, content in more if tag == der.SEQUENCE]
    digest = _HASHES.get(hashes[0][-1] if hashes else 7)
    size = 24 if name == _DES_EDE3 else _AES.get(name[-1]) if name[:-1] == _AES_ARC else None
    if kind != _PBKDF2 or digest is None or size is None:
        raise UnknownCipherError
    key = hashlib.pbkdf2_hmac(digest, b"", salt, int.from_bytes(count, "big"), size)
    return TripleDES(key) if name == _DES_EDE3 else AES(key), iv


def _decrypt(cipher: CipherAlgorithm, iv: bytes, secret: bytes) -> bytes:
    """The plain text, or nothing where the key is not the right one."""
    decryptor = Cipher(cipher, CBC(iv)).decryptor()
    unpadder = PKCS7(len(iv) * 8).unpadder()
    padded = decryptor.update(secret) + decryptor.finalize()
    try:
        return unpadder.update(padded) + unpadder.finalize()
    except ValueError:
        return b""


def old_key(password: bytes, salt: bytes, purpose: int, size: int, rounds: int) -> bytes:
    """A key (purpose 1) or first block (2) of ``size`` bytes: RFC 7292 appendix B.2, SHA-1.

    ``password`` is UTF-16 with its final zero, or nothing.
    """
    block = 64
    stretched = _stretch(salt, block) + _stretch(password, block)
    found = b""
    while len(found) < size:
        digest = hashlib.sha1(bytes([purpose]) * block + stretched, usedforsecurity=False).digest()
        for _round in range(rounds - 1):
            digest = hashlib.sha1(digest, usedforsecurity=False).digest()
        found += digest
        more = int.from_bytes(_stretch(digest, block), "big") + 1
        stretched = b"".join(
            _sum(stretched[at : at + block], more) for at in range(0, len(stretched), block)
        )
    return found[:size]


def _sum(block: bytes, more: int) -> bytes:
    """A block as a number, with another added, without what does not fit any more."""
    return (int.from_bytes(block, "big") + more).to_bytes(len(block) + 1, "big")[1:]


def _stretch(text: bytes, block: int) -> bytes:
    """A text repeated to fill whole blocks."""
    whole = -(-len(text) // block) * block
    return (text * (whole // max(len(text), 1) + 1))[:whole]


def _first(content: bytes) -> tuple[int, bytes]:
    found = next(der.elements(content), None)
    if found is None:
        raise ValueError("not the shape of a PFX")
    return found


def _inner(content: bytes) -> bytes:
    return _first(content)[1]


def _two(content: bytes) -> list[tuple[int, bytes]]:
    found = list(islice(der.elements(content), 2))
    if len(found) != 2:
        raise ValueError("not the shape of a PFX")
    return found
