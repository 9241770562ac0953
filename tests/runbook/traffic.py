"""What goes over the wire of practice vaults, as the real client sends it."""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import requests

from kvcsr_widgets.practice.transport import PracticeAdapter

_SEND = PracticeAdapter.send


@dataclass
class Traffic:
    """Notes each request as its path, such as ``/certificates/web/pending``.

    ``most`` is how many were under way at once, challenges aside. ``answers`` are given instead of
    the vault's, a status and a body by path; ``meanwhile`` is called before the vault is asked.
    """

    asked: list[str] = field(default_factory=list)
    answers: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    meanwhile: Callable[[str], object] = lambda _path: None
    now: int = 0
    most: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def send(self, adapter: PracticeAdapter, request: Any, **options: Any) -> requests.Response:
        """In place of ``PracticeAdapter.send``."""
        if not request.headers.get("Authorization"):
            return _SEND(adapter, request, **options)
        path = urlsplit(str(request.url)).path.rstrip("/")
        with self.lock:
            self.asked.append(path)
            self.now += 1
            self.most = max(self.most, self.now)
        try:
            self.meanwhile(path)
            if path in self.answers:
                return _answer(request, *self.answers[path])
            return _SEND(adapter, request, **options)
        finally:
            with self.lock:
                self.now -= 1

    def of(self, kind: str) -> list[str]:
        """The names of which ``pending``, ``certificate`` or ``secret`` were asked, sorted."""
        parts = [path.strip("/").split("/") for path in self.asked]
        if kind == "pending":
            return sorted(each[1] for each in parts if each[2:] == ["pending"])
        room, size = ("secrets", 3) if kind == "secret" else ("certificates", 2)
        return sorted(each[1] for each in parts if each[0] == room and len(each) == size)

    def hold(self, path: str, until: threading.Event) -> None:
        """Let the answer to a path wait for an event, ten seconds at most."""
        self.meanwhile = lambda asked: until.wait(10) if asked == path else None

    def slow(self, seconds: float) -> None:
        """Let each answer take so long."""
        self.meanwhile = lambda _path: time.sleep(seconds)


def _answer(request: Any, status: int, body: bytes) -> requests.Response:
    response = requests.Response()
    response.status_code, response.raw = status, io.BytesIO(body)
    response.headers["Content-Type"] = "application/json; charset=utf-8"
    response.request, response.url = request, str(request.url)
    return response
