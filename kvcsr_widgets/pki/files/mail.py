"""A saved mail (.eml): the parts of it that may be a certificate (RFC 2045, RFC 2046)."""

from __future__ import annotations

import binascii
import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message
from email.parser import HeaderParser
from itertools import islice

MAX_BOUNDARIES = 20
"""Different boundaries that are followed: a mail within a mail within a mail has three or so."""

MAX_PARTS = 30
MAX_HEADER = 1_000
"""Characters of a header that tells of a part's content; a longer one is cut there."""

MAX_HEADERS = 8

_MAX_FORWARDED = 3
_MAX_HEAD = 64_000
_HEADER = re.compile(r"(?:From [^\n]{1,200}\n)?[A-Za-z][A-Za-z0-9-]{1,60}:[ \t]")
_BOUNDARY = re.compile(r"""boundary=(?:"([^"\r\n]{1,70})"|([^\s;"]{1,70}))""", re.IGNORECASE)
_BLANK = re.compile(r"\r?\n\r?\n|\r\r")
_CONTENT = re.compile(
    r"^content-[a-z-]{1,30}:[^\n]*(?:\n[ \t][^\n]*)*", re.IGNORECASE | re.MULTILINE
)
_ENCODED = re.compile(
    r"^content-transfer-encoding:[ \t]{0,9}(?:base64|quoted-printable)",
    re.IGNORECASE | re.MULTILINE,
)


@dataclass(frozen=True)
class Part:
    """One part of a mail, decoded. ``filename`` is empty where it has none."""

    filename: str
    data: bytes = field(repr=False)
    is_signature: bool = False


def parts(text: str) -> list[Part]:
    """The parts of a mail that are no container.

    None of them if the text is no mail, or one that can be read as it stands.
    """
    if not _HEADER.match(text):
        return []
    found = {quoted or bare for quoted, bare in _boundaries(text)}
    if not found or len(found) > MAX_BOUNDARIES:
        return list(_part(text)) if _ENCODED.search(text[:_MAX_HEAD]) else []
    edges = "|".join(re.escape(boundary) for boundary in sorted(found, key=len, reverse=True))
    line = re.compile(rf"^--(?:{edges})(?:--)?[ \t]{{0,99}}\r?$", re.MULTILINE)
    pieces = line.split(text, maxsplit=MAX_PARTS)[1:]
    return [part for piece in pieces for part in _part(piece.lstrip("\r\n"))]


def _boundaries(text: str) -> Iterator[tuple[str, str]]:
    for mark in islice(_BOUNDARY.finditer(text), 4 * MAX_PARTS):
        yield mark[1], mark[2]


def _part(text: str) -> Iterator[Part]:
    for _mail in range(_MAX_FORWARDED):
        head, body = _split(text)
        if head.get_content_maintype() != "message":
            break
        text = body.lstrip()
    kind = head.get_content_type()
    if kind.startswith("multipart/"):
        return
    is_signature = kind.endswith("pkcs7-signature") or (
        kind.endswith("pkcs7-mime") and head.get_param("smime-type") == "signed-data"
    )
    encoding = str(head.get("Content-Transfer-Encoding", "")).strip().lower()
    yield Part(str(head.get_filename("")), _decoded(body, encoding), is_signature)


def _split(text: str) -> tuple[Message, str]:
    blank = _BLANK.search(text)
    head = text[: blank.start() if blank else 0]
    lines = (line[0][:MAX_HEADER] for line in islice(_CONTENT.finditer(head), MAX_HEADERS))
    return HeaderParser().parsestr("\n".join(lines)), text[blank.end() if blank else 0 :]


def _decoded(body: str, encoding: str) -> bytes:
    data = body.encode()
    if encoding == "quoted-printable":
        return quopri.decodestring(data)
    if encoding == "base64":
        try:
            return binascii.a2b_base64(data)
        except binascii.Error:
            return data
    return data
