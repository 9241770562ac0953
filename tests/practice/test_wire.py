"""The wire: members and their order, texts and headers, as recorded of the service.

These are our own expectations; ``test_recordings`` holds them against the recordings themselves
where those are at hand.
"""

from __future__ import annotations

import base64
import re
import sqlite3
from typing import Any

import pytest
import requests
from azure.keyvault.certificates import CertificateClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kvcsr_widgets.practice.asked import MAX_BODY
from kvcsr_widgets.practice.bundles import API_VERSIONS
from kvcsr_widgets.practice.rules import DEFAULT_DELAYS
from kvcsr_widgets.practice.transport import Practice
from tests.practice.conftest import START, Clock
from tests.practice.wire import Answer, Wire, members

PENDING = [
    *("id", "issuer", "csr", "cancellation_requested", "status", "status_details", "request_id")
]
ATTRIBUTES = ["enabled", "nbf", "exp", "created", "updated"]
RECOVERY = ["recoveryLevel", "recoverableDays"]
HEX = r"[0-9a-f]{32}"


def merge(wire: Wire, practice: Practice, name: str = "web", **more: object) -> Answer:
    """Have the practice CA sign the request and merge the reply."""
    csr = base64.b64decode(wire.send("GET", f"/certificates/{name}/pending").body["csr"])
    leaf = base64.b64encode(practice.authority.sign(csr).cer).decode()
    return wire.send("POST", f"/certificates/{name}/pending/merge", {"x5c": [leaf], **more})


def test_create_answers_the_operation_with_its_place(wire: Wire, practice: Practice) -> None:
    answer = wire.create()
    body = answer.body

    assert answer.status == 202
    assert list(body) == PENDING
    assert body["id"] == f"{practice.url}/certificates/web/pending"
    assert body["issuer"] == {"name": "Unknown"}
    assert body["cancellation_requested"] is False
    assert body["status"] == "inProgress"
    assert body["status_details"] == (
        "Pending certificate created. Please Perform Merge to complete the request."
    )
    assert re.fullmatch(HEX, body["request_id"])
    assert answer.headers["retry-after"] == "10"
    assert answer.headers["location"] == (
        f"{practice.url}/certificates/web/pending?api-version=7.4&request_id={body['request_id']}"
    )


def test_pending_answers_the_same_and_asks_to_wait(wire: Wire) -> None:
    created = wire.create()
    answer = wire.send("GET", "/certificates/web/pending")

    assert (answer.status, answer.text) == (200, created.text)
    assert answer.headers["retry-after"] == "10"
    assert "location" not in answer.headers


def test_pending_answers_bare_base64_where_pkcs10_is_asked_for(wire: Wire) -> None:
    created = wire.create()
    answer = wire.send("GET", "/certificates/web/pending", headers={"Accept": "application/pkcs10"})

    assert answer.text == created.body["csr"]
    assert answer.headers["content-type"] == "application/pkcs10; charset=utf-8"
    assert answer.headers["retry-after"] == "10"


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_cancel_and_delete_answer_the_operation_without_waiting(wire: Wire, method: str) -> None:
    created = wire.create()
    answer = wire.send(method, "/certificates/web/pending", {"cancellation_requested": True})

    assert answer.status == 200
    assert answer.body == created.body | {"cancellation_requested": method == "PATCH"}
    assert list(answer.body) == PENDING
    assert "retry-after" not in answer.headers


def test_a_cancelled_operation_has_no_details(wire: Wire, clock: Clock) -> None:
    wire.create()
    wire.send("PATCH", "/certificates/web/pending", {"cancellation_requested": True})
    clock.now += DEFAULT_DELAYS.cancel
    answer = wire.send("GET", "/certificates/web/pending")

    assert list(answer.body) == [name for name in PENDING if name != "status_details"]
    assert answer.body["status"] == "cancelled"
    assert "retry-after" not in answer.headers


def test_a_completed_operation_has_a_target(wire: Wire, practice: Practice) -> None:
    wire.create()
    merge(wire, practice)
    answer = wire.send("GET", "/certificates/web/pending")

    assert list(answer.body) == [
        *("id", "issuer", "csr", "cancellation_requested", "status", "target", "request_id")
    ]
    assert answer.body["status"] == "completed"
    assert answer.body["target"] == f"{practice.url}/certificates/web"
    assert "retry-after" not in answer.headers


POLICY: Any = [
    ("id", None),
    (
        "key_props",
        [("exportable", None), ("kty", None), ("key_size", None), ("reuse_key", None)],
    ),
    ("secret_props", [("contentType", None)]),
    (
        "x509_props",
        [
            ("subject", None),
            ("ekus", [None, None]),
            ("key_usage", [None, None]),
            ("validity_months", None),
            ("basic_constraints", [("ca", None)]),
        ],
    ),
    (
        "lifetime_actions",
        [[("trigger", [("lifetime_percentage", None)]), ("action", [("action_type", None)])]],
    ),
    ("issuer", [("name", None)]),
    ("attributes", [("enabled", None), ("created", None), ("updated", None)]),
]


def test_a_placeholder_has_no_key_secret_or_certificate(wire: Wire, practice: Practice) -> None:
    wire.create(policy={"key_props": {}})
    answer = wire.send("GET", "/certificates/web/")

    assert members(answer.body) == [
        ("id", None),
        ("attributes", [(name, None) for name in ATTRIBUTES + RECOVERY]),
        ("policy", POLICY),
        ("pending", [("id", None)]),
    ]
    assert re.fullmatch(rf"{practice.url}/certificates/web/{HEX}", answer.body["id"])
    assert answer.body["attributes"]["enabled"] is False
    assert answer.body["pending"] == {"id": f"{practice.url}/certificates/web/pending"}
    wire.send("DELETE", "/certificates/web/pending")
    left = wire.send("GET", "/certificates/web/").body
    assert list(left) == ["id", "attributes", "policy"]


def test_the_policy_has_the_recorded_defaults(wire: Wire, practice: Practice) -> None:
    policy = {
        "key_props": {},
        "secret_props": {},
        "x509_props": {"subject": "cn=MyCert", "sans": {}},
    }
    wire.create(policy=policy)

    assert wire.send("GET", "/certificates/web/policy").body == {
        "id": f"{practice.url}/certificates/web/policy",
        "key_props": {"exportable": True, "kty": "RSA", "key_size": 2048, "reuse_key": False},
        "secret_props": {"contentType": "application/x-pkcs12"},
        "x509_props": {
            "subject": "cn=MyCert",
            "sans": {},
            "ekus": ["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"],
            "key_usage": ["digitalSignature", "keyEncipherment"],
            "validity_months": 12,
            "basic_constraints": {"ca": False},
        },
        "lifetime_actions": [
            {"trigger": {"lifetime_percentage": 80}, "action": {"action_type": "EmailContacts"}}
        ],
        "issuer": {"name": "Unknown"},
        "attributes": {"enabled": True, "created": START, "updated": START},
    }


def test_what_was_sent_is_echoed_in_its_place(wire: Wire) -> None:
    wire.create(
        policy={
            "issuer": {"cert_transparency": False, "name": "Unknown"},
            "x509_props": {"sans": {"dns_names": ["a.example"]}, "subject": "CN=a"},
        }
    )
    policy = wire.send("GET", "/certificates/web/policy").body

    assert list(policy["issuer"]) == ["name", "cert_transparency"]
    assert list(policy["x509_props"])[:2] == ["subject", "sans"]
    assert policy["x509_props"]["sans"] == {"dns_names": ["a.example"]}


def test_merge_answers_the_certificate_with_its_place(wire: Wire, practice: Practice) -> None:
    wire.create(policy={"key_props": {}})
    answer = merge(wire, practice, tags={"tag1": "value1"})
    body = answer.body

    assert answer.status == 201
    assert answer.headers["location"] == f"{practice.url}/certificates/web?api-version=7.4"
    assert members(body) == [
        *((name, None) for name in ("id", "kid", "sid", "x5t", "cer")),
        ("attributes", [(name, None) for name in ATTRIBUTES + RECOVERY]),
        ("tags", [("tag1", None)]),
        ("policy", POLICY),
        ("pending", [("id", None)]),
    ]
    version = body["id"].rpartition("/")[2]
    assert body["kid"] == f"{practice.url}/keys/web/{version}"
    assert body["sid"] == f"{practice.url}/secrets/web/{version}"
    assert re.fullmatch(r"[A-Za-z0-9_-]{27}", body["x5t"])
    assert wire.send("GET", "/certificates/web").body == body


def test_a_version_has_its_names_and_serial_instead_of_the_policy(
    wire: Wire, practice: Practice
) -> None:
    wire.create()
    merged = merge(wire, practice).body
    version = merged["id"].rpartition("/")[2]
    body = wire.send("GET", f"/certificates/web/{version}").body

    assert list(body) == [
        *("id", "kid", "sid", "x5t", "cer", "attributes", "subject", "issuer", "serialnumber")
    ]
    assert body["subject"] == "CN=www.contoso.com"
    assert body["issuer"] == 'CN=Practice Issuing CA, O="Practice only, not trusted"'
    assert re.fullmatch(r"([0-9A-F]{2})+", body["serialnumber"])


def test_a_list_holds_little_and_ends_with_null(wire: Wire, practice: Practice) -> None:
    wire.create("a")
    wire.create("b")
    merge(wire, practice, "b", tags={"t": "v"})
    answer = wire.send("GET", "/certificates?includePending=true")

    times = ("attributes", [(name, None) for name in ATTRIBUTES])
    assert members(answer.body) == [
        (
            "value",
            [
                [("id", None), times, ("subject", None)],
                [("id", None), ("x5t", None), times, ("tags", [("t", None)]), ("subject", None)],
            ],
        ),
        ("nextLink", None),
    ]
    assert answer.body["value"][0]["id"] == f"{practice.url}/certificates/a"
    assert answer.body["value"][0]["subject"] == ""
    assert answer.text.endswith('"nextLink":null}')


def test_an_empty_list(wire: Wire) -> None:
    wire.create()

    assert wire.send("GET", "/certificates").text == '{"value":[],"nextLink":null}'


def test_a_next_link_names_the_port_and_keeps_what_was_asked(
    wire: Wire, practice: Practice
) -> None:
    wire.create("a")
    wire.create("b")
    link = wire.send("GET", "/certificates?includePending=true&maxresults=1").body["nextLink"]

    assert re.fullmatch(
        re.escape(f"{practice.url}:443/certificates?api-version=7.4&$skiptoken=")
        + r"[A-Za-z0-9_=-]+&maxresults=1&includePending=true",
        link,
    )


def test_bodies_are_compact_json(wire: Wire) -> None:
    text = wire.create().text

    assert ": " not in text.replace("Pending certificate created. ", "")
    assert text.startswith('{"id":"https://')


HEADERS = {
    "cache-control": "no-cache",
    "pragma": "no-cache",
    "expires": "-1",
    "content-type": "application/json; charset=utf-8",
    "strict-transport-security": "max-age=31536000;includeSubDomains",
    "x-content-type-options": "nosniff",
}


@pytest.mark.parametrize("path", ["/certificates", "/certificates/nobody", "/nowhere"])
def test_every_answer_has_the_services_headers(wire: Wire, path: str) -> None:
    headers = wire.send("GET", path, headers={"x-ms-client-request-id": "mine"}).headers

    assert headers.items() >= HEADERS.items()
    assert headers["x-ms-client-request-id"] == "mine"
    assert re.fullmatch(r"[0-9a-f-]{36}", headers["x-ms-request-id"])
    assert headers["x-ms-keyvault-region"]
    assert headers["x-ms-keyvault-service-version"]
    assert re.fullmatch(
        r"conn_type=Ipv4;addr=[\d.]+;act_addr_fam=InterNetwork;",
        headers["x-ms-keyvault-network-info"],
    )


def test_refusals_are_one_object(wire: Wire) -> None:
    answer = wire.send("GET", "/certificates/web/pending")

    assert answer.text == (
        '{"error":{"code":"PendingCertificateNotFound",'
        '"message":"Pending certificate not found: web"}}'
    )


def test_old_api_versions_do_not_tell_the_days_of_recovery(wire: Wire) -> None:
    wire.create()
    for version in API_VERSIONS:
        answer = wire.send("GET", "/certificates/web", api_version=version)
        told = "recoverableDays" in answer.body["attributes"]
        assert told == (version not in ("2016-10-01", "7.0")), version


def test_an_unknown_api_version_is_refused(wire: Wire) -> None:
    assert wire.send("GET", "/certificates", api_version="9.9").error == (
        400,
        "BadParameter",
        "The specified version (9.9) is not recognized. Consider using the latest supported "
        f"version ({API_VERSIONS[-1]}).",
    )


def test_a_missing_api_version_is_refused(wire: Wire) -> None:
    assert wire.send("GET", "/certificates?api-version=").error[:2] == (400, "BadParameter")


@pytest.mark.parametrize("name", ["www.domain.tld", "a_b", "a%20b", "a" * 128])
def test_a_bad_name_is_refused(wire: Wire, name: str) -> None:
    answer = wire.send("POST", f"/certificates/{name}/create", {})

    assert answer.error == (
        400,
        "BadParameter",
        f"The request URI contains an invalid name: {name.replace('%20', ' ')}",
    )


def test_an_empty_name_is_a_method_that_is_not_allowed(wire: Wire) -> None:
    assert wire.send("POST", "/certificates//create", {}).error == (
        405,
        "MethodNotAllowed",
        "HTTP POST not allowed",
    )


def test_a_method_that_a_route_does_not_have(wire: Wire) -> None:
    assert wire.send("PUT", "/certificates/web/pending", {}).error == (
        405,
        "MethodNotAllowed",
        "HTTP PUT not allowed",
    )


@pytest.mark.parametrize("body", [[], "text", 5])
def test_a_body_that_is_no_object_is_refused(wire: Wire, body: object) -> None:
    assert wire.send("POST", "/certificates/web/create", body).status == 400


def test_a_huge_body_is_refused(wire: Wire) -> None:
    answer = wire.send("POST", "/certificates/web/create", {"tags": {"a": "x" * MAX_BODY}})

    assert answer.status == 413


def test_another_host_is_not_reached(practice: Practice) -> None:
    for url in ("https://contoso.vault.azure.net/", f"http://{practice.url[8:]}/"):
        with pytest.raises(requests.ConnectionError):
            practice.session().get(url)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5000) | st.text(max_size=5) | st.just("EC"),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=6,
)
KEYS = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("kty", "crv", "key_size", "exportable", "reuse_key"), JSON)
)
X509 = st.fixed_dictionaries(
    {"subject": st.just("CN=a") | JSON},
    optional=dict.fromkeys(("sans", "ekus", "key_usage", "validity_months"), JSON),
)
POLICIES = st.fixed_dictionaries(
    {"x509_props": X509 | JSON},
    optional={
        "key_props": KEYS | JSON,
        "secret_props": JSON,
        "issuer": JSON,
        "lifetime_actions": JSON,
    },
)
BODIES = st.fixed_dictionaries(
    {"policy": POLICIES | JSON}, optional={"attributes": JSON, "tags": JSON}
)


@settings(
    deadline=None,
    max_examples=150,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(BODIES | JSON)
def test_any_json_gets_an_answer(wire: Wire, body: object) -> None:
    answer = wire.send("POST", "/certificates/web/create", body)

    assert answer.status in {202, 400, 404, 409}
    if answer.status == 202:
        assert wire.send("GET", "/certificates/web").status == 200
        wire.send("DELETE", "/certificates/web/pending")


def test_the_sdk_reads_its_newest_version_by_default(client: CertificateClient) -> None:
    assert client.api_version == API_VERSIONS[-1]


def test_a_file_that_fails_is_told_as_an_outage(
    wire: Wire, practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_values: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(practice.store, "put", fail)
    token = practice.tokens.issue("https://vault.practice.invalid")[0]
    answer = practice.session().put(
        f"{practice.url}/certificates/issuers/ca?api-version=7.4",
        json={"provider": "Test"},
        headers={"Authorization": f"Bearer {token}"},
    )

    assert answer.status_code == 503
    assert answer.json()["error"] == {
        "code": "ServiceUnavailable",
        "message": "The practice vault's file fails: database or disk is full.",
    }
    monkeypatch.undo()
    assert wire.send("GET", "/certificates/issuers").body["value"] == []
