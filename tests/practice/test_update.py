"""Changes to certificates, versions and policies."""

from __future__ import annotations

import datetime as dt

import pytest
from azure.core.exceptions import ResourceNotFoundError
from azure.keyvault.certificates import CertificateClient, CertificatePolicy, KeyType
from cryptography import x509

from kvcsr_widgets.practice.transport import Practice
from tests.practice.conftest import START, Clock
from tests.practice.steps import finish, merge, sign, with_issuer
from tests.practice.test_create import create
from tests.practice.test_import import LEAF, issued, packed, send
from tests.practice.wire import Json, Wire

WEB = "/certificates/web"
POLICY = f"{WEB}/policy"


def test_an_update_answers_as_a_read_and_moves_the_date(
    wire: Wire, clock: Clock, practice: Practice
) -> None:
    before = finish(wire, practice)
    clock.now += 7

    answer = wire.send("PATCH", WEB, {"tags": {"a": "b"}, "attributes": {"enabled": False}})

    assert answer.status == 200
    assert answer.body == wire.send("GET", WEB).body
    assert answer.body["id"] == before["id"]
    assert answer.body["tags"] == {"a": "b"}
    assert answer.body["attributes"] == before["attributes"] | {
        "enabled": False,
        "updated": START + 7,
    }
    assert answer.body["policy"] == before["policy"]


@pytest.mark.parametrize("tags", [None, {}])
def test_no_tags_clear_none(wire: Wire, practice: Practice, tags: object) -> None:
    finish(wire, practice)
    wire.send("PATCH", WEB, {"tags": {"a": "b"}})

    assert wire.send("PATCH", WEB, {"tags": tags}).body["tags"] == {"a": "b"}


def test_an_old_version_can_be_changed_alone(wire: Wire, practice: Practice) -> None:
    old = finish(wire, practice)["id"].rpartition("/")[2]
    new = finish(wire, practice)

    answer = wire.send("PATCH", f"{WEB}/{old}", {"attributes": {"enabled": False}}).body

    assert answer["id"].endswith(old)
    assert "policy" not in answer
    assert "pending" in answer
    assert answer["attributes"]["enabled"] is False
    assert wire.send("GET", WEB).body == new


def test_the_sdk_updates_properties(client: CertificateClient) -> None:
    create(client)

    changed = client.update_certificate_properties("web", enabled=False, tags={"a": "b"})

    assert changed.properties is not None
    assert changed.properties.tags == {"a": "b"}
    with pytest.raises(ResourceNotFoundError):
        client.update_certificate_properties("web", "nothing", enabled=True)


OFF = {"attributes": {"enabled": False}}


@pytest.mark.parametrize(
    ("body", "status", "message"),
    [
        (OFF | {"tags": 5}, 400, "Property  has invalid value\r\n"),
        (
            OFF | {"tags": {str(number): "" for number in range(16)}},
            400,
            "Property  has invalid value\r\n",
        ),
        (
            {"tags": {"a": "b"}, "attributes": {"enabled": "yes"}},
            400,
            "Property attributes has invalid value\r\n",
        ),
        (OFF | {"policy": 5}, 400, "Property policy has invalid value\r\n"),
        (OFF | {"policy": {"issuer": {"name": "nobody"}}}, 404, "Issuer not found"),
    ],
    ids=str,
)
def test_a_bad_update_is_refused_and_changes_nothing(
    wire: Wire, practice: Practice, body: Json, status: int, message: str
) -> None:
    before = finish(wire, practice)

    answer = wire.send("PATCH", WEB, body)

    assert (answer.status, answer.error[2]) == (status, message)
    assert wire.send("GET", WEB).body == before


def test_a_placeholder_stays_disabled_and_its_certificate_is_what_was_asked(
    wire: Wire, practice: Practice
) -> None:
    for name, enabled in (("on", True), ("off", False)):
        created = wire.create(name).body
        body = {"attributes": {"enabled": enabled}}
        shown = wire.send("PATCH", f"/certificates/{name}", body).body
        assert shown["attributes"]["enabled"] is False
        merged = merge(wire, sign(practice, created), name).body
        assert merged["attributes"]["enabled"] is enabled


def test_an_update_may_hold_a_policy(wire: Wire, practice: Practice) -> None:
    finish(wire, practice)
    answer = wire.send("PATCH", WEB, {"policy": {"x509_props": {"validity_months": 5}}}).body

    assert answer["policy"]["x509_props"]["validity_months"] == 5
    assert answer["policy"]["x509_props"]["subject"] == "CN=www.contoso.com"


def test_a_policy_patch_changes_what_it_names(wire: Wire, clock: Clock) -> None:
    wire.create(policy={"x509_props": {"subject": "CN=a", "sans": {"dns_names": ["b"]}}})
    before = wire.send("GET", POLICY).body
    clock.now += 3

    change = {"x509_props": {"subject": "CN=c"}, "key_props": {"reuse_key": True}}
    after = wire.send("PATCH", POLICY, change).body

    assert after == wire.send("GET", POLICY).body
    assert after["x509_props"] == before["x509_props"] | {"subject": "CN=c"}
    assert after["key_props"] == before["key_props"] | {"reuse_key": True}
    assert after["attributes"] == before["attributes"] | {"updated": START + 3}
    assert list(after) == list(before)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"kty": "RSA"}, {"kty": "RSA", "key_size": 2048}),
        ({"kty": "RSA", "key_size": 4096}, {"kty": "RSA", "key_size": 4096}),
        ({"crv": "P-384"}, {"kty": "EC", "key_size": 384, "crv": "P-384"}),
        ({"kty": "EC", "key_size": 521}, {"kty": "EC", "key_size": 521, "crv": "P-521"}),
        ({"key_size": 384}, {"kty": "EC", "key_size": 384, "crv": "P-384"}),
        ({"kty": "EC"}, {"kty": "EC", "key_size": 256, "crv": "P-256"}),
    ],
)
def test_a_key_of_another_type_takes_no_size_over(wire: Wire, change: Json, expected: Json) -> None:
    wire.create(policy={"key_props": {"kty": "EC", "crv": "P-256", "exportable": False}})

    props = wire.send("PATCH", POLICY, {"key_props": change}).body["key_props"]

    assert props == {"exportable": False, "reuse_key": False} | expected


@pytest.mark.parametrize("named", [{"reuse_key": True}, {"kty": "RSA", "crv": None}])
def test_a_key_of_the_same_type_keeps_its_size(wire: Wire, named: Json) -> None:
    wire.create(policy={"key_props": {"kty": "RSA", "key_size": 3072}})

    props = wire.send("PATCH", POLICY, {"key_props": named}).body["key_props"]
    assert (props["kty"], props["key_size"]) == ("RSA", 3072)


def test_a_patch_from_rsa_to_a_curve(wire: Wire) -> None:
    wire.create(policy={"key_props": {"kty": "RSA", "key_size": 3072}})
    change = {"key_props": {"kty": "EC", "key_size": None}}

    props = wire.send("PATCH", POLICY, change).body["key_props"]
    assert (props["kty"], props["crv"], props["key_size"]) == ("EC", "P-256", 256)


def test_what_a_patch_does_not_name_is_not_checked(wire: Wire) -> None:
    """An imported certificate may be of a kind that no create would make."""
    far = dt.datetime(2200, 1, 1, tzinfo=dt.UTC)
    names = [x509.NameAttribute(x509.NameOID.PSEUDONYM, "p")]
    extensions = [x509.BasicConstraints(ca=True, path_length=None)]
    odd = issued(LEAF.key, end=far, subject=x509.Name(names), extensions=extensions)
    before = send(wire, packed(LEAF.key, odd)).body["policy"]

    change = {"lifetime_actions": [], "x509_props": {"ekus": []}, "issuer": {"name": "Self"}}
    after = wire.send("PATCH", POLICY, change).body

    assert after["x509_props"] == before["x509_props"]
    assert (after["lifetime_actions"], after["issuer"]) == ([], {"name": "Self"})


def test_an_issuer_that_is_gone_does_not_hinder_other_changes(wire: Wire) -> None:
    wire.create(policy=with_issuer(wire))
    wire.send("DELETE", "/certificates/issuers/mydigicert")

    change = {"x509_props": {"validity_months": 3}}
    assert wire.send("PATCH", POLICY, change).body["x509_props"]["validity_months"] == 3


def test_the_sdk_changes_a_policy_from_rsa_to_ec(client: CertificateClient) -> None:
    create(client, key_type=KeyType.rsa, key_size=2048)
    policy = CertificatePolicy(key_type=KeyType.ec, key_curve_name="P-256")

    changed = client.update_certificate_policy("web", policy)

    assert (changed.key_type, changed.key_curve_name, changed.key_size) == ("EC", "P-256", 256)
    assert changed.subject == "CN=www.contoso.com"


def test_a_patched_policy_is_the_next_requests(wire: Wire, practice: Practice) -> None:
    finish(wire, practice)
    wire.send("PATCH", POLICY, {"x509_props": {"validity_months": 1}, **with_issuer(wire)})

    created = wire.send("POST", f"{WEB}/create", {}).body
    assert created["issuer"] == {"name": "mydigicert"}
    wire.send("GET", f"{WEB}/pending")
    attributes = wire.send("GET", WEB).body["attributes"]
    assert attributes["exp"] - START <= 31 * 86400


@pytest.mark.parametrize(
    "change",
    [
        {"unknown": {}},
        {"key_props": {"kty": "EC", "crv": "P-1"}},
        {"key_props": {"kty": "RSA-HSM"}},
        {"x509_props": {"subject": "no name"}},
        {"issuer": {"name": "nobody"}},
        {"lifetime_actions": [{}]},
        {"secret_props": {"contentType": "text/plain"}},
    ],
    ids=str,
)
def test_a_bad_policy_patch_is_refused_and_changes_nothing(wire: Wire, change: Json) -> None:
    wire.create()
    before = wire.send("GET", POLICY).body

    assert wire.send("PATCH", POLICY, change).status in (400, 404)
    assert wire.send("GET", POLICY).body == before


@pytest.mark.parametrize("path", [WEB, POLICY, f"{WEB}/1"])
def test_there_is_nothing_to_change_where_nothing_is(wire: Wire, path: str) -> None:
    assert wire.send("PATCH", path, {}).body["error"]["code"] == "CertificateNotFound"
