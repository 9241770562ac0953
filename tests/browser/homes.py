"""JupyterLab or Voilà on a practice vault that the test opens, too.

Both work on the same file, as two notebooks do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Locator, Page

from kvcsr_widgets.vault.client import Vault
from kvcsr_widgets.vault.session import practise
from tests.browser import lab, voila
from tests.browser.steps import in_front

Serve = Callable[[Path], AbstractContextManager[str]]
"""Starts a server below a folder and gives its URL."""


@dataclass(frozen=True)
class Home:
    """A running JupyterLab or Voilà, its practice vault, and a folder for files."""

    url: str
    vault: Vault
    folder: Path

    def open(self, page: Page, notebook: str) -> Locator:
        """Open a notebook by the name of its file, without its suffix; no other is open then."""
        page.goto(self.url.replace("00-start-here", notebook) + "&reset")
        return in_front(page)

    def signed(self, name: str, kind: str = "p7b") -> bytes:
        """The practice CA's reply to a request; of kind ``p7b`` with its chain."""
        csr, authority = self.vault.operation(name).csr, self.vault.authority
        assert csr is not None
        assert authority is not None
        return authority.sign(csr.der, days=90).file(kind)

    def file(self, name: str, content: bytes) -> Path:
        """A file to upload."""
        path = self.folder / name
        path.write_bytes(content)
        return path

    def page_of(self, notebook: str, **query: str) -> str:
        """The address of a notebook in Voilà, such as with ``theme="dark"``."""
        return voila.page_of(self.url, f"{notebook}.ipynb", **query)

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
def at_home(folder: Path, serve: Serve = lab.running) -> Iterator[Home]:
    """Start JupyterLab below ``folder``, or Voilà by ``voila.running``.

    Its practice vault is empty, if it was not made before.
    """
    files = folder / "files"
    files.mkdir()
    vault = practise(practice_file(folder))
    try:
        with serve(folder) as url:
            yield Home(url, vault, files)
    finally:
        vault.close()
