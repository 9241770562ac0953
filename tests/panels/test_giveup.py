"""The panel that cancels, deletes and starts again, driven as a browser drives it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kvcsr_widgets.errors import ForbiddenError, NotFoundError, UnreachableError
from kvcsr_widgets.panels import CsrPanel, Desk, MergePanel, OperationPanel
from kvcsr_widgets.pki.pending import Status
from kvcsr_widgets.pki.plan import CertificatePlan, KeyChoice
from kvcsr_widgets.pki.signed import read_signed
from kvcsr_widgets.practice.clock import MovableClock
from kvcsr_widgets.runbook.commands import Tool
from kvcsr_widgets.runbook.standing import Step
from kvcsr_widgets.vault.client import Vault
from kvcsr_widgets.vault.session import practise
from tests.panels.standing import why

HOSTILE = "<img src=x onerror=alert(1)>"
PLAN = CertificatePlan("web", "CN=www.contoso.com", key=KeyChoice.EC_P256, tags={"a": "b"})


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def desk(tmp_path: Path, clock: MovableClock) -> Iterator[Desk]:
    """A desk on a fresh practice vault whose time can be moved."""
    made = Desk()
    made.open(practise(tmp_path / "vault.sqlite", clock=clock))
    yield made
    made.leave()


@pytest.fixture
def other(desk: Desk, tmp_path: Path) -> Iterator[Vault]:
    """The same vault, as another person has it open."""
    assert desk.vault is not None
    opened = practise(tmp_path / "vault.sqlite")
    yield opened
    opened.close()


def opened(desk: Desk) -> Vault:
    assert desk.vault is not None
    return desk.vault


def create(desk: Desk, plan: CertificatePlan = PLAN) -> None:
    desk.add(opened(desk).create(plan), plan)


def press(panel: OperationPanel, step: Step) -> None:
    """Press a step's button, if it is offered; what destroys a key needs the name typed."""
    button = panel.ways.buttons.get(step)
    if button is not None and button.layout.display == "":
        button.click()
    else:
        confirm = panel.ways.confirms[step]
        confirm.typed.value = panel.looked_at
        assert not confirm.button.disabled, step
        confirm.button.click()


def offered(panel: OperationPanel) -> set[Step]:
    """The steps that can be taken: by a button, or with the name typed, not both."""
    pressed, typed = (
        {step for step, control in controls.items() if control.layout.display == ""}
        for controls in (panel.ways.buttons, panel.ways.confirms)
    )
    assert not pressed & typed
    return pressed | typed


def test_nothing_is_offered_before_there_is_something(desk: Desk) -> None:
    panel = OperationPanel(desk)

    assert "Choose a request." in why(panel)
    assert offered(panel) == set()
    desk.leave()
    assert "No vault is open." in why(panel)
    assert panel.button.disabled
    assert panel.go(Step.CANCEL) is None


def test_the_request_is_shown_with_the_vaults_words(desk: Desk) -> None:
    create(desk)
    panel = OperationPanel(desk)

    assert "“web”: waits for the CA." in panel.state.value
    assert "Please Perform Merge" in panel.facts.value
    assert "never merged" in panel.facts.value
    assert offered(panel) == {Step.CANCEL, Step.DELETE}
    assert "destroys the key" in panel.ways.abouts[Step.DELETE].value


def test_cancel_look_again_start_again(desk: Desk, clock: MovableClock) -> None:
    create(desk)
    first = desk.current
    panel, merge, csr = OperationPanel(desk), MergePanel(desk), CsrPanel(desk)

    press(panel, Step.CANCEL)
    assert "The vault was asked to cancel the request of “web”." in panel.notice.value
    assert "Its key is kept." in panel.notice.value
    assert "“web”: being cancelled." in panel.state.value
    assert "Look again" in panel.state.value
    assert "Please Perform Merge" not in panel.facts.value  # nobody should now
    assert panel.ways.abouts[Step.CANCEL].value == ""
    below = "".join(about.value for about in panel.ways.abouts.values())
    assert "look again" not in below
    assert "being cancelled" not in below
    assert "being cancelled" in str(panel.picker.options)
    panel.button.click()
    assert "“web”: being cancelled." in panel.state.value
    clock.advance(11)
    panel.button.click()
    assert "“web”: cancelled." in panel.state.value
    assert desk.current is None
    assert "Cancelled." in why(merge)

    assert "whose key is destroyed" in panel.ways.abouts[Step.START].value
    assert "--jp-warn-color1" in panel.ways.abouts[Step.START].value
    assert panel.ways.buttons[Step.START].layout.display == "none"
    panel.ways.confirms[Step.START].submit()  # the name was not typed
    assert desk.current is None
    press(panel, Step.START)
    assert "Its CSR has a new key" in panel.notice.value
    assert 'href="01-create-the-csr.ipynb"' in panel.notice.value
    assert 'href="02-have-it-signed.ipynb"' in panel.notice.value
    assert desk.current is not None
    assert first is not None
    assert desk.current.request_id != first.request_id
    assert desk.plan_of(desk.current) is not None
    assert csr.picker.value == merge.picker.value == "web"
    assert opened(desk).current("web").plan.tags == {"a": "b"}


def test_a_deletion_needs_the_name_and_leaves_the_certificate(desk: Desk) -> None:
    create(desk)
    panel = OperationPanel(desk)
    confirm = panel.ways.confirms[Step.DELETE]

    confirm.typed.value = "wep"
    confirm.submit()
    assert opened(desk).operation("web").status is Status.IN_PROGRESS
    press(panel, Step.DELETE)

    with pytest.raises(NotFoundError):
        opened(desk).operation("web")
    assert "The request of “web” is deleted." in panel.notice.value
    assert "holds the name" in panel.notice.value
    assert desk.operations == ()
    assert panel.looked_at == panel.name.value == "web"
    assert offered(panel) == {Step.DELETE_CERTIFICATE, Step.START}


def test_what_is_left_can_be_started_again_or_deleted(desk: Desk) -> None:
    create(desk)
    panel = OperationPanel(desk)
    press(panel, Step.DELETE)
    press(panel, Step.START)

    assert desk.selected == "web"
    assert panel.name.value == ""
    press(panel, Step.DELETE)
    press(panel, Step.DELETE_CERTIFICATE)

    assert "It can be recovered until" in panel.notice.value
    assert opened(desk).deleted.get("web").name == "web"
    assert "holds the name" in panel.state.value
    assert offered(panel) == set()


def test_the_deleted_one_stays_in_sight_beside_another_that_waits(desk: Desk) -> None:
    create(desk, CertificatePlan("other", "CN=a", key=KeyChoice.EC_P256))
    create(desk)
    panel = OperationPanel(desk)

    press(panel, Step.DELETE)
    assert (desk.selected, panel.looked_at) == ("", "web")

    panel.picker.value = "other"
    assert panel.name.value == ""
    assert "“other”: waits for the CA." in panel.state.value
    assert panel.notice.value == ""


def test_the_deletions_come_last(desk: Desk) -> None:
    panel = OperationPanel(desk)

    shown = [each for each in panel.ways.children if each not in panel.ways.abouts.values()]

    assert shown == [
        *(panel.ways.buttons[step] for step in (Step.CANCEL, Step.START)),
        *(panel.ways.confirms[s] for s in (Step.START, Step.DELETE, Step.DELETE_CERTIFICATE)),
    ]


def test_a_name_that_is_not_there_is_said(desk: Desk) -> None:
    panel = OperationPanel(desk)

    panel.name.value = "nosuch"

    assert "There is no certificate “nosuch” in this vault." in panel.state.value
    assert 'href="01-create-the-csr.ipynb"' in panel.ways.abouts[Step.START].value


def test_a_certificate_without_a_request_is_looked_at_by_name(desk: Desk) -> None:
    create(desk)
    opened(desk).delete_operation("web")
    desk.refresh()
    panel = OperationPanel(desk)

    panel.name.value = " web "
    assert "its request was deleted" in panel.state.value
    assert offered(panel) == {Step.DELETE_CERTIFICATE, Step.START}
    panel.name.value = HOSTILE
    assert "letters, digits and hyphens" in panel.notice.value
    assert "<img" not in panel.notice.value + panel.state.value
    assert offered(panel) == set()


def test_a_typed_name_that_has_a_request_is_taken_in_hand(desk: Desk) -> None:
    create(desk)
    create(desk, CertificatePlan("other", "CN=a", key=KeyChoice.EC_P256))
    panel = OperationPanel(desk)

    panel.name.value = "WEB"

    assert (desk.selected, panel.name.value) == ("web", "")
    assert "“web”: waits for the CA." in panel.state.value


def test_another_vault_knows_nothing_of_the_name(desk: Desk, tmp_path: Path) -> None:
    create(desk)
    panel = OperationPanel(desk)
    press(panel, Step.DELETE)

    desk.open(practise(tmp_path / "other.sqlite"))

    assert panel.looked_at == ""
    assert offered(panel) == set()


def test_a_merged_one_makes_its_next_version(desk: Desk) -> None:
    create(desk)
    operation, authority = desk.current, opened(desk).authority
    assert operation is not None
    assert operation.csr is not None
    assert authority is not None
    reply = authority.sign(operation.csr.der).file("p7b")
    opened(desk).merge("web", read_signed(reply).certificates)
    desk.refresh()
    panel = OperationPanel(desk)
    panel.picker.value = "web"

    assert "Thumbprint" in panel.facts.value
    assert offered(panel) == {Step.DELETE, Step.START}
    assert panel.ways.buttons[Step.START].layout.display == ""  # nothing is lost by it
    press(panel, Step.START)
    assert "“web”: waits for the CA." in panel.state.value
    assert opened(desk).certificate("web").enabled


def test_what_another_person_did_is_told_and_shown(desk: Desk, other: Vault) -> None:
    create(desk)
    panel = OperationPanel(desk)
    other.delete_operation("web")

    press(panel, Step.CANCEL)

    assert "somebody else has deleted it" in panel.notice.value
    assert "Nothing was changed from here." in panel.notice.value
    assert desk.operations == ()
    assert offered(panel) == {Step.DELETE_CERTIFICATE, Step.START}


def test_the_request_of_another_person_is_not_deleted(desk: Desk, other: Vault) -> None:
    create(desk)
    panel = OperationPanel(desk)
    other.delete_operation("web")
    theirs = other.create(PLAN)

    press(panel, Step.DELETE)

    assert "somebody else has made it" in panel.notice.value
    assert other.operation("web") == theirs
    assert desk.current == theirs


def test_looking_again_shows_what_another_person_did(desk: Desk, other: Vault) -> None:
    panel = OperationPanel(desk)
    other.create(PLAN)
    panel.button.click()
    assert "“web”: waits for the CA." in panel.state.value

    other.delete_operation("web")
    panel.button.click()
    assert "its request was deleted" in panel.state.value
    assert desk.operations == ()


def test_what_fails_leaves_the_request_as_it_was(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    create(desk)
    before = desk.current
    panel = OperationPanel(desk)

    def forbidden(*_args: object) -> None:
        raise ForbiddenError("You may not.", hint="Ask for the role.")

    monkeypatch.setattr(Vault, "delete_operation", forbidden)
    press(panel, Step.DELETE)

    assert "You may not." in panel.notice.value
    assert "Ask for the role." in panel.notice.value
    assert desk.current == before
    assert offered(panel) == {Step.CANCEL, Step.DELETE}


def test_a_lost_answer_is_told_and_what_was_done_is_shown(
    desk: Desk, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    create(desk)
    panel = OperationPanel(desk)
    press(panel, Step.CANCEL)
    clock.advance(11)
    panel.button.click()
    make = Vault.create

    def lost(self: Vault, plan: CertificatePlan) -> None:
        make(self, plan)
        raise UnreachableError("It did not answer in time.")

    monkeypatch.setattr(Vault, "create", lost)
    press(panel, Step.START)

    assert "It did not answer in time." in panel.notice.value
    assert "“web”: waits for the CA." in panel.state.value
    assert desk.current == opened(desk).operation("web")


def test_the_steps_are_told_for_other_tools(desk: Desk, clock: MovableClock) -> None:
    create(desk)
    panel = OperationPanel(desk)
    panel.elsewhere.toggle.value = True
    panel.elsewhere.choice.value = "Cancel the request"

    texts = {}
    for tool in Tool:
        panel.elsewhere.tool.value = tool
        texts[tool] = panel.elsewhere.copy.text
    assert "Stop-AzKeyVaultCertificateOperation" in texts[Tool.POWERSHELL]
    assert "az rest" in texts[Tool.CLI_BASH]
    assert "cancel_certificate_operation" in texts[Tool.PYTHON]

    press(panel, Step.CANCEL)
    clock.advance(11)
    panel.button.click()
    assert panel.elsewhere.choice.options == (
        "Look at the request",
        "Create a new version",
        "Delete the request, with its key",
        "Delete the certificate",
    )
