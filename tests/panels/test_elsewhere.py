"""The same step in other tools: folded until it is opened, and harmless."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest

from kvcsr_widgets import panels
from kvcsr_widgets.panels import Desk, elsewhere
from kvcsr_widgets.panels.elsewhere import LABELS, Elsewhere
from kvcsr_widgets.pki.plan import CertificatePlan
from kvcsr_widgets.runbook.commands import Tool, steps
from kvcsr_widgets.vault import session
from tests.panels.uploads import choose

URL = "https://contoso.vault.azure.net"
HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A desk on a fresh practice vault with one open request, “web”."""
    monkeypatch.setattr(session, "practice_path", lambda: tmp_path / "vault.sqlite")
    made = Desk()
    panels.ConnectPanel(made).submit()
    assert made.vault is not None
    made.add(made.vault.create(CertificatePlan("web", "CN=web")))
    yield made
    made.leave()


def unfolded(panel: Elsewhere) -> Elsewhere:
    """Open it as a click on its title does."""
    panel.toggle.value = True
    return panel


def test_it_is_folded_at_first_and_costs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    sent: list[object] = []
    panel = Elsewhere()
    monkeypatch.setattr(elsewhere, "commands", lambda *values: asked.append(values))
    for each in (panel.text, panel.copy, panel.about, panel.notice):
        each.observe(sent.append)

    for number in range(50):
        panel.show([steps.Create(CertificatePlan(f"web-{number}", "CN=web"))], URL)

    assert not panel.is_open
    assert (asked, sent) == ([], [])


def test_opened_it_shows_the_last_step_in_each_tool() -> None:
    panel = Elsewhere()
    panel.show([steps.ShowOperation("old")], URL)
    panel.show([steps.ShowOperation("web")], URL)
    unfolded(panel)

    for tool, text in (
        (Tool.POWERSHELL, "Get-AzKeyVaultCertificateOperation -VaultName 'contoso' -Name 'web'"),
        (Tool.CLI_BASH, "az keyvault certificate pending show --vault-name contoso --name web"),
        (Tool.CLI_POWERSHELL, "az keyvault certificate pending show"),
        (Tool.PYTHON, "client.get_certificate_operation('web')"),
    ):
        panel.tool.value = tool
        assert text in panel.copy.text
        assert "<pre" in panel.text.value


def test_a_step_that_changes_is_followed_while_it_is_open() -> None:
    panel = unfolded(Elsewhere())
    panel.show([steps.ShowOperation("web")], URL)
    assert "'web'" in panel.copy.text
    panel.show([steps.ShowOperation("other")], URL)

    assert "'other'" in panel.copy.text
    assert "'web'" not in panel.copy.text


def test_notes_and_warnings_stand_with_the_text() -> None:
    panel = unfolded(Elsewhere())
    panel.tool.value = Tool.CLI_BASH
    panel.show([steps.Merge("web", "a.cer", steps.Form.DER)], "https://practice.a.invalid")

    assert "UnicodeDecodeError" in panel.about.value
    assert "kvcsr vault serve" in panel.about.value


def test_what_strangers_wrote_is_no_html() -> None:
    panel = unfolded(Elsewhere())
    plan = CertificatePlan("web", f"CN={HOSTILE.replace('=', '')}", tags={"a": HOSTILE})
    for step in (steps.Create(plan), steps.Merge("web", HOSTILE, steps.Form.DER)):
        panel.show([step], URL)
        for tool in Tool:
            panel.tool.value = tool
            assert "<img" in panel.copy.text
            assert "<img" not in panel.text.value + panel.about.value + panel.notice.value


@pytest.mark.parametrize(
    ("step", "says"),
    [
        (None, "no step to write yet"),
        (steps.Create(CertificatePlan("a.b", "CN=web")), "letters, digits and hyphens"),
        (steps.Merge("web", "a\0.cer", steps.Form.DER), "no command line can hold"),
    ],
)
def test_without_a_step_there_is_nothing_to_copy(step: Any, says: str) -> None:
    panel = unfolded(Elsewhere())
    panel.show([steps.ShowOperation("web")], URL)
    panel.show([step] if step else [], URL)

    assert says in panel.notice.value
    assert (panel.text.value, panel.copy.text, panel.copy.disabled) == ("", "", True)
    panel.show([steps.ShowOperation("web")], URL)
    assert not panel.copy.disabled
    assert panel.notice.value == ""


def test_one_of_several_steps_is_chosen_and_stays_chosen() -> None:
    panel = unfolded(Elsewhere())
    panel.show([steps.ShowOperation("web"), steps.Cancel("web")], URL)

    panel.choice.value = LABELS[steps.Cancel]
    panel.show([steps.ShowOperation("other"), steps.Cancel("other")], URL)
    assert "cancellation" in panel.copy.text.lower() or "Stop-" in panel.copy.text
    panel.show([steps.ShowOperation("web")], URL)
    assert panel.choice.value == LABELS[steps.ShowOperation]
    assert panel.choice.layout.display == "none"


def test_every_kind_of_step_has_a_label() -> None:
    assert set(LABELS) == set(get_args(steps.Step))


def test_without_a_vault_it_takes_a_name_to_be_replaced() -> None:
    panel = unfolded(Elsewhere())
    panel.show([steps.ListCertificates()])

    assert "'your-vault'" in panel.copy.text
    assert "No vault is open." in panel.notice.value


def test_the_merge_panel_has_its_step(desk: Desk) -> None:
    panel = panels.MergePanel(desk)
    unfolded(panel.elsewhere).tool.value = Tool.CLI_BASH
    assert "no step to write yet" in panel.elsewhere.notice.value

    assert desk.vault is not None
    assert desk.vault.authority is not None
    assert desk.current is not None
    assert desk.current.csr is not None
    reply = desk.vault.authority.sign(desk.current.csr.der)
    choose(panel.input.upload, ("it's.cer", reply.file("cer")))

    assert "openssl x509 -inform DER" in panel.elsewhere.copy.text
    assert "UnicodeDecodeError" in panel.elsewhere.about.value


def test_the_table_has_its_step(desk: Desk) -> None:
    panel = panels.VaultTable(desk)
    unfolded(panel.elsewhere)

    assert "-VaultName 'practice' -IncludePending" in panel.elsewhere.copy.text
    desk.leave()
    assert "-VaultName 'your-vault' -IncludePending" in panel.elsewhere.copy.text
