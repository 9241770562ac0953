from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given

from kvcsr_widgets.pki.differences import differences
from kvcsr_widgets.pki.names import Names
from kvcsr_widgets.pki.plan import (
    CLIENT_AUTH,
    SERVER_AUTH,
    Action,
    CertificatePlan,
    ContentType,
    KeyChoice,
    LifetimeAction,
)
from tests.plans import plans

BEFORE = CertificatePlan("web", "CN=a, O=b", Names(dns=("a.example",)))


@given(plans())
def test_a_plan_does_not_differ_from_itself(plan: CertificatePlan) -> None:
    assert differences(plan, plan) == ()


@pytest.mark.parametrize(
    ("change", "shown"),
    [
        ({"issuer": "Self"}, ("Issuer", "Unknown", "Self")),
        ({"subject": "CN=a"}, ("Subject", "CN=a, O=b", "CN=a")),
        ({"names": Names()}, ("Names", "a.example", "(none)")),
        ({"validity_months": 3}, ("Validity (months)", "12", "3")),
        ({"key": KeyChoice.EC_P384}, ("Key", "RSA 2048", "EC P-384")),
        ({"hsm": True}, ("Key in an HSM", "no", "yes")),
        ({"exportable": False}, ("Exportable", "yes", "no")),
        ({"reuse_key": True}, ("Reuse the key on renewal", "no", "yes")),
        (
            {"content_type": ContentType.PEM},
            ("Content type", "application/x-pkcs12", "application/x-pem-file"),
        ),
        (
            {"key_usage": ("keyAgreement",)},
            ("Key usage", "(the vault's default)", "keyAgreement"),
        ),
        ({"ekus": ("1.2.3",)}, ("Extended key usage", "(the vault's default)", "1.2.3")),
        (
            {"lifetime_action": LifetimeAction(Action.EMAIL, 70)},
            (
                "Lifetime action",
                "(the vault's default)",
                "e-mail the contacts at 70 % of the lifetime",
            ),
        ),
        ({"enabled": False}, ("Enabled", "yes", "no")),
        ({"tags": {"owner": "web"}}, ("Tags", "(none)", "owner=web")),
    ],
)
def test_each_change_is_told(change: dict[str, object], shown: tuple[str, ...]) -> None:
    after = replace(BEFORE, **change)  # type: ignore[arg-type]  # the field varies

    assert [(d.label, d.before, d.after) for d in differences(BEFORE, after)] == [shown]


@pytest.mark.parametrize(
    "change",
    [
        {"name": "other"},
        {"subject": "cn = a , o = b"},
        {"names": Names(dns=("A.example",))},
        {"issuer": "unknown"},
        {"key_usage": ("keyencipherment", "digitalSignature")},
        {"ekus": (CLIENT_AUTH, SERVER_AUTH)},
    ],
)
def test_another_spelling_is_no_change(change: dict[str, object]) -> None:
    after = replace(BEFORE, **change)  # type: ignore[arg-type]  # the field varies

    assert differences(BEFORE, after) == ()
