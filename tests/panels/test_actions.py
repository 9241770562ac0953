"""Actions on the selected rows of an inventory, driven as a browser drives them."""

from __future__ import annotations

import asyncio
import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kvcsr_widgets.errors import ForbiddenError, NotFoundError, VaultError
from kvcsr_widgets.panels import DeletedCertificates, Desk, VaultTable, csr_download, later
from kvcsr_widgets.panels.actions import RowActions
from kvcsr_widgets.panels.sheet import Sheet
from kvcsr_widgets.pki.pending import Status
from kvcsr_widgets.pki.plan import CertificatePlan, KeyChoice
from kvcsr_widgets.pki.signed import read_signed
from kvcsr_widgets.practice.clock import MovableClock
from kvcsr_widgets.runbook import handed_over
from kvcsr_widgets.runbook.acting import End, act
from kvcsr_widgets.runbook.commands import Tool
from kvcsr_widgets.runbook.entries import Key
from kvcsr_widgets.runbook.inventory import load
from kvcsr_widgets.runbook.rows import Action
from kvcsr_widgets.vault.client import Vault
from kvcsr_widgets.vault.records import Operation
from kvcsr_widgets.vault.session import practise
from tests.panels.loops import in_a_loop
from tests.panels.uploads import choose

HOSTILE = "<img src=x onerror=alert(1)>"
PLAN = CertificatePlan("web", "CN=www.contoso.com", key=KeyChoice.EC_P256)

pytestmark = pytest.mark.usefixtures("no_pauses")


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def desk(tmp_path: Path, clock: MovableClock) -> Iterator[Desk]:
    """A desk on one of two practice vaults."""
    (tmp_path / "vaults").mkdir()
    made = Desk()
    made.open(practise(tmp_path / "vaults", name="contoso", clock=clock))
    yield made
    made.leave()


@pytest.fixture
def second(desk: Desk, tmp_path: Path) -> Iterator[Vault]:
    assert desk.vault is not None
    opened_too = practise(tmp_path / "vaults", name="fabrikam")
    yield opened_too
    opened_too.close()


@pytest.fixture
def sheet() -> Sheet:
    return Sheet()


@pytest.fixture
def panel(desk: Desk, sheet: Sheet) -> RowActions:
    return RowActions(desk, sheet)


def opened(desk: Desk) -> Vault:
    assert isinstance(desk.vault, Vault)
    return desk.vault


def create(vault: Vault, *names: str) -> None:
    for name in names:
        vault.create(replace(PLAN, name=name))


def reply(vault: Vault, name: str) -> bytes:
    operation = vault.operation(name)
    assert vault.authority is not None
    assert operation.csr is not None
    return vault.authority.sign(operation.csr.der).file("p7b")


def issue(vault: Vault, *names: str) -> None:
    create(vault, *names)
    for name in names:
        vault.merge(name, read_signed(reply(vault, name)).certificates)


def show(sheet: Sheet, *vaults: Vault, details: bool = False) -> None:
    """What a table does: read the vaults, with every row selected."""
    sheet.vaults = {vault.host: vault for vault in vaults}
    sheet.inventory = load(vaults, details=details)
    sheet.select(entry.key for entry in sheet.inventory.entries)


def take(panel: RowActions, action: Action, typed: str = "") -> None:
    """Choose an action and press its button; what destroys needs something typed."""
    bar = panel.bar
    bar.choice.value = action
    if typed:
        bar.confirm.typed.value = typed
        assert not bar.confirm.button.disabled
        bar.confirm.button.click()
    else:
        assert bar.button.layout.display == ""
        assert not bar.button.disabled
        bar.button.click()


def shown(panel: RowActions) -> str:
    """Everything that is said."""
    bar = panel.bar
    return f"{bar.said.value}{bar.about.value}{bar.notice.value}{bar.table.value}"


def ends(panel: RowActions) -> list[End]:
    return [result.end for result in panel.results]


def options(panel: RowActions) -> list[str]:
    return [label for label, _action in panel.bar.choice.options]


def test_without_a_row_nothing_is_offered(panel: RowActions) -> None:
    assert "Select rows" in panel.bar.said.value
    assert options(panel) == []
    hidden = (panel.bar.choice, panel.bar.button, panel.bar.confirm, panel.csr.download)
    assert all(widget.layout.display == "none" for widget in (*hidden, panel.merge))
    panel.submit()
    assert ends(panel) == []


def test_each_action_is_offered_with_the_number_of_its_rows(
    desk: Desk, sheet: Sheet, panel: RowActions
) -> None:
    create(opened(desk), "a", "b")
    issue(opened(desk), "c")
    show(sheet, opened(desk))

    assert "Selected: “a”, “b”, “c”." in panel.bar.said.value
    assert options(panel) == [
        "Show: 3 of 3",
        "Download CSR: 3 of 3",
        "Open in merge: 0 of 3",
        "New version: 1 of 3",
        "Enable: 0 of 3",
        "Disable: 1 of 3",
        "Cancel the request: 2 of 3",
        "Recover: 0 of 3",
        "Delete the request: 3 of 3",
        "Delete the certificate: 1 of 3",
        "Purge for good: 0 of 3",
    ]
    panel.bar.choice.value = Action.CANCEL
    assert panel.bar.button.description == "Cancel the request: 2 of 3"
    assert "The service is asked" in panel.bar.about.value
    assert "“c”" in panel.bar.about.value
    assert "there is nothing to cancel" in panel.bar.about.value


def test_what_applies_to_no_row_cannot_be_pressed(
    desk: Desk, sheet: Sheet, panel: RowActions
) -> None:
    create(opened(desk), "web")
    show(sheet, opened(desk))

    panel.bar.choice.value = Action.RECOVER

    assert panel.bar.button.disabled
    assert "a view of their own" in panel.bar.about.value
    panel.submit()
    assert ends(panel) == []


def test_each_row_has_its_result_in_a_table(
    desk: Desk, sheet: Sheet, panel: RowActions, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault, cancel = opened(desk), Vault.cancel
    create(vault, "a", "b", "c")
    show(sheet, vault)
    vault.delete_operation("c")

    def refused(self: Vault, name: str) -> Operation:
        if name == "b":
            raise ForbiddenError("You may not.", hint=f"Ask for update. {HOSTILE}")
        return cancel(self, name)

    monkeypatch.setattr(Vault, "cancel", refused)
    take(panel, Action.CANCEL)

    assert ends(panel) == [End.DONE, End.FAILED, End.NOTHING]
    assert "Cancel the request: 1 done, 1 nothing done, 1 failed." in panel.bar.notice.value
    assert "The table says why." in panel.bar.notice.value
    table = panel.bar.table.value
    assert table.count("<tr>") == 4
    assert "You may not. Ask for update." in table
    assert "somebody has deleted it" in table
    assert "<img" not in shown(panel)


def test_one_row_is_told_in_full(desk: Desk, sheet: Sheet, panel: RowActions) -> None:
    create(opened(desk), "web")
    show(sheet, opened(desk))

    take(panel, Action.CANCEL)

    assert "The vault was asked to cancel the request of “web”." in panel.bar.notice.value
    assert "Its key is kept." in panel.bar.notice.value
    assert panel.bar.table.value == ""


def test_what_was_done_is_not_offered_again(desk: Desk, sheet: Sheet, panel: RowActions) -> None:
    """That it does not apply any more would read as if it had failed."""
    vault = opened(desk)
    create(vault, "web", "other")
    vault.cancel("other")
    sheet.vaults, sheet.inventory = {vault.host: vault}, load(vault)
    sheet.select([Key(vault.host, "web")])
    take(panel, Action.CANCEL)
    sheet.inventory = load(vault)

    assert panel.bar.choice.value is Action.SHOW
    assert "It does not apply" not in shown(panel)
    panel.bar.choice.value = Action.CANCEL
    assert "being cancelled already" in shown(panel)
    sheet.inventory = load(vault)
    assert panel.bar.choice.value is Action.CANCEL, "somebody asks for it"


def test_an_error_of_one_row_is_told_with_what_support_needs(
    desk: Desk, sheet: Sheet, panel: RowActions, monkeypatch: pytest.MonkeyPatch
) -> None:
    create(opened(desk), "web")
    show(sheet, opened(desk))

    def broken(*_args: object) -> None:
        raise VaultError("It did not work.", service_text="Odd.", request_id="4711")

    monkeypatch.setattr(Vault, "cancel", broken)
    take(panel, Action.CANCEL)

    assert "It did not work." in panel.bar.notice.value
    assert panel.bar.notice.copy is not None
    assert "4711" in panel.bar.notice.copy.text


def test_one_deletion_needs_the_name(desk: Desk, sheet: Sheet, panel: RowActions) -> None:
    create(opened(desk), "web")
    show(sheet, opened(desk))
    panel.bar.choice.value = Action.DELETE_REQUEST

    assert "destroys the key of one request" in panel.bar.about.value
    assert "type “web” below" in panel.bar.about.value
    assert panel.bar.button.layout.display == "none"
    panel.submit()
    panel.bar.confirm.typed.value = "wep"
    panel.bar.confirm.submit()
    assert opened(desk).operation("web").status is Status.IN_PROGRESS

    take(panel, Action.DELETE_REQUEST, "web")
    with pytest.raises(NotFoundError):
        opened(desk).operation("web")
    assert panel.bar.confirm.typed.value == "", "the next one is confirmed anew"


def test_several_deletions_need_their_number(desk: Desk, sheet: Sheet, panel: RowActions) -> None:
    issue(opened(desk), "a", "b")
    create(opened(desk), "c")
    show(sheet, opened(desk))
    panel.bar.choice.value = Action.DELETE

    assert panel.bar.confirm.button.description == "Delete the certificate: 2 of 3"
    panel.bar.confirm.typed.value = "3"
    panel.bar.confirm.submit()
    assert ends(panel) == []
    take(panel, Action.DELETE, "2")

    assert ends(panel) == [End.DONE] * 2
    assert opened(desk).deleted.get("a").name == "a"
    assert "It can be recovered until" in panel.bar.table.value
    assert "“Deleted certificates”" in panel.bar.table.value


def test_another_selection_takes_the_confirmation_back(
    desk: Desk, sheet: Sheet, panel: RowActions
) -> None:
    create(opened(desk), "a", "b")
    show(sheet, opened(desk))
    panel.bar.choice.value = Action.DELETE_REQUEST
    panel.bar.confirm.typed.value = "2"

    sheet.select([Key(opened(desk).host, "a")])
    assert panel.bar.choice.value is Action.DELETE_REQUEST
    assert panel.bar.confirm.typed.value == ""
    panel.bar.confirm.submit()
    assert opened(desk).operation("a").status is Status.IN_PROGRESS


def test_the_same_rows_read_again_leave_what_is_being_typed(
    desk: Desk, sheet: Sheet, panel: RowActions
) -> None:
    create(opened(desk), "a", "b")
    show(sheet, opened(desk))
    panel.bar.choice.value = Action.DELETE_REQUEST
    panel.bar.confirm.typed.value = "2"

    sheet.inventory = load(opened(desk))

    assert panel.bar.confirm.typed.value == "2"


def test_the_table_is_told_which_rows_have_changed(
    desk: Desk, sheet: Sheet, panel: RowActions
) -> None:
    create(opened(desk), "a", "b")
    issue(opened(desk), "c")
    show(sheet, opened(desk))
    before = sheet.revision

    take(panel, Action.SHOW)
    take(panel, Action.DOWNLOAD)
    assert sheet.revision == before, "what only looks changes nothing"
    take(panel, Action.CANCEL)

    assert sheet.revision == before + 1
    assert sheet.touched == {Key(opened(desk).host, name) for name in ("a", "b")}
    assert len(sheet.selected) == 3, "what was selected still is"


def test_another_table_of_the_desk_is_told_of_all_rows_at_once(
    desk: Desk, sheet: Sheet, panel: RowActions
) -> None:
    create(opened(desk), "a", "b", "c")
    desk.refresh()
    other = VaultTable(desk, light=True)
    show(sheet, opened(desk))
    sheet.select(sheet.selected[:2])
    before = desk.revision

    take(panel, Action.CANCEL)

    assert desk.revision == before + 1
    assert desk.touched == {"a", "b"}
    found = other.sheet.inventory
    assert found is not None
    cancelled = [each.operation and each.operation.cancellation_requested for each in found.entries]
    assert cancelled == [True, True, False]


def test_the_desk_has_the_requests_as_they_are_now(
    desk: Desk, sheet: Sheet, panel: RowActions
) -> None:
    vault = opened(desk)
    create(vault, "a", "b", "c")
    desk.refresh()
    desk.selected = "b"
    show(sheet, vault)
    sheet.select([Key(vault.host, "a"), Key(vault.host, "b")])

    take(panel, Action.CANCEL)
    assert desk.selected == "b"
    assert [o.cancellation_requested for o in desk.operations] == [True, True, False]
    assert desk.operations[0] == vault.operation("a")

    sheet.inventory = load(vault)
    take(panel, Action.DELETE_REQUEST, "2")
    assert [o.name for o in desk.operations] == ["c"]
    assert desk.selected == ""


def test_a_new_version_is_taken_in_hand(desk: Desk, sheet: Sheet, panel: RowActions) -> None:
    vault = opened(desk)
    issue(vault, "web")
    create(vault, "other", "third")
    desk.refresh()
    show(sheet, vault)
    sheet.select([Key(vault.host, "web")])

    take(panel, Action.NEW_VERSION)

    assert desk.selected == "web"
    assert desk.current is not None
    assert desk.plan_of(desk.current) is not None


def test_the_rows_of_another_vault_leave_the_desk_alone(
    desk: Desk, sheet: Sheet, panel: RowActions, second: Vault
) -> None:
    create(opened(desk), "web")
    create(second, "web")
    desk.refresh()
    show(sheet, opened(desk), second)
    before = desk.operations
    assert "Selected in 2 vaults: " in panel.bar.said.value
    sheet.select([Key(second.host, "web")])

    take(panel, Action.CANCEL)

    assert second.operation("web").cancellation_requested
    assert not opened(desk).operation("web").cancellation_requested
    assert desk.operations == before


def test_results_of_several_vaults_name_them(
    desk: Desk, sheet: Sheet, panel: RowActions, second: Vault
) -> None:
    create(opened(desk), "web")
    create(second, "web")
    show(sheet, opened(desk), second)

    take(panel, Action.CANCEL)

    assert opened(desk).host in panel.bar.table.value
    assert second.host in panel.bar.table.value


def test_all_that_is_known_is_shown_and_escaped(
    desk: Desk, sheet: Sheet, panel: RowActions
) -> None:
    vault = opened(desk)
    vault.create(replace(PLAN, tags={"note": HOSTILE}))
    vault.merge("web", read_signed(reply(vault, "web")).certificates)
    create(vault, "api")
    show(sheet, vault)

    take(panel, Action.SHOW)

    table = panel.bar.table.value
    assert vault.certificate("web").thumbprint in table
    assert "CSR: SHA-256 of the public key" in table
    assert "Its policy" in table
    assert "&lt;img" in table
    assert "<img" not in table


def test_only_some_are_shown_with_all_their_facts(
    desk: Desk, sheet: Sheet, panel: RowActions
) -> None:
    create(opened(desk), *(f"web{number:02}" for number in range(22)))
    show(sheet, opened(desk))

    take(panel, Action.SHOW)

    assert options(panel)[0] == "Show: 20 of 22"
    assert "20 are shown at a time: select fewer." in panel.bar.about.value
    assert len(panel.results) == 20
    assert panel.bar.table.value.count("CSR: SHA-256 of the public key") == 20


def test_one_csr_is_a_file_and_it_is_remembered_that_it_left(
    desk: Desk, sheet: Sheet, panel: RowActions
) -> None:
    vault = opened(desk)
    create(vault, "web")
    show(sheet, vault)

    take(panel, Action.DOWNLOAD)

    download, csr = panel.csr.download, vault.operation("web").csr
    assert csr is not None
    assert download.layout.display == ""
    file = panel.csr.file()
    assert file is not None
    assert (file.filename, file.content) == ("web.csr", csr.pem.encode())
    assert download.label == "Save web.csr"
    assert "It is not saved yet." in panel.csr.notice.value
    assert handed_over.read().of(vault.host, "web") is None, "not before it is saved"
    download.saved += 1
    sent = handed_over.read().of(vault.host, "web")
    assert sent is not None
    assert sent.key == csr.fingerprint
    assert "Remembered" in panel.csr.notice.value


def test_several_csrs_are_one_zip_with_safe_names(
    desk: Desk, sheet: Sheet, panel: RowActions, second: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    create(opened(desk), "web", "-x", "con")
    create(second, "web")
    show(sheet, opened(desk), second)

    take(panel, Action.DOWNLOAD)

    download = panel.csr.download
    assert download.label == "Save certificate-requests.zip"
    file = panel.csr.file()
    assert file is not None
    assert file.filename == "certificate-requests.zip"
    assert file.content not in download.get_state().values(), "a notebook may save it"
    with zipfile.ZipFile(io.BytesIO(file.content)) as archive:
        here, there = opened(desk).host, second.host
        assert set(archive.namelist()) == {
            *(f"{here}/{name}.csr" for name in ("web", "certificate-x", "certificate-con")),
            f"{there}/web.csr",
        }
        csr = second.operation("web").csr
        assert csr is not None
        assert archive.read(f"{there}/web.csr").decode() == csr.pem
    download.saved += 1
    assert len(handed_over.read().kept) == 4
    assert "Remembered that all 4 left" in panel.csr.notice.value
    monkeypatch.setattr(csr_download, "MAX_KEPT", 3)
    download.saved += 1
    assert "Remembered that the last 3 of 4 left" in panel.csr.notice.value


def test_what_was_read_before_is_not_offered_after_another_action(
    desk: Desk, sheet: Sheet, panel: RowActions
) -> None:
    create(opened(desk), "web")
    show(sheet, opened(desk))
    take(panel, Action.DOWNLOAD)

    take(panel, Action.CANCEL)

    assert panel.csr.download.layout.display == "none"
    panel.csr.download.saved += 1
    assert handed_over.read().kept == {}


def test_a_waiting_request_is_merged_right_below(
    desk: Desk, sheet: Sheet, panel: RowActions
) -> None:
    vault = opened(desk)
    create(vault, "web", "other")
    show(sheet, vault)
    sheet.select([Key(vault.host, "web")])

    assert panel.merge.panel is None, "it is made when it is asked for"
    take(panel, Action.MERGE)

    merge = panel.merge.panel
    assert merge is not None
    assert panel.merge.layout.display == ""
    assert desk.selected == "web"
    assert merge.picker.value == "web"
    choose(merge.input.upload, ("web.p7b", reply(vault, "web")))
    assert merge.submit() is not None
    assert vault.certificate("web").thumbprint
    panel.merge.button.click()
    assert panel.merge.layout.display == "none"


def test_the_merge_is_opened_again_with_the_same_panel(
    desk: Desk, sheet: Sheet, panel: RowActions
) -> None:
    create(opened(desk), "web")
    show(sheet, opened(desk))
    take(panel, Action.MERGE)
    first = panel.merge.panel

    panel.merge.button.click()
    take(panel, Action.MERGE)

    assert panel.merge.panel is first
    assert panel.merge.layout.display == ""


def test_a_request_that_waits_no_more_is_not_opened(
    desk: Desk, sheet: Sheet, panel: RowActions
) -> None:
    create(opened(desk), "web")
    show(sheet, opened(desk))
    opened(desk).delete_operation("web")

    take(panel, Action.MERGE)

    assert panel.merge.panel is None
    assert "somebody has deleted it" in panel.bar.notice.value


def test_what_lies_in_another_vault_is_merged_there(
    desk: Desk, sheet: Sheet, panel: RowActions, second: Vault
) -> None:
    create(second, "web")
    show(sheet, opened(desk), second)

    panel.bar.choice.value = Action.MERGE

    assert f"It is in {second.host}: connect to that vault" in panel.bar.about.value
    assert panel.bar.button.disabled


def test_one_request_is_merged_at_a_time(desk: Desk, sheet: Sheet, panel: RowActions) -> None:
    create(opened(desk), "a", "b")
    show(sheet, opened(desk))

    panel.bar.choice.value = Action.MERGE

    assert "One request is merged at a time: select one row." in panel.bar.about.value
    assert panel.bar.button.disabled


def test_the_steps_for_other_tools_are_those_of_one_row(
    desk: Desk, sheet: Sheet, panel: RowActions, clock: MovableClock
) -> None:
    vault = opened(desk)
    create(vault, "web")
    vault.cancel("web")
    clock.advance(11)
    create(vault, "api")
    show(sheet, vault, details=True)
    elsewhere = panel.bar.elsewhere
    assert elsewhere.layout.display == "none"

    sheet.select([Key(vault.host, "web")])
    elsewhere.toggle.value = True
    assert elsewhere.choice.options == (
        "Look at the certificate",
        "Download the CSR",
        "Create a new version",
        "Delete the request, with its key",
        "Delete the certificate",
    )
    elsewhere.tool.value = Tool.PYTHON
    elsewhere.choice.value = "Delete the certificate"
    assert "begin_delete_certificate('web')" in elsewhere.copy.text.replace('"', "'")
    assert vault.url.rstrip("/") in elsewhere.copy.text


def test_another_vault_takes_everything_away(
    desk: Desk, sheet: Sheet, panel: RowActions, tmp_path: Path
) -> None:
    create(opened(desk), "web")
    show(sheet, opened(desk))
    take(panel, Action.DOWNLOAD)
    take(panel, Action.MERGE)

    desk.open(practise(tmp_path / "other.sqlite"))
    sheet.vaults, sheet.inventory = {}, None

    assert ends(panel) == []
    assert panel.bar.rows == ()
    assert panel.bar.notice.value == panel.bar.table.value == ""
    assert panel.csr.download.layout.display == panel.merge.layout.display == "none"


def test_it_goes_on_in_the_background_and_can_be_stopped(
    desk: Desk, sheet: Sheet, panel: RowActions, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"web{number:02}" for number in range(20)]
    create(opened(desk), *names)
    show(sheet, opened(desk))
    panel.bar.choice.value = Action.CANCEL
    monkeypatch.setattr(later, "running_loop", asyncio.get_running_loop)

    async def run() -> None:
        panel.submit()
        assert panel.bar.working.busy
        assert panel.bar.button.disabled
        assert panel.bar.choice.disabled
        panel.submit()
        assert "at work already" in panel.bar.notice.value
        panel.bar.working.stop.click()
        while panel.bar.working.busy:  # noqa: ASYNC110 - its end is heard nowhere else
            await asyncio.sleep(0.01)

    in_a_loop(run)

    asked = [n for n in names if opened(desk).operation(n).cancellation_requested]
    assert len(asked) == len(panel.results) < 20
    assert f"nothing was begun with {20 - len(asked)}" in panel.bar.notice.value
    assert not panel.bar.button.disabled


def test_results_of_a_vault_that_was_left_are_not_shown(
    desk: Desk, sheet: Sheet, panel: RowActions, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    create(opened(desk), "web")
    show(sheet, opened(desk))

    def left_meanwhile(*args: object, **more: object) -> object:
        results = act(*args, **more)  # type: ignore[arg-type]
        desk.open(practise(tmp_path / "other.sqlite"))
        return results

    monkeypatch.setattr("kvcsr_widgets.panels.action_bar.act", left_meanwhile)
    before = sheet.revision
    take(panel, Action.CANCEL)

    assert ends(panel) == []
    assert panel.bar.notice.value == ""
    assert sheet.revision == before


def test_a_table_shows_what_was_done(desk: Desk) -> None:
    vault = opened(desk)
    create(vault, "a", "b")
    issue(vault, "c")
    desk.refresh()
    table = VaultTable(desk)
    panel = RowActions(desk, table.sheet)
    keys = {name: Key(vault.host, name) for name in "abc"}
    table.sheet.select(keys.values())

    take(panel, Action.CANCEL)
    assert table.sheet.inventory is not None
    operations = [entry.operation for entry in table.sheet.inventory.entries]
    assert [o.cancellation_requested if o else None for o in operations] == [True, True, None]
    assert table.sheet.selected == tuple(keys.values())

    table.sheet.select([keys["c"]])
    take(panel, Action.DELETE, "c")
    assert [entry.name for entry in table.sheet.inventory.entries] == ["a", "b"]
    assert panel.bar.rows == ()
    assert "It can be recovered until" in panel.bar.notice.value
    view = DeletedCertificates(desk, table.sheet)
    view.submit()
    view.choice.value = ["c"]
    view.bar.submit()
    assert [entry.name for entry in table.sheet.inventory.entries] == ["a", "b", "c"]
