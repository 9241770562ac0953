"""The words of a pasted list of names, and what stands before them to tell their kind."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

OTHER = "other"
"""The kind of a name that Key Vault has no place for, such as a directory name."""

_SKIPPED = re.compile(
    r"(?i:\[\s*(?:alt_?names|san)\s*\])"  # a section of an openssl.cnf
    r"""|[\s,;|\[\](){}<>'"`]+|(?:[-*+\u2022\u2013]+|[0-9]{1,3}[.)])(?=\s|$)"""
    r"|(?i:(?:X509v3 )?Subject ?Alternative ?Names? ?[:=]\s*(?:critical\b)?)"
    r"|(?i:subjectAltName\s*[:=])|(?i:Other Name:(?=\s*Principal))"
)
_LABEL = re.compile(
    r"(?:(?P<dns_names>DNS(?: ?Name)?)|(?P<ipAddresses>IP(?: ?Address)?)"
    r"|(?P<emails>e-?mail|RFC822(?: ?Name)?)|(?P<uris>URI|URL|uniformResourceIdentifier)"
    r"|(?P<upns>(?:othername: ?)?UPN(?::(?=:))?|Principal Name"
    r"|otherName:(?:1\.3\.6\.1\.4\.1\.311\.20\.2\.3|msUPN);UTF8)"
    r"|(?P<other>Registered ?ID|RID|Dir(?:ectory ?)?(?:Name|Address)|othername"
    r"|X400(?:Name|Address)|ediPartyName))"
    r"(?:\.[0-9]{1,3})?[ \t]*[:=][ \t]*",
    re.IGNORECASE | re.ASCII,
)
_WORD = re.compile(r'[^\s,;|"]*')
_PLAIN = re.compile(r"""(?![:=])[^\s,;|\[\](){}<>'"`]+""")
_WRAPPING = "[](){}<>'`"
_JSON = json.JSONDecoder()


@dataclass(frozen=True, slots=True)
class Word:
    """A word, its index in the list, and its kind: one of ``names.KINDS``, OTHER or nothing."""

    text: str
    position: int
    kind: str = ""


def scan(text: str) -> Iterator[Word]:
    """The words of a list, without separators, bullets, and brackets and quotes around them."""
    at = _skip(text, 0)
    while at < len(text):
        label = _LABEL.match(text, at)
        if label is None:
            word = _WORD.match(text, at)
            assert word is not None
            yield Word(word[0].rstrip(_WRAPPING), at)
            at = word.end()
        else:
            value, end = _labelled(text, label.end())
            yield Word(value, at, label.lastgroup or "")
            at = end
        at = _skip(text, at)


def label(kind: str, name: str) -> str:
    """The name with its kind before it, in quotes where needed, as ``scan`` reads it back."""
    value = name if _PLAIN.fullmatch(name) else json.dumps(name, ensure_ascii=False)
    return f"{_LABELS[kind]}:{value}"


_LABELS = {
    "dns_names": "DNS",
    "emails": "email",
    "upns": "UPN",
    "ipAddresses": "IP",
    "uris": "URI",
}


def _skip(text: str, at: int) -> int:
    while found := _SKIPPED.match(text, at):
        at = found.end()
    return at


def _labelled(text: str, at: int) -> tuple[str, int]:
    """The value after a label, and where it ends."""
    if text.startswith('"', at):
        try:
            value, end = _JSON.raw_decode(text, at)
        except json.JSONDecodeError:
            at += 1  # a quote that nothing closes
        else:
            return str(value), end
    word = _WORD.match(text, at)
    assert word is not None
    return word[0].strip(_WRAPPING), word.end()
