"""What changed with a request: the sentence, and the inventory after it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kvcsr_widgets.errors import ForbiddenError
from kvcsr_widgets.pki.names import Names
from kvcsr_widgets.pki.pending import Status
from kvcsr_widgets.pki.plan import CertificatePlan, KeyChoice
from kvcsr_widgets.practice.clock import MovableClock
from kvcsr_widgets.practice.rules import Delays
from kvcsr_widgets.runbook.changes import (
    LONGEST,
    Change,
    Look,
    change,
    look,
    pending,
    with_changes,
)
from kvcsr_widgets.runbook.entries import Key, Part, State
from kvcsr_widgets.runbook.inventory import load
from kvcsr_widgets.vault.client import Vault
from kvcsr_widgets.vault.records import Certificate, Operation
from kvcsr_widgets.vault.session import practise
from tests import inventories

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
KEY = Key("contoso.vault.azure.net", "web")
WAITS = Operation("web", Status.IN_PROGRESS, "Unknown", None, False, "", "", "1")
AT_WORK = replace(WAITS, issuer="DigiCert")
ISSUED = Certificate("web", "9f", True, AT, AT, AT, AT, "AB" * 20)


def told(before: Operation, after: Operation | None, certificate: Certificate | None = None) -> str:
    found = change(KEY, before, Look(after, certificate), AT)
    assert found is not None
    assert (found.key, found.before, found.after, found.at) == (KEY, before, after, AT)
    return found.sentence


def create(vault: Vault, name: str, issuer: str = "Unknown") -> Operation:
    names = Names(dns=("www.contoso.com",))
    return vault.create(CertificatePlan(name, "CN=a", names, key=KeyChoice.EC_P256, issuer=issuer))


@pytest.mark.parametrize(
    ("after", "certificate", "says"),
    [
        (
            replace(AT_WORK, status=Status.COMPLETED),
            ISSUED,
            "“web” was issued by DigiCert and is in use.",
        ),
        (
            replace(AT_WORK, status=Status.COMPLETED),
            replace(ISSUED, enabled=False),
            "“web” was issued by DigiCert, but is disabled.",
        ),
        (replace(AT_WORK, status=Status.COMPLETED), None, "“web” was issued by DigiCert."),
        (
            replace(WAITS, status=Status.COMPLETED),
            ISSUED,
            "“web” was merged and is in use.",
        ),
        (
            replace(WAITS, status=Status.FAILED, error="denied: The domain is not yours."),
            None,
            "The request of “web” failed: denied: The domain is not yours.",
        ),
        (
            replace(WAITS, status=Status.FAILED),
            None,
            "The request of “web” failed: the CA gave no reason",
        ),
        (replace(WAITS, status=Status.CANCELLED), None, "The request of “web” was cancelled."),
        (
            replace(AT_WORK, cancellation_requested=True),
            None,
            "The request of “web” is being cancelled.",
        ),
        (
            replace(AT_WORK, details="Pending. The order is placed."),
            None,
            "The request of “web” says: Pending. The order is placed.",
        ),
        (replace(WAITS, request_id="2"), None, "“web” has another request: waits for the CA."),
        (None, ISSUED, "The request of “web” is gone: it was deleted."),
        (None, None, "“web” is gone: the certificate was deleted with its request."),
    ],
)
def test_each_change_has_its_sentence(
    after: Operation | None, certificate: Certificate | None, says: str
) -> None:
    before = WAITS if after is None or after.issuer == "Unknown" else AT_WORK
    assert told(before, after, certificate) == says


def test_the_same_request_is_no_change_though_the_vault_asks_to_wait_longer() -> None:
    assert change(KEY, WAITS, Look(replace(WAITS, retry_after=30)), AT) is None


def test_words_of_any_length_make_a_sentence_that_can_be_read() -> None:
    said = told(WAITS, replace(WAITS, status=Status.FAILED, error="x" * 10_000))
    assert len(said) < LONGEST + 100
    assert said.endswith("x…")


def test_a_look_at_an_open_request_is_one_request(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    operation = create(vault, "web")
    monkeypatch.setattr(vault, "certificate", None)

    assert look(vault, "web") == Look(operation)


def test_a_look_tells_a_request_that_is_gone_from_a_certificate_that_is(vault: Vault) -> None:
    create(vault, "web")
    vault.delete_operation("web")

    found = look(vault, "web")
    assert found.operation is None
    assert found.certificate is not None
    assert found.certificate.name == "web"
    vault.delete("web")
    assert look(vault, "web") == Look(None)


def seen(vault: Vault, name: str, before: Operation) -> Change:
    found = change(Key(vault.host, name), before, look(vault, name), AT)
    assert found is not None
    return found


@pytest.mark.parametrize("details", [False, True])
def test_an_inventory_after_a_change_is_as_if_it_was_read_anew(
    tmp_path: Path, *, details: bool
) -> None:
    clock = MovableClock()
    vault = practise(tmp_path / "vault.sqlite", clock=clock, delays=Delays(issue=60, cancel=0))
    operations = {
        name: create(vault, name, issuer)
        for name, issuer in (("a", "Self"), ("b", "Unknown"), ("c", "Unknown"), ("d", "Unknown"))
    }
    before = load(vault, details=details)
    assert list(pending(before)) == [Key(vault.host, name) for name in "abcd"]
    clock.advance(60)
    vault.cancel("b")
    vault.delete_operation("c")
    vault.delete_operation("d")
    vault.delete("d")

    changes = [seen(vault, name, operations[name]) for name in "abcd"]
    after = with_changes(before, changes)

    assert [each.name for each in after.entries] == ["a", "b", "c"]
    states = [each.state for each in after.entries]
    assert states == [State.COMPLETED, State.CANCELLED, State.NONE]
    assert pending(after) == {}
    anew = load(vault, details=details, now=before.read_at)
    for mine, its in zip(after.entries, anew.entries, strict=True):
        # an issued one needs no look at its request any more
        assert replace(mine, read=its.read, operation=its.operation) == its
    assert after.frame.loc[0, "next_step"] == "Issued and in use."
    assert before.entries[0].state is State.PENDING
    vault.close()


def test_the_last_of_several_changes_counts_and_strangers_are_left_out(vault: Vault) -> None:
    operation = create(vault, "web")
    inventory, key = load(vault), Key(vault.host, "web")
    cancelled = replace(operation, status=Status.CANCELLED)
    other = Change(KEY, WAITS, None, AT, "gone")

    after = with_changes(
        inventory,
        [
            Change(key, operation, replace(operation, cancellation_requested=True), AT, ""),
            Change(key, operation, cancelled, AT, ""),
            other,
        ],
    )

    assert [each.operation for each in after.entries] == [cancelled]


def test_a_change_takes_the_place_of_an_earlier_refusal() -> None:
    entry = replace(
        inventories.waiting(name="web", vault=KEY.vault),
        error=ForbiddenError("You may not."),
        failed=Part.REQUEST,
    )
    news = Change(KEY, WAITS, replace(WAITS, status=Status.FAILED), AT, "It failed.")

    (found,) = with_changes(inventories.inventory(entry), [news]).entries

    assert (found.state, found.error, found.failed) == (State.FAILED, None, None)
