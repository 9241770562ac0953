"""Many files from CAs at once: each read by itself, or all of them as one reply."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from kvcsr_widgets.errors import SignedFileError
from kvcsr_widgets.pki.files import archive
from kvcsr_widgets.pki.files.budget import Allowance, Budget
from kvcsr_widgets.pki.files.lookalike import Lookalike
from kvcsr_widgets.pki.files.reading import refusal
from kvcsr_widgets.pki.signed import SignedFile, joined, read_within

MAX_FILES = 20_000
"""The most files that are read at once, those of zips included."""

MAX_TOTAL_BYTES = 100 * 1024 * 1024
"""Bytes of all files that are read at once, zips as they are and their files unpacked."""

MAX_TOTAL_ROUNDS = 6_000_000
"""Rounds of passwords' hashes for all PFX that are read at once."""

MAX_TOTAL_NAMES = 32 * 1024 * 1024
"""Bytes of the names in all certificates that are read at once."""

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
    the limits of this module, has its ``error``.
    """
    heap = _heap()
    return [_read(member, heap.of_one()) for member in _all_members(files, heap.size)]


def read_as_one(files: Iterable[tuple[str, bytes]]) -> SignedFile:
    """Read files that are one reply, such as a leaf, an intermediate and a root: see ``together``.

    All of them may take what one may take in ``read_replies``.
    """
    heap = _heap()
    one = heap.of_one()
    return together(
        [
            _read(member, replace(one, size=heap.of_one().size))
            for member in _all_members(files, heap.size)
        ]
    )


def _heap() -> Budget:
    return Budget(
        Allowance(MAX_TOTAL_ROUNDS), Allowance(MAX_TOTAL_NAMES), Allowance(MAX_TOTAL_BYTES)
    )


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


def _all_members(files: Iterable[tuple[str, bytes]], size: Allowance) -> Iterator[archive.Member]:
    """The files themselves and those of zips, as many as may be read."""
    left = MAX_FILES
    for filename, data in files:
        if left <= 0 or not size.take(len(data)):
            yield archive.Member(filename, _TOO_MANY, is_packed=False)
            continue
        for member in _members(filename, data, left, size):
            left -= 1
            yield member


def _members(filename: str, data: bytes, most: int, size: Allowance) -> Iterator[archive.Member]:
    """A file itself, or the files of a zip."""
    if not archive.is_zip(data):
        yield archive.Member(filename, data, is_packed=False)
        return
    found = archive.members(data, most=most, size=size)
    if isinstance(found, Lookalike):
        yield archive.Member(filename, found)
        return
    for member in found:
        yield archive.Member(f"{filename}/{member.filename}", member.content)


def _read(member: archive.Member, budget: Budget) -> ReplyFile:
    name, unpack = member.filename, not member.is_packed
    try:
        if isinstance(member.content, Lookalike):
            raise refusal(member.content, name)
        return ReplyFile(name, read_within(member.content, name, budget, unpack=unpack))
    except SignedFileError as error:
        return ReplyFile(name, None, error)
