"""Subject alternative names of every kind, in the CSR, the certificate and the policy."""

from __future__ import annotations

import base64
import ipaddress

import pytest
from azure.keyvault.certificates import CertificateClient, CertificatePolicy, KeyVaultCertificate
from cryptography import x509
from cryptography.hazmat import asn1

from kvcsr_widgets.pki.names import UPN
from tests.practice.wire import Json, Wire

ALL: Json = {
    "emails": ["web@example.com"],
    "dns_names": ["example.com", "*.example.com", "xn--mnchen-3ya.example"],
    "upns": ["jürgen@example.com"],
    "uris": ["spiffe://example.com/web"],
    "ipAddresses": ["192.0.2.1", "2001:db8::1"],
}


def names_of(extensions: x509.Extensions) -> x509.SubjectAlternativeName:
    return extensions.get_extension_for_class(x509.SubjectAlternativeName).value


def csr(wire: Wire, sans: Json, subject: str | None = "CN=a") -> x509.CertificateSigningRequest:
    props = {"sans": sans} | ({} if subject is None else {"subject": subject})
    answer = wire.create(policy={"x509_props": props})
    assert answer.status == 202, answer.text
    return x509.load_der_x509_csr(base64.b64decode(answer.body["csr"]))


def test_every_kind_of_name_is_in_the_csr(wire: Wire) -> None:
    names = names_of(csr(wire, ALL).extensions)

    assert names.get_values_for_type(x509.RFC822Name) == ALL["emails"]
    assert names.get_values_for_type(x509.DNSName) == ALL["dns_names"]
    assert names.get_values_for_type(x509.UniformResourceIdentifier) == ALL["uris"]
    assert names.get_values_for_type(x509.IPAddress) == [
        ipaddress.ip_address(text) for text in ALL["ipAddresses"]
    ]
    [upn] = names.get_values_for_type(x509.OtherName)
    assert upn.type_id.dotted_string == "1.3.6.1.4.1.311.20.2.3" == UPN.dotted_string
    assert upn.value == b"\x0c\x13" + ALL["upns"][0].encode()  # a UTF8String
    assert asn1.decode_der(str, upn.value) == ALL["upns"][0]


def test_the_policy_echoes_them_as_sent(wire: Wire) -> None:
    csr(wire, ALL)

    assert wire.send("GET", "/certificates/web/policy").body["x509_props"]["sans"] == ALL


@pytest.mark.parametrize("kind", list(ALL))
def test_names_of_one_kind_alone_need_no_subject(
    client: CertificateClient, wire: Wire, kind: str
) -> None:
    """As the SDK's own tests do: Self, no subject, one kind of name, and read it back."""
    names = {
        "uris": "san_uris",
        "ipAddresses": "san_ip_addresses",
        "upns": "san_user_principal_names",
    }
    option = names.get(kind, f"san_{kind}")
    policy = CertificatePolicy(issuer_name="Self", **{option: ALL[kind]})

    made = client.begin_create_certificate("web", policy, _polling_interval=0.01).result()

    assert isinstance(made, KeyVaultCertificate)
    assert made.policy is not None
    assert getattr(made.policy, option) == ALL[kind]
    others = [name for name in ALL if name != kind]
    sans = wire.send("GET", "/certificates/web/policy").body["x509_props"]["sans"]
    assert not any(sans.get(other) for other in others)
    leaf = x509.load_der_x509_certificate(bytes(made.cer or b""))
    assert len(list(leaf.subject)) == 0
    assert len(list(names_of(leaf.extensions))) == len(ALL[kind])


@pytest.mark.parametrize(
    "sans",
    [
        {"dns_names": [""]},
        {"dns_names": ["münchen.example"]},
        {"dns_names": "example.com"},
        {"dns_names": [5]},
        {"dns_names": ["a" * 256]},
        {"emails": ["nobody"]},
        {"emails": ["ü@example.com"]},
        {"uris": ["example"]},
        {"uris": ["https://münchen.example/"]},
        {"ipAddresses": ["1.2.3"]},
        {"ipAddresses": ["192.0.2.0/24"]},
        {"ipAddresses": ["fe80::1%eth0"]},
        {"upns": [""]},
        {"directory_names": ["CN=a"]},
    ],
    ids=str,
)
def test_a_name_that_cannot_be_one_is_refused(wire: Wire, sans: Json) -> None:
    answer = wire.create(policy={"x509_props": {"subject": "CN=a", "sans": sans}})

    assert answer.error == (
        400,
        "BadParameter",
        "Property policy.x509_props.sans has invalid value\r\n",
    )


def test_encipher_only_needs_key_agreement(wire: Wire) -> None:
    """RFC 5280 section 4.2.1.3."""
    props = {"subject": "CN=a", "key_usage": ["encipherOnly"]}
    assert wire.create(policy={"x509_props": props}).status == 400
    props["key_usage"] = ["encipherOnly", "keyAgreement"]
    assert wire.create(policy={"x509_props": props}).status == 202
