"""The SDK's own share: the real client over an app that answers what it was given."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, cast

import requests
from azure.core.credentials import AccessToken
from azure.core.pipeline.transport import RequestsTransport
from azure.keyvault.certificates import CertificateClient
from requests.adapters import BaseAdapter

from kvcsr_widgets.practice.tokens import resource_of
from kvcsr_widgets.practice.transport import Practice, PracticeAdapter

Reply = Callable[[dict[str, Any]], bytes]
"""From a WSGI environment to a JSON body."""


class _Credential:
    def __init__(self, practice: Practice) -> None:
        self.practice = practice

    def get_token(self, *_scopes: str, **_options: Any) -> AccessToken:
        return AccessToken(*self.practice.tokens.issue(resource_of(self.practice.host)))


@contextmanager
def to_practice(practice: Practice) -> Iterator[CertificateClient]:
    """A client to the practice vault."""
    yield from _client(practice, practice.session())


@contextmanager
def to_constant(practice: Practice, status: str, reply: Reply) -> Iterator[CertificateClient]:
    """A client on the same way to an app that does nothing but answer."""
    session = requests.Session()
    session.mount("https://", _Constant(practice.host, status, reply))
    yield from _client(practice, session)


def _client(practice: Practice, session: requests.Session) -> Iterator[CertificateClient]:
    transport = RequestsTransport(session=session, session_owner=False)
    yield CertificateClient(practice.url, _Credential(practice), transport=transport)


class _Constant(BaseAdapter):
    """The way of the practice vault's adapter, to another app."""

    def __init__(self, host: str, status: str, reply: Reply) -> None:
        super().__init__()
        self.host = host
        self.status = status
        self.reply = reply

    @property
    def practice(self) -> _Constant:
        """What ``PracticeAdapter.send`` looks at: something with a host and an app."""
        return self

    def app(self, environ: Any, start: Callable[..., Any]) -> list[bytes]:
        start(self.status, [("Content-Type", "application/json; charset=utf-8")])
        return [self.reply(environ)]

    def send(self, request: Any, *args: Any, **options: Any) -> requests.Response:
        way: Any = PracticeAdapter
        return cast("requests.Response", way.send(self, request, *args, **options))

    def close(self) -> None:
        """Nothing to close."""
