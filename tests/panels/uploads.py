"""Files in an upload as the browser brings them."""

from __future__ import annotations

from kvcsr_widgets.panels.upload import Upload

PIECE = 1000
"""Bytes; the browser sends more at once."""


def choose(upload: Upload, *files: tuple[str, bytes]) -> None:
    """Choose these files (name, bytes) in the browser, all at once."""
    begin(upload, *((name, len(content)) for name, content in files))
    for number, (_name, content) in enumerate(files):
        for at in range(0, len(content), PIECE):
            bring(upload, number, content[at : at + PIECE])
    end(upload)


def begin(upload: Upload, *files: tuple[str, int], choice: str = "1") -> None:
    """Announce files (name, length in bytes), as a button of some page does."""
    told = [list(each) for each in files]
    upload._handle_custom_msg({"choice": choice, "begin": told}, [])


def bring(upload: Upload, number: object, piece: bytes, choice: str = "1") -> None:
    """Bring a piece of one of them."""
    upload._handle_custom_msg({"choice": choice, "piece": number}, [memoryview(piece)])


def end(upload: Upload, choice: str = "1") -> None:
    """Say that this was all."""
    upload._handle_custom_msg({"choice": choice, "end": True}, [])
