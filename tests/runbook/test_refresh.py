"""An inventory that is brought up to date, on a practice vault."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import pytest

from kvcsr_widgets.errors import BusyError, ForbiddenError, UnreachableError
from kvcsr_widgets.pki.pending import Status
from kvcsr_widgets.runbook.entries import Entry, Key, Part, State
from kvcsr_widgets.runbook.inventory import Inventory, load
from kvcsr_widgets.runbook.refresh import over, reread
from kvcsr_widgets.vault.client import Vault
from kvcsr_widgets.vault.session import practise
from tests import inventories
from tests.inventories import VAULT, inventory, issued, refused, unread, waiting
from tests.runbook.stocked import create, finish
from tests.runbook.traffic import Traffic


def again(before: Inventory, vault: Vault, *names: str) -> Inventory:
    keys = [Key(vault.host, name) for name in names]
    return reread(before, keys, {vault.host: vault})


def states(found: Inventory) -> dict[str, State | None]:
    return {each.name: each.state for each in found.entries}


def test_only_these_certificates_are_read_again(vault: Vault, traffic: Traffic) -> None:
    for name in ("a", "b", "c"):
        create(vault, name)
    before = load(vault)
    finish(vault, "new")
    vault.delete("c")
    traffic.asked.clear()

    found = again(before, vault, "a", "c", "new")

    assert states(found) == {"a": State.PENDING, "b": State.PENDING, "new": State.COMPLETED}
    assert traffic.of("certificate") == ["a", "c", "new"]
    assert traffic.of("pending") == ["a", "new"]


def test_what_was_read_again_is_as_a_load_has_it(vault: Vault) -> None:
    create(vault, "web")
    finish(vault, "done")
    vault.set_enabled("done", enabled=False)
    before = load(vault, details=True)

    found = again(before, vault, "web", "done")

    assert sorted(map(repr, found.entries)) == sorted(map(repr, load(vault, details=True).entries))


def test_many_are_read_at_once(vault: Vault, traffic: Traffic) -> None:
    names = [f"web{number}" for number in range(8)]
    for name in names:
        create(vault, name)
    before = load(vault)
    together = threading.Barrier(len(names), timeout=10)
    traffic.meanwhile = lambda _path: together.wait()

    found = again(before, vault, *names)

    assert set(states(found).values()) == {State.PENDING}


def test_after_a_stop_nothing_more_is_asked_for(vault: Vault, traffic: Traffic) -> None:
    create(vault, "web")
    before = load(vault)
    stop = threading.Event()
    stop.set()
    traffic.asked.clear()

    found = reread(before, [Key(vault.host, "web")], {vault.host: vault}, stop)

    assert found.entries == before.entries
    assert traffic.asked == []


def test_the_chain_of_a_version_is_not_forgotten(vault: Vault, traffic: Traffic) -> None:
    finish(vault, "web", kind="p7b", exportable=False)
    before = load(vault, details=True, chains=True)
    vault.set_enabled("web", enabled=False)

    found = again(before, vault, "web")

    (entry,) = found.entries
    assert entry.details is not None
    assert entry.details.chain_length == 3
    assert traffic.of("secret") == ["web"]

    finish(vault, "web", kind="cer", exportable=False)
    (entry,) = again(found, vault, "web").entries
    assert entry.details is not None
    assert entry.details.chain_length is None, "another version has another chain"


@pytest.mark.parametrize(
    ("path", "failed"),
    [("/certificates/web", Part.CERTIFICATE), ("/certificates/web/pending", Part.REQUEST)],
)
def test_what_may_not_be_read_keeps_what_was_known_and_tells_what_is_missing(
    vault: Vault, traffic: Traffic, path: str, failed: Part
) -> None:
    create(vault, "web")
    before = load(vault)
    traffic.answers[path] = (403, b'{"error":{"code":"Forbidden","message":"No."}}')

    found = again(before, vault, "web")

    (entry,) = found.entries
    assert (entry.state, entry.failed) == (State.PENDING, failed)
    (missing,) = found.missing
    assert "“get” for certificates" in missing
    assert "listed" not in missing


def test_what_is_not_known_and_may_not_be_read_raises(vault: Vault, tmp_path: Path) -> None:
    create(vault, "web")
    lister = practise(tmp_path / "vault.sqlite", role="lister")

    with pytest.raises(ForbiddenError):
        again(inventories.inventory(), lister, "web")
    lister.close()


def test_names_of_vaults_that_are_not_open_stay(vault: Vault) -> None:
    elsewhere = inventories.issued(vault="fabrikam.vault.azure.net")
    before = inventories.inventory(elsewhere)

    found = reread(before, [elsewhere.key], {vault.host: vault})

    assert found.entries == (elsewhere,)


def test_while_a_load_goes_on_what_it_has_not_read_yet_stays_known() -> None:
    known, old = inventories.waiting(), inventories.issued(name="old")
    refused = inventories.refused(BusyError("The vault is busy."))
    before = inventories.inventory(known, old, refused)
    listed = Entry(known.vault, known.certificate)
    now = inventories.inventory(listed, reading=True)

    assert over(before, now, [inventories.VAULT]).entries == (known, old)
    assert over(before, now, []).entries == (listed,)
    assert over(None, now, [inventories.VAULT]) is now


def test_before_anything_was_known_it_is_what_was_read() -> None:
    now = inventory(issued(name="a"), reading=True)

    assert over(None, now, [VAULT]) is now


def test_what_was_not_read_yet_stays_as_it_was() -> None:
    before = inventory(issued(name="a"), issued(name="b"))
    newer = issued(name="a", tags={"owner": "web"})

    found = over(before, inventory(newer, reading=True), [VAULT])

    assert found.entries == (newer, before.entries[1])


def test_a_request_that_is_still_to_be_read_does_not_become_unknown() -> None:
    before = inventory(waiting(name="a"))

    found = over(before, inventory(unread(name="a"), unread(name="b"), reading=True), [VAULT])

    assert [each.state for each in found.entries] == [State.PENDING, None]


def test_an_open_request_stays_until_it_is_read_again() -> None:
    before = inventory(issued(name="a", status=Status.IN_PROGRESS))

    found = over(before, inventory(issued(name="a"), reading=True), [VAULT])

    assert found.entries == before.entries


def test_details_that_are_still_to_be_read_do_not_vanish() -> None:
    before = inventory(issued(name="a"), details=True)

    found = over(before, inventory(issued(name="a"), details=True, reading=True), [VAULT])

    assert found.entries[0] is before.entries[0]


def test_a_vault_that_is_not_asked_any_more_goes() -> None:
    before = inventory(issued(name="a", vault="other"), issued(name="b"))

    found = over(before, inventory(reading=True), [VAULT])

    assert [each.name for each in found.entries] == ["b"]


def test_a_vault_that_can_be_listed_again_has_no_error_row() -> None:
    before = inventory(refused(UnreachableError("It does not answer.", hint="Wait.")))

    found = over(before, inventory(issued(name="a"), reading=True), [VAULT])

    assert [each.name for each in found.entries] == ["a"]


def test_what_was_stopped_says_so() -> None:
    now = replace(inventory(issued(name="a"), reading=True), stopped=True)

    assert over(inventory(issued(name="a")), now, [VAULT]).stopped


def test_one_without_a_request_is_none(vault: Vault) -> None:
    finish(vault, "a")
    before = load(vault)
    vault.delete_operation("a")

    (found,) = reread(before, [Key(vault.host, "a")], {vault.host: vault}).entries

    assert found.state is State.NONE
