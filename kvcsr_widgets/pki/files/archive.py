"""The files in a zip, unpacked within bounds; the names in it are only shown."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from kvcsr_widgets.pki.files import lookalike
from kvcsr_widgets.pki.files.budget import Allowance
from kvcsr_widgets.pki.files.lookalike import Lookalike

_START = b"PK\x03\x04"
_ENTRY = b"PK\x01\x02"
_READ_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_LOCKED = 0x1
_CLUTTER = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")
_INSIDE = (
    ("word/", "a Word document"),
    ("xl/", "an Excel workbook"),
    ("ppt/", "a PowerPoint document"),
    ("META-INF/MANIFEST.MF", "a Java archive (.jar)"),
    ("content.xml", "an OpenDocument file"),
)
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    OSError,
    OverflowError,
    RuntimeError,
    ValueError,
)
"""What ``zipfile`` raises for files that are not what they say."""

DAMAGED = Lookalike("a zip file that is damaged", "Download it again, or unpack it yourself.")
EMPTY = Lookalike("a zip without files", "Download it again, or ask the CA to send it again.")
CROWDED = Lookalike("a zip with too many files", "Make a zip of the certificate files alone.")
LARGE = Lookalike("larger, unpacked, than what is read at once", "Read its files in several steps.")
LOCKED = Lookalike("locked with a password", "Unpack it yourself and choose the files in it.")
PACKED = Lookalike(
    "packed in a way that is not read here", "Unpack the zip yourself and choose the files in it."
)


@dataclass(frozen=True)
class Member:
    """A file of a zip: its name there, and its bytes or what kept them from being read.

    ``is_packed`` is False for a file beside zips that is handled as theirs are.
    """

    filename: str
    content: bytes | Lookalike = field(repr=False)
    is_packed: bool = True


def is_zip(data: bytes) -> bool:
    """Whether bytes begin like a zip with files in it."""
    return data.startswith(_START)


def members(data: bytes, *, most: int, size: Allowance) -> list[Member] | Lookalike:
    """The files of a zip, folders and what systems add to it left out.

    At most ``most`` of them, and bytes of all as ``size`` allows: what is beyond is not unpacked.
    A zip without any is told as such.
    """
    if data.count(_ENTRY) > most:  # before each of them becomes an object
        return CROWDED
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = archive.infolist()
            found = [info for info in infos if not _is_clutter(info)]
            document = _document([info.filename for info in infos])
            return document or list(_unpacked(archive, found, size)) or EMPTY
    except _BROKEN:
        return DAMAGED


def _is_clutter(info: zipfile.ZipInfo) -> bool:
    return info.is_dir() or any(name in info.filename for name in _CLUTTER)


def _document(names: list[str]) -> Lookalike | None:
    """What a zip is that is the file of another program."""
    for begins, what in _INSIDE:
        if any(name.startswith(begins) for name in names):
            return Lookalike(what, "Save the certificate's text or file from it.")
    return None


def _unpacked(
    archive: zipfile.ZipFile, infos: list[zipfile.ZipInfo], size: Allowance
) -> Iterator[Member]:
    for info in infos:
        content = _content(archive, info, size.left)
        if isinstance(content, bytes):
            size.take(len(content))
        yield Member(info.filename, content)


def _content(archive: zipfile.ZipFile, info: zipfile.ZipInfo, left: int) -> bytes | Lookalike:
    """What is said of the size is not trusted: one byte more than is left tells that it is more."""
    if info.flag_bits & _LOCKED:
        return LOCKED
    if info.compress_type not in _READ_METHODS:
        return PACKED
    if info.file_size > left:
        return LARGE
    try:
        with archive.open(info) as file:
            content = file.read(left + 1)
    except _BROKEN:
        return lookalike.DAMAGED_MEMBER
    if len(content) > left:
        return LARGE
    return lookalike.ZIP if is_zip(content) else content
