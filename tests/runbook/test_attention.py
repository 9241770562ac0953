"""What of an inventory needs somebody now."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kvcsr_widgets.errors import BusyError, ForbiddenError
from kvcsr_widgets.pki.pending import Status
from kvcsr_widgets.runbook.attention import SOON, concerns
from kvcsr_widgets.runbook.entries import Entry
from tests.certificates import DAY, NOW
from tests.inventories import frame, issued, refused, waiting

DENIED = ForbiddenError("Not allowed.", status=403)
SECOND = timedelta(seconds=1)
WAITS, FAILED, EXPIRED, EXPIRES, UNREAD = range(5)


def reasons(entry: Entry) -> list[int]:
    found = concerns(frame(entry), NOW)
    return [place for place, concern in enumerate(found) if concern.rows]


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (issued(), []),
        (issued(read=True), []),
        (issued(status=Status.CANCELLED), []),
        (waiting(status=Status.CANCELLED, failure="given up"), []),
        (waiting(), [WAITS]),
        (waiting(issuer="UNKNOWN"), [WAITS]),
        (waiting(issuer="DigiCert"), []),
        (issued(status=Status.IN_PROGRESS), [WAITS]),
        (issued(status=Status.FAILED, failure="Rejected."), [FAILED]),
        (issued(expires=NOW), [EXPIRED]),
        (issued(expires=NOW, enabled=False), []),
        (issued(expires=NOW + SECOND), [EXPIRES]),
        (issued(expires=NOW + SOON), [EXPIRES]),
        (issued(expires=NOW + SOON + SECOND), []),
        (issued(error=DENIED), [UNREAD]),
        (issued(read=True, error=BusyError("Busy.", status=429)), [UNREAD]),
        (refused(DENIED), [UNREAD]),
        (issued(expires=NOW - DAY, status=Status.IN_PROGRESS), [WAITS, EXPIRED]),
    ],
)
def test_each_has_its_reasons(entry: Entry, expected: list[int]) -> None:
    assert reasons(entry) == expected


def test_the_most_urgent_stands_first() -> None:
    found = concerns(
        frame(
            *(waiting(name="new", days=1), waiting(name="old", days=9)),
            issued(name="renewal", status=Status.IN_PROGRESS),
            *(issued(name="b", expires=NOW + 2 * DAY), issued(name="a", expires=NOW + DAY)),
        ),
        NOW,
    )

    assert found[WAITS].rows == (1, 0, 2)
    assert found[EXPIRES].rows == (4, 3)


def test_places_are_those_in_the_rows_that_were_given() -> None:
    some = frame(issued(), issued(name="b"), waiting(name="c")).iloc[1:]

    assert concerns(some, NOW)[WAITS].rows == (1,)


def test_of_nothing_nothing_needs_anybody() -> None:
    assert not any(concern.rows for concern in concerns(frame(), NOW))
