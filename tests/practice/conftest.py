"""A practice vault, its clock, and real SDK clients to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from azure.core.credentials import AccessToken
from azure.core.pipeline.transport import RequestsTransport
from azure.keyvault.certificates import CertificateClient

from kvcsr_widgets.practice.rules import DEFAULT_DELAYS, Delays
from kvcsr_widgets.practice.transport import Practice
from tests.practice.wire import Wire

START = 1_780_000_000


@dataclass
class Clock:
    """The vault's clock; a test may move it."""

    now: float = START

    def __call__(self) -> float:
        return self.now


@dataclass
class Credential:
    """Hands out what ``token`` makes and counts how often it was asked."""

    token: Callable[[str], str]
    asked: list[str] = field(default_factory=list)

    def get_token(self, *scopes: str, **_options: Any) -> AccessToken:
        self.asked.append(scopes[0])
        return AccessToken(self.token(scopes[0].removesuffix("/.default")), 4_000_000_000)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def delays() -> Delays:
    """A module may take slower ones."""
    return DEFAULT_DELAYS


@pytest.fixture
def practice(tmp_path: Path, clock: Clock, delays: Delays) -> Iterator[Practice]:
    opened = Practice(tmp_path / "vault.sqlite", clock, delays=delays)
    yield opened
    opened.close()


@pytest.fixture
def connect(practice: Practice) -> Iterator[Callable[[Credential], CertificateClient]]:
    """Makes clients to the practice vault."""
    clients: list[CertificateClient] = []

    def make(credential: Credential) -> CertificateClient:
        transport = RequestsTransport(session=practice.session())
        clients.append(CertificateClient(practice.url, credential, transport=transport))
        return clients[-1]

    yield make
    for client in clients:
        client.close()


@pytest.fixture
def client(
    practice: Practice, connect: Callable[[Credential], CertificateClient]
) -> CertificateClient:
    return connect(Credential(lambda resource: practice.tokens.issue(resource)[0]))


@pytest.fixture
def wire(client: CertificateClient) -> Wire:
    return Wire(client)
