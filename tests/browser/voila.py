"""The one-page app as ``make app`` starts it, on a copy of the notebooks and a fresh home."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.browser import server

_URL = re.compile(r"http://(?:localhost|127\.0\.0\.1):\d+/\?token=\w+")


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """Start the app below ``folder`` and give its URL with the token; stop it at the end.

    The URL leads to ``workbook.ipynb``; ``page_of(url, name)`` is that of another notebook.
    """
    for part in ("notebooks", "binder"):
        shutil.copytree(server.CLONE / part, folder / "clone" / part)
    arguments = ("app", "--no-browser", f"--port={server.free_port()}")
    with server.started(folder, *arguments, url=_URL) as url:
        yield url


def page_of(url: str, name: str, **query: str) -> str:
    """The address of a notebook in the app at ``url``, such as ``04-monitor.ipynb``."""
    start, _, token = url.partition("?")
    return f"{start}voila/render/{name}?" + "&".join([token, *map("=".join, query.items())])
