from __future__ import annotations

import asyncio
import gc
import threading
from collections.abc import Callable

import pytest

from kvcsr_widgets.errors import KvcsrError
from kvcsr_widgets.panels import later
from kvcsr_widgets.panels.later import Later
from kvcsr_widgets.panels.notice import Notice
from tests.panels.loops import in_a_loop, until


@pytest.fixture
def no_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    """Here there is one; only the pause is shorter."""
    monkeypatch.setattr(later, "PAUSE", 0.05)


def test_the_question_runs_in_a_thread_and_the_answer_in_the_loop() -> None:
    threads: list[int] = []

    async def job() -> None:
        done = asyncio.Event()

        def answer(thread: int) -> None:
            threads.extend((thread, threading.get_ident()))
            done.set()

        Later(Notice()).ask(threading.get_ident, answer)
        assert threads == [], "nothing is asked before the pause"
        await asyncio.wait_for(done.wait(), 5)
        assert threads[1] == threading.get_ident() != threads[0]

    in_a_loop(job)


def test_only_the_newest_question_counts() -> None:
    answers: list[int] = []

    async def job() -> None:
        asked = Later(Notice())
        for number in range(5):
            asked.ask(lambda number=number: number, answers.append)  # type: ignore[misc]  # bound
            await asyncio.sleep(0)
        await until(lambda: bool(answers))
        await asyncio.sleep(0.2)  # no other comes

    in_a_loop(job)

    assert answers == [4]


def test_an_answer_that_comes_after_a_newer_question_is_dropped() -> None:
    answers: list[str] = []
    begun, go_on = threading.Event(), threading.Event()

    def slow() -> str:
        begun.set()
        go_on.wait(5)
        return "slow"

    async def job() -> None:
        asked = Later(Notice())
        asked.ask(slow, answers.append)
        await until(begun.is_set)
        asked.ask(lambda: "quick", answers.append)
        go_on.set()
        await until(lambda: bool(answers))
        await asyncio.sleep(0.2)  # no other comes

    in_a_loop(job)

    assert answers == ["quick"]


def test_a_forgotten_question_is_not_answered() -> None:
    answers: list[int] = []

    async def job() -> None:
        asked = Later(Notice())
        asked.ask(lambda: 1, answers.append)
        asked.forget()
        await asyncio.sleep(0.2)

    in_a_loop(job)

    assert answers == []


def test_without_a_loop_the_answer_is_there_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(later, "running_loop", lambda: None)
    answers: list[int] = []

    Later(Notice()).ask(lambda: 1, answers.append)

    assert answers == [1]


def unforeseen() -> int:
    raise ZeroDivisionError


def no_answer(_number: int) -> None:
    raise ZeroDivisionError


@pytest.mark.parametrize(
    ("question", "answer"), [(unforeseen, lambda _number: None), (lambda: 1, no_answer)]
)
def test_what_was_not_foreseen_is_shown_and_logged(
    question: Callable[[], int], answer: Callable[[int], None], caplog: pytest.LogCaptureFixture
) -> None:
    notice = Notice()

    async def job() -> None:
        Later(notice).ask(question, answer)
        await until(lambda: bool(notice.value))

    in_a_loop(job)

    assert "This should not have happened (ZeroDivisionError)." in notice.value
    assert "Traceback" in caplog.text


def test_what_a_question_is_refused_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(later, "running_loop", lambda: None)
    notice = Notice()

    def refused() -> int:
        raise KvcsrError("It cannot be reached.")

    Later(notice).ask(refused, lambda _number: None)

    assert "It cannot be reached." in notice.value


@pytest.mark.usefixtures("no_loop")
def test_an_error_that_nobody_waits_for_is_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    """Such as that of a question, or of a long work, to a vault that was left."""
    go_on = threading.Event()
    ends: list[str] = []
    begun: list[int] = []

    def refused() -> int:
        begun.append(threading.get_ident())
        assert go_on.wait(5)
        raise KvcsrError("This vault was closed.")

    async def job() -> None:
        later.in_thread(asyncio.get_running_loop(), refused, lambda _result: ends.append("work"))
        asked = Later(Notice())
        asked.ask(refused, lambda _number: None)
        await until(lambda: len(begun) == 2)
        asked.forget()
        await asyncio.sleep(0)
        go_on.set()
        await until(lambda: bool(ends))
        await asyncio.sleep(0.2)  # the other one ends, too
        gc.collect()

    in_a_loop(job)

    assert ends == ["work"]
    assert caplog.text == ""
