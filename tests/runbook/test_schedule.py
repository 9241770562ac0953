"""When pending requests are looked at, without a clock and without a vault."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvcsr_widgets.errors import (
    BusyError,
    ForbiddenError,
    KvcsrError,
    SignInError,
    UnreachableError,
)
from kvcsr_widgets.pki.pending import Status
from kvcsr_widgets.runbook.changes import Change, Look
from kvcsr_widgets.runbook.entries import Key
from kvcsr_widgets.runbook.schedule import (
    A_SECOND,
    AT_ONCE,
    LEAST,
    MOST,
    USUAL,
    News,
    Schedule,
    Trouble,
)
from kvcsr_widgets.vault.records import Operation

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOST = "contoso.vault.azure.net"
BUSY = BusyError("The vault is busy.")


def operation(name: str = "web", retry_after: int | None = 10) -> Operation:
    return Operation(
        name, Status.IN_PROGRESS, "DigiCert", None, False, "", "", "1", retry_after=retry_after
    )


def pending(*names: str, vault: str = HOST) -> dict[Key, Operation]:
    return {Key(vault, name): operation(name) for name in names}


def many(number: int) -> dict[Key, Operation]:
    return pending(*(f"c{place}" for place in range(number)))


def watch(requests: dict[Key, Operation], now: float = 0.0) -> Schedule:
    made = Schedule()
    made.add(requests, now)
    return made


def answer(watched: Schedule, key: Key, now: float) -> list[News]:
    return watched.answered(key, Look(operation(key.name)), now, AT)


def wait_of(retry_after: int | None) -> float:
    """Seconds between two looks at a request whose vault names such a wait."""
    key = Key(HOST, "web")
    watched = watch({key: operation()})
    assert watched.due(10) == [key]
    watched.answered(key, Look(operation(retry_after=retry_after)), 10, AT)
    due = watched.next_due()
    assert due is not None
    return due - 10


@pytest.mark.parametrize(
    ("told", "seconds"),
    [(10, 10), (30, 30), (None, USUAL), (1, LEAST), (86_400, MOST)],
)
def test_the_vault_says_how_long_to_wait_within_bounds(told: int | None, seconds: float) -> None:
    assert wait_of(told) == seconds


def test_what_was_just_read_is_not_looked_at_at_once() -> None:
    watched = watch(pending("web"), now=5)

    assert watched.due(14.9) == []
    assert watched.next_due() == 15
    assert watched.due(15) == [Key(HOST, "web")]
    assert watched.due(15) == []  # it is under way
    assert watched.next_due() is None


def test_two_hundred_requests_are_spread_over_the_time() -> None:
    """At a Retry-After of 10 s that is 20 a second, and each one every 10 seconds."""
    watched, looks, seen = watch(many(200)), Counter[int](), Counter[Key]()
    under_way: list[tuple[float, Key]] = []
    for tick in range(600):
        now = tick / 10
        for _done, key in [each for each in under_way if each[0] <= now]:
            answer(watched, key, now)
        under_way = [each for each in under_way if each[0] > now]
        for key in watched.due(now):
            looks[tick // 10] += 1
            seen[key] += 1
            under_way.append((now + 0.1, key))
        assert watched.under_way <= AT_ONCE

    assert max(looks.values()) <= 30
    assert max(sum(looks[at + s] for s in range(10)) for at in range(50)) <= 205
    assert set(seen.values()) == {5, 6}  # in 60 seconds


def test_very_many_requests_are_looked_at_less_often() -> None:
    number = 20 * A_SECOND
    watched, looks = watch(many(number)), 0
    for tick in range(100):
        for key in watched.due(tick / 10):
            looks += 1
            answer(watched, key, tick / 10)

    assert looks == pytest.approx(10 * A_SECOND, rel=0.02)  # in ten seconds


@given(st.lists(st.integers(0, 40), max_size=80), st.integers(1, 40))
def test_never_are_there_more_looks_than_are_allowed(steps: list[int], number: int) -> None:
    watched, under_way, now = watch(many(number)), list[Key](), 0.0
    for step in steps:
        now += step
        under_way += watched.due(now)
        assert len(under_way) == len(set(under_way)) == watched.under_way <= AT_ONCE
        if step % 3 and under_way:
            answer(watched, under_way.pop(0), now)
    assert len(watched) == number


def test_more_may_be_added_and_what_is_watched_stays_as_it_was_seen() -> None:
    key = Key(HOST, "web")
    watched = watch(pending("web"))
    watched.add({key: replace(operation(), details="New."), **pending("api")}, 5)

    assert len(watched) == 2
    assert watched.next_due() == 10
    assert watched.due(10) == [key, Key(HOST, "api")][:1]
    (news,) = watched.answered(key, Look(replace(operation(), details="New.")), 10, AT)
    assert news.sentence == "The request of “web” says: New."  # nobody was told before


@pytest.mark.parametrize("status", [Status.COMPLETED, Status.FAILED, Status.CANCELLED, None])
def test_a_request_that_is_over_is_told_and_watched_no_longer(status: Status | None) -> None:
    key = Key(HOST, "web")
    watched = watch(pending("web"))
    watched.due(10)
    after = replace(operation(), status=status) if status else None

    (news,) = watched.answered(key, Look(after), 10, AT)

    assert isinstance(news, Change)
    assert (news.key, news.before, news.after, news.at) == (key, operation(), after, AT)
    assert len(watched) == 0
    assert watched.next_due() is None


def test_a_change_that_ends_nothing_is_told_once() -> None:
    key, other = Key(HOST, "web"), replace(operation(), cancellation_requested=True)
    watched = watch(pending("web"))
    watched.due(10)

    assert len(watched.answered(key, Look(other), 10, AT)) == 1
    assert watched.due(20) == [key]
    assert watched.answered(key, Look(other), 20, AT) == []


@pytest.mark.parametrize(
    "error", [BUSY, UnreachableError("No answer."), SignInError("Nobody is signed in.")]
)
def test_a_vault_in_trouble_is_told_once_and_asked_less_and_less(error: KvcsrError) -> None:
    watched, told = watch(pending("web")), list[News]()
    looks: list[float] = []
    for now in range(2_000):
        for key in watched.due(now):
            looks.append(now)
            told += watched.failed(key, error, now, AT)

    waits = [after - before for before, after in pairwise(looks)]
    assert waits == [10, 20, 40, 80, 160, 300, 300, 300, 300, 300]
    assert told == [
        Trouble(Key(HOST, ""), AT, f"{HOST} is watched with longer pauses: {error.message}")
    ]


def test_looks_that_fail_together_make_one_pause() -> None:
    watched = watch(many(16))
    told = [news for key in watched.due(10) for news in watched.failed(key, BUSY, 10, AT)]

    assert len(told) == 1
    assert watched.next_due() == 20
    assert len(watched.due(20)) == 1  # one finds out whether it answers again
    assert watched.due(25) == []


def test_one_request_that_cannot_be_read_keeps_no_other_from_being_looked_at() -> None:
    watched, looks = watch(pending("bad", "good")), list[str]()
    for now in range(100):
        for key in watched.due(now):
            looks.append(key.name)
            if key.name == "bad":
                watched.failed(key, BUSY, now, AT)
            else:
                answer(watched, key, now)

    assert looks.count("good") >= 4
    assert looks.count("bad") >= 4


def test_a_vault_that_answers_again_is_told_and_all_are_watched_as_before() -> None:
    watched = watch(many(16))
    for key in watched.due(10):
        watched.failed(key, BUSY, 10, AT)
    (probe,) = watched.due(20)

    assert [each.sentence for each in answer(watched, probe, 20)] == [f"{HOST} answers again."]
    due = [key for now in range(21, 31) for key in watched.due(now)]
    assert sorted(due, key=lambda key: int(key.name[1:])) == list(many(16))


def test_another_vault_is_watched_all_the_same() -> None:
    watched = watch(pending("web") | pending("api", vault="fabrikam.vault.azure.net"))
    watched.due(10)
    watched.failed(Key(HOST, "web"), BUSY, 10, AT)
    answer(watched, Key("fabrikam.vault.azure.net", "api"), 10)

    assert watched.due(20) == [Key(HOST, "web"), Key("fabrikam.vault.azure.net", "api")]


def test_what_may_not_be_read_is_asked_for_no_more_and_the_others_are() -> None:
    watched = watch(pending("web", "api"))
    watched.due(10)
    error = ForbiddenError("You may not read it.", hint="Ask for the role.")

    (news,) = watched.failed(Key(HOST, "web"), error, 10, AT)

    assert news == Trouble(
        Key(HOST, "web"),
        AT,
        "The request of “web” is watched no longer: You may not read it. Ask for the role.",
    )
    answer(watched, Key(HOST, "api"), 10)
    assert watched.due(20) == [Key(HOST, "api")]


def test_an_answer_for_what_is_not_watched_is_nothing() -> None:
    watched = watch(pending("web"))
    watched.due(10)
    watched.forget(Key(HOST, "web"))

    assert watched.answered(Key(HOST, "web"), Look(None), 11, AT) == []
    assert watched.failed(Key(HOST, "web"), BUSY, 11, AT) == []
