"""Where two plans differ, in words: a new version against the policy that it starts from."""

from __future__ import annotations

from dataclasses import dataclass, fields

from kvcsr_widgets.errors import SubjectError
from kvcsr_widgets.pki.names import Names
from kvcsr_widgets.pki.plan import CertificatePlan, ContentType, KeyChoice, LifetimeAction
from kvcsr_widgets.pki.subject import Subject


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of a plan that changes: its name in ``CertificatePlan``, a label, both values."""

    field: str
    label: str
    before: str
    after: str


LABELS = {
    "issuer": "Issuer",
    "subject": "Subject",
    "names": "Names",
    "validity_months": "Validity (months)",
    "key": "Key",
    "hsm": "Key in an HSM",
    "exportable": "Exportable",
    "reuse_key": "Reuse the key on renewal",
    "content_type": "Content type",
    "key_usage": "Key usage",
    "ekus": "Extended key usage",
    "certificate_type": "Certificate type",
    "transparency": "Transparency",
    "lifetime_action": "Lifetime action",
    "enabled": "Enabled",
    "preserve_order": "Preserve the chain's order",
    "tags": "Tags",
}
"""A plan's fields as the form calls them, but for the name."""


def differences(before: CertificatePlan, after: CertificatePlan) -> tuple[Difference, ...]:
    """Every field of ``after`` that asks for something else than ``before``, the name left out.

    What is not said counts as the vault's default, and a subject as what it means: blanks and the
    spelling of its keys do not count.
    """
    return tuple(
        Difference(name, LABELS[name], in_words(before, name), in_words(after, name))
        for name in (field.name for field in fields(CertificatePlan))
        if name in LABELS and _meaning(before, name) != _meaning(after, name)
    )


def in_words(plan: CertificatePlan, name: str) -> str:
    """The value of one field of a plan, for people."""
    value = getattr(plan, name)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Names):
        value = [one for names in value.sans.values() for one in names]
    if isinstance(value, ContentType):
        return value.value
    if isinstance(value, KeyChoice):
        return value.label
    if isinstance(value, LifetimeAction):
        return value.in_words
    if isinstance(value, dict):
        value = [f"{key}={text}" for key, text in value.items()]
    if isinstance(value, list | tuple):
        return ", ".join(value) or "(none)"
    if value is None:
        return "(the vault's default)"
    return str(value) or "(none)"


def _meaning(plan: CertificatePlan, name: str) -> object:
    if name == "key_usage":
        return {usage.lower() for usage in plan.expected_key_usage}
    if name == "ekus":
        return set(plan.expected_ekus)
    if name == "issuer":
        return plan.issuer.lower()
    if name == "names":
        return {kind: {one.lower() for one in names} for kind, names in plan.names.sans.items()}
    if name == "subject":
        try:
            return Subject.parse(plan.subject)
        except SubjectError:
            return plan.subject
    return getattr(plan, name)
