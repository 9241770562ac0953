"""Where requests stand, on a practice vault."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kvcsr_widgets.pki.pending import Status
from kvcsr_widgets.pki.plan import CertificatePlan, KeyChoice
from kvcsr_widgets.pki.signed import read_signed
from kvcsr_widgets.practice.rules import Delays
from kvcsr_widgets.practice.transport import Practice
from kvcsr_widgets.runbook.progress import next_step, state, waits_for_merge, words
from kvcsr_widgets.runbook.requests import requests
from kvcsr_widgets.vault.client import Vault
from kvcsr_widgets.vault.records import Operation
from kvcsr_widgets.vault.session import practise

DIGICERT = "Request rejected: The call to DigiCert failed with Error code x"
WAITING = Operation("web", Status.IN_PROGRESS, "Unknown", None, False, "", "", "")


@pytest.mark.parametrize(
    ("operation", "enabled", "says"),
    [
        (None, True, "In use."),
        (None, False, "No request is open"),
        (WAITING, False, "Waits for the CA"),
        (replace(WAITING, cancellation_requested=True), False, "Being cancelled"),
        (replace(WAITING, issuer="Self"), False, "The issuer “Self” is at work: wait."),
        (replace(WAITING, issuer="Self", status=Status.COMPLETED), True, "Issued and in use."),
        (replace(WAITING, status=Status.COMPLETED), True, "Merged and in use."),
        (replace(WAITING, status=Status.COMPLETED), False, "Merged, but disabled: by hand, or as"),
        (replace(WAITING, status=Status.COMPLETED), None, "Merged: the certificate is in the"),
        (replace(WAITING, status=Status.FAILED, error="denied."), False, "Failed: denied. Create"),
        (replace(WAITING, status=Status.FAILED), False, "Failed: the CA gave no reason. Create"),
        (
            replace(WAITING, status=Status.FAILED, error=DIGICERT),
            False,
            f"Failed: {DIGICERT}. ",
        ),
        (replace(WAITING, status=Status.CANCELLED), False, "Cancelled. Create a new request"),
    ],
)
def test_each_state_has_its_next_step(
    operation: Operation | None, enabled: bool | None, says: str
) -> None:
    assert next_step(operation, enabled=enabled).startswith(says)


def test_a_certificate_without_a_request_was_disabled_by_hand() -> None:
    assert next_step(None, enabled=False, issued=True).startswith("Disabled: by hand, or as was")


@pytest.mark.parametrize(
    ("status", "enabled", "days", "says"),
    [
        (None, True, 9, "Create a new version: expires on 2026-03-10."),
        (Status.COMPLETED, True, -1, "Create a new version: expired on 2026-02-28."),
        (Status.IN_PROGRESS, True, 9, "merge the reply. Expires on 2026-03-10: make haste."),
        (Status.FAILED, True, 9, "Create a new request. Expires on 2026-03-10."),
        (Status.CANCELLED, True, 9, "can still be merged. Expires on 2026-03-10."),
        (Status.COMPLETED, False, 9, "Enable it when needed."),
        (
            *(Status.COMPLETED, False, -1),
            "Expired on 2026-02-28 and disabled: create a new version if it is still needed.",
        ),
    ],
)
def test_what_expires_is_told_with_the_step_that_helps(
    status: Status | None, enabled: bool, days: int, says: str
) -> None:
    operation = replace(WAITING, status=status) if status is not None else None
    now = datetime(2026, 3, 1, tzinfo=UTC)
    expires = now + timedelta(days=days)

    said = next_step(operation, enabled=enabled, issued=True, expires=expires, now=now)

    assert said.endswith(says)


def test_a_cancelled_request_is_told_to_take_the_reply_still() -> None:
    said = next_step(replace(WAITING, status=Status.CANCELLED), enabled=False)
    assert said.endswith("Until then, the CA's reply can still be merged.")


def test_cancelling_is_never_told_to_need_a_deletion() -> None:
    """Deleting destroys the key; a new request replaces a cancelled one."""
    for status in Status:
        said = next_step(replace(WAITING, status=status), enabled=False)
        assert "delete" not in said.lower()


@pytest.mark.parametrize(
    ("operation", "says"),
    [
        (None, ""),
        (WAITING, ""),
        (replace(WAITING, details="Please Perform Merge."), "Please Perform Merge."),
        (replace(WAITING, details="Waits.", error="Rejected: no."), "Rejected: no."),
    ],
)
def test_an_operation_speaks_for_itself(operation: Operation | None, says: str) -> None:
    assert words(operation) == says


def create(vault: Vault, name: str, *, enabled: bool = True) -> Operation:
    return vault.create(CertificatePlan(name, "CN=a", key=KeyChoice.EC_P256, enabled=enabled))


def finish(vault: Vault, name: str, *, enabled: bool = True) -> None:
    operation = create(vault, name, enabled=enabled)
    assert vault.authority is not None
    assert operation.csr is not None
    reply = vault.authority.sign(operation.csr.der, days=30)
    vault.merge(name, read_signed(reply.file("cer")).certificates)


def waiting(vault: Vault) -> list[str]:
    return [each.name for each in requests(vault).operations if waits_for_merge(each)]


def test_what_an_issuer_works_on_is_not_offered_for_a_merge(tmp_path: Path) -> None:
    practice = Practice(tmp_path / "vault.sqlite", delays=Delays(issue=60))
    policy = {"x509_props": {"subject": "CN=a"}, "issuer": {"name": "Self"}}
    practice.vault.rules.create("own", {"policy": policy})
    practice.close()
    vault = practise(tmp_path / "vault.sqlite")
    create(vault, "waiting")

    assert waiting(vault) == ["waiting"]
    assert state(vault.operation("own")) == "Self is at work"
    assert vault.operation("own").status is Status.IN_PROGRESS
    vault.close()


def test_open_requests_are_those_that_wait(vault: Vault) -> None:
    finish(vault, "done")
    create(vault, "waiting")
    create(vault, "gone")
    vault.delete_operation("gone")

    assert waiting(vault) == ["waiting"]


def test_finished_requests_keep_their_csr(vault: Vault) -> None:
    finish(vault, "done")
    create(vault, "gone")
    vault.delete_operation("gone")
    create(vault, "waiting")

    assert [(each.name, state(each)) for each in requests(vault).operations] == [
        ("done", "completed"),
        ("waiting", "waits for the CA"),
    ]
