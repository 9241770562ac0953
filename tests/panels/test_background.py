"""Long work in a thread: told, stopped, and its end heard in the loop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable

import pytest

from kvcsr_widgets.panels import background, later
from kvcsr_widgets.panels.background import Background
from kvcsr_widgets.runbook.batch import Tell
from tests.panels.loops import in_a_loop


def nothing() -> None:
    pass


def test_without_a_loop_the_work_is_waited_for() -> None:
    work, told, ends = Background(), list[tuple[int, int]](), list[int]()

    def do(tell: Tell) -> int:
        assert work.busy
        assert tell(1, 1)
        return 5

    work.run(do, lambda *step: told.append(step), lambda end: ends.append(end()), begun=nothing)

    assert (told, ends, work.busy) == ([(1, 1)], [5], False)


def test_an_error_of_the_work_comes_out_at_its_end() -> None:
    ends: list[Callable[[], object]] = []

    Background().run(lambda _tell: 1 // 0, lambda *_step: None, ends.append, begun=nothing)

    with pytest.raises(ZeroDivisionError):
        ends[0]()


def test_it_is_begun_before_the_work_and_ended_when_it_is_not_busy() -> None:
    work, order = Background(), list[tuple[str, bool]]()

    work.run(
        lambda _tell: order.append(("work", work.busy)),
        lambda *_step: None,
        lambda _end: order.append(("ended", work.busy)),
        begun=lambda: order.append(("begun", work.busy)),
    )

    assert order == [("begun", True), ("work", True), ("ended", False)]


def test_not_every_step_is_told_but_the_last_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "EVERY", 60)
    told: list[tuple[int, int]] = []

    def do(tell: Tell) -> None:
        for step in range(1, 101):
            tell(step, 100)

    Background().run(do, lambda *step: told.append(step), lambda _end: None, begun=nothing)

    assert told[-1] == (100, 100)
    assert len(told) <= 2


def test_a_stop_is_of_this_work_and_not_of_the_next() -> None:
    work, answers = Background(), list[bool]()

    def do(tell: Tell) -> None:
        answers.append(tell(1, 3))
        work.stop()
        answers.append(tell(2, 3))

    for _ in range(2):
        work.run(do, lambda *_step: None, lambda _end: None, begun=nothing)

    assert answers == [True, False] * 2


def test_in_a_loop_the_thread_is_another_and_the_tellings_are_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(later, "running_loop", asyncio.get_running_loop)
    where: dict[str, threading.Thread] = {}
    work = Background()

    def note(name: str) -> None:
        where[name] = threading.current_thread()

    def do(tell: Tell) -> None:
        note("work")
        tell(1, 1)

    async def run() -> None:
        note("loop")
        over = asyncio.Event()

        def ended(_end: object) -> None:
            note("ended")
            over.set()

        work.run(do, lambda *_step: note("told"), ended, begun=nothing)
        assert work.busy
        await asyncio.wait_for(over.wait(), 10)

    in_a_loop(run)

    loop = where["loop"]
    assert where["work"] is not loop
    assert (where["told"], where["ended"]) == (loop, loop)
