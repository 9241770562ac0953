"""Templates: data files that make valid plans and never overwrite what was typed."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, date, datetime
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvcsr_widgets.pki.advice import DOMAIN, ORGANIZATION, advice
from kvcsr_widgets.pki.lifetimes import PUBLIC_LIMITS, asked_days, most_months, public_limit
from kvcsr_widgets.pki.names import Names
from kvcsr_widgets.pki.plan import CLIENT_AUTH, SERVER_AUTH, CertificatePlan, KeyChoice
from kvcsr_widgets.runbook.templates import Template, apply, read_template, templates
from tests.plans import plans

TODAY = date(2026, 11, 24)
NOTHING: frozenset[str] = frozenset()
FILES = resources.files("kvcsr_widgets.runbook") / "templates"
TEMPLATES = templates()
FIELDS = [field.name for field in fields(CertificatePlan)]

NAMES = {
    "dns": "www.contoso.com",
    "ips": "192.0.2.1",
    "uris": "spiffe://contoso.com/web",
    "emails": "a@contoso.com",
}
VALUES = {"CN": "www.contoso.com", "O": "Contoso", "L": "Redmond", "C": "US"}


def plan_for(template: Template) -> CertificatePlan:
    """A plan with the subject and the names that a template expects, nothing else said."""
    names = Names(**{kind: (NAMES[kind],) for kind in template.names})
    subject = ", ".join(f"{key}={VALUES[key]}" for key in template.subject_keys)
    return CertificatePlan("web", subject, names)


def of(name: str) -> Template:
    return next(template for template in TEMPLATES if template.id == name)


each_template = pytest.mark.parametrize("template", TEMPLATES, ids=lambda each: each.id)


def test_every_data_file_is_a_template() -> None:
    assert sorted(f"{template.id}.toml" for template in TEMPLATES) == sorted(
        file.name for file in FILES.iterdir()
    )


@each_template
def test_a_template_makes_a_valid_plan_without_advice_against_it(template: Template) -> None:
    plan = apply(template, plan_for(template), NOTHING, on=TODAY)

    assert plan.problems() == ()
    against = {one.field for one in advice(plan, TODAY, validation=template.validation)}
    by_public_cas = {"validity_months", "names"}
    assert against <= (by_public_cas if template.id == "internal-web" else set())


@each_template
@pytest.mark.parametrize("key", [KeyChoice.RSA_2048, KeyChoice.EC_P256])
def test_the_key_usage_fits_the_key(template: Template, key: KeyChoice) -> None:
    typed = replace(plan_for(template), key=key)

    plan = apply(template, typed, frozenset({"key"}), on=TODAY)

    assert plan.key is key
    assert plan.key_usage is not None
    assert key.kind == "RSA" or "keyEncipherment" not in plan.key_usage
    assert plan.problems() == ()


@each_template
def test_a_template_that_a_public_tls_ca_signs_is_for_servers_alone(template: Template) -> None:
    plan = apply(template, plan_for(template), NOTHING, on=TODAY)

    assert plan.ekus is not None
    assert len(plan.ekus) == 1
    assert not template.validation or plan.ekus == (SERVER_AUTH,)


@pytest.mark.parametrize("name", ["public-web-dv", "public-web-ov"])
@pytest.mark.parametrize(
    ("on", "months"),
    [
        (TODAY, 6),
        (date(2027, 3, 14), 6),
        (date(2027, 3, 15), 3),
        (date(2029, 3, 15), 1),
    ],
)
def test_a_public_certificate_stays_within_the_limit_of_the_day(
    name: str, on: date, months: int
) -> None:
    plan = apply(of(name), plan_for(of(name)), NOTHING, on=on)

    assert plan.validity_months == months
    assert asked_days(months, on) <= public_limit(on)
    assert PUBLIC_LIMITS[-1] == (date(2029, 3, 15), 47)


def test_the_limit_of_today_counts_by_default() -> None:
    plan = apply(of("public-web-dv"), plan_for(of("public-web-dv")), NOTHING)

    assert plan.validity_months == most_months(datetime.now(UTC).date())


def test_code_is_signed_with_a_key_in_hardware() -> None:
    plan = apply(of("code-signing"), plan_for(of("code-signing")), NOTHING, on=TODAY)

    assert (plan.hsm, plan.exportable, plan.key) == (True, False, KeyChoice.RSA_3072)
    assert asked_days(plan.validity_months, TODAY) <= 460


def test_what_each_is_for() -> None:
    assert of("public-web-dv").validation == DOMAIN
    assert of("public-web-dv").subject_keys == ("CN",)
    assert of("public-web-ov").validation == ORGANIZATION
    assert {"O", "L", "C"} <= set(of("public-web-ov").subject_keys)
    assert of("mutual-tls-client").values["ekus"] == (CLIENT_AUTH,)
    assert of("e-mail").names == ("emails",)


@given(plans(), st.sampled_from(TEMPLATES), st.sets(st.sampled_from(FIELDS)))
def test_what_was_typed_stays(plan: CertificatePlan, template: Template, typed: set[str]) -> None:
    found = apply(template, plan, frozenset(typed), on=TODAY)

    for field in typed | (set(FIELDS) - set(template.values)):
        assert getattr(found, field) == getattr(plan, field)


@given(plans(), st.sampled_from(TEMPLATES), st.sampled_from(TEMPLATES))
def test_nothing_of_one_template_is_left_after_another(
    plan: CertificatePlan, first: Template, second: Template
) -> None:
    once = apply(second, plan, NOTHING, on=TODAY)

    assert apply(second, apply(first, plan, NOTHING, on=TODAY), NOTHING, on=TODAY) == once


def test_a_typed_hsm_takes_the_export_with_it() -> None:
    typed = replace(plan_for(of("internal-web")), hsm=True)

    plan = apply(of("internal-web"), typed, frozenset({"hsm"}), on=TODAY)

    assert (plan.hsm, plan.exportable) == (True, False)


GOOD = (FILES / "e-mail.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("title =", "name =", "members name, title unknown or missing"),
        ("[values]", 'colour = "red"\n[values]', "members colour"),
        ("hsm = false", "", "values hsm"),
        ("hsm = false", "hsm = 0", "neither true nor false"),
        ("hsm = false", "hsm = false\nname = 'web'", "values name"),
        ('key = "RSA_2048"', 'key = "RSA_1024"', "RSA_1024"),
        ("validity_months = 12", 'validity_months = "long"', "no number of months"),
        ('"PKCS12"', '"PFX"', "PFX"),
        ('["CN"]', '["CN", "X"]', "subject_keys X unknown"),
        ('["emails"]', '["mails"]', "names mails unknown"),
        ('validation = ""', 'validation = "EV"', "validation EV unknown"),
        ("RSA = [", "DSA = [", "key_usage DSA, RSA"),
        ("[values.key_usage]", "", "e-mail.toml: "),
        ("for_whom = ", "for_whom = 5 # ", "5 is no text"),
        ("title = ", "title = [", "e-mail.toml: "),
    ],
)
def test_a_data_file_that_is_wrong_is_refused(old: str, new: str, says: str) -> None:
    assert old in GOOD
    with pytest.raises(ValueError, match=says):
        read_template("e-mail", GOOD.replace(old, new, 1))
