"""The table panel on the practice vault."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kvcsr_widgets.errors import AddressError
from kvcsr_widgets.panels import Desk, VaultTable, later
from kvcsr_widgets.panels import table as module
from kvcsr_widgets.pki.plan import CertificatePlan, KeyChoice
from kvcsr_widgets.pki.signed import read_signed
from kvcsr_widgets.practice.faults import Fault, Faults
from kvcsr_widgets.runbook.entries import Key
from kvcsr_widgets.vault.client import Vault
from kvcsr_widgets.vault.records import Bundle, Certificate, Operation
from kvcsr_widgets.vault.session import practise
from tests.panels.loops import in_a_loop, until
from tests.panels.standing import why

HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture
def faults(no_pauses: None) -> Faults:  # noqa: ARG001 - the vault is asked again at once
    return Faults()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "vaults"
    made.mkdir()
    practise(made, name="fabrikam").close()
    return made


@pytest.fixture
def desk(folder: Path, faults: Faults) -> Iterator[Desk]:
    """A desk on one of two practice vaults, with two requests in it."""
    made = Desk()
    vault = practise(folder, name="contoso", faults=faults)
    for name in ("web", "api"):
        vault.create(plan(name))
    made.open(vault)
    yield made
    made.leave()


@pytest.fixture
def table(desk: Desk) -> VaultTable:
    return VaultTable(desk)


def plan(name: str) -> CertificatePlan:
    return CertificatePlan(name=name, subject="CN=a", key=KeyChoice.EC_P256)


def opened(desk: Desk) -> Vault:
    assert desk.vault is not None
    return desk.vault


def names(table: VaultTable) -> list[str]:
    assert table.frame is not None
    return sorted(table.frame["name"])


def merge(desk: Desk, name: str) -> None:
    vault = opened(desk)
    operation = vault.operation(name)
    assert vault.authority is not None
    assert operation.csr is not None
    reply = vault.authority.sign(operation.csr.der).file("p7b")
    vault.merge(name, read_signed(reply).certificates)
    desk.finish(name)


class Counted:
    """How often the list was asked for, and which certificates."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.lists, self.names = 0, list[str]()
        pages, bundle = Vault.pages, Vault.bundle

        def listed(vault: Vault) -> Iterator[list[Certificate]]:
            self.lists += 1
            return pages(vault)

        def read(vault: Vault, name: str) -> Bundle:
            self.names.append(name)
            return bundle(vault, name)

        monkeypatch.setattr(Vault, "pages", listed)
        monkeypatch.setattr(Vault, "bundle", read)


class TestShown:
    def test_the_frame_is_the_whole_table(self, table: VaultTable) -> None:
        assert names(table) == ["api", "web"]
        assert table.frame is table.sheet.frame
        assert "2 certificates, read at" in table.notice.value

    def test_what_is_shown_is_what_the_filters_let_pass(
        self, table: VaultTable, desk: Desk
    ) -> None:
        merge(desk, "web")
        table.filters.states["pending"].value = True

        assert table.shown is not None
        assert list(table.shown["name"]) == ["api"]
        assert "1 of 2 rows" in table.filters.count.value
        assert names(table) == ["api", "web"]
        table.filters.clear_button.click()
        assert "2 of 2 rows" in table.filters.count.value

    def test_the_panel_says_where_the_frame_is(self, table: VaultTable) -> None:
        assert "table.frame is the whole table as a DataFrame" in module.OWN_ANALYSIS
        assert module.OWN_ANALYSIS in _texts(table)

    def test_a_light_one_has_neither_filters_nor_options(self, desk: Desk) -> None:
        light = VaultTable(desk, light=True)

        assert names(light) == ["api", "web"]
        assert module.OWN_ANALYSIS not in _texts(light)
        shown = list(_widgets(light))
        assert light.grid in shown
        assert not {light.filters, light.extras, light.others} & set(shown)
        assert light.tools == ()

    def test_rows_of_a_light_one_cannot_be_selected(self, desk: Desk) -> None:
        arguments = VaultTable(desk, light=True).grid.table._dt_args

        assert arguments["select"] is False
        assert [each["targets"] for each in arguments["columnDefs"] if not each.get("visible", 1)][
            :2
        ] == [0, 1]

    def test_details_are_asked_for_anew_of_another_vault(
        self, table: VaultTable, desk: Desk, folder: Path
    ) -> None:
        table.extras.details.value = table.extras.chains.value = True

        desk.open(practise(folder, name="fabrikam"))

        assert (table.extras.details.value, table.extras.chains.value) == (False, False)
        assert table.sheet.inventory is not None
        assert not table.sheet.inventory.details

    def test_an_empty_vault_says_what_to_do(self, desk: Desk, folder: Path) -> None:
        desk.open(practise(folder, name="fabrikam"))
        table = VaultTable(desk)

        assert "0 certificates, read at" in table.notice.value
        assert "01-create-the-csr.ipynb" in table.notice.value

    def test_details_are_read_when_they_are_asked_for(
        self, table: VaultTable, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        counted = Counted(monkeypatch)
        table.extras.details.value = True

        assert table.frame is not None
        assert list(table.frame["key"]) == ["EC P-256", "EC P-256"]
        assert sorted(counted.names) == ["api", "web"]
        table.extras.details.value = False
        assert "key" not in table.frame


class TestSelection:
    def test_rows_that_are_selected_are_in_hand(self, table: VaultTable, desk: Desk) -> None:
        key = Key(opened(desk).host, "web")
        table.grid.select([key])

        assert table.sheet.selected == (key,)
        assert [each.name for each in table.sheet.entries] == ["web"]

    def test_what_selects_from_elsewhere_selects_in_the_grid(
        self, table: VaultTable, desk: Desk
    ) -> None:
        key = Key(opened(desk).host, "api")
        table.sheet.select([key])
        assert list(table.grid.selected) == [key]
        table.sheet.select([])
        assert list(table.grid.selected) == []

    def test_it_survives_a_refresh(self, table: VaultTable, desk: Desk) -> None:
        key = Key(opened(desk).host, "web")
        table.sheet.select([key])
        table.button.click()
        opened(desk).delete("api")
        table.button.click()

        assert names(table) == ["web"]
        assert table.sheet.selected == (key,)


class TestChanges:
    def test_only_what_changed_is_read_again(
        self, table: VaultTable, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        counted = Counted(monkeypatch)
        merge(desk, "web")
        desk.add(opened(desk).create(plan("new")))

        assert (counted.lists, counted.names) == (0, ["web", "new"])
        assert names(table) == ["api", "new", "web"]
        assert table.frame is not None
        assert list(table.frame["state"]) == ["pending", "pending", "completed"]

    def test_an_open_request_that_the_desk_alone_has_read_is_shown(
        self, table: VaultTable, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        merge(desk, "web")
        table.button.click()
        opened(desk).create(plan("web"))
        table.button.click()
        assert table.frame is not None
        assert list(table.frame["state"]) == ["pending", "completed"], "the list does not tell"
        counted = Counted(monkeypatch)
        desk.refresh()

        assert (counted.lists, counted.names) == (1, ["web"])  # the list was the desk's
        assert list(table.frame["state"]) == ["pending", "pending"]
        table.button.click()
        found = VaultTable(desk).frame
        assert found is not None
        assert list(table.frame["state"]) == ["pending", "pending"]
        assert list(found["state"]) == ["pending", "pending"]

    def test_what_was_deleted_goes(
        self, table: VaultTable, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        counted = Counted(monkeypatch)
        opened(desk).delete("web")
        desk.drop("web")

        assert names(table) == ["api"]
        assert counted.lists == 0

    def test_who_acts_on_rows_says_which(
        self, table: VaultTable, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        counted = Counted(monkeypatch)
        opened(desk).cancel("api")
        table.sheet.changed([Key(opened(desk).host, "api")])
        assert (counted.lists, counted.names) == (0, ["api"])
        table.sheet.changed()
        assert counted.lists == 1

    def test_a_big_vault_is_not_read_again_for_nothing_that_is_known(
        self, table: VaultTable, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        counted = Counted(monkeypatch)
        desk.changed()
        assert counted.lists == 1
        monkeypatch.setattr(module, "MANY", 1)
        desk.changed()

        assert counted.lists == 1
        assert "Something may have changed" in why(table)

    def test_what_another_widget_knows_better_is_shown(self, table: VaultTable) -> None:
        found = table.sheet.inventory
        assert found is not None
        table.filters.states["pending"].value = True
        table.sheet.inventory = replace(found, entries=found.entries[:1])

        assert "1 of 1 row" in table.filters.count.value
        assert len(table.grid.update(table.sheet.inventory).rows) == 0  # the grid has it

    def test_one_that_cannot_be_read_is_said(
        self, table: VaultTable, desk: Desk, faults: Faults
    ) -> None:
        faults.add(Fault("error", operation="get_certificate", times=20))
        table.sheet.changed([Key(opened(desk).host, "unknown-yet")])

        assert names(table) == ["api", "web"]
        assert 'role="alert"' in table.notice.value


class TestVaults:
    def test_others_are_read_beside_and_closed_again(
        self, table: VaultTable, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with_one = practise(folder, name="fabrikam")
        with_one.create(plan("shop"))
        with_one.close()
        closed: list[str] = []
        close = Vault.close

        def noted(vault: Vault) -> None:
            closed.append(vault.host)
            close(vault)

        monkeypatch.setattr(Vault, "close", noted)
        table.others.inputs.siblings.value = ("fabrikam",)
        table.button.click()

        assert names(table) == ["api", "shop", "web"]
        assert list(table.sheet.vaults) == [
            "contoso.vault.practice.invalid", "fabrikam.vault.practice.invalid",
        ]  # fmt: skip
        assert closed == []
        table.others.inputs.siblings.value = ()
        table.button.click()
        assert names(table) == ["api", "web"]
        assert closed == ["fabrikam.vault.practice.invalid"]

    def test_how_to_read_them_is_said_where_there_are_some(
        self, table: VaultTable, desk: Desk
    ) -> None:
        assert table.others.hint.layout.display == ""

        desk.leave()

        assert table.others.hint.layout.display == "none"

    def test_the_same_one_is_opened_once(
        self, table: VaultTable, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked: list[str] = []
        beside = Vault.beside

        def noted(vault: Vault, name: str) -> Vault:
            asked.append(name)
            return beside(vault, name)

        monkeypatch.setattr(Vault, "beside", noted)
        table.others.inputs.siblings.value = ("fabrikam",)
        table.submit()
        table.submit()

        assert asked == ["fabrikam"]

    def test_one_that_cannot_be_is_said(
        self, table: VaultTable, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(_vault: Vault, name: str) -> Vault:
            raise AddressError(f"There is no {name}.", hint="Look.")

        monkeypatch.setattr(Vault, "beside", refuse)
        table.others.inputs.urls.value = HOSTILE
        table.submit()

        assert "There is no &lt;img" in table.notice.value
        assert "<img" not in table.notice.value
        table.others.inputs.urls.value = ",".join(f"v{number}" for number in range(21))
        table.submit()
        assert "At most 20 other vaults" in table.notice.value

    def test_a_vault_that_fails_is_a_note_and_the_rest_is_there(
        self, table: VaultTable, faults: Faults
    ) -> None:
        faults.add(Fault("error", operation="list_certificates", times=200))
        table.submit()

        assert "Not everything could be read." in table.notes.value
        assert "contoso.vault.practice.invalid: " in table.notes.value
        assert "What was read of it before is still shown." in table.notes.value
        assert table.frame is not None
        assert sorted(table.frame["name"].dropna()) == ["api", "web"]
        faults.clear()
        table.submit()
        assert table.notes.value == ""
        assert names(table) == ["api", "web"]

    def test_who_may_not_list_is_not_told_that_the_vault_is_empty(
        self, desk: Desk, folder: Path
    ) -> None:
        table = VaultTable(desk)
        later_on = practise(folder, name="contoso", role="none")
        desk.set_trait("vault", later_on)
        desk.changed()

        assert "Nothing could be read." in table.notice.value
        assert "may not be listed" in table.notes.value

    def test_after_a_wrong_name_those_that_were_open_still_are(
        self, table: VaultTable, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        table.others.inputs.siblings.value = ("fabrikam",)
        table.submit()
        there = dict(table.sheet.vaults)
        closed: list[str] = []
        table.others.inputs.siblings.value = ()
        table.others.inputs.urls.value = "no-such.example"
        with monkeypatch.context() as patched:
            patched.setattr(Vault, "close", lambda vault: closed.append(vault.host))
            table.submit()

        assert 'role="alert"' in table.notice.value
        assert closed == []
        assert table.sheet.vaults == there

    def test_what_may_not_be_read_is_a_note(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(
            "kvcsr_widgets.runbook.inventory.Inventory.missing", (f"{HOSTILE}: a role is missing.",)
        )
        desk = Desk()
        desk.open(practise(folder, name="fabrikam"))
        table = VaultTable(desk)

        assert "&lt;img src=x onerror=alert(1)&gt;: a role is missing." in table.notes.value
        desk.leave()

    def test_a_disconnect_clears(self, table: VaultTable, desk: Desk) -> None:
        table.sheet.select([Key(opened(desk).host, "web")])
        desk.leave()

        assert table.frame is None
        assert table.shown is None
        assert table.sheet.selected == ()
        assert table.sheet.vaults == {}
        assert table.filters.count.value == ""
        assert "No vault is open." in why(table)


class Gate:
    """Requests wait here until the test opens it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.open, self.waiting = threading.Event(), threading.Event()
        operation = Vault.operation

        def wait(vault: Vault, name: str) -> Operation:
            self.waiting.set()
            assert self.open.wait(10)
            return operation(vault, name)

        monkeypatch.setattr(Vault, "operation", wait)


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch, desk: Desk) -> Gate:
    assert desk.vault is not None  # which has been read by now
    monkeypatch.setattr(later, "running_loop", asyncio.get_running_loop)
    return Gate(monkeypatch)


class TestInALoop:
    def test_rows_are_there_before_their_requests(self, desk: Desk, gate: Gate) -> None:
        async def job() -> None:
            table = VaultTable(desk)
            assert table.submit() is None
            await until(lambda: table.frame is not None and len(table.frame) == 2)
            assert table.reading.busy
            assert table.frame is not None
            assert table.frame["state"].isna().all()
            gate.open.set()
            await until(lambda: not table.reading.busy)
            assert list(table.frame["state"]) == ["pending", "pending"]

        in_a_loop(job)

    def test_a_stop_keeps_the_rows_and_says_so(self, desk: Desk, gate: Gate) -> None:
        async def job() -> None:
            table = VaultTable(desk)
            await until(lambda: table.frame is not None and len(table.frame) == 2)
            table.reading.stop.click()
            await until(lambda: not table.reading.busy)
            assert "Stopped. 2 certificates were listed" in table.notice.value
            assert names(table) == ["api", "web"]
            gate.open.set()

        in_a_loop(job)

    def test_another_vault_ends_the_old_load(self, desk: Desk, gate: Gate, folder: Path) -> None:
        async def job() -> None:
            table = VaultTable(desk)
            await until(gate.waiting.is_set)
            desk.open(practise(folder, name="fabrikam"))
            await until(lambda: not table.reading.busy)
            gate.open.set()
            await asyncio.sleep(0.2)
            assert names(table) == []
            assert "0 certificates" in table.notice.value

        in_a_loop(job)

    def test_one_that_is_closed_reads_nothing_more(
        self, desk: Desk, gate: Gate, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def job() -> None:
            table = VaultTable(desk)
            await until(gate.waiting.is_set)
            before = table.sheet.inventory
            table.close()
            counted = Counted(monkeypatch)
            gate.open.set()
            desk.changed()
            await asyncio.sleep(0.2)
            assert table.sheet.inventory is before
            assert (counted.lists, counted.names) == (0, [])
            table.close()

        in_a_loop(job)

    def test_a_disconnect_ends_the_load(self, desk: Desk, gate: Gate) -> None:
        async def job() -> None:
            table = VaultTable(desk)
            await until(gate.waiting.is_set)
            desk.leave()
            gate.open.set()
            await asyncio.sleep(0.2)
            assert table.frame is None
            assert "No vault is open." in why(table)

        in_a_loop(job)

    def test_what_changes_during_a_load_is_read_after_it(self, desk: Desk, gate: Gate) -> None:
        async def job() -> None:
            table = VaultTable(desk)
            await until(gate.waiting.is_set)
            desk.add(opened(desk).create(plan("new")))
            gate.open.set()
            await until(lambda: table.frame is not None and "new" in names(table))
            await until(lambda: not table.reading.busy)
            assert names(table) == ["api", "new", "web"]

        in_a_loop(job)


def _widgets(widget: object) -> Iterator[object]:
    yield widget
    for child in getattr(widget, "children", ()):
        yield from _widgets(child)


def _texts(widget: object) -> str:
    return " ".join(str(getattr(each, "value", "")) for each in _widgets(widget))


def test_a_notebook_waits_for_no_tools_before_a_table_has_them() -> None:
    imports = "from kvcsr_widgets.panels import Desk, VaultTable"
    code = f"import sys; {imports}; VaultTable(Desk(){{}}); print(*sys.modules)"
    light, whole = (
        subprocess.run(
            [sys.executable, "-c", code.format(option)], capture_output=True, text=True, check=True
        ).stdout.split()
        for option in (", light=True", "")
    )

    assert "kvcsr_widgets.panels.merge_here" in whole
    assert "kvcsr_widgets.panels.merge" not in whole
    assert "kvcsr_widgets.panels.grid" in light
    assert not {"kvcsr_widgets.panels.actions", "kvcsr_widgets.panels.export"} & set(light)
