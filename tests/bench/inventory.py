"""The inventory of a practice vault over TLS whose every answer takes 50 ms longer."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
from azure.core.credentials import AccessToken
from azure.core.rest import HttpRequest
from azure.keyvault.certificates import CertificateClient

from kvcsr_widgets.practice.transport import Practice
from kvcsr_widgets.runbook.inventory import Inventory, Progress, load
from kvcsr_widgets.vault.client import Vault
from kvcsr_widgets.vault.pace import AT_ONCE, Pace
from kvcsr_widgets.vault.transport import PacedTransport, Retries
from tests.bench.pipeline import to_practice
from tests.clients import programs
from tests.clients.azure_cli import Az
from tests.clients.conftest import Desk
from tests.filled import EC, fill
from tests.practice.server.served import Served, serving

SIZE, LARGE = 2_000, 10_000
PAGE = 25
LATENCY = 0.05
ROUNDS = 3
TRIPS = 15
CHANGES = 10
SHOWN = 10
"""How many calls of ``az … pending show`` are timed; one is like another."""

LIFE = timedelta(days=365)
OLDEST = 0.89
"""Issued certificates are of every age up to this share of their life, as where each is renewed
in its last fifth: a tenth of them is late."""

STRIDE = 1_009
"""Takes the ages in another order than the names, for names tell no age."""


def inventory() -> None:
    """Load, refresh, first rows, size and memory; the same as a plain loop and with az."""
    print(f"inventory over TLS, {LATENCY * 1000:.0f} ms added to every answer, a tenth is pending")
    with _served(SIZE) as served:
        _first_rows(served)
        with _open(served) as ours:
            chain = _loads(ours)
            _plain(ours, chain)
            _az(served, chain)
            _refresh(ours)
            _all_due(ours)
    with _served(LARGE) as served:
        with _open(served) as ours:
            trip = ours.round_trip()
            took, found = _timed_load(ours.vault)
            begin = time.perf_counter()
            assert len(found.frame) == LARGE
            frame = time.perf_counter() - begin
            print(
                f"  {LARGE:,} certificates: {took:.1f} s, {_ratio(took, trip * LARGE / PAGE)}; "
                f"the frame of them {frame * 1000:.0f} ms"
            )
        for details in (False, True):
            _memory(served, details=details)


@dataclass(frozen=True)
class _Ours:
    """A vault over the real client, and what was asked of it."""

    client: CertificateClient
    vault: Vault
    asked: Counter[str]

    def round_trip(self) -> float:
        """Seconds for a page of the list as it comes, the median of some."""
        return statistics.median([self._page() for _each in range(TRIPS)])

    def _page(self) -> float:
        begin = time.perf_counter()
        answer = self.client.send_request(HttpRequest("GET", "/certificates?includePending=true"))
        answer.raise_for_status()
        assert len(answer.json()["value"]) == PAGE
        return time.perf_counter() - begin


_KINDS = {1: "list", 2: "bundle", 3: "operation"}
"""What is asked for, by how many parts its path has."""


class _Counting(requests.adapters.HTTPAdapter):
    """Counts the requests by kind."""

    def __init__(self, asked: Counter[str]) -> None:
        super().__init__(pool_maxsize=AT_ONCE)
        self._asked = asked

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> Any:
        parts = urlsplit(str(request.url)).path.strip("/").split("/")
        self._asked[_KINDS[len(parts)]] += 1
        return super().send(request, *args, **options)


class _Credential:
    """Signed in already."""

    def __init__(self, served: Served) -> None:
        self._token = AccessToken(served.token(), int(time.time()) + 3600)

    def get_token(self, *_scopes: str, **_options: Any) -> AccessToken:
        return self._token


@contextmanager
def _open(served: Served) -> Iterator[_Ours]:
    asked: Counter[str] = Counter()
    session = requests.Session()
    session.trust_env = False
    session.mount("https://", _Counting(asked))
    pace = Pace()
    transport = PacedTransport(pace, session=session, connection_verify=served.ca_file)
    with CertificateClient(
        served.url, _Credential(served), transport=transport, retry_policy=Retries()
    ) as client:
        yield _Ours(client, Vault(client, pace=pace), asked)


@contextmanager
def _served(size: int) -> Iterator[Served]:
    """A server with so many certificates, of which every tenth is pending."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "vault.sqlite"
        practice = Practice(path)
        fill(practice, 1)
        _copy(practice, size)
        practice.close()
        with serving(path) as served:
            fault = {"kind": "latency", "seconds": LATENCY, "times": 1_000_000}
            served.control("POST", "faults", fault).raise_for_status()
            yield served


def _copy(practice: Practice, size: int) -> None:
    """Make the certificate ``c000000`` and a request of the same plan ``size`` certificates."""
    with to_practice(practice) as client:
        client.begin_create_certificate("c000003", EC).result()
    store, now = practice.store, datetime.now(UTC)
    rows: dict[bool, tuple[Any, Any, Any]] = {}
    for is_pending, name in ((False, "c000000"), (True, "c000003")):
        rows[is_pending] = (store.certificate(name), store.newest(name), store.operation(name))
    with store.transaction():
        for number in range(size):
            certificate, version, operation = rows[number % 10 == 3]
            name = f"c{number:06}"
            begin = now - LIFE * OLDEST * (number * STRIDE % size / size)
            made = name if name in ("c000000", "c000003") else uuid.uuid4().hex
            new = version.id if made == name else made
            dates = {"nbf": int(begin.timestamp()), "exp": int((begin + LIFE).timestamp())}
            store.put(replace(certificate, name=name))
            store.put(replace(version, name=name, id=new, **dates))
            store.put(replace(operation, name=name, version=new))


def _first_rows(served: Served) -> None:
    """Each in a new process: the connection and the challenge are part of it."""
    rounds = [_in_a_process(served, "_measure_first_rows").split() for _each in range(ROUNDS)]
    took, trips = (statistics.median(map(float, column)) for column in zip(*rounds, strict=True))
    print(
        f"  first rows as a frame: {took * 1000:.0f} ms, {trips:.1f} round trips, with the "
        "connection and the challenge, which counts as one (target: under 3)"
    )


def _measure_first_rows(served: Served) -> None:
    first: list[float] = []

    def shown(progress: Progress) -> None:
        if not first and len(progress.so_far().frame):
            first.append(time.perf_counter())

    with _open(served) as ours:
        begin = time.perf_counter()
        load(ours.vault, progress=shown)
        took = first[0] - begin + LATENCY  # which the server does not add to the challenge
        print(took, took / ours.round_trip())


def _loads(ours: _Ours) -> float:
    """Seconds of the chain of pages."""
    rounds = []
    for _each in range(ROUNDS):
        chain = ours.round_trip() * SIZE / PAGE
        ours.asked.clear()
        rounds.append((chain, _timed_load(ours.vault)[0]))
    ratio = statistics.median(took / chain for chain, took in rounds)
    chain = statistics.median(chain for chain, _took in rounds)
    took = statistics.median(took for _chain, took in rounds)
    requests = ours.asked["operation"]
    print(
        f"  a page: {chain / SIZE * PAGE * 1000:.1f} ms; {SIZE // PAGE} pages, one after another: "
        f"{chain:.2f} s\n  load of {SIZE:,}, {requests} requests read: {took:.2f} s, "
        f"ratio {ratio:.3f} of the pages (target: at most 1.15)"
    )
    return chain


def _plain(ours: _Ours, chain: float) -> None:
    begin = time.perf_counter()
    found = list(ours.client.list_properties_of_certificates(include_pending=True))
    pending = [each.name or "" for each in found if each.x509_thumbprint is None]
    for name in pending:
        ours.client.get_certificate_operation(name)
    took = time.perf_counter() - begin
    assert (len(found), len(pending)) == (SIZE, SIZE // 10)
    print(f"  a plain loop over the SDK: {took:.1f} s, {_ratio(took, chain)}")


def _az(served: Served, chain: float) -> None:
    assert programs.is_installed("azure-cli"), programs.MISSING
    with tempfile.TemporaryDirectory() as folder:
        az = Az(Desk(served, Path(folder)))
        begin = time.perf_counter()
        found = az("list --include-pending true")
        listed = time.perf_counter()
        pending = [each["name"] for each in found if not each.get("x509ThumbprintHex")]
        for name in pending[:SHOWN]:
            az(f"pending show --name {name}")
        one = (time.perf_counter() - listed) / SHOWN
    took = listed - begin + one * len(pending)
    print(
        f"  az: list {listed - begin:.1f} s, one pending show {one:.2f} s (of {SHOWN}); with all "
        f"{len(pending)}: {took:.0f} s, {_ratio(took, chain)}"
    )


def _refresh(ours: _Ours) -> None:
    _took, before = _timed_load(ours.vault, details=True)
    for number in range(CHANGES):
        ours.client.update_certificate_properties(f"c{number:05}0", tags={"changed": "1"})
    chain = ours.round_trip() * SIZE / PAGE
    ours.asked.clear()
    took, _found = _timed_load(ours.vault, details=True, before=before)
    print(
        f"  refresh after {CHANGES} changes, with details: {took:.2f} s, {_ratio(took, chain)} of "
        f"the pages (target: under 1.1); {ours.asked['bundle']} read again (target: {CHANGES})"
    )


def _all_due(ours: _Ours) -> None:
    """What a vault costs in which every certificate is late in its life."""
    chain = ours.round_trip() * SIZE / PAGE
    took, found = _timed_load(ours.vault, now=datetime.now(UTC) + LIFE)
    print(
        f"  every one of {found.counts.operations:,} requests due: {took:.1f} s, "
        f"{_ratio(took, chain)}"
    )


def _timed_load(vault: Vault, **options: Any) -> tuple[float, Inventory]:
    begin = time.perf_counter()
    found = load(vault, **options)
    took = time.perf_counter() - begin
    assert found.counts.ended
    assert not any(each.error for each in found.entries)
    return took, found


def _ratio(took: float, chain: float) -> str:
    return f"ratio {took / chain:.2f}"


def _memory(served: Served, *, details: bool) -> None:
    kib = int(_in_a_process(served, "_measure_memory", details))
    what = " with details" if details else ""
    target = "" if details else " (target: under 150)"
    print(f"  memory over the imports at {LARGE:,}{what}: {kib / 1024:.0f} MiB{target}")


def _measure_memory(served: Served, details: bool) -> None:
    before = _memory_kib("VmRSS")
    with _open(served) as ours:
        found = load(ours.vault, details=details)
        assert len(found.frame) == LARGE
    print(_memory_kib("VmHWM") - before)


def _in_a_process(served: Served, function: str, *values: object) -> str:
    """What a function of this module prints in a new process."""
    where = (served.url, served.ca_file)
    who = (served.identity_endpoint, served.identity_header)
    code = (
        f"from tests.bench import inventory as here; "
        f"here.{function}(here.Served(None, *{(*where, *who)!r}, {{}}), *{values!r})"
    )
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout


def _memory_kib(name: str) -> int:
    """What Linux says of this process alone: what it has, or the most it had so far."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition(f"{name}:")[2].split()[0])
