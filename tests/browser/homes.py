"""JupyterLab on a practice vault that the test opens, too: what it finds there, and what is left.

Both work on the same file, as two notebooks do.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Locator, Page

from kvcsr_widgets.vault.client import Vault
from kvcsr_widgets.vault.session import practise
from tests.browser import lab
from tests.browser.steps import in_front


@dataclass(frozen=True)
class Home:
    """A running JupyterLab, its practice vault, and a folder for files."""

    url: str
    vault: Vault
    folder: Path

    def open(self, page: Page, notebook: str) -> Locator:
        """Open a notebook by the name of its file, without its suffix."""
        page.goto(self.url.replace("00-start-here", notebook))
        return in_front(page)

    def file(self, name: str, content: bytes) -> Path:
        """A file to upload."""
        path = self.folder / name
        path.write_bytes(content)
        return path

    def sparse(self, name: str, size: int) -> Path:
        """A file of so many bytes, which takes no room."""
        path = self.folder / name
        with path.open("wb") as file:
            file.truncate(size)
        return path


def practice_file(folder: Path) -> Path:
    """Where the practice vault lies of a JupyterLab that runs below ``folder``."""
    path = folder / "home" / ".local" / "share" / "kvcsr-widgets" / "practice-vault.sqlite"
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


@contextmanager
def at_home(folder: Path) -> Iterator[Home]:
    """Start JupyterLab below ``folder``; its practice vault is empty, if it was not made before."""
    files = folder / "files"
    files.mkdir()
    vault = practise(practice_file(folder))
    try:
        with lab.running(folder) as url:
            yield Home(url, vault, files)
    finally:
        vault.close()
