"""Files in an upload as the browser brings them."""

from __future__ import annotations

from kvcsr_widgets.panels.upload import Upload

PIECE = 1000
"""Bytes; the browser sends more at once."""


def choose(upload: Upload, *files: tuple[str, bytes]) -> None:
    """Choose these files (name, bytes) in the browser, all at once."""
    upload._handle_custom_msg({"begin": [name for name, _content in files]}, [])
    for number, (_name, content) in enumerate(files):
        for at in range(0, len(content), PIECE):
            upload._handle_custom_msg({"piece": number}, [memoryview(content)[at : at + PIECE]])
    upload._handle_custom_msg({"end": True}, [])
