"""What holds a name, each state made for real in a practice vault."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kvcsr_widgets.errors import PlanError
from kvcsr_widgets.pki.plan import CertificatePlan, KeyChoice
from kvcsr_widgets.pki.signed import read_signed
from kvcsr_widgets.practice.clock import MovableClock
from kvcsr_widgets.practice.faults import Fault, Faults
from kvcsr_widgets.practice.rules import Delays
from kvcsr_widgets.practice.transport import Practice
from kvcsr_widgets.runbook.availability import SETTLED_AFTER, Availability, State, Way, look_up
from kvcsr_widgets.vault.client import Vault
from kvcsr_widgets.vault.deleted import Deleted, DeletedCertificates
from kvcsr_widgets.vault.issuers import Issuer
from kvcsr_widgets.vault.records import Operation
from kvcsr_widgets.vault.session import practise
from tests.vault.test_client import saying, vault_that

PLAN = CertificatePlan("web", "CN=a", key=KeyChoice.EC_P256)
POLICY = {"x509_props": {"subject": "CN=a"}, "issuer": {"name": "Self"}}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "vault.sqlite"


@pytest.fixture
def faults() -> Faults:
    return Faults()


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def vault(path: Path, faults: Faults, clock: MovableClock) -> Iterator[Vault]:
    opened = practise(path, faults=faults, clock=clock)
    opened.check()
    yield opened
    opened.close()


def inside(path: Path, step: Callable[[Practice], object], **delays: int) -> None:
    """Do something in the practice vault that the workbook's own client does not."""
    practice = Practice(path, delays=Delays(**delays))
    step(practice)
    practice.close()


def delete(path: Path, **delays: int) -> None:
    inside(path, lambda practice: practice.vault.deletion.delete("web"), **delays)


def merge(vault: Vault, operation: Operation) -> None:
    assert vault.authority is not None
    assert operation.csr is not None
    reply = vault.authority.sign(operation.csr.der, days=30)
    vault.merge(operation.name, read_signed(reply.file("cer")).certificates)


def state(found: Availability) -> tuple[State, bool, tuple[Way, ...]]:
    return found.state, found.refused, found.actions


def test_a_name_that_nothing_holds_is_free(vault: Vault) -> None:
    found = look_up(vault, "web")

    assert state(found) == (State.FREE, False, ())
    assert found.sentence == "“web” is free."
    assert found.rows() == ()


def test_a_merged_certificate_gets_a_next_version(vault: Vault) -> None:
    merge(vault, vault.create(PLAN))

    found = look_up(vault, "web")

    assert state(found) == (State.IN_USE, False, (Way.NEW_VERSION,))
    assert found.sentence.startswith("“web” is in use (expires 20")
    assert "its current policy" in found.hint
    assert found.certificate == vault.certificate("web")
    assert [label for label, _value in found.rows()] == ["Certificate", "Thumbprint", "Request"]
    assert found.rows()[2] == ("Request", "completed, issuer Unknown")


def test_a_disabled_certificate_is_said_to_be(vault: Vault, path: Path) -> None:
    merge(vault, vault.create(PLAN))
    off = {"attributes": {"enabled": False}}
    inside(path, lambda practice: practice.vault.shelf.update("web", None, off))

    found = look_up(vault, "web")

    assert (found.state, "(disabled)" in found.sentence) == (State.IN_USE, True)


def test_a_name_is_the_same_in_upper_and_lower_case(vault: Vault) -> None:
    merge(vault, vault.create(PLAN))

    found = look_up(vault, "WEB")

    assert (found.name, found.state) == ("web", State.IN_USE)
    assert found.hint.endswith("Upper and lower case are the same to the vault.")
    assert look_up(vault, "web").hint == found.hint.removesuffix(
        " Upper and lower case are the same to the vault."
    )


def test_a_request_that_waits_refuses_another(vault: Vault) -> None:
    operation = vault.create(PLAN)

    found = look_up(vault, "web")

    assert state(found) == (State.PENDING, True, (Way.OPEN_REQUEST, Way.CANCEL_REQUEST))
    assert found.sentence == "“web” has a request that waits for its CA."
    assert "can be downloaded again" in found.hint
    assert (found.operation, found.certificate) == (operation, None)
    assert found.rows() == (("Request", "inProgress, issuer Unknown"),)


def test_a_request_for_a_next_version_shows_the_certificate_too(vault: Vault) -> None:
    merge(vault, vault.create(PLAN))
    vault.create(PLAN)

    found = look_up(vault, "web")

    assert (found.state, found.refused) == (State.PENDING, True)
    assert found.sentence == "“web” has a request for its next version that waits for its CA."
    assert found.certificate is not None
    assert found.certificate.enabled


def test_an_issuer_at_work_is_waited_for(vault: Vault, path: Path) -> None:
    inside(path, lambda practice: practice.vault.rules.create("web", {"policy": POLICY}), issue=60)

    found = look_up(vault, "web")

    assert state(found) == (State.PENDING, True, (Way.LOOK_AGAIN, Way.CANCEL_REQUEST))
    assert found.sentence == "The issuer “Self” is at work on a request of “web”."


def test_a_cancelled_request_frees_its_name_when_it_is_done(
    vault: Vault, clock: MovableClock
) -> None:
    vault.create(PLAN)
    vault.cancel("web")

    going = look_up(vault, "web")
    clock.advance(11)
    found = look_up(vault, "web")

    assert (going.state, going.sentence) == (
        State.PENDING,
        "A request of “web” is being cancelled.",
    )
    assert state(found) == (State.ENDED, False, (Way.NEW_VERSION,))
    assert found.sentence == "“web” was never merged; its request was cancelled."
    assert vault.create(PLAN).name == "web"


def test_a_deleted_request_leaves_its_name_free_to_create(vault: Vault) -> None:
    vault.create(PLAN)
    vault.delete_operation("web")

    found = look_up(vault, "web")

    assert (found.state, found.refused, found.operation) == (State.ENDED, False, None)
    assert found.sentence == "“web” was never merged; its request was deleted."


def test_a_failed_request_shows_its_error(vault: Vault, path: Path) -> None:
    vault.issuers.add(Issuer("ca", "DigiCert", "1", "2"), "short")
    policy = POLICY | {"issuer": {"name": "ca"}}
    inside(path, lambda practice: practice.vault.rules.create("web", {"policy": policy}))

    found = look_up(vault, "web")

    assert (found.state, found.refused) == (State.ENDED, False)
    assert "ended: failed, Request rejected: The call to DigiCert failed" in found.sentence
    assert found.rows()[1][0] == "Its error"


def test_a_deleted_certificate_can_be_recovered(vault: Vault, path: Path) -> None:
    merge(vault, vault.create(PLAN))
    delete(path)

    found = look_up(vault, "Web")

    assert state(found) == (State.DELETED, True, (Way.RECOVER, Way.PURGE))
    today, later = datetime.now(UTC), datetime.now(UTC) + timedelta(days=90)
    assert found.sentence == (
        f"A certificate deleted on {today:%Y-%m-%d} holds the name “web” until {later:%Y-%m-%d}."
    )
    assert f"purged by the vault on {later:%Y-%m-%d}" in found.rows()[0][1]

    vault.deleted.recover("web")
    assert look_up(vault, "web").state is State.IN_USE


def test_a_purge_frees_the_name_after_a_while(vault: Vault, path: Path) -> None:
    vault.create(PLAN)
    delete(path)
    before = look_up(vault, "web")
    vault.deleted.purge("web")

    short = look_up(vault, "web", before)
    assert short.since is not None
    later = look_up(vault, "web", replace(short, since=short.since - SETTLED_AFTER))

    assert state(short) == (State.MOVING, True, (Way.LOOK_AGAIN,))
    assert look_up(vault, "web", short).since == short.since
    assert later.state is State.FREE
    assert look_up(vault, "other", before).state is State.FREE


def test_a_deletion_that_goes_on_shows_by_what_was_there_before(
    path: Path, clock: MovableClock
) -> None:
    vault = practise(path, delays=Delays(delete=5), clock=clock)
    vault.create(PLAN)
    before = look_up(vault, "web")
    delete(path, delete=5)

    going = look_up(vault, "web", before)
    clock.advance(6)
    gone = look_up(vault, "web", going)
    vault.deleted.recover("web")
    coming = look_up(vault, "web", gone)
    clock.advance(6)

    assert [each.state for each in (before, going, gone, coming)] == [
        State.PENDING,
        State.MOVING,
        State.DELETED,
        State.MOVING,
    ]
    assert look_up(vault, "web", coming).state is State.PENDING
    vault.close()


def test_a_vault_with_purge_protection_offers_no_purge(
    vault: Vault, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault.create(PLAN)
    delete(path)
    get = DeletedCertificates.get

    def protected(self: DeletedCertificates, name: str) -> Deleted:
        return replace(get(self, name), purgeable=False)

    monkeypatch.setattr(DeletedCertificates, "get", protected)
    found = look_up(vault, "web")

    assert found.actions == (Way.RECOVER,)
    assert "purge protection" in found.hint


def test_a_conflict_is_a_name_on_the_move() -> None:
    """Not recorded for a GET, but what the service answers to other steps meanwhile."""
    vault = vault_that(saying(409, "Conflict", "Certificate is currently being deleted."))

    assert look_up(vault, "web").state is State.MOVING
    vault.close()


def test_who_may_not_look_is_told_so_and_not_that_it_is_free(path: Path) -> None:
    stranger = practise(path, role="none")

    found = look_up(stranger, "web")

    assert state(found) == (State.UNKNOWN, False, (Way.LOOK_AGAIN,))
    assert found.sentence == (
        "Whether “web” is free could not be looked up. "
        "You are signed in, but may not do this for “web”."
    )
    assert "Key Vault Certificates Officer" in found.hint
    stranger.close()


def test_a_refusal_that_nobody_knows_is_told_in_its_own_words() -> None:
    vault = vault_that(saying(400, "BadParameter", "Something odd."))

    found = look_up(vault, "web")

    assert found.state is State.UNKNOWN
    assert found.hint.endswith("In its own words: “Something odd”.")
    vault.close()


def test_a_reader_may_look(vault: Vault, path: Path) -> None:
    vault.create(PLAN)
    delete(path)
    reader = practise(path, role="reader")

    assert look_up(reader, "web").state is State.DELETED
    reader.close()


@pytest.mark.parametrize(
    ("operation", "exists", "says"),
    [
        ("get_certificate", False, "Whether “web” is free could not be looked up."),
        (
            "get_deleted",
            False,
            "Whether a deleted certificate holds the name “web” could not be looked up.",
        ),
        ("get_pending", True, "The request of “web” could not be looked up."),
    ],
)
@pytest.mark.usefixtures("no_pauses")
def test_what_cannot_be_looked_up_is_said(
    vault: Vault,
    faults: Faults,
    operation: str,
    exists: bool,
    says: str,
) -> None:
    if exists:
        merge(vault, vault.create(PLAN))
    faults.add(Fault("throttled", operation, times=100, retry_after=0))

    found = look_up(vault, "web")

    assert found.state is State.UNKNOWN
    assert found.sentence == f"{says} The vault is busy: it has had too many requests."
    assert "Wait a minute" in found.hint
    assert (found.certificate is not None) == exists


@pytest.mark.parametrize("name", ["", "a.b", "a/b", "x" * 128, "contacts", "Issuers"])
def test_a_name_that_cannot_be_is_not_asked_for(
    vault: Vault, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "azure")
    with pytest.raises(PlanError) as caught:
        look_up(vault, name)

    assert {problem.field for problem in caught.value.problems} == {"name"}
    assert caplog.text == ""


@pytest.mark.parametrize("there", ["nothing", "request", "certificate", "deleted"])
def test_a_look_takes_at_most_three_requests(
    vault: Vault, path: Path, caplog: pytest.LogCaptureFixture, there: str
) -> None:
    if there != "nothing":
        operation = vault.create(PLAN)
        if there == "certificate":
            merge(vault, operation)
        if there == "deleted":
            delete(path)
    caplog.set_level(logging.INFO, "azure")

    look_up(vault, "web")

    assert caplog.text.count("Request URL") == 2
