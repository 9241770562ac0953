"""The encoding of a text file, as the programs that write certificates choose it."""

from __future__ import annotations

import codecs

UTF16 = "The text is in UTF-16, as some Windows tools write it."

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32", "The text is in UTF-32."),
    (codecs.BOM_UTF32_BE, "utf-32", "The text is in UTF-32."),
    (codecs.BOM_UTF16_LE, "utf-16", UTF16),
    (codecs.BOM_UTF16_BE, "utf-16", UTF16),
)
_SAMPLE = 400


def decode(data: bytes) -> tuple[str, str]:
    """The text of a file, and a note if its encoding is an unusual one.

    A byte order mark tells (Unicode 23.8), or the zeros that UTF-16 has beside ASCII; anything else
    is read as UTF-8, and what is none stays visible as U+FFFD.
    """
    for mark, encoding, note in _MARKS:
        if data.startswith(mark):
            return _strict(data, encoding), note
    half = len(data[:_SAMPLE]) // 2
    for first, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        zeros, others = data[first:_SAMPLE:2].count(0), data[1 - first : _SAMPLE : 2].count(0)
        if half and zeros > half * 0.8 and not others:
            return _strict(data, encoding), UTF16
    return data.removeprefix(codecs.BOM_UTF8).decode("utf-8", errors="replace").rstrip("\0\x1a"), ""


def _strict(data: bytes, encoding: str) -> str:
    """The text without a last character that is cut off; what is no such text stays binary.

    To replace each wrong character takes long where there are many.
    """
    unit = 4 if encoding == "utf-32" else 2 if encoding.startswith("utf-16") else 1
    try:
        return data[: len(data) - len(data) % unit].decode(encoding)
    except UnicodeDecodeError:
        return data.decode("latin-1")
