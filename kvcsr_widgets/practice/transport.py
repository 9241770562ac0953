"""From an HTTP client in this process to the practice vault, without a socket."""

from __future__ import annotations

import io
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import BaseAdapter
from werkzeug.test import EnvironBuilder, run_wsgi_app

from kvcsr_widgets.practice.app import PracticeApp
from kvcsr_widgets.practice.authority import Authority
from kvcsr_widgets.practice.rules import Clock, Rules
from kvcsr_widgets.practice.store import Store
from kvcsr_widgets.practice.tokens import HOST, Tokens


class Practice:
    """An open practice vault: its store, its CA, its tokens and a session that reaches it."""

    def __init__(self, path: Path, clock: Clock = time.time) -> None:
        self.url = f"https://{HOST}"
        self.store = Store(path)
        self.tokens = Tokens(self.store, clock)
        self.rules = Rules(self.store, clock)
        self.authority = Authority(self.store, clock)
        self.app = PracticeApp(self.rules, self.tokens)

    def session(self) -> requests.Session:
        """A ``requests`` session from which nothing reaches the network."""
        session = requests.Session()
        session.trust_env = False
        adapter = PracticeAdapter(self)
        session.mount("https://", adapter)
        session.mount("http://", adapter)
        return session

    def close(self) -> None:
        """Close the file."""
        self.store.close()


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
        if url.scheme != "https" or url.hostname != HOST:
            raise requests.ConnectionError(
                f"The practice vault answers for https://{HOST} only.", request=request
            )
        environ = EnvironBuilder(
            path=url.path,
            base_url=f"https://{HOST}",
            query_string=url.query,
            method=request.method or "GET",
            headers=list(request.headers.items()),
            data=_bytes(request.body),
        ).get_environ()
        body, status, headers = run_wsgi_app(self.practice.app, environ, buffered=True)
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
