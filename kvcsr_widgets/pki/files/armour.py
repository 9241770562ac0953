"""Certificates in text: PEM blocks in whatever a mail, a form or a program made of them, and bare
base64.

RFC 7468 says how a block should look. Every search here takes time in proportion to the text.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from kvcsr_widgets.pki.files import der

MAX_BLOCKS = 300
"""Blocks, or starts of bare base64, that are looked at in one text."""

MAX_ESCAPES = 200_000
"""Escaped characters, tags or headers that are looked at: two in each line of the longest text."""

_TYPOGRAPHY = (
    dict.fromkeys("\u2010\u2011\u2012\u2013\u2015\u2212\ufe63\uff0d", "-")
    | {"\u2014": "--"}
    | dict.fromkeys("\u00a0\u2002\u2003\u2007\u2009\u200a\u202f\u3000", " ")
    | dict.fromkeys("\u2028\u2029\u0085", "\n")
    | dict.fromkeys("\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff", "")
)
"""What word processors make of dashes and blanks, and marks that do not show."""

_JSON = {
    r"\\": "\\",
    r"\r\n": "\n",
    r"\r": "\n",
    r"\n": "\n",
    r"\t": " ",
    r"\/": "/",
    r"\"": '"',
    **{f"\\u{ord(mark):04x}": mark for mark in (*"+/=-<>&", *_TYPOGRAPHY)},
    **{f"\\u{ord(mark):04X}": mark for mark in (*"+/=-<>&", *_TYPOGRAPHY)},
    "\\\r\n": "\n",
    "\\\n": "\n",
}
"""Escapes of JSON (RFC 8259 section 7), once or twice, and line ends escaped as in a shell."""

_HTML = {"&amp;": "&", "&nbsp;": " ", "&lt;": "<", "&gt;": ">", "&quot;": '"'} | {
    f"&#{code};": "" if mark == "\r" else mark
    for mark in "\n\r+/=- "
    for code in (str(ord(mark)), f"x{ord(mark):X}", f"x{ord(mark):x}")
}
_QUOTED_PRINTABLE = {"=\r\n": "", "=\n": "", "=3D": "="}

_MARK = re.compile(
    r"(?P<kind>BEGIN|END) (?:(?<=--BEGIN )|(?<=--END )|(?<=-- BEGIN )|(?<=-- END ))"
    r"(?P<label>[A-Z0-9][A-Z0-9 #]{0,39}?) ?--"
)
"""A BEGIN or END line, from the word on: a search for dashes takes long where there are many."""

_PRIVATE = re.compile(r"PRIVATE KEY(?:(?<=--BEGIN PRIVATE KEY)|(?<=[A-Z0-9] PRIVATE KEY)) ?-{2}")
_NOT_BASE64 = b" \t\r\n\v\f\0>|\"',;`"
_BASE64 = re.compile(rb"[A-Za-z0-9+/]+={0,3}")
_URL_SAFE = bytes.maketrans(b"-_", b"+/")
_HEADER = re.compile(r"^[ \t>|]*[A-Za-z0-9-]{1,40}:", re.MULTILINE)
_BARE = re.compile(
    "(?:"
    + "|".join(
        f"{start[0]}(?<![A-Za-z0-9+/]{start[0]}){start[1:]}"
        for start in ("MI[A-P]", "LS0tL", "TUl", "77u/LS0t", "//4tA", "/v8AL", "LQAtAC0")
    )
    + ")[A-Za-z0-9+/]{28}"
)
"""The starts of DER of usual lengths; of a PEM file, also in UTF-16; of base64 of DER."""

_RUN = re.compile(r"[A-Za-z0-9+/\s>|]*={0,2}")
_MAX_STEPS = 20
_SAMPLE = 4_000
_LINE = 40
_WHOLE = re.compile(r"\s*(?:MI[A-P]|LS0t)[A-Za-z0-9+/_\s-]{30,}={0,2}\s*")
_START = re.compile(r"MI[A-P]|LS0t")
_URL_SAFE_TEXT = str.maketrans("-_", "+/")


@dataclass(frozen=True)
class Block:
    """A PEM block or bare base64, decoded.

    ``label`` is empty for bare base64. ``data`` is None where it is no base64. ``is_open`` tells
    that its END line is missing, ``is_quoted`` that lines begin with ``>``, ``is_prose`` that it
    holds words: a letter that speaks of such blocks, or a form that was not filled in.
    """

    label: str
    data: bytes | None = field(repr=False)
    is_open: bool = False
    is_quoted: bool = False
    is_prose: bool = False


def blocks(text: str) -> list[Block] | None:
    """What stands in a plain text, in its order: blocks, or else bare base64.

    None if there are more than ``MAX_BLOCKS``.
    """
    found: list[Block] = []
    marks = list(islice(_MARK.finditer(text), 2 * MAX_BLOCKS + 1))
    if len(marks) > 2 * MAX_BLOCKS:
        return None
    open_mark: re.Match[str] | None = None
    end = 0
    for mark in marks:
        body = text[end : mark.start()]
        if open_mark is not None and body.strip("- \r\n"):
            found.append(_block(open_mark["label"], body, mark))
        elif open_mark is None and mark["kind"] == "END":
            found.extend(bare(body))
        open_mark = mark if mark["kind"] == "BEGIN" else None
        end = mark.end()
    if open_mark is not None:
        found.append(_block(open_mark["label"], text[end:], None))
    found = found or list(bare(text))
    return found if len(found) <= MAX_BLOCKS else None


def _block(label: str, body: str, end: re.Match[str] | None) -> Block:
    body = body.rstrip("- ").lstrip("-")
    is_open = end is None or end["kind"] != "END"
    if is_open:
        loose = next(bare(_past_headers(body)), None)
        data = loose.data if loose else None
    else:
        data = from_base64(body)
    return Block(
        label,
        data,
        is_open=is_open,
        is_quoted=">" in body and "<" not in body,
        is_prose=not der.is_sequence(data or b"") and _is_prose(body),
    )


def _is_prose(body: str) -> bool:
    """Whether a body was never base64 of DER: it begins otherwise, and no word of it is so long."""
    start = body.lstrip()[:_SAMPLE]
    begins = _letters(_past_headers(start)).startswith(b"MI")
    return not begins and not any(map(_is_encoded, start.split()))


def _is_encoded(word: str) -> bool:
    """Whether a word is a line of base64, some letters of which may be damaged."""
    letters = sum(letter.isalnum() for letter in word)
    return len(word) >= _LINE and word.isascii() and "://" not in word and letters > 0.7 * len(word)


def private_key(text: str) -> bool:
    """Whether a private key's block begins anywhere in a text."""
    return _PRIVATE.search(text) is not None


def plain(text: str) -> str:
    """A text without what programs put around its characters: escapes of JSON, HTML and mail."""
    for trigger, table in (("\\", _JSON), ("&", _HTML), ("=3D", _QUOTED_PRINTABLE)):
        if 0 < text.count(trigger) <= MAX_ESCAPES:
            text = _replaced(text, table)
    return text if text.isascii() else _replaced(text, _TYPOGRAPHY)


def _replaced(text: str, table: dict[str, str]) -> str:
    for escape, mark in table.items():
        text = text.replace(escape, mark)
    return text


def from_base64(body: str) -> bytes | None:
    """The bytes of a block's body, or None if it is no base64 even without headers and quotes."""
    if 0 < body.count("<") <= MAX_ESCAPES:
        body = _without_tags(body)
    found = _decode(body)
    if found is None and 0 < body.count(":") <= MAX_ESCAPES:
        found = _decode(_past_headers(body))
    return found


def _without_tags(body: str) -> str:
    """A body without HTML tags such as ``<br>``."""
    return "".join(part.rpartition(">")[2] for part in body.split("<"))


def _past_headers(body: str) -> str:
    """A body without the headers of RFC 1421 section 4.4, which end at a blank line."""
    if not _HEADER.match(body.lstrip()[:80]):
        return body
    lines = body.strip().splitlines()
    blank = next((at for at, line in enumerate(lines) if not line.strip(" \t>|")), None)
    if blank is not None:
        return "\n".join(lines[blank:])
    return "\n".join(line for line in lines if ":" not in line)


def _decode(body: str) -> bytes | None:
    letters = _letters(body)
    if not _BASE64.fullmatch(letters):
        return None
    letters = letters.rstrip(b"=")
    try:
        return base64.b64decode(letters + b"=" * (-len(letters) % 4))
    except binascii.Error:
        return None


def _letters(body: str) -> bytes:
    """A text without blanks, quotes and what else stands between the letters of base64."""
    return body.encode("ascii", "replace").translate(_URL_SAFE, _NOT_BASE64)


def bare(text: str) -> Iterator[Block]:
    """Base64 that no block surrounds, where it begins as a certificate or a PEM file does.

    What begins as DER is cut at its own length, so that words may follow.
    """
    if _WHOLE.fullmatch(text) and _is_one(text.split()):
        text = "".join(text.split()).translate(_URL_SAFE_TEXT)
    left = 2 * len(text) + 1000
    at = number = 0
    while left > 0 and number <= MAX_BLOCKS and (start := _BARE.search(text, at)):
        run = _RUN.match(text, start.start())
        letters = run[0] if run else ""
        left -= len(letters)
        number += 1
        size = _needed(letters)
        at = start.start() + _reach(letters, size)
        yield Block("", _decode_loose(letters[: at - start.start()], size))


def _is_one(lines: list[str]) -> bool:
    """Whether lines, all but the last of one length, hold one base64 and not one each."""
    lengths = {len(line) for line in lines[:-1]}
    return len(lengths) <= 1 and not any(_START.match(line) for line in lines[1:])


def _needed(run: str) -> int:
    """Letters that the DER at the start of a run takes; all of them where that is not known."""
    size = der.size(_decode(run[:12]) or b"") if run.startswith("MI") else 0
    return -(-size * 4 // 3) if size else len(run)


def _reach(run: str, letters: int) -> int:
    """How much of a run holds so many letters: what is between them is not counted."""
    end = letters
    for _step in range(_MAX_STEPS):
        missing = letters - len(_letters(run[:end]))
        if missing <= 0 or end >= len(run):
            break
        end += missing
    return max(min(end, len(run)), 1)


def _decode_loose(run: str, letters: int) -> bytes | None:
    found = _letters(run)[:letters].rstrip(b"=")
    return _decode(found[: len(found) - (len(found) % 4 == 1)].decode())
