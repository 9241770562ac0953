"""The frame of an inventory: columns, types and values."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pandas as pd
import pytest

from kvcsr_widgets.errors import BusyError, ForbiddenError
from kvcsr_widgets.pki.pending import Status
from kvcsr_widgets.runbook.details import Details
from kvcsr_widgets.runbook.entries import Entry, Part, State, is_due
from kvcsr_widgets.runbook.frame import COLUMNS, DETAILS, frame_of
from kvcsr_widgets.vault.records import Certificate, Operation

NOW = datetime(2026, 6, 1, tzinfo=UTC)
DAY = timedelta(days=1)
ASKED = {
    *("vault", "name", "version", "state", "status_detail", "error", "enabled", "created"),
    *("updated", "not_before", "expires", "days_left", "thumbprint", "issuer", "request_id"),
    "tags",
}
ASKED_DETAILS = ["subject", "names", "key", "serial", "chain_length", "policy"]


def certificate(**changes: Any) -> Certificate:
    """One in the middle of its life."""
    values: dict[str, Any] = {
        "name": "web",
        "version": "",
        "enabled": True,
        "created": NOW - 50 * DAY,
        "updated": NOW - 40 * DAY,
        "not_before": NOW - 50 * DAY,
        "expires": NOW + 50 * DAY,
        "thumbprint": "AB" * 20,
    }
    return Certificate(**(values | changes))


def operation(**changes: Any) -> Operation:
    """One that waits for a CA."""
    values: dict[str, Any] = {
        "name": "web",
        "status": Status.IN_PROGRESS,
        "issuer": "Unknown",
        "csr": None,
        "cancellation_requested": False,
        "details": "Please merge.",
        "error": "",
        "request_id": "7",
    }
    return Operation(**(values | changes))


def placeholder(**changes: Any) -> Certificate:
    return certificate(thumbprint="", enabled=False, **changes)


def row(entry: Entry, *, details: bool = False) -> Any:
    return frame_of([entry], NOW, details=details).iloc[0]


FULL = Entry(
    "a.vault.azure.net",
    certificate(),
    read=True,
    operation=operation(status=Status.COMPLETED, details=""),
    details=Details("1", "CN=a", ("DNS:a",), "RSA 2048", "1F", 3, "{}"),
)
FAILED = Entry("b.vault.azure.net", None, error=ForbiddenError("No."), failed=Part.LIST)
EMPTY = Entry(
    "c.vault.azure.net",
    Certificate("bare", "", False, None, None, None, None, ""),
    error=BusyError("Busy."),
    failed=Part.REQUEST,
)


@pytest.mark.parametrize("details", [False, True])
@pytest.mark.parametrize("entries", [[], [FULL], [FAILED], [EMPTY], [FAILED, FULL, EMPTY]])
def test_columns_and_types_are_always_the_same(entries: list[Entry], details: bool) -> None:
    columns = COLUMNS | (DETAILS if details else {})
    frame = frame_of(entries, NOW, details=details)

    assert list(frame.columns) == list(columns)
    kinds = {name: pd.Series([], dtype=kind).dtype for name, (kind, _meaning) in columns.items()}
    assert dict(frame.dtypes) == kinds
    assert len(frame) == len(entries)
    assert isinstance(frame.index, pd.RangeIndex)


def test_the_columns_are_those_that_are_promised() -> None:
    assert set(COLUMNS) >= ASKED
    assert list(DETAILS) == ASKED_DETAILS
    assert all(meaning for _kind, meaning in (COLUMNS | DETAILS).values())
    kinds = {name: str(kind) for name, (kind, _meaning) in COLUMNS.items()}
    times = {name for name, kind in kinds.items() if kind == "datetime64[s, UTC]"}
    assert times == {"created", "updated", "not_before", "expires", "waiting_since"}
    assert (kinds["state"], kinds["enabled"], kinds["days_left"]) == (
        "category",
        "boolean",
        "Int64",
    )


def test_every_state_is_a_category_also_where_none_is_there() -> None:
    assert list(frame_of([], NOW)["state"].cat.categories) == [state.value for state in State]


def test_a_whole_row() -> None:
    found = row(FULL, details=True)

    assert found["vault"] == "a.vault.azure.net"
    assert found["state"] == "completed"
    assert found["version"] == "1"
    assert found["days_left"] == 50
    assert found["expires"] == pd.Timestamp(NOW + 50 * DAY)
    assert found["names"] == ("DNS:a",)
    assert found["chain_length"] == 3
    assert found[["error", "status_detail", "waiting_since"]].isna().all()


@pytest.mark.parametrize("entry", [FAILED, EMPTY])
def test_a_row_with_an_error_has_nothing_else(entry: Entry) -> None:
    found = row(entry, details=True)
    known = {"vault", "name", "enabled", "error", "tags", "names"}

    assert found["error"] == str(entry.error)
    assert (found["tags"], found["names"]) == ({}, ())
    assert all(pd.isna(found[name]) for name in found.index if name not in known)


@pytest.mark.parametrize(
    ("left", "days"),
    [(DAY, 1), (DAY - timedelta(seconds=1), 0), (-timedelta(seconds=1), -1), (-3 * DAY, -3)],
)
def test_days_left_are_whole_days(left: timedelta, days: int) -> None:
    assert row(Entry("a", certificate(expires=NOW + left)))["days_left"] == days


@pytest.mark.parametrize("end", [datetime(9999, 12, 31, tzinfo=UTC), datetime(1, 1, 1, tzinfo=UTC)])
def test_far_dates_are_dates(end: datetime) -> None:
    found = row(Entry("a", certificate(expires=end)))

    assert found["expires"].year == end.year
    assert found["days_left"] == (end - NOW).days


def test_a_placeholder_has_no_dates_of_validity() -> None:
    """The service gives a placeholder the dates that were asked for."""
    found = row(Entry("a", placeholder(), read=True, operation=operation()))

    assert found[["not_before", "expires", "days_left", "thumbprint"]].isna().all()
    assert found["waiting_since"] == pd.Timestamp(NOW - 50 * DAY)
    assert found["status_detail"] == "Please merge."
    assert (found["issuer"], found["request_id"]) == ("Unknown", "7")


@pytest.mark.parametrize(
    ("entry", "state"),
    [
        (Entry("a", certificate()), State.COMPLETED),
        (Entry("a", certificate(), read=True), State.NONE),
        (Entry("a", certificate(), error=BusyError(""), failed=Part.REQUEST), None),
        (Entry("a", certificate(), error=BusyError(""), failed=Part.CERTIFICATE), State.COMPLETED),
        (Entry("a", certificate(), error=BusyError(""), failed=Part.CHAIN), State.COMPLETED),
        (Entry("a", placeholder()), None),
        (Entry("a", placeholder(), read=True), State.NONE),
        (Entry("a", placeholder(), read=True, operation=operation()), State.PENDING),
        (Entry("a", certificate(), read=True, operation=operation()), State.PENDING),
        (
            Entry("a", placeholder(), read=True, operation=operation(status=Status.CANCELLED)),
            State.CANCELLED,
        ),
        (
            Entry("a", placeholder(), read=True, operation=operation(status=Status.FAILED)),
            State.FAILED,
        ),
        (Entry("a", None, error=BusyError(""), failed=Part.LIST), None),
    ],
)
def test_where_a_request_stands(entry: Entry, state: State | None) -> None:
    assert entry.state is state
    assert row(entry)["state"] is (pd.NA if state is None else state.value) or (
        state is None and pd.isna(row(entry)["state"])
    )


def test_the_words_of_a_failed_request_come_before_an_error() -> None:
    failed = operation(status=Status.FAILED, error="Rejected: no.")
    entry = Entry("a", placeholder(), read=True, operation=failed, error=BusyError("Busy."))

    assert row(entry)["error"] == "Rejected: no."


@pytest.mark.parametrize(
    ("found", "due"),
    [
        (certificate(), False),
        (placeholder(), True),
        (certificate(enabled=False), True),
        (certificate(not_before=NOW - 79 * DAY, expires=NOW + 21 * DAY), False),
        (certificate(not_before=NOW - 80 * DAY, expires=NOW + 20 * DAY), True),
        (certificate(expires=NOW - DAY), True),
        (certificate(expires=None), True),
        (certificate(not_before=None), True),
        (certificate(not_before=NOW + DAY, expires=NOW - DAY), True),
    ],
)
def test_which_requests_matter(found: Certificate, *, due: bool) -> None:
    assert is_due(found, NOW) is due
