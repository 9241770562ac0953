"""From an HTTP client in this process to the practice vault, without a socket."""

from __future__ import annotations

import io
from collections.abc import Mapping
from http.client import RemoteDisconnected
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import BaseAdapter
from urllib3.exceptions import ProtocolError
from werkzeug.test import EnvironBuilder, run_wsgi_app

from kvcsr_widgets.errors import PracticeError
from kvcsr_widgets.practice.clock import Clock, MovableClock
from kvcsr_widgets.practice.faults import Dropped, Faults
from kvcsr_widgets.practice.rules import DEFAULT_DELAYS, Delays
from kvcsr_widgets.practice.state import DEFAULT_NAME, State, vault_file
from kvcsr_widgets.practice.tokens import DOMAIN


class Practice:
    """An open practice vault and a session that reaches it.

    ``path`` is a file with one vault or a folder with several, of which ``name`` is one. The
    clock is by default the machine's, moved on as far as the state remembers.
    """

    def __init__(
        self,
        path: Path,
        clock: Clock | None = None,
        *,
        name: str = DEFAULT_NAME,
        delays: Delays = DEFAULT_DELAYS,
        faults: Faults | None = None,
    ) -> None:
        vault_file(path, name)  # before a file is made for a name that cannot be
        self.host = f"{name}.{DOMAIN}"
        self.url = f"https://{self.host}"
        self.state = State(path, clock or MovableClock(), delays=delays, faults=faults)
        self.tokens = self.state.tokens
        try:
            self.app = self.state.app(name)
        except PracticeError:
            self.state.close()
            raise
        self.vault = self.app.vault
        self.store = self.vault.store
        self.authority = self.vault.authority

    def vaults(self) -> tuple[str, ...]:
        """The names of the vaults in the same file or folder."""
        return self.state.names()

    def session(self) -> requests.Session:
        """A ``requests`` session from which nothing reaches the network."""
        session = requests.Session()
        session.trust_env = False
        adapter = PracticeAdapter(self)
        session.mount("https://", adapter)
        session.mount("http://", adapter)
        return session

    def close(self) -> None:
        """Close the files."""
        self.state.close()


class PracticeAdapter(BaseAdapter):
    """Carries a request to the app and the app's answer back; closing it closes the vault."""

    def __init__(self, practice: Practice) -> None:
        super().__init__()
        self.practice = practice

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: float | tuple[float, float] | tuple[float, None] | None = None,
        verify: bool | str = True,
        cert: bytes | str | tuple[bytes | str, bytes | str] | None = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """Answer one request, or fail as for an unknown host if it is for another one."""
        url = urlsplit(str(request.url))
        host = self.practice.host
        if url.scheme != "https" or url.hostname != host:
            raise requests.ConnectionError(
                f"The practice vault answers for https://{host} only.", request=request
            )
        environ = EnvironBuilder(
            path=url.path,
            base_url=f"https://{host}",
            query_string=url.query,
            method=request.method or "GET",
            headers=list(request.headers.items()),
            data=_bytes(request.body),
        ).get_environ()
        try:
            body, status, headers = run_wsgi_app(self.practice.app, environ, buffered=True)
        except Dropped as error:
            lost = ProtocolError("Connection aborted.", RemoteDisconnected("No answer came."))
            raise requests.ConnectionError(lost, request=request) from error
        response = requests.Response()
        response.status_code, _, response.reason = _status(status)
        response.headers.update(headers.items())
        response.raw = io.BytesIO(b"".join(body))
        response.url = str(request.url)
        response.request = request
        return response

    def close(self) -> None:
        """Close the vault that this adapter leads to."""
        self.practice.close()


def _bytes(body: Any) -> bytes:
    return body.encode() if isinstance(body, str) else bytes(body or b"")


def _status(line: str) -> tuple[int, str, str]:
    code, blank, reason = line.partition(" ")
    return int(code), blank, reason
