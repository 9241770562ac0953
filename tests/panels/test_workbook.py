"""The one-page app without a browser: the whole job, edits, other people, a page that is new."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kvcsr_widgets import panels
from kvcsr_widgets.errors import BusyError
from kvcsr_widgets.panels import Workbook, desk_reading, later, workbook_parts
from kvcsr_widgets.panels.connect import REAL
from kvcsr_widgets.panels.workbook_parts import CertificatePart, ConnectPart, CsrPart, SignPart
from kvcsr_widgets.panels.workbook_request import WAYS_BACK, RequestPart
from kvcsr_widgets.pki.pending import Status
from kvcsr_widgets.pki.plan import CertificatePlan, KeyChoice
from kvcsr_widgets.pki.signed import read_signed
from kvcsr_widgets.runbook.job import JobStep, current
from kvcsr_widgets.runbook.requests import Requests
from kvcsr_widgets.vault import session
from kvcsr_widgets.vault.client import Vault
from kvcsr_widgets.vault.issuers import Issuers
from kvcsr_widgets.vault.records import Operation
from kvcsr_widgets.vault.session import practise
from tests.panels.loops import in_a_loop, until
from tests.panels.uploads import choose

CONNECT, REQUEST, CSR, SIGNATURE, MERGE, CERTIFICATE = JobStep


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the practice vault lies; every page of a test has the same."""
    found = tmp_path / "vault.sqlite"
    monkeypatch.setattr(session, "practice_path", lambda: found)
    return found


@pytest.fixture
def book(path: Path) -> Iterator[Workbook]:
    """A page on an empty practice vault, not connected yet."""
    assert not path.exists()
    made = Workbook()
    yield made
    made.desk.leave()


@pytest.fixture
def colleague(path: Path) -> Iterator[Vault]:
    """The same vault, open elsewhere."""
    opened = practise(path)
    yield opened
    opened.close()


def connect(book: Workbook) -> None:
    part = book.session.part(CONNECT)
    assert isinstance(part, ConnectPart)
    part.panel.button.click()


def request_part(book: Workbook) -> RequestPart:
    part = book.session.part(REQUEST)
    assert isinstance(part, RequestPart)
    return part


def create(book: Workbook, name: str = "web") -> Operation:
    """Fill the form that is shown, and send it."""
    form = request_part(book).form
    assert form is not None
    for field, value in {"name": name, "subject": "CN=www.contoso.com", "key": "EC"}.items():
        form.fields.inputs[field].watched[0].value = value
    form.button.click()
    found = book.desk.looked_at
    assert found is not None
    assert found.name == name
    return found


def take(book: Workbook) -> bytes:
    """The CSR as the browser saves it."""
    part = book.session.part(CSR)
    assert isinstance(part, CsrPart)
    part.panel.file.download.saved += 1
    return bytes(part.panel.file.download.content)


def sign(book: Workbook) -> bytes:
    part = book.session.part(SIGNATURE)
    assert isinstance(part, SignPart)
    part.panel.button.click()
    return bytes(part.panel.downloads["p7b"].content)


def put_in(book: Workbook, reply: bytes) -> panels.MergePanel:
    assert book.session.part(MERGE) is book.session.merge
    assert book.session.merge is not None
    panel = book.session.merge.panel
    choose(panel.input.upload, ("reply.p7b", reply))
    return panel


def reply_of(vault: Vault, name: str, kind: str = "p7b") -> bytes:
    csr = vault.operation(name).csr
    assert csr is not None
    assert vault.authority is not None
    return vault.authority.sign(csr.der).file(kind)


def ordered(vault: Vault, name: str) -> Operation:
    """A request that somebody made, and nobody has merged."""
    return vault.create(CertificatePlan(name, "CN=a", key=KeyChoice.EC_P256))


def merged_elsewhere(vault: Vault, name: str) -> None:
    vault.merge(name, read_signed(reply_of(vault, name, "cer")).certificates)


def unfolded(book: Workbook) -> list[JobStep]:
    return [step for step, card in book.steps.items() if card.unfolded]


def states(book: Workbook) -> list[str]:
    return [place.standing.state.value for place in book.job.values()]


def head(book: Workbook, step: JobStep) -> str:
    return str(book.steps[step].head.value)


def led_to(book: Workbook) -> Any:
    """Where the cursor was put last, None for nowhere yet."""
    return book.session.lead._last


def test_nothing_is_opened_or_loaded_before_a_press(book: Workbook, path: Path) -> None:
    assert unfolded(book) == [CONNECT]
    assert list(book.session.parts) == [CONNECT]
    assert led_to(book) is None
    assert book.button.disabled
    assert not path.exists()


def test_a_page_loads_the_first_panel_alone() -> None:
    code = "import sys; from kvcsr_widgets.panels import Workbook; Workbook(); print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()

    assert "kvcsr_widgets.panels.connect" in loaded
    later_on = {f"kvcsr_widgets.panels.{each}" for each in ("request", "merge", "table")}
    assert not later_on & {*loaded}
    assert "pandas" not in loaded


def test_the_whole_job(book: Workbook) -> None:
    connect(book)
    assert unfolded(book) == [REQUEST]
    assert "Connected to the practice vault." in head(book, CONNECT)
    form = request_part(book).form
    assert form is not None
    assert led_to(book) is form.fields.inputs["name"].watched[0]

    create(book)
    assert unfolded(book) == [CSR]
    assert "“web”: waits for the CA." in head(book, REQUEST)
    assert not {SIGNATURE, MERGE} & {*book.session.parts}

    assert take(book).startswith(b"-----BEGIN CERTIFICATE REQUEST-----")
    assert unfolded(book) == [SIGNATURE, MERGE]
    assert led_to(book) is book.session.part(SIGNATURE).first

    merge = put_in(book, sign(book))
    assert unfolded(book) == [MERGE]
    assert states(book)[SIGNATURE - 1] == "done"
    assert led_to(book) is book.session.part(SIGNATURE).first  # what was open takes no cursor

    merge.button.click()
    assert states(book) == ["done"] * 6
    assert unfolded(book) == [CERTIFICATE]
    assert "Merged: “web” is enabled" in head(book, MERGE)
    table = book.session.part(CERTIFICATE)
    assert isinstance(table, CertificatePart)
    assert led_to(book) is table.next
    assert table.panel.frame is not None
    assert list(table.panel.frame["name"]) == ["web"]


def test_the_next_request_begins_with_an_empty_form(book: Workbook) -> None:
    connect(book)
    create(book)
    take(book)
    put_in(book, sign(book)).button.click()
    table = book.session.part(CERTIFICATE)
    assert isinstance(table, CertificatePart)

    table.next.click()

    form = request_part(book).form
    assert form is not None
    assert form.plan.name == ""
    assert unfolded(book) == [REQUEST]
    assert led_to(book) is form.fields.inputs["name"].watched[0]
    assert create(book, "mail").name == "mail"
    assert unfolded(book) == [CSR]


def test_a_form_that_was_sent_asks_the_vault_for_nothing_more(
    book: Workbook, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect(book)
    create(book)
    first = request_part(book).form
    request_part(book).begin()
    asked: list[Issuers] = []

    def note(issuers: Issuers) -> tuple[()]:
        asked.append(issuers)
        return ()

    monkeypatch.setattr(Issuers, "all", note)

    create(book, "mail")

    assert len(asked) == 1  # by the form that is shown
    assert first is not None
    assert first.comm is None
    assert first.fields.inputs["name"].watched[0].comm is None


@pytest.mark.parametrize("stage", ["created", "taken", "merged"])
def test_a_new_page_goes_on_where_the_request_stands(book: Workbook, stage: str) -> None:
    connect(book)
    create(book)
    if stage != "created":
        take(book)
    if stage == "merged":
        put_in(book, sign(book)).button.click()

    new = Workbook()
    connect(new)

    expected = {
        "created": [CSR, SIGNATURE, MERGE],  # nobody knows whether its CSR has left
        "taken": [SIGNATURE, MERGE],
        "merged": [REQUEST],
    }
    assert unfolded(new) == expected[stage]
    if stage == "merged":
        part = request_part(new)
        part.chooser.button.click()
        assert states(new) == ["done"] * 6
    else:
        put_in(new, sign(new)).button.click()
        assert states(new) == ["done"] * 6
    new.desk.leave()


def test_another_person_goes_on(book: Workbook, colleague: Vault) -> None:
    ordered(colleague, "web")

    connect(book)

    assert "“web”: waits for the CA." in head(book, REQUEST)
    put_in(book, reply_of(colleague, "web")).button.click()
    assert colleague.operation("web").status is Status.COMPLETED


def test_another_person_merges_meanwhile(book: Workbook, colleague: Vault) -> None:
    connect(book)
    create(book)
    take(book)
    merged_elsewhere(colleague, "web")
    assert unfolded(book) == [SIGNATURE, MERGE]

    book.button.click()

    assert states(book) == ["done"] * 6
    assert "The reply is merged." in head(book, MERGE)


def test_another_person_deletes_it_meanwhile(book: Workbook, colleague: Vault) -> None:
    connect(book)
    create(book)
    take(book)
    colleague.delete_operation("web")

    book.button.click()

    assert book.desk.looked_at is None
    assert unfolded(book) == [REQUEST]


def test_several_requests_are_chosen_from_by_a_press(book: Workbook, colleague: Vault) -> None:
    """The keys that go through a list choose nothing yet."""
    for name in ("one", "two"):
        ordered(colleague, name)
    connect(book)
    part = request_part(book)
    assert "2 requests wait for a CA" in head(book, REQUEST)
    assert led_to(book) is part.chooser.choice

    part.chooser.choice.value = "two"
    assert book.desk.selected == ""
    part.chooser.button.click()

    assert book.desk.selected == "two"
    assert unfolded(book) == [CSR, SIGNATURE, MERGE]


def test_a_new_request_can_be_begun_while_one_waits(book: Workbook, colleague: Vault) -> None:
    ordered(colleague, "one")
    connect(book)
    part = request_part(book)
    assert part.form is None  # nothing asked for it yet

    part.new.click()
    assert part.form is not None
    assert unfolded(book) == [REQUEST]
    book.button.click()
    assert book.desk.selected == ""  # the one that waits does not come back by itself

    create(book, "two")
    assert unfolded(book) == [CSR]
    assert colleague.operation("one").status is Status.IN_PROGRESS


def test_the_reply_for_another_request_is_withdrawn(book: Workbook, colleague: Vault) -> None:
    for name in ("one", "two"):
        ordered(colleague, name)
    connect(book)
    book.desk.selected = "one"
    merge = put_in(book, reply_of(colleague, "one"))
    assert not merge.button.disabled

    book.desk.selected = "two"

    assert merge.input.files == []
    assert merge.button.disabled
    assert states(book)[SIGNATURE - 1 :] == ["ready", "waiting for the CA", "to do"]


def test_a_reply_leads_to_its_own_request_and_stays(book: Workbook, colleague: Vault) -> None:
    for name in ("one", "two"):
        ordered(colleague, name)
    connect(book)
    book.desk.selected = "one"
    merge = put_in(book, reply_of(colleague, "two"))
    assert states(book)[MERGE - 1] == "blocked"

    merge.go_there.click()

    assert book.desk.selected == "two"
    assert len(merge.input.files) == 1
    assert states(book)[SIGNATURE - 1 : CERTIFICATE - 1] == ["done", "ready"]


def test_a_request_that_was_made_again_withdraws_the_old_reply(
    book: Workbook, colleague: Vault
) -> None:
    ordered(colleague, "web")
    connect(book)
    merge = put_in(book, reply_of(colleague, "web"))
    colleague.delete_operation("web")
    ordered(colleague, "web")

    book.button.click()

    assert merge.input.files == []
    assert merge.button.disabled


def test_an_edit_of_what_was_sent_begins_another_request(book: Workbook) -> None:
    connect(book)
    create(book)
    take(book)
    merge = put_in(book, sign(book))
    form = request_part(book).form
    assert form is not None

    book.turn(REQUEST)
    assert unfolded(book) == [REQUEST, MERGE]
    assert "as it was sent" in request_part(book).told.value
    form.fields.inputs["subject"].watched[0].value = "CN=mail.contoso.com"

    assert unfolded(book) == [REQUEST]
    assert merge.input.files == []
    assert states(book) == ["done", "blocked", *["to do"] * 4]  # its name is taken
    assert "“web” stays in the vault as it was sent." in form.notice.value
    assert request_part(book).form is form  # what was typed stays
    request_part(book).chooser.button.click()
    assert unfolded(book) == [SIGNATURE, MERGE]


def test_another_choice_of_vault_leaves_the_one_that_is_open(book: Workbook) -> None:
    """Nothing may be sent to a vault other than the one that the first step shows."""
    connect(book)
    create(book)
    part = book.session.part(CONNECT)
    assert isinstance(part, ConnectPart)

    part.panel.where.value = REAL

    assert book.desk.vault is None
    assert unfolded(book) == [CONNECT]
    assert states(book) == ["ready", *["to do"] * 5]
    assert workbook_parts.LEFT in part.panel.notice.value


def test_on_a_real_vault_there_is_no_practice_ca(
    book: Workbook, colleague: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    ordered(colleague, "web")
    monkeypatch.setattr(Vault, "is_practice", property(lambda _vault: False))
    colleague.authority = None

    book.desk.open(colleague)

    part = book.session.part(SIGNATURE)
    assert isinstance(part, SignPart)
    assert colleague.host in head(book, CONNECT)
    assert unfolded(book) == [CSR, SIGNATURE, MERGE]
    for each in (part.panel.button, part.panel.reply, part.panel.days):
        assert each.layout.display == "none"
    assert part.first is next(iter(part.panel.commands.toggles.values()))


def test_who_took_the_csr_by_another_way_says_so(book: Workbook) -> None:
    connect(book)
    create(book)
    part = book.session.part(CSR)
    assert isinstance(part, CsrPart)

    part.other.click()

    assert unfolded(book) == [SIGNATURE, MERGE]
    new = Workbook()
    connect(new)
    assert unfolded(new) == [SIGNATURE, MERGE]
    new.desk.leave()


def test_a_failed_request_offers_the_ways_back(book: Workbook) -> None:
    connect(book)
    operation = create(book)

    book.desk.learn({"web": replace(operation, status=Status.FAILED, error="No such domain.")})

    part = request_part(book)
    assert unfolded(book) == [REQUEST]
    assert "Failed: No such domain." in head(book, REQUEST)
    assert part.ways.toggles[WAYS_BACK].value
    assert len(part.back.children) == 1


def test_a_new_version_starts_from_the_current_policy(book: Workbook) -> None:
    connect(book)
    create(book)
    take(book)
    put_in(book, sign(book)).button.click()

    request_part(book).version.click()

    form = request_part(book).form
    assert form is not None
    assert form.plan.name == "web"
    assert form.plan.subject == "CN=www.contoso.com"
    assert form.preview.base is not None
    assert unfolded(book) == [REQUEST]


def test_a_person_folds_and_unfolds_steps(book: Workbook) -> None:
    connect(book)
    create(book)

    book.steps[CSR].button.click()
    assert unfolded(book) == []
    assert book.steps[CSR].button.description == "Open step 3"
    book.steps[REQUEST].button.click()
    assert unfolded(book) == [REQUEST]
    assert book.steps[REQUEST].button.description == "Fold step 2"

    book.button.click()  # nothing new: all stays as it was turned
    assert unfolded(book) == [REQUEST]


def test_a_step_that_is_not_open_has_nothing_to_press(book: Workbook) -> None:
    connect(book)

    assert book.steps[MERGE].button.layout.display == "none"
    assert "Take the CSR first." in head(book, MERGE)
    assert book.steps[CERTIFICATE].button.layout.display == ""


def test_the_overview_says_where_each_step_stands(book: Workbook) -> None:
    connect(book)
    said = book.overview.value

    assert said.count("<li") == 6
    assert said.count('aria-current="step"') == 1
    assert said.index("1 Connect") < said.index('aria-current="step"') < said.index("2 Request")
    assert current(book.job) is REQUEST


def test_a_vault_that_cannot_be_read_again_says_so(
    book: Workbook, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(_vault: Vault, **_options: object) -> Requests:
        raise BusyError("The vault is busy.")

    connect(book)
    create(book)
    monkeypatch.setattr(desk_reading, "requests", busy)

    book.button.click()

    assert "The vault is busy." in book.notice.value
    assert unfolded(book) == [CONNECT, CSR]
    monkeypatch.undo()
    book.button.click()
    assert book.notice.value == ""
    assert unfolded(book) == [CSR]


def test_an_error_text_is_explained_on_the_same_page(book: Workbook) -> None:
    assert book.help.children == ()
    next(iter(book.more.toggles.values())).value = True

    assert isinstance(book.help.children[0], panels.TroublePanel)


def test_in_a_kernel_a_new_request_can_be_begun_before_the_others_are_read(
    book: Workbook, colleague: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one that waits does not take the place of what a person has begun to type."""
    import asyncio

    ordered(colleague, "one")
    gate, original = threading.Event(), Vault.operation

    def operation(self: Vault, name: str) -> Operation:
        assert gate.wait(10)
        return original(self, name)

    monkeypatch.setattr(Vault, "operation", operation)
    monkeypatch.setattr(later, "running_loop", asyncio.get_running_loop)

    async def run() -> None:
        connect(book)
        assert book.desk.reading
        assert unfolded(book) == [REQUEST]
        assert "are being read" in head(book, REQUEST)
        assert led_to(book) is None  # nothing is led before it is known where to
        request_part(book).new.click()
        gate.set()
        await until(lambda: not book.desk.reading)

    in_a_loop(run)

    assert book.desk.selected == ""
    assert unfolded(book) == [REQUEST]
    assert [each.name for each in book.desk.requests] == ["one"]
