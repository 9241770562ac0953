"""Create with issuer Unknown, and the CSR that comes of it."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

import pytest
from azure.core.exceptions import HttpResponseError, ResourceExistsError
from azure.keyvault.certificates import (
    CertificateClient,
    CertificateOperation,
    CertificatePolicy,
    KeyType,
    KeyUsageType,
)
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID

from kvcsr_widgets.practice import issuing
from kvcsr_widgets.practice.transport import Practice
from tests.practice.conftest import START, Clock
from tests.practice.wire import Wire

SUBJECT = "C=US, ST=WA, L=Redmond, O=TestO, OU=TestOU, CN=www.mytestdomain.com"


def create(
    client: CertificateClient, name: str = "web", **policy: object
) -> x509.CertificateSigningRequest:
    """Create with issuer Unknown; a small EC key unless ``policy`` says else."""
    wanted = {"subject": "CN=www.contoso.com", "key_type": KeyType.ec} | policy
    made = CertificatePolicy(issuer_name="Unknown", **wanted)
    operation = client.begin_create_certificate(name, made).result()
    assert isinstance(operation, CertificateOperation)
    assert operation.csr is not None
    csr = x509.load_der_x509_csr(operation.csr)
    assert csr.is_signature_valid
    return csr


@pytest.mark.parametrize("size", [2048, 3072, 4096])
def test_rsa_keys(client: CertificateClient, size: int) -> None:
    csr = create(client, key_type=KeyType.rsa, key_size=size)
    key = csr.public_key()

    assert isinstance(key, rsa.RSAPublicKey)
    assert key.key_size == size
    assert csr.signature_algorithm_oid == x509.SignatureAlgorithmOID.RSA_WITH_SHA256


@pytest.mark.parametrize(
    ("curve", "size", "signature"),
    [
        ("P-256", 256, x509.SignatureAlgorithmOID.ECDSA_WITH_SHA256),
        ("P-256K", 256, x509.SignatureAlgorithmOID.ECDSA_WITH_SHA256),
        ("P-384", 384, x509.SignatureAlgorithmOID.ECDSA_WITH_SHA384),
        ("P-521", 521, x509.SignatureAlgorithmOID.ECDSA_WITH_SHA512),
    ],
)
def test_ec_keys(
    client: CertificateClient, curve: str, size: int, signature: x509.ObjectIdentifier
) -> None:
    csr = create(client, key_curve_name=curve)
    key = csr.public_key()

    assert isinstance(key, ec.EllipticCurvePublicKey)
    assert key.curve.key_size == size
    assert csr.signature_algorithm_oid == signature


def test_the_subject_stands_reversed_in_the_csr(client: CertificateClient) -> None:
    csr = create(client, subject=SUBJECT)

    values = ["www.mytestdomain.com", "TestOU", "TestO", "Redmond", "WA", "US"]
    assert [part.value for part in csr.subject] == values


def test_the_extensions_have_the_recorded_order_and_flags(client: CertificateClient) -> None:
    csr = create(client, san_dns_names=["www.contoso.com", "*.contoso.com"])

    assert [(extension.oid, extension.critical) for extension in csr.extensions] == [
        (ExtensionOID.KEY_USAGE, True),
        (ExtensionOID.EXTENDED_KEY_USAGE, False),
        (ExtensionOID.SUBJECT_ALTERNATIVE_NAME, False),
        (ExtensionOID.BASIC_CONSTRAINTS, False),
    ]


def test_default_usages_are_the_recorded_ones(client: CertificateClient) -> None:
    csr = create(client)
    usage = csr.extensions.get_extension_for_class(x509.KeyUsage).value
    ekus = csr.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value

    assert usage.public_bytes().hex() == "030205a0"
    assert list(ekus) == [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]


def test_given_usages_are_in_the_csr(client: CertificateClient) -> None:
    csr = create(
        client,
        key_usage=[KeyUsageType.digital_signature, KeyUsageType.crl_sign],
        enhanced_key_usage=["1.3.6.1.5.5.7.3.3"],
    )
    usage = csr.extensions.get_extension_for_class(x509.KeyUsage).value
    ekus = csr.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value

    assert (usage.digital_signature, usage.crl_sign, usage.key_encipherment) == (True, True, False)
    assert list(ekus) == [ExtendedKeyUsageOID.CODE_SIGNING]


def test_dns_names_are_in_the_csr(client: CertificateClient) -> None:
    csr = create(client, subject=None, san_dns_names=["a.example", "*.b.example"])
    names = csr.extensions.get_extension_for_class(x509.SubjectAlternativeName).value

    assert names.get_values_for_type(x509.DNSName) == ["a.example", "*.b.example"]
    assert list(csr.subject) == []


def test_a_second_create_is_a_conflict_and_changes_nothing(client: CertificateClient) -> None:
    create(client)
    before = client.get_certificate_operation("web")

    with pytest.raises(ResourceExistsError) as caught:
        create(client, subject="CN=other")

    assert caught.value.error is not None
    assert caught.value.error.code == "Conflict"
    assert caught.value.error.message == (
        "A new key vault certificate can not be created or imported while a pending key vault "
        "certificate's status is inProgress."
    )
    after = client.get_certificate_operation("web")
    assert (after.request_id, after.csr) == (before.request_id, before.csr)


def test_the_placeholder_is_disabled_and_dated_from_the_policy(
    client: CertificateClient, clock: Clock
) -> None:
    clock.now = 1573095421  # 2019-11-07T02:57:01Z, with 50 months, as recorded
    create(client, validity_in_months=50)

    properties = client.get_certificate("web").properties
    assert properties is not None
    assert properties.enabled is False
    assert properties.not_before is not None
    assert properties.expires_on is not None
    assert properties.not_before.timestamp() == 1573094821
    assert properties.expires_on.timestamp() == 1704596221


def test_months_end_on_the_last_day_of_a_shorter_month(
    client: CertificateClient, clock: Clock
) -> None:
    clock.now = datetime(2026, 3, 31, tzinfo=UTC).timestamp()
    create(client, validity_in_months=1)

    properties = client.get_certificate("web").properties
    assert properties is not None
    assert properties.expires_on is not None
    assert f"{properties.expires_on:%Y-%m-%d}" == "2026-04-30"


def test_a_name_is_the_same_in_upper_and_lower_case(client: CertificateClient) -> None:
    create(client, "Web")

    assert client.get_certificate_operation("wEB").name == "Web"
    with pytest.raises(ResourceExistsError):
        create(client, "web")


@pytest.mark.parametrize(
    ("policy", "message"),
    [
        pytest.param(
            {"x509_props": {"subject": "Self"}},
            "Property policy.x509_props has invalid value. Invalid X.500 distinguished name\r\n",
            id="subject",
        ),
        pytest.param(
            {"x509_props": {}}, "Property policy.x509_props has invalid value\r\n", id="no subject"
        ),
        pytest.param(
            {"keyProperties": {}}, "Property policy has invalid value\r\n", id="the CLI's spelling"
        ),
        pytest.param(
            {"key_props": {"kty": "RSA", "key_size": 1024}},
            "Property policy.key_props has invalid value\r\n",
            id="key size",
        ),
        pytest.param(
            {"key_props": {"kty": "EC", "crv": "P-192"}},
            "Property policy.key_props has invalid value\r\n",
            id="curve",
        ),
        pytest.param(
            {"key_props": {"kty": "EC", "crv": "P-256", "key_size": 384}},
            "Property policy.key_props has invalid value\r\n",
            id="curve and size differ",
        ),
        pytest.param(
            {"key_props": {"exportable": "yes"}},
            "Property policy.key_props has invalid value\r\n",
            id="exportable",
        ),
        pytest.param(
            {"key_props": {"kty": "RSA-HSM"}},
            "Hardware key operation not allowed on standard vault",
            id="hardware key",
        ),
        pytest.param(
            {"secret_props": {"contentType": "text/plain"}},
            "Property policy.secret_props has invalid value\r\n",
            id="content type",
        ),
        pytest.param(
            {"x509_props": {"subject": "CN=a", "ekus": ["server"]}},
            "Property policy.x509_props.ekus has invalid value\r\n",
            id="EKU",
        ),
        pytest.param(
            {"x509_props": {"subject": "CN=a", "key_usage": ["sign"]}},
            "Property policy.x509_props.key_usage has invalid value\r\n",
            id="key usage",
        ),
        pytest.param(
            {"x509_props": {"subject": "CN=a", "validity_months": -1}},
            "Property policy.x509_props.validity_months has invalid value\r\n",
            id="validity",
        ),
        pytest.param(
            {"x509_props": {"subject": "CN=a", "sans": {"dns_names": ["ü.example"]}}},
            "Property policy.x509_props.sans has invalid value\r\n",
            id="DNS name",
        ),
        pytest.param(
            {"lifetime_actions": [{}, {}]}, "At most one action is allowed", id="lifetime actions"
        ),
        pytest.param(
            {"issuer": {"name": "Unknown", "cty": 5}},
            "Property policy.issuer has invalid value\r\n",
            id="issuer",
        ),
    ],
)
def test_a_bad_policy_is_refused_and_leaves_nothing(
    wire: Wire, policy: dict[str, object], message: str
) -> None:
    assert wire.create(policy=policy).error == (400, "BadParameter", message)
    assert wire.send("GET", "/certificates/web").status == 404
    assert wire.send("GET", "/certificates/web/pending").status == 404


def test_more_than_fifteen_tags_are_refused(client: CertificateClient) -> None:
    policy = CertificatePolicy(issuer_name="Unknown", subject="CN=a", key_type=KeyType.ec)

    with pytest.raises(HttpResponseError, match="Property  has invalid value"):
        client.begin_create_certificate("web", policy, tags={f"t{n}": "x" for n in range(16)})


def test_a_later_create_without_a_policy_uses_the_stored_one(wire: Wire) -> None:
    wire.create(policy={"x509_props": {"subject": "CN=kept", "validity_months": 7}})
    wire.send("DELETE", "/certificates/web/pending")

    assert wire.send("POST", "/certificates/web/create", {}).status == 202
    props = wire.send("GET", "/certificates/web/policy").body["x509_props"]
    assert (props["subject"], props["validity_months"]) == ("CN=kept", 7)


def test_a_first_create_needs_a_policy(wire: Wire) -> None:
    answer = wire.send("POST", "/certificates/web/create", {})

    assert answer.error == (400, "BadParameter", "Property policy has invalid value\r\n")


def test_a_policy_keeps_its_creation_and_moves_its_update(wire: Wire, clock: Clock) -> None:
    wire.create()
    wire.send("DELETE", "/certificates/web/pending")
    clock.now += 100
    wire.create()

    attributes = wire.send("GET", "/certificates/web/policy").body["attributes"]
    assert attributes == {"enabled": True, "created": START, "updated": START + 100}


@pytest.mark.parametrize(
    "policy",
    [
        {"key_props": {"kty": "RSA", "keySize": 4096}},
        {"x509_props": {"subject": "CN=a", "validityInMonths": 3}},
        {"issuer": {"name": "Unknown", "certificateTransparency": True}},
        {"secret_props": {"content_type": "application/x-pem-file"}},
    ],
    ids=str,
)
def test_an_unknown_member_is_refused_wherever_it_stands(
    wire: Wire, policy: dict[str, object]
) -> None:
    """As the service refuses the JSON that the Azure CLI prints (azure-cli#27220)."""
    assert wire.create(policy=policy).error == (
        400,
        "BadParameter",
        "Property policy has invalid value\r\n",
    )


@pytest.mark.parametrize("issuer", [{"cty": "a" * 300}, {"cert_transparency": "yes"}])
def test_an_issuer_of_a_policy_is_bounded(wire: Wire, issuer: dict[str, object]) -> None:
    assert wire.create(policy={"issuer": {"name": "Unknown"} | issuer}).status == 400


@pytest.mark.parametrize("sans", [None, {}, {"dns_names": []}, {"dns_names": None}])
def test_no_subject_and_no_name_is_refused(wire: Wire, sans: object) -> None:
    assert wire.create(policy={"x509_props": {"sans": sans}}).error == (
        400,
        "BadParameter",
        "Property policy.x509_props has invalid value\r\n",
    )


@pytest.mark.parametrize("body", [{}, {"policy": None}])
def test_a_create_without_a_policy_does_not_write_it(
    wire: Wire, clock: Clock, body: dict[str, object]
) -> None:
    wire.create()
    wire.send("DELETE", "/certificates/web/pending")
    before = wire.send("GET", "/certificates/web/policy").body
    clock.now += 9

    wire.send("POST", "/certificates/web/create", body)

    assert wire.send("GET", "/certificates/web/policy").body == before


def test_a_policy_that_changes_while_the_key_is_made_is_not_lost(
    wire: Wire, practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    wire.create()
    wire.send("DELETE", "/certificates/web/pending")
    original = issuing.new_csr
    changes = [{"x509_props": {"subject": "CN=other"}}]

    def meanwhile(key: bytes, props: dict[str, object]) -> bytes:
        if changes:
            practice.vault.shelf.update_policy("web", changes.pop())
        return original(key, props)

    monkeypatch.setattr(issuing, "new_csr", meanwhile)
    created = wire.send("POST", "/certificates/web/create", {}).body

    policy = wire.send("GET", "/certificates/web/policy").body
    assert policy["x509_props"]["subject"] == "CN=other"
    csr = x509.load_der_x509_csr(base64.b64decode(created["csr"]))
    assert csr.subject.rfc4514_string() == "CN=other"


@pytest.mark.parametrize("name", ["contacts", "Issuers"])
def test_a_name_whose_address_is_taken_is_refused(wire: Wire, name: str) -> None:
    assert wire.create(name).error == (
        400,
        "BadParameter",
        f"The request URI contains an invalid name: {name}",
    )
