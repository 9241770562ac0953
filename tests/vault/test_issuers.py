"""The vault's issuers, contacts and deleted certificates, through the real client."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kvcsr_widgets.errors import (
    ConflictError,
    ForbiddenError,
    NotFoundError,
    PlanError,
    Problem,
    VaultError,
)
from kvcsr_widgets.practice.transport import Practice
from kvcsr_widgets.vault.client import Vault
from kvcsr_widgets.vault.contacts import Contact, contact_problems
from kvcsr_widgets.vault.issuers import Admin, Issuer, ListedIssuer
from kvcsr_widgets.vault.session import practise
from tests.vault.test_client import PLAN, saying, vault_that

API_KEY = "a secret API key"
DIGICERT = Issuer("DigiCertCA", "DigiCert", "12345", "54321")
JANE = Admin("Jane", "Doe", "jane@contoso.com", "4256666666")
JOHN = Admin("John", "Doe", "john@contoso.com", "4257777777")
GLOBALSIGN = Issuer("GlobalSignCA", "GlobalSign", "PAR1", admins=(JANE, JOHN))
TEST = Issuer("own", "Test")


def status_of_an_order(path: Path, issuer: str) -> str:
    """What becomes of a certificate that the practice vault orders there."""
    practice = Practice(path)
    body = {"policy": {"x509_props": {"subject": "CN=a"}, "issuer": {"name": issuer}}}
    practice.vault.rules.create("order", body)
    practice.close()
    vault = practise(path)
    found = vault.operation("order").status.value
    vault.close()
    return found


class TestIssuers:
    @pytest.mark.parametrize("issuer", [DIGICERT, GLOBALSIGN, TEST], ids=lambda each: each.name)
    def test_an_issuer_comes_back_as_it_was_added(self, vault: Vault, issuer: Issuer) -> None:
        added = vault.issuers.add(issuer, API_KEY)

        assert added.created is not None
        assert (datetime.now(UTC) - added.created).total_seconds() < 60
        assert added == vault.issuers.get(issuer.name)
        assert replace(added, created=None, updated=None) == issuer

    def test_all_are_listed_by_name(self, vault: Vault) -> None:
        for issuer in (TEST, GLOBALSIGN, DIGICERT):
            vault.issuers.add(issuer, API_KEY)

        assert vault.issuers.all() == (
            ListedIssuer("DigiCertCA", "DigiCert"),
            ListedIssuer("GlobalSignCA", "GlobalSign"),
            ListedIssuer("own", "Test"),
        )

    def test_one_that_is_there_is_not_replaced(self, vault: Vault) -> None:
        before = vault.issuers.add(DIGICERT, API_KEY)

        with pytest.raises(ConflictError, match="has an issuer “digicertca” already") as caught:
            vault.issuers.add(Issuer("digicertca", "Test"), "")

        assert "another name" in caught.value.hint
        assert vault.issuers.get("DigiCertCA") == before

    def test_a_change_without_a_password_keeps_the_old_one(
        self, vault: Vault, tmp_path: Path
    ) -> None:
        known = vault.issuers.add(GLOBALSIGN, API_KEY)

        changed = vault.issuers.change(known, replace(known, account_id="PAR2", admins=(JOHN,)))

        assert (changed.account_id, changed.admins) == ("PAR2", (JOHN,))
        assert status_of_an_order(tmp_path / "vault.sqlite", GLOBALSIGN.name) == "completed"

    def test_a_change_with_a_password_sets_everything_anew(
        self, vault: Vault, tmp_path: Path
    ) -> None:
        known = vault.issuers.add(GLOBALSIGN, API_KEY)

        changed = vault.issuers.change(known, replace(DIGICERT, name=known.name), "short")

        assert (changed.provider, changed.organization_id, changed.admins) == (
            "DigiCert",
            "54321",
            (),
        )
        assert changed.created == known.created
        assert status_of_an_order(tmp_path / "vault.sqlite", GLOBALSIGN.name) == "failed"

    def test_an_issuer_can_be_disabled(self, vault: Vault) -> None:
        known = vault.issuers.add(DIGICERT, API_KEY)

        assert not vault.issuers.change(known, replace(known, enabled=False)).enabled
        assert not vault.issuers.get(known.name).enabled

    @pytest.mark.parametrize("password", ["", API_KEY])
    def test_a_change_of_somebody_else_is_not_overwritten(
        self, vault: Vault, password: str
    ) -> None:
        known = vault.issuers.add(DIGICERT, API_KEY)
        theirs = vault.issuers.change(known, replace(known, account_id="theirs"))

        with pytest.raises(ConflictError, match="changed by somebody else"):
            vault.issuers.change(known, replace(known, account_id="mine"), password)

        assert vault.issuers.get(known.name) == theirs

    def test_a_removed_issuer_is_not_found(self, vault: Vault) -> None:
        vault.issuers.add(DIGICERT, API_KEY)

        vault.issuers.delete("digicertca")

        assert vault.issuers.all() == ()
        with pytest.raises(NotFoundError, match="The vault has no issuer “DigiCertCA”"):
            vault.issuers.get("DigiCertCA")
        with pytest.raises(NotFoundError, match="has no issuer"):
            vault.issuers.delete("DigiCertCA")

    def test_a_bad_issuer_is_not_sent(self, vault: Vault) -> None:
        with pytest.raises(PlanError, match="DigiCert needs the organization ID"):
            vault.issuers.add(replace(DIGICERT, organization_id=""), API_KEY)
        known = vault.issuers.add(DIGICERT, API_KEY)
        with pytest.raises(PlanError, match="needs the password again"):
            vault.issuers.change(known, replace(known, provider="Test"))

        assert vault.issuers.all() == (ListedIssuer("DigiCertCA", "DigiCert"),)

    def test_the_password_is_in_no_log_and_no_error(
        self, vault: Vault, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        reader = practise(tmp_path / "vault.sqlite", role="reader")
        added = vault.issuers.add(DIGICERT, API_KEY)
        vault.issuers.change(added, replace(added, account_id="1"), API_KEY)

        with pytest.raises(ForbiddenError) as caught:
            reader.issuers.add(replace(DIGICERT, name="other"), API_KEY)

        assert caught.value.__context__ is None
        assert API_KEY not in repr(vars(caught.value)) + str(caught.value) + repr(caught.value.args)
        assert API_KEY not in caplog.text + repr(added)
        assert caplog.text
        assert "setissuers" in caught.value.hint
        reader.close()


def fields(problems: tuple[Problem, ...]) -> list[str]:
    return [problem.field for problem in problems]


@pytest.mark.parametrize("issuer", [DIGICERT, GLOBALSIGN, TEST], ids=lambda each: each.name)
def test_a_whole_issuer_has_no_problem(issuer: Issuer) -> None:
    assert issuer.problems(API_KEY) == ()
    assert issuer.problems(known=issuer) == ()


@pytest.mark.parametrize(
    ("issuer", "password", "expected"),
    [
        (Issuer("", ""), "", ["name", "provider"]),
        (replace(TEST, name="a.b"), "", ["name"]),
        (replace(TEST, name="n" * 128), "", ["name"]),
        (replace(TEST, name="self"), "", ["name"]),
        (replace(TEST, name="Unknown"), "", ["name"]),
        (Issuer("a", "digicert"), "", ["account_id", "password", "organization_id"]),
        (Issuer("a", "GLOBALSIGN"), "", ["account_id", "password", "admins"]),
        (replace(GLOBALSIGN, admins=(Admin("", "", "", ""),)), API_KEY, [
            "admins.0.first_name",
            "admins.0.last_name",
            "admins.0.email",
            "admins.0.phone",
        ]),
        (replace(GLOBALSIGN, admins=(JANE, replace(JOHN, email="@"))), API_KEY, ["admins.1.email"]),
        (replace(TEST, admins=(Admin("", "", "no mail", ""),)), "", ["admins.0.email"]),
        (replace(TEST, admins=(JANE,) * 101), "", ["admins"]),
        (replace(TEST, account_id="a" * 257), "", ["account_id"]),
        (replace(TEST, organization_id="a\nb"), "", ["organization_id"]),
        (TEST, "p" * 257, ["password"]),
    ],
)  # fmt: skip
def test_each_problem_is_at_its_field(issuer: Issuer, password: str, expected: list[str]) -> None:
    assert fields(issuer.problems(password)) == expected


@pytest.mark.parametrize(
    "changed",
    [
        replace(GLOBALSIGN, provider="Test"),
        replace(DIGICERT, name=GLOBALSIGN.name),
        replace(GLOBALSIGN, provider="Test", admins=()),
    ],
)
def test_what_a_patch_cannot_say_needs_the_password(changed: Issuer) -> None:
    assert fields(changed.problems(known=GLOBALSIGN)) == ["password"]
    assert changed.problems(API_KEY, GLOBALSIGN) == ()


def test_another_provider_is_taken_with_an_advice() -> None:
    assert TEST.advice()[0].message == "Key Vault orders from DigiCert and GlobalSign."
    assert DIGICERT.advice() == GLOBALSIGN.advice() == Issuer("a", "").advice() == ()


class TestContacts:
    @pytest.fixture
    def both(self) -> tuple[Contact, ...]:
        return (Contact("a@contoso.com", "A", "1"), Contact("b@contoso.com"))

    def test_nobody_is_an_empty_tuple(self, vault: Vault) -> None:
        assert vault.contacts.all() == ()

    def test_contacts_come_back_as_they_were_set(
        self, vault: Vault, both: tuple[Contact, ...]
    ) -> None:
        assert vault.contacts.put(both, ()) == both
        assert vault.contacts.all() == both

    def test_an_empty_list_removes_them(self, vault: Vault, both: tuple[Contact, ...]) -> None:
        vault.contacts.put(both, ())

        assert vault.contacts.put((), both) == ()
        assert vault.contacts.all() == ()
        assert vault.contacts.put((), ()) == ()

    def test_a_change_of_somebody_else_is_not_overwritten(
        self, vault: Vault, both: tuple[Contact, ...]
    ) -> None:
        vault.contacts.put(both, ())

        with pytest.raises(ConflictError, match="changed by somebody else"):
            vault.contacts.put(both[:1], ())

        assert vault.contacts.all() == both

    def test_a_bad_contact_is_not_sent(self, vault: Vault) -> None:
        with pytest.raises(PlanError, match="“nobody” is no e-mail address"):
            vault.contacts.put((Contact("nobody"),), ())

        assert vault.contacts.all() == ()

    def test_a_missing_permission_is_named(self, tmp_path: Path) -> None:
        stranger = practise(tmp_path / "vault.sqlite", role="none")

        with pytest.raises(
            ForbiddenError, match="You are signed in, but may not do this"
        ) as caught:
            stranger.contacts.all()

        assert "managecontacts" in caught.value.hint
        stranger.close()

    def test_another_404_is_not_nobody(self) -> None:
        vault = vault_that(saying(404, "VaultNotFound", "There is no such vault."))

        with pytest.raises(NotFoundError):
            vault.contacts.all()
        vault.close()


@pytest.mark.parametrize(
    ("contacts", "expected"),
    [
        ((Contact(""),), ["contacts.0.email"]),
        ((Contact("a@contoso.com"), Contact("A@contoso.com")), ["contacts.1.email"]),
        ((Contact("a@contoso.com", "n" * 257, "1\t2"),), ["contacts.0.name", "contacts.0.phone"]),
        (tuple(Contact(f"a{n}@contoso.com") for n in range(101)), ["contacts"]),
        ((Contact("a@contoso.com"), Contact("b@contoso.com")), []),
    ],
)
def test_each_problem_of_a_contact_is_at_its_field(
    contacts: tuple[Contact, ...], expected: list[str]
) -> None:
    assert fields(contact_problems(contacts)) == expected


class TestDeleted:
    @pytest.fixture
    def deleted(self, vault: Vault, tmp_path: Path) -> Vault:
        vault.create(PLAN)
        practice = Practice(tmp_path / "vault.sqlite")
        practice.vault.deletion.delete("web")
        practice.close()
        return vault

    def test_a_deleted_certificate_is_found_with_its_dates(self, deleted: Vault) -> None:
        found = deleted.deleted.get("WEB")

        assert found.deleted is not None
        assert found.purge is not None
        assert (found.name, (found.purge - found.deleted).days) == ("web", 90)
        assert (found.purgeable, found.thumbprint, found.expires) == (True, "", None)

    def test_it_is_listed_as_it_is_found(self, deleted: Vault) -> None:
        assert list(deleted.deleted.list()) == [deleted.deleted.get("web")]

    def test_without_one_the_list_is_empty(self, vault: Vault) -> None:
        vault.create(PLAN)
        assert list(vault.deleted.list()) == []

    def test_one_with_a_certificate_is_listed_with_it(self, vault: Vault) -> None:
        vault.create(replace(PLAN, issuer="Self"))
        issued = vault.certificate("web")
        vault.delete("web")

        (found,) = vault.deleted.list()

        assert found == vault.deleted.get("web")
        assert (found.thumbprint, found.expires) == (issued.thumbprint, issued.expires)

    def test_many_are_listed_over_pages(self, vault: Vault, tmp_path: Path) -> None:
        names = [f"web-{number:02}" for number in range(30)]
        for name in names:
            vault.create(replace(PLAN, name=name))
        practice = Practice(tmp_path / "vault.sqlite")
        for name in names:
            practice.vault.deletion.delete(name)
        practice.close()

        assert [each.name for each in vault.deleted.list()] == names

    def test_who_may_not_list_them_is_told_who_may(self, tmp_path: Path) -> None:
        nobody = practise(tmp_path / "vault.sqlite", role="none")

        with pytest.raises(ForbiddenError) as caught:
            next(nobody.deleted.list())

        assert "Key Vault Reader" in caught.value.hint
        nobody.close()

    def test_it_can_be_recovered(self, deleted: Vault) -> None:
        deleted.deleted.recover("web")

        assert deleted.operation("web").name == "web"

    def test_it_can_be_purged(self, deleted: Vault) -> None:
        deleted.deleted.purge("web")

        with pytest.raises(NotFoundError, match="The vault has no deleted certificate “web”"):
            deleted.deleted.get("web")
        assert deleted.create(PLAN).name == "web"

    @pytest.mark.parametrize("step", ["recover", "purge"])
    def test_what_is_not_deleted_is_not_found(self, vault: Vault, step: str) -> None:
        with pytest.raises(NotFoundError, match="no deleted certificate “web”"):
            getattr(vault.deleted, step)("web")

    def test_purge_protection_is_explained(self) -> None:
        """The text is that of hashicorp/terraform-provider-azurerm#13012 and others."""
        text = "Operation purge is not allowed because purge protection is enabled for this vault."
        vault = vault_that(saying(403, "Forbidden", text))

        with pytest.raises(VaultError, match="has purge protection: “web” cannot be purged"):
            vault.deleted.purge("web")
        vault.close()
