"""The outline of DER and BER: tags and lengths (X.690 section 8.1), for what is no certificate.

What a certificate says is read by ``cryptography``; this only tells one kind of file from another,
and looks at sizes before the library is asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

INTEGER, BIT_STRING, OCTETS, OID, ENUMERATED, SEQUENCE = 0x02, 0x03, 0x04, 0x06, 0x0A, 0x30
SET = 0x31
CONTEXT_0 = 0xA0
CONSTRUCTED = 0x20

_MAX_CHILDREN = 12
_MAX_NESTING = 64
_MAX_STEPS = 10_000
_INDEFINITE = 0x80


def elements(der: bytes) -> Iterator[tuple[int, bytes]]:
    """The elements that follow each other, as (tag, content), as far as it is DER or BER.

    An element of indefinite length whose end is not found is taken to reach to the end.
    """
    at = 0
    while (head := _head(der, at)) is not None:
        start, length = head
        end = _indefinite_end(der, start) if length is None else start + length
        if end > len(der):
            return
        content = der[start:end] if length is not None else der[start : end - 2 if end else None]
        yield der[at], content
        if not end:
            return
        at = end


def children(der: bytes) -> list[tuple[int, bytes]]:
    """The first elements within the first element."""
    first = next(elements(der), (0, b""))
    return list(islice(elements(first[1]), _MAX_CHILDREN))


def is_sequence(data: bytes) -> bool:
    """Whether bytes begin like a SEQUENCE: one that no text begins with, or that fits exactly.

    A second byte of 0x80 to 0x84 after an ASCII one stands in no UTF-8 text.
    """
    if data[:1] != b"\x30" or len(data) < 2:
        return False
    return 0x80 <= data[1] <= 0x84 or data[1] == len(data) - 2


def size(data: bytes, at: int = 0) -> int:
    """Bytes of the element at ``at``, head included; more than there are if it is cut off.

    0 where there is none, or where the end of an indefinite length is not found.
    """
    head = _head(data, at)
    if head is None:
        return 0
    start, length = head
    if length is not None:
        return start + length - at
    return _indefinite_end(data, start) - at


def _indefinite_end(data: bytes, at: int) -> int:
    """The end of an element of indefinite length whose content begins at ``at``, or 0."""
    open_ones = 1
    for _step in range(_MAX_STEPS):
        head = _head(data, at)
        if head is None or open_ones > _MAX_NESTING:
            return 0
        start, length = head
        if length is None:
            open_ones += 1
        elif data[at] == 0 and length == 0:
            open_ones -= 1
        at = start + (length or 0)
        if not open_ones:
            return at
    return 0


def _head(data: bytes, at: int) -> tuple[int, int | None] | None:
    """Where the content of the element at ``at`` begins and its length, None if indefinite."""
    if at + 2 > len(data):
        return None
    length = data[at + 1]
    if length < _INDEFINITE:
        return at + 2, length
    if length == _INDEFINITE:
        return at + 2, None
    count = length & 0x7F
    return at + 2 + count, int.from_bytes(data[at + 2 : at + 2 + count], "big")
