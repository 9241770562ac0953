"""What is said about a subject while it is typed."""

from __future__ import annotations

import subprocess
import sys

import pytest

from kvcsr_widgets.pki.countries import countries, likely_country
from kvcsr_widgets.pki.names import Names
from kvcsr_widgets.pki.plan import CLIENT_AUTH, SERVER_AUTH
from kvcsr_widgets.pki.subject import Subject
from kvcsr_widgets.pki.subject_advice import host_name, subject_advice
from tests.work import work_below

GOOD = "CN=www.contoso.com, O=Contoso, L=Redmond, S=WA, C=US"
NAMES = Names(dns=("www.contoso.com",), ips=("192.0.2.1",))


def said(text: str, names: Names = NAMES, eku: str = SERVER_AUTH) -> str:
    found = list(subject_advice(Subject.parse(text), names, (eku,)))
    assert {problem.field for problem in found} <= {"subject"}
    return " ".join(f"{problem.message} {problem.hint}" for problem in found)


@pytest.mark.parametrize(
    "text", [GOOD, "", "DC=com, DC=contoso", "CN=WWW.contoso.com", "CN=192.0.2.1"]
)
def test_a_good_subject_needs_no_advice(text: str) -> None:
    assert said(text) == ""


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("C=us", "capital letters: C=US."),
        ("C=UK", "Did you mean C=GB (United Kingdom)?"),
        ("C=XX", "“XX” is no country code of ISO 3166. Write one such as US or DE."),
        ("C=Germany", "Did you mean C=DE (Germany)?"),
        ("CN=www.contoso.com, CN=www.contoso.com", "CN is there 2 times"),
        ("C=US, C=DE", "C is there 2 times"),
        ("SN=12345", "A number is SERIALNUMBER=12345."),
        ("OU=Web", "ballot SC47"),
        ("E=web@contoso.com", "RFC 5280 section 4.1.2.6"),
        ("CN=Contoso web", "no host name"),
        ("CN=*", "no host name"),
        ("CN=mail.contoso.com", "mail.contoso.com is not among the names"),
        ("CN=192.0.2.2", "192.0.2.2 is not among the names"),
        ("CN=bücher.example", "Write CN=xn--bcher-kva.example."),
    ],
)
def test_what_a_ca_may_refuse_is_said(text: str, says: str) -> None:
    assert says in said(text)


@pytest.mark.parametrize(
    "text",
    ["CN=Jane Doe", "CN=mail.contoso.com", "OU=Web", "E=web@contoso.com", "CN=bücher.example"],
)
def test_what_concerns_servers_is_not_said_of_others(text: str) -> None:
    assert said(text, eku=CLIENT_AUTH) == ""


@pytest.mark.parametrize(
    ("cn", "host"),
    [
        ("www.contoso.com", "www.contoso.com"),
        ("*.bücher.example", "*.xn--bcher-kva.example"),
        ("2001:DB8:0::1", "2001:db8::1"),
        ("Jane Doe", ""),
        ("\u2603.example", ""),
        ("", ""),
    ],
)
def test_the_host_in_a_cn_is_found(cn: str, host: str) -> None:
    assert host_name(cn) == host


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("USA", "US"),
        ("uk", "GB"),
        ("united states", "US"),
        ("ED", "DE"),
        ("XX", ""),
        ("x" * 99, ""),
    ],
)
def test_a_country_is_known_by_what_people_write(text: str, code: str) -> None:
    assert likely_country(text) == code


def test_country_codes_are_those_of_iso_3166() -> None:
    assert len(countries()) == 249
    assert all(len(code) == 2 and code.isupper() and name for code, name in countries().items())


def test_the_countries_are_not_read_before_they_are_asked_for() -> None:
    code = "import sys, kvcsr_widgets.pki.subject_advice; sys.exit('pycountry' in sys.modules)"

    subprocess.run([sys.executable, "-c", code], check=True)


def test_advice_takes_no_time_once_the_countries_are_loaded() -> None:
    countries()
    subject = Subject.parse(GOOD + ", OU=a, OU=b, SN=1, E=a@b.example, C=uk")
    with work_below(0.01):
        list(subject_advice(subject, NAMES))
