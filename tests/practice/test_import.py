"""Import: the file formats, what becomes of the policy, and the refusals."""

from __future__ import annotations

import base64
import datetime as dt
import subprocess
from typing import Any

import pytest
from azure.keyvault.certificates import (
    CertificateClient,
    CertificateContentType,
    CertificatePolicy,
)
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from cryptography.x509.oid import ExtensionOID

from kvcsr_widgets.practice.transport import Practice
from tests import certificates
from tests.practice.conftest import START, Clock
from tests.practice.steps import b64, finish, with_issuer
from tests.practice.wire import Answer, Json, Wire
from tests.work import work_below

NOW = dt.datetime.fromtimestamp(START, dt.UTC)
PEM_POLICY = {"secret_props": {"contentType": "application/x-pem-file"}}
CHAIN = (certificates.leaf(), certificates.intermediate(), certificates.root())


def pfx(*, password: bytes | None = None) -> bytes:
    """A PKCS #12 with leaf, chain and key."""
    lock: KeySerializationEncryption = NoEncryption()
    if password:
        lock = BestAvailableEncryption(password)
    leaf, *others = CHAIN
    above = [each.certificate for each in others]
    return pkcs12.serialize_key_and_certificates(b"web", leaf.key, leaf.certificate, above, lock)


def key_pem(key: Any, form: PrivateFormat = PrivateFormat.PKCS8) -> str:
    pem: bytes = key.private_bytes(Encoding.PEM, form, NoEncryption())
    return pem.decode()


def pem() -> str:
    """PKCS #8 key, leaf and chain."""
    return key_pem(CHAIN[0].key) + "".join(each.pem.decode() for each in CHAIN)


def send(wire: Wire, value: object, **body: object) -> Answer:
    return wire.send("POST", "/certificates/web/import", {"value": value, **body})


def issued(key: Any, *, issuer_key: Any = None, **changes: Any) -> x509.Certificate:
    """A certificate over any key, self-signed unless another key is given."""
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "a")])
    builder = (
        x509.CertificateBuilder()
        .subject_name(changes.get("subject", name))
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(changes.get("begin", certificates.NOW - certificates.DAY))
        .not_valid_after(changes.get("end", certificates.NOW + certificates.DAY))
    )
    for extension in changes.get("extensions", ()):
        builder = builder.add_extension(extension, critical=False)
    return builder.sign(issuer_key or key, hashes.SHA256())


def packed(key: Any, leaf: x509.Certificate | None, *others: x509.Certificate) -> str:
    data = pkcs12.serialize_key_and_certificates(None, key, leaf, others, NoEncryption())
    return b64(data)


def test_a_pfx_without_a_password(client: CertificateClient) -> None:
    certificate = client.import_certificate("web", pfx())

    assert bytes(certificate.cer or b"") == CHAIN[0].der
    assert certificate.properties is not None
    assert certificate.properties.enabled is True
    assert certificate.properties.expires_on == CHAIN[0].certificate.not_valid_after_utc
    assert certificate.properties.created_on is not None
    assert certificate.properties.created_on.timestamp() == START


def test_a_pfx_with_its_password(client: CertificateClient) -> None:
    certificate = client.import_certificate("web", pfx(password=b"secret"), password="secret")

    assert bytes(certificate.cer or b"") == CHAIN[0].der


def test_pem_as_text_and_as_base64_of_text(wire: Wire, client: CertificateClient) -> None:
    assert send(wire, pem(), policy=PEM_POLICY).body["cer"] == b64(CHAIN[0].der)
    policy = CertificatePolicy(issuer_name="Unknown", content_type=CertificateContentType.pem)
    again = client.import_certificate("web", pem().encode(), policy=policy)
    assert bytes(again.cer or b"") == CHAIN[0].der


def test_the_answer_has_no_request_and_the_id_of_a_new_version(
    wire: Wire, practice: Practice
) -> None:
    first = finish(wire, practice)
    answer = send(wire, b64(pfx())).body

    assert "pending" not in answer
    assert answer["id"] != first["id"]
    assert wire.send("GET", "/certificates/web").body == answer
    assert wire.send("GET", "/certificates/web/pending").status == 404


def test_the_policy_says_what_the_certificate_says(wire: Wire) -> None:
    answer = send(wire, b64(pfx()), policy={"x509_props": {"subject": "CN=ignored"}}).body

    props = answer["policy"]["x509_props"]
    assert props["subject"] == f"CN={certificates.HOST}"
    assert props["sans"] == {"dns_names": [certificates.HOST]}
    assert (props["ekus"], props["key_usage"]) == ([], [])
    assert props["validity_months"] == 3  # 91 days
    assert props["basic_constraints"] == {"ca": False}
    assert answer["policy"]["issuer"] == {"name": "Unknown"}
    assert answer["policy"]["key_props"] == {
        "exportable": True,
        "kty": "EC",
        "key_size": 256,
        "reuse_key": False,
        "crv": "P-256",
    }


def test_names_and_usages_of_every_kind_are_taken_over(wire: Wire, practice: Practice) -> None:
    sans = {
        "emails": ["a@example.com"],
        "dns_names": ["example.com"],
        "upns": ["ä@example.com"],
        "uris": ["https://example.com/"],
        "ipAddresses": ["192.0.2.1", "2001:db8::1"],
    }
    props = {"subject": "CN=a", "sans": sans, "key_usage": ["digitalSignature"]}
    finish(wire, practice, "from", {"x509_props": props})
    secret = wire.send("GET", "/secrets/from").body["value"]

    answer = send(wire, secret).body

    assert answer["policy"]["x509_props"]["sans"] == sans
    assert answer["policy"]["x509_props"]["key_usage"] == ["digitalSignature"]
    assert answer["policy"]["x509_props"]["ekus"] == ["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"]


def test_what_was_sent_besides_stays(wire: Wire) -> None:
    answer = send(
        wire,
        b64(pfx()),
        policy={
            "key_props": {"exportable": False, "reuse_key": True, "kty": "RSA"},
            "lifetime_actions": [
                {
                    "trigger": {"days_before_expiry": 30},
                    "action": {"action_type": "EmailContacts"},
                }
            ],
            **with_issuer(wire),
        },
        attributes={"enabled": False},
        tags={"a": "b"},
    ).body

    policy = answer["policy"]
    assert (policy["key_props"]["exportable"], policy["key_props"]["reuse_key"]) == (False, True)
    assert policy["lifetime_actions"][0]["trigger"] == {"days_before_expiry": 30}
    assert policy["issuer"] == {"name": "mydigicert", "cty": "OV-SSL"}
    assert answer["attributes"]["enabled"] is False
    assert answer["tags"] == {"a": "b"}


def test_an_unknown_issuer_is_refused(wire: Wire) -> None:
    answer = send(wire, b64(pfx()), policy={"issuer": {"name": "nobody"}})

    assert answer.error == (404, "CertificateIssuerNotFound", "Issuer not found")


def test_an_import_keeps_the_policys_creation(wire: Wire, clock: Clock) -> None:
    send(wire, b64(pfx()))
    clock.now += 100

    attributes = send(wire, b64(pfx())).body["policy"]["attributes"]
    assert (attributes["created"], attributes["updated"]) == (START, START + 100)


def test_a_certificate_authority_is_told_as_one(wire: Wire) -> None:
    ca = certificates.root()
    answer = send(wire, packed(ca.key, ca.certificate)).body

    assert answer["policy"]["x509_props"]["basic_constraints"] == {"ca": True}


BAD_PFX = (
    "The specified PKCS#12 X.509 certificate content can not be read. Please check if certificate "
    "is in valid PKCS#12 format."
)
BAD_PEM = (
    "The specified PEM X.509 certificate content can not be read. Please check if certificate is "
    "in valid PEM format. Accepted formats: PEM content or Base64 encoded PEM content."
)
ODD_PEM = (
    "The specified PEM X.509 certificate content is in an unexpected format. Check if certificate "
    "is in valid PEM format."
)
INVALID = (
    "The specified X.509 certificate content is invalid. Error: One or more X.509 properties are "
    "invalid."
)
RSA_KEY = rsa.generate_private_key(65537, 2048)
SMALL_RSA = rsa.generate_private_key(65537, 1024)
ODD_CURVE = ec.generate_private_key(ec.SECP224R1())
DSA_KEY = dsa.generate_private_key(2048)
LEAF = CHAIN[0]
WRAPPING = x509.KeyUsage(
    digital_signature=True,
    content_commitment=False,
    key_encipherment=True,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=False,
    crl_sign=False,
    encipher_only=False,
    decipher_only=False,
)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        pytest.param({}, "Property value has invalid value\r\n", id="no value"),
        pytest.param({"value": 5}, "Property value has invalid value\r\n", id="no text"),
        pytest.param({"value": "*"}, BAD_PFX, id="no base64"),
        pytest.param({"value": b64(b"hello")}, BAD_PFX, id="no PFX"),
        pytest.param({"value": b64(pfx(password=b"secret"))}, BAD_PFX, id="no password"),
        pytest.param(
            {"value": b64(pfx(password=b"secret")), "pwd": "other"}, BAD_PFX, id="wrong password"
        ),
        pytest.param(
            {"value": b64(pfx()), "pwd": "a" * 201},
            "Property pwd has invalid value\r\n",
            id="long password",
        ),
        pytest.param({"value": b64(pem().encode())}, BAD_PFX, id="PEM without its content type"),
        pytest.param({"value": b64(pfx()), "policy": PEM_POLICY}, BAD_PEM, id="PFX as PEM"),
        pytest.param({"value": "hello", "policy": PEM_POLICY}, BAD_PEM, id="no PEM"),
        pytest.param(
            {"value": LEAF.pem.decode(), "policy": PEM_POLICY}, ODD_PEM, id="PEM without a key"
        ),
        pytest.param(
            {
                "value": key_pem(LEAF.key, PrivateFormat.TraditionalOpenSSL) + LEAF.pem.decode(),
                "policy": PEM_POLICY,
            },
            ODD_PEM,
            id="PEM with a key that is not PKCS #8",
        ),
        pytest.param(
            {"value": key_pem(LEAF.key), "policy": PEM_POLICY}, BAD_PEM, id="PEM with a key alone"
        ),
        pytest.param(
            {"value": key_pem(RSA_KEY) + LEAF.pem.decode(), "policy": PEM_POLICY},
            INVALID,
            id="another key",
        ),
        pytest.param({"value": packed(None, LEAF.certificate)}, INVALID, id="PFX without a key"),
        pytest.param({"value": packed(DSA_KEY, issued(DSA_KEY))}, INVALID, id="a DSA key"),
        pytest.param(
            {"value": packed(SMALL_RSA, issued(SMALL_RSA))},
            "Unsupported key size (1024). Supported sizes are [2048, 3072, 4096]",
            id="a small key",
        ),
        pytest.param(
            {"value": packed(ODD_CURVE, issued(ODD_CURVE))},
            "Unsupported key size (224). Supported sizes are [256, 384, 521]",
            id="a curve that it has not",
        ),
        pytest.param(
            {"value": packed(RSA_KEY, issued(RSA_KEY, issuer_key=LEAF.key), LEAF.certificate)},
            "Unsupported key size (2048). Supported sizes are [256, 384, 521]",
            id="RSA below an EC CA",
        ),
        pytest.param(
            {"value": packed(LEAF.key, issued(LEAF.key, extensions=[WRAPPING]))},
            'Unsupported key operation(s): "wrapKey", "unwrapKey". Supported values are "sign", '
            '"verify".',
            id="EC with the usages of RSA",
        ),
        pytest.param(
            {"value": packed(LEAF.key, issued(LEAF.key, begin=NOW - certificates.DAY, end=NOW))},
            "X509 Certificate is already expired",
            id="expired",
        ),
        pytest.param(
            {"value": b64(pfx()), "policy": {"key_props": {"kty": "RSA-HSM"}}},
            "Hardware key operation not allowed on standard vault",
            id="an HSM key",
        ),
    ],
)
def test_a_bad_file_is_refused_and_leaves_nothing(wire: Wire, body: Json, message: str) -> None:
    answer = wire.send("POST", "/certificates/web/import", body)

    assert answer.error == (400, "BadParameter", message)
    assert wire.send("GET", "/certificates/web").status == 404


def chain_of(secret: Json) -> list[x509.Certificate]:
    return x509.load_pem_x509_certificates(secret["value"].encode())


def test_the_leaf_comes_first_unless_the_order_is_kept(wire: Wire) -> None:
    text = key_pem(LEAF.key) + "".join(each.pem.decode() for each in reversed(CHAIN))
    in_order = [each.certificate for each in CHAIN]
    for preserve, expected in ((None, in_order), (False, in_order), (True, in_order[::-1])):
        body = {} if preserve is None else {"preserveCertOrder": preserve}
        send(wire, text, policy=PEM_POLICY, **body)

        assert chain_of(wire.send("GET", "/secrets/web").body) == expected


def test_an_odd_subject_can_be_imported_but_not_requested_again(wire: Wire) -> None:
    odd = x509.Name(
        [
            x509.NameAttribute(x509.NameOID.COMMON_NAME, "a"),
            x509.NameAttribute(x509.NameOID.PSEUDONYM, "p"),
            *[x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, "o" * 60)] * 4,
        ]
    )
    assert send(wire, packed(LEAF.key, issued(LEAF.key, subject=odd))).status == 200

    answer = wire.send("POST", "/certificates/web/create", {})
    assert answer.error == (
        400,
        "BadParameter",
        "Property policy.x509_props has invalid value\r\n",
    )


def test_the_password_is_kept_nowhere(wire: Wire, practice: Practice) -> None:
    send(wire, base64.b64encode(pfx(password=b"Pa55phrase")).decode(), pwd="Pa55phrase")

    for path in practice.store.path.parent.iterdir():
        assert b"Pa55phrase" not in path.read_bytes()


def strange_name() -> bytes:
    """A certificate with an x400Address among its names, which the library does not know."""
    san = x509.UnrecognizedExtension(
        ExtensionOID.SUBJECT_ALTERNATIVE_NAME, bytes.fromhex("3004a3020500")
    )
    return issued(LEAF.key, extensions=[san]).public_bytes(Encoding.PEM)


def strange_version() -> bytes:
    version, other = bytes.fromhex("a003020102"), bytes.fromhex("a003020105")
    return LEAF.der.replace(version, other, 1)


def test_a_certificate_that_the_library_does_not_know_is_refused(wire: Wire) -> None:
    body = base64.encodebytes(strange_version()).decode()
    block = f"-----BEGIN CERTIFICATE-----\n{body}-----END CERTIFICATE-----\n"
    for certificate, message in ((block, BAD_PEM), (strange_name().decode(), INVALID)):
        answer = send(wire, key_pem(LEAF.key) + certificate, policy=PEM_POLICY)
        assert answer.error == (400, "BadParameter", message)


def test_a_file_that_would_stop_the_vault_is_refused_at_once(wire: Wire) -> None:
    """Two thousand million rounds of a hash, in some hundred bytes."""
    command = ["openssl", "pkcs12", "-export", "-passout", "pass:p", "-iter", "65537"]
    text = key_pem(LEAF.key) + LEAF.pem.decode()
    made = subprocess.run(command, input=text.encode(), capture_output=True, check=True).stdout
    asked = bytes.fromhex("0203010001")
    assert asked in made

    with work_below(5):
        for file in (made.replace(asked, bytes.fromhex("02037fffff")), made):
            answer = send(wire, b64(file), pwd="p")
            assert answer.status == (200 if file is made else 400), answer.text
        reply = wire.send("POST", "/certificates/web/pending/merge", {"x5c": [b64(file)]})

    assert reply.status >= 400


@pytest.mark.parametrize("policy", [{}, PEM_POLICY], ids=["PFX", "PEM"])
def test_a_file_that_is_larger_than_a_secret_is_refused(wire: Wire, policy: Json) -> None:
    extra = "".join(certificates.root(name=f"CA {number}").pem.decode() for number in range(90))
    value = pem() + extra
    if not policy:
        found = x509.load_pem_x509_certificates(value.encode())
        value = packed(LEAF.key, found[0], *found[1:])

    answer = send(wire, value, policy=policy)
    assert answer.error == (400, "BadParameter", BAD_PEM if policy else BAD_PFX)
