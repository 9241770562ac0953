"""The Python of a page, run from top to bottom as its reader would run it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.docs.pages import ROOT, Code, codes, read

RUN = "python"
"""What stands behind the fence of what runs as it is. Anything more says why it does not run."""


def of(page: Path) -> Iterator[Code]:
    """The snippets of Python on a page."""
    return (code for code in codes(read(page)) if code.info.split(" ")[0] == RUN)


def run(page: Path, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run what can be run of a page, each snippet in a program of its own, in one folder."""
    done = subprocess.CompletedProcess[str]([], 0, "", "")
    for code in of(page):
        if code.info == RUN and done.returncode == 0:
            done = _run(code, folder)
    return done


def _run(code: Code, folder: Path) -> subprocess.CompletedProcess[str]:
    own = {"HOME": str(folder), "XDG_DATA_HOME": str(folder), "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, "-W", "error::DeprecationWarning:__main__", "-c", code.text],
        cwd=folder,
        env=os.environ | own,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
