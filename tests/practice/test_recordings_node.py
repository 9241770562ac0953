"""The recording of the Node SDK of 2018: 36 exchanges, nearly every operation once.

Its vault had no soft delete, so its ``recoveryLevel`` is another, and its answers to a deletion
are replayed nowhere.
"""

from __future__ import annotations

import base64
import datetime as dt
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import NoEncryption, pkcs12

from kvcsr_widgets.practice.rules import Delays
from kvcsr_widgets.practice.transport import Practice
from tests.practice.conftest import Clock
from tests.practice.recordings import (
    as_ours,
    csr_shape,
    load,
    same,
    same_headers,
    where_they_are,
)
from tests.practice.wire import Json, Wire, members

pytestmark = where_they_are


@pytest.fixture
def delays() -> Delays:
    """As slow as the service was seen to be."""
    return Delays(issue=22, cancel=10, delete=5)


NODE = "node_sdk_certificates_7.0.json"
X509 = {"subject": "CN=*.microsoft.com", "sans": {}}
BY_HAND = {"key_props": {}, "x509_props": X509}
SELF = BY_HAND | {"issuer": {"name": "Self"}}


def without_secrets(body: Any) -> Any:
    """A body without what depends on the key, and without the kind of soft delete."""
    if isinstance(body, dict):
        hidden = {"cer", "x5t", "value", "recoveryLevel"}
        return {name: without_secrets(v) for name, v in body.items() if name not in hidden}
    return body


def node(number: int) -> Json:
    entry: Json = load(NODE)["entries"][number]
    return entry | {"body": entry["response_body"], "headers": entry["response_headers"]}


def test_the_recording_of_the_node_sdk_for_an_unknown_issuer(
    wire: Wire, practice: Practice
) -> None:
    answer = wire.send(
        "POST",
        "/certificates/UnknownIssuerCert1/create",
        {"policy": BY_HAND},
        api_version="7.0",
    )
    same(answer, node(34), practice)

    pkcs10 = wire.send(
        "GET",
        "/certificates/UnknownIssuerCert1/pending",
        headers={"Accept": "application/pkcs10"},
    )
    same_headers(pkcs10, node(35)["headers"], practice)
    assert csr_shape(pkcs10.text) == csr_shape(node(35)["body"])
    assert len(pkcs10.text) == int(node(35)["headers"]["content-length"])


def test_the_recording_of_the_node_sdk_for_a_cancellation(
    wire: Wire, clock: Clock, practice: Practice
) -> None:
    path = "/certificates/asyncCancelledDeletedCert"
    clock.now = 1530144661
    steps = (
        (20, "POST", "/create", {"policy": SELF}),
        (21, "PATCH", "/pending", {"cancellation_requested": True}),
        (22, "GET", "/pending", None),
        (23, "DELETE", "/pending", None),
        (24, "GET", "/pending", None),
    )
    for number, method, step, body in steps:
        same(wire.send(method, path + step, body, api_version="7.0"), node(number), practice)
    left = wire.send("GET", path, api_version="7.0").body
    assert members(left) == members(node(25)["body"])  # as its deletion answers it
    assert left["policy"] == as_ours(node(25)["body"]["policy"], practice)


def test_the_recording_of_a_self_signed_certificate(
    wire: Wire, clock: Clock, practice: Practice
) -> None:
    """Created, waited for, tagged and read, the secret behind it too."""
    path = "/certificates/nodeCertificate"
    clock.now = 1530144632
    policy = SELF | {"x509_props": X509 | {"validity_months": 24}}
    same(
        wire.send("POST", f"{path}/create", {"policy": policy}, api_version="7.0"),
        node(0),
        practice,
    )
    for number in range(1, 5):
        clock.now += 5
        same(wire.send("GET", f"{path}/pending", api_version="7.0"), node(number), practice)
    clock.now = 1530144654
    same(wire.send("GET", f"{path}/pending", api_version="7.0"), node(5), practice)

    clock.now = 1530144657
    tags = {"tags": {"tag1": "value1"}}
    for number, answer in (
        (6, wire.send("PATCH", f"{path}/", tags, api_version="7.0")),
        (7, wire.send("GET", f"{path}/", api_version="7.0")),
    ):
        ours, theirs = answer.body, node(number)["body"]
        assert members(ours) == members(theirs)
        theirs["attributes"]["created"] -= 1  # it took a second from the signature to the vault
        expected = as_ours(theirs, practice)
        assert without_secrets(as_ours(ours, practice)) == without_secrets(expected)
        assert certificate_shape(ours["cer"]) == certificate_shape(theirs["cer"])


def certificate_shape(text: str) -> tuple[object, ...]:
    """What a self-signed certificate holds besides its key, serial number and signature."""
    found = x509.load_der_x509_certificate(base64.b64decode(text))
    assert found.serial_number.bit_length() in range(97, 129)
    identifiers = (x509.SubjectKeyIdentifier, x509.AuthorityKeyIdentifier)
    extensions = [
        (each.oid, each.critical)
        + (() if isinstance(each.value, identifiers) else (each.value.public_bytes(),))
        for each in found.extensions
    ]
    names = found.subject.public_bytes(), found.issuer.public_bytes()
    return names, found.not_valid_before_utc, found.not_valid_after_utc, extensions, found.version


def test_the_recorded_secret(wire: Wire, practice: Practice) -> None:
    """The same members; a PKCS #12 without password, with one key and its certificate."""
    wire.send("POST", "/certificates/web/create", {"policy": BY_HAND, "tags": {"tag1": "value1"}})
    csr = practice.vault.store.operation("web")
    assert csr is not None
    reply = base64.b64encode(practice.authority.sign(csr.csr).cer).decode()
    wire.send("POST", "/certificates/web/pending/merge", {"x5c": [reply]})

    ours = wire.send("GET", "/secrets/web", api_version="7.0").body
    theirs = node(8)["body"]

    assert members(ours) == members(theirs)
    for body in (ours, theirs):
        found = pkcs12.load_pkcs12(base64.b64decode(body["value"]), None)
        assert isinstance(found.key, rsa.RSAPrivateKey)
        assert found.cert is not None
        assert found.cert.certificate.public_key() == found.key.public_key()
        assert found.additional_certs == []
        assert body["contentType"] == "application/x-pkcs12"


def imported() -> str:
    """A PKCS #12 with a certificate like the recorded one: no extension, 297 months begun."""
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "KeyVaultTest")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(5)
        .not_valid_before(dt.datetime.fromtimestamp(1430344421, dt.UTC))
        .not_valid_after(dt.datetime.fromtimestamp(2208988799, dt.UTC))
        .sign(key, hashes.SHA256())
    )
    data = pkcs12.serialize_key_and_certificates(None, key, certificate, None, NoEncryption())
    return base64.b64encode(data).decode()


def test_the_recording_of_an_import_and_of_a_changed_policy(
    wire: Wire, clock: Clock, practice: Practice
) -> None:
    path = "/certificates/policyCertificate"
    clock.now = 1530142385
    wire.send("POST", f"{path}/import", {"value": imported()}, api_version="7.0")
    clock.now = 1530144663

    answer = wire.send("POST", f"{path}/import", {"value": imported()}, api_version="7.0")
    assert answer.status == node(30)["status"]
    assert members(answer.body) == members(node(30)["body"])
    recorded = as_ours(node(30)["body"], practice)
    assert without_secrets(as_ours(answer.body, practice)) == without_secrets(recorded)

    change = {"issuer": {"name": "Self"}}
    for number, method, body in ((31, "GET", None), (32, "PATCH", change), (33, "GET", None)):
        same(wire.send(method, f"{path}/policy", body, api_version="7.0"), node(number), practice)


def people(number: int) -> Json:
    """The request body that leads to a recorded issuer: the recording holds answers only."""
    answer = node(number)["body"]
    password = {"pwd": "password"}
    details = {"admin_details": answer["org_details"]["admin_details"]}
    return {
        "provider": answer["provider"],
        "credentials": answer["credentials"] | password,
        "org_details": details,
    }


def test_the_recording_of_issuers(wire: Wire, clock: Clock, practice: Practice) -> None:
    path = "/certificates/issuers/"
    clock.now = 1530144659
    for number, method, body in (
        (12, "PUT", people(12)),
        (13, "GET", None),
        (14, "PATCH", people(14)),
        (15, "DELETE", None),
        (16, "GET", None),
    ):
        same(
            wire.send(method, f"{path}nodeIssuer", body, api_version="7.0"), node(number), practice
        )
    for number in (17, 18):
        name = f"{path}nodeIssuer{number - 16}"
        clock.now = 1530142383
        wire.send("PUT", name, people(number), api_version="7.0")
        clock.now = 1530144660
        same(wire.send("PUT", name, people(number), api_version="7.0"), node(number), practice)
    listed = wire.send("GET", "/certificates/issuers?maxresults=2", api_version="7.0")
    same(listed, node(19), practice)


def test_the_recording_of_contacts(wire: Wire, practice: Practice) -> None:
    body = {"contacts": node(26)["body"]["contacts"]}
    for number, method in ((26, "PUT"), (27, "GET"), (28, "DELETE"), (29, "GET")):
        sent = body if method == "PUT" else None
        answer = wire.send(method, "/certificates/contacts", sent, api_version="7.0")
        same(answer, node(number), practice)


def test_the_recording_of_a_rejected_order(wire: Wire, clock: Clock) -> None:
    """From another recording, trimmed: an order with a key that DigiCert does not know."""
    put, create, read = load("digicert_failed_operation_trimmed.json")["entries"]
    wire.send("PUT", "/certificates/issuers/ca", put["request_body"])
    created = wire.create(policy={"issuer": {"name": "ca"}})
    assert created.status == create["status"]
    assert created.body | create["body_excerpt"] == created.body

    clock.now += 22
    answer = wire.send("GET", "/certificates/web/pending")

    assert answer.status == read["status"]
    assert members(answer.body) == members(read["body"])
    error = read["body"]["error"]
    assert answer.body["status"] == read["body"]["status"]
    assert answer.body["error"]["code"] == error["code"]
    assert answer.body["error"]["message"].startswith(error["message"].removesuffix("…"))
