"""A load as a person sees it: rows as they arrive, progress, a stop."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import pytest

from kvcsr_widgets.panels import later, reading
from kvcsr_widgets.panels.reading import Reading, Tell
from kvcsr_widgets.runbook.inventory import Inventory, Progress
from kvcsr_widgets.runbook.loading import Counts
from tests.inventories import inventory, issued
from tests.panels.loops import in_a_loop, until

SOME = inventory(issued(name="a"), reading=True)
ALL = inventory(issued(name="a"), issued(name="b"))
LISTED = Counts(vaults=1, vaults_listed=1, listed=1_000, seconds=2)


def same(now: Inventory) -> Inventory:
    return now


def shown(widget: Reading) -> bool:
    return str(widget.layout.display) != "none"


def test_without_a_loop_it_is_waited_for() -> None:
    made, ends = Reading(), list[Inventory]()
    made.run(
        lambda _tell, _stop: ALL, lambda now: now, lambda _now: None, lambda r: ends.append(r())
    )

    assert ends == [ALL]
    assert not made.busy
    assert not shown(made)


def test_an_error_comes_out_at_the_end() -> None:
    def fail(_tell: Tell, _stop: threading.Event) -> Inventory:
        raise ZeroDivisionError

    ends: list[Callable[[], Inventory]] = []
    Reading().run(fail, lambda now: now, lambda _now: None, ends.append)

    with pytest.raises(ZeroDivisionError):
        ends[0]()


@pytest.mark.parametrize(
    ("counts", "total", "bar", "said"),
    [
        (Counts(vaults=1), 0, '<progress aria-label="Reading the list">', "0 certificates listed"),
        (Counts(vaults=1, listed=50), 200, 'value="50" max="200"', "50 certificates listed"),
        (Counts(vaults=1, listed=300), 200, 'value="300" max="300"', "300 certificates listed"),
        (
            replace(LISTED, vaults_listed=0),
            0,
            "<progress aria-label",
            "1,000 certificates listed; 500 certificates a second",
        ),
        (
            replace(LISTED, operations=20, operations_due=60),
            0,
            'value="1020" max="1060"',
            "1,000 certificates listed; 20 of 60 requests read; 10 reads a second",
        ),
        (
            replace(LISTED, details=40, details_due=1_000),
            0,
            'value="1040" max="2000"',
            "1,000 certificates listed; 40 of 1,000 details read; 20 reads a second",
        ),
    ],
)
def test_it_says_how_far_and_how_fast(counts: Counts, total: int, bar: str, said: str) -> None:
    made = Reading()
    made.show(counts, total)

    assert bar in made.bar.value
    assert made.said.value == said


class Reader:
    """A work that goes on step by step, as the test lets it."""

    def __init__(self) -> None:
        self.go_on, self.threads = threading.Semaphore(0), set[str]()
        self.steps = 0

    def __call__(self, tell: Tell, stop: threading.Event) -> Inventory:
        self.threads.add(threading.current_thread().name)
        while self.go_on.acquire(timeout=10) and not stop.is_set() and self.steps < 3:
            self.steps += 1
            tell(Progress(SOME.counts, lambda: SOME))
        return replace(ALL, stopped=stop.is_set())


@pytest.fixture
def with_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(later, "running_loop", asyncio.get_running_loop)


@pytest.mark.usefixtures("with_loop")
class TestInALoop:
    def test_rows_arrive_before_the_end_and_the_loop_is_free(self) -> None:
        made, work = Reading(), Reader()
        prepared, arrived, ends = list[str](), list[Inventory](), list[Inventory]()

        def prepare(now: Inventory) -> Inventory:
            prepared.append(threading.current_thread().name)
            return now

        async def job() -> None:
            made.run(work, prepare, arrived.append, lambda r: ends.append(r()))
            assert made.busy
            assert shown(made)
            work.go_on.release()
            await until(lambda: arrived == [SOME])
            assert ends == []
            work.go_on.release(5)
            await until(lambda: not made.busy)
            assert threading.current_thread().name not in {*work.threads, *prepared}

        in_a_loop(job)

        assert ends == [ALL]
        assert not shown(made)

    def test_what_takes_long_to_show_is_shown_less_often(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(reading, "EVERY", 0)
        made, arrived, ends = Reading(), list[float](), list[Inventory]()

        def work(tell: Tell, _stop: threading.Event) -> Inventory:
            while len(arrived) < 3:
                tell(Progress(SOME.counts, lambda: SOME))
                time.sleep(0.001)
            return ALL

        def slow(_now: Inventory) -> None:
            time.sleep(0.05)
            arrived.append(time.monotonic())

        async def job() -> None:
            made.run(work, lambda now: now, slow, lambda r: ends.append(r()))
            await until(lambda: bool(ends))

        in_a_loop(job)

        gaps = [after - before for before, after in pairwise(arrived)]
        assert len(gaps) >= 2
        assert min(gaps) >= 0.05 + reading.SHARE * 0.05

    def test_a_stop_keeps_what_was_read(self) -> None:
        made, work, ends = Reading(), Reader(), list[Inventory]()

        async def job() -> None:
            made.run(work, lambda now: now, lambda _now: None, lambda r: ends.append(r()))
            made.stop.click()
            work.go_on.release()
            await until(lambda: bool(ends))

        in_a_loop(job)

        assert ends[0].stopped
        assert not made.busy

    def test_one_that_is_forgotten_tells_nothing_more(self) -> None:
        made, old, new = Reading(), Reader(), Reader()
        heard: list[str] = []

        def noted(word: str) -> Callable[[object], None]:
            return lambda _some: heard.append(word)

        async def job() -> None:
            made.run(old, same, noted("old"), noted("old ended"))
            made.run(new, same, noted("new"), noted("new ended"))
            old.go_on.release(5)
            await until(lambda: len(old.threads) > 0)
            await asyncio.sleep(0.1)
            assert made.busy
            new.go_on.release(5)
            await until(lambda: "new ended" in heard)
            made.forget()

        in_a_loop(job)

        assert set(heard) == {"new", "new ended"}
