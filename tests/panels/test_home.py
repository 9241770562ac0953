"""The home finder's panel, driven as a browser drives it but without one."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import ipywidgets as w
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from kvcsr_widgets.errors import BusyError, RefusedError
from kvcsr_widgets.panels import Desk, HomeFinder, home_table, later
from kvcsr_widgets.panels.shortened import short
from kvcsr_widgets.pki.pending import Status
from kvcsr_widgets.pki.plan import CertificatePlan, KeyChoice
from kvcsr_widgets.pki.signed import read_signed
from kvcsr_widgets.practice.faults import Fault, Faults
from kvcsr_widgets.runbook import handed_over, merging
from kvcsr_widgets.runbook.handed_over import HandedOver
from kvcsr_widgets.vault.client import Vault
from kvcsr_widgets.vault.records import Operation
from kvcsr_widgets.vault.session import SignIn, connect, practise
from tests import certificates
from tests.panels import uploads
from tests.panels.loops import play
from tests.panels.standing import why

HOSTILE = "<img src=x onerror=alert(1)>.cer"

pytestmark = pytest.mark.usefixtures("no_pauses")


@pytest.fixture(autouse=True)
def no_pauses_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merging, "PAUSES", (0,))


@pytest.fixture
def faults() -> Faults:
    return Faults()


@pytest.fixture
def desk(tmp_path: Path, faults: Faults) -> Iterator[Desk]:
    """A desk on one of two practice vaults."""
    folder = tmp_path / "vaults"
    folder.mkdir()
    practise(folder, name="fabrikam").close()
    made = Desk()
    made.open(practise(folder, name="contoso", faults=faults))
    yield made
    made.leave()


@pytest.fixture
def other(desk: Desk, tmp_path: Path) -> Iterator[Vault]:
    assert desk.vault is not None
    opened = practise(tmp_path / "vaults", name="fabrikam")
    yield opened
    opened.close()


@pytest.fixture
def panel(desk: Desk) -> HomeFinder:
    return HomeFinder(desk)


def opened(desk: Desk) -> Vault:
    assert isinstance(desk.vault, Vault)
    return desk.vault


def create(vault: Vault, name: str) -> Operation:
    return vault.create(CertificatePlan(name, f"CN={name}", key=KeyChoice.EC_P256))


def sign(vault: Vault, operation: Operation, *, days: int = 90) -> bytes:
    assert vault.authority is not None
    assert operation.csr is not None
    return vault.authority.sign(operation.csr.der, days=days).file("p7b")


def reply(vault: Vault, name: str) -> bytes:
    return sign(vault, create(vault, name))


def choose(panel: HomeFinder, files: dict[str, bytes]) -> None:
    """Choose files as the browser does."""
    uploads.choose(panel.where.upload, *files.items())


def row(panel: HomeFinder, filename: str) -> list[str]:
    """The cells of a file's line in the table."""
    lines = re.findall("<tr>(.*?)</tr>", str(panel.table.value))
    found = [re.findall("<td[^>]*>(.*?)</td>", line) for line in lines]
    return next(
        [unescape(cell) for cell in cells] for cells in found if cells and cells[0] == filename
    )


def shown(widget: Any) -> bool:
    return bool(widget.layout.display != "none")


def test_without_a_vault_nothing_is_offered(panel: HomeFinder, desk: Desk) -> None:
    desk.leave()

    assert panel.button.disabled
    assert "No vault is open." in why(panel)
    assert not any(
        shown(each) for each in (panel.working.stop, panel.working.progress, panel.merge_button)
    )
    panel.submit()
    assert "No vault is open." in panel.notice.value


def test_without_a_file_it_says_what_to_choose(panel: HomeFinder) -> None:
    panel.button.click()

    assert "There is no file to look for." in panel.notice.value


def test_a_heap_is_found_and_merged_with_one_confirmation(panel: HomeFinder, desk: Desk) -> None:
    vault = opened(desk)
    files = {f"{name}.p7b": reply(vault, name) for name in ("web", "mail", "shop")}
    create(vault, "waiting")
    desk.refresh()
    choose(panel, files | {"page.cer": b"<!doctype html>", "odd.cer": certificates.leaf().pem})

    panel.button.click()

    assert "3 replies can be merged." in panel.notice.value
    assert "The rest: 1 belongs to no request, 1 cannot be read." in panel.notice.value
    assert row(panel, "mail.p7b")[2:] == ["“mail”, waits for the CA", ""]
    assert row(panel, "odd.cer")[2:] == ["", "No request that was read has its key."]
    assert "is a web page" in row(panel, "page.cer")[3]
    assert panel.merge_button.description == "Merge 3 replies"
    assert not panel.merge_button.disabled
    assert vault.operation("web").status is Status.IN_PROGRESS

    panel.merge_button.click()

    assert "Merged: 3 replies." in panel.result.value
    assert "No more replies can be merged." in panel.notice.value
    assert "The rest: 1 belongs to no request, 1 cannot be read." in panel.notice.value
    assert row(panel, "mail.p7b")[2:] == ["“mail”", "", "Merged."]
    assert panel.table.value.count(">Merged.<") == 3
    assert not shown(panel.merge_button)
    assert [vault.operation(name).status for name in ("web", "mail", "shop")] == [
        Status.COMPLETED
    ] * 3
    assert [each.name for each in desk.requests] == ["waiting"]  # the desk was refreshed


def test_a_request_that_was_made_again_since_its_csr_left_is_told(
    panel: HomeFinder, desk: Desk, other: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault = opened(desk)
    here, there = reply(vault, "web"), reply(other, "web")
    made = vault.operation("web").csr
    assert made is not None
    earlier = HandedOver({f"{vault.host}/web": ["0" * 64, made.fingerprint]})
    monkeypatch.setattr(handed_over, "read", lambda: earlier)
    panel.where.others.siblings.value = ("fabrikam",)
    choose(panel, {"here.p7b": here, "there.p7b": there})

    panel.button.click()

    told = {
        each.home.vault: {finding.code for finding in each.ticks}
        for each in panel.found.matches
        if each.home
    }
    assert told == {vault.host: {"request-remade"}, other.host: set()}


def test_a_folder_is_read(panel: HomeFinder, desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "replies").mkdir()
    (tmp_path / "replies" / "web.p7b").write_bytes(reply(opened(desk), "web"))
    (tmp_path / "replies" / "gone.cer").symlink_to(tmp_path / "nowhere")
    panel.where.folder.value = str(tmp_path / "replies")

    panel.button.click()

    assert "1 reply can be merged." in panel.notice.value
    assert "gone.cer: No such file" in panel.notes.value
    assert panel.merge_button.description == "Merge 1 reply"


def test_a_folder_that_is_none_is_said(panel: HomeFinder) -> None:
    panel.where.folder.value = f"/nowhere/{HOSTILE}"

    panel.button.click()

    assert "is no folder on this machine" in panel.notice.value
    assert "on the computer where JupyterLab runs" in panel.notice.value
    assert "<img" not in panel.notice.value
    assert not panel.working.background.busy


def test_what_stands_out_is_merged_only_when_ticked(panel: HomeFinder, desk: Desk) -> None:
    vault = opened(desk)
    operation = create(vault, "web")
    choose(panel, {"old.p7b": sign(vault, operation, days=0), "mail.p7b": reply(vault, "mail")})

    panel.button.click()

    assert panel.merge_button.description == "Merge 1 reply"
    assert panel.knowingly.description == "Merge also the one reply where something stands out"
    panel.knowingly.value = True
    assert panel.merge_button.description == "Merge 2 replies"
    panel.merge_button.click()
    assert [vault.operation(name).status for name in ("web", "mail")] == [Status.COMPLETED] * 2
    assert not shown(panel.knowingly)


def test_nothing_is_merged_where_all_stands_out_and_nothing_is_ticked(
    panel: HomeFinder, desk: Desk
) -> None:
    vault = opened(desk)
    choose(panel, {"old.p7b": sign(vault, create(vault, "web"), days=0)})
    panel.button.click()

    assert panel.merge_button.disabled
    panel.merge()
    assert "There is nothing to merge." in panel.result.value
    assert vault.operation("web").status is Status.IN_PROGRESS


def test_what_is_chosen_is_shown_and_can_be_cleared(panel: HomeFinder) -> None:
    assert not shown(panel.where.clear_button)
    choose(panel, {HOSTILE: b"", **{f"{n}.cer": b"" for n in range(10)}})

    assert "Chosen: &lt;img" in panel.where.chosen.value
    assert "8.cer and 1 more" in panel.where.chosen.value
    panel.where.folder.value = "/replies"
    panel.where.clear_button.click()

    assert panel.where.chosen.value == panel.where.folder.value == ""
    assert not shown(panel.where.clear_button)
    panel.button.click()
    assert "There is no file to look for." in panel.notice.value


def test_what_fits_no_request_that_waits_says_why(panel: HomeFinder, desk: Desk) -> None:
    vault = opened(desk)
    web = create(vault, "web")
    twice = {f"{days}.p7b": sign(vault, web, days=days) for days in (80, 90)}
    mail = create(vault, "mail")
    first, second = sign(vault, mail, days=80), sign(vault, mail, days=90)
    vault.merge("mail", read_signed(first).certificates)
    shop = reply(vault, "shop")
    leaf = read_signed(shop).certificates[0].public_bytes(Encoding.DER)
    choose(panel, twice | {"late.p7b": second, "shop.p7b": shop, "bare.cer": leaf})

    panel.button.click()

    thumbprint = short(vault.certificate("mail").thumbprint)
    assert row(panel, "80.p7b")[2:] == [
        "“web”, waits for the CA",
        "2 different certificates are for this request: merge the right one in the panel Merge "
        "above.",
    ]
    assert row(panel, "late.p7b")[2:] == [
        "“mail”, completed",
        f"Completed with another certificate: thumbprint {thumbprint}.",
    ]
    assert row(panel, "bare.cer")[3] == (
        "Same certificate as “shop.p7b”: that file is the one to merge."
    )
    for part in (
        "1 for a request completed with another certificate",
        "2 for a request that has several replies",
        "1 the same again",
    ):
        assert part in panel.notice.value


def test_the_focus_goes_to_what_can_be_done_next(
    panel: HomeFinder, desk: Desk, faults: Faults, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The button that had the focus is off while it merges, and gone once all is merged."""
    focused: list[w.Widget] = []
    monkeypatch.setattr(w.DOMWidget, "focus", lambda widget: focused.extend([widget]))
    choose(panel, {f"{name}.p7b": reply(opened(desk), name) for name in ("web", "mail")})
    panel.button.click()
    faults.add(Fault("drop-before", operation="merge"))

    panel.merge_button.click()
    assert focused == [panel.merge_button]
    panel.merge_button.click()

    assert focused == [panel.merge_button, panel.clear_button]
    assert shown(panel.clear_button)


def test_the_list_is_cleared_for_the_next_heap(panel: HomeFinder, desk: Desk) -> None:
    choose(panel, {"web.p7b": reply(opened(desk), "web")})
    panel.button.click()
    assert not shown(panel.clear_button)
    panel.merge_button.click()

    panel.clear_button.click()

    assert panel.table.value == panel.notice.value == panel.result.value == ""
    assert panel.where.chosen.value == ""
    assert not shown(panel.clear_button)


def test_an_error_has_its_row_and_can_be_tried_again(
    panel: HomeFinder, desk: Desk, faults: Faults
) -> None:
    vault = opened(desk)
    choose(panel, {f"{name}.p7b": reply(vault, name) for name in ("web", "mail")})
    panel.button.click()
    faults.add(Fault("drop-before", operation="merge"))

    panel.merge_button.click()

    assert "Merged: 1 reply. Not merged: 1." in panel.result.value
    assert "still waits" in panel.table.value
    assert panel.merge_button.description == "Merge 1 reply"
    panel.merge_button.click()
    assert panel.table.value.count(">Merged.<") == 2
    assert not shown(panel.merge_button)


def test_a_refusal_that_nobody_knows_has_its_own_words_in_its_row(
    panel: HomeFinder, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault = opened(desk)
    choose(panel, {"web.p7b": reply(vault, "web")})
    panel.button.click()

    def refused(*_args: object) -> None:
        raise RefusedError("The vault refused this.", service_text=HOSTILE, status=400)

    monkeypatch.setattr(Vault, "merge", refused)
    panel.merge_button.click()

    assert "Not merged. The vault refused this. In its own words:" in panel.table.value
    assert "<img" not in panel.table.value
    assert "below" not in panel.table.value


def test_a_lost_answer_is_told_in_its_row(panel: HomeFinder, desk: Desk, faults: Faults) -> None:
    choose(panel, {"web.p7b": reply(opened(desk), "web")})
    panel.button.click()
    faults.add(Fault("drop-after", operation="merge"))

    panel.merge_button.click()

    assert "answer was lost on the way" in panel.table.value
    assert "Merged: 1 reply." in panel.result.value


def test_what_differs_in_the_vault_is_told_in_its_row(
    panel: HomeFinder, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault = opened(desk)
    choose(panel, {"web.p7b": reply(vault, "web")})
    panel.button.click()
    placeholder = vault.certificate("web")
    monkeypatch.setattr(vault, "certificate", lambda _name: placeholder)

    panel.merge_button.click()

    assert "1 differs in the vault from what was expected." in panel.result.value
    assert "Thumbprint is , expected was" in panel.table.value


def test_other_practice_vaults_are_searched_and_closed_again(
    panel: HomeFinder, desk: Desk, other: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed: list[str] = []
    original = Vault.close

    def close(vault: Vault) -> None:
        closed.append(vault.host.partition(".")[0])
        original(vault)

    monkeypatch.setattr(Vault, "close", close)
    choose(panel, {"web.p7b": reply(other, "web"), "mail.p7b": reply(opened(desk), "mail")})
    panel.button.click()
    assert "1 reply can be merged." in panel.notice.value

    assert panel.where.others.siblings.options == ("fabrikam",)
    assert not shown(panel.where.others.urls)
    panel.where.others.siblings.value = ("fabrikam",)
    panel.button.click()
    assert "2 replies can be merged." in panel.notice.value
    assert row(panel, "web.p7b")[2] == f"“web” in {other.host}, waits for the CA"
    assert row(panel, "mail.p7b")[2] == "“mail”, waits for the CA"
    assert closed == ["fabrikam"]

    panel.merge_button.click()
    assert "Merged: 2 replies." in panel.result.value
    assert closed == ["fabrikam"] * 2
    assert other.operation("web").status is Status.COMPLETED


def test_finished_versions_are_searched_when_ticked(panel: HomeFinder, desk: Desk) -> None:
    vault = opened(desk)
    data = reply(vault, "web")
    choose(panel, {"web.p7b": data})
    panel.button.click()
    panel.merge_button.click()
    first = vault.certificate("web")
    create(vault, "web")  # a new version, with another key

    panel.button.click()
    assert "No replies can be merged." in panel.notice.value
    assert ">1 belongs to no request.<" in panel.notice.value
    panel.where.versions.value = True
    panel.button.click()
    assert row(panel, "web.p7b")[2:] == [
        f"“web”, version {short(first.version)}",
        "Merged already.",
    ]
    assert ">1 is merged already.<" in panel.notice.value


def test_beside_a_real_vault_others_are_typed(panel: HomeFinder, desk: Desk) -> None:
    desk.leave()
    real = connect("https://contoso.vault.azure.net", SignIn.AZURE_CLI)
    panel.where.others.offer(real)
    panel.where.others.urls.value = "fabrikam,  https://other.vault.azure.net"
    panel.where.folder.value = "replies"

    assert shown(panel.where.others.urls)
    assert not shown(panel.where.others.siblings)
    assert panel.where.wanted().others == ("fabrikam", "https://other.vault.azure.net")
    panel.where.others.urls.value = " ".join(f"v{number}" for number in range(21))
    with pytest.raises(Exception, match="At most 20"):
        panel.where.wanted()
    real.close()


def test_a_strangers_texts_are_escaped(panel: HomeFinder) -> None:
    choose(panel, {HOSTILE: certificates.leaf(subject='CN="<script>alert(1)</script>"').pem})
    panel.button.click()

    assert "&lt;img src=x" in panel.table.value
    assert "&lt;script&gt;" in panel.table.value
    assert "<img" not in panel.table.value
    assert "<script>" not in panel.table.value


def test_a_private_key_among_many_files_does_not_stay_in_the_widgets(
    panel: HomeFinder, desk: Desk
) -> None:
    key = certificates.key("web").private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    secret = key.decode().splitlines()[1]
    choose(panel, {"web.p7b": reply(opened(desk), "web"), "web.key": key})

    assert panel.where.upload.value == ()
    assert "Chosen: web.p7b, web.key" in panel.where.chosen.value
    assert secret not in repr(vars(panel.where))
    panel.button.click()
    assert "1 reply can be merged." in panel.notice.value
    assert "“web.key” holds a private key. It was not read." in panel.table.value
    panel.button.click()  # the files are not asked for again
    assert "1 reply can be merged." in panel.notice.value


def test_other_files_take_the_place_of_those_chosen_before(panel: HomeFinder, desk: Desk) -> None:
    choose(panel, {"page.cer": b"<!doctype html>", "note.txt": b"hello"})
    choose(panel, {"<b>web</b>.p7b": reply(opened(desk), "web")})

    assert "Chosen: &lt;b&gt;web&lt;/b&gt;.p7b" in panel.where.chosen.value
    panel.button.click()
    assert panel.notice.value.count("unreadable") == 0
    assert "1 reply can be merged." in panel.notice.value


def test_another_vault_forgets_what_was_found(
    panel: HomeFinder, desk: Desk, tmp_path: Path
) -> None:
    choose(panel, {"web.p7b": reply(opened(desk), "web")})
    panel.button.click()
    assert panel.found.matches

    desk.open(practise(tmp_path / "vaults", name="fabrikam"))

    assert panel.found.matches == ()
    assert panel.table.value == ""
    assert not shown(panel.merge_button)
    assert panel.where.others.siblings.options == ("contoso",)


def test_what_cannot_be_read_is_noted(
    panel: HomeFinder, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault = opened(desk)
    choose(panel, {"web.p7b": reply(vault, "web")})
    for number in range(home_table.MAX_NOTES + 1):
        create(vault, f"w{number}")
    original = vault.operation

    def fail(name: str) -> Operation:
        if name == "web":
            return original(name)
        raise BusyError("The vault is busy.", status=503)

    monkeypatch.setattr(vault, "operation", fail)
    panel.button.click()

    assert "1 reply can be merged." in panel.notice.value
    assert "And 1 more; .found.notes holds all." in panel.notes.value


def test_more_lines_than_are_shown_are_said(
    panel: HomeFinder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(home_table, "MAX_ROWS", 2)
    choose(panel, {f"{n}.cer": certificates.leaf(owner=f"{n}").pem for n in range(3)})
    panel.button.click()

    assert "The first 2 lines are shown" in panel.notice.value
    assert panel.table.value.count("No request that was read") == 2


@pytest.fixture
def with_loop(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    assert desk.vault is not None  # its requests were read before the loop runs
    monkeypatch.setattr(later, "running_loop", asyncio.get_running_loop)


@pytest.mark.usefixtures("with_loop")
def test_in_a_kernel_the_work_leaves_the_loop_free_and_shows_progress(
    panel: HomeFinder, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault = opened(desk)
    choose(panel, {"web.p7b": reply(vault, "web")})
    gate, threads = threading.Event(), set[str]()
    original = vault.operation

    def slow(name: str) -> Operation:
        threads.add(threading.current_thread().name)
        assert gate.wait(10)
        return original(name)

    monkeypatch.setattr(vault, "operation", slow)

    def press() -> None:
        panel.button.click()
        assert panel.working.background.busy
        assert panel.button.disabled
        assert shown(panel.working.progress)
        assert shown(panel.working.stop)
        panel.submit()
        assert "at work already" in panel.notice.value
        gate.set()

    play(press, lambda: not panel.working.background.busy)

    assert "1 reply can be merged." in panel.notice.value
    assert (panel.working.progress.value, panel.working.progress.max) == (1, 1)
    assert not shown(panel.working.progress)
    assert threading.current_thread().name not in threads


@pytest.mark.usefixtures("with_loop")
def test_a_search_can_be_stopped(
    panel: HomeFinder, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault = opened(desk)
    choose(panel, {"web.p7b": reply(vault, "web")})
    gate = threading.Event()
    original = vault.operation
    monkeypatch.setattr(vault, "operation", lambda name: gate.wait(10) and original(name))

    def press() -> None:
        panel.button.click()
        panel.working.stop.click()
        gate.set()

    play(press, lambda: not panel.working.background.busy)

    assert "Stopped. Nothing was changed." in panel.notice.value
    assert panel.found.matches == ()


@pytest.mark.usefixtures("with_loop")
def test_what_was_merged_before_a_stop_is_shown(
    panel: HomeFinder, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault = opened(desk)
    choose(panel, {f"{n}.p7b": reply(vault, f"w{n}") for n in range(9)})
    play(desk.refresh, lambda: not desk.reading)
    play(panel.button.click, lambda: not panel.working.background.busy)
    gate = threading.Event()
    original = vault.merge

    def slow(name: str, chain: Any) -> Any:
        assert gate.wait(10)
        return original(name, chain)

    monkeypatch.setattr(vault, "merge", slow)

    def press() -> None:
        panel.merge_button.click()
        panel.working.stop.click()
        gate.set()

    play(press, lambda: not panel.working.background.busy)

    merged = panel.table.value.count(">Merged.<")
    assert f"Merged: {home_table.count(merged, 'reply', 'replies')}." in panel.result.value
    assert panel.merge_button.description.startswith("Merge ")
    states = [vault.operation(f"w{n}").status for n in range(9)]
    assert states.count(Status.COMPLETED) == merged == 4
    assert len(desk.requests) == 9 - merged


@pytest.mark.usefixtures("with_loop")
def test_results_for_a_vault_that_was_left_are_not_shown(
    panel: HomeFinder, desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault = opened(desk)
    choose(panel, {"web.p7b": reply(vault, "web")})
    gate = threading.Event()
    original = vault.operation
    monkeypatch.setattr(vault, "operation", lambda name: gate.wait(10) and original(name))

    def press() -> None:
        panel.button.click()
        desk.open(practise(tmp_path / "vaults", name="fabrikam"))
        gate.set()

    play(press, lambda: not panel.working.background.busy)

    assert panel.found.matches == ()
    assert panel.notice.value == ""
    assert not panel.button.disabled
