from __future__ import annotations

from dataclasses import replace

import pytest

from kvcsr_widgets.errors import PlanError
from kvcsr_widgets.pki.names import Names, is_dns_name
from kvcsr_widgets.pki.plan import CertificatePlan, KeyChoice

GOOD = CertificatePlan(name="www-contoso-com", subject="CN=www.contoso.com")


def test_a_good_plan_has_no_problems() -> None:
    assert GOOD.problems() == ()


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("name", "", "needs a name"),
        ("name", "www.contoso.com", r"letters, digits and hyphens as a name \(here: \.\)"),
        ("name", "a b", "here: blank"),
        ("name", "ünder", "here: ü"),
        ("name", "a" * 128, "it has 128 characters"),
        ("name", "a\n", "letters, digits and hyphens"),
        ("name", "Contacts", "an address of the vault itself"),
        ("subject", "", "a subject or a DNS name"),
        ("subject", "Self", r"no KEY=value \(character 1\)"),
        ("subject", "CN=" + "a" * 65, "CN has 65 characters"),
        ("subject", "CN=a, O=", "O is empty"),
        ("subject", "CN=a, C=USA", "no country code"),
        ("names", Names(dns=("*",)), "no DNS name"),
        ("names", Names(dns=("https://a.example",)), "no DNS name"),
        ("names", Names(dns=("bücher.example",)), "no DNS name"),
        ("names", Names(dns=("a.example",) * 101), "101 DNS names are too many"),
        ("validity_months", 0, "between 1 and"),
        ("validity_months", 1201, "between 1 and"),
    ],
)
def test_each_problem_is_a_sentence_at_its_field(field: str, value: object, says: str) -> None:
    plan = replace(GOOD, **{field: value})  # type: ignore[arg-type]  # the field varies

    with pytest.raises(PlanError, match=says) as caught:
        plan.check()

    assert [problem.field for problem in caught.value.problems] == [field]


def test_all_problems_are_found_at_once() -> None:
    plan = replace(GOOD, name="a.b", subject="Self", names=Names(dns=("-",)))

    assert [problem.field for problem in plan.problems()] == ["name", "subject", "names"]


def test_dns_names_alone_are_enough() -> None:
    assert replace(GOOD, subject="", names=Names(dns=("a.example",))).problems() == ()


@pytest.mark.parametrize(
    "name", ["contoso.com", "*.contoso.com", "xn--bcher-kva.example", "localhost", "_a.example"]
)
def test_a_dns_name_is_recognised(name: str) -> None:
    assert is_dns_name(name)


@pytest.mark.parametrize(
    "name",
    [
        *("", ".", "a..b", "a.*.b", "-a.example", "a-.example", "a b", "a" * 64, "a." * 127 + "a"),
        *("192.168.1.999", "www.1", "12345", "*.1"),
    ],
)
def test_what_is_no_dns_name_is_recognised(name: str) -> None:
    assert not is_dns_name(name)


def test_the_key_usage_fits_the_key() -> None:
    assert KeyChoice.RSA_2048.fitting_usage == ("digitalSignature", "keyEncipherment")
    assert KeyChoice.EC_P384.fitting_usage == ("digitalSignature",)


def test_a_given_key_usage_is_kept() -> None:
    assert replace(GOOD, key_usage=("keyAgreement",)).expected_key_usage == ("keyAgreement",)
