"""How a merge ended, in a sentence."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from kvcsr_widgets.panels.merge_result import MergeResult
from kvcsr_widgets.runbook.merging import Merged
from kvcsr_widgets.runbook.readback import Checked
from kvcsr_widgets.vault.records import Certificate

UNTIL = datetime(2030, 1, 2, tzinfo=UTC)
FOUND = Certificate("web", "v1", True, None, None, None, UNTIL, "AB")
SAME = (Checked("Thumbprint", "AB", "AB", ok=True),)


@pytest.mark.parametrize(
    ("merged", "told"),
    [
        (Merged(FOUND, SAME), "Next: see it in the table"),
        (Merged(FOUND, SAME, repeated=True), "It was in the vault already"),
        (Merged(FOUND, SAME, lost_answer=True), "but it had done the work"),
    ],
)
def test_how_it_came_into_the_vault_is_said(merged: Merged, told: str) -> None:
    result = MergeResult()

    result.tell(merged)

    assert "“web” is enabled, valid until 2030-01-02." in result.notice.value
    assert told in result.notice.value


def test_of_what_was_there_it_is_not_claimed_that_nothing_was_sent() -> None:
    """A merge that the vault refused, since somebody was faster, was sent."""
    result = MergeResult()

    result.tell(Merged(FOUND, SAME, repeated=True))

    assert "sent" not in result.notice.value
