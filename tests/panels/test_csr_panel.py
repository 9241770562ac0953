"""The CSR panel, driven as a browser drives it but without one."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import ipywidgets as w
import pytest

from kvcsr_widgets.errors import ForbiddenError
from kvcsr_widgets.panels.csr import ASKED, LETTER, SAYS, CsrPanel
from kvcsr_widgets.panels.desk import Desk
from kvcsr_widgets.panels.sections import Sections
from kvcsr_widgets.panels.sign import SignPanel
from kvcsr_widgets.pki.csr import SigningRequest
from kvcsr_widgets.pki.names import Names
from kvcsr_widgets.pki.pending import SentCsr, Status
from kvcsr_widgets.pki.plan import SELF, CertificatePlan, KeyChoice
from kvcsr_widgets.pki.signed import read_signed
from kvcsr_widgets.practice.rules import Delays
from kvcsr_widgets.runbook import handed_over
from kvcsr_widgets.runbook.commands import Tool
from kvcsr_widgets.vault.client import Vault
from kvcsr_widgets.vault.records import Operation
from kvcsr_widgets.vault.session import practise
from tests.panels.standing import why

HOSTILE = "<img src=x onerror=alert(1)>"
PLAN = CertificatePlan(
    "web",
    'CN=www.contoso.com, O="Contoso, Inc.", C=US',
    Names(dns=("www.contoso.com", "xn--mnchen-3ya.example"), upns=("jürgen@contoso.com",)),
    KeyChoice.EC_P256,
)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk on a fresh practice vault whose issuers take a minute."""
    made = Desk()
    made.open(practise(tmp_path / "vault.sqlite", delays=Delays(issue=60)))
    yield made
    made.leave()


def vault(desk: Desk) -> Vault:
    assert desk.vault is not None
    return desk.vault


def create(desk: Desk, plan: CertificatePlan = PLAN) -> Operation:
    operation = vault(desk).create(plan)
    desk.refresh()
    desk.selected = plan.name
    return operation


def merge(desk: Desk, name: str) -> None:
    operation = vault(desk).operation(name)
    assert operation.csr is not None
    authority = vault(desk).authority
    assert authority is not None
    reply = authority.sign(operation.csr.der).file("p7b")
    vault(desk).merge(name, read_signed(reply).certificates)


def cells(table: str) -> list[list[str]]:
    """The body of a table, without its markup."""
    rows = table.partition("<tbody>")[2].partition("</tbody>")[0].split("</tr>")[:-1]
    return [[cell.split(">")[-1] for cell in row.split("</td>")[:-1]] for row in rows]


def test_the_csr_is_told_in_full(desk: Desk) -> None:
    operation = create(desk)
    panel = CsrPanel(desk)
    assert operation.csr is not None

    assert "The signature is valid." in panel.signature.value
    assert operation.csr.grouped_fingerprint in panel.fingerprint.value
    assert panel.copy_fingerprint.text == operation.csr.grouped_fingerprint
    assert operation.csr.sha256 in panel.facts.value
    assert cells(panel.parts.value) == [
        ["1", "C", "US", "PrintableString", "2.5.4.6"],
        ["2", "O", "Contoso, Inc.", "PrintableString", "2.5.4.10"],
        ["3", "CN", "www.contoso.com", "PrintableString", "2.5.4.3"],
    ]
    assert cells(panel.names.value) == [
        ["DNS", "www.contoso.com", ""],
        ["DNS", "xn--mnchen-3ya.example", "münchen.example"],
        ["UPN", "jürgen@contoso.com", ""],
    ]
    assert "Download it for your CA." in why(panel)


def test_each_form_can_be_copied_and_downloaded(desk: Desk) -> None:
    operation = create(desk)
    panel = CsrPanel(desk)
    assert operation.csr is not None
    csr = operation.csr

    expected = {
        "PEM": ("web.csr", csr.pem.encode(), csr.pem),
        "DER": ("web.der", csr.der, csr.der.hex()),
        "base64": ("web.txt", base64.b64encode(csr.der), csr.base64),
    }
    for form, (filename, content, text) in expected.items():
        panel.file.form.value = form
        assert panel.file.download.filename == filename
        assert panel.file.download.content == content
        assert panel.file.copy.text.replace("\n", "") == text.replace("\n", "")


def test_what_was_sent_from_here_is_held_against_the_csr(desk: Desk) -> None:
    desk.add(vault(desk).create(PLAN), PLAN)
    panel = CsrPanel(desk)

    assert "what was sent from here" in panel.asked.source.value
    assert "The CSR holds what was asked for." in panel.asked.notice.value
    assert "3 things were chosen by the vault." in panel.asked.notice.value
    rows = {row[0]: row[1:] for row in cells(panel.asked.table.value)}
    assert rows["Key usage"] == [
        "(nothing said)",
        "digitalSignature, keyEncipherment",
        "• chosen by the vault",
    ]
    assert rows["Subject CN"] == ["www.contoso.com", "www.contoso.com", "✓ as asked"]


def test_without_it_the_policy_in_the_vault_is(desk: Desk) -> None:
    create(desk)
    panel = CsrPanel(desk)

    assert "the policy in the vault, as it is now" in panel.asked.source.value
    assert "The CSR holds what was asked for." in panel.asked.notice.value


def test_what_differs_comes_first(desk: Desk) -> None:
    desk.add(vault(desk).create(PLAN), replace(PLAN, key=KeyChoice.RSA_2048))
    panel = CsrPanel(desk)

    assert "1 of " in panel.asked.notice.value
    assert cells(panel.asked.table.value)[0] == ["Key", "RSA 2048", "EC P-256", "⚠ changed"]
    assert panel.sections.toggles[ASKED].value


@pytest.mark.parametrize("button", ["copy", "download"])
def test_a_csr_that_is_taken_along_is_written_down(desk: Desk, button: str) -> None:
    operation = create(desk)
    assert desk.vault is not None
    assert operation.csr is not None
    panel = CsrPanel(desk)
    assert handed_over.read().of(desk.vault.host, "web") is None

    if button == "copy":
        panel.file.copy.copied += 1
    else:
        panel.file.download.saved += 1

    assert handed_over.read().of(desk.vault.host, "web") == SentCsr.of(operation.csr)


def test_the_plan_of_another_request_of_that_name_is_not_taken(desk: Desk) -> None:
    desk.add(vault(desk).create(PLAN), PLAN)
    vault(desk).delete_operation("web")
    vault(desk).create(replace(PLAN, subject="CN=other"))
    desk.refresh()
    panel = CsrPanel(desk)

    assert "the policy in the vault, as it is now" in panel.asked.source.value
    assert "The CSR holds what was asked for." in panel.asked.notice.value


def test_a_policy_that_cannot_be_read_does_not_hide_the_csr(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbidden(_vault: Vault, _name: str) -> CertificatePlan:
        raise ForbiddenError("You may not read this.", hint="Ask for certificates/get.")

    create(desk)
    monkeypatch.setattr(Vault, "policy", forbidden)
    panel = CsrPanel(desk)

    assert "You may not read this." in panel.asked.notice.value
    assert "Ask for certificates/get." in panel.asked.notice.value
    assert panel.asked.table.value == ""
    assert "BEGIN CERTIFICATE REQUEST" in panel.file.copy.text
    assert "Validity:" not in panel.letter.text
    assert panel.content.layout.display == ""


def test_the_policy_is_read_once_for_a_change(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    policy = Vault.policy

    def counted(self: Vault, name: str) -> CertificatePlan:
        read.append(name)
        return policy(self, name)

    monkeypatch.setattr(Vault, "policy", counted)
    create(desk)
    panel = CsrPanel(desk)
    assert read == ["web"]
    panel.submit()
    assert read == ["web", "web"]
    create(desk, replace(PLAN, name="two"))
    assert read[2:] == ["web", "two"]  # the list was read anew, then another was chosen


def test_the_text_for_the_ca_and_the_commands_are_filled(desk: Desk) -> None:
    operation = create(desk)
    panel = CsrPanel(desk)
    assert operation.csr is not None

    assert operation.csr.pem in panel.letter.text
    assert "12 months" in panel.letter.text
    assert "openssl x509 -req -in web.csr" in panel.commands.openssl.text
    assert "web.csr web.cer web.p7b" in panel.commands.certreq.text
    assert "EDITF_ATTRIBUTESUBJECTALTNAME2" in str(panel.commands.certreq.children[-1].value)
    assert panel.sections.is_offered(LETTER)


def test_any_request_of_the_vault_can_be_chosen_with_its_state(desk: Desk) -> None:
    create(desk, replace(PLAN, name="done"))
    merge(desk, "done")
    create(desk, replace(PLAN, name="own", issuer=SELF))
    create(desk, replace(PLAN, name="stopped", issuer=SELF))
    vault(desk).cancel("stopped")
    create(desk, replace(PLAN, name="waiting"))
    panel, sign = CsrPanel(desk), SignPanel(desk)

    assert [label for label, _name in panel.picker.options] == [
        "(choose)",
        "done - completed",
        "own - Self is at work",
        "stopped - being cancelled",
        "waiting - waits for the CA",
    ]
    assert [label for label, _name in sign.picker.options] == ["(choose)", "waiting"]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"issuer": "digicert"}, "The issuer “digicert” is at work: wait."),
        ({"cancellation_requested": True}, "Being cancelled."),
        ({"status": Status.CANCELLED}, "Cancelled."),
        ({"status": Status.FAILED, "error": HOSTILE}, "Failed: &lt;img"),
        ({"status": Status.COMPLETED}, "Merged: the certificate is in the vault."),
    ],
)
def test_a_request_in_each_state_is_shown(desk: Desk, change: dict[str, Any], says: str) -> None:
    operation = create(desk)
    desk.add(replace(operation, **change))
    panel = CsrPanel(desk)

    assert says in panel.card.head.value
    assert HOSTILE not in panel.card.head.value
    assert "www.contoso.com" in panel.facts.value
    assert panel.file.download.filename == "web.csr"


@pytest.mark.parametrize("status", [Status.CANCELLED, Status.FAILED, Status.COMPLETED])
def test_what_can_take_no_reply_is_not_for_a_ca(desk: Desk, status: Status) -> None:
    operation = create(desk)
    panel = CsrPanel(desk)
    desk.add(replace(operation, status=status))

    assert not panel.sections.is_offered(LETTER)
    assert panel.commands.layout.display == "none"
    assert panel.sections.is_offered(SAYS)
    assert desk.current is None


def test_after_the_merge_the_request_stays_readable(desk: Desk) -> None:
    create(desk)
    panel = CsrPanel(desk)

    desk.finish("web")
    assert desk.requests == ()
    assert panel.picker.options[1] == ("web - completed", "web")
    panel.picker.value = "web"
    assert "Merged" in why(panel)


def test_a_changed_csr_is_said_loudly(desk: Desk) -> None:
    operation = create(desk)
    assert operation.csr is not None
    changed = operation.csr.der.replace(b"www.contoso.com", b"www.fabrikam.de", 1)
    desk.add(replace(operation, csr=SigningRequest.from_der(changed)))
    panel = CsrPanel(desk)

    assert "The signature of this CSR: NOT VALID." in panel.signature.value
    assert "No CA should take it." in panel.signature.value


def test_what_is_in_a_csr_stays_text(desk: Desk) -> None:
    create(desk, replace(PLAN, subject=f'CN="{HOSTILE}"'))
    panel = CsrPanel(desk)
    shown = [
        child.value
        for child in everything(panel)
        if isinstance(child, w.HTML) and isinstance(child.value, str)
    ]

    assert any("&lt;img" in value for value in shown)
    assert not any("<img" in value for value in shown)


def everything(widget: w.Widget) -> Iterator[w.Widget]:
    yield widget
    for child in getattr(widget, "children", ()):
        yield from everything(child)


def test_extensions_beyond_reading_are_said(desk: Desk) -> None:
    operation = create(desk)
    assert operation.csr is not None
    broken = operation.csr.der.replace(b"xn--mnchen-3ya", b"xn--\xff\xffchen-3ya", 1)
    desk.add(replace(operation, csr=SigningRequest.from_der(broken)), PLAN)
    panel = CsrPanel(desk)

    assert "(cannot be read: " in panel.facts.value
    assert panel.names.value == ""
    assert "? cannot be compared" in panel.asked.table.value
    assert panel.file.download.filename == "web.csr"


def test_every_section_is_opened_by_a_button(desk: Desk) -> None:
    create(desk)
    panel = CsrPanel(desk)

    for sections in (panel.sections, panel.commands):
        for title, toggle in sections.toggles.items():
            was_open = title == SAYS
            assert isinstance(toggle, w.ToggleButton)  # a <button>: the Tab key reaches it
            assert toggle.value is was_open
            toggle.value = not was_open
            assert sections.bodies[title].layout.display == ("none" if was_open else "")


def test_a_section_can_be_taken_away() -> None:
    sections = Sections({"one": w.HTML("1"), "two": w.HTML("2")}, opened=("one",))
    sections.offer("one", there=False)

    assert not sections.is_offered("one")
    assert sections.is_offered("two")
    sections.offer("one", there=True)
    assert sections.is_offered("one")
    assert sections.bodies["one"].layout.display == ""


def test_no_vault_no_request_and_no_choice_are_said(desk: Desk) -> None:
    panel = CsrPanel(desk)
    assert "No request is waiting." in why(panel)
    assert panel.content.layout.display == "none"
    create(desk)
    desk.selected = ""
    assert "Choose a request." in why(panel)
    desk.leave()
    assert "No vault is open." in why(panel)


def test_the_same_steps_are_there_for_other_tools(desk: Desk) -> None:
    create(desk)
    panel = CsrPanel(desk)

    assert not panel.elsewhere.is_open
    panel.elsewhere.toggle.value = True
    panel.elsewhere.tool.value = Tool.CLI_BASH
    for step, bash in (
        ("Download the CSR", "web.csr"),
        ("Look at the request", "az keyvault certificate pending show"),
        ("Cancel the request", "cancellation_requested"),
        ("Delete the request, with its key", "az keyvault certificate pending delete"),
    ):
        panel.elsewhere.choice.value = step
        assert bash in panel.elsewhere.copy.text
        assert "web" in panel.elsewhere.copy.text


def test_a_name_like_an_option_gives_files_that_are_none(desk: Desk) -> None:
    create(desk, replace(PLAN, name="-web"))
    panel = CsrPanel(desk)

    assert panel.file.download.filename == "certificate-web.csr"
    assert "-in certificate-web.csr" in panel.commands.openssl.text
