"""The text for the CA."""

from __future__ import annotations

import base64
import re

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from kvcsr_widgets.pki.csr import SigningRequest
from kvcsr_widgets.pki.facts import unwarned
from kvcsr_widgets.runbook.letter import MAX_NAMES, WIDTH, letter
from tests import certificates

BEGIN = "-----BEGIN CERTIFICATE REQUEST-----"


def signed(
    *, subject: str = "www.contoso.com", names: tuple[x509.GeneralName, ...] = ()
) -> SigningRequest:
    with unwarned():  # of a length that no certificate should have
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject, _validate=False)])
    builder = x509.CertificateSigningRequestBuilder(name)
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    request = builder.sign(certificates.key("leaf"), hashes.SHA256())
    return SigningRequest.from_der(request.public_bytes(Encoding.DER))


def test_it_says_what_is_asked_and_how_to_call_back() -> None:
    csr = certificates.csr(subject='CN=a, O="Contoso, Inc."', names=("a.example", "b.example"))
    text = letter("web", csr, months=12)
    lines = text.splitlines()

    assert "Our reference:        web" in lines
    assert 'Subject:              CN=a, O="Contoso, Inc."' in lines
    assert "Names:                DNS: a.example" in lines
    assert "                      DNS: b.example" in lines
    assert "Key:                  EC P-256" in lines
    assert "Validity:             12 months, or as long as your rules allow" in lines
    assert csr.grouped_fingerprint.split() == re.findall(r"\b[0-9A-F]{4}\b", text)
    assert ".p7b" in text
    assert base64.b64decode(text.split(BEGIN)[1].split("-----END")[0]) == csr.der


@pytest.mark.parametrize(
    ("months", "says"), [(1, "1 month, or"), (24, "24 months, or"), (None, None)]
)
def test_the_validity_is_asked_for_where_it_is_known(months: int | None, says: str | None) -> None:
    text = letter("web", certificates.csr(), months=months)

    assert ("Validity:" in text) is (says is not None)
    assert says is None or says in text


def test_every_kind_of_name_is_in_it() -> None:
    names = (x509.DNSName("a.example"), x509.RFC822Name("me@a.example"))

    text = letter("web", signed(names=names))

    assert "DNS: a.example" in text
    assert "e-mail: me@a.example" in text


def test_many_names_are_told_in_part() -> None:
    names = tuple(x509.DNSName(f"n{number}.example") for number in range(MAX_NAMES + 5))

    text = letter("web", signed(names=names))

    assert "DNS: n99.example" in text
    assert "DNS: n100.example" not in text
    assert "and 5 more, which the CSR holds" in text


@pytest.mark.parametrize(
    "value",
    [
        "a\nKey:                  RSA 16384",
        "a\r\nValidity: for ever",
        "a\u2028Names: evil.example",
        f"a\n{BEGIN}\nMIIB\n-----END CERTIFICATE REQUEST-----",
        f"a {BEGIN} MIIB -----END CERTIFICATE REQUEST-----",
        "a " + "x" * 100 + " Key:                  RSA 16384",
        "a" + " " * 120 + "Key:                  RSA 16384",
        "a\u202eevil",
        "a\x00\x07\x1b[31m",
    ],
)
def test_a_hostile_value_cannot_forge_a_line(value: str) -> None:
    text = letter("web", signed(subject=value), months=12)
    labels = [
        line.partition(":")[0] for line in text.splitlines() if re.match(r"[A-Z][^:]+: ", line)
    ]

    assert labels[:6] == [
        "Our reference",
        "Subject",
        "Key",
        "Key usage",
        "Extended key usage",
        "Validity",
    ]
    assert text.count("-----") == 4
    assert text.count(BEGIN) == 1


@given(value=st.text(st.characters(codec="utf-8"), min_size=1, max_size=200))
def test_whatever_is_in_a_name_the_text_stays_plain(value: str) -> None:
    text = letter("web", signed(subject=value), months=12)
    before = text.split(BEGIN)[0]

    assert text.isascii()
    assert all(line.isprintable() for line in text.split("\n"))
    assert max(len(line) for line in text.split("\n")) <= WIDTH
    assert before.count("\nKey: ") == 1
    assert text.count("-----BEGIN") == text.count("-----END") == 1


def test_names_beyond_reading_are_said() -> None:
    der = certificates.csr(names=("www.contoso.com", "b.example")).der
    text = letter("web", SigningRequest.from_der(der.replace(b"b.example", b"b.\xffxample")))

    assert "Extensions:           (cannot be read:" in text
    assert BEGIN in text
