"""Which rows an action applies to, why not to the others, and what it destroys."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from kvcsr_widgets.errors import ForbiddenError
from kvcsr_widgets.pki.pending import Status
from kvcsr_widgets.runbook.entries import Entry
from kvcsr_widgets.runbook.proposal import Proposal, propose
from kvcsr_widgets.runbook.rows import Action, Gone, Row, why_not
from kvcsr_widgets.vault.deleted import Deleted
from kvcsr_widgets.vault.records import Certificate, Operation
from tests import certificates

HOST = "contoso.vault.azure.net"
DAY = datetime(2026, 1, 31, tzinfo=UTC)
CERTIFICATE = Certificate("web", "", True, DAY, DAY, DAY, DAY, "AB" * 20)
PLACEHOLDER = replace(CERTIFICATE, enabled=False, thumbprint="")
CSR = certificates.csr()
WAITS = Operation("web", Status.IN_PROGRESS, "Unknown", CSR, False, "", "", "id-1")
GONE = Gone(HOST, Deleted("web", DAY, DAY, True, "AB" * 20, DAY))
LOCKED = Gone(HOST, replace(GONE.deleted, purgeable=False))


def asked(status: Status, **more: object) -> Entry:
    """A certificate that was never merged, and its request."""
    return Entry(HOST, PLACEHOLDER, True, replace(WAITS, status=status, **more))  # type: ignore[arg-type]


PENDING = asked(Status.IN_PROGRESS)
CANCELLED = asked(Status.CANCELLED)
FAILED = asked(Status.FAILED)
BY_ISSUER = asked(Status.IN_PROGRESS, issuer="DigiCert")
BEING_CANCELLED = asked(Status.IN_PROGRESS, cancellation_requested=True)
WITHOUT_CSR = asked(Status.IN_PROGRESS, csr=None)
LEFT = Entry(HOST, PLACEHOLDER, True)
ISSUED = Entry(HOST, CERTIFICATE)
DISABLED = Entry(HOST, replace(CERTIFICATE, enabled=False), True)
RENEWING = Entry(HOST, CERTIFICATE, True, WAITS)
UNREAD = Entry(HOST, PLACEHOLDER, error=ForbiddenError("You may not."))
NO_VAULT = Entry(HOST, None, error=ForbiddenError("You may not."))

ALL: dict[str, Row] = {
    "pending": PENDING,
    "cancelled": CANCELLED,
    "failed": FAILED,
    "by issuer": BY_ISSUER,
    "being cancelled": BEING_CANCELLED,
    "without csr": WITHOUT_CSR,
    "left": LEFT,
    "issued": ISSUED,
    "disabled": DISABLED,
    "renewing": RENEWING,
    "unread": UNREAD,
    "no vault": NO_VAULT,
    "gone": GONE,
    "locked": LOCKED,
}
LIVE = set(ALL) - {"no vault", "gone", "locked"}
OPEN = {"pending", "by issuer", "being cancelled", "without csr", "renewing"}
KNOWN = LIVE - {"unread"}

APPLIES = {
    Action.SHOW: LIVE | {"gone", "locked"},
    Action.DOWNLOAD: KNOWN - {"left", "without csr", "disabled"},
    Action.MERGE: OPEN - {"by issuer"},
    Action.NEW_VERSION: KNOWN - OPEN,
    Action.ENABLE: {"disabled"},
    Action.DISABLE: {"issued", "renewing"},
    Action.CANCEL: OPEN - {"being cancelled"},
    Action.RECOVER: {"gone", "locked"},
    Action.DELETE_REQUEST: KNOWN - {"left", "disabled"},
    Action.DELETE: KNOWN - OPEN,
    Action.PURGE: {"gone"},
}


def proposed(action: Action, *rows: Row) -> Proposal:
    return propose(action, rows, {HOST})


@pytest.mark.parametrize("action", Action)
def test_each_action_has_its_rows_and_a_reason_for_the_others(action: Action) -> None:
    reasons = {name: why_not(action, row, {HOST}) for name, row in ALL.items()}

    assert {name for name, reason in reasons.items() if not reason} == APPLIES[action]
    for reason in filter(None, reasons.values()):
        assert reason[0].isupper()
        assert reason.endswith(".")


@pytest.mark.parametrize("action", Action)
def test_nothing_applies_to_a_vault_that_is_not_open(action: Action) -> None:
    for row in (ISSUED, PENDING, GONE):
        assert why_not(action, row, {"other.vault.azure.net"}) == f"The vault {HOST} is not open."


@pytest.mark.parametrize(
    ("action", "row", "told"),
    [
        (Action.CANCEL, ISSUED, "is completed: there is nothing to cancel"),
        (Action.CANCEL, BEING_CANCELLED, "being cancelled already"),
        (Action.MERGE, BY_ISSUER, "Issuer DigiCert completes"),
        (Action.MERGE, CANCELLED, "is cancelled: it waits for no reply"),
        (Action.NEW_VERSION, PENDING, "cancel it or delete it first"),
        (Action.DELETE, RENEWING, "cancel it or delete it first"),
        (Action.DELETE, UNREAD, "is not known"),
        (Action.ENABLE, PENDING, "Nothing was ever merged"),
        (Action.ENABLE, ISSUED, "enabled already"),
        (Action.RECOVER, ISSUED, "have a view of their own"),
        (Action.CANCEL, GONE, "recover it first"),
        (Action.PURGE, LOCKED, "only the vault itself purges it on 2026-01-31"),
        (Action.DOWNLOAD, WITHOUT_CSR, "sends no CSR"),
    ],
)
def test_the_reason_says_what_stands_against_it(action: Action, row: Row, told: str) -> None:
    assert told in why_not(action, row, {HOST})


def test_the_rows_it_applies_to_are_counted() -> None:
    found = proposed(Action.CANCEL, PENDING, ISSUED, BY_ISSUER)

    assert found.rows == (PENDING, BY_ISSUER)
    assert [row for row, _reason in found.left_out] == [ISSUED]
    assert found.label == "Cancel the request: 2 of 3"
    assert proposed(Action.CANCEL, PENDING).label == "Cancel the request"
    assert proposed(Action.CANCEL, ISSUED).label == "Cancel the request: 0 of 1"


def test_what_applies_to_none_says_nothing_of_what_it_would_do() -> None:
    found = proposed(Action.DELETE, PENDING)

    assert not found.possible
    assert (found.about, found.loses, found.word) == ("", "", "")


@pytest.mark.parametrize("action", Action)
def test_each_says_what_it_does(action: Action) -> None:
    rows = [ALL[name] for name in sorted(APPLIES[action])]

    assert proposed(action, *rows).about


@pytest.mark.parametrize(
    ("action", "rows", "told"),
    [
        (Action.DELETE_REQUEST, [PENDING], "destroys the key of one request"),
        (Action.DELETE_REQUEST, [PENDING, CANCELLED, ISSUED], "the key of 2 requests"),
        (Action.DELETE_REQUEST, [RENEWING], "unless the version in use has the same key"),
        (Action.NEW_VERSION, [CANCELLED], "The CSR of one request"),
        (Action.NEW_VERSION, [CANCELLED, FAILED, ISSUED], "The CSR of 2 requests"),
        (Action.DELETE, [ISSUED], "deletes one certificate with all versions and keys, 1 of them"),
        (Action.DELETE, [ISSUED, LEFT], "deletes 2 certificates with all versions and keys, 1 of"),
        (Action.DELETE, [LEFT, CANCELLED], "2 certificates of which nothing was ever merged"),
        (Action.PURGE, [GONE], "for good"),
    ],
)
def test_what_destroys_says_what_and_of_how_many(
    action: Action, rows: list[Row], told: str
) -> None:
    assert told in proposed(action, *rows).loses


def test_a_version_in_use_of_another_row_saves_no_key() -> None:
    assert "unless" not in proposed(Action.DELETE_REQUEST, PENDING, ISSUED).loses


@pytest.mark.parametrize(
    ("action", "row"),
    [
        (Action.SHOW, ISSUED),
        (Action.DOWNLOAD, PENDING),
        (Action.CANCEL, PENDING),
        (Action.DISABLE, ISSUED),
        (Action.ENABLE, DISABLED),
        (Action.RECOVER, GONE),
        (Action.NEW_VERSION, ISSUED),
        (Action.NEW_VERSION, LEFT),
        (Action.DELETE_REQUEST, ISSUED),
    ],
)
def test_what_destroys_nothing_needs_no_confirmation(action: Action, row: Row) -> None:
    found = proposed(action, row)

    assert found.possible
    assert (found.loses, found.word) == ("", "")


def test_one_is_confirmed_by_its_name_and_several_by_their_number() -> None:
    assert proposed(Action.PURGE, GONE, ISSUED).word == "web"
    assert proposed(Action.PURGE, GONE, GONE).word == "2"


def test_what_an_issuer_works_on_is_told_to_come_perhaps_all_the_same() -> None:
    assert "may issue all the same" in proposed(Action.CANCEL, PENDING, BY_ISSUER).about
    assert "may issue all the same" not in proposed(Action.CANCEL, PENDING).about
