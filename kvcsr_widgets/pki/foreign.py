"""The parts of a subject that is written in another tool's form."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kvcsr_widgets.errors import SubjectError
from kvcsr_widgets.pki.attributes import FOREIGN, OIDS, known_key, quoted

_KEY = r"(?P<key>[A-Za-z][A-Za-z0-9]*+|(?:(?i:OID)\.)?[0-9]++(?:\.[0-9]++)++)"
_LIST_PART = re.compile(
    rf"(?P<blank>\s*+){_KEY}(?P<before>\s*+)=(?P<after>\s*+)"
    r'(?:"(?P<quoted>(?:[^"\\]|\\.|"")*+)"\s*+|(?P<plain>(?:[^"\\,;+]|\\.)*+))(?P<end>[,;+]|$)',
    re.DOTALL,
)
_SLASH_PART = re.compile(rf"\\.|(?P<sign>[/+]){_KEY}=", re.DOTALL)
_BARE_PART = re.compile(rf"(?:^|(?P<sign>[,;])\s*+){_KEY}\s*+=\s*+", re.DOTALL)
_QUOTED = re.compile(r'"((?:[^"]|"")*+)"')
_LIST_ESCAPE = re.compile(r'((?:\\[0-9A-Fa-f]{2})++)|\\([ "#+,;<=>\\])|(\\)|""')
_SLASH_ESCAPE = re.compile(r"((?:\\x[0-9A-F]{2})++)|\\(.)", re.DOTALL)
_HEXADECIMAL = re.compile(r"#(?:[0-9A-Fa-f]{2})+")
_STRINGS = {
    0x0C: "utf-8",
    0x12: "ascii",
    0x13: "ascii",
    0x14: "latin-1",
    0x16: "ascii",
    0x1C: "utf-32-be",
    0x1E: "utf-16-be",
}
"""Tags of the string types of ASN.1 (X.680) and how their content is encoded."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part as it was found.

    ``name`` and ``raw`` are its key and its value as written, ``key`` is what ``Attribute`` calls
    the key, ``sign`` the separator before it. ``spaced`` tells of blanks around the equals sign,
    ``apart`` of a blank after the separator, ``escaped`` of a backslash outside quotes.
    """

    name: str
    key: str
    raw: str
    value: str
    sign: str
    spaced: bool = False
    apart: bool = False
    escaped: bool = False

    @property
    def change(self) -> str:
        """A sentence on what is different in Key Vault's dialect, or nothing."""
        key = self.key if self.key in OIDS else f"OID.{self.key}"
        needless = '"' + self.value.replace('"', '""') + '"'
        if self.raw not in (quoted(self.value), needless):
            return f"“{self.name}={self.raw}” is written “{key}={quoted(self.value)}”."
        if self.name.upper() in (key, self.key):
            return ""
        return f"“{self.name}=” is written “{key}=”."


def read_list(text: str) -> list[Part]:
    """The parts of a list with commas and backslashes. Raises ValueError for any other text."""
    parts: list[Part] = []
    at, sign = 0, ""
    while at < len(text):
        found = _LIST_PART.match(text, at)
        key = _key(found["key"]) if found else None
        if found is None or key is None:
            raise ValueError(text)
        plain = found["plain"]
        raw = f'"{found["quoted"]}"' if plain is None else trimmed(plain)
        parts.append(
            Part(
                *(found["key"], key, raw, _list_value(found["quoted"], raw), sign),
                spaced=bool(found["before"] and found["after"]),
                apart=bool(found["blank"]),
                escaped=plain is not None and "\\" in raw,
            )
        )
        at, sign = found.end(), found["end"]
    if sign == "+":
        raise ValueError(text)
    return parts


def read_slashes(text: str) -> list[Part]:
    """The parts of OpenSSL's list with slashes. Raises ValueError for any other text.

    A slash or plus sign that no known key follows belongs to the value.
    """
    marks = [mark for mark in _SLASH_PART.finditer(text) if mark["key"] and _key(mark["key"])]
    return [
        Part(*(name, key, raw, _SLASH_ESCAPE.sub(_unescaped, raw), sign))
        for name, key, raw, sign in _between(marks, text)
    ]


def read_bare(text: str) -> list[Part]:
    """The parts of a list whose values lack their quotes. Raises ValueError for any other text.

    A comma that no key follows belongs to the value. A backslash, a hexadecimal value, a key that
    is not known and a quote at a value's beginning that nothing closes are of another form.
    """
    marks = list(_BARE_PART.finditer(text))
    if "\\" in text or not all(_key(mark["key"]) for mark in marks):
        raise ValueError(text)
    parts = []
    for name, key, raw, sign in _between(marks, text.rstrip(" ,;")):
        value = raw.strip()
        if value.startswith('"'):
            value = _unquoted(value)
        if value[-1:] in tuple(",;") or _is_der(value):
            raise ValueError(text)
        parts.append(Part(name, key, raw.strip(), value, sign))
    return parts


def _unquoted(value: str) -> str:
    found = _QUOTED.fullmatch(value)
    if found is None:
        raise ValueError(value)
    return found[1].replace('""', '"')


def _between(marks: list[re.Match[str]], text: str) -> Iterator[tuple[str, str, str, str]]:
    """Name, key, raw value and separator of each part; ``marks`` stand where parts begin."""
    if not marks or marks[0].start():
        raise ValueError(text)
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    for mark, end in zip(marks, ends, strict=True):
        yield mark["key"], _key(mark["key"]) or "", text[mark.end() : end], mark["sign"] or ""


def _key(name: str) -> str | None:
    try:
        return FOREIGN.get(name.lower()) or known_key(name, 0)
    except SubjectError:
        return None


def _is_der(value: str) -> bool:
    """Whether this is # and a value in hexadecimal digits, rather than # and a number."""
    found = _HEXADECIMAL.fullmatch(value)
    return found is not None and _der_content(bytes.fromhex(value[1:])) is not None


def trimmed(plain: str) -> str:
    """The text without blanks at its end, but for one that a backslash keeps."""
    kept = plain.rstrip()
    lone = (len(kept) - len(kept.rstrip("\\"))) % 2
    return plain[: len(kept) + lone]


def _list_value(inside: str | None, raw: str) -> str:
    if inside is None and raw.startswith("#"):
        return _der_string(bytes.fromhex(raw[1:]))
    return _LIST_ESCAPE.sub(_unescaped, raw if inside is None else inside)


def _unescaped(found: re.Match[str]) -> str:
    if found[1]:
        return bytes.fromhex(found[1].replace("\\x", "").replace("\\", "")).decode()
    if found[0] == "\\":
        raise ValueError(found.string)
    return found[2] or '"'


def _der_string(der: bytes) -> str:
    """The text of a DER string. Raises ValueError for anything else."""
    content = _der_content(der)
    if content is None or der[0] not in _STRINGS:
        raise ValueError(der)
    return content.decode(_STRINGS[der[0]])


def _der_content(der: bytes) -> bytes | None:
    """What is in a DER value, or None if this is none."""
    if len(der) < 2:
        return None
    header = 2 + max(0, der[1] - 0x80)
    length = der[1] if header == 2 else int.from_bytes(der[2:header])
    return der[header:] if len(der) == header + length else None
