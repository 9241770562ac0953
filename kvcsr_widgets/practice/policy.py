"""A certificate policy as it arrives and as the vault answers it: checks, defaults, order.

A policy is wire JSON here, without ``id`` and ``attributes``. The defaults are the
recorded ones: RSA 2048, exportable, PKCS #12, server and client authentication,
digitalSignature and keyEncipherment, 12 months, and at 80 % of the lifetime EmailContacts for
issuer Unknown and AutoRenew for all others.
"""

from __future__ import annotations

from cryptography import x509

from kvcsr_widgets.errors import SubjectError
from kvcsr_widgets.pki import names as san
from kvcsr_widgets.pki.facts import KEY_USAGE_FIELDS
from kvcsr_widgets.pki.plan import DEFAULT_EKUS, DEFAULT_KEY_USAGE
from kvcsr_widgets.pki.subject import Subject
from kvcsr_widgets.practice import refusals
from kvcsr_widgets.practice.fields import Json, flag, json_object, strings, text
from kvcsr_widgets.practice.renewal import lifetime_actions

CURVES = {"P-256": 256, "P-256K": 256, "P-384": 384, "P-521": 521}
RSA_SIZES = (2048, 3072, 4096)
CONTENT_TYPES = ("application/x-pkcs12", "application/x-pem-file")
_PARTS = {
    "key_props": ("exportable", "kty", "key_size", "reuse_key", "crv"),
    "secret_props": ("contentType",),
    "x509_props": (
        "subject",
        "sans",
        "ekus",
        "key_usage",
        "validity_months",
        "basic_constraints",
    ),
    "issuer": ("name", "cty", "cert_transparency"),
}
_OTHERS = ("id", "lifetime_actions", "attributes", "platformManaged")
_KEY_USAGES = {name.lower() for name in KEY_USAGE_FIELDS}


def complete(policy: object) -> Json:
    """The policy with every default, in the service's order. Raises Refusal for a bad one."""
    parts = _parts(policy)
    x509_props, issuer = _x509_props(parts["x509_props"]), _issuer(parts["issuer"])
    _check_names(x509_props)
    return {
        "key_props": _key_props(parts["key_props"]),
        "secret_props": _secret_props(parts["secret_props"]),
        "x509_props": x509_props,
        "lifetime_actions": lifetime_actions(
            parts["lifetime_actions"], issuer["name"], x509_props["validity_months"]
        ),
        "issuer": issuer,
    }


def patched(known: Json, change: object) -> Json:
    """A stored policy with the members that a PATCH names, everything else as it was (recorded).

    What is not named is not checked either: an import may have stored what no create would.
    """
    parts = _parts(change)
    key_props, x509_props = known["key_props"], known["x509_props"]
    if parts["key_props"]:
        key_props = _key_props(_changed_key(key_props, parts["key_props"]))
    named = parts["x509_props"]
    named.pop("basic_constraints", None)  # nobody sets it
    if named:
        checked = _x509_props(named)
        x509_props = _in_order(x509_props | {name: checked[name] for name in named})
        _check_names(x509_props)
    issuer = _issuer(known["issuer"] | parts["issuer"])
    actions = known["lifetime_actions"]
    if parts["lifetime_actions"] is not None:
        actions = parts["lifetime_actions"]
    if parts["lifetime_actions"] is not None or "validity_months" in named:
        actions = lifetime_actions(actions, issuer["name"], x509_props["validity_months"])
    return {
        "key_props": key_props,
        "secret_props": _secret_props(known["secret_props"] | parts["secret_props"]),
        "x509_props": x509_props,
        "lifetime_actions": actions,
        "issuer": issuer,
    }


def of_import(given: object, x509_props: Json, key_props: Json) -> Json:
    """The policy of an imported certificate: what it says of itself wins over what was sent."""
    parts = _parts({} if given is None else given)
    sent = parts["key_props"]
    _refuse_hardware(sent.get("kty"))
    kept = {name: sent[name] for name in ("exportable", "reuse_key") if name in sent}
    issuer = _issuer(parts["issuer"])
    return {
        "key_props": _key_props(kept | key_props),
        "secret_props": _secret_props(parts["secret_props"]),
        "x509_props": x509_props,
        "lifetime_actions": lifetime_actions(
            parts["lifetime_actions"], issuer["name"], x509_props["validity_months"]
        ),
        "issuer": issuer,
    }


def _parts(policy: object) -> Json:
    """The parts of a policy, their absent members left out. Raises Refusal for an unknown one."""
    given = json_object(policy, "policy")
    if set(given) - set(_PARTS) - set(_OTHERS):
        raise refusals.invalid_property("policy")
    parts: Json = {"lifetime_actions": given.get("lifetime_actions")}
    for name, members in _PARTS.items():
        part = given.get(name)
        part = {} if part is None else json_object(part, f"policy.{name}")
        if set(part) - set(members):
            raise refusals.invalid_property("policy")
        parts[name] = {member: value for member, value in part.items() if value is not None}
    return parts


def _changed_key(known: Json, named: Json) -> Json:
    """What a PATCH makes of a key: of another one, nothing is known but what the PATCH says."""
    kept = dict(known)
    if named.get("kty", known["kty"]) != known["kty"] or ("crv" in named and "crv" not in known):
        for name in ("kty", "key_size", "crv"):
            kept.pop(name, None)
    elif "crv" in named or "key_size" in named:
        for name in ("key_size", "crv"):
            kept.pop(name, None)
    return kept | named


def _refuse_hardware(kty: object) -> None:
    if kty in ("RSA-HSM", "EC-HSM"):
        raise refusals.hardware_key()


def _key_props(given: Json) -> Json:
    kty = given.get("kty") or ("EC" if given.get("crv") else "RSA")
    _refuse_hardware(kty)
    props = {
        "exportable": flag(given, "exportable", "policy.key_props", default=True),
        "kty": kty,
        "key_size": given.get("key_size") or 2048,
        "reuse_key": flag(given, "reuse_key", "policy.key_props", default=False),
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
    if "subject" in given:
        props["subject"] = _subject(given["subject"])
    if "sans" in given:
        props["sans"] = _sans(json_object(given["sans"], "policy.x509_props.sans"))
    ekus = strings(given.get("ekus"), "policy.x509_props.ekus")
    usages = strings(given.get("key_usage"), "policy.x509_props.key_usage")
    props["ekus"] = list(DEFAULT_EKUS) if ekus is None else [_oid(oid) for oid in ekus]
    props["key_usage"] = list(DEFAULT_KEY_USAGE) if usages is None else _key_usages(usages)
    props["validity_months"] = _months(given.get("validity_months"))
    props["basic_constraints"] = {"ca": False}
    return props


def _in_order(x509_props: Json) -> Json:
    return {name: x509_props[name] for name in _PARTS["x509_props"] if name in x509_props}


def _check_names(x509_props: Json) -> None:
    """A certificate has a subject or another name."""
    if not x509_props.get("subject") and not any(x509_props.get("sans", {}).values()):
        raise refusals.invalid_property("policy.x509_props")


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
        if kind not in san.KINDS:
            raise refusals.invalid_property("policy.x509_props.sans")
        for name in strings(values, "policy.x509_props.sans") or ():
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
        san.KINDS[kind](name)
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


def _issuer(given: Json) -> Json:
    for name in ("name", "cty"):
        text(given, name, owner="policy.issuer")
    if not isinstance(given.get("cert_transparency", False), bool):
        raise refusals.invalid_property("policy.issuer")
    return {"name": given.get("name") or "Unknown"} | {
        name: given[name] for name in given if name != "name"
    }
