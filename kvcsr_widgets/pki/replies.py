"""The files that a CA sent, each read on its own."""

from __future__ import annotations

from dataclasses import dataclass

from kvcsr_widgets.errors import SignedFileError
from kvcsr_widgets.pki.signed import SignedFile


@dataclass(frozen=True)
class ReplyFile:
    """One file: its certificates, or why there are none."""

    filename: str
    signed: SignedFile | None = None
    error: SignedFileError | None = None
