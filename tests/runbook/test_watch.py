"""The watch at work, on a practice vault whose clock moves."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from kvcsr_widgets.errors import BusyError, ForbiddenError
from kvcsr_widgets.pki.plan import CertificatePlan, KeyChoice
from kvcsr_widgets.practice.clock import MovableClock
from kvcsr_widgets.practice.rules import Delays
from kvcsr_widgets.runbook.changes import Change, pending
from kvcsr_widgets.runbook.inventory import load
from kvcsr_widgets.runbook.schedule import AT_ONCE, News
from kvcsr_widgets.runbook.watch import Pulse, Watcher
from kvcsr_widgets.vault.client import Vault
from kvcsr_widgets.vault.records import Operation
from kvcsr_widgets.vault.session import practise
from tests.runbook.traffic import Traffic
from tests.waiting import until

BEGIN = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Day:
    """A day that passes while a watch sleeps, in the vault, too."""

    def __init__(self, path: Path, issue: int = 60) -> None:
        self.clock = MovableClock()
        self.vault = practise(path, clock=self.clock, delays=Delays(issue=issue, cancel=10))
        self.seconds, self.least = 0.0, 0.0
        self.told: list[tuple[float, Sequence[News], Pulse]] = []
        self.open = {self.vault.host: self.vault}
        self.watcher = Watcher(
            lambda: self.open,
            self._hear,
            clock=lambda: self.seconds,
            sleep=self.sleep,
            now=lambda: BEGIN + timedelta(seconds=self.seconds),
        )

    def sleep(self, seconds: float) -> None:
        step = max(seconds, self.least)
        self.seconds += step
        self.clock.advance(step)

    def _hear(self, _watcher: Watcher, news: Sequence[News], pulse: Pulse) -> None:
        self.told.append((self.seconds, news, pulse))

    def watch(self) -> None:
        self.watcher.add(pending(load(self.vault)))

    @property
    def news(self) -> list[News]:
        return [each for _at, news, _pulse in self.told for each in news]

    @property
    def sentences(self) -> list[str]:
        return [each.sentence for each in self.news]


@pytest.fixture
def day(tmp_path: Path) -> Iterator[Day]:
    made = Day(tmp_path / "vault.sqlite")
    yield made
    made.watcher.stop()
    made.vault.close()


def create(vault: Vault, name: str, issuer: str = "Self") -> Operation:
    return vault.create(CertificatePlan(name, "CN=a", key=KeyChoice.EC_P256, issuer=issuer))


def looks(day: Day, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """When requests are read from now on."""
    at, original = list[float](), day.vault.operation

    def operation(name: str) -> Operation:
        at.append(round(day.seconds, 3))
        return original(name)

    monkeypatch.setattr(day.vault, "operation", operation)
    return at


def test_a_request_is_looked_at_until_it_is_issued(
    day: Day, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = create(day.vault, "web")
    day.watch()
    at = looks(day, monkeypatch)

    day.watcher.run()  # it ends by itself

    assert at == [10, 20, 30, 40, 50, 60]
    (change,) = day.news
    assert isinstance(change, Change)
    assert change.sentence == "“web” was issued by Self and is in use."
    assert change.before == before
    assert change.at == BEGIN + timedelta(seconds=60)
    assert change.certificate == day.vault.certificate("web")
    assert day.told[-1][2] == Pulse(0)


def test_each_telling_says_when_the_next_look_is(day: Day) -> None:
    create(day.vault, "web")
    day.watch()

    day.watcher.run()

    times = [at for at, _news, _pulse in day.told]
    assert all(after - before >= 1 for before, after in pairwise(times[:-1]))
    first = day.told[0][2]
    assert first == Pulse(1, BEGIN + timedelta(seconds=10))


def test_what_happens_elsewhere_is_told(day: Day) -> None:
    for name in ("cancelled", "deleted", "replaced"):
        create(day.vault, name, "Unknown")
    day.watch()
    day.vault.cancel("cancelled")
    day.vault.delete_operation("deleted")
    day.vault.delete_operation("replaced")
    create(day.vault, "replaced")

    day.watcher.run()

    assert day.sentences[-1] == "“replaced” was issued by Self and is in use."
    assert set(day.sentences) - {"The request of “cancelled” is being cancelled."} == {
        "The request of “cancelled” was cancelled.",
        "The request of “deleted” is gone: it was deleted.",
        "“replaced” has another request: Self is at work.",
        "“replaced” was issued by Self and is in use.",
    }


def test_errors_are_told_and_the_watch_goes_on(day: Day, monkeypatch: pytest.MonkeyPatch) -> None:
    create(day.vault, "web")
    create(day.vault, "closed")
    day.watch()
    original = day.vault.operation

    def operation(name: str) -> Operation:
        if name == "closed":
            raise ForbiddenError("You may not.")
        if day.seconds < 15:
            raise BusyError("Too many requests.")
        return original(name)

    monkeypatch.setattr(day.vault, "operation", operation)
    day.watcher.run()

    host = day.vault.host
    assert sorted(day.sentences) == sorted(
        [
            "The request of “closed” is watched no longer: You may not.",
            f"{host} is watched with longer pauses: Too many requests.",
            f"{host} answers again.",
            "“web” was issued by Self and is in use.",
        ]
    )


def test_a_vault_that_is_not_open_any_more_is_not_asked(day: Day) -> None:
    create(day.vault, "web")
    day.watch()
    day.open.clear()

    day.watcher.run()

    assert day.news == []
    assert day.told[-1][2] == Pulse(0)


def test_there_are_never_too_many_looks_at_once(day: Day, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(AT_ONCE + 4):
        create(day.vault, f"c{number}")
    day.watch()
    lock, full, busy, most = threading.Lock(), threading.Event(), 0, 0
    original = day.vault.operation

    def operation(name: str) -> Operation:
        nonlocal busy, most
        with lock:
            busy += 1
            most = max(most, busy)
        if most == AT_ONCE:
            full.set()
        assert full.wait(10)
        try:
            return original(name)
        finally:
            with lock:
                busy -= 1

    monkeypatch.setattr(day.vault, "operation", operation)
    day.least = 100  # then all are due
    day.watcher.run()

    assert most == AT_ONCE
    assert len(day.news) == AT_ONCE + 4


def test_nothing_can_be_added_once_it_has_ended(day: Day) -> None:
    day.watcher.run()

    create(day.vault, "web")
    assert not day.watcher.add(pending(load(day.vault)))


def threads() -> set[str]:
    return {each.name for each in threading.enumerate() if each.name.startswith("watch")}


def test_its_threads_end_with_a_stop_and_with_the_process(
    day: Day, monkeypatch: pytest.MonkeyPatch, traffic: Traffic
) -> None:
    """Here no time is played: it waits for a look as it does for a vault."""
    create(day.vault, "web")
    gate, begun, original = threading.Event(), threading.Event(), day.vault.operation

    def operation(name: str) -> Operation:
        begun.set()
        assert gate.wait(10)
        return original(name)

    requests = pending(load(day.vault))
    monkeypatch.setattr(day.vault, "operation", operation)
    told: list[News] = []
    watcher = Watcher(
        lambda: day.open,
        lambda _watcher, news, _pulse: told.extend(news),
        clock=lambda: day.seconds,
    )
    watcher.add(requests)
    day.sleep(1_000)
    watcher.start()
    until(lambda: bool(threads()))
    day.sleep(1_000)
    assert begun.wait(10)
    assert all(each.daemon for each in threading.enumerate() if each.name.startswith("watch"))

    traffic.asked.clear()
    watcher.stop()
    gate.set()
    until(lambda: not threads())
    assert told == []
    assert traffic.asked == [], "nothing is asked for any more"
