"""Certificates that complete by themselves, integrated CAs, and the vault's contacts."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from azure.core.exceptions import ResourceNotFoundError
from azure.keyvault.certificates import (
    AdministratorContact,
    CertificateClient,
    CertificateContact,
    CertificatePolicy,
    KeyVaultCertificate,
)
from cryptography import x509

from kvcsr_widgets.practice.rules import Delays
from kvcsr_widgets.practice.transport import Practice
from tests.practice.conftest import START, Clock
from tests.practice.steps import ISSUER, status, with_issuer
from tests.practice.wire import Json, Wire

PATH = "/certificates/issuers/mydigicert"
SELF = {"issuer": {"name": "Self"}}
PERSON = {"first_name": "Jo", "last_name": "Do", "email": "jo@example.com", "phone": "1"}


def leaf(wire: Wire, name: str = "web") -> x509.Certificate:
    body = wire.send("GET", f"/certificates/{name}").body
    return x509.load_der_x509_certificate(base64.b64decode(body["cer"]))


def test_the_sdk_waits_for_a_self_signed_certificate(client: CertificateClient) -> None:
    policy = CertificatePolicy.get_default()
    poller = client.begin_create_certificate("web", policy, _polling_interval=0.01)
    certificate = poller.result()

    assert isinstance(certificate, KeyVaultCertificate)
    assert certificate.properties is not None
    assert certificate.properties.enabled is True


def test_a_create_is_always_in_progress_at_first(wire: Wire) -> None:
    created = wire.create(policy=SELF)

    assert (created.body["status"], created.headers["retry-after"]) == ("inProgress", "10")
    assert status(wire) == "completed"


def test_a_self_signed_certificate_vouches_for_itself(wire: Wire) -> None:
    props = {"subject": "CN=a, O=b", "sans": {"dns_names": ["a.example"]}, "validity_months": 3}
    wire.create(policy=SELF | {"x509_props": props})

    found = leaf(wire)

    found.verify_directly_issued_by(found)
    assert found.subject.rfc4514_string() == "CN=a,O=b"
    assert found.not_valid_before_utc.timestamp() == START - 600
    assert (found.not_valid_after_utc - found.not_valid_before_utc).days == 92
    assert [each.oid._name for each in found.extensions] == [
        "keyUsage",
        "basicConstraints",
        "extendedKeyUsage",
        "subjectAltName",
        "authorityKeyIdentifier",
        "subjectKeyIdentifier",
    ]


def test_the_version_changes_when_the_issuer_is_done(wire: Wire) -> None:
    wire.create(policy=SELF)
    wire.send("GET", "/certificates/web/pending")
    first = wire.send("GET", "/certificates/web").body["id"]
    wire.create(policy=SELF)

    assert wire.send("GET", "/certificates/web").body["id"] != first
    assert len(wire.send("GET", "/certificates/web/versions").body["value"]) == 2


def test_enabled_and_tags_of_the_create_are_those_of_the_certificate(wire: Wire) -> None:
    policy = {"x509_props": {"subject": "CN=a"}} | SELF
    body = {"policy": policy, "tags": {"a": "b"}, "attributes": {"enabled": False}}
    wire.send("POST", "/certificates/web/create", body)

    found = wire.send("GET", "/certificates/web").body
    assert (found["tags"], found["attributes"]["enabled"]) == ({"a": "b"}, False)


class TestSlowIssuer:
    """An issuer that takes twenty seconds."""

    @pytest.fixture
    def delays(self) -> Delays:
        return Delays(issue=20, cancel=10)

    def test_a_certificate_comes_when_its_time_has_come(self, wire: Wire, clock: Clock) -> None:
        wire.create(policy=SELF)
        clock.now += 19
        assert status(wire) == "inProgress"
        assert "cer" not in wire.send("GET", "/certificates/web").body
        clock.now += 1
        assert status(wire) == "completed"
        assert leaf(wire).not_valid_before_utc.timestamp() == START + 20 - 600

    def test_a_list_shows_what_has_completed_meanwhile(self, wire: Wire, clock: Clock) -> None:
        for name in ("a", "b"):
            wire.create(name, SELF)
        assert wire.send("GET", "/certificates").body["value"] == []
        clock.now += 20

        assert len(wire.send("GET", "/certificates").body["value"]) == 2

    def test_a_cancellation_stops_the_issuer(self, wire: Wire, clock: Clock) -> None:
        wire.create(policy=SELF)
        clock.now += 15
        wire.send("PATCH", "/certificates/web/pending", {"cancellation_requested": True})
        clock.now += 9
        assert status(wire) == "inProgress"
        clock.now += 1
        assert status(wire) == "cancelled"

    def test_a_second_patch_does_not_put_the_cancellation_off(
        self, wire: Wire, clock: Clock
    ) -> None:
        wire.create(policy=SELF)
        for _ in range(2):
            wire.send("PATCH", "/certificates/web/pending", {"cancellation_requested": True})
            clock.now += 5
        assert status(wire) == "cancelled"

    def test_the_issuer_signs_what_was_asked_whatever_the_policy_says_since(
        self, wire: Wire, clock: Clock
    ) -> None:
        for name, policy in (("own", SELF), ("ca", with_issuer(wire))):
            wire.create(name, policy)
            change = {"x509_props": {"subject": "CN=other", "validity_months": 1}}
            wire.send("PATCH", f"/certificates/{name}/policy", change)
        clock.now += 20

        for name in ("own", "ca"):
            found = leaf(wire, name)
            assert found.subject.rfc4514_string() == "CN=www.contoso.com"
            assert found.not_valid_after_utc.timestamp() > START + 300 * 86400

    def test_the_first_version_answers_meanwhile(self, wire: Wire, clock: Clock) -> None:
        wire.create(policy=SELF)
        clock.now += 20
        first = wire.send("GET", "/certificates/web").body["id"]
        wire.create(policy=SELF)
        clock.now += 19
        assert wire.send("GET", "/certificates/web").body["id"] == first


def test_an_integrated_issuers_certificate_comes_from_the_practice_ca(
    wire: Wire, practice: Practice
) -> None:
    wire.create(policy=with_issuer(wire) | {"x509_props": {"subject": "CN=a"}})

    found = leaf(wire)

    assert found.issuer.rfc4514_string().startswith("CN=Practice Issuing CA")
    assert found.not_valid_after_utc.timestamp() > START + 364 * 86400
    chain = x509.load_pem_x509_certificates(practice.vault.shelf.newest("web").chain)
    assert [each.subject for each in chain[1:]] == [each.issuer for each in chain[:-1]]
    assert len(chain) == 3


GLOBALSIGN = {
    "provider": "GlobalSign",
    "credentials": {"account_id": "a", "pwd": "a long password"},
    "org_details": {"admin_details": [PERSON]},
}


@pytest.mark.parametrize(
    ("issuer", "end"),
    [
        pytest.param(ISSUER, "completed", id="DigiCert"),
        pytest.param(GLOBALSIGN, "completed", id="GlobalSign"),
        pytest.param({"provider": "Test"}, "completed", id="a test issuer"),
        pytest.param(ISSUER | {"org_details": None}, "failed", id="no organisation"),
        pytest.param(ISSUER | {"credentials": {"account_id": "1"}}, "failed", id="no API key"),
        pytest.param(ISSUER | {"credentials": {"pwd": "long enough"}}, "failed", id="no account"),
        pytest.param(
            ISSUER | {"credentials": {"account_id": "1", "pwd": "short"}}, "failed", id="wrong key"
        ),
        pytest.param(
            GLOBALSIGN | {"org_details": {"admin_details": [{"email": "a@example.com"}]}},
            "failed",
            id="half an administrator",
        ),
    ],
)
def test_an_order_is_as_good_as_the_account(wire: Wire, issuer: Json, end: str) -> None:
    wire.send("PUT", PATH, issuer)
    wire.create(policy={"issuer": {"name": "mydigicert"}})

    answer = wire.send("GET", "/certificates/web/pending").body

    assert answer["status"] == end
    if end == "failed":
        assert answer["error"]["code"] == "Request rejected"
        assert f"The call to {issuer['provider']} failed" in answer["error"]["message"]


@pytest.mark.parametrize(
    ("change", "state"),
    [("disable", "The issuer is disabled."), ("delete", "The issuer is not there any more.")],
)
def test_an_issuer_that_went_away_meanwhile_fails_the_order(
    wire: Wire, practice: Practice, change: str, state: str
) -> None:
    wire.create(policy=with_issuer(wire))
    issuers = practice.vault.issuers  # past the wire, which would let the order complete first
    if change == "disable":
        issuers.change("mydigicert", {"attributes": {"enabled": False}})
    else:
        issuers.drop("mydigicert")

    answer = wire.send("GET", "/certificates/web/pending").body
    assert answer["error"] == {"code": "Certificate issuer error", "message": state}


def test_an_issuer_is_shown_without_its_password_and_keeps_it_nowhere(
    wire: Wire, practice: Practice
) -> None:
    with_issuer(wire)

    answer = wire.send("GET", PATH)

    assert answer.body == {
        "id": f"{practice.url}{PATH}",
        "provider": "DigiCert",
        "credentials": {"account_id": "12345"},
        "org_details": {"id": "54321", "zip": 0},
        "attributes": {"enabled": True, "created": START, "updated": START},
    }
    for path in practice.store.path.parent.iterdir():
        assert b"a long API key" not in path.read_bytes()


def test_a_patch_changes_what_it_names(wire: Wire, clock: Clock) -> None:
    with_issuer(wire)
    before = wire.send("GET", PATH).body
    clock.now += 5

    after = wire.send("PATCH", PATH, {"credentials": {"account_id": "other"}}).body

    assert after["credentials"] == {"account_id": "other"}
    assert after["org_details"] == before["org_details"]
    assert after["attributes"]["updated"] == START + 5
    wire.create(policy={"issuer": {"name": "mydigicert"}})
    assert status(wire) == "completed"  # the key is still known


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"provider": 5},
        {"provider": "a", "credentials": 5},
        {"provider": "a", "credentials": {"pwd": 5}},
        {"provider": "a", "org_details": []},
        {"provider": "a", "org_details": {"admin_details": [5]}},
        {"provider": "a" * 300},
    ],
    ids=json.dumps,
)
def test_a_bad_issuer_is_refused(wire: Wire, body: Json) -> None:
    assert wire.send("PUT", PATH, body).status == 400
    assert wire.send("GET", PATH).status == 404


def test_the_sdk_manages_issuers(client: CertificateClient) -> None:
    admin = AdministratorContact(first_name="Jo", last_name="Do", email="jo@example.com", phone="1")
    options: dict[str, Any] = {"account_id": "a", "password": "a long password"}
    for name in ("b", "a"):
        client.create_issuer(name, "GlobalSign", admin_contacts=[admin], **options)

    listed = [each.name for each in client.list_properties_of_issuers(max_page_size=1)]
    assert listed == ["a", "b"]
    changed = client.update_issuer("a", enabled=False)
    assert (changed.enabled, changed.account_id) == (False, "a")
    contacts = changed.admin_contacts
    assert contacts is not None
    assert contacts[0].phone == "1"
    assert client.delete_issuer("a").name == "a"
    with pytest.raises(ResourceNotFoundError, match="Issuer not found"):
        client.get_issuer("a")


def test_the_sdk_manages_contacts(client: CertificateClient) -> None:
    wanted = [CertificateContact(email="a@example.com", name="A", phone="1")]
    client.set_contacts(wanted)

    assert [each.email for each in client.get_contacts()] == ["a@example.com"]
    assert [each.name for each in client.delete_contacts()] == ["A"]
    with pytest.raises(ResourceNotFoundError, match="Contacts not found"):
        client.get_contacts()


@pytest.mark.parametrize("contacts", [None, [], 5, [5], [{"name": "no mail"}], [{"email": 5}]])
def test_bad_contacts_are_refused(wire: Wire, contacts: object) -> None:
    answer = wire.send("PUT", "/certificates/contacts", {"contacts": contacts})

    assert answer.status == 400
    assert wire.send("GET", "/certificates/contacts").status == 404
