"""The rehearsal of a renewal, driven as a browser drives it but without one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from kvcsr_widgets.drills import scene
from kvcsr_widgets.errors import BusyError
from kvcsr_widgets.panels import (
    Finished,
    RenewalPanel,
    RenewalReply,
    RenewalTrap,
    RenewalYears,
    RequestForm,
    desk_reading,
)
from kvcsr_widgets.panels.renewal import folder
from kvcsr_widgets.panels.renewal_reply import STRICT
from kvcsr_widgets.runbook.renewal import BY_HAND, BY_ITSELF
from kvcsr_widgets.runbook.requests import Requests
from kvcsr_widgets.runbook.steps import StepState
from kvcsr_widgets.vault.client import Vault
from tests.panels.parts import Parts


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scene, "practice_path", lambda: tmp_path / "data" / "practice.sqlite")


@pytest.fixture
def renewal() -> Iterator[RenewalPanel]:
    """A rehearsal that was begun."""
    made = RenewalPanel(step=1)
    made.days.value = 100
    made.button.click()
    yield made
    made.close()


def test_a_rehearsal_that_cannot_be_read_is_not_open(monkeypatch: pytest.MonkeyPatch) -> None:
    made = RenewalPanel(step=1)
    made.days.value = 100

    def refuse(_vault: Vault, **_options: object) -> Requests:
        raise BusyError("The vault is busy.")

    monkeypatch.setattr(desk_reading, "requests", refuse)
    made.button.click()

    assert "The vault is busy." in made.notice.value
    assert made.desk.vault is None
    assert state(made) is StepState.READY
    assert made.button.layout.display == ""


def state(panel: RenewalPanel | RenewalReply | RenewalTrap | Finished) -> StepState:
    assert panel.card.standing is not None
    return panel.card.standing.state


def ask(renewal: RenewalPanel, *, reuse_key: bool) -> None:
    """Create a new version in the form, as notebook 07 tells."""
    form = RequestForm(renewal.desk)
    form.fields.inputs["name"].watched[0].value = BY_HAND
    assert renewal.desk.vault is not None
    form._start_from(renewal.desk.vault.current(BY_HAND))
    form.fields.inputs["reuse_key"].watched[0].value = reuse_key
    assert form.submit() is not None


def versions(renewal: RenewalPanel, name: str = BY_HAND) -> int:
    assert renewal.seen is not None
    line = renewal.seen.line(name)
    assert line is not None
    return len(line.versions)


def test_nothing_is_made_before_a_click() -> None:
    panel = RenewalPanel(step=1)
    RenewalReply(panel)
    RenewalTrap(panel)
    Finished.rehearsed(panel)

    assert not folder().exists()
    assert state(panel) is StepState.READY
    assert panel.clock.month.disabled
    assert panel.again.layout.display == "none"


def test_a_click_stages_three_certificates(renewal: RenewalPanel) -> None:
    assert state(renewal) is StepState.DONE
    assert renewal.desk.vault is not None
    assert "www-partner" in renewal.lines.value
    assert renewal.card.step == 1
    assert renewal.moved.step == 2
    assert not renewal.clock.month.disabled


def test_it_is_gone_on_with_after_the_kernel_ended(renewal: RenewalPanel) -> None:
    renewal.clock.month.click()
    renewal.close()

    again = RenewalPanel()
    assert again.button.description == "Go on with the rehearsal"
    again.button.click()

    assert again.seen is not None
    assert (again.seen.now.date() - date.today()).days >= 29  # noqa: DTZ011
    again.close()


def test_begun_anew_it_is_today_and_nothing_was_renewed(renewal: RenewalPanel) -> None:
    renewal.clock.late.click()
    assert versions(renewal, BY_ITSELF) == 2

    renewal.again.click()

    assert versions(renewal, BY_ITSELF) == 1
    assert renewal.seen is not None
    assert (renewal.seen.now.date() - date.today()).days <= 1  # noqa: DTZ011
    assert renewal.told.value == ""


def test_four_fifths_of_the_life_is_when_the_vault_renews(renewal: RenewalPanel) -> None:
    renewal.clock.late.click()

    assert "made version 2 of “www-self” by itself" in renewal.told.value
    assert "an e-mail to the contacts fell due for “www-by-hand”" in renewal.told.value
    assert versions(renewal) == 1
    assert renewal.clock.late.disabled
    assert renewal.moved.standing is not None
    assert renewal.moved.standing.state is StepState.DONE


def test_the_day_of_expiry_is_told(renewal: RenewalPanel) -> None:
    renewal.clock.expiry.click()

    assert "“www-by-hand” expired" in renewal.told.value
    assert "(expired)" in renewal.lines.value
    assert renewal.clock.expiry.disabled


def test_days_of_ones_own(renewal: RenewalPanel) -> None:
    assert renewal.seen is not None
    before = renewal.seen.now
    renewal.clock.days.value = 3

    renewal.clock.other.click()

    assert (renewal.seen.now - before).days == 3
    assert "Nothing fell due" in renewal.told.value


def test_a_new_version_with_a_new_key_is_signed_and_merged(renewal: RenewalPanel) -> None:
    reply = RenewalReply(renewal)
    assert reply.button.disabled
    renewal.clock.late.click()
    ask(renewal, reuse_key=False)
    assert "This CSR has a new key." in reply.key.value
    reply.ca.value = STRICT

    reply.button.click()

    assert versions(renewal) == 2
    assert "It has a key of its own" in reply.notice.value
    assert reply.button.disabled
    assert "reuse key" not in reply.key.value


def test_the_same_key_is_told_and_refused_by_a_strict_ca(renewal: RenewalPanel) -> None:
    reply = RenewalReply(renewal)
    renewal.clock.month.click()
    ask(renewal, reuse_key=True)
    assert "has the key of version 1" in reply.key.value
    assert "(as version 1)" in renewal.lines.value
    reply.ca.value = STRICT

    reply.button.click()
    assert "has already been used" in reply.notice.value
    assert versions(renewal) == 1

    reply.ca.index = 0
    reply.button.click()
    assert versions(renewal) == 2
    assert "the same key as version 1" in reply.notice.value


def test_both_renewals_end_notebook_07(renewal: RenewalPanel) -> None:
    reply, check = RenewalReply(renewal), Finished.rehearsed(renewal)
    assert state(check) is StepState.TO_DO
    renewal.clock.late.click()
    for reuse_key in (False, True):
        ask(renewal, reuse_key=reuse_key)
        reply.button.click()
        assert state(check) is (StepState.DONE if reuse_key else StepState.TO_DO)
        renewal.clock.month.click()


def test_the_sample_is_a_trap_that_can_be_left_again(renewal: RenewalPanel) -> None:
    trap, reply = RenewalTrap(renewal), RenewalReply(renewal)
    assert state(trap) is StepState.READY
    renewal.clock.month.click()

    trap.button.click()

    assert "The vault has signed it by itself" in trap.notice.value
    assert state(trap) is StepState.BLOCKED
    assert trap.button.disabled
    assert versions(renewal) == 2
    renewal.clock.month.click()
    form = RequestForm(renewal.desk)
    form.fields.inputs["name"].watched[0].value = BY_HAND
    assert renewal.desk.vault is not None
    form._start_from(renewal.desk.vault.current(BY_HAND))
    assert form.plan.issuer == "Self"
    form.fields.inputs["issuer"].watched[0].value = "Unknown"
    form.submit()
    reply.button.click()
    assert state(trap) is StepState.READY
    assert versions(renewal) == 3


def test_the_years_to_come_are_counted() -> None:
    years = RenewalYears(today=date(2026, 11, 26))
    assert "2027-05-05" in years.days.value
    assert Parts(years.table.value).texts[2:6] == ["2026", "1", "2027", "4"]

    years.names.value = 1000
    assert Parts(years.table.value).texts[2:6] == ["2026", "1,000", "2027", "4,000"]
    years.share.value = 1.0

    assert "2027-05-05" not in years.days.value
    assert "2027-06-14" in years.days.value  # 200 days later
