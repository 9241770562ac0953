"""The view of the deleted certificates, driven as a browser drives it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from kvcsr_widgets.errors import NotFoundError, VaultError
from kvcsr_widgets.panels import DeletedCertificates, Desk
from kvcsr_widgets.panels import deleted as panel_module
from kvcsr_widgets.panels.sheet import Sheet
from kvcsr_widgets.pki.plan import CertificatePlan, KeyChoice
from kvcsr_widgets.pki.signed import read_signed
from kvcsr_widgets.practice.clock import DAY, MovableClock
from kvcsr_widgets.runbook.acting import End
from kvcsr_widgets.runbook.commands import Tool
from kvcsr_widgets.runbook.entries import Key
from kvcsr_widgets.runbook.rows import Action
from kvcsr_widgets.vault.client import Vault
from kvcsr_widgets.vault.deleted import Deleted
from kvcsr_widgets.vault.deleted import DeletedCertificates as VaultsDeleted
from kvcsr_widgets.vault.session import practise
from tests.panels.standing import why

HOSTILE = "<img src=x onerror=alert(1)>"
PLAN = CertificatePlan("web", "CN=www.contoso.com", key=KeyChoice.EC_P256)

pytestmark = pytest.mark.usefixtures("no_pauses")


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def desk(tmp_path: Path, clock: MovableClock) -> Iterator[Desk]:
    made = Desk()
    made.open(practise(tmp_path / "vault.sqlite", clock=clock))
    yield made
    made.leave()


def opened(desk: Desk) -> Vault:
    assert isinstance(desk.vault, Vault)
    return desk.vault


def create(desk: Desk, *names: str) -> None:
    for name in names:
        desk.add(opened(desk).create(replace(PLAN, name=name)))


def issue(desk: Desk, *names: str) -> None:
    vault = opened(desk)
    create(desk, *names)
    for name in names:
        operation = vault.operation(name)
        assert vault.authority is not None
        assert operation.csr is not None
        reply = vault.authority.sign(operation.csr.der).file("p7b")
        vault.merge(name, read_signed(reply).certificates)


def deleted(desk: Desk, *names: str) -> None:
    issue(desk, *names)
    for name in names:
        opened(desk).delete(name)


def listed(desk: Desk, sheet: Sheet | None = None) -> DeletedCertificates:
    """A view that was asked for what there is."""
    panel = DeletedCertificates(desk, sheet)
    panel.button.click()
    return panel


def take(panel: DeletedCertificates, action: Action, names: Sequence[str], typed: str = "") -> None:
    """Select rows, choose an action and press its button, with something typed if need be."""
    panel.choice.value = names
    panel.bar.choice.value = action
    if typed:
        panel.bar.confirm.typed.value = typed
        panel.bar.confirm.button.click()
    else:
        assert not panel.bar.button.disabled
        panel.bar.button.click()


def ends(panel: DeletedCertificates) -> list[End]:
    return [result.end for result in panel.results]


def names(panel: DeletedCertificates) -> list[str]:
    return [row.name for row in panel.found]


def test_nothing_is_asked_before_a_person_asks(desk: Desk) -> None:
    deleted(desk, "web")
    panel = DeletedCertificates(desk)

    assert panel.found == ()
    assert panel.choice.layout.display == panel.bar.layout.display == "none"
    panel.button.click()
    assert names(panel) == ["web"]


def test_without_a_vault_nothing_can_be_listed() -> None:
    panel = DeletedCertificates(Desk())

    assert panel.button.disabled
    assert "No vault is open." in why(panel)
    panel.submit()
    assert panel.found == ()


def test_each_is_told_with_its_dates(desk: Desk, clock: MovableClock) -> None:
    deleted(desk, "web")
    create(desk, "api")
    opened(desk).delete("api")
    clock.advance(10 * DAY)
    kept = opened(desk).deleted.get("web")
    assert kept.purge is not None

    panel = listed(desk)

    assert names(panel) == ["api", "web"]
    assert "2 deleted certificates" in panel.notice.value
    table = panel.table.value
    assert f"{kept.deleted:%Y-%m-%d}" in table
    assert f"{kept.purge:%Y-%m-%d}" in table
    assert f"{kept.thumbprint[:8]}…" in table
    assert "never merged" in table
    assert "recover, purge" in table


def test_an_empty_list_is_said(desk: Desk) -> None:
    panel = listed(desk)

    assert "The vault keeps no deleted certificate." in panel.notice.value
    assert panel.table.value == ""


def test_what_is_recovered_is_as_it_was(desk: Desk) -> None:
    deleted(desk, "a", "b")
    panel = listed(desk)

    take(panel, Action.RECOVER, ["a", "b"])

    assert ends(panel) == [End.DONE] * 2
    assert opened(desk).certificate("a").thumbprint
    assert names(panel) == [], "it is listed anew"
    assert "“b” is recovered." in panel.bar.table.value, "the results stay"


def test_a_recovered_request_is_there_again_for_the_other_panels(desk: Desk) -> None:
    create(desk, "web")
    opened(desk).delete("web")
    desk.refresh()
    assert not desk.operations
    panel = listed(desk)

    take(panel, Action.RECOVER, ["web"])

    assert [each.name for each in desk.operations] == ["web"]


def test_a_purge_needs_the_name(desk: Desk) -> None:
    deleted(desk, "web")
    panel = listed(desk)
    panel.choice.value = ["web"]
    panel.bar.choice.value = Action.PURGE

    assert "for good" in panel.bar.about.value
    panel.submit()
    panel.bar.submit()
    assert opened(desk).deleted.get("web").name == "web"
    take(panel, Action.PURGE, ["web"], "web")

    assert "“web” is purged." in panel.bar.notice.value
    with pytest.raises(NotFoundError):
        opened(desk).deleted.get("web")


def test_several_purges_need_their_number(desk: Desk) -> None:
    deleted(desk, "a", "b", "c")
    panel = listed(desk)

    take(panel, Action.PURGE, ["a", "c"], "2")

    assert ends(panel) == [End.DONE] * 2
    assert names(panel) == ["b"]


def test_what_others_recovered_is_told(desk: Desk) -> None:
    deleted(desk, "web")
    panel = listed(desk)
    opened(desk).deleted.recover("web")

    take(panel, Action.PURGE, ["web"], "web")

    assert "is not among the deleted ones" in panel.bar.notice.value
    assert opened(desk).certificate("web").thumbprint


def test_one_under_purge_protection_is_not_purged(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    deleted(desk, "web")
    get = VaultsDeleted.get
    monkeypatch.setattr(VaultsDeleted, "get", protected(get))
    panel = listed(desk)

    take(panel, Action.PURGE, ["web"], "web")

    assert "purge protection" in panel.bar.notice.value
    assert get(opened(desk).deleted, "web").name == "web"


def protected(
    get: Callable[[VaultsDeleted, str], Deleted],
) -> Callable[[VaultsDeleted, str], Deleted]:
    return lambda self, name: replace(get(self, name), purgeable=False)


def test_a_protected_row_says_so(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    deleted(desk, "web")
    kept = replace(opened(desk).deleted.get("web"), purgeable=False)
    monkeypatch.setattr(VaultsDeleted, "list", lambda _self: iter([kept]))
    panel = listed(desk)
    panel.choice.value = ["web"]
    panel.bar.choice.value = Action.PURGE

    assert "recover (purge protection)" in panel.table.value
    assert "only the vault itself purges it" in panel.bar.about.value
    assert panel.bar.button.disabled


def test_who_may_not_list_them_is_told_what_is_missing(tmp_path: Path) -> None:
    desk = Desk()
    desk.set_trait("vault", practise(tmp_path / "vault.sqlite", role="none"))
    panel = listed(desk)

    assert "may not" in panel.notice.value
    assert "get and list" in panel.notice.value
    assert panel.found == ()
    desk.leave()


def test_a_search_narrows_the_rows_down_and_keeps_the_selected_ones(desk: Desk) -> None:
    deleted(desk, "api", "web-1", "web-2")
    panel = listed(desk)
    panel.choice.value = ["api", "web-2"]

    panel.search.value = " WEB "

    assert [name for _label, name in panel.choice.options] == ["web-1", "web-2"]
    assert panel.choice.value == ("web-2",)
    assert "api" not in panel.table.value
    assert [row.name for row in panel.bar.rows] == ["web-2"]


def test_more_than_are_shown_are_said_and_found_by_a_search(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    deleted(desk, "a", "b", "c")
    monkeypatch.setattr(panel_module, "MAX_ROWS", 2)
    panel = listed(desk)

    assert "The first 2 are shown" in panel.table.value
    assert len(panel.choice.options) == 2
    panel.search.value = "c"
    assert [name for _label, name in panel.choice.options] == ["c"]


def test_a_stop_leaves_what_was_read(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    deleted(desk, "a", "b", "c")
    panel, walk = DeletedCertificates(desk), VaultsDeleted.list

    def stopped(self: VaultsDeleted) -> Iterator[Deleted]:
        for number, each in enumerate(walk(self)):
            if number == 1:
                panel.working.stop.click()
            yield each

    monkeypatch.setattr(VaultsDeleted, "list", stopped)
    panel.button.click()

    assert names(panel) == ["a", "b"]
    assert "there may be more" in panel.notice.value


def test_what_a_strange_vault_tells_is_escaped(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    strange = Deleted(HOSTILE, None, None, True, HOSTILE, None)
    monkeypatch.setattr(VaultsDeleted, "list", lambda _self: iter([strange]))
    panel = listed(desk)

    take(panel, Action.RECOVER, [HOSTILE])

    said = (panel.table, panel.bar.said, panel.bar.about, panel.bar.table)
    texts = [*(each.value for each in said), panel.notice.value, panel.bar.notice.value]
    assert "<img" not in "".join(texts)
    assert "&lt;img" in panel.table.value


def test_the_steps_are_told_for_other_tools(desk: Desk) -> None:
    deleted(desk, "web")
    panel = listed(desk)
    panel.choice.value = ["web"]
    elsewhere = panel.bar.elsewhere
    elsewhere.toggle.value = True
    elsewhere.tool.value = Tool.CLI_BASH

    assert "Purge the certificate for good" in elsewhere.choice.options
    elsewhere.choice.value = "Recover the certificate"
    assert "az keyvault certificate recover" in elsewhere.copy.text


def test_a_table_is_told_what_came_back_and_tells_what_went(desk: Desk) -> None:
    deleted(desk, "a")
    sheet = Sheet()
    panel = listed(desk, sheet)

    take(panel, Action.RECOVER, ["a"])
    assert sheet.touched == {Key(opened(desk).host, "a")}
    assert names(panel) == []
    opened(desk).delete("a")
    sheet.changed()
    assert names(panel) == ["a"]


def test_what_another_panel_deletes_is_listed_beside_a_table_too(desk: Desk) -> None:
    deleted(desk, "a")
    panel = listed(desk, Sheet())
    deleted(desk, "b")
    desk.drop("b")

    assert names(panel) == ["a", "b"]


def test_another_vault_has_other_ones(desk: Desk, tmp_path: Path) -> None:
    deleted(desk, "web")
    panel = listed(desk)
    take(panel, Action.SHOW, ["web"])

    desk.open(practise(tmp_path / "other.sqlite"))

    assert panel.found == ()
    assert ends(panel) == []
    assert panel.bar.rows == ()
    assert panel.table.value == panel.bar.table.value == ""


def test_an_error_leaves_what_was_listed_before(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    deleted(desk, "web")
    panel = listed(desk)

    def broken(_self: VaultsDeleted) -> Iterator[Deleted]:
        raise VaultError("It is busy.")

    monkeypatch.setattr(VaultsDeleted, "list", broken)
    panel.button.click()

    assert "It is busy." in panel.notice.value
    assert names(panel) == ["web"]
