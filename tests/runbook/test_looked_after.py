"""What the check of the table in notebook 04 says."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from kvcsr_widgets.pki.pending import Status
from kvcsr_widgets.runbook import looked_after
from kvcsr_widgets.runbook.entries import Entry
from kvcsr_widgets.runbook.finished import Points
from kvcsr_widgets.runbook.frame import frame_of
from kvcsr_widgets.runbook.steps import StepState
from kvcsr_widgets.vault.records import Certificate
from tests.runbook.test_finished import HOST, NOW, request, said, state


def entry(name: str = "web", *, days: int = 200, **other: Any) -> Entry:
    """An enabled certificate that lasts so many days, but for ``other``."""
    expires = NOW + timedelta(days=days)
    found = Certificate(name, "", True, NOW, NOW, NOW - timedelta(days=1), expires, "A" * 40)
    made = Entry(HOST, found)
    return replace(made, **other)


def check(*entries: Entry) -> Points:
    return looked_after.looked_after(frame_of(entries, NOW), NOW)


class TestLookedAfter:
    def test_a_table_in_which_nothing_needs_anybody_is_done(self) -> None:
        assert state(check(entry())) is StepState.DONE

    def test_an_empty_vault_is_not(self) -> None:
        assert "notebook 01" in said(check())

    def test_a_failed_request_is_named(self) -> None:
        failed = entry(read=True, operation=request(status=Status.FAILED, error="No."))
        assert state(check(failed, entry("other"))) is StepState.TO_DO
        assert "Failed: “web”." in said(check(failed, entry("other")))

    def test_what_only_waits_for_a_ca_is_the_cas_turn(self) -> None:
        assert state(check(entry(read=True, operation=request()))) is StepState.WAITING

    def test_what_expires_soon_is_named(self) -> None:
        assert "Expires within 30 days: “web”." in said(check(entry(days=20)))

    def test_what_expires_soon_is_looked_after_once_its_next_version_is_asked_for(self) -> None:
        asked = entry(days=20, read=True, operation=request())
        assert "Expires within 30 days: none." in said(check(asked))

    def test_what_is_expired_is_not(self) -> None:
        asked = entry(days=-1, read=True, operation=request())
        assert "Expired and enabled: “web”." in said(check(asked))

    def test_many_are_not_all_named(self) -> None:
        points = check(*(entry(f"n{number}", days=20) for number in range(7)))
        assert "“n4” and 2 more." in said(points)
