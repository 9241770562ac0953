"""Subject and alternative names are compared by what they mean."""

from __future__ import annotations

import ipaddress

import pytest
from cryptography import x509
from cryptography.x509.name import _ASN1Type
from cryptography.x509.oid import NameOID

from kvcsr_widgets.pki.finding import Level
from kvcsr_widgets.pki.plan import CLIENT_AUTH, SERVER_AUTH
from tests import wrong_certificates as make
from tests.certificates import HOST
from tests.pki.checks.wrong import CA, USUAL, codes, look, only

UTF8 = _ASN1Type.UTF8String


def in_utf8(*parts: tuple[x509.ObjectIdentifier, str]) -> x509.Name:
    return x509.Name([x509.NameAttribute(oid, value, UTF8) for oid, value in parts])


@pytest.mark.parametrize(
    "subject",
    [
        pytest.param(f"C=US, O=Contoso, CN={HOST}", id="another order"),
        pytest.param(f"CN={HOST}, O=CONTOSO, C=us", id="another case"),
        pytest.param(
            in_utf8(
                (NameOID.COMMON_NAME, HOST),
                (NameOID.ORGANIZATION_NAME, "Contoso"),
                (NameOID.COUNTRY_NAME, "US"),
            ),
            id="other strings",
        ),
        pytest.param(
            x509.Name(
                [
                    x509.RelativeDistinguishedName(
                        [
                            x509.NameAttribute(NameOID.COUNTRY_NAME, "US"),
                            x509.NameAttribute(NameOID.ORGANIZATION_NAME, " Contoso "),
                        ]
                    ),
                    x509.RelativeDistinguishedName([x509.NameAttribute(NameOID.COMMON_NAME, HOST)]),
                ]
            ),
            id="two parts in one, and blanks",
        ),
    ],
)
def test_a_subject_that_means_the_same_is_the_same(subject: str | x509.Name) -> None:
    assert codes(look(make.leaf(subject=subject), CA)) == USUAL


def test_a_part_that_is_there_twice_counts_twice() -> None:
    csr = make.request(subject="CN=a, OU=One, OU=Two")
    found = look(make.leaf(subject="CN=a, OU=Two"), CA, csr=csr)

    assert codes(found) == USUAL | {"subject-dropped"}
    assert only(found, "subject-dropped").title == "The CA left out of the subject: OU=One."


def test_dropped_changed_and_added_parts_are_told_apart() -> None:
    csr = make.request(subject="CN=a, O=Contoso, OU=IT")
    found = look(make.leaf(subject="CN=a, O=Fabrikam, L=Here"), CA, csr=csr)

    assert only(found, "subject-dropped").title.endswith(": OU=IT.")
    assert only(found, "subject-changed").title.endswith(": O=Contoso became O=Fabrikam.")
    assert only(found, "subject-added").title.endswith(": L=Here.")


def test_where_the_subject_is_all_that_there_is_a_part_of_it_needs_a_tick() -> None:
    csr = make.request(subject="CN=Signing, O=Contoso", names=())
    found = look(make.leaf(subject="CN=Signing", names=()), CA, csr=csr)

    assert only(found, "subject-dropped").level is Level.TICK


def test_a_cn_that_became_another_name_asked_for_is_the_cas_choice() -> None:
    csr = make.request(subject="CN=My server")
    found = look(make.leaf(subject=f"CN={HOST.upper()}"), CA, csr=csr)

    assert codes(found) == USUAL | {"subject-changed"}
    assert only(found, "subject-changed").level is Level.INFO


def test_a_cn_that_became_anything_else_needs_a_tick() -> None:
    csr = make.request(subject="CN=My server")
    found = look(make.leaf(subject="CN=fabrikam.com"), CA, csr=csr)

    assert only(found, "subject-changed").level is Level.TICK


IPV6 = "2001:db8::1"


@pytest.mark.parametrize(
    ("asked", "got"),
    [
        ([HOST], [HOST.upper()]),
        (["a.example", "b.example"], ["b.example", "a.example"]),
        (["a.example", "a.example"], ["a.example"]),
        ([x509.RFC822Name("me@contoso.com")], [x509.RFC822Name("me@CONTOSO.com")]),
        (
            [x509.UniformResourceIdentifier("https://a.example/x")],
            [x509.UniformResourceIdentifier("HTTPS://a.example/x")],
        ),
    ],
)
def test_names_that_mean_the_same_are_the_same(
    asked: list[str | x509.GeneralName], got: list[str | x509.GeneralName]
) -> None:
    assert codes(look(make.leaf(names=got), CA, csr=make.request(names=asked))) == USUAL


def test_names_of_another_kind_are_other_names() -> None:
    csr = make.request(names=[x509.IPAddress(ipaddress.ip_address("192.0.2.1"))])
    found = look(make.leaf(names=["192.0.2.1"]), CA, csr=csr)

    assert only(found, "names-changed").title.endswith(": IP:192.0.2.1.")
    assert only(found, "names-changed").detail == "In their place are: 192.0.2.1."


def test_a_name_under_a_wildcard_of_the_certificate_is_not_missed() -> None:
    csr = make.request(names=["*.contoso.com", HOST])
    found = look(make.leaf(names=["*.contoso.com"]), CA, csr=csr)

    assert only(found, "names-dropped").level is Level.INFO


@pytest.mark.parametrize("name", ["contoso.com", "a.b.contoso.com", "*.contoso.com"])
def test_a_wildcard_stands_for_one_label(name: str) -> None:
    csr = make.request(names=["*.contoso.com", "*.b.example", name])
    got = ["*.b.example"] if name == "*.contoso.com" else ["*.contoso.com", "*.b.example"]

    assert only(look(make.leaf(names=got), CA, csr=csr), "names-dropped").level is Level.TICK


def test_no_names_at_all_are_names_dropped() -> None:
    assert only(look(make.leaf(names=()), CA), "names-dropped").level is Level.TICK


@pytest.mark.parametrize(
    ("got", "code", "level"),
    [
        ((HOST,), None, None),
        ((HOST.upper(), "contoso.com"), "names-added", Level.INFO),
        ((), "names-dropped", Level.TICK),
        (("evil.example",), "names-changed", Level.TICK),
        (("*.contoso.com",), "names-changed", Level.INFO),
    ],
)
def test_a_host_name_in_the_cn_alone_is_a_name_that_is_asked_for(
    got: tuple[str, ...], code: str | None, level: Level | None
) -> None:
    found = look(make.leaf(names=got), CA, csr=make.request(names=()))

    assert codes(found) == USUAL | ({code} if code else set())
    if code and level is Level.TICK:
        assert "in its CN" in only(found, code).detail
    if code:
        assert only(found, code).level is level


@pytest.mark.parametrize(
    ("cn", "ekus", "asked"),
    [
        ("intranet", (SERVER_AUTH,), True),
        ("intranet", (), False),
        (HOST, (), True),
        (HOST, (CLIENT_AUTH,), False),
        ("Jane Doe", (SERVER_AUTH,), False),
        ("192.0.2.1", (SERVER_AUTH,), False),
    ],
)
def test_a_cn_is_a_host_name_where_it_can_be_a_servers(
    cn: str, ekus: tuple[str, ...], asked: bool
) -> None:
    subject = f"CN={cn}, O=Contoso, C=US"
    csr = make.request(subject=subject, names=(), ekus=ekus)
    found = look(make.leaf(subject=subject, names=(), ekus=ekus), CA, csr=csr)

    assert ("names-dropped" in codes(found)) is asked


def test_a_wildcard_in_the_place_of_a_name_covers_it() -> None:
    csr = make.request(subject="CN=a.contoso.com", names=["a.contoso.com"])
    found = look(make.leaf(subject="CN=*.contoso.com", names=["*.contoso.com"]), CA, csr=csr)

    assert codes(found) == USUAL | {"names-changed", "subject-changed"}
    assert {each.level for each in found} == {Level.INFO}
    assert only(found, "names-changed").detail == (
        "In their place are: *.contoso.com. A wildcard in the certificate covers them."
    )
    assert only(found, "subject-changed").detail == "The wildcard covers it."


@pytest.mark.parametrize("wildcard", ["*.fabrikam.com", "*.a.contoso.com"])
def test_a_wildcard_that_does_not_cover_what_was_asked_needs_a_tick(wildcard: str) -> None:
    csr = make.request(subject="CN=a.contoso.com", names=["a.contoso.com"])
    found = look(make.leaf(subject=f"CN={wildcard}", names=[wildcard]), CA, csr=csr)

    for code in ("names-changed", "subject-changed"):
        assert only(found, code).level is Level.TICK


def test_a_long_list_is_cut() -> None:
    names = [f"h{number}.contoso.com" for number in range(40)]
    csr = make.request(subject="CN=My server", names=())
    finding = only(look(make.leaf(names=names), CA, csr=csr), "names-added")

    assert finding.title.endswith("h9.contoso.com and 30 more.")


def test_a_strangers_text_stays_on_its_line() -> None:
    evil = "x" * 5_000 + "\n\u202e"
    found = look(make.leaf(subject=in_utf8((NameOID.ORGANIZATIONAL_UNIT_NAME, "a\n\u202eb"))), CA)
    long = look(make.leaf(subject=in_utf8((NameOID.ORGANIZATIONAL_UNIT_NAME, evil))), CA)

    assert "a\\n\\u202eb" in only(found, "subject-added").title
    assert len(only(long, "subject-added").title) < 300
