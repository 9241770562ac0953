"""The eleven scenarios of Microsoft's article “Monitor and manage certificate creation”."""

from __future__ import annotations

import pytest
from cryptography import x509

from kvcsr_widgets.practice.rules import Delays
from kvcsr_widgets.practice.transport import Practice
from tests.practice.conftest import Clock
from tests.practice.steps import b64, finish, merge, sign, status, with_issuer
from tests.practice.test_import import pfx
from tests.practice.wire import Wire

PENDING = "/certificates/web/pending"
CANCEL = {"cancellation_requested": True}
ISSUE = 20


@pytest.fixture
def delays() -> Delays:
    """An issuer that takes its time."""
    return Delays(issue=ISSUE)


def test_1_request_a_certificate_with_a_supported_issuer(wire: Wire, practice: Practice) -> None:
    answer = wire.create(policy=with_issuer(wire))

    assert answer.status == 202
    assert answer.headers["location"].startswith(f"{practice.url}{PENDING}?api-version=")
    assert answer.headers["location"].endswith(f"&request_id={answer.body['request_id']}")
    assert answer.body["issuer"] == {"name": "mydigicert"}
    assert answer.body["status"] == "inProgress"
    assert answer.body["status_details"].startswith("Pending certificate created. Certificate req")


def test_2_a_pending_request_in_progress(wire: Wire) -> None:
    created = wire.create(policy=with_issuer(wire)).body

    answer = wire.send("GET", f"{PENDING}?request_id={created['request_id']}")
    assert (answer.status, answer.body) == (200, created)
    assert wire.send("GET", PENDING).body == created
    assert wire.send("GET", f"{PENDING}?request_id=another").status == 404


def test_3_a_pending_request_that_is_complete(wire: Wire, clock: Clock, practice: Practice) -> None:
    wire.create(policy=with_issuer(wire))
    clock.now += ISSUE

    answer = wire.send("GET", PENDING).body
    assert (answer["status"], answer["target"]) == ("completed", f"{practice.url}/certificates/web")
    assert "status_details" not in answer
    certificate = wire.send("GET", "/certificates/web").body
    assert certificate["attributes"]["enabled"] is True
    assert "cer" in certificate


@pytest.mark.parametrize("end", ["cancelled", "failed"])
def test_4_a_pending_request_that_was_cancelled_or_failed(
    wire: Wire, clock: Clock, end: str
) -> None:
    account = {"account_id": "12345", "pwd": "a long API key" if end == "cancelled" else "wrong"}
    wire.create(policy=with_issuer(wire, {"credentials": account}))
    if end == "cancelled":
        wire.send("PATCH", PENDING, CANCEL)
    clock.now += ISSUE

    answer = wire.send("GET", PENDING)
    assert (answer.status, answer.body["status"]) == (200, end)
    assert ("error" in answer.body) == (end == "failed")
    assert "cer" not in wire.send("GET", "/certificates/web").body


def test_5_a_pending_request_that_was_deleted_or_overwritten(wire: Wire, clock: Clock) -> None:
    old = wire.create(policy=with_issuer(wire)).body["request_id"]
    clock.now += ISSUE
    new = wire.create().body["request_id"]

    assert wire.send("GET", f"{PENDING}?request_id={old}").status == 404
    assert wire.send("GET", f"{PENDING}?request_id={new}").status == 200
    wire.send("DELETE", PENDING)
    assert wire.send("GET", f"{PENDING}?request_id={new}").error == (
        404,
        "PendingCertificateNotFound",
        "Pending certificate not found: web",
    )


def test_6_create_or_import_while_one_is_in_progress(wire: Wire, clock: Clock) -> None:
    created = wire.create(policy=with_issuer(wire)).body
    conflict = (
        409,
        "Conflict",
        "A new key vault certificate can not be created or imported while a pending key vault "
        "certificate's status is inProgress.",
    )

    assert wire.create().error == conflict
    file = {"value": b64(pfx())}
    assert wire.send("POST", "/certificates/web/import", file).error == conflict
    assert wire.send("GET", PENDING).body == created
    clock.now += ISSUE
    assert wire.send("POST", "/certificates/web/import", file).status == 200


@pytest.mark.parametrize("end", ["cancelled", "failed"])
def test_7_merge_for_an_issuers_request(
    wire: Wire, clock: Clock, practice: Practice, end: str
) -> None:
    account = {"account_id": "12345", "pwd": "a long API key" if end == "cancelled" else "wrong"}
    created = wire.create(policy=with_issuer(wire, {"credentials": account})).body
    reply = sign(practice, created)

    assert merge(wire, reply).error == (
        403,
        "Forbidden",
        "Merge is forbidden on pending object created with issuer : mydigicert while it is in "
        "progess.",
    )
    if end == "cancelled":
        wire.send("PATCH", PENDING, CANCEL)
    clock.now += ISSUE
    assert status(wire) == end
    assert merge(wire, reply).status == 201
    assert status(wire) == "completed"


def test_8_request_a_cancellation(wire: Wire, clock: Clock) -> None:
    wire.create(policy=with_issuer(wire))

    asked = wire.send("PATCH", PENDING, CANCEL).body
    assert (asked["status"], asked["cancellation_requested"]) == ("inProgress", True)
    clock.now += ISSUE
    assert status(wire) == "cancelled"
    assert wire.send("PATCH", PENDING, CANCEL).error == (
        403,
        "Forbidden",
        "Pending status must be in progress to allow update.",
    )


def test_9_delete_the_pending_object(wire: Wire, clock: Clock) -> None:
    wire.create(policy=with_issuer(wire))

    assert wire.send("DELETE", PENDING).body["status"] == "inProgress"
    assert wire.send("GET", PENDING).status == 404
    clock.now += ISSUE
    assert "cer" not in wire.send("GET", "/certificates/web").body


def test_10_create_a_certificate_manually(wire: Wire, clock: Clock) -> None:
    created = wire.create()

    assert created.status == 202
    assert created.body["issuer"] == {"name": "Unknown"}
    assert created.body["status_details"] == (
        "Pending certificate created. Please Perform Merge to complete the request."
    )
    clock.now += 1000 * ISSUE  # nobody but the user goes on with it
    assert status(wire) == "inProgress"


def test_11_merge_a_manual_request(wire: Wire, practice: Practice) -> None:
    created = wire.create().body
    reply = sign(practice, created)

    answer = merge(wire, reply)

    assert answer.status == 201
    assert answer.body["cer"] == b64(reply.cer)
    csr = practice.vault.shelf.pending("web").csr
    assert x509.load_der_x509_csr(csr).public_key() == reply.leaf.public_key()
    assert finish(wire, practice, "another")["attributes"]["enabled"] is True
