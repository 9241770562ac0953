"""GET, PATCH and DELETE of a pending request."""

from __future__ import annotations

import pytest
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.keyvault.certificates import CertificateClient
from cryptography.hazmat.primitives.serialization import Encoding

from kvcsr_widgets.practice.rules import DEFAULT_DELAYS
from kvcsr_widgets.practice.transport import Practice
from kvcsr_widgets.vault.session import practise
from tests.practice.conftest import Clock
from tests.practice.test_create import create
from tests.practice.wire import Wire

_DER = Encoding.DER
NOT_IN_PROGRESS = "Pending status must be in progress to allow update."


def test_a_request_can_be_read_again(client: CertificateClient) -> None:
    csr = create(client)

    operation = client.get_certificate_operation("web")

    assert operation.status == "inProgress"
    assert operation.issuer_name == "Unknown"
    assert operation.cancellation_requested is False
    assert operation.csr is not None
    assert csr.public_bytes(_DER) == operation.csr


def test_the_request_id_filters(wire: Wire) -> None:
    request_id = wire.create().body["request_id"]
    path = "/certificates/web/pending?request_id="

    assert wire.send("GET", path + request_id).status == 200
    assert wire.send("GET", path + "0" * 32).error == (
        404,
        "PendingCertificateNotFound",
        "Pending certificate not found: web",
    )


def test_a_cancellation_shows_after_a_while(client: CertificateClient, clock: Clock) -> None:
    create(client)

    asked = client.cancel_certificate_operation("web")
    assert (asked.cancellation_requested, asked.status) == (True, "inProgress")
    clock.now += DEFAULT_DELAYS.cancel - 1
    assert client.get_certificate_operation("web").status == "inProgress"
    clock.now += 1
    assert client.get_certificate_operation("web").status == "cancelled"


def test_a_cancelled_request_cannot_be_cancelled_again(
    client: CertificateClient, clock: Clock
) -> None:
    create(client)
    client.cancel_certificate_operation("web")
    clock.now += DEFAULT_DELAYS.cancel

    with pytest.raises(HttpResponseError, match=NOT_IN_PROGRESS) as caught:
        client.cancel_certificate_operation("web")

    assert caught.value.status_code == 403


def test_a_cancelled_request_gives_way_to_a_new_one(
    client: CertificateClient, clock: Clock
) -> None:
    first = create(client)
    client.cancel_certificate_operation("web")
    clock.now += DEFAULT_DELAYS.cancel

    assert create(client).public_key() != first.public_key()
    assert client.get_certificate_operation("web").status == "inProgress"


def test_a_patch_that_does_not_cancel_changes_nothing(wire: Wire) -> None:
    before = wire.create().body

    patched = wire.send("PATCH", "/certificates/web/pending", {"cancellation_requested": False})

    assert patched.body == before
    assert wire.send("PATCH", "/certificates/web/pending", {}).status == 400


def test_a_deleted_request_leaves_the_placeholder(client: CertificateClient) -> None:
    create(client)
    placeholder = client.get_certificate("web").id

    client.delete_certificate_operation("web")

    with pytest.raises(ResourceNotFoundError, match="Pending certificate not found: web"):
        client.get_certificate_operation("web")
    assert client.get_certificate("web").id == placeholder


def test_a_request_can_be_deleted_right_after_its_cancellation(client: CertificateClient) -> None:
    create(client)
    client.cancel_certificate_operation("web")

    deleted = client.delete_certificate_operation("web")

    assert (deleted.cancellation_requested, deleted.status) == (True, "inProgress")


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_there_is_no_request_where_none_was_made(wire: Wire, method: str) -> None:
    answer = wire.send(method, "/certificates/web/pending", {"cancellation_requested": True})

    assert answer.error == (
        404,
        "PendingCertificateNotFound",
        "Pending certificate not found: web",
    )


def test_a_request_waits_over_a_restart(client: CertificateClient, practice: Practice) -> None:
    csr = create(client)
    reopened = practise(practice.store.path)

    operation = reopened.operation("web")

    assert operation.csr is not None
    assert operation.csr.der == csr.public_bytes(_DER)
    reopened.close()
