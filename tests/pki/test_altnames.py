"""Names that a request holds, and which spellings mean the same."""

from __future__ import annotations

import ipaddress

import pytest
from cryptography import x509

from kvcsr_widgets.pki import altnames
from kvcsr_widgets.pki.altnames import AlternativeName
from kvcsr_widgets.pki.names import UPN, Names
from kvcsr_widgets.pki.subject import Subject


def held(*names: x509.GeneralName) -> tuple[AlternativeName, ...]:
    extension = x509.SubjectAlternativeName(names)
    return altnames.held(
        x509.Extensions([x509.Extension(extension.oid, critical=False, value=extension)])
    )


def test_each_kind_has_its_name_and_its_text() -> None:
    oid = x509.ObjectIdentifier("1.2.3.4")
    found = held(
        x509.DNSName("a.example"),
        x509.RFC822Name("me@a.example"),
        x509.OtherName(UPN, b"\x0c\x02\xc3\xbc"),
        x509.UniformResourceIdentifier("https://a.example/"),
        x509.IPAddress(ipaddress.ip_address("2001:db8::1")),
        x509.DirectoryName(Subject.parse("CN=a, C=US").name),
        x509.RegisteredID(oid),
        x509.OtherName(oid, b"\x04\x01\x00"),
    )

    assert [str(name) for name in found] == [
        "a.example",
        "e-mail:me@a.example",
        "UPN:ü",
        "URI:https://a.example/",
        "IP:2001:db8::1",
        "directory name:CN=a, C=US",
        "registered ID:1.2.3.4",
        "other name 1.2.3.4:040100",
    ]


@pytest.mark.parametrize("value", [b"\x04\x01a", b"\x0c\x01\xff", b"\x0c\x05a", b"\x16\x01a"])
def test_a_upn_that_is_no_utf8_string_is_shown_as_bytes(value: bytes) -> None:
    [name] = held(x509.OtherName(UPN, value))

    assert name.kind == f"other name {UPN.dotted_string}"
    assert name.value == value.hex()


def test_a_long_value_is_shown_in_part() -> None:
    [name] = held(
        x509.OtherName(x509.ObjectIdentifier("1.2.3.4"), b"\x04\x82\x01\x00" + bytes(256))
    )

    assert name.value == "04820100" + "00" * 60 + "… (260 bytes)"


def test_without_the_extension_there_are_no_names() -> None:
    assert altnames.held(x509.Extensions([])) == ()


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        ("DNS", "xn--mnchen-3ya.example", "münchen.example"),
        ("DNS", "*.XN--mnchen-3ya.example", "*.münchen.example"),
        ("e-mail", "me@xn--mnchen-3ya.example", "me@münchen.example"),
        ("DNS", "xn--strae-oqa.de", "straße.de"),
        ("DNS", "a.example", ""),
        ("DNS", "xn--99999999999.example", ""),
        ("DNS", "xn--\xff.example", ""),
        ("URI", "https://xn--mnchen-3ya.example/", ""),
    ],
)
def test_an_international_domain_has_two_forms(kind: str, value: str, shown: str) -> None:
    assert AlternativeName(kind, value).unicode == shown


@pytest.mark.parametrize(
    ("kind", "one", "other", "same"),
    [
        ("DNS", "WWW.Contoso.com", "www.contoso.com", True),
        ("DNS", "www.contoso.com", "ww.contoso.com", False),
        ("e-mail", "me@Contoso.com", "me@contoso.com", True),
        ("e-mail", "Me@contoso.com", "me@contoso.com", False),
        ("UPN", "Me@contoso.com", "me@contoso.com", True),
        ("URI", "SPIFFE://a/b", "spiffe://a/b", True),
        ("URI", "spiffe://a/B", "spiffe://a/b", False),
        ("IP", "2001:0DB8:0:0::1", "2001:db8::1", True),
        ("IP", "192.0.2.1", "::ffff:192.0.2.1", False),
        ("IP", "no address", "NO ADDRESS", True),
    ],
)
def test_spellings_of_one_name_are_the_same(kind: str, one: str, other: str, same: bool) -> None:
    left, right = AlternativeName(kind, one), AlternativeName(kind, other)

    assert (left.canonical == right.canonical) is same


def test_the_names_of_a_plan_are_asked_once_in_the_csrs_order() -> None:
    names = Names(dns=("B", "a", "b"), emails=("me@a",), ips=("192.0.2.1",))

    assert [str(name) for name in altnames.asked(names)] == [
        "e-mail:me@a",
        "B",
        "a",
        "IP:192.0.2.1",
    ]
