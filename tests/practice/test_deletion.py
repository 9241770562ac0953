"""Soft delete: delete, list, recover, purge."""

from __future__ import annotations

import pytest
from azure.core.exceptions import ResourceNotFoundError
from azure.keyvault.certificates import CertificateClient

from kvcsr_widgets.practice.rules import Delays
from kvcsr_widgets.practice.transport import Practice
from tests.practice.conftest import START, Clock
from tests.practice.steps import b64, finish, merge, sign, status
from tests.practice.test_create import create
from tests.practice.test_import import pfx
from tests.practice.wire import Wire, members

WEB = "/certificates/web"
DELETED = "/deletedcertificates/web"
DAY = 86400


def test_a_deletion_answers_what_is_gone(wire: Wire, practice: Practice) -> None:
    bundle = finish(wire, practice)

    answer = wire.send("DELETE", WEB)

    assert answer.status == 200
    assert members(answer.body) == [
        ("recoveryId", None),
        ("deletedDate", None),
        ("scheduledPurgeDate", None),
        *members(bundle),  # type: ignore[misc]
    ]
    assert answer.body["recoveryId"] == f"{practice.url}{DELETED}"
    assert answer.body["deletedDate"] == START
    assert answer.body["scheduledPurgeDate"] == START + 90 * DAY
    assert wire.send("GET", DELETED).body == answer.body


def test_a_deleted_request_that_was_never_merged_has_no_key(wire: Wire) -> None:
    wire.create()

    answer = wire.send("DELETE", WEB).body

    assert not {"kid", "sid", "x5t", "cer"} & set(answer)
    assert "pending" in answer
    assert answer["attributes"]["enabled"] is False


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [
        ("GET", WEB, "CertificateNotFound"),
        ("GET", f"{WEB}/policy", "CertificateNotFound"),
        ("PATCH", WEB, "CertificateNotFound"),
        ("DELETE", WEB, "CertificateNotFound"),
        ("POST", f"{WEB}/backup", "CertificateNotFound"),
        ("GET", f"{WEB}/pending", "PendingCertificateNotFound"),
        ("GET", "/secrets/web", "SecretNotFound"),
        ("GET", "/keys/web", "KeyNotFound"),
    ],
)
def test_what_is_deleted_is_not_found(
    wire: Wire, practice: Practice, method: str, path: str, code: str
) -> None:
    version = finish(wire, practice)["id"].rpartition("/")[2]
    wire.send("DELETE", WEB)

    answer = wire.send(method, path, {})
    assert (answer.status, answer.body["error"]["code"]) == (404, code)
    assert wire.send("GET", f"{WEB}/{version}").status == 404
    assert wire.send("GET", f"{WEB}/versions").body["value"] == []


def test_the_name_of_a_deleted_certificate_is_taken(wire: Wire, practice: Practice) -> None:
    finish(wire, practice)
    wire.send("DELETE", WEB)

    for answer in (wire.create(), wire.send("POST", f"{WEB}/import", {"value": b64(pfx())})):
        assert answer.error == (
            409,
            "Conflict",
            "Certificate web is currently in a deleted but recoverable state, and its name cannot "
            "be reused; in this state, the certificate can only be recovered or purged.",
        )
        assert answer.body["error"]["innererror"] == {"code": "ObjectIsDeletedButRecoverable"}


def test_deleted_ones_have_a_list_of_their_own(
    wire: Wire, practice: Practice, client: CertificateClient
) -> None:
    for name in ("a", "b"):
        finish(wire, practice, name)
    for name in ("c", "d"):
        create(client, name)
    for name in ("a", "c"):
        wire.send("DELETE", f"/certificates/{name}")

    assert [each.name for each in client.list_properties_of_certificates()] == ["b"]
    assert [each.name for each in client.list_deleted_certificates()] == ["a"]
    both = client.list_deleted_certificates(include_pending=True, max_page_size=1)
    assert [(each.name, bool(each.scheduled_purge_date)) for each in both] == [
        ("a", True),
        ("c", True),
    ]
    item = wire.send("GET", "/deletedcertificates").body["value"][0]
    assert list(item) == [
        "recoveryId",
        "deletedDate",
        "scheduledPurgeDate",
        "id",
        "x5t",
        "attributes",
        "subject",
    ]


def test_a_recovered_certificate_is_as_it_was(wire: Wire, practice: Practice) -> None:
    first = finish(wire, practice)
    finish(wire, practice)
    before = wire.send("GET", WEB).body
    wire.send("DELETE", WEB)

    answer = wire.send("POST", f"{DELETED}/recover")

    assert (answer.status, answer.body) == (200, before)
    assert wire.send("GET", WEB).body == before
    assert len(wire.send("GET", f"{WEB}/versions").body["value"]) == 2
    assert wire.send("GET", first["sid"].removeprefix(practice.url)).status == 200
    assert wire.send("GET", DELETED).status == 404


def test_a_request_goes_on_after_its_recovery(wire: Wire, practice: Practice) -> None:
    created = wire.create().body
    wire.send("DELETE", WEB)
    wire.send("POST", f"{DELETED}/recover")

    assert wire.send("GET", f"{WEB}/pending").body == created
    assert merge(wire, sign(practice, created)).status == 201


def test_a_purge_leaves_nothing(wire: Wire, practice: Practice) -> None:
    finish(wire, practice)
    wire.send("DELETE", WEB)

    answer = wire.send("DELETE", DELETED)

    assert (answer.status, answer.text) == (204, "")
    assert wire.send("GET", DELETED).status == 404
    assert practice.store.certificate("web") is None
    assert practice.store.newest("web") is None
    assert practice.store.operation("web") is None
    assert wire.create().status == 202


def test_a_deleted_certificate_is_purged_after_ninety_days(
    wire: Wire, clock: Clock, practice: Practice
) -> None:
    finish(wire, practice)
    wire.send("DELETE", WEB)
    clock.now += 90 * DAY - 1
    assert wire.send("GET", DELETED).status == 200
    clock.now += 1

    assert wire.send("GET", DELETED).status == 404
    assert wire.create().status == 202


@pytest.mark.parametrize(("method", "step"), [("GET", ""), ("DELETE", ""), ("POST", "/recover")])
def test_what_was_not_deleted_is_not_among_the_deleted(
    wire: Wire, practice: Practice, method: str, step: str
) -> None:
    finish(wire, practice)

    assert wire.send(method, DELETED + step).error == (
        404,
        "CertificateNotFound",
        "Deleted Certificate not found: web",
    )
    assert wire.send("GET", WEB).status == 200


def test_a_deleted_certificate_does_not_renew_itself(wire: Wire, clock: Clock) -> None:
    wire.create(policy={"issuer": {"name": "Self"}})
    wire.send("GET", WEB)
    clock.now += 250 * DAY
    wire.send("DELETE", WEB)
    clock.now += 60 * DAY
    assert wire.send("GET", DELETED).status == 200

    wire.send("POST", f"{DELETED}/recover")
    assert len(wire.send("GET", f"{WEB}/versions").body["value"]) == 2


def test_the_sdk_deletes_recovers_and_purges(client: CertificateClient) -> None:
    create(client)
    deleted = client.begin_delete_certificate("web", _polling_interval=0.01).result()
    assert deleted.name == "web"
    recovered = client.begin_recover_deleted_certificate("web", _polling_interval=0.01).result()
    assert recovered.name == "web"
    client.begin_delete_certificate("web", _polling_interval=0.01).wait()
    client.purge_deleted_certificate("web")
    with pytest.raises(ResourceNotFoundError, match="Deleted Certificate not found"):
        client.get_deleted_certificate("web")


class TestSlowDeletion:
    """A service that takes five seconds to delete and to recover."""

    @pytest.fixture
    def delays(self) -> Delays:
        return Delays(issue=20, delete=5)

    def test_a_deletion_shows_after_a_while(
        self, wire: Wire, clock: Clock, practice: Practice
    ) -> None:
        finish(wire, practice)
        wire.send("DELETE", WEB)

        assert wire.send("GET", WEB).status == 404
        assert wire.send("GET", DELETED).status == 404
        assert wire.send("GET", "/deletedcertificates").body["value"] == []
        for answer in (
            wire.create(),
            wire.send("POST", f"{DELETED}/recover"),
            wire.send("DELETE", DELETED),
        ):
            assert answer.status == 409
            assert answer.body["error"]["innererror"] == {"code": "ObjectIsBeingDeleted"}
        clock.now += 5
        assert wire.send("GET", DELETED).status == 200

    def test_a_recovery_shows_after_a_while(
        self, wire: Wire, clock: Clock, practice: Practice
    ) -> None:
        finish(wire, practice)
        wire.send("DELETE", WEB)
        clock.now += 5
        assert wire.send("POST", f"{DELETED}/recover").status == 200

        assert wire.send("GET", WEB).status == 404
        assert wire.send("GET", DELETED).status == 404
        assert wire.create().body["error"]["innererror"] == {"code": "ObjectIsBeingRecovered"}
        clock.now += 5
        assert wire.send("GET", WEB).status == 200

    def test_an_issuer_goes_on_after_the_recovery(self, wire: Wire, clock: Clock) -> None:
        wire.create(policy={"issuer": {"name": "Self"}})
        wire.send("DELETE", WEB)
        clock.now += 60
        wire.send("POST", f"{DELETED}/recover")
        clock.now += 5

        assert status(wire) == "completed"

    def test_a_renewal_waits_for_the_recovery(self, wire: Wire, clock: Clock) -> None:
        wire.create(policy={"issuer": {"name": "Self"}})
        clock.now += 20
        wire.send("GET", WEB)
        clock.now += 250 * DAY
        wire.send("DELETE", WEB)
        clock.now += 60 * DAY
        wire.send("POST", f"{DELETED}/recover")
        wire.send("GET", "/certificates")
        clock.now += 5
        wire.send("GET", "/certificates")
        clock.now += 20

        assert len(wire.send("GET", f"{WEB}/versions").body["value"]) == 2


def test_without_a_delay_a_deletion_shows_at_any_time(
    wire: Wire, clock: Clock, practice: Practice
) -> None:
    """Also where the clock stands at an earlier time than when it was deleted."""
    for name in ("web", "other"):
        finish(wire, practice, name)
        wire.send("DELETE", f"/certificates/{name}")
    wire.send("POST", "/deletedcertificates/other/recover")
    clock.now -= 40 * DAY

    assert wire.send("GET", DELETED).status == 200
    assert wire.send("GET", "/certificates/other").status == 200


def test_an_empty_answer_is_of_the_type_of_all_answers(wire: Wire, practice: Practice) -> None:
    finish(wire, practice)
    wire.send("DELETE", WEB)

    answer = wire.send("DELETE", DELETED)
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
