"""One plan that nothing can be said against, and one deviation a test."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given

from kvcsr_widgets.pki.advice import DOMAIN, ORGANIZATION, PRIVATE, advice
from kvcsr_widgets.pki.names import Names
from kvcsr_widgets.pki.plan import (
    CLIENT_AUTH,
    SERVER_AUTH,
    Action,
    CertificatePlan,
    KeyChoice,
    LifetimeAction,
)
from tests.plans import plans

TODAY = date(2026, 11, 24)
GOOD = CertificatePlan(
    "www-contoso-com",
    "CN=www.contoso.com",
    Names(dns=("www.contoso.com",)),
    validity_months=6,
    ekus=(SERVER_AUTH,),
)


def test_there_is_nothing_to_say_about_a_good_plan() -> None:
    assert advice(GOOD, TODAY, validation=DOMAIN) == ()


@pytest.mark.parametrize(
    ("change", "field", "says"),
    [
        ({"issuer": "Self"}, "issuer", "nobody trusts it"),
        ({"certificate_type": "OV-SSL"}, "certificate_type", "does not look at"),
        ({"transparency": False}, "certificate_type", "does not look at"),
        ({"subject": "CN=www.contoso.com, O=Contoso"}, "subject", "(DV) certificate"),
        ({"names": Names(dns=("contoso.com",))}, "subject", "not among the names"),
        ({"subject": "CN=www.contoso.com, C=UK"}, "subject", "no country code of ISO 3166"),
        ({"subject": "O=Contoso", "names": Names()}, "names", "without names"),
        ({"validity_months": 12}, "validity_months", "365 days. A public CA may issue 200"),
        ({"key": KeyChoice.EC_P256K, "key_usage": ("digitalSignature",)}, "key", "P-256K"),
        ({"exportable": False}, "exportable", "App Service"),
        ({"reuse_key": True}, "reuse_key", "has already been used"),
        ({"key": KeyChoice.EC_P256}, "key_usage", "RFC 8813"),
        ({"key_usage": ("keyCertSign",)}, "key_usage", "for CAs"),
        ({"ekus": ()}, "ekus", "for nothing"),
        ({"lifetime_action": LifetimeAction(Action.RENEW, 80)}, "lifetime_action", "nothing will"),
        ({"enabled": False}, "enabled", "disabled even after"),
    ],
)
def test_each_thing_to_think_of_is_said_at_its_field(
    change: dict[str, object], field: str, says: str
) -> None:
    found = advice(replace(GOOD, **change), TODAY)  # type: ignore[arg-type]  # the field varies

    assert [each.field for each in found if says in each.message] == [field], found


def test_an_organization_validated_certificate_may_say_more_than_cn() -> None:
    plan = replace(GOOD, subject="CN=www.contoso.com, O=Contoso")

    assert advice(plan, TODAY, validation=ORGANIZATION) == ()


def test_a_ca_of_ones_own_takes_any_subject_and_validity() -> None:
    plan = replace(GOOD, subject="CN=www.contoso.com, O=Contoso", validity_months=24)

    assert advice(plan, TODAY, validation=PRIVATE) == ()


def test_a_ca_of_ones_own_takes_any_name() -> None:
    names = Names(dns=("www.contoso.com", "db_1.contoso.local"), ips=("10.0.0.1",))
    plan = replace(GOOD, names=names)

    assert {each.field for each in advice(plan, TODAY, validation=DOMAIN)} == {"names"}
    assert {each.field for each in advice(plan, TODAY)} == {"names"}
    assert advice(plan, TODAY, validation=PRIVATE) == ()
    assert advice(replace(plan, ekus=(CLIENT_AUTH,)), TODAY) == ()


def test_an_issuer_that_validates_organizations_may_be_told_more_than_cn() -> None:
    plan = replace(
        GOOD, subject="CN=www.contoso.com, O=Contoso", issuer="digicert", certificate_type="OV-SSL"
    )

    assert advice(plan, TODAY) == ()


def test_a_client_of_a_public_ca_is_no_server() -> None:
    plan = replace(GOOD, ekus=(SERVER_AUTH, CLIENT_AUTH))

    assert advice(plan, TODAY) == ()
    assert [each.field for each in advice(plan, TODAY, validation=DOMAIN)] == ["ekus"]


def test_the_limits_are_those_of_the_day() -> None:
    assert advice(GOOD, date(2027, 3, 15))[0].field == "validity_months"


def test_a_cn_of_other_upper_and_lower_case_is_among_the_names() -> None:
    assert advice(replace(GOOD, subject="CN=WWW.contoso.com"), TODAY) == ()


@given(plans())
def test_any_plan_can_be_advised(plan: CertificatePlan) -> None:
    for validation in ("", DOMAIN, ORGANIZATION):
        assert all(each.message for each in advice(plan, TODAY, validation=validation))
