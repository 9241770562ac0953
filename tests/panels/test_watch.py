"""The watch as a person sees it: switched on, told, and ended with the panel."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kvcsr_widgets.errors import UnreachableError
from kvcsr_widgets.panels import Desk, later
from kvcsr_widgets.panels import watch as panel_module
from kvcsr_widgets.panels.sheet import Sheet
from kvcsr_widgets.panels.watch import MAX_NEWS, WatchPanel
from kvcsr_widgets.pki.pending import Status
from kvcsr_widgets.pki.plan import CertificatePlan, KeyChoice
from kvcsr_widgets.practice.clock import MovableClock
from kvcsr_widgets.practice.rules import Delays
from kvcsr_widgets.runbook import schedule, watch
from kvcsr_widgets.runbook.changes import Change
from kvcsr_widgets.runbook.entries import Key, State
from kvcsr_widgets.runbook.inventory import load
from kvcsr_widgets.runbook.schedule import News, Trouble
from kvcsr_widgets.runbook.watch import Pulse, Watcher
from kvcsr_widgets.vault.client import Vault
from kvcsr_widgets.vault.records import Operation
from kvcsr_widgets.vault.session import practise
from tests.inventories import inventory, unread, waiting
from tests.panels.loops import play
from tests.panels.standing import why
from tests.waiting import until

HOSTILE = "<img src=x onerror=alert(1)>"
AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


@dataclass
class Bench:
    """A desk on a practice vault with an issuer that takes an hour, its inventory and a watch."""

    desk: Desk
    sheet: Sheet
    panel: WatchPanel
    clock: MovableClock

    @property
    def vault(self) -> Vault:
        assert self.desk.vault is not None
        return self.desk.vault

    def create(self, name: str, issuer: str = "Self") -> Operation:
        return self.vault.create(
            CertificatePlan(name, "CN=a", key=KeyChoice.EC_P256, issuer=issuer)
        )

    def load(self) -> None:
        self.sheet.inventory = load(self.vault)

    def state(self, name: str) -> State | None:
        assert self.sheet.inventory is not None
        return self.sheet.inventory.by_key[Key(self.vault.host, name)].state

    @property
    def sentences(self) -> list[str]:
        return [each.sentence for each in self.panel.news]


@pytest.fixture(autouse=True)
def in_no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes seconds takes hundredths of them."""
    monkeypatch.setattr(schedule, "LEAST", 0.01)
    monkeypatch.setattr(schedule, "MOST", 0.02)
    monkeypatch.setattr(schedule, "USUAL", 0.02)
    monkeypatch.setattr(watch, "EVERY", 0.01)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    clock, desk, sheet = MovableClock(), Desk(), Sheet()
    desk.open(practise(tmp_path / "vault.sqlite", clock=clock, delays=Delays(issue=3600)))
    made = Bench(desk, sheet, WatchPanel(desk, sheet), clock)
    yield made
    made.panel.close()
    desk.leave()
    until(no_thread_is_left)


@pytest.fixture
def with_loop(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    assert bench.desk.vault is not None  # it was opened before the loop runs
    monkeypatch.setattr(later, "running_loop", asyncio.get_running_loop)


def no_thread_is_left() -> bool:
    return not any(thread.name.startswith("watch") for thread in threading.enumerate())


def test_without_an_inventory_there_is_nothing_to_watch(bench: Bench) -> None:
    assert bench.panel.button.disabled
    assert "Nothing was read yet" in why(bench.panel)


def test_nothing_is_looked_at_before_the_button_is_pressed(bench: Bench) -> None:
    bench.create("web")
    bench.load()

    assert bench.panel.button.description == "Watch"
    assert not bench.panel.button.disabled
    assert "One request is pending. Nothing is looked at now." in why(bench.panel)
    until(no_thread_is_left)


def test_a_request_that_may_not_be_read_is_not_counted_as_none(bench: Bench) -> None:
    bench.sheet.inventory = inventory(unread(name="a"), waiting(name="b"))

    assert "One request is pending; of 1 it is not known." in why(bench.panel)


@pytest.mark.usefixtures("with_loop")
def test_an_issued_certificate_is_told_and_the_table_and_the_panels_know(bench: Bench) -> None:
    bench.create("web")
    bench.create("waits", "Unknown")
    bench.desk.learn({name: bench.vault.operation(name) for name in ("web", "waits")})
    bench.load()
    revisions: list[frozenset[Key]] = []
    bench.sheet.observe(lambda _change: revisions.append(bench.sheet.touched), "revision")
    readings = bench.desk.revision

    def press() -> None:
        bench.panel.button.click()
        assert bench.panel.button.description == "Stop watching"
        assert "2 requests are watched" in why(bench.panel)
        bench.clock.advance(3600)

    play(press, lambda: bool(bench.panel.news))

    assert bench.sentences == ["“web” was issued by Self and is in use."]
    assert "“web” was issued by Self and is in use." in bench.panel.notice.value
    assert 'role="status"' in bench.panel.notice.value
    assert "“web” was issued by Self and is in use." in bench.panel.list.value
    assert f"{bench.panel.news[0].at:%H:%M:%S} UTC" in bench.panel.list.value
    assert bench.state("web") is State.COMPLETED
    assert [o.status for o in bench.desk.operations if o.name == "web"] == [Status.COMPLETED]
    assert bench.desk.revision == readings  # nothing was changed from here
    assert revisions == [{Key(bench.vault.host, "web")}]
    assert bench.panel.watching


@pytest.mark.usefixtures("with_loop")
def test_the_state_says_when_the_next_look_is(bench: Bench) -> None:
    bench.create("web")
    bench.load()

    play(
        bench.panel.button.click,
        lambda: "One request is watched, next look at " in why(bench.panel),
    )

    assert " UTC." in why(bench.panel)


@pytest.mark.usefixtures("with_loop")
def test_a_watch_that_is_stopped_tells_no_more(bench: Bench) -> None:
    bench.create("web")
    bench.load()

    def press() -> None:
        bench.panel.button.click()
        bench.panel.button.click()
        bench.clock.advance(3600)

    play(press, no_thread_is_left)

    assert bench.panel.button.description == "Watch"
    assert bench.sentences == []
    assert bench.state("web") is State.PENDING


@pytest.mark.usefixtures("with_loop")
@pytest.mark.parametrize("end", ["close", "leave", "open"])
def test_it_ends_with_the_panel_and_with_the_vault(bench: Bench, end: str, tmp_path: Path) -> None:
    bench.create("web")
    bench.load()

    def press() -> None:
        bench.panel.button.click()
        if end == "close":
            bench.panel.close()
        elif end == "leave":
            bench.desk.leave()
        else:
            bench.desk.open(practise(tmp_path / "other.sqlite"))

    play(press, lambda: no_thread_is_left() and not bench.desk.reading)

    assert not bench.panel.watching
    assert bench.sentences == []
    said = "The vault was left, so the watch has ended."
    assert (said in bench.panel.notice.value) == (end != "close")


def test_a_closed_panel_hears_nothing_any_more(bench: Bench) -> None:
    bench.panel.close()
    bench.create("web")
    bench.load()

    assert "Nothing was read yet" in why(bench.panel)


@pytest.mark.usefixtures("with_loop")
def test_a_cell_that_is_run_again_does_not_watch_twice(bench: Bench) -> None:
    bench.create("web")
    bench.load()
    again = WatchPanel(bench.desk, bench.sheet)

    def press() -> None:
        bench.panel.button.click()
        again.button.click()
        bench.clock.advance(3600)

    play(press, lambda: bool(again.news))

    assert not bench.panel.watching
    assert "Another watch has begun" in bench.panel.notice.value
    assert bench.sentences == []
    again.close()


@pytest.mark.usefixtures("with_loop")
def test_it_waits_for_a_new_inventory_where_nothing_is_pending(bench: Bench) -> None:
    bench.load()
    play(bench.panel.button.click, lambda: True)
    assert "Nothing is pending, so nothing is looked at." in why(bench.panel)
    until(no_thread_is_left)

    def come() -> None:
        bench.create("web")
        bench.load()
        bench.clock.advance(3600)

    play(come, lambda: bool(bench.panel.news))

    assert bench.sentences == ["“web” was issued by Self and is in use."]
    assert "Nothing is pending" in why(bench.panel)
    assert bench.panel.button.description == "Stop watching"


@pytest.mark.usefixtures("with_loop")
def test_what_a_new_inventory_has_is_watched_beside_the_rest(bench: Bench) -> None:
    bench.create("web")
    bench.load()

    def press() -> None:
        bench.panel.button.click()
        bench.create("api")
        bench.load()
        bench.clock.advance(3600)

    play(press, lambda: len(bench.panel.news) == 2)

    assert sorted(bench.sentences) == [
        "“api” was issued by Self and is in use.",
        "“web” was issued by Self and is in use.",
    ]


@pytest.mark.usefixtures("with_loop")
def test_a_vault_that_does_not_answer_is_told_once(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.create("web")
    bench.load()
    looks, original = list[str](), Vault.operation

    def operation(self: Vault, name: str) -> Operation:
        looks.append(name)
        if len(looks) < 4:
            raise UnreachableError(f"No answer {HOSTILE}.")
        return original(self, name)

    monkeypatch.setattr(Vault, "operation", operation)
    play(bench.panel.button.click, lambda: len(bench.panel.news) == 2)

    host = bench.vault.host
    assert bench.sentences == [
        f"{host} answers again.",
        f"{host} is watched with longer pauses: No answer {HOSTILE}.",
    ]
    assert "<img" not in bench.panel.list.value + bench.panel.notice.value
    assert "&lt;img" in bench.panel.list.value
    assert bench.state("web") is State.PENDING


def test_in_a_script_it_watches_in_its_thread(bench: Bench) -> None:
    bench.create("web")
    bench.load()
    bench.panel.submit()
    bench.clock.advance(3600)

    until(lambda: bench.state("web") is State.COMPLETED)
    until(lambda: "Nothing is pending" in why(bench.panel))


class Silent(Watcher):
    """Starts nothing: a test tells what it would."""

    def start(self) -> None:
        pass


@pytest.fixture
def told(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Tells a panel that is switched on some news."""
    made: list[Silent] = []

    def watcher(*args: object) -> Silent:
        made.append(Silent(*args))  # type: ignore[arg-type]
        return made[-1]

    monkeypatch.setattr(panel_module, "Watcher", watcher)
    bench.create("web", "Unknown")
    bench.load()
    bench.panel.submit()

    def tell(*news: News) -> None:
        made[0]._tell(made[0], news, Pulse(1))

    return tell


def trouble(sentence: str) -> Trouble:
    return Trouble(Key("contoso.vault.azure.net", ""), AT, sentence)


def test_only_the_newest_are_kept(bench: Bench, told: Callable[..., None]) -> None:
    for number in range(MAX_NEWS + 5):
        told(trouble(f"No. {number}."))

    assert len(bench.panel.news) == MAX_NEWS
    assert bench.sentences[0] == f"No. {MAX_NEWS + 4}."
    assert bench.panel.list.value.index(f"No. {MAX_NEWS + 4}.") < (
        bench.panel.list.value.index(f"No. {MAX_NEWS + 3}.")
    )
    assert bench.panel.list.value.count("<li>") == MAX_NEWS


def test_of_many_at_once_a_few_are_said_aloud(bench: Bench, told: Callable[..., None]) -> None:
    told(*(trouble(f"No. {number}.") for number in range(5)))

    assert "No. 0. No. 1. No. 2." in bench.panel.notice.value
    assert "No. 3." not in bench.panel.notice.value
    assert "And 2 more: see the list." in bench.panel.notice.value


def test_several_vaults_are_told_apart(bench: Bench, told: Callable[..., None]) -> None:
    told(trouble("One."))
    assert "contoso" not in bench.panel.list.value

    bench.sheet.vaults = {"contoso.vault.azure.net": bench.vault}
    told(trouble("Two."))
    assert "12:00:00 UTC, contoso.vault.azure.net" in bench.panel.list.value


def test_another_vaults_change_is_none_of_the_desk(bench: Bench, told: Callable[..., None]) -> None:
    before = bench.vault.operation("web")
    bench.desk.learn({"web": before})
    after = replace(before, status=Status.CANCELLED)

    told(Change(Key("contoso.vault.azure.net", "web"), before, after, AT, "It was cancelled."))

    assert bench.desk.operations == (before,)
    assert bench.state("web") is State.PENDING
    told(Change(Key(bench.vault.host, "web"), before, after, AT, "It was cancelled."))
    assert bench.desk.operations == (after,)
    assert bench.state("web") is State.CANCELLED
