"""Recorded traffic of the real service, asked of the practice vault again."""

from __future__ import annotations

import base64
import re

import pytest
from cryptography.hazmat.primitives import serialization

from kvcsr_widgets.practice import refusals
from kvcsr_widgets.practice.refusals import Refusal
from kvcsr_widgets.practice.rules import DEFAULT_DELAYS, Delays
from kvcsr_widgets.practice.transport import Practice
from tests.practice.conftest import Clock
from tests.practice.recordings import as_ours, load, same, where_they_are
from tests.practice.wire import Answer, Json, Wire, members

pytestmark = where_they_are


@pytest.fixture
def delays() -> Delays:
    """As slow as the service was seen to be."""
    return Delays(issue=22, cancel=10, delete=5)


def test_the_recording_of_the_azure_cli(wire: Wire, clock: Clock, practice: Practice) -> None:
    """Create, read, list three ways, a merge with another key, delete, read again."""
    create, *rest = load("cli_pending_certificate_7.0.json")["entries"]
    clock.now = 1573095421

    answer = wire.send("POST", create["request"].partition(" ")[2], create["request_body"])
    same(answer, create, practice)
    for entry in rest:
        method, path = entry["request"].split(" ")
        answer = wire.send(method, path, entry.get("request_body"), api_version="7.0")
        if isinstance(entry["body"], str):  # "same CertificateOperation, …"
            assert (answer.status, answer.body) == (200, created_body(create, answer, practice))
        else:
            same(answer, entry, practice)


def created_body(create: Json, answer: Answer, practice: Practice) -> Json:
    """The created operation with the ids and the CSR of this run."""
    kept = {name: answer.body[name] for name in ("csr", "request_id")}
    return {**as_ours(create["body"], practice), **kept}


def test_the_recording_of_an_unknown_issuer(wire: Wire, practice: Practice) -> None:
    entry = load("js_unknown_issuer_create_7.0.json")["entries"][0]
    method, path = entry["request"].split(" ")

    answer = wire.send(method, path, entry["request_body"])

    same(answer, entry, practice)


def test_the_recording_of_a_cancelled_and_deleted_request(
    wire: Wire, clock: Clock, practice: Practice
) -> None:
    name = "CRUDCertificateName-canreadcancelanddeleteacertificatesoperation-"
    clock.now = 1593089832
    for entry in load("js_cancel_delete_pending_7.1.json")["entries"]:
        method, path = entry["request"].replace("{N}", name).split(" ")
        path = path.partition("?")[0]

        same(wire.send(method, path, entry.get("request_body"), api_version="7.1"), entry, practice)


def test_the_recording_of_a_conflict(wire: Wire, clock: Clock, practice: Practice) -> None:
    name = "recoverCertificateName-canretrieveallversionsofacertificate-"
    clock.now = 1567782894
    challenge, *entries = load("js_conflict_pending_7.0.json")["entries"]

    unsigned = practice.session().post(f"{practice.url}/certificates/{name}/create")
    assert unsigned.status_code == challenge["status"]
    shape = re.compile(r'Bearer authorization="https://[^"]+/[^"/]+", resource="https://[^"/]+"')
    for header in (unsigned.headers["WWW-Authenticate"], challenge["headers"]["WWW-Authenticate"]):
        assert shape.fullmatch(header)
    assert unsigned.json()["error"]["code"] == challenge["body"]["error"]["code"]
    for entry in entries[:3]:
        method, path = entry["request"].replace("{N}", name).split(" ")
        answer = wire.send(method, path, entry.get("request_body"), api_version="7.0")
        same(answer, entry, practice)
    assert len(answer.text) == int(entries[2]["headers"]["Content-Length"])
    create = entries[2]["request_body"]
    for wait, entry in ((11, entries[3]), (11, entries[4])):  # still at work, then completed
        clock.now += wait
        answer = wire.send("POST", f"/certificates/{name}/create", create, api_version="7.0")
        assert answer.status == entry["status"]
    newest = wire.send("GET", f"/certificates/{name}/", api_version="7.0").body
    assert list(newest)[:5] == list(entries[5]["body_excerpt"])


def merged(wire: Wire, practice: Practice, shape: Json) -> Answer:
    """A request for ``cn=MyCert``, merged in one of the recorded shapes of ``x5c``."""
    issuer = {"name": "Unknown", "cert_transparency": False}
    policy = {"key_props": {}, "x509_props": {"subject": "cn=MyCert", "sans": {}}, "issuer": issuer}
    created = wire.send("POST", "/certificates/web/create", {"policy": policy})
    reply = practice.authority.sign(base64.b64decode(created.body["csr"]))
    leaf, ca = base64.b64encode(reply.cer).decode(), reply.chain[0]
    items = {
        "<base64 DER leaf>": leaf,
        "<base64 DER CA>": base64.b64encode(ca.public_bytes(serialization.Encoding.DER)).decode(),
        "TUlJ": base64.b64encode(leaf.encode()).decode(),
        "base64( base64 text + '-----END CERTIFICATE-----')": base64.b64encode(
            f"{leaf}-----END CERTIFICATE-----".encode()
        ).decode(),
    }
    x5c = [
        next(ours for theirs, ours in items.items() if i.startswith(theirs)) for i in shape["x5c"]
    ]
    return wire.send("POST", "/certificates/web/pending/merge", {"x5c": x5c})


@pytest.mark.parametrize("number", range(4))
def test_the_recordings_of_a_merge(wire: Wire, practice: Practice, number: int) -> None:
    recorded = load("merge_success_trimmed.json")
    answer = merged(wire, practice, recorded["request"]["body_shapes"][number])

    assert answer.status == recorded["status"]
    assert members(answer.body) == members(recorded["body"])
    assert (
        answer.body["policy"]["lifetime_actions"] == recorded["body"]["policy"]["lifetime_actions"]
    )
    assert answer.body["policy"]["issuer"] == recorded["body"]["policy"]["issuer"]
    assert answer.body["policy"]["x509_props"] == recorded["body"]["policy"]["x509_props"]
    assert list(answer.headers.keys() & {"location"}) == ["location"]
    after = wire.send("GET", "/certificates/web/pending")
    assert members(after.body) == members(recorded["pending_after_merge"])
    assert after.body["status"] == recorded["pending_after_merge"]["status"]


def test_the_recorded_shapes(wire: Wire, practice: Practice) -> None:
    shapes = load("shapes_trimmed.json")
    for _ in range(2):
        merged(wire, practice, {"x5c": ["<base64 DER leaf>"]})

    item = wire.send("GET", "/certificates").body["value"][0]
    theirs = {name: v for name, v in shapes["list_certificates_item"].items() if name != "tags"}
    assert members(item) == members(theirs)
    page = wire.send("GET", "/certificates/web/versions?maxresults=1", api_version="7.3").body
    assert members(page) == members(shapes["list_versions_page"])
    link = re.compile(
        r".*:443/certificates/\S+/versions\?api-version=7\.3&\$skiptoken=\S+&maxresults="
    )
    assert link.match(page["nextLink"])
    assert link.match(shapes["list_versions_page"]["nextLink"].replace("{name}", "web"))
    version = page["value"][0]["id"].rpartition("/")[2]
    body = wire.send("GET", f"/certificates/web/{version}").body
    extra = [name for name in shapes["get_by_explicit_version_extra"] if name != "note"]
    assert list(body)[-3:] == extra
    assert body["serialnumber"] == body["serialnumber"].upper()


OURS = (
    refusals.conflict_pending(),
    refusals.no_certificate("{name}"),
    refusals.no_pending("{name}"),
    refusals.no_issuer(),
    refusals.not_in_progress(),
    refusals.key_mismatch(),
    refusals.no_x5c(),
    refusals.unreadable_x5c(),
    refusals.invalid_name("www.domain.tld"),
    refusals.invalid_property("policy"),
    refusals.invalid_property(""),
    refusals.invalid_property("policy.x509_props", "Invalid X.500 distinguished name"),
    refusals.hardware_key(),
    refusals.merge_forbidden("<issuer-name>"),
    refusals.is_deleted("{name}"),
    refusals.no_deleted("{name}"),
    refusals.no_contacts(),
    refusals.secret_disabled(),
    refusals.already_expired(),
    refusals.unreadable_pfx(),
    refusals.unreadable_pem(),
    refusals.unexpected_pem(),
    refusals.invalid_content(),
    refusals.key_size(2048, (256, 384, 521)),
    refusals.key_operations(["wrapKey", "unwrapKey"]),
    refusals.throttled(None),
    refusals.bad_parameter("At most one action is allowed"),
    refusals.unauthorized("AKV10000: Request is missing a Bearer or PoP token."),
)


@pytest.mark.parametrize("ours", OURS, ids=lambda refusal: refusal.message[:40])
def test_a_refusal_has_the_recorded_status_code_and_text(ours: Refusal) -> None:
    recorded = {
        (
            error["status"],
            error["code"],
            error["message"],
            error.get("innererror", {}).get("code", ""),
        )
        for error in load("errors.json")["errors"]
    }

    assert (ours.status, ours.code, ours.message, ours.inner) in recorded


def test_the_refusal_by_role_has_the_recorded_lines() -> None:
    recorded = next(e for e in load("errors.json")["errors"] if "RBAC" in e["message"])
    pattern = re.escape(recorded["message"])
    for placeholder in ("appid=…;oid=…;iss=…", "'…'", "name;location=…"):
        pattern = pattern.replace(re.escape(placeholder), ".+")
    ours = refusals.forbidden_by_role("a/read", "/vaults/v", "v", "appid=1;oid=2;iss=3")

    assert re.fullmatch(pattern, ours.message)
    assert (ours.status, ours.inner) == (recorded["status"], recorded["innererror"]["code"])


def test_the_refusal_by_policy_begins_as_recorded() -> None:
    recorded = next(e for e in load("errors.json")["errors"] if "permission on" in e["message"])
    pattern = re.escape(recorded["message"])
    for placeholder in ("appid=…;oid=…;iss=…", "…"):
        pattern = pattern.replace(re.escape(placeholder), ".+")
    ours = refusals.forbidden_by_policy("certificates get", "v", "appid=1;oid=2;iss=3")

    assert re.match(pattern, ours.message)
    assert (ours.status, ours.code) == (recorded["status"], recorded["code"])


def test_the_delay_of_a_cancellation_is_within_what_was_recorded() -> None:
    """One second after the PATCH the request was still in progress; about ten later it was not."""
    assert 1 < DEFAULT_DELAYS.cancel <= 10
