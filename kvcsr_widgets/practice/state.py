"""The state of practice: one file with one vault, or a folder with one file for each vault."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from werkzeug.wrappers import Request

from kvcsr_widgets.errors import PracticeError
from kvcsr_widgets.practice import refusals
from kvcsr_widgets.practice.app import PracticeApp, finish, refused
from kvcsr_widgets.practice.backups import backup_key
from kvcsr_widgets.practice.clock import Clock, MovableClock
from kvcsr_widgets.practice.faults import Faults
from kvcsr_widgets.practice.refusals import Refusal
from kvcsr_widgets.practice.rules import DEFAULT_DELAYS, Delays
from kvcsr_widgets.practice.store import Store
from kvcsr_widgets.practice.tokens import DOMAIN, Tokens
from kvcsr_widgets.practice.vault import PracticeVault

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

DEFAULT_NAME = "practice"
DOMAINS = (DOMAIN, "localhost")
"""Below these, a name that is no vault's leads nowhere."""

SUFFIX = ".sqlite"
_SHARED = "state.keys"
_NAME = re.compile(r"(?=.{3,24}\Z)[a-z](?:-?[a-z0-9])+\Z")


class State:
    """The vaults of a file or folder, under one clock, with one sign-in and one set of faults."""

    def __init__(
        self,
        path: Path,
        clock: Clock,
        *,
        delays: Delays = DEFAULT_DELAYS,
        faults: Faults | None = None,
    ) -> None:
        self.path = path
        self.clock = clock
        self.delays = delays
        self.faults = faults or Faults()
        self._lock = threading.RLock()
        self._apps: dict[str, PracticeApp] = {}
        self._is_folder = path.is_dir()
        self._shared = Store(path / _SHARED if self._is_folder else path)
        if isinstance(clock, MovableClock):
            clock.keep_in(self._shared)
        self.tokens = Tokens(self._shared, clock)
        names = self.names() or (DEFAULT_NAME,)
        self.default = DEFAULT_NAME if DEFAULT_NAME in names else names[0]
        """The vault ``practice``, or else the first; it stays the same when others are added."""

    @property
    def store(self) -> Store:
        """What the vaults share: the keys of their sign-in, their backups and their server."""
        return self._shared

    def names(self) -> tuple[str, ...]:
        """The names of the vaults; a folder without any gets the first one when it is opened."""
        if not self._is_folder:
            return (DEFAULT_NAME,)
        found = (path.stem for path in self.path.glob(f"*{SUFFIX}"))
        return tuple(sorted(name for name in found if _NAME.fullmatch(name)))

    def vault(self, name: str = DEFAULT_NAME) -> PracticeVault:
        """The vault of this name, made where there is none. Raises PracticeError."""
        return self.app(name).vault

    def app(self, name: str) -> PracticeApp:
        """The WSGI application of one vault."""
        with self._lock:
            if name not in self._apps:
                vault = PracticeVault(
                    name,
                    vault_file(self.path, name),
                    self.clock,
                    self.delays,
                    backup_key(self._shared),
                )
                self._apps[name] = PracticeApp(vault, self.tokens, self.faults)
            return self._apps[name]

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """The WSGI application of all vaults: the first label of the host names the vault.

        A host outside ``DOMAINS``, such as an address, leads to the default vault.
        """
        names = self.names()
        host = str(environ.get("HTTP_HOST", "")).lower().partition(":")[0]
        label, _, domain = host.partition(".")
        try:
            if label not in names and domain in DOMAINS:
                raise refusals.no_vault(label)
            app = self.app(label if label in names else self.default)
        except (Refusal, PracticeError) as error:
            refusal = error if isinstance(error, Refusal) else refusals.no_file(error.message)
            response = refused(refusal)
            finish(Request(environ), response)
            return response(environ, start)
        return app(environ, start)

    def close(self) -> None:
        """Close all files."""
        with self._lock:
            for app in self._apps.values():
                app.vault.close()
            self._apps.clear()
            if isinstance(self.clock, MovableClock):
                self.clock.leave(self._shared)
            self._shared.close()


def vault_file(path: Path, name: str) -> Path:
    """The file of a vault in a file or folder. Raises PracticeError for a name that cannot be."""
    if not path.is_dir():
        if name == DEFAULT_NAME:
            return path
        raise PracticeError(
            f"{path} is no folder; a file holds one vault, “{DEFAULT_NAME}”.",
            hint="Name a folder, with a slash at its end, to practise with several.",
        )
    if not _NAME.fullmatch(name):
        raise PracticeError(
            f"“{name}” cannot be a vault's name.",
            hint="It has 3 to 24 lower-case letters, digits and hyphens and begins with a letter.",
        )
    return path / f"{name}{SUFFIX}"
