"""All requests of a vault slow down together."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvcsr_widgets.errors import BusyError, UnreachableError
from kvcsr_widgets.vault.pace import (
    AT_ONCE,
    FIRST_PAUSE,
    LONGEST_ASKED,
    MAX_PAUSE,
    Pace,
    asked_pause,
)

NOW = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)


@dataclass
class Clock:
    """Time that passes only while somebody waits."""

    now: float = 1000.0
    waits: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        return self.now

    def wait(self, _condition: threading.Condition, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def pace(clock: Clock) -> Pace:
    return Pace(clock, clock.wait)


def throttled(pace: Pace, asked: float | None = None) -> None:
    """One request that is answered with 429."""
    pace.slow_down(pace.begin(), asked)


def answered(pace: Pace) -> None:
    pace.begin()
    pace.end()


def test_without_a_429_nobody_waits(pace: Pace, clock: Clock) -> None:
    for _each in range(AT_ONCE):
        pace.begin()

    assert clock.waits == []


@pytest.mark.parametrize("asked", [0.05, 1, 7.5, MAX_PAUSE])
def test_after_a_429_the_next_one_waits_as_asked(pace: Pace, clock: Clock, asked: float) -> None:
    throttled(pace, asked)
    begin = clock.now

    pace.begin()

    assert clock.now - begin == pytest.approx(asked)
    assert max(clock.waits) <= 0.1


def test_a_pause_that_is_too_long_to_wait_is_obeyed_and_told(pace: Pace, clock: Clock) -> None:
    throttled(pace, 120)

    with pytest.raises(BusyError, match="left alone for 120 seconds"):
        pace.begin()

    assert clock.waits == []
    clock.now += 120
    pace.begin()


def test_no_pause_is_longer_than_an_hour(pace: Pace) -> None:
    throttled(pace, 86_400)
    assert pace.pause == LONGEST_ASKED


def test_a_pause_that_is_not_named_doubles_until_an_answer(pace: Pace) -> None:
    pauses = []
    for _each in range(10):
        throttled(pace)
        pauses.append(pace.pause)
    answered(pace)
    throttled(pace)

    assert pauses[:4] == [FIRST_PAUSE, 2 * FIRST_PAUSE, 4 * FIRST_PAUSE, 8 * FIRST_PAUSE]
    assert pauses[-1] == MAX_PAUSE
    assert pace.pause == FIRST_PAUSE


def test_a_pause_halves_the_requests_at_once_only_once(pace: Pace) -> None:
    turns = [pace.begin() for _each in range(16)]

    for turn in turns:
        pace.slow_down(turn, None)

    assert (pace.at_once, pace.pause) == (8, FIRST_PAUSE)


def test_one_request_may_always_go(pace: Pace) -> None:
    for _each in range(5):
        throttled(pace, 0)
    assert pace.at_once == 1
    pace.begin()


def test_the_requests_at_once_grow_back_by_one(pace: Pace) -> None:
    throttled(pace, 0)
    grown = []
    for _each in range(6):
        answered(pace)
        grown.append(pace.at_once)

    assert grown == [2, 2, 3, 3, 3, 4]
    for _each in range(AT_ONCE**2):
        answered(pace)
    assert pace.at_once == AT_ONCE


def test_a_lost_connection_is_no_reason_for_more(pace: Pace) -> None:
    throttled(pace, 0)
    pace.begin()
    pace.end(good=False)
    assert pace.at_once == 1


def test_who_finds_too_many_under_way_waits_for_one_to_end() -> None:
    pace, went = Pace(), threading.Event()
    throttled(pace, 0)
    pace.begin()

    def go() -> None:
        pace.begin()
        went.set()

    waiting = threading.Thread(target=go)
    waiting.start()

    assert not went.wait(0.2)
    pace.end()

    assert went.wait(5)
    waiting.join()


def test_the_sdks_own_wait_is_bounded(pace: Pace, clock: Clock) -> None:
    begin = clock.now
    pace.sleep(86_400)
    assert clock.now - begin == pytest.approx(MAX_PAUSE)


def test_a_stop_ends_the_waits_of_its_thread_alone() -> None:
    pace, stop, left = Pace(), threading.Event(), threading.Event()
    throttled(pace, 30)

    def wait() -> None:
        with pace.until(stop), pytest.raises(UnreachableError, match="was stopped while it waited"):
            pace.begin()
        left.set()

    other = threading.Thread(target=pytest.raises, args=(UnreachableError, pace.begin))
    threads = [threading.Thread(target=wait), other]
    for thread in threads:
        thread.start()
    stop.set()

    assert left.wait(5)
    assert other.is_alive()
    pace.close()
    for thread in threads:
        thread.join(5)
    assert not other.is_alive()


def test_outside_of_it_a_stop_says_nothing(pace: Pace) -> None:
    stop = threading.Event()
    stop.set()
    with pace.until(stop):
        pass
    pace.begin()


def test_a_closed_vault_is_asked_nothing_more(pace: Pace, clock: Clock) -> None:
    pace.close()

    pace.sleep(10)
    with pytest.raises(UnreachableError, match="closed") as caught:
        pace.begin()

    assert caught.value.hint
    assert clock.waits == []


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7),
        (" 7 ", 7),
        ("0", 0),
        ("Sun, 01 Mar 2026 12:00:09 GMT", 9),
        ("Sun, 01 Mar 2026 11:00:00 GMT", 0),
        ("Sunday, 01-Mar-26 12:00:09 GMT", 9),
        ("Sun, 01 Mar 2026 12:00:09 -0000", 9),
        ("", None),
        (None, None),
        ("soon", None),
        ("-1", None),
        ("1.5", None),
        ("²", None),
        ("1 Jan 99999999999 00:00:00 GMT", None),
        ("1 Jan 2026 00:00 +99999999999999999999", None),
    ],
)
def test_a_retry_after_is_seconds_or_a_date(header: str | None, seconds: float | None) -> None:
    assert asked_pause(header, NOW) == seconds


@given(st.one_of(st.text(max_size=60), st.from_regex(r"[A-Z][a-z]{2}, [0-9 ]+[A-Z a-z:0-9+-]*")))
def test_any_retry_after_is_none_or_a_time_to_wait(header: str) -> None:
    found = asked_pause(header, NOW)
    assert found is None or found >= 0
