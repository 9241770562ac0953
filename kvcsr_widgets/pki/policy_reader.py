"""Policy JSON in any shape, read into a plan.

Members are known by all their spellings: the wire's (``key_props``), Azure CLI's camelCase
(``keyProperties``) and the snake_case of the Python SDK and of az's inside (``key_properties``).
A policy may stand alone, in the body of a create, or in a certificate as the vault or
``az keyvault certificate show`` prints it. Nothing is swallowed: what is not known, not said or
more than a plan holds becomes a note. What the vault itself writes (times, thumbprints, ids) is no
wish and is left out without one.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from enum import Enum

from kvcsr_widgets.errors import InputError
from kvcsr_widgets.pki.facts import KEY_USAGE_FIELDS
from kvcsr_widgets.pki.json_part import Members, Notes, Part, load_object
from kvcsr_widgets.pki.names import Names
from kvcsr_widgets.pki.plan import (
    UNKNOWN,
    Action,
    CertificatePlan,
    ContentType,
    KeyChoice,
    LifetimeAction,
)
from kvcsr_widgets.pki.policy_json import for_create

MAX_SIZE = 256 * 1024
"""Bytes of policy JSON that are read: a plan with all the names that fit has 200 thousand."""


class Shape(Enum):
    """Whose spelling a policy has."""

    REST = "REST interface"
    PORTAL = "Azure portal (a create body of the REST interface)"
    CLI = "Azure CLI"
    PYTHON = "Python SDK"


@dataclass(frozen=True, slots=True)
class ReadPolicy:
    """A plan that was read, whose spelling it had, and notes on the reading, a sentence each.

    ``losses`` are what the plan does not ask for as the policy does; the notes say most of it, too.
    """

    plan: CertificatePlan
    shape: Shape
    notes: tuple[str, ...] = ()
    losses: tuple[str, ...] = ()


def read_policy(text: str, *, name: str = "") -> ReadPolicy:
    """Read policy JSON; ``name`` is the certificate's, by default the one that the text tells.

    Raises InputError, with the member and the reason, for a text that holds no policy or a value
    of a type that no policy has. Whether the plan can be sent, ``CertificatePlan.problems`` says.
    """
    found, notes = load_object(text, limit=MAX_SIZE), Notes()
    if isinstance(found.get("policy"), dict):
        whole = Part(found, "", _CERTIFICATE, notes)
        policy = whole.part("policy", _POLICY)
    else:
        whole = Part({}, "", _CERTIFICATE, notes)
        policy = Part(found, "", _POLICY, notes)
    if not any(section in policy for section in _SECTIONS):
        raise InputError(
            "This JSON holds no certificate policy.",
            hint="Take what “az keyvault certificate show” prints, or the policy from it.",
        )
    plan, shape = _plan(whole, policy, notes, name), _shape(whole, policy)
    if shape is Shape.CLI and ("id" in whole or "id" in policy):
        notes.remarks.append(
            "Azure CLI prints no IP addresses, no URIs, no curve and no chain order: "
            "add what the certificate has of them."
        )
    return ReadPolicy(plan, shape, notes.sentences(), notes.losses())


def plan_to_json(plan: CertificatePlan) -> str:
    """Everything that a plan says, its name included: a create body of the REST interface."""
    return json.dumps({"name": plan.name} | for_create(plan), indent=2, ensure_ascii=False)


def plan_from_json(text: str) -> CertificatePlan:
    """The plan that ``plan_to_json`` wrote. Raises InputError."""
    return read_policy(text).plan


_SECTIONS = ("key_props", "secret_props", "x509_props", "issuer", "lifetime_actions")
_POLICY: Members = {
    "key_props": ("keyProperties",),
    "secret_props": ("secretProperties",),
    "x509_props": ("x509CertificateProperties",),
    "issuer": ("issuerParameters",),
    "lifetime_actions": (),
    "attributes": (),
    "id": (),
}
_CERTIFICATE: Members = dict.fromkeys(
    (
        *("policy", "name", "id", "attributes", "tags", "preserveCertOrder", "cer", "kid", "sid"),
        *("x5t", "x509Thumbprint", "x509ThumbprintHex", "contentType", "pending", "recoveryId"),
        *("deletedDate", "scheduledPurgeDate"),
    ),
    (),
)
_ATTRIBUTES: Members = dict.fromkeys(
    (
        *("enabled", "created", "updated", "exp", "expires", "expiresOn", "nbf", "notBefore"),
        *("recoveryLevel", "recoverableDays"),
    ),
    (),
)
_KEY: Members = {
    "exportable": (),
    "kty": ("keyType",),
    "key_size": (),
    "reuse_key": (),
    "crv": ("curve", "keyCurveName"),
}
_X509: Members = {
    "subject": (),
    "sans": ("subjectAlternativeNames",),
    "ekus": ("enhancedKeyUsage",),
    "key_usage": (),
    "validity_months": ("validityInMonths",),
    "basic_constraints": (),
}
_CONSTRAINTS: Members = {"ca": (), "path_len_constraint": ()}
_SANS: Members = {
    "emails": (),
    "dns_names": (),
    "upns": ("userPrincipalNames",),
    "uris": (),
    "ipAddresses": (),
}
_ISSUER: Members = {
    "name": (),
    "cty": ("certificateType",),
    "cert_transparency": ("certificateTransparency",),
}
_CURVES = {key.curve: key for key in KeyChoice if key.curve} | {"SECP256K1": KeyChoice.EC_P256K}
_SIZES = {(key.kind, key.bits): key for key in reversed(KeyChoice)}  # 256: P-256, not P-256K
_USAGES = {name.lower(): name for name in KEY_USAGE_FIELDS}
_ACTIONS = {action.value.lower(): action for action in Action}
_NAME_IN_ID = re.compile(r"/certificates/([0-9a-zA-Z-]{1,127})(?:/|\Z)")


def _plan(whole: Part, policy: Part, notes: Notes, name: str) -> CertificatePlan:
    key_props, x509 = policy.part("key_props", _KEY), policy.part("x509_props", _X509)
    issuer = policy.part("issuer", _ISSUER)
    key, hsm = _key(key_props, notes)
    if x509.part("basic_constraints", _CONSTRAINTS).flag("ca"):
        notes.lose("Key Vault asks for no CA certificate: basic_constraints is left out.")
    exportable, months = key_props.flag("exportable"), x509.number("validity_months")
    if "name" not in issuer:
        notes.lost.append("The policy names no issuer.")
    notes.defaults += [
        said
        for said, missing in (
            (f"{'not ' if hsm else ''}exportable", exportable is None),
            ("12 months", months is None),
            (f"issuer {UNKNOWN}", "name" not in issuer),
        )
        if missing
    ]
    return CertificatePlan(
        name=name or _name(whole, policy),
        subject=x509.text("subject") or "",
        names=_names(x509.part("sans", _SANS)),
        key=key,
        hsm=hsm,
        exportable=not hsm if exportable is None else exportable,
        reuse_key=key_props.flag("reuse_key") or False,
        content_type=_content_type(policy, notes),
        validity_months=12 if months is None else months,
        key_usage=_key_usage(x509),
        ekus=x509.texts("ekus"),
        issuer=issuer.text("name") or UNKNOWN,
        certificate_type=issuer.text("cty") or "",
        transparency=issuer.flag("cert_transparency"),
        lifetime_action=_lifetime_action(policy, notes),
        enabled=_enabled(whole, policy, notes),
        preserve_order=whole.flag("preserveCertOrder") or False,
        tags=whole.text_by_text("tags"),
    )


def _shape(whole: Part, policy: Part) -> Shape:
    spelled = {name for name in policy.spellings if name not in ("attributes", "id")}
    if any(name != name.lower() for name in spelled):
        return Shape.CLI
    if any(name.endswith(("properties", "parameters")) for name in spelled):
        return Shape.PYTHON
    return Shape.PORTAL if "policy" in whole and "id" not in whole else Shape.REST


def _name(whole: Part, policy: Part) -> str:
    for part in (whole, policy):
        if found := _NAME_IN_ID.search(part.text("id") or ""):
            return found[1]
    return whole.text("name") or ""


def _names(sans: Part) -> Names:
    return Names(
        dns=sans.texts("dns_names") or (),
        emails=sans.texts("emails") or (),
        upns=sans.texts("upns") or (),
        ips=sans.texts("ipAddresses") or (),
        uris=sans.texts("uris") or (),
    )


def _key(props: Part, notes: Notes) -> tuple[KeyChoice, bool]:
    """The key, and whether it is in hardware. One that is not known becomes the usual one."""
    kty, size, crv = props.text("kty"), props.number("key_size"), props.text("crv")
    kind = (kty or ("EC" if crv else "RSA")).upper()
    hsm, kind = kind.endswith("-HSM"), kind.removesuffix("-HSM")
    key = _CURVES.get(crv.upper()) if kind == "EC" and crv else _SIZES.get((kind, size or 0))
    usual = KeyChoice.EC_P256 if kind == "EC" else KeyChoice.RSA_2048
    if key is None and kind in ("RSA", "EC") and size is None and crv is None:
        notes.defaults.append(usual.label)
    elif key is None:
        asked = " ".join(str(word)[:40] for word in (kty, crv, size) if word)
        notes.lose(
            f"Key Vault makes no key “{asked}” for a certificate: choose the key "
            f"({usual.label} stands there now)."
        )
    elif size not in (None, key.bits):
        notes.lose(f"A key of curve {crv} has {key.bits} bits, not {size}.")
    return key or usual, hsm


def _content_type(policy: Part, notes: Notes) -> ContentType:
    secret = policy.part("secret_props", {"contentType": ()})
    found = secret.text("contentType")
    for known in ContentType:
        if found is not None and found.lower() == known.value:
            return known
    if found is None:
        notes.defaults.append("PKCS #12")
    else:
        notes.lose(
            f"“{found[:60]}” is no content type of a certificate: PKCS #12 stands there now."
        )
    return ContentType.PKCS12


def _key_usage(x509: Part) -> tuple[str, ...] | None:
    """The key usages in Key Vault's spelling (``crlSign`` too); the others as they are."""
    found = x509.texts("key_usage")
    return None if found is None else tuple(_USAGES.get(word.lower(), word) for word in found)


def _lifetime_action(policy: Part, notes: Notes) -> LifetimeAction | None:
    """The first action that is known: a plan has one."""
    found = []
    for part in policy.parts("lifetime_actions", {"action": (), "trigger": ()}):
        trigger = part.part("trigger", {"lifetime_percentage": (), "days_before_expiry": ()})
        word = part.part("action", {"action_type": ()}).text("action_type") or ""
        if word.lower() in _ACTIONS:
            action = _ACTIONS[word.lower()]
            percentage = trigger.number("lifetime_percentage")
            found.append(LifetimeAction(action, percentage, trigger.number("days_before_expiry")))
        else:
            notes.lose(f"The lifetime action “{word[:40]}” is not known and left out.")
    for more in found[1:]:
        notes.lose(f"A request has one lifetime action; left out: {more.action.value}.")
    return found[0] if found else None


def _enabled(whole: Part, policy: Part, notes: Notes) -> bool:
    """Whether the certificate shall be enabled; before its merge it is not, whatever was asked."""
    if policy.part("attributes", _ATTRIBUTES).flag("enabled") is False:
        notes.remarks.append("That the policy is not enabled says nothing of the certificate.")
    enabled = whole.part("attributes", _ATTRIBUTES).flag("enabled")
    if enabled is False and "id" in whole and "cer" not in whole:
        notes.remarks.append(
            "The certificate was never merged and so is disabled; the new one will be enabled once "
            "merged."
        )
        return True
    return enabled is not False
