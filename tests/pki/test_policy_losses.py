"""What a policy asks for and a plan cannot say is told apart from what is only remarked."""

from __future__ import annotations

import json
from typing import Any

import pytest

from kvcsr_widgets.pki.plan import CertificatePlan
from kvcsr_widgets.pki.policy_json import for_rest
from kvcsr_widgets.pki.policy_reader import read_policy

GOOD = for_rest(CertificatePlan("web", "CN=web"))


def losses(**changed: Any) -> tuple[str, ...]:
    """Those of a good policy, but for some sections."""
    return read_policy(json.dumps(GOOD | changed), name="web").losses


def test_what_a_plan_says_in_full_loses_nothing() -> None:
    assert losses() == ()


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"issuer": {}}, "names no issuer"),
        ({"issuer": {"name": "Unknown", "secret_wish": 1}}, "Not known here and left out"),
        ({"key_props": {"kty": "RSA", "key_size": 1024}}, "makes no key"),
        ({"key_props": {"kty": "oct"}}, "makes no key"),
        ({"secret_props": {"contentType": "text/plain"}}, "no content type"),
        ({"x509_props": {"subject": "CN=a", "basic_constraints": {"ca": True}}}, "no CA"),
        ({"lifetime_actions": [{"action": {"action_type": "Explode"}}]}, "Explode"),
        ({"lifetime_actions": [{"action": {"action_type": "AutoRenew"}}] * 2}, "one lifetime"),
    ],
)
def test_what_a_plan_cannot_say_is_lost(changed: dict[str, Any], told: str) -> None:
    assert told in " ".join(losses(**changed))


def test_what_is_set_as_the_vault_would_is_not_lost() -> None:
    read = read_policy(json.dumps(GOOD | {"key_props": {"kty": "RSA"}}), name="web")

    assert read.losses == ()
    assert "set as the vault would" in " ".join(read.notes)
