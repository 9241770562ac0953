"""What the pictures of an inventory show."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from kvcsr_widgets.errors import ForbiddenError
from kvcsr_widgets.pki.pending import Status
from kvcsr_widgets.runbook.entries import UNKNOWN
from kvcsr_widgets.runbook.pictures import (
    EXPIRED,
    LATER,
    LEAST,
    MOST,
    STATES,
    Bar,
    Expiries,
    Wait,
    expiries,
    waits,
)
from tests.certificates import DAY, NOW
from tests.inventories import VAULT, frame, issued, refused, waiting

DENIED = ForbiddenError("Not allowed.", status=403)


def bar(found: Expiries, label: str) -> Bar:
    return next(each for each in found.bars if each.label == label)


def test_a_certificate_is_counted_in_the_month_of_its_end() -> None:
    found = expiries(frame(issued(expires=datetime(2026, 8, 31, 23, 59, tzinfo=UTC))), NOW)

    assert bar(found, "2026-08").total == 1
    assert bar(found, "2026-08").month == date(2026, 8, 1)
    assert found.dated == 1


def test_months_are_those_of_utc_wherever_the_machine_is() -> None:
    """Half past one of the first of July in Tokyo is June in UTC, where now is May still."""
    tokyo = timezone(timedelta(hours=9))
    now = datetime(2026, 6, 1, 8, 30, tzinfo=tokyo)
    found = expiries(frame(issued(expires=datetime(2026, 7, 1, 1, 30, tzinfo=tokyo))), now)

    assert [each.label for each in found.bars[:3]] == [EXPIRED, "2026-05", "2026-06"]
    assert bar(found, "2026-06").total == 1


def test_gaps_are_months_with_zeros() -> None:
    found = expiries(frame(issued(expires=NOW + 400 * DAY)), NOW)
    months = [each.label for each in found.bars if each.month]

    assert months[:8] == [f"2026-{month:02d}" for month in range(6, 13)] + ["2027-01"]
    assert months[-1] == "2027-07"
    assert [each.total for each in found.bars] == [0] * (len(months)) + [1]


def test_a_year_is_shown_at_least_and_two_at_most() -> None:
    near = expiries(frame(issued(expires=NOW + DAY)), NOW)
    far = expiries(frame(issued(expires=NOW + 9999 * DAY)), NOW)

    assert [sum(bool(each.month) for each in found.bars) for found in (near, far)] == [LEAST, MOST]
    assert (far.bars[-1].label, far.bars[-1].total) == (LATER, 1)
    assert near.bars[-1].month


@pytest.mark.parametrize(
    ("end", "label"),
    [
        (NOW - 4000 * DAY, EXPIRED),
        (NOW, EXPIRED),
        (NOW + timedelta(seconds=1), "2026-06"),
        (datetime(2028, 5, 31, 23, 59, 59, tzinfo=UTC), "2028-05"),
        (datetime(2028, 6, 1, tzinfo=UTC), LATER),
    ],
)
def test_past_and_far_months_are_collected(end: datetime, label: str) -> None:
    found = expiries(frame(issued(expires=end)), NOW)

    assert bar(found, label).total == 1
    assert found.dated == 1
    assert found.expired == (label == EXPIRED)


@pytest.mark.parametrize(
    ("entry", "state"),
    [
        (issued(), "completed"),
        (issued(status=Status.COMPLETED), "completed"),
        (issued(status=Status.IN_PROGRESS), "pending"),
        (issued(status=Status.FAILED), "failed"),
        (issued(status=Status.CANCELLED), "cancelled"),
        (issued(read=True), "none"),
        (issued(error=DENIED), UNKNOWN),
    ],
)
def test_a_month_tells_the_states(entry: object, state: str) -> None:
    found = expiries(frame(entry), NOW)  # type: ignore[arg-type]
    counts = next(each.counts for each in found.bars if each.total)

    assert dict(zip(STATES, counts, strict=True))[state] == 1
    assert sum(counts) == 1


def test_what_has_no_date_is_counted_apart_and_a_vault_is_none() -> None:
    found = expiries(frame(waiting(), issued(), refused(DENIED)), NOW)

    assert (found.dated, found.undated) == (1, 1)


@pytest.mark.parametrize("entries", [(), (waiting(),)])
def test_without_any_date_there_is_no_bar(entries: tuple[object, ...]) -> None:
    found = expiries(frame(*entries), NOW)  # type: ignore[arg-type]

    assert found.bars == ()
    assert found.undated == len(entries)


def test_all_certificates_are_in_some_bar() -> None:
    rows = [issued(name=f"c{n}", expires=NOW + (n - 100) * 7 * DAY) for n in range(400)]
    found = expiries(frame(*rows), NOW)

    assert found.dated == 400
    assert found.expired == 101


def test_what_waits_is_told_with_whole_days_the_longest_first() -> None:
    found = waits(frame(waiting(name="a", days=0.9), waiting(name="b", days=40.5)), NOW)

    assert found.longest == (Wait(VAULT, "b", 40), Wait(VAULT, "a", 0))
    assert (found.undated, found.at_issuer, found.total) == (0, 0, 2)


def test_a_renewal_waits_since_nobody_knows_when() -> None:
    found = waits(frame(issued(status=Status.IN_PROGRESS)), NOW)

    assert (found.longest, found.undated, found.total) == ((), 1, 1)


def test_an_issuer_that_the_vault_asks_itself_is_not_waited_for_by_hand() -> None:
    found = waits(frame(waiting(issuer="DigiCert"), waiting(name="other", issuer="unknown")), NOW)

    assert found.at_issuer == 1
    assert [wait.name for wait in found.longest] == ["other"]


@pytest.mark.parametrize("status", [Status.COMPLETED, Status.CANCELLED, Status.FAILED])
def test_what_came_to_an_end_waits_no_more(status: Status) -> None:
    assert waits(frame(waiting(status=status), issued(), refused(DENIED)), NOW).total == 0


def test_a_clock_that_goes_wrong_makes_no_negative_wait() -> None:
    assert waits(frame(waiting(days=-2)), NOW).longest[0].days == 0


@pytest.mark.parametrize(
    ("days", "label"),
    [
        (0.5, "less than 1 day"),
        (1, "1 to 7 days"),
        (7.9, "1 to 7 days"),
        (8, "8 to 14 days"),
        (15, "15 to 30 days"),
        (30, "15 to 30 days"),
        (31, "31 to 90 days"),
        (90, "31 to 90 days"),
        (91, "more than 90 days"),
        (5000, "more than 90 days"),
    ],
)
def test_waits_are_counted_by_their_length(days: float, label: str) -> None:
    groups = waits(frame(waiting(days=days)), NOW).groups

    assert [group.label for group in groups if group.count] == [label]
    assert len(groups) == 6


def test_some_rows_alone_have_pictures_too() -> None:
    """Rows that were filtered keep their numbers of before."""
    some = frame(issued(), waiting(name="a"), issued(name="b"), waiting(name="c")).iloc[2:]

    assert expiries(some, NOW).dated == 1
    assert [wait.name for wait in waits(some, NOW).longest] == ["c"]
