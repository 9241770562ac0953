"""A certificate policy as it arrives and as the vault answers it: checks, defaults, order.

A policy is wire JSON here (``dict``), without ``id`` and ``attributes``. The defaults are the
recorded ones: RSA 2048, exportable, PKCS #12, server and client authentication,
digitalSignature and keyEncipherment, 12 months, and at 80 % of the lifetime EmailContacts for
issuer Unknown and AutoRenew for all others.
"""

from __future__ import annotations

from typing import Any

from cryptography import x509

from kvcsr_widgets.errors import SubjectError
from kvcsr_widgets.pki.facts import KEY_USAGE_FIELDS
from kvcsr_widgets.pki.plan import CLIENT_AUTH, SERVER_AUTH
from kvcsr_widgets.pki.subject import Subject
from kvcsr_widgets.practice import refusals, sans

Json = dict[str, Any]

CURVES = {"P-256": 256, "P-256K": 256, "P-384": 384, "P-521": 521}
RSA_SIZES = (2048, 3072, 4096)
CONTENT_TYPES = ("application/x-pkcs12", "application/x-pem-file")
MAX_LIST = 100
"""The most entries of a list in a policy, a bound of ours."""

_MEMBERS = (
    "id",
    "key_props",
    "secret_props",
    "x509_props",
    "lifetime_actions",
    "issuer",
    "attributes",
)
_KEY_USAGES = {name.lower() for name in KEY_USAGE_FIELDS}


def complete(policy: object) -> Json:
    """The policy with every default, in the service's order. Raises Refusal for a bad one."""
    given = _object(policy, "policy")
    if set(given) - set(_MEMBERS):
        raise refusals.invalid_property("policy")
    key_props = _key_props(_object(given.get("key_props"), "policy.key_props"))
    x509_props = _x509_props(_object(given.get("x509_props"), "policy.x509_props"))
    issuer = _issuer(_object(given.get("issuer"), "policy.issuer"))
    return {
        "key_props": key_props,
        "secret_props": _secret_props(_object(given.get("secret_props"), "policy.secret_props")),
        "x509_props": x509_props,
        "lifetime_actions": lifetime_actions(
            given.get("lifetime_actions"), issuer["name"], x509_props["validity_months"]
        ),
        "issuer": issuer,
    }


def patched(known: Json, change: object) -> Json:
    """A stored policy with the members that a PATCH names, everything else as it was (recorded).

    A key of another type takes nothing over from the old one but ``exportable`` and ``reuse_key``.
    """
    given = _object(change, "policy")
    if set(given) - set(_MEMBERS):
        raise refusals.invalid_property("policy")
    wanted = dict(known)
    for part in ("key_props", "secret_props", "x509_props", "issuer"):
        new = _object(given.get(part), f"policy.{part}")
        named = {name: value for name, value in new.items() if value is not None}
        wanted[part] = known[part] | named
        if part == "key_props" and {"kty", "crv"} & set(new):
            for name in {"kty", "crv", "key_size"} - set(new):
                wanted[part].pop(name, None)
    if given.get("lifetime_actions") is not None:
        wanted["lifetime_actions"] = given["lifetime_actions"]
    done = complete(wanted)
    done["x509_props"]["basic_constraints"] = known["x509_props"]["basic_constraints"]
    return done


def of_import(given: object, x509_props: Json, key_props: Json) -> Json:
    """The policy of an imported certificate: what it says of itself wins over what was sent."""
    sent = _object(given, "policy") if given is not None else {}
    key = _object(sent.get("key_props"), "policy.key_props")
    _refuse_hardware(key.get("kty"))
    kept = {name: key[name] for name in ("exportable", "reuse_key") if name in key}
    checked = {
        "key_props": kept | key_props,
        "x509_props": {"subject": "CN=any"},
        "lifetime_actions": None,
    }
    done = complete(sent | checked)
    months, actions = x509_props["validity_months"], sent.get("lifetime_actions")
    return done | {
        "x509_props": x509_props,
        "lifetime_actions": lifetime_actions(actions, done["issuer"]["name"], months),
    }


def _refuse_hardware(kty: object) -> None:
    if kty in ("RSA-HSM", "EC-HSM"):
        raise refusals.hardware_key()


def _key_props(given: Json) -> Json:
    kty = given.get("kty") or ("EC" if given.get("crv") else "RSA")
    _refuse_hardware(kty)
    props = {
        "exportable": _flag(given, "exportable", "policy.key_props", default=True),
        "kty": kty,
        "key_size": given.get("key_size") or 2048,
        "reuse_key": _flag(given, "reuse_key", "policy.key_props", default=False),
    }
    if kty == "EC":
        curve = _curve(given.get("crv"), given.get("key_size"))
        return props | {"key_size": CURVES[curve], "crv": curve}
    if kty != "RSA" or type(props["key_size"]) is not int or props["key_size"] not in RSA_SIZES:
        raise refusals.invalid_property("policy.key_props")
    return props


def _curve(name: object, size: object) -> str:
    """The curve that fits name and size, of which one or both may be absent."""
    for curve, bits in CURVES.items():
        if name in (None, curve) and size in (None, bits):
            return curve
    raise refusals.invalid_property("policy.key_props")


def _secret_props(given: Json) -> Json:
    content_type = given.get("contentType") or CONTENT_TYPES[0]
    if content_type not in CONTENT_TYPES:
        raise refusals.invalid_property("policy.secret_props")
    return {"contentType": content_type}


def _x509_props(given: Json) -> Json:
    props: Json = {}
    if given.get("subject") is not None:
        props["subject"] = _subject(given["subject"])
    if given.get("sans") is not None:
        props["sans"] = _sans(_object(given["sans"], "policy.x509_props.sans"))
    if not props.get("subject") and not props.get("sans"):
        raise refusals.invalid_property("policy.x509_props")
    ekus = _strings(given.get("ekus"), "policy.x509_props.ekus")
    usages = _strings(given.get("key_usage"), "policy.x509_props.key_usage")
    props["ekus"] = [SERVER_AUTH, CLIENT_AUTH] if ekus is None else [_oid(oid) for oid in ekus]
    props["key_usage"] = (
        ["digitalSignature", "keyEncipherment"] if usages is None else _key_usages(usages)
    )
    props["validity_months"] = _months(given.get("validity_months"))
    props["basic_constraints"] = {"ca": False}
    return props


def _subject(text: object) -> str:
    if not isinstance(text, str):
        raise refusals.invalid_property("policy.x509_props")
    try:
        Subject.parse(text)
    except SubjectError as error:
        raise refusals.invalid_property(
            "policy.x509_props", "Invalid X.500 distinguished name"
        ) from error
    return text


def _sans(given: Json) -> Json:
    for kind, values in given.items():
        if kind not in sans.KINDS:
            raise refusals.invalid_property("policy.x509_props.sans")
        for name in _strings(values, "policy.x509_props.sans") or ():
            _check_name(kind, name)
    return {kind: values for kind, values in given.items() if values is not None}


def _check_name(kind: str, name: str) -> None:
    bad = refusals.invalid_property("policy.x509_props.sans")
    if (kind == "emails" and "@" not in name) or (kind == "uris" and ":" not in name):
        raise bad
    if (
        not name
        or not (kind == "upns" or name.isascii())
        or (kind == "ipAddresses" and "%" in name)
    ):
        raise bad
    try:
        sans.KINDS[kind](name)
    except ValueError as error:
        raise bad from error


def _oid(text: str) -> str:
    try:
        return x509.ObjectIdentifier(text).dotted_string
    except ValueError as error:
        raise refusals.invalid_property("policy.x509_props.ekus") from error


def _key_usages(texts: list[str]) -> list[str]:
    lowered = {text.lower() for text in texts}
    only = {"encipheronly", "decipheronly"} & lowered  # RFC 5280 4.2.1.3: with keyAgreement alone
    if lowered - _KEY_USAGES or (only and "keyagreement" not in lowered):
        raise refusals.invalid_property("policy.x509_props.key_usage")
    return texts


def _months(value: object) -> int:
    if value is None:
        return 12
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 1200:
        raise refusals.invalid_property("policy.x509_props.validity_months")
    return value


def lifetime_actions(given: object, issuer: str, months: int) -> list[Json]:
    """The checked lifetime actions, or the default for the issuer."""
    if given is None:
        action = "EmailContacts" if issuer.lower() == "unknown" else "AutoRenew"
        return [{"trigger": {"lifetime_percentage": 80}, "action": {"action_type": action}}]
    if not isinstance(given, list):
        raise refusals.invalid_property("policy.lifetime_actions")
    if len(given) > 1:
        raise refusals.bad_parameter("At most one action is allowed")
    return [
        _lifetime_action(_object(action, "policy.lifetime_actions"), months) for action in given
    ]


def _lifetime_action(given: Json, months: int) -> Json:
    bad = refusals.invalid_property("policy.lifetime_actions")
    trigger = {name: value for name, value in _part(given, "trigger").items() if value is not None}
    action = _part(given, "action").get("action_type")
    limits = {"lifetime_percentage": 99, "days_before_expiry": months * 27}
    if set(given) - {"trigger", "action"} or len(trigger) != 1 or set(trigger) - set(limits):
        raise bad
    [(kind, value)] = trigger.items()
    if type(value) is not int or not 1 <= value <= limits[kind]:
        raise bad
    if not isinstance(action, str) or action.lower() not in ("emailcontacts", "autorenew"):
        raise bad
    return {"trigger": trigger, "action": {"action_type": action}}


def _part(given: Json, name: str) -> Json:
    return _object(given.get(name), "policy.lifetime_actions")


def _issuer(given: Json) -> Json:
    name = given.get("name") or "Unknown"
    if not isinstance(name, str):
        raise refusals.invalid_property("policy.issuer")
    echoed = {key: value for key, value in given.items() if value is not None and key != "name"}
    if not all(isinstance(value, str | bool) for value in echoed.values()):
        raise refusals.invalid_property("policy.issuer")
    return {"name": name} | echoed


def _object(value: object, name: str) -> Json:
    if value is None and name != "policy":
        return {}
    if not isinstance(value, dict):
        raise refusals.invalid_property(name)
    return value


def _strings(value: object, name: str) -> list[str] | None:
    if value is None:
        return None
    if (
        not isinstance(value, list)
        or len(value) > MAX_LIST
        or not all(isinstance(item, str) and len(item) <= 255 for item in value)
    ):
        raise refusals.invalid_property(name)
    return value


def _flag(given: Json, name: str, owner: str, *, default: bool) -> bool:
    value = given.get(name)
    if value is None:
        return default
    if not isinstance(value, bool):
        raise refusals.invalid_property(owner)
    return value
