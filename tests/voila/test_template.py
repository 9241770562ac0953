"""The template asks nobody else for anything, and what is vendored is what was published."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

from kvcsr_widgets.voila import places

TEMPLATE = places.SHARE / "nbconvert/templates/kvcsr"
VENDORED = "mermaid.tiny.js"
OURS = sorted(path for path in TEMPLATE.rglob("*") if path.is_file() and path.name != VENDORED)


@pytest.mark.parametrize("path", OURS, ids=lambda path: path.name)
def test_a_file_of_ours_names_no_other_server(path: Path) -> None:
    assert re.findall(r"https?://[^\s\"')]+|//cdn[^\s]+", path.read_text("utf-8")) == []


def test_the_vendored_file_is_the_published_one() -> None:
    """By the SHA-256 in the note beside it, which is of the file in npm's package."""
    note = (TEMPLATE / "static/mermaid.txt").read_text("utf-8")
    content = (TEMPLATE / "static" / VENDORED).read_bytes()

    assert hashlib.sha256(content).hexdigest() in note
    assert "MIT" in (TEMPLATE / "static/mermaid.LICENSE").read_text("utf-8")
