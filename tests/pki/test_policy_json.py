"""Policy JSON: a plan out in every shape, and back from whatever people paste."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvcsr_widgets.errors import InputError
from kvcsr_widgets.pki.names import Names
from kvcsr_widgets.pki.plan import (
    SERVER_AUTH,
    Action,
    CertificatePlan,
    ContentType,
    KeyChoice,
    LifetimeAction,
)
from kvcsr_widgets.pki.policy_json import cli_losses, for_cli, for_create, for_portal, for_rest
from kvcsr_widgets.pki.policy_reader import (
    MAX_SIZE,
    Shape,
    plan_from_json,
    plan_to_json,
    read_policy,
)
from tests.plans import plans

FULL = CertificatePlan(
    "web",
    "CN=www.contoso.com, O=Contoso",
    Names(("www.contoso.com",), ("a@contoso.com",), ("u@contoso.com",), ("192.0.2.1",), ("x:y",)),
    KeyChoice.EC_P384,
    exportable=False,
    reuse_key=True,
    content_type=ContentType.PEM,
    validity_months=6,
    key_usage=("digitalSignature", "cRLSign"),
    ekus=(SERVER_AUTH,),
    issuer="digicert",
    certificate_type="OV-SSL",
    transparency=False,
    lifetime_action=LifetimeAction(Action.RENEW, days_before_expiry=20),
    enabled=False,
    preserve_order=True,
    tags={"team": "web"},
)
MINIMAL = {"issuer": {"name": "Self"}, "x509_props": {"subject": "CN=a"}}


def test_the_rest_shape_is_the_wires() -> None:
    assert for_rest(FULL) == {
        "key_props": {
            "exportable": False,
            "kty": "EC",
            "key_size": 384,
            "reuse_key": True,
            "crv": "P-384",
        },
        "secret_props": {"contentType": "application/x-pem-file"},
        "x509_props": {
            "subject": "CN=www.contoso.com, O=Contoso",
            "sans": {
                "emails": ["a@contoso.com"],
                "dns_names": ["www.contoso.com"],
                "upns": ["u@contoso.com"],
                "uris": ["x:y"],
                "ipAddresses": ["192.0.2.1"],
            },
            "ekus": [SERVER_AUTH],
            "key_usage": ["digitalSignature", "cRLSign"],
            "validity_months": 6,
        },
        "lifetime_actions": [
            {"trigger": {"days_before_expiry": 20}, "action": {"action_type": "AutoRenew"}}
        ],
        "issuer": {"name": "digicert", "cty": "OV-SSL", "cert_transparency": False},
    }


def test_a_create_body_holds_what_a_policy_cannot_say() -> None:
    body = for_create(FULL)

    assert body.pop("policy") == for_rest(FULL)
    assert body == {
        "attributes": {"enabled": False},
        "tags": {"team": "web"},
        "preserveCertOrder": True,
    }


def test_the_cli_shape_is_the_one_that_az_prints() -> None:
    policy = for_cli(FULL)

    assert policy["keyProperties"] == {
        "exportable": False,
        "keyType": "EC",
        "keySize": 384,
        "reuseKey": True,
        "curve": "P-384",
    }
    assert policy["x509CertificateProperties"]["subjectAlternativeNames"]["dnsNames"] == [
        "www.contoso.com"
    ]
    assert policy["issuerParameters"] == {
        "name": "digicert",
        "certificateType": "OV-SSL",
        "certificateTransparency": False,
    }
    assert policy["lifetimeActions"] == [
        {"action": {"actionType": "AutoRenew"}, "trigger": {"daysBeforeExpiry": 20}}
    ]


@pytest.mark.parametrize("shape", [for_rest, for_cli])
def test_what_a_plan_does_not_say_is_left_to_the_vault(shape: Callable[..., Any]) -> None:
    text = json.dumps(shape(CertificatePlan("web", "CN=a"))).lower()

    for word in ("sage", "eku", "lifetime", "transparency", "cty", "certificatetype", "null"):
        assert word not in text


def test_a_key_in_hardware_says_so() -> None:
    plan = CertificatePlan("web", "CN=a", hsm=True, exportable=False)

    assert for_rest(plan)["key_props"]["kty"] == "RSA-HSM"
    assert for_cli(plan)["keyProperties"]["keyType"] == "RSA-HSM"


def test_what_azure_cli_loses_is_said() -> None:
    assert cli_losses(CertificatePlan("web", "CN=a", Names(("a.example",)))) == ()
    assert [loss[:30] for loss in cli_losses(FULL)] == [
        "Azure CLI drops the IP address",
        "Azure CLI drops the URIs witho",
        "Azure CLI cannot ask for the c",
    ]


@given(plans())
def test_a_plan_survives_json(plan: CertificatePlan) -> None:
    assert plan_from_json(plan_to_json(plan)) == plan


def of_policy(plan: CertificatePlan) -> CertificatePlan:
    """The plan without what a policy cannot say."""
    return replace(plan, enabled=True, preserve_order=False, tags={})


def test_a_plan_at_all_its_bounds_survives_json() -> None:
    host = ".".join(["a" * 62] * 4)[:253]
    names = Names(
        (host,) * 100,
        (f"a@{host[:-2]}",) * 100,
        ("日" * (253 - 4) + "@a.b",) * 100,
        ("2001:db8:ffff:ffff:ffff:ffff:ffff:ffff",) * 100,
        (f"https://{host[:240]}",) * 100,
    )
    plan = CertificatePlan(
        "a" * 127, "CN=a", names, tags={f"{n:0>256}": "日" * 256 for n in range(15)}
    )
    plan.check()

    assert plan_from_json(plan_to_json(plan)) == plan


@given(plans())
def test_a_policy_survives_every_shape(plan: CertificatePlan) -> None:
    bare = of_policy(plan)

    for shape, written, wanted in (
        (Shape.REST, for_rest(plan), bare),
        (Shape.CLI, for_cli(plan), bare),
        (Shape.PORTAL, for_portal(plan), plan),
    ):
        found = read_policy(json.dumps(written), name=plan.name)
        assert (found.plan, found.shape, found.notes) == (wanted, shape, ())


@given(plans())
def test_the_spelling_of_the_python_sdk_is_read(plan: CertificatePlan) -> None:
    def snake(value: Any) -> Any:
        if isinstance(value, dict):
            return {
                "".join(f"_{c.lower()}" if c.isupper() else c for c in name): snake(inner)
                for name, inner in value.items()
            }
        return value

    found = read_policy(json.dumps(snake(for_cli(plan))), name=plan.name)

    assert (found.plan, found.shape) == (of_policy(plan), Shape.PYTHON)


AZ_SHOW: dict[str, Any] = {
    "attributes": {"created": "2026-01-01T00:00:00+00:00", "enabled": False, "expires": None},
    "cer": "MIIB",
    "id": "https://v.vault.azure.net/certificates/web/0123456789abcdef",
    "name": "web",
    "policy": {
        "attributes": {"created": "2026-01-01T00:00:00+00:00", "enabled": True},
        "id": "https://v.vault.azure.net/certificates/web/policy",
        "issuerParameters": {"certificateTransparency": None, "name": "Unknown"},
        "keyProperties": {"curve": None, "exportable": True, "keySize": 256, "keyType": "EC"},
        "lifetimeActions": [
            {
                "action": {"actionType": "EmailContacts"},
                "trigger": {"daysBeforeExpiry": None, "lifetimePercentage": 80},
            }
        ],
        "secretProperties": {"contentType": "application/x-pkcs12"},
        "x509CertificateProperties": {
            "ekus": [SERVER_AUTH],
            "keyUsage": ["digitalSignature"],
            "subject": "CN=a",
            "subjectAlternativeNames": {"dnsNames": ["a.example"], "emails": [], "upns": None},
            "validityInMonths": 12,
        },
    },
    "tags": {"team": "web"},
    "x509ThumbprintHex": "00",
}


def test_a_certificate_as_az_prints_it_is_read_whole() -> None:
    found = read_policy(json.dumps(AZ_SHOW))

    assert found.plan == CertificatePlan(
        "web",
        "CN=a",
        Names(("a.example",)),
        KeyChoice.EC_P256,
        key_usage=("digitalSignature",),
        ekus=(SERVER_AUTH,),
        lifetime_action=LifetimeAction(Action.EMAIL, percentage=80),
        enabled=False,
        tags={"team": "web"},
    )
    assert found.shape is Shape.CLI
    assert [note[:42] for note in found.notes] == ["Azure CLI prints no IP addresses, no URIs,"]


def test_a_certificate_that_was_never_merged_is_asked_enabled() -> None:
    found = read_policy(json.dumps(AZ_SHOW | {"cer": None}))

    assert found.plan.enabled
    assert any("never merged" in note for note in found.notes)


def test_the_policy_of_a_certificate_knows_its_name() -> None:
    assert read_policy(json.dumps(AZ_SHOW["policy"])).plan.name == "web"
    assert read_policy(json.dumps(AZ_SHOW), name="other").plan.name == "other"


@pytest.mark.parametrize("word", ["crlSign", "cRLSign", "CRLSIGN"])
def test_a_key_usage_is_known_in_any_case(word: str) -> None:
    policy = {"x509_props": {"key_usage": [word]}}

    assert read_policy(json.dumps(policy)).plan.key_usage == ("cRLSign",)


def test_a_key_usage_that_nobody_knows_is_for_the_plan_to_refuse() -> None:
    policy = {"x509_props": {"subject": "CN=a", "key_usage": ["sign"]}}
    plan = read_policy(json.dumps(policy), name="web").plan

    assert [problem.field for problem in plan.problems()] == ["key_usage"]


@pytest.mark.parametrize(
    ("key_props", "key", "hsm", "says"),
    [
        ({"kty": "RSA", "key_size": 3072}, KeyChoice.RSA_3072, False, ""),
        ({"kty": "RSA-HSM", "key_size": 4096}, KeyChoice.RSA_4096, True, ""),
        ({"kty": "EC-HSM", "crv": "P-521"}, KeyChoice.EC_P521, True, ""),
        ({"kty": "EC", "crv": "P-256K"}, KeyChoice.EC_P256K, False, ""),
        ({"crv": "SECP256K1"}, KeyChoice.EC_P256K, False, ""),
        ({"kty": "EC", "key_size": 384}, KeyChoice.EC_P384, False, ""),
        ({"kty": "EC", "key_size": 256}, KeyChoice.EC_P256, False, ""),
        ({}, KeyChoice.RSA_2048, False, "as the vault would: RSA 2048"),
        ({"kty": "EC"}, KeyChoice.EC_P256, False, "as the vault would: EC P-256"),
        ({"kty": "RSA", "key_size": 1024}, KeyChoice.RSA_2048, False, "no key “RSA 1024”"),
        ({"kty": "EC", "crv": "P-192"}, KeyChoice.EC_P256, False, "choose the key"),
        ({"kty": "oct", "key_size": 256}, KeyChoice.RSA_2048, False, "no key “oct 256”"),
        ({"crv": "P-384", "key_size": 256}, KeyChoice.EC_P384, False, "has 384 bits, not 256"),
    ],
)
def test_a_key_is_read_or_must_be_chosen(
    key_props: dict[str, object], key: KeyChoice, hsm: bool, says: str
) -> None:
    given = {"exportable": False, **key_props}
    full = {
        **MINIMAL,
        "key_props": given,
        "secret_props": {"contentType": "application/x-pkcs12"},
        "x509_props": {"validity_months": 1},
    }
    found = read_policy(json.dumps(full))

    assert (found.plan.key, found.plan.hsm) == (key, hsm)
    assert says in " ".join(found.notes)
    assert bool(found.notes) == bool(says)


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"colour": "red"}, "Not known here and left out: colour."),
        ({"key_props": {"bits": 1}}, "left out: key_props.bits."),
        ({"x509CertificateProperties": {"sans": {"dns": []}}}, "Properties.sans.dns."),
        ({"secret_props": {"contentType": "text/plain"}}, "no content type"),
        ({}, "RSA 2048, exportable, 12 months, PKCS #12."),
        ({"key_props": {"kty": "EC-HSM"}}, "not exportable"),
        ({"lifetime_actions": [{"action": {"action_type": "Sing"}}]}, "“Sing” is not known"),
        ({"attributes": {"enabled": False}}, "not enabled says nothing"),
        (
            {
                "lifetime_actions": [
                    {"action": {"action_type": "AutoRenew"}, "trigger": {"lifetime_percentage": 5}},
                    {"action": {"action_type": "EmailContacts"}},
                ]
            },
            "left out: EmailContacts",
        ),
    ],
)
def test_nothing_is_swallowed(more: dict[str, object], says: str) -> None:
    found = read_policy(json.dumps({"issuer": {"name": "Self"}, **more}))

    assert says in " ".join(found.notes)


def test_a_ca_cannot_be_asked_for() -> None:
    policy = {"x509_props": {"subject": "CN=a", "basic_constraints": {"ca": True}}}

    assert any("no CA certificate" in note for note in read_policy(json.dumps(policy)).notes)


def test_many_unknown_members_make_one_sentence() -> None:
    found = read_policy(json.dumps(MINIMAL | {f"m{n}": n for n in range(500)}))

    assert any(note.endswith("m9 and 490 more.") for note in found.notes)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no JSON: .* \\(line 1, column 1\\)"),
        ("{'issuer': 1}", "no JSON: .* \\(line 1, column 2\\)"),
        ("[]", "is no object"),
        ("{}", "holds no certificate policy"),
        ('{"policy": null}', "holds no certificate policy"),
        ('{"policy": {}}', "holds no certificate policy"),
        ('{"issuer": null}', "holds no certificate policy"),
        ('{"issuer": []}', "issuer in the policy cannot be used: it must be an object"),
        ('{"issuer": {"name": 5}}', "issuer.name in the policy .* text in double quotes"),
        ('{"keyProperties": {"keySize": "2048"}}', "keyProperties.keySize .* a whole number"),
        ('{"key_props": {"key_size": true}}', "key_props.key_size .* a whole number"),
        ('{"key_props": {"key_size": 2e3}}', "key_props.key_size .* a whole number"),
        ('{"key_props": {"exportable": "yes"}}', "must be true or false"),
        ('{"x509_props": {"ekus": "1.2"}}', "must be a list in brackets"),
        ('{"x509_props": {"ekus": [1]}}', "must hold texts"),
        ('{"lifetime_actions": [1]}', "lifetime_actions\\[0\\] .* an object in braces"),
        ('{"policy": {"issuer": {"name": 5}}}', "policy.issuer.name in the policy"),
        ('{"policy": {"issuer": {"name": "a"}}, "tags": {"a": 1}}', "an object of texts"),
        ('{"key_props": {"kty": "RSA", "keyType": "EC"}}', "is said already as kty"),
        ('{"issuer": {"name": "a", "name": "b"}}', "“name” stands there twice"),
        ('{"key_props": {"key_size": NaN}}', "NaN is no number"),
        ('{"key_props": {"key_size": ' + "9" * 5000 + "}}", "cannot be used"),
        ('{"issuer": {"name": "\\ud800"}}', "surrogates"),
        ("\ud800", "surrogates"),
        ("[" * 60_000, "nested too deeply"),
        (" " * MAX_SIZE + "{}", "longer than 256 KiB"),
    ],
)
def test_what_is_no_policy_is_refused_with_the_place(text: str, says: str) -> None:
    with pytest.raises(InputError, match=says) as caught:
        read_policy(text)

    assert caught.value.__cause__ is None


def test_a_byte_order_mark_does_no_harm() -> None:
    assert read_policy("\ufeff" + json.dumps(MINIMAL)).plan.issuer == "Self"


_NODES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(
                [
                    *("policy", "key_props", "x509CertificateProperties", "issuer", "name", "sans"),
                    *(
                        "lifetime_actions",
                        "action",
                        "trigger",
                        "attributes",
                        "enabled",
                        "crv",
                        "tags",
                    ),
                    *("kty", "key_size", "secret_props", "contentType", "dnsNames", "id", "odd"),
                ]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=15,
)


@given(_NODES)
def test_any_json_is_a_plan_or_an_input_error(found: object) -> None:
    try:
        plan = read_policy(json.dumps(found)).plan
    except InputError as error:
        assert error.message
    else:
        plan.problems()
        assert plan_from_json(plan_to_json(plan)) == plan


@given(st.text(max_size=40))
def test_any_text_is_a_policy_or_an_input_error(text: str) -> None:
    with pytest.raises(InputError):
        read_policy(text)
