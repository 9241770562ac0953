"""Recorded traffic of the real service, asked of the practice vault again.

The recordings are not part of this repository. Where they lie beside the clone they are replayed;
elsewhere ``test_wire`` holds what they establish. Recordings made with issuer Self are replayed
with issuer Unknown, which the practice vault has: what differs by that is listed in ``BY_ISSUER``.
"""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from kvcsr_widgets.practice import refusals
from kvcsr_widgets.practice.refusals import Refusal
from kvcsr_widgets.practice.rules import DEFAULT_DELAYS
from kvcsr_widgets.practice.transport import Practice
from tests.practice.conftest import Clock
from tests.practice.wire import Answer, Json, Wire, members

RECORDINGS = Path(__file__).parents[3] / "shared" / "reference" / "recordings"
pytestmark = pytest.mark.skipif(
    not RECORDINGS.is_dir(), reason="the recordings are not part of the repository"
)

BY_ISSUER = {
    "Self": "Unknown",
    "AutoRenew": "EmailContacts",
    "Pending certificate created. Certificate request is in progress. This may take some time "
    "based on the issuer provider. Please check again later.": (
        "Pending certificate created. Please Perform Merge to complete the request."
    ),
}
HOST = re.compile(r"https://[a-zA-Z0-9_-]+\.vault\.azure\.net")
HEX = re.compile(r"[0-9a-f]{32}")
CHECKED_HEADERS = (
    "cache-control",
    "pragma",
    "expires",
    "content-type",
    "strict-transport-security",
    "x-content-type-options",
    "retry-after",
    "location",
)


def load(name: str) -> Json:
    recording: Json = json.loads((RECORDINGS / name).read_text(encoding="utf-8"))
    return recording


def as_ours(value: Any, practice: Practice) -> Any:
    """A recorded value with our host and issuer; ids of 32 digits become ``<id>``."""
    if isinstance(value, dict):
        return {name: as_ours(inner, practice) for name, inner in value.items()}
    if isinstance(value, list):
        return [as_ours(item, practice) for item in value]
    if isinstance(value, str):
        return HEX.sub("<id>", HOST.sub(practice.url, BY_ISSUER.get(value, value)))
    return value


def csr_shape(text: str) -> tuple[object, ...]:
    """What a CSR holds besides its key and signature."""
    csr = x509.load_der_x509_csr(base64.b64decode(text))
    der = base64.b64decode(text)
    extensions = [
        (extension.oid, extension.critical, extension.value.public_bytes())
        for extension in csr.extensions
    ]
    key = csr.public_key()
    kind = type(key).__name__, getattr(key, "key_size", None)
    attributes = [attribute.oid for attribute in csr.attributes]
    version = der[der.index(b"\x02\x01") + 2]
    name = csr.subject.public_bytes()
    return name, extensions, kind, attributes, csr.signature_algorithm_oid, version


def same(answer: Answer, recorded: Json, practice: Practice) -> None:
    """The same status, members, order and values, the CSR by what it asks for."""
    assert answer.status == recorded["status"]
    ours, theirs = as_ours(answer.body, practice), as_ours(recorded["body"], practice)
    for body in (ours, theirs):
        if "csr" in body:
            body["csr"] = csr_shape(body["csr"])
    assert ours == theirs
    assert members(ours) == members(theirs)
    same_headers(answer, recorded.get("headers", {}), practice)


def same_headers(answer: Answer, recorded: Json, practice: Practice) -> None:
    known = {name.lower(): as_ours(value, practice) for name, value in recorded.items()}
    for name in CHECKED_HEADERS:
        if name in known:
            assert as_ours(answer.headers[name], practice) == known[name], name
        elif "no Retry-After" in known.get("note", "") and name == "retry-after":
            assert name not in answer.headers


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
        body = json.loads(json.dumps(entry.get("request_body")).replace("Self", "Unknown"))

        same(wire.send(method, path, body, api_version="7.1"), entry, practice)


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
    for entry in entries[:3]:  # the rest is the completion of a Self certificate
        method, path = entry["request"].replace("{N}", name).split(" ")
        body = json.loads(json.dumps(entry.get("request_body")).replace("Self", "Unknown"))
        answer = wire.send(method, path, body, api_version="7.0")
        same(answer, entry, practice)
    assert len(answer.text) == int(entries[2]["headers"]["Content-Length"])


NODE = "node_sdk_certificates_7.0.json"
NODE_POLICY = {"key_props": {}, "x509_props": {"subject": "CN=*.microsoft.com", "sans": {}}}


def node(number: int) -> Json:
    entry: Json = load(NODE)["entries"][number]
    return entry | {"body": entry["response_body"], "headers": entry["response_headers"]}


def test_the_recording_of_the_node_sdk_for_an_unknown_issuer(
    wire: Wire, practice: Practice
) -> None:
    answer = wire.send(
        "POST",
        "/certificates/UnknownIssuerCert1/create",
        {"policy": NODE_POLICY},
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
        (20, "POST", "/create", {"policy": NODE_POLICY}),
        (21, "PATCH", "/pending", {"cancellation_requested": True}),
        (22, "GET", "/pending", None),
        (23, "DELETE", "/pending", None),
        (24, "GET", "/pending", None),
    )
    for number, method, step, body in steps:
        same(wire.send(method, path + step, body, api_version="7.0"), node(number), practice)
    left = wire.send("GET", path, api_version="7.0")
    assert members(left.body) == members(node(25)["body"])  # as its deletion answers it


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


def test_the_recorded_bundle_of_a_finished_certificate(wire: Wire, practice: Practice) -> None:
    """The recording has issuer Self; members and order are the same for a merged one."""
    create = {"policy": NODE_POLICY, "tags": {"tag1": "value1"}}
    created = wire.send("POST", "/certificates/nodeCertificate/create", create, api_version="7.0")
    reply = practice.authority.sign(base64.b64decode(created.body["csr"]))
    path = "/certificates/nodeCertificate/pending"
    wire.send("POST", f"{path}/merge", {"x5c": [base64.b64encode(reply.cer).decode()]})

    assert members(wire.send("GET", path).body) == members(node(5)["body"])
    bundle = wire.send("GET", "/certificates/nodeCertificate/", api_version="7.0").body
    recorded = node(7)["body"]
    assert members(bundle) == members(recorded)
    policy_recorded = as_ours(recorded["policy"], practice)
    for part in ("key_props", "secret_props", "lifetime_actions", "issuer"):
        assert bundle["policy"][part] == policy_recorded[part]


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


def test_the_delay_of_a_cancellation_is_within_what_was_recorded() -> None:
    """One second after the PATCH the request was still in progress; about ten later it was not."""
    assert 1 < DEFAULT_DELAYS.cancel <= 10
