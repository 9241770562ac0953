"""The panels, driven as a browser drives them but without one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kvcsr_widgets import panels
from kvcsr_widgets.errors import UnreachableError
from kvcsr_widgets.panels import Desk
from kvcsr_widgets.panels.connect import REAL
from kvcsr_widgets.vault import session
from kvcsr_widgets.vault.client import Vault
from kvcsr_widgets.vault.records import Operation
from tests import certificates
from tests.panels.standing import why
from tests.panels.uploads import choose

HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A desk on a fresh practice vault, not connected yet."""
    monkeypatch.setattr(session, "practice_path", lambda: tmp_path / "vault.sqlite")
    made = Desk()
    yield made
    made.leave()


@pytest.fixture
def connected(desk: Desk) -> Desk:
    panels.ConnectPanel(desk).submit()
    assert desk.vault is not None
    return desk


def opened(desk: Desk) -> Vault:
    assert desk.vault is not None
    return desk.vault


def fill(desk: Desk, **fields: object) -> panels.RequestForm:
    """A form with a good request, but for ``fields``."""
    form = panels.RequestForm(desk)
    good = {"name": "web", "subject": "CN=www.contoso.com", "key": "EC"}
    for name, value in (good | fields).items():
        form.fields.inputs[name].watched[0].value = value
    return form


def signed(desk: Desk, operation: Operation | None) -> bytes:
    assert operation is not None
    assert operation.csr is not None
    assert desk.vault is not None
    assert desk.vault.authority is not None
    return desk.vault.authority.sign(operation.csr.der).file("p7b")


def test_nothing_is_opened_before_a_button_is_pressed(desk: Desk, tmp_path: Path) -> None:
    for panel in (panels.RequestForm, panels.CsrPanel, panels.SignPanel, panels.MergePanel):
        panel(desk)
    table = panels.VaultTable(desk)
    connect = panels.ConnectPanel(desk)

    assert list(tmp_path.iterdir()) == []
    assert "No vault is open." in why(table)
    connect.button.click()
    assert "Connected to the practice vault." in connect.notice.value
    assert "0 certificates" in table.notice.value


def test_a_wrong_url_is_said_and_nothing_stays_open(connected: Desk) -> None:
    panel = panels.ConnectPanel(connected)
    panel.where.value = REAL
    panel.url.value = f"https://{HOSTILE}"

    panel.button.click()

    assert "is no Key Vault" in panel.notice.value or "something in a vault" in panel.notice.value
    assert "<img" not in panel.notice.value
    assert connected.vault is None


def test_the_real_vaults_fields_show_only_for_a_real_vault(desk: Desk) -> None:
    panel = panels.ConnectPanel(desk)

    assert panel.url.layout.display == "none"
    panel.where.value = REAL
    assert panel.url.layout.display == ""


def test_a_vault_that_does_not_answer_is_said(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def silent(_vault: Vault) -> None:
        raise UnreachableError("It cannot be reached.", hint="Check the network.")

    monkeypatch.setattr(Vault, "check", silent)
    panel = panels.ConnectPanel(desk)
    panel.button.click()

    assert "It cannot be reached." in panel.notice.value
    assert "Check the network." in panel.notice.value
    assert desk.vault is None


def test_the_whole_job(connected: Desk) -> None:
    csr, sign = panels.CsrPanel(connected), panels.SignPanel(connected)
    merge, table = panels.MergePanel(connected), panels.VaultTable(connected)
    form = fill(connected, names="www.contoso.com, contoso.com\nwww.contoso.com")

    form.button.click()
    assert "“web” is created" in form.notice.value
    assert csr.file.download.filename == "web.csr"
    assert csr.file.download.content == csr.file.copy.text.encode()
    assert "www.contoso.com, contoso.com<" in csr.facts.value

    sign.button.click()
    assert sign.downloads["p7b"].filename == "web.p7b"
    assert "openssl req -in web.csr" in sign.commands.openssl.text
    choose(merge.input.upload, ("web.p7b", sign.downloads["p7b"].content))
    assert "This certificate belongs to this request." in merge.findings.view.value
    assert not merge.button.disabled

    merge.button.click()
    assert "Merged: “web” is enabled" in merge.result.notice.value
    assert merge.button.disabled
    assert merge.input.files == []
    assert table.frame is not None
    assert list(table.frame["name"]) == ["web"]
    assert list(table.frame["state"]) == ["completed"]
    assert list(table.frame["enabled"]) == [True]


def test_a_create_without_a_vault_says_to_connect(desk: Desk) -> None:
    form = fill(desk)
    form.button.click()

    assert "No vault is open." in form.notice.value


def test_a_second_create_is_said_and_the_first_request_stays(connected: Desk) -> None:
    first = fill(connected).submit()
    form = fill(connected)

    form.button.click()

    assert "already has a request" in form.notice.value
    assert "The vault&#39;s words: A new key vault certificate" in form.notice.value
    assert opened(connected).operation("web") == first


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"hello", "holds no certificate"),
        (b"", "is empty"),
        (certificates.csr().der, "signing request"),
    ],
)
def test_a_file_that_is_no_certificate_is_said(connected: Desk, data: bytes, says: str) -> None:
    fill(connected).submit()
    merge = panels.MergePanel(connected)

    choose(merge.input.upload, (HOSTILE, data))

    assert says in merge.reading.value
    assert "<img" not in merge.reading.value
    assert merge.button.disabled


def test_a_request_is_found_again_from_another_desk(connected: Desk) -> None:
    operation = fill(connected).submit()
    connected.leave()
    later = Desk()
    panels.ConnectPanel(later).submit()

    merge = panels.MergePanel(later)

    assert merge.picker.value == "web"
    assert later.current == operation
    later.leave()


def test_the_chosen_request_is_the_same_in_all_panels(connected: Desk) -> None:
    fill(connected, name="one").submit()
    fill(connected, name="two").submit()
    csr, merge = panels.CsrPanel(connected), panels.MergePanel(connected)

    assert csr.picker.value == merge.picker.value == "two"
    csr.picker.value = "one"
    assert merge.picker.value == "one"
    assert csr.file.download.filename == "one.csr"
    connected.add(connected.requests[0])  # new options do not change the choice
    assert csr.picker.value == "one"


def test_the_csr_panel_looks_again(connected: Desk) -> None:
    csr = panels.CsrPanel(connected)
    other = session.practise(session.practice_path())
    desk = Desk()
    desk.open(other)
    fill(desk).submit()
    desk.leave()

    csr.button.click()

    assert csr.picker.value == "web"


def test_a_real_vault_has_no_practice_ca(desk: Desk) -> None:
    vault = session.connect("https://contoso.vault.azure.net", session.SignIn.AZURE_CLI)
    desk.set_trait("vault", vault)
    sign = panels.SignPanel(desk)

    assert sign.button.disabled
    assert "send the CSR to your CA." in why(sign)
    assert sign.submit() is None


def test_what_was_not_foreseen_is_said_and_logged(
    connected: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_args: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Vault, "create", broken)
    form = fill(connected)
    form.button.click()

    assert "This should not have happened (ZeroDivisionError)." in form.notice.value
    assert "Traceback" not in form.notice.value
    assert "ZeroDivisionError" in caplog.text


def test_every_panel_has_a_public_submit() -> None:
    looked_at = {"CommandsTour", "Desk", "InventoryPictures", "RenewalYears"}
    for name in set(panels.__all__) - looked_at:
        assert callable(getattr(panels, name).submit)
    assert panels.__all__ == sorted(panels.__all__)


def test_a_real_vaults_sign_in_is_told_for_other_tools(desk: Desk) -> None:
    panel = panels.ConnectPanel(desk)
    assert panel.elsewhere.layout.display == "none"
    panel.where.value = REAL
    panel.url.value = "https://contoso.vault.azure.net"

    panel.elsewhere.toggle.value = True

    assert "Connect-AzAccount" in panel.elsewhere.copy.text
    panel.url.value = f"https://{HOSTILE}"
    assert panel.elsewhere.copy.text == ""
    assert "<img" not in panel.elsewhere.notice.value
