"""Elements of DER, for files that no library writes."""

from __future__ import annotations


def tlv(tag: int, content: bytes) -> bytes:
    """One element, its length as short as may be (X.690 section 10.1)."""
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    digits = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(digits)]) + digits + content
