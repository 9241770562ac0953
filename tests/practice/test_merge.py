"""Merge: what is accepted, what is refused, and what a refusal leaves behind."""

from __future__ import annotations

import base64
import subprocess
from collections.abc import Callable

import pytest
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.keyvault.certificates import CertificateClient, CertificatePolicy, KeyType
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, pkcs7, pkcs12

from kvcsr_widgets.practice.authority import Reply
from kvcsr_widgets.practice.rules import DEFAULT_DELAYS
from kvcsr_widgets.practice.transport import Practice
from tests import certificates
from tests.practice.conftest import START, Clock
from tests.practice.steps import merge, sign, status
from tests.practice.test_create import create
from tests.practice.wire import Wire

DER = Encoding.DER


@pytest.fixture
def request_and_reply(client: CertificateClient, practice: Practice) -> Reply:
    """A request “web” and what the practice CA made of it."""
    return practice.authority.sign(create(client).public_bytes(DER))


def as_der(reply: Reply) -> list[bytes]:
    return [reply.cer]


def as_chain(reply: Reply) -> list[bytes]:
    return [reply.cer, *(each.public_bytes(DER) for each in reply.chain)]


def as_chain_root_first(reply: Reply) -> list[bytes]:
    return as_chain(reply)[::-1]


def as_base64_text(reply: Reply) -> list[bytes]:
    """As the Python SDK's own test sends it: base64 of base64."""
    return [base64.b64encode(reply.cer)]


def with_stray_end_line(reply: Reply) -> list[bytes]:
    """As the JavaScript SDK's own test sends it."""
    return [base64.b64encode(reply.cer) + b"-----END CERTIFICATE-----"]


def as_pem(reply: Reply) -> list[bytes]:
    return [reply.pem]


def as_p7b(reply: Reply) -> list[bytes]:
    return [reply.p7b]


def as_pfx(reply: Reply) -> list[bytes]:
    """As acmebot sent it: a PFX of certificates in one item."""
    return [
        pkcs12.serialize_key_and_certificates(None, None, reply.leaf, reply.chain, NoEncryption())
    ]


def as_pem_chain(reply: Reply) -> list[bytes]:
    """Several PEM blocks in one item, as PowerShell sends a file."""
    return [b"".join(each.public_bytes(Encoding.PEM) for each in (reply.leaf, *reply.chain))]


def as_base64_of_p7b(reply: Reply) -> list[bytes]:
    return [base64.b64encode(reply.p7b)]


def as_armoured_p7b(reply: Reply) -> list[bytes]:
    return [pkcs7.serialize_certificates([reply.leaf, *reply.chain], Encoding.PEM)]


def as_a_mixture(reply: Reply) -> list[bytes]:
    intermediate, root = reply.chain
    return [root.public_bytes(Encoding.PEM), as_pfx(reply)[0], intermediate.public_bytes(DER)]


def as_openssl_pfx(reply: Reply) -> list[bytes]:
    chain = b"".join(as_pem_chain(reply))
    command = ["openssl", "pkcs12", "-export", "-nokeys", "-passout", "pass:"]
    return [subprocess.run(command, input=chain, capture_output=True, check=True).stdout]


def with_line_breaks(reply: Reply) -> list[bytes]:
    return [base64.encodebytes(reply.cer)]


def with_the_intermediate_alone(reply: Reply) -> list[bytes]:
    return as_chain(reply)[:2]


STRANGER = certificates.root().certificate


def with_a_stranger(reply: Reply) -> list[bytes]:
    return [STRANGER.public_bytes(DER), *as_chain(reply)]


@pytest.mark.parametrize(
    "shape",
    [
        as_pfx,
        as_pem_chain,
        as_base64_of_p7b,
        as_armoured_p7b,
        as_a_mixture,
        as_openssl_pfx,
        with_line_breaks,
        with_the_intermediate_alone,
        with_a_stranger,
        as_der,
        as_chain,
        as_chain_root_first,
        as_base64_text,
        with_stray_end_line,
        as_pem,
        as_p7b,
    ],
)
def test_a_reply_is_merged_in_every_known_shape(
    client: CertificateClient, request_and_reply: Reply, shape: Callable[[Reply], list[bytes]]
) -> None:
    merged = client.merge_certificate("web", shape(request_and_reply))

    assert bytes(merged.cer or b"") == request_and_reply.cer
    assert bytes(client.get_certificate("web").cer or b"") == request_and_reply.cer
    assert client.get_certificate_operation("web").status == "completed"


def test_the_whole_chain_is_kept_leaf_first(
    client: CertificateClient, practice: Practice, request_and_reply: Reply
) -> None:
    client.merge_certificate("web", as_chain_root_first(request_and_reply))

    kept = practice.vault.shelf.newest("web").chain
    chain = (request_and_reply.leaf, *request_and_reply.chain)
    assert x509.load_pem_x509_certificates(kept) == list(chain)


@pytest.mark.parametrize("shape", [as_p7b, as_pfx, as_pem_chain, as_a_mixture, as_openssl_pfx])
def test_a_chain_in_one_item_is_kept_too(
    client: CertificateClient,
    practice: Practice,
    request_and_reply: Reply,
    shape: Callable[[Reply], list[bytes]],
) -> None:
    client.merge_certificate("web", shape(request_and_reply))

    kept = x509.load_pem_x509_certificates(practice.vault.shelf.newest("web").chain)
    assert kept == [request_and_reply.leaf, *request_and_reply.chain]


def test_a_stranger_comes_last(
    client: CertificateClient, practice: Practice, request_and_reply: Reply
) -> None:
    client.merge_certificate("web", with_a_stranger(request_and_reply))

    kept = x509.load_pem_x509_certificates(practice.vault.shelf.newest("web").chain)
    assert kept[0] == request_and_reply.leaf
    assert kept[-1] == STRANGER


@pytest.mark.parametrize("preserve", [None, False, True])
def test_preserve_order_reverses_what_was_sent_and_is_echoed(
    wire: Wire, practice: Practice, preserve: bool | None
) -> None:
    policy = {"key_props": {"kty": "EC"}, "x509_props": {"subject": "CN=a"}}
    body = {"policy": policy} | ({} if preserve is None else {"preserveCertOrder": preserve})
    created = wire.send("POST", "/certificates/web/create", body, api_version="2025-07-01").body
    assert created.get("preserveCertOrder") == preserve
    reply = sign(practice, created)
    merge(wire, reply)

    chain = [reply.leaf, *reply.chain]
    kept = x509.load_pem_x509_certificates(practice.vault.shelf.newest("web").chain)
    assert kept == (chain[::-1] if preserve else chain)
    for path in ("", "/pending"):
        url = f"/certificates/web{path}"
        bundle = wire.send("GET", url, api_version="2025-07-01").body
        assert bundle.get("preserveCertOrder") == preserve
        assert "preserveCertOrder" not in wire.send("GET", url, api_version="7.4").body


def test_the_same_certificate_twice_counts_once(
    client: CertificateClient, practice: Practice, request_and_reply: Reply
) -> None:
    client.merge_certificate("web", as_der(request_and_reply) * 3)

    kept = x509.load_pem_x509_certificates(practice.vault.shelf.newest("web").chain)
    assert kept == [request_and_reply.leaf]


def test_line_breaks_in_the_base64_of_an_item_do_not_count(wire: Wire, practice: Practice) -> None:
    reply = sign(practice, wire.create().body)
    broken = base64.encodebytes(reply.cer).decode()

    answer = wire.send("POST", "/certificates/web/pending/merge", {"x5c": [broken]})
    assert answer.status == 201


def test_more_certificates_than_a_chain_can_have_are_refused(
    wire: Wire, practice: Practice
) -> None:
    reply = sign(practice, wire.create().body)
    others = [certificates.root(name=f"CA {number}").der for number in range(100)]

    answer = wire.send("POST", "/certificates/web/pending/merge", x5c(reply.cer, *others))

    assert answer.error == (400, "BadParameter", UNREADABLE)


def test_more_than_a_secret_holds_is_refused_and_the_request_waits_on(
    wire: Wire, practice: Practice
) -> None:
    csr = base64.b64decode(wire.create().body["csr"])
    others = [certificates.root(name=f"CA {number}").der for number in range(60)]

    answer = wire.send(
        "POST", "/certificates/web/pending/merge", x5c(practice.authority.sign(csr).cer, *others)
    )

    assert answer.error[:2] == (400, "BadParameter")
    assert "more than a secret holds: 25600 characters" in answer.error[2]
    assert status(wire) == "inProgress"


def test_the_merged_certificate_is_enabled_with_the_dates_of_the_x509_certificate(
    client: CertificateClient, request_and_reply: Reply
) -> None:
    properties = client.merge_certificate("web", as_der(request_and_reply)).properties

    assert properties is not None
    assert properties.enabled is True
    assert properties.not_before == request_and_reply.leaf.not_valid_before_utc
    assert properties.expires_on == request_and_reply.leaf.not_valid_after_utc
    assert properties.x509_thumbprint == request_and_reply.leaf.fingerprint(hashes.SHA1())


def test_the_version_changes_with_the_merge(
    client: CertificateClient, request_and_reply: Reply
) -> None:
    placeholder = client.get_certificate("web").properties
    merged = client.merge_certificate("web", as_der(request_and_reply)).properties

    assert placeholder is not None
    assert merged is not None
    assert merged.version != placeholder.version
    with pytest.raises(ResourceNotFoundError):
        client.get_certificate_version("web", placeholder.version or "")


def test_a_merge_is_dated_when_it_happens(
    client: CertificateClient, request_and_reply: Reply, clock: Clock
) -> None:
    clock.now += 500
    properties = client.merge_certificate("web", as_der(request_and_reply)).properties

    assert properties is not None
    assert properties.created_on is not None
    assert properties.created_on.timestamp() == START + 500


def test_tags_of_the_create_stay_and_tags_of_the_merge_replace_them(
    client: CertificateClient, practice: Practice
) -> None:
    policy = CertificatePolicy(issuer_name="Unknown", subject="CN=a", key_type=KeyType.ec)
    for name, given, expected in (("one", None, {"a": "1"}), ("two", {"b": "2"}, {"b": "2"})):
        operation = client.begin_create_certificate(name, policy, tags={"a": "1"}).result()
        reply = practice.authority.sign(operation.csr or b"")  # type: ignore[union-attr]
        properties = client.merge_certificate(name, [reply.cer], tags=given).properties
        assert properties is not None
        assert properties.tags == expected


def test_enabled_is_what_the_merge_or_the_create_asked_for(
    client: CertificateClient, practice: Practice
) -> None:
    policy = CertificatePolicy(issuer_name="Unknown", subject="CN=a", key_type=KeyType.ec)
    for name, at_create, at_merge, expected in (
        ("one", False, None, False),
        ("two", False, True, True),
        ("three", True, False, False),
    ):
        operation = client.begin_create_certificate(name, policy, enabled=at_create).result()
        reply = practice.authority.sign(operation.csr or b"")  # type: ignore[union-attr]
        properties = client.merge_certificate(name, [reply.cer], enabled=at_merge).properties
        assert properties is not None
        assert properties.enabled is expected


def x5c(*items: bytes) -> dict[str, object]:
    return {"x5c": [base64.b64encode(item).decode() for item in items]}


KEY_DIFFERS = (
    "The public key of the end-entity certificate in the specified X.509 certificate content does "
    "not match the public part of the specified private key. Please check if certificate is valid."
)
ODD_CURVE = certificates.leaf().der.replace(
    bytes.fromhex("06082a8648ce3d030107"), bytes.fromhex("06082a8648ce3d03017f"), 1
)
ODD_PFX = pkcs12.serialize_key_and_certificates(
    None, None, x509.load_der_x509_certificate(ODD_CURVE), None, NoEncryption()
)
NO_ITEM = "Property x5c has invalid value X5C must has at least one valid item"
UNREADABLE = "Unable to parse X5c certificate chain and locate leaf certificate"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        pytest.param(x5c(certificates.leaf().der), KEY_DIFFERS, id="another key"),
        pytest.param({"x5c": []}, NO_ITEM, id="no item"),
        pytest.param({"x5c": ["", None]}, NO_ITEM, id="nothing in the items"),
        pytest.param(x5c(ODD_PFX), UNREADABLE, id="a PFX with an unknown kind of key"),
        pytest.param({}, NO_ITEM, id="no x5c"),
        pytest.param({"x5c": "MII"}, NO_ITEM, id="x5c is no list"),
        pytest.param({"x5c": ["*"]}, UNREADABLE, id="no base64"),
        pytest.param({"x5c": [5]}, UNREADABLE, id="no text"),
        pytest.param({"x5c": ["é"]}, UNREADABLE, id="no ASCII"),
        pytest.param(x5c(b"hello"), UNREADABLE, id="no certificate"),
        pytest.param(x5c(certificates.csr().der), UNREADABLE, id="a CSR"),
        pytest.param(x5c(certificates.leaf().der, b"x"), UNREADABLE, id="one of two is none"),
    ],
)
def test_a_bad_reply_is_refused_and_the_request_still_waits(
    wire: Wire, body: dict[str, object], message: str
) -> None:
    before = wire.create().body

    answer = wire.send("POST", "/certificates/web/pending/merge", body)

    assert answer.error == (400, "BadParameter", message)
    assert wire.send("GET", "/certificates/web/pending").body == before


def test_a_second_merge_is_refused(client: CertificateClient, request_and_reply: Reply) -> None:
    merged = client.merge_certificate("web", as_der(request_and_reply))

    with pytest.raises(HttpResponseError, match="must be in progress") as caught:
        client.merge_certificate("web", as_der(request_and_reply))

    assert caught.value.status_code == 403
    assert client.get_certificate("web").id == merged.id


def test_there_is_nothing_to_merge_with_a_deleted_request(
    client: CertificateClient, request_and_reply: Reply
) -> None:
    client.delete_certificate_operation("web")

    with pytest.raises(ResourceNotFoundError, match="Pending certificate not found: web"):
        client.merge_certificate("web", as_der(request_and_reply))


def test_a_cancelled_request_may_still_be_merged(
    client: CertificateClient, request_and_reply: Reply, clock: Clock
) -> None:
    client.cancel_certificate_operation("web")
    clock.now += DEFAULT_DELAYS.cancel

    merged = client.merge_certificate("web", as_der(request_and_reply))
    assert bytes(merged.cer or b"") == request_and_reply.cer


def test_version_one_answers_while_version_two_waits(
    client: CertificateClient, practice: Practice, request_and_reply: Reply
) -> None:
    first = client.merge_certificate("web", as_der(request_and_reply))
    csr = create(client)

    assert client.get_certificate("web").id == first.id
    reply = practice.authority.sign(csr.public_bytes(DER))
    second = client.merge_certificate("web", [reply.cer])
    assert client.get_certificate("web").id == second.id
    assert second.id != first.id


def test_a_reply_to_the_first_request_does_not_fit_the_second(
    client: CertificateClient, request_and_reply: Reply
) -> None:
    client.delete_certificate_operation("web")
    create(client)

    with pytest.raises(HttpResponseError, match="does not match the public part"):
        client.merge_certificate("web", as_der(request_and_reply))


def test_reuse_key_keeps_the_key(client: CertificateClient, request_and_reply: Reply) -> None:
    client.merge_certificate("web", as_der(request_and_reply))

    assert create(client, reuse_key=True).public_key() == request_and_reply.leaf.public_key()
    client.delete_certificate_operation("web")
    assert create(client, reuse_key=False).public_key() != request_and_reply.leaf.public_key()
