"""What goes over the wire when a vault is asked too often, and how many ask for a token."""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count, pairwise
from pathlib import Path
from typing import Any, Protocol

import pytest
import requests
from azure.core.credentials import AccessToken
from azure.keyvault.certificates import CertificateClient
from requests.adapters import BaseAdapter

from kvcsr_widgets.errors import BusyError, UnreachableError
from kvcsr_widgets.pki.plan import CertificatePlan, KeyChoice
from kvcsr_widgets.practice.faults import Fault, Faults
from kvcsr_widgets.vault.client import Vault
from kvcsr_widgets.vault.pace import AT_ONCE, Pace
from kvcsr_widgets.vault.session import connect, practise
from kvcsr_widgets.vault.transport import TRIES, OneToken, PacedTransport, Retries, pooled_session
from tests.practice.server.served import serving

PLAN = CertificatePlan("web", "CN=a", key=KeyChoice.EC_P256)
CHALLENGE = 'Bearer authorization="https://login.example/t", resource="https://vault.azure.net"'
OPERATION = (
    b'{"id":"https://contoso.vault.azure.net/certificates/web/pending",'
    b'"status":"inProgress","request_id":"1"}'
)
Answer = tuple[int, dict[str, str]]


class Service(BaseAdapter):
    """A vault that answers as ``answers`` say, then always with a request; notes when it was."""

    def __init__(self, *answers: Answer) -> None:
        super().__init__()
        self.answers = list(answers)
        self.asked: list[tuple[str, float]] = []
        self.lock = threading.Lock()

    def send(self, request: Any, *_args: Any, **_options: Any) -> requests.Response:
        response = requests.Response()
        response.request, response.url = request, request.url
        with self.lock:
            self.asked.append((request.method, time.monotonic()))
            if not request.headers.get("Authorization"):
                status, headers = 401, {"WWW-Authenticate": CHALLENGE}
            else:
                status, headers = self.answers.pop(0) if self.answers else (200, {})
        response.status_code = status
        response.raw = io.BytesIO(OPERATION if status == 200 else b"{}")
        response.headers.update({"Content-Type": "application/json"} | headers)
        return response

    def close(self) -> None:
        """Nothing to close."""


class Credential:
    """Counts how often it is asked for a token, which takes a while."""

    def __init__(self, seconds: float = 0) -> None:
        self.asked = 0
        self.seconds = seconds

    def get_token(self, *scopes: str, **_options: Any) -> AccessToken:
        time.sleep(self.seconds)
        self.asked += 1
        return AccessToken(f"{self.asked} for {scopes[0]}", 4_000_000_000)


class Open(Protocol):
    """Opens a vault at a service, with what ``connect`` puts between them."""

    def __call__(self, service: Service, credential: Credential | None = None) -> Vault: ...


numbers = count()


@pytest.fixture
def opened() -> Iterator[Open]:
    vaults: list[Vault] = []

    def make(service: Service, credential: Credential | None = None) -> Vault:
        session, pace = requests.Session(), Pace()
        session.mount("https://", service)
        client = CertificateClient(
            f"https://contoso-{next(numbers)}.vault.azure.net",  # the SDK remembers challenges
            OneToken(credential or Credential()),
            transport=PacedTransport(pace, session=session),
            retry_policy=Retries(),
        )
        vaults.append(Vault(client, pace=pace))
        return vaults[-1]

    yield make
    for vault in vaults:
        vault.close()


def too_many(retry_after: str | None = "0") -> Answer:
    return 429, {} if retry_after is None else {"Retry-After": retry_after}


def test_a_429_is_asked_again_after_the_pause_that_it_names(opened: Open) -> None:
    service = Service((200, {}), too_many("1"))
    vault = opened(service)
    vault.operation("web")

    vault.operation("web")

    (_first, before), (_second, after) = service.asked[-2:]
    assert 1 <= after - before < 2


def test_only_so_many_tries_are_made_and_then_it_is_an_error(opened: Open) -> None:
    service = Service(*[too_many()] * 100)
    vault = opened(service)

    with pytest.raises(BusyError):
        vault.operation("web")

    assert len(service.asked) == 1 + TRIES  # the first one was for the challenge


def test_a_read_survives_five_429s(opened: Open) -> None:
    service = Service(*[too_many()] * 5)
    assert opened(service).operation("web").name == "web"


def test_a_request_that_is_sent_too_often_is_sent_with_its_body(opened: Open) -> None:
    service = Service(too_many())
    vault = opened(service)

    assert vault.create(PLAN).name == "web"
    assert [method for method, _time in service.asked] == ["POST", "POST", "POST"]


def test_a_change_is_sent_again_only_where_the_vault_says_when(opened: Open) -> None:
    service = Service(too_many(None))
    with pytest.raises(BusyError):
        opened(service).create(PLAN)


@pytest.mark.parametrize("status", [500, 503])
def test_what_fails_otherwise_is_the_sdks_to_try_again(opened: Open, status: int) -> None:
    service = Service((status, {}))
    assert opened(service).operation("web").name == "web"


def test_a_retry_after_that_is_none_is_no_error_of_its_own(opened: Open) -> None:
    service = Service(too_many("soon"))
    assert opened(service).operation("web").name == "web"


def test_one_429_holds_back_every_request_of_the_vault(opened: Open) -> None:
    service = Service((200, {}), too_many("1"))
    vault = opened(service)
    vault.operation("web")
    with ThreadPoolExecutor(17) as pool:
        list(pool.map(lambda _each: vault.operation("web"), range(50)))

    times = [when for _method, when in service.asked[1:]]
    gaps = [after - before for before, after in pairwise(times)]
    assert len(service.asked) == 1 + 1 + 51
    assert sum(gap >= 0.9 for gap in gaps) == 1  # nothing went while the pause was on


def test_a_pause_of_minutes_is_told_at_once_and_nothing_goes_out_in_it(opened: Open) -> None:
    service = Service(*[too_many("300")] * 10)
    vault = opened(service)
    begin = time.monotonic()

    with pytest.raises(BusyError) as first:
        vault.operation("web")
    sent = len(service.asked)
    with pytest.raises(BusyError, match="left alone"):
        vault.operation("web")

    assert "Wait 300 seconds" in first.value.hint
    assert first.value.status == 429
    assert len(service.asked) == sent
    assert time.monotonic() - begin < 5


def test_closing_ends_a_wait_and_its_thread(opened: Open) -> None:
    service = Service(*[too_many("60")] * 10)
    vault = opened(service)
    thread = threading.Thread(target=pytest.raises, args=(UnreachableError, vault.operation, "web"))
    thread.start()
    while len(service.asked) < 2:  # the first one was for the challenge
        time.sleep(0.01)

    vault.close()
    thread.join(5)

    assert not thread.is_alive()


def test_a_stop_gives_up_what_waits_and_leaves_the_vault_open(opened: Open) -> None:
    service, stop = Service(), threading.Event()
    vault = opened(service)
    stop.set()

    with vault.until(stop), pytest.raises(UnreachableError, match="stopped"):
        vault.operation("web")

    assert service.asked == []
    assert vault.operation("web").name == "web"


def test_a_load_of_a_practice_vault_survives_a_burst_of_429s(tmp_path: Path) -> None:
    faults = Faults()
    vault = practise(tmp_path / "vault.sqlite", faults=faults)
    vault.create(PLAN)
    faults.add(Fault("throttled", operation="get_pending", times=5, retry_after=1))

    begin = time.monotonic()
    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(lambda _each: vault.operation("web"), range(60)))

    assert len(found) == 60
    assert 1 <= time.monotonic() - begin < 10
    assert faults.waiting() == ()
    vault.close()


def test_a_practice_vault_and_a_real_one_are_paced(tmp_path: Path) -> None:
    practice, real = practise(tmp_path / "v.sqlite"), connect("https://contoso.vault.azure.net")
    for vault in (practice, real):
        transport = vault._client._client._client._pipeline._transport
        assert transport.pace is vault._pace
        vault.close()


def test_seventeen_requests_at_once_are_answered_at_once_over_connections_that_stay(
    tmp_path: Path,
) -> None:
    with serving(tmp_path / "vault.sqlite") as served:

        class Sign:
            def get_token(self, *scopes: str, **_options: Any) -> AccessToken:
                token = served.token(resource=scopes[0].removesuffix("/.default"))
                return AccessToken(token, 4_000_000_000)

        pace, session = Pace(), pooled_session()
        session.trust_env = False
        transport = PacedTransport(pace, session=session, connection_verify=served.ca_file)
        client = CertificateClient(served.url, Sign(), transport=transport, retry_policy=Retries())
        vault = Vault(client, pace=pace)
        vault.create(PLAN)
        latency = {"kind": "latency", "operation": "get_pending", "times": 17, "seconds": 2}
        served.control("POST", "faults", latency)

        begin = time.monotonic()
        with ThreadPoolExecutor(17) as pool:
            list(pool.map(lambda _each: vault.operation("web"), range(17)))
            took = time.monotonic() - begin
            list(pool.map(lambda _each: vault.operation("web"), range(170)))

        adapter: Any = session.get_adapter(served.url)
        connections = adapter.poolmanager.connection_from_url(served.url).num_connections
        vault.close()
    assert 2 <= took < 4  # a server of sixteen threads would take two times two seconds
    assert connections <= 17


def test_a_real_vault_keeps_a_connection_for_each_request_at_once() -> None:
    session = pooled_session()
    adapter: Any = session.get_adapter("https://contoso.vault.azure.net")

    assert adapter._pool_maxsize >= AT_ONCE
    assert adapter.max_retries.total is False
    session.close()


def test_those_that_ask_at_once_get_one_token() -> None:
    credential = Credential(0.2)
    one = OneToken(credential)
    with ThreadPoolExecutor(17) as pool:
        tokens = set(pool.map(lambda _each: one.get_token("vault"), range(17)))

    assert (credential.asked, len(tokens)) == (1, 1)


def test_who_asks_later_gets_a_new_token() -> None:
    one = OneToken(Credential())
    assert one.get_token("vault") != one.get_token("vault")


def at_once(one: OneToken, *calls: tuple[str, dict[str, Any]]) -> list[str]:
    with ThreadPoolExecutor(len(calls)) as pool:
        tokens = pool.map(lambda call: one.get_token(call[0], **call[1]), calls)
        return [token.token for token in tokens]


@pytest.mark.parametrize(
    "other", [("hsm", {}), ("vault", {"tenant_id": "t"}), ("vault", {"claims": "c"})]
)
def test_another_token_is_asked_for_by_itself(other: tuple[str, dict[str, Any]]) -> None:
    credential = Credential(0.1)
    tokens = at_once(OneToken(credential), ("vault", {}), other)

    assert credential.asked == 2
    assert len(set(tokens)) == 2


def test_a_sign_in_that_fails_fails_for_all_that_wait_for_it() -> None:
    class Refused(Credential):
        def get_token(self, *scopes: str, **options: Any) -> AccessToken:
            super().get_token(*scopes, **options)
            raise ValueError("no")

    credential = Refused(0.2)
    one = OneToken(credential)
    with ThreadPoolExecutor(8) as pool:
        answers = [pool.submit(one.get_token, "vault") for _each in range(8)]
    assert {str(answer.exception()) for answer in answers} == {"no"}
    assert credential.asked == 1
    with pytest.raises(ValueError, match="no"):
        one.get_token("vault")
    assert credential.asked == 2


def test_the_first_requests_of_a_vault_ask_for_one_token(opened: Open) -> None:
    credential = Credential(0.5)
    vault = opened(Service(), credential)
    with ThreadPoolExecutor(17) as pool:
        list(pool.map(lambda _each: vault.operation("web"), range(17)))

    assert credential.asked == 1
