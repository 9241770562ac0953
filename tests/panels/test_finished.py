"""The check at the end of a notebook, over the practice vault."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kvcsr_widgets.drills import play, scene
from kvcsr_widgets.drills.catalogue import DRILLS
from kvcsr_widgets.panels import CsrPanel, Desk, DrillPanel, Finished, SignPanel, VaultTable
from kvcsr_widgets.pki.plan import CertificatePlan, KeyChoice
from kvcsr_widgets.pki.signed import read_signed
from kvcsr_widgets.runbook.finished import Point
from kvcsr_widgets.runbook.steps import StepState
from kvcsr_widgets.vault import session
from kvcsr_widgets.vault.client import Vault
from kvcsr_widgets.vault.contacts import Contact
from kvcsr_widgets.vault.issuers import DIGICERT, Issuer
from tests.panels.uploads import choose

PLAN = CertificatePlan("web", "CN=a.example", key=KeyChoice.EC_P256)


@pytest.fixture
def desk(vault: Vault) -> Iterator[Desk]:
    """A desk on a fresh practice vault."""
    made = Desk()
    made.open(vault)
    yield made
    made.leave()


def create(desk: Desk, name: str = "web") -> None:
    assert desk.vault is not None
    plan = CertificatePlan(name, "CN=a.example", key=KeyChoice.EC_P256)
    desk.add(desk.vault.create(plan), plan)


def reply(desk: Desk, kind: str = "p7b") -> bytes:
    """What the practice CA sends for the request in hand."""
    assert desk.current is not None
    assert desk.current.csr is not None
    assert desk.vault is not None
    assert desk.vault.authority is not None
    return desk.vault.authority.sign(desk.current.csr.der, days=90).file(kind)


def merge(desk: Desk) -> None:
    assert desk.vault is not None
    desk.vault.merge("web", read_signed(reply(desk)).certificates)
    desk.finish("web")


def state(check: Finished) -> StepState:
    assert check.card.standing is not None
    return check.card.standing.state


def said(check: Finished) -> str:
    return str(check.list.value)


def test_without_a_vault_it_says_what_to_press() -> None:
    for check in (
        Finished.connected(Desk()),
        Finished.handed_over(Desk()),
        Finished.ordered(Desk()),
    ):
        assert state(check) is StepState.TO_DO
        assert "press Connect" in said(check)


def test_an_open_vault_ends_notebook_00(vault: Vault) -> None:
    desk = Desk()
    check = Finished.connected(desk)

    desk.open(vault)
    assert state(check) is StepState.DONE
    assert "The practice vault" in said(check)

    desk.leave()
    assert state(check) is StepState.TO_DO


def test_a_csr_that_is_downloaded_ends_notebook_01(desk: Desk) -> None:
    panel, check = CsrPanel(desk), Finished.handed_over(desk)
    assert "No request waits" in said(check)

    create(desk)
    assert "download it above" in said(check)
    panel.file.download.saved += 1

    assert state(check) is StepState.DONE
    assert state(Finished.handed_over(desk)) is StepState.DONE  # in another notebook, too


def test_a_reply_that_is_downloaded_ends_notebook_02(desk: Desk) -> None:
    create(desk)
    sign = SignPanel(desk)
    check = Finished.signed(desk, sign)

    assert "There is no reply to “web” yet: sign it above" in said(check)
    sign.submit()
    assert state(check) is StepState.TO_DO
    assert "The practice CA signed “web”: download the .p7b above." in said(check)
    sign.downloads["p7b"].saved += 1

    assert state(check) is StepState.DONE


def test_a_reply_that_is_wrong_on_purpose_does_not(desk: Desk) -> None:
    create(desk)
    sign = SignPanel(desk)
    check = Finished.signed(desk, sign)
    sign.reply.choice.value = "wrong-key"

    sign.submit()
    sign.wrong.saved += 1

    assert state(check) is StepState.TO_DO


def test_a_file_that_fits_ends_notebook_02(desk: Desk) -> None:
    create(desk)
    check = Finished.signed(desk, SignPanel(desk))

    choose(check.files.upload, ("web.p7b", reply(desk)))
    assert state(check) is StepState.DONE

    create(desk, "other")
    assert state(check) is StepState.TO_DO


def test_a_file_that_is_none_is_said(desk: Desk) -> None:
    create(desk)
    check = Finished.signed(desk, SignPanel(desk))

    check.files.pasted.value = "Dear customer"

    assert state(check) is not StepState.DONE
    assert check.notice.value


def test_a_merged_certificate_ends_notebook_03(desk: Desk) -> None:
    create(desk)
    table = VaultTable(desk, light=True)
    check = Finished.merged(desk, table.sheet)
    assert "press Merge" in said(check)

    merge(desk)

    assert state(check) is StepState.DONE


def test_a_disabled_one_does_not(desk: Desk) -> None:
    create(desk)
    table = VaultTable(desk, light=True)
    check = Finished.merged(desk, table.sheet)
    merge(desk)
    assert desk.vault is not None

    desk.vault.set_enabled("web", enabled=False)
    table.submit()

    assert state(check) is StepState.TO_DO
    assert "is disabled" in said(check)


def test_a_table_without_a_concern_ends_notebook_04(desk: Desk) -> None:
    create(desk)
    table = VaultTable(desk, light=True)
    check = Finished.looked_after(desk, table.sheet)
    assert state(check) is StepState.WAITING

    merge(desk)

    assert state(check) is StepState.DONE


def test_an_order_that_is_issued_ends_notebook_05(desk: Desk) -> None:
    assert desk.vault is not None
    check = Finished.ordered(desk)
    assert "no issuer yet" in said(check)

    issuer = Issuer("DigiCertCA", DIGICERT, account_id="1", organization_id="2")
    desk.vault.issuers.add(issuer, "a good API key")
    desk.vault.contacts.put([Contact("jane@contoso.com")], [])
    desk.changed()
    assert "Nothing was ordered" in said(check)
    plan = CertificatePlan("shop", "CN=a.example", key=KeyChoice.EC_P256, issuer="DigiCertCA")
    desk.add(desk.vault.create(plan), plan)

    assert state(check) is StepState.DONE


def test_an_account_that_is_refused_does_not(desk: Desk) -> None:
    assert desk.vault is not None
    check = Finished.ordered(desk)
    issuer = Issuer("DigiCertCA", DIGICERT, account_id="1", organization_id="2")
    desk.vault.issuers.add(issuer, "short")
    plan = CertificatePlan("shop", "CN=a.example", key=KeyChoice.EC_P256, issuer="DigiCertCA")

    desk.add(desk.vault.create(plan), plan)

    assert state(check) is StepState.TO_DO
    assert "The order of “shop” failed" in said(check)


def test_solved_drills_end_notebook_06(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "practice_path", lambda: tmp_path / "practice.sqlite")
    monkeypatch.setattr(scene, "practice_path", lambda: tmp_path / "practice.sqlite")
    check = Finished.trained(DrillPanel())
    assert f"0 of {len(DRILLS)} drills are solved." in said(check)
    assert state(check) is StepState.TO_DO

    for drill in DRILLS.values():
        played = play.begin(drill)
        played.scene.note(play.SOLVED, "yes")
        played.close()
    check.submit()

    assert state(check) is StepState.DONE


def test_what_a_vault_says_is_shown_as_text(desk: Desk) -> None:
    hostile = Point("<script>alert(1)</script>", False)

    check = Finished(lambda: (hostile,), {desk: ("readings",)})

    assert "<script" not in said(check)
    assert "&lt;script&gt;" in said(check)


def test_looking_again_reads_what_was_done_elsewhere(desk: Desk) -> None:
    check = Finished.handed_over(desk)
    assert desk.vault is not None
    desk.vault.create(PLAN)
    assert "No request waits" in said(check)

    check.button.click()

    assert "“web” waits" in said(check)


def test_it_follows_nothing_once_it_is_closed(desk: Desk) -> None:
    check = Finished.handed_over(desk)
    check.close()

    create(desk)

    assert "No request waits" in said(check)


def test_an_error_of_the_vault_is_shown_and_goes_with_the_next_look(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert desk.vault is not None
    check = Finished.ordered(desk)
    with monkeypatch.context() as patch:
        patch.setattr(desk.vault.issuers, "all", lambda: desk.vault and desk.vault.operation("no"))
        desk.changed()
        assert "alert" in check.notice.value

    desk.changed()

    assert check.notice.value == ""
