"""The files that a CA sent, each read on its own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kvcsr_widgets.errors import SignedFileError
from kvcsr_widgets.pki.signed import SignedFile, read_signed


@dataclass(frozen=True)
class ReplyFile:
    """One file: its certificates, or why there are none."""

    filename: str
    signed: SignedFile | None = None
    error: SignedFileError | None = None


def read_replies(files: Iterable[tuple[str, bytes]]) -> list[ReplyFile]:
    """Read each file on its own."""
    return [_read(name, data) for name, data in files]


def _read(name: str, data: bytes) -> ReplyFile:
    try:
        return ReplyFile(name, read_signed(data, name))
    except SignedFileError as error:
        return ReplyFile(name, error=error)
