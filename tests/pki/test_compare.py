"""Asked against got: one deviation a test, and the practice vault's own CSRs."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import replace

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import HealthCheck, given, settings

from kvcsr_widgets.pki import requested
from kvcsr_widgets.pki.compare import NONE, NOTHING, Row, Verdict, compare
from kvcsr_widgets.pki.csr import SigningRequest
from kvcsr_widgets.pki.names import Names
from kvcsr_widgets.pki.plan import UNKNOWN, CertificatePlan, KeyChoice
from kvcsr_widgets.pki.subject import Subject
from kvcsr_widgets.vault.client import Vault
from tests import certificates
from tests.plans import EC_KEYS, plans

PLAN = CertificatePlan(
    name="web",
    subject='CN=www.contoso.com, OU=Web, O="Contoso, Inc.", S=WA, C=US',
    names=Names(
        dns=("www.contoso.com", "xn--mnchen-3ya.example"),
        emails=("web@contoso.com",),
        upns=("jürgen@contoso.com",),
        uris=("spiffe://contoso.com/web",),
        ips=("192.0.2.1", "2001:db8::1"),
    ),
    key=KeyChoice.EC_P256,
    key_usage=("digitalSignature", "keyAgreement"),
    ekus=("1.3.6.1.5.5.7.3.1", "1.3.6.1.4.1.99999.1"),
)


def got(
    plan: CertificatePlan = PLAN,
    *,
    name: x509.Name | None = None,
    extensions: Sequence[x509.Extension[x509.ExtensionType]] | None = None,
) -> SigningRequest:
    """A request with what a plan asks for, but for what is given."""
    if extensions is None:
        extensions = requested.requested(
            plan.expected_key_usage, plan.expected_ekus, plan.names.extension
        )
    subject = Subject.parse(plan.subject).name if name is None else name
    builder = x509.CertificateSigningRequestBuilder(subject)
    for each in extensions:
        builder = builder.add_extension(each.value, critical=each.critical)
    request = builder.sign(certificates.key("leaf"), hashes.SHA256())
    return SigningRequest.from_der(request.public_bytes(Encoding.DER))


def subject(text: str) -> x509.Name:
    return Subject.parse(text).name


def different(plan: CertificatePlan, csr: SigningRequest) -> list[Row]:
    fine = (Verdict.SAME, Verdict.DEFAULTED)
    return [row for row in compare(plan, csr) if row.verdict not in fine]


def test_what_is_as_asked_has_a_row_for_everything() -> None:
    rows = compare(PLAN, got())

    assert [(row.label, row.got, row.verdict) for row in rows] == [
        ("Subject C", "US", Verdict.SAME),
        ("Subject S", "WA", Verdict.SAME),
        ("Subject O", "Contoso, Inc.", Verdict.SAME),
        ("Subject OU", "Web", Verdict.SAME),
        ("Subject CN", "www.contoso.com", Verdict.SAME),
        (
            "Order in the CSR",
            "C=US, S=WA, O=Contoso, Inc., OU=Web, CN=www.contoso.com",
            Verdict.SAME,
        ),
        ("Name, e-mail", "web@contoso.com", Verdict.SAME),
        ("Name, DNS", "www.contoso.com", Verdict.SAME),
        ("Name, DNS", "xn--mnchen-3ya.example", Verdict.SAME),
        ("Name, UPN", "jürgen@contoso.com", Verdict.SAME),
        ("Name, URI", "spiffe://contoso.com/web", Verdict.SAME),
        ("Name, IP", "192.0.2.1", Verdict.SAME),
        ("Name, IP", "2001:db8::1", Verdict.SAME),
        ("Key", "EC P-256", Verdict.SAME),
        ("Key usage", "digitalSignature, keyAgreement", Verdict.SAME),
        (
            "Extended key usage",
            "server authentication (1.3.6.1.5.5.7.3.1), 1.3.6.1.4.1.99999.1",
            Verdict.SAME,
        ),
        ("Basic constraints", "not a CA", Verdict.DEFAULTED),
        ("Signature", "valid", Verdict.SAME),
    ]


def test_what_the_plan_does_not_say_is_marked() -> None:
    plan = replace(PLAN, key_usage=None, ekus=None)
    rows = {row.label: row for row in compare(plan, got(plan))}

    assert rows["Key usage"] == Row(
        "Key usage", NOTHING, "digitalSignature, keyEncipherment", Verdict.DEFAULTED
    )
    assert rows["Extended key usage"].verdict is Verdict.DEFAULTED
    assert rows["Basic constraints"].verdict is Verdict.DEFAULTED
    assert different(plan, got(plan)) == []


@pytest.mark.parametrize(
    "spelled",
    [
        replace(PLAN, subject='cn=www.contoso.com; OU=Web, O="Contoso, Inc.", ST=WA, C=US,'),
        replace(PLAN, names=replace(PLAN.names, dns=("WWW.contoso.com", "XN--mnchen-3ya.example"))),
        replace(PLAN, names=replace(PLAN.names, ips=("192.0.2.1", "2001:0db8:0:0:0:0:0:1"))),
        replace(PLAN, names=replace(PLAN.names, emails=("web@CONTOSO.com",))),
        replace(PLAN, key_usage=("KeyAgreement", "DIGITALSIGNATURE")),
        replace(PLAN, ekus=tuple(reversed(PLAN.ekus or ()))),
        replace(PLAN, names=replace(PLAN.names, dns=tuple(reversed(PLAN.names.dns)))),
        replace(PLAN, names=replace(PLAN.names, dns=(*PLAN.names.dns, PLAN.names.dns[0]))),
    ],
    ids=["ST", "DNS case", "IP", "e-mail", "key usage", "EKU order", "DNS order", "twice"],
)
def test_another_spelling_is_the_same(spelled: CertificatePlan) -> None:
    assert different(spelled, got()) == []


def test_a_part_of_the_subject_that_changed() -> None:
    csr = got(name=subject('CN=www.contoso.com, OU=Web, O="Contoso Ltd", S=WA, C=US'))

    assert different(PLAN, csr) == [
        Row("Subject O", "Contoso, Inc.", "Contoso Ltd", Verdict.CHANGED)
    ]


def test_a_part_of_the_subject_that_is_missing() -> None:
    csr = got(name=subject('CN=www.contoso.com, O="Contoso, Inc.", S=WA, C=US'))

    assert different(PLAN, csr) == [Row("Subject OU", "Web", "", Verdict.MISSING)]


def test_a_part_of_the_subject_that_was_added() -> None:
    csr = got(name=subject(PLAN.subject + ", OU=Other"))

    assert different(PLAN, csr) == [Row("Subject OU", "", "Other", Verdict.ADDED)]


def test_a_subject_where_none_was_asked() -> None:
    plan = replace(PLAN, subject="")

    assert different(plan, got(name=subject("CN=a"))) == [Row("Subject CN", "", "a", Verdict.ADDED)]
    assert different(plan, got(plan)) == []


def test_a_subject_in_another_order() -> None:
    """A CA that writes the text's order into the DER has not understood the vault's reversal."""
    name = x509.Name(list(reversed(list(subject(PLAN.subject)))))
    [row] = different(PLAN, got(name=name))

    assert row.label == "Order in the CSR"
    assert row.verdict is Verdict.CHANGED
    assert row.asked.startswith("C=US, S=WA")
    assert row.got.startswith("CN=www.contoso.com, OU=Web")


def test_two_parts_of_one_kind_that_changed_places() -> None:
    plan = replace(PLAN, subject="CN=a, OU=one, OU=two")
    [row] = different(plan, got(plan, name=subject("CN=a, OU=two, OU=one")))

    assert (row.label, row.verdict) == ("Order in the CSR", Verdict.CHANGED)


def test_parts_that_were_made_one_multi_valued_part() -> None:
    plan = replace(PLAN, subject="CN=a, O=b")
    name = x509.Name([x509.RelativeDistinguishedName(list(subject(plan.subject)))])
    [row] = different(plan, got(plan, name=name))

    assert (row.label, row.verdict) == ("Order in the CSR", Verdict.CHANGED)


@pytest.mark.parametrize(
    ("kind", "label", "value"),
    [
        ("dns", "Name, DNS", "api.contoso.com"),
        ("emails", "Name, e-mail", "api@contoso.com"),
        ("upns", "Name, UPN", "api@contoso.com"),
        ("uris", "Name, URI", "https://api.contoso.com/"),
        ("ips", "Name, IP", "192.0.2.2"),
    ],
)
def test_a_name_of_each_kind_that_is_missing_or_added(kind: str, label: str, value: str) -> None:
    more = replace(PLAN, names=replace(PLAN.names, **{kind: (*getattr(PLAN.names, kind), value)}))

    assert different(more, got()) == [Row(label, value, "", Verdict.MISSING)]
    assert different(PLAN, got(more)) == [Row(label, "", value, Verdict.ADDED)]


def test_a_name_of_a_kind_that_no_plan_can_ask_for() -> None:
    extensions = [
        each
        if not isinstance(each.value, x509.SubjectAlternativeName)
        else x509.Extension(
            each.oid,
            each.critical,
            x509.SubjectAlternativeName([*each.value, x509.RegisteredID(each.oid)]),
        )
        for each in requested.requested(
            PLAN.expected_key_usage, PLAN.expected_ekus, PLAN.names.extension
        )
    ]

    assert different(PLAN, got(extensions=extensions)) == [
        Row("Name, registered ID", "", "2.5.29.17", Verdict.ADDED)
    ]


def test_the_text_of_an_address_does_not_name_a_dns_name() -> None:
    plan = replace(PLAN, names=Names(ips=("192.0.2.1",)))
    dns = x509.SubjectAlternativeName([x509.DNSName("192.0.2.1")])
    csr = got(extensions=requested.requested(plan.expected_key_usage, plan.expected_ekus, dns))

    assert {row.verdict for row in different(plan, csr)} == {Verdict.MISSING, Verdict.ADDED}
    assert ipaddress.ip_address(plan.names.ips[0])


@pytest.mark.parametrize(
    ("change", "row"),
    [
        (
            {"key": KeyChoice.RSA_2048},
            Row("Key", "RSA 2048", "EC P-256", Verdict.CHANGED),
        ),
        (
            {"key": KeyChoice.EC_P256K},
            Row("Key", "EC P-256K", "EC P-256", Verdict.CHANGED),
        ),
        (
            {"key_usage": ("digitalSignature",)},
            Row("Key usage", "digitalSignature", "digitalSignature, keyAgreement", Verdict.CHANGED),
        ),
        (
            {"key_usage": ("digitalSignature", "of my own")},
            Row(
                "Key usage",
                "digitalSignature, of my own",
                "digitalSignature, keyAgreement",
                Verdict.CHANGED,
            ),
        ),
        (
            {"ekus": ()},
            Row(
                "Extended key usage",
                NONE,
                "server authentication (1.3.6.1.5.5.7.3.1), 1.3.6.1.4.1.99999.1",
                Verdict.ADDED,
            ),
        ),
    ],
)
def test_a_key_or_its_use_that_was_not_asked_for(change: dict[str, object], row: Row) -> None:
    assert different(replace(PLAN, **change), got()) == [row]  # type: ignore[arg-type] # by name


def test_uses_that_are_missing() -> None:
    bare = requested.requested((), (), PLAN.names.extension)

    assert [(row.label, row.verdict) for row in different(PLAN, got(extensions=bare))] == [
        ("Key usage", Verdict.MISSING),
        ("Extended key usage", Verdict.MISSING),
    ]


@pytest.mark.parametrize(
    ("value", "label", "shown"),
    [
        (x509.BasicConstraints(ca=True, path_length=None), "Basic constraints", "a CA"),
        (x509.OCSPNoCheck(), "Extension OCSPNoCheck (1.3.6.1.5.5.7.48.1.5)", "0500"),
    ],
)
def test_an_extension_that_nobody_asked_for(
    value: x509.ExtensionType, label: str, shown: str
) -> None:
    usual = requested.requested(PLAN.expected_key_usage, PLAN.expected_ekus, PLAN.names.extension)[
        :-1
    ]
    extension = x509.Extension(value.oid, False, value)

    assert different(PLAN, got(extensions=[*usual, extension])) == [
        Row(label, NOTHING if label.startswith("Basic") else "", shown, Verdict.ADDED)
    ]


def test_a_signature_that_does_not_hold() -> None:
    changed = got().der.replace(b"spiffe://contoso", b"spiffe://fabrica", 1)
    rows = different(PLAN, SigningRequest.from_der(changed))

    assert Row("Signature", "valid", "NOT VALID", Verdict.CHANGED) in rows


def test_a_policy_whose_subject_cannot_be_read_is_said() -> None:
    """Another tool may have written it, as with a multi-valued part."""
    plan = replace(PLAN, subject="CN=a+OU=b")
    [row] = different(plan, got())

    assert (row.label, row.asked, row.verdict) == ("Subject", "CN=a+OU=b", Verdict.UNREADABLE)


def test_extensions_that_cannot_be_read_are_said_and_the_rest_is_compared() -> None:
    der = got().der.replace(
        b"spiffe://contoso.com/web", b"spiffe://\xff\xff\xff\xff\xff\xff\xff.com/web"
    )
    rows = compare(PLAN, SigningRequest.from_der(der))
    unreadable = [row.label for row in rows if row.verdict is Verdict.UNREADABLE]

    assert unreadable == [
        "Names",
        "Key usage",
        "Extended key usage",
        "Basic constraints",
        "Other extensions",
    ]
    assert Row("Key", "EC P-256", "EC P-256", Verdict.SAME) in rows


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plan=plans(keys=EC_KEYS, issuers=(UNKNOWN,), hsm=False))
def test_the_practice_vaults_csr_is_what_was_asked(vault: Vault, plan: CertificatePlan) -> None:
    csr = vault.create(plan).csr
    vault.delete_operation(plan.name)  # the next plan may have the same name

    assert csr is not None
    assert different(plan, csr) == []
