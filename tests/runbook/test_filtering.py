from __future__ import annotations

from dataclasses import replace

import pytest

from kvcsr_widgets.errors import ForbiddenError
from kvcsr_widgets.pki.pending import Status
from kvcsr_widgets.runbook.entries import UNKNOWN
from kvcsr_widgets.runbook.filtering import Filter
from tests.certificates import DAY, NOW
from tests.inventories import inventory, issued, unread, waiting
from tests.work import work_below

ENTRIES = (
    issued(name="fine"),
    issued(name="soon", expires=NOW + 10.5 * DAY),
    issued(name="today", expires=NOW + 0.2 * DAY),
    issued(name="over", expires=NOW + -0.2 * DAY),
    issued(name="off", enabled=False),
    waiting(name="young", days=3),
    waiting(name="old", days=20),
    waiting(name="refused", days=20, status=Status.FAILED),
    unread(name="unread"),
)


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        (Filter(), [each.name for each in ENTRIES]),
        (Filter(states=frozenset({"pending"})), ["young", "old"]),
        (Filter(states=frozenset({"pending", "failed"})), ["young", "old", "refused"]),
        (Filter(states=frozenset({UNKNOWN})), ["unread"]),
        (Filter(expired=True), ["over"]),
        (Filter(within=0), ["today", "over"]),
        (Filter(within=10), ["soon", "today", "over"]),
        (Filter(within=9), ["today", "over"]),
        (Filter(waiting=3), ["old"]),
        (Filter(waiting=2), ["young", "old"]),
        (Filter(enabled=False), ["off", "young", "old", "refused", "unread"]),
        (Filter(within=10, enabled=False), []),
    ],
)
def test_a_row_is_all_that_is_wanted(wanted: Filter, names: list[str]) -> None:
    frame = inventory(*ENTRIES).frame

    assert list(frame[wanted.mask(frame, NOW)]["name"]) == names


def test_a_vault_that_could_not_be_listed_is_not_known() -> None:
    entry = replace(
        issued(name="none"), certificate=None, error=ForbiddenError("You may not.", hint="Ask.")
    )
    frame = inventory(entry).frame

    assert Filter(states=frozenset({UNKNOWN})).mask(frame, NOW).all()
    assert not Filter(enabled=True).mask(frame, NOW).any()


def test_no_row_is_a_table_too() -> None:
    frame = inventory().frame
    wanted = Filter(frozenset({"pending"}), within=1, expired=True, waiting=1, enabled=True)

    assert len(frame[wanted.mask(frame, NOW)]) == 0


def test_ten_thousand_rows_are_filtered_at_once() -> None:
    frame = inventory(
        *(issued(name=f"c{number}", expires=NOW + number / 30 * DAY) for number in range(10_000))
    ).frame
    wanted = Filter(frozenset({"completed"}), within=30, enabled=True)

    with work_below(0.2):
        found = frame[wanted.mask(frame, NOW)]

    assert len(found) == 930
