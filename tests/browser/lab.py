"""JupyterLab as ``make lab`` starts it, on a copy of the notebooks and a fresh home.

It runs the package of this clone, whichever one is installed.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.browser import server
from tests.browser.server import CLONE

_URL = re.compile(r"http://(?:localhost|127\.0\.0\.1):\d+/lab\S*")


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """Start JupyterLab below ``folder`` and give its URL with the token; stop it at the end."""
    for part in ("notebooks", "binder"):
        shutil.copytree(CLONE / part, folder / "clone" / part)
    with server.started(folder, "lab", "--no-browser", "--ServerApp.port=0", url=_URL) as url:
        yield url
