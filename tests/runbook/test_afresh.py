from __future__ import annotations

from dataclasses import replace

import pytest

from kvcsr_widgets.errors import RefusedError, UnreachableError
from kvcsr_widgets.pki.pending import Status
from kvcsr_widgets.pki.plan import CertificatePlan, KeyChoice
from kvcsr_widgets.pki.signed import read_signed
from kvcsr_widgets.runbook.afresh import over, reread
from kvcsr_widgets.runbook.entries import Key, Part, State
from kvcsr_widgets.runbook.inventory import load
from kvcsr_widgets.vault.client import Vault
from kvcsr_widgets.vault.records import Bundle, Operation
from tests.inventories import VAULT, inventory, issued, refused, unread, waiting


def plan(name: str) -> CertificatePlan:
    return CertificatePlan(name=name, subject="CN=a", key=KeyChoice.EC_P256)


def merged(vault: Vault, name: str) -> None:
    assert vault.authority is not None
    made = vault.create(plan(name))
    assert made.csr is not None
    vault.merge(name, read_signed(vault.authority.sign(made.csr.der).file("p7b")).certificates)


class TestOver:
    def test_before_anything_was_known_it_is_what_was_read(self) -> None:
        now = inventory(issued(name="a"), reading=True)

        assert over(None, now, [VAULT]) is now

    def test_what_was_not_read_yet_stays_as_it_was(self) -> None:
        before = inventory(issued(name="a"), issued(name="b"))
        newer = issued(name="a", tags={"owner": "web"})

        found = over(before, inventory(newer, reading=True), [VAULT])

        assert found.entries == (newer, before.entries[1])

    def test_a_request_that_is_still_to_be_read_does_not_become_unknown(self) -> None:
        before = inventory(waiting(name="a"))

        found = over(before, inventory(unread(name="a"), unread(name="b"), reading=True), [VAULT])

        assert [each.state for each in found.entries] == [State.PENDING, None]

    def test_an_open_request_stays_until_it_is_read_again(self) -> None:
        before = inventory(issued(name="a", status=Status.IN_PROGRESS))

        found = over(before, inventory(issued(name="a"), reading=True), [VAULT])

        assert found.entries == before.entries

    def test_details_that_are_still_to_be_read_do_not_vanish(self) -> None:
        before = inventory(issued(name="a"), details=True)

        found = over(before, inventory(issued(name="a"), details=True, reading=True), [VAULT])

        assert found.entries[0] is before.entries[0]

    def test_a_vault_that_is_not_asked_any_more_goes(self) -> None:
        before = inventory(issued(name="a", vault="other"), issued(name="b"))

        found = over(before, inventory(reading=True), [VAULT])

        assert [each.name for each in found.entries] == ["b"]

    def test_a_vault_that_can_be_listed_again_has_no_error_row(self) -> None:
        before = inventory(refused(UnreachableError("It does not answer.", hint="Wait.")))

        found = over(before, inventory(issued(name="a"), reading=True), [VAULT])

        assert [each.name for each in found.entries] == ["a"]

    def test_what_was_stopped_says_so(self) -> None:
        now = replace(inventory(issued(name="a"), reading=True), stopped=True)

        assert over(inventory(issued(name="a")), now, [VAULT]).stopped


class TestReread:
    def test_it_is_what_a_load_would_give(self, vault: Vault) -> None:
        for name in ("a", "c"):
            vault.create(plan(name))
        before = load(vault, details=True)
        vault.cancel("a")
        merged(vault, "b")
        vault.delete("c")

        names = [Key(vault.host, name) for name in "abc"]
        found = reread(before, names, {vault.host: vault})

        assert [each.name for each in found.entries] == ["a", "b"]
        loaded = load(vault, details=True).by_key
        for each in found.entries:
            assert each.certificate == loaded[each.key].certificate
            assert each.state == loaded[each.key].state
            assert each.details == loaded[each.key].details

    def test_others_are_not_asked_for(self, vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("a", "b"):
            vault.create(plan(name))
        before = load(vault)
        asked: list[str] = []
        read = Vault.bundle

        def noted(asked_of: Vault, name: str) -> Bundle:
            asked.append(name)
            return read(asked_of, name)

        monkeypatch.setattr(Vault, "bundle", noted)

        found = reread(before, [Key(vault.host, "b"), Key("closed", "x")], {vault.host: vault})

        assert asked == ["b"]
        assert found.entries[0] is before.entries[0]

    def test_one_that_cannot_be_read_keeps_what_was_known(
        self, vault: Vault, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        vault.create(plan("a"))
        before = load(vault)
        monkeypatch.setattr(Vault, "bundle", refuse)

        (found,) = reread(before, [Key(vault.host, "a")], {vault.host: vault}).entries

        assert found.state is State.PENDING
        assert isinstance(found.error, RefusedError)
        assert found.failed is Part.CERTIFICATE

    def test_one_that_is_unknown_and_cannot_be_read_is_an_error(
        self, vault: Vault, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        before = load(vault)
        monkeypatch.setattr(Vault, "bundle", refuse)

        with pytest.raises(RefusedError):
            reread(before, [Key(vault.host, "a")], {vault.host: vault})

    def test_one_without_a_request_is_none(self, vault: Vault) -> None:
        merged(vault, "a")
        before = load(vault)
        vault.delete_operation("a")

        (found,) = reread(before, [Key(vault.host, "a")], {vault.host: vault}).entries

        assert found.state is State.NONE


def refuse(_vault: Vault, _name: str) -> Operation:
    raise RefusedError("No.", hint="Never.")
