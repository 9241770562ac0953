"""Many files from CAs at once: each read by itself, or all of them as one reply."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from kvcsr_widgets.errors import SignedFileError
from kvcsr_widgets.pki.files import archive
from kvcsr_widgets.pki.files.lookalike import Lookalike
from kvcsr_widgets.pki.files.reading import refusal
from kvcsr_widgets.pki.signed import SignedFile, joined, read_signed

MAX_FILES = 20_000
"""The most files that are read at once, those of zips included."""

MAX_TOTAL_BYTES = 100 * 1024 * 1024
"""Bytes of all files that are read at once, zips as they are and their files unpacked."""

_TOO_MANY = Lookalike(
    f"not read: at most {MAX_FILES:,} files and {MAX_TOTAL_BYTES // 1024**2} MiB are read at once",
    "Read the rest in another step.",
)


@dataclass(frozen=True)
class ReplyFile:
    """One file: what was read from it, or why that failed.

    ``filename`` is the name as it came, of a zip's file ``replies.zip/web.cer``: text to show, no
    path to open.
    """

    filename: str
    signed: SignedFile | None = None
    error: SignedFileError | None = None


def read_replies(files: Iterable[tuple[str, bytes]]) -> list[ReplyFile]:
    """Read files, each by itself; of a zip each file in it, but no zip in a zip.

    ``files`` are (name, bytes). Never raises for what is in them: what cannot be read, or is beyond
    ``MAX_FILES`` or ``MAX_TOTAL_BYTES``, has its ``error``.
    """
    found: list[ReplyFile] = []
    left = MAX_TOTAL_BYTES
    for filename, data in files:
        size = len(data)
        content: bytes | Lookalike = data
        if len(found) >= MAX_FILES or size > left:
            content = _TOO_MANY
        left -= size if isinstance(content, bytes) else 0
        for member in _members(filename, content, MAX_FILES - len(found), left):
            found.append(_read(member))
            if member.content is not content and isinstance(member.content, bytes):
                left -= len(member.content)
    return found


def together(replies: Sequence[ReplyFile]) -> SignedFile:
    """Several files as one reply, such as a leaf, an intermediate and a root.

    Certificates in the order of the files, each once, at most 100; a file without becomes a note.
    Raises SignedFileError if there is no certificate at all, or a private key in one of them.
    """
    return joined((reply.filename, _outcome(reply)) for reply in replies)


def _outcome(reply: ReplyFile) -> SignedFile | SignedFileError:
    if reply.signed is not None:
        return reply.signed
    assert reply.error is not None
    return reply.error


def _members(
    filename: str, content: bytes | Lookalike, most: int, most_bytes: int
) -> Iterator[archive.Member]:
    """A file itself, or the files of a zip."""
    if isinstance(content, Lookalike) or not archive.is_zip(content):
        yield archive.Member(filename, content)
        return
    found = archive.members(content, most=most, most_bytes=most_bytes)
    if isinstance(found, Lookalike):
        yield archive.Member(filename, found)
        return
    if not found:
        yield archive.Member(filename, archive.EMPTY)
    for member in found:
        yield archive.Member(f"{filename}/{member.filename}", member.content)


def _read(member: archive.Member) -> ReplyFile:
    try:
        if isinstance(member.content, Lookalike):
            raise refusal(member.content, member.filename)
        return ReplyFile(member.filename, read_signed(member.content, member.filename), None)
    except SignedFileError as error:
        return ReplyFile(member.filename, None, error)
