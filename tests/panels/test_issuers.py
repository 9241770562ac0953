"""The panels for issuers and contacts, driven as a browser drives them but without one."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ipywidgets import Widget

from kvcsr_widgets import panels
from kvcsr_widgets.panels import ContactsPanel, Desk, IssuersPanel
from kvcsr_widgets.panels.people import Person
from kvcsr_widgets.vault.client import Vault
from kvcsr_widgets.vault.contacts import Contact
from kvcsr_widgets.vault.issuers import Admin, Issuer, Issuers
from kvcsr_widgets.vault.session import practise
from tests.panels.standing import why
from tests.panels.test_panels import HOSTILE

API_KEY = "a secret API key"
JANE = Admin("Jane", "Doe", "jane@contoso.com", "4256666666")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "vault.sqlite"


@pytest.fixture
def desk(path: Path) -> Iterator[Desk]:
    """A desk on a fresh practice vault."""
    made = Desk()
    made.open(practise(path))
    yield made
    made.leave()


@pytest.fixture
def vault(desk: Desk) -> Vault:
    assert desk.vault is not None
    return desk.vault


def type_in(box: Widget, value: object) -> None:
    """Type into a box as the browser does."""
    box.set_state({"value": value})


def choose(panel: IssuersPanel, index: int) -> None:
    """Choose an entry of the list as the browser does."""
    panel.choice.set_state({"index": index})


def digicert(desk: Desk, **other: object) -> IssuersPanel:
    """A panel with a whole new account typed in, but for ``other``."""
    panel = IssuersPanel(desk)
    good = {
        "name": "DigiCertCA",
        "provider": "DigiCert",
        "account_id": "12345",
        "password": API_KEY,
        "organization_id": "54321",
    }
    for name, value in (good | other).items():
        type_in(getattr(panel.form, name), value)
    return panel


def fill_row(row: Person, **parts: str) -> None:
    for part, value in parts.items():
        type_in(row.boxes[part], value)


def everything_in(panel: Widget) -> str:
    """The state of a panel's widgets, as a notebook would keep it, and their ``repr``."""
    found, todo = [], [panel]
    while todo:
        widget = todo.pop()
        found.append(f"{widget.get_state()} {widget!r}")
        todo.extend(getattr(widget, "children", ()))
    return "\n".join(found)


def errors(panel: IssuersPanel) -> dict[str, str]:
    return {
        name: field.problem.message for name, field in panel.form.fields.items() if field.problem
    }


class TestIssuersPanel:
    def test_an_issuer_is_added_and_listed(self, desk: Desk, vault: Vault) -> None:
        panel = digicert(desk)
        seen = desk.revision

        panel.button.click()

        assert "“DigiCertCA” is saved." in panel.notice.value
        assert ">DigiCertCA<" in panel.table.value
        assert panel.choice.value == "DigiCertCA"
        assert "Added" in panel.facts.value
        assert vault.issuers.get("DigiCertCA").organization_id == "54321"
        assert desk.revision == seen + 1

    def test_an_issuer_is_chosen_and_changed_with_its_old_password(
        self, desk: Desk, vault: Vault
    ) -> None:
        digicert(desk).submit()
        panel = IssuersPanel(desk)
        choose(panel, 1)

        assert panel.form.issuer.account_id == "12345"
        assert panel.form.name.disabled
        assert "keep the old one" in panel.form.password.placeholder
        type_in(panel.form.account_id, "67890")
        type_in(panel.form.enabled, False)
        panel.button.click()

        changed = vault.issuers.get("DigiCertCA")
        assert (changed.account_id, changed.enabled) == ("67890", False)

    def test_a_choice_is_not_contradicted_to_the_browser(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """An index that is set while the browser's is read would go back, and its return not."""
        digicert(desk).submit()
        panel = IssuersPanel(desk)
        sent: list[object] = []
        monkeypatch.setattr(panel.choice, "send_state", lambda key=None: sent.append(key))

        choose(panel, 1)

        assert panel.form.known is not None
        assert sent == []

    def test_globalsign_has_administrators(self, desk: Desk, vault: Vault) -> None:
        panel = IssuersPanel(desk)
        type_in(panel.form.name, "GlobalSignCA")
        type_in(panel.form.provider, "GlobalSign")
        type_in(panel.form.account_id, "PAR1")
        type_in(panel.form.password, API_KEY)
        panel.form.admins.add_button.click()
        fill_row(
            panel.form.admins.rows[0],
            first_name="Jane",
            last_name="Doe",
            email="jane@contoso.com",
            phone="4256666666",
        )

        panel.button.click()

        assert vault.issuers.get("GlobalSignCA").admins == (JANE,)
        assert panel.form.admins.value[0]["email"] == "jane@contoso.com"

    def test_each_provider_has_its_fields(self, desk: Desk) -> None:
        form = IssuersPanel(desk).form
        organization = form.fields["organization_id"].layout

        type_in(form.provider, "DigiCert")
        assert (organization.display, form.admins.layout.display) == ("", "none")
        assert form.password.description == "API key"
        type_in(form.provider, "GlobalSign")
        assert (organization.display, form.admins.layout.display) == ("none", "")
        assert form.password.description == "Password"

    def test_a_field_complains_only_once_it_was_touched(self, desk: Desk) -> None:
        panel = IssuersPanel(desk)
        assert errors(panel) == {}

        type_in(panel.form.name, "a.b")

        assert errors(panel) == {"name": "“a.b” is no issuer's name."}

    def test_every_problem_is_at_its_field_and_nothing_is_sent(
        self, desk: Desk, vault: Vault
    ) -> None:
        panel = IssuersPanel(desk)
        type_in(panel.form.provider, "GlobalSign")
        panel.form.admins.add_button.click()
        fill_row(panel.form.admins.rows[0], email=HOSTILE)

        panel.button.click()

        assert set(errors(panel)) == {"name", "account_id", "password"}
        row = panel.form.admins.rows[0].below.value
        assert "First name: GlobalSign needs the administrator" in row
        assert "is no e-mail address" in row
        assert "<img" not in row
        assert "Nothing was sent" in panel.notice.value
        assert vault.issuers.all() == ()

    def test_a_missing_administrator_is_said_under_the_rows(self, desk: Desk) -> None:
        panel = IssuersPanel(desk)
        type_in(panel.form.provider, "GlobalSign")

        panel.button.click()

        assert "GlobalSign needs an administrator." in everything_in(panel.form.admins)

    def test_another_provider_is_advised_against(self, desk: Desk, vault: Vault) -> None:
        panel = digicert(desk, provider="Test", password="")

        assert "Key Vault orders from DigiCert" in everything_in(panel.form.fields["provider"])
        panel.button.click()
        assert vault.issuers.get("DigiCertCA").provider == "Test"

    def test_an_issuer_that_is_there_is_not_replaced(self, desk: Desk, vault: Vault) -> None:
        digicert(desk).submit()
        panel = digicert(desk, account_id="other")

        panel.button.click()

        assert "has an issuer “DigiCertCA” already" in panel.notice.value
        assert vault.issuers.get("DigiCertCA").account_id == "12345"

    def test_a_removal_needs_the_name_typed(self, desk: Desk, vault: Vault) -> None:
        panel = digicert(desk)
        panel.submit()
        assert panel.removal.button.disabled

        type_in(panel.removal.typed, "DigiCert")
        assert panel.removal.button.disabled
        panel.removal.submit()
        assert [each.name for each in vault.issuers.all()] == ["DigiCertCA"]
        type_in(panel.removal.typed, "DigiCertCA")
        assert not panel.removal.button.disabled
        panel.removal.button.click()

        assert "“DigiCertCA” is removed." in panel.notice.value
        assert vault.issuers.all() == ()
        assert (panel.choice.value, panel.table.value, panel.form.known) == ("", "", None)
        assert panel.removal.layout.display == "none"

    def test_one_that_is_gone_meanwhile_is_not_shown_as_chosen(
        self, desk: Desk, vault: Vault
    ) -> None:
        digicert(desk).submit()
        panel = IssuersPanel(desk)
        vault.issuers.delete("DigiCertCA")

        choose(panel, 1)
        assert "has no issuer “DigiCertCA”" in panel.notice.value
        assert (panel.choice.value, panel.form.known) == ("", None)
        panel.look_button.click()
        assert len(panel.choice.options) == 1

    def test_hostile_texts_of_the_vault_are_escaped(self, desk: Desk, vault: Vault) -> None:
        admin = Admin(HOSTILE, HOSTILE, "a@contoso.com", HOSTILE)
        vault.issuers.add(Issuer("own", HOSTILE, HOSTILE, HOSTILE, (admin,)), "")
        panel = IssuersPanel(desk)
        choose(panel, 1)

        shown = panel.table.value + panel.facts.value + panel.notice.value
        assert "<img" not in shown
        assert "&lt;img" in shown
        assert panel.form.issuer.admins == (admin,)

    def test_no_vault_is_a_hint_and_switches_all_off(self, desk: Desk) -> None:
        panel = digicert(desk)
        desk.leave()

        for control in (panel.choice, panel.button, panel.look_button, panel.removal.button):
            assert control.disabled
        assert all(field.box.disabled for field in panel.form.fields.values())
        assert panel.form.admins.add_button.disabled
        assert "No vault is open." in why(panel)
        assert panel.submit() is None

    def test_a_reader_may_look_but_not_save(self, path: Path) -> None:
        desk = Desk()
        desk.open(practise(path, role="reader"))
        panel = digicert(desk)

        panel.button.click()

        assert "You are signed in, but may not do this" in panel.notice.value
        assert "setissuers" in panel.notice.value
        desk.leave()

    def test_who_may_not_even_look_is_told(self, path: Path) -> None:
        desk = Desk()
        desk.set_trait("vault", practise(path, role="none"))

        assert "listissuers" in IssuersPanel(desk).notice.value
        assert "managecontacts" in ContactsPanel(desk).notice.value
        desk.leave()


class TestPassword:
    """It is in the panel only from its typing to the next step, however that ends."""

    def test_it_is_gone_after_a_success(self, desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.DEBUG)
        panel = digicert(desk)
        assert panel.form.password.value == API_KEY

        panel.button.click()

        assert "is saved" in panel.notice.value
        assert API_KEY not in everything_in(panel) + caplog.text + repr(vars(panel.form))

    @pytest.mark.parametrize("other", [{"name": ""}, {"name": "a.b"}, {"organization_id": ""}])
    def test_it_is_gone_after_a_bad_form(self, desk: Desk, other: dict[str, str]) -> None:
        panel = digicert(desk, **other)

        panel.button.click()

        assert "Nothing was sent" in panel.notice.value
        assert API_KEY not in everything_in(panel)
        assert "What you typed was not kept." in everything_in(panel.form.fields["password"])

    def test_it_is_gone_after_a_refusal(
        self, desk: Desk, vault: Vault, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        vault.issuers.add(Issuer("DigiCertCA", "Test"), "")
        panel = digicert(desk)

        panel.button.click()

        assert "already" in panel.notice.value
        assert API_KEY not in everything_in(panel) + caplog.text
        assert "What you typed was not kept." in everything_in(panel.form.fields["password"])

    def test_it_is_gone_after_what_was_not_foreseen(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        def broken(_issuers: Issuers, *_args: Any) -> None:
            raise ZeroDivisionError

        monkeypatch.setattr(Issuers, "add", broken)
        panel = digicert(desk)

        panel.button.click()

        assert "ZeroDivisionError" in panel.notice.value
        assert "Traceback" in caplog.text
        assert API_KEY not in everything_in(panel) + caplog.text

    def test_it_is_gone_when_the_vault_changes(self, desk: Desk) -> None:
        panel = digicert(desk)

        desk.leave()

        assert API_KEY not in everything_in(panel)

    def test_it_is_gone_when_another_issuer_is_chosen(self, desk: Desk) -> None:
        digicert(desk).submit()
        panel = digicert(desk)

        choose(panel, 1)

        assert API_KEY not in everything_in(panel)


class TestContactsPanel:
    def test_contacts_are_added_changed_and_removed(self, desk: Desk, vault: Vault) -> None:
        panel = ContactsPanel(desk)
        seen = desk.revision
        assert "The vault mails nobody." in why(panel)
        for name in ("a", "b"):
            panel.people.add_button.click()
            fill_row(panel.people.rows[-1], email=f"{name}@contoso.com")

        panel.button.click()
        assert vault.contacts.all() == (Contact("a@contoso.com"), Contact("b@contoso.com"))
        assert "The vault mails 2 contacts." in why(panel)
        assert desk.revision == seen + 1

        fill_row(panel.people.rows[1], name="B", phone="1")
        panel.people.rows[0].remove_button.click()
        panel.button.click()
        assert vault.contacts.all() == (Contact("b@contoso.com", "B", "1"),)
        assert "Saved." in panel.notice.value

        panel.people.rows[0].remove_button.click()
        assert "Saved." not in panel.notice.value
        assert panel.submit() == ()
        assert vault.contacts.all() == ()

    def test_contacts_are_shown_as_the_vault_has_them(self, desk: Desk, vault: Vault) -> None:
        vault.contacts.put((Contact("a@contoso.com", HOSTILE, "1"),), ())

        panel = ContactsPanel(desk)

        assert panel.contacts == panel.known == (Contact("a@contoso.com", HOSTILE, "1"),)
        assert "<img" not in panel.notice.value

    def test_a_bad_address_is_said_at_its_row_and_not_sent(self, desk: Desk, vault: Vault) -> None:
        panel = ContactsPanel(desk)
        panel.people.add()
        panel.people.add()
        fill_row(panel.people.rows[1], email=HOSTILE)

        assert "is no e-mail address" in panel.people.rows[1].below.value
        assert "<img" not in panel.people.rows[1].below.value
        assert panel.people.rows[0].below.value == ""
        assert panel.submit() is None
        assert vault.contacts.all() == ()

    def test_what_was_not_touched_does_not_complain(self, desk: Desk) -> None:
        panel = ContactsPanel(desk)
        panel.people.add()
        fill_row(panel.people.rows[0], name="A")
        assert panel.people.rows[0].below.value == ""

        panel.button.click()

        assert "A contact needs an e-mail address." in panel.people.rows[0].below.value
        assert "Nothing was sent" in panel.notice.value

    def test_a_change_of_somebody_else_is_not_overwritten(self, desk: Desk, vault: Vault) -> None:
        panel = ContactsPanel(desk)
        vault.contacts.put((Contact("theirs@contoso.com"),), ())
        panel.people.add()
        fill_row(panel.people.rows[0], email="mine@contoso.com")

        panel.button.click()

        assert "changed by somebody else" in panel.notice.value
        assert panel.people.value[0]["email"] == "mine@contoso.com"
        panel.look_button.click()
        assert panel.people.value[0]["email"] == "theirs@contoso.com"

    def test_no_vault_is_a_hint_and_switches_all_off(self, desk: Desk, vault: Vault) -> None:
        vault.contacts.put((Contact("a@contoso.com"),), ())
        panel = ContactsPanel(desk)
        desk.leave()

        assert panel.button.disabled
        assert panel.look_button.disabled
        assert panel.people.add_button.disabled
        assert panel.people.rows == ()
        assert "No vault is open." in why(panel)
        assert panel.submit() is None
        assert "No vault is open." in why(panel)


def test_a_change_makes_the_table_look_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    table = panels.VaultTable(desk)
    read: list[None] = []
    monkeypatch.setattr(table, "submit", lambda: read.append(None))

    digicert(desk).submit()

    assert read == [None]
