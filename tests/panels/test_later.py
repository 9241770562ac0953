from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor

import pytest

from kvcsr_widgets.panels import later
from kvcsr_widgets.panels.later import Later


@pytest.fixture
def no_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    """Here there is one; only the pause is shorter."""
    monkeypatch.setattr(later, "PAUSE", 0.05)


def in_a_loop(job: Callable[[], Coroutine[None, None, None]]) -> None:
    """Run a job in a loop of its own, in a thread that has none yet."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(lambda: asyncio.run(job())).result()


def test_the_question_runs_in_a_thread_and_the_answer_in_the_loop() -> None:
    threads: list[int] = []

    async def job() -> None:
        done = asyncio.Event()

        def answer(thread: int) -> None:
            threads.extend((thread, threading.get_ident()))
            done.set()

        Later().ask(threading.get_ident, answer)
        assert threads == [], "nothing is asked before the pause"
        await asyncio.wait_for(done.wait(), 5)
        assert threads[1] == threading.get_ident() != threads[0]

    in_a_loop(job)


def test_only_the_newest_question_counts() -> None:
    answers: list[int] = []

    async def job() -> None:
        asked = Later()
        for number in range(5):
            asked.ask(lambda number=number: number, answers.append)  # type: ignore[misc]  # bound
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.3)

    in_a_loop(job)

    assert answers == [4]


def test_an_answer_that_comes_after_a_newer_question_is_dropped() -> None:
    answers: list[str] = []
    go_on = threading.Event()

    def slow() -> str:
        go_on.wait(5)
        return "slow"

    async def job() -> None:
        asked = Later()
        asked.ask(slow, answers.append)
        await asyncio.sleep(0.15)  # it runs by now
        asked.ask(lambda: "quick", answers.append)
        go_on.set()
        await asyncio.sleep(0.3)

    in_a_loop(job)

    assert answers == ["quick"]


def test_a_forgotten_question_is_not_answered() -> None:
    answers: list[int] = []

    async def job() -> None:
        asked = Later()
        asked.ask(lambda: 1, answers.append)
        asked.forget()
        await asyncio.sleep(0.2)

    in_a_loop(job)

    assert answers == []


def test_without_a_loop_the_answer_is_there_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(later, "running_loop", lambda: None)
    answers: list[int] = []

    Later().ask(lambda: 1, answers.append)

    assert answers == [1]
