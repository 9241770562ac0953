"""A plan as the policy JSON of the REST interface, of Azure CLI and of the portal.

Members that a plan does not say are left out, so that the vault's own default holds. What a policy
cannot say (name, tags, enabled, chain order) stands beside it in a create body.
"""

from __future__ import annotations

from typing import Any

from kvcsr_widgets.pki.plan import CertificatePlan, LifetimeAction

Json = dict[str, Any]
"""An object as ``json`` writes it."""


def for_rest(plan: CertificatePlan) -> Json:
    """The policy as it goes over the wire: ``key_props``, ``x509_props``, ``issuer``."""
    key_props: Json = {
        "exportable": plan.exportable,
        "kty": key_type(plan),
        "key_size": plan.key.bits,
        "reuse_key": plan.reuse_key,
        "crv": plan.key.curve,
    }
    x509_props: Json = {
        "subject": plan.subject or None,
        "sans": _filled(plan.names.sans) or None,
        "ekus": plan.ekus,
        "key_usage": plan.key_usage,
        "validity_months": plan.validity_months,
    }
    action = plan.lifetime_action
    return _said(
        {
            "key_props": key_props,
            "secret_props": {"contentType": plan.content_type.value},
            "x509_props": x509_props,
            "lifetime_actions": None if action is None else [_rest_action(action)],
            "issuer": {
                "name": plan.issuer,
                "cty": plan.certificate_type or None,
                "cert_transparency": plan.transparency,
            },
        }
    )


def for_create(plan: CertificatePlan) -> Json:
    """The whole body of the REST interface's ``create``: the policy and what stands beside it."""
    body: Json = {"policy": for_rest(plan), "attributes": {"enabled": plan.enabled}}
    if plan.tags:
        body["tags"] = dict(plan.tags)
    if plan.preserve_order:
        body["preserveCertOrder"] = True
    return body


def for_portal(plan: CertificatePlan) -> Json:
    """The policy as it is met in the portal: in the member ``policy`` of a create body.

    The portal shows no policy JSON of its own and no export of one could be evidenced. Its page
    speaks to the vault's REST interface from the browser, and the policy that a user brings from
    there (azure-sdk-for-python#35926) is such a body.
    """
    return for_create(plan)


def for_cli(plan: CertificatePlan) -> Json:
    """The policy as ``az keyvault certificate create --policy`` takes it.

    ``az keyvault certificate get-default-policy`` and ``show --query policy`` print this shape.
    Names that az does not read (``cli_losses``) are written all the same: other readers take them.
    """
    sans = plan.names.sans
    action = plan.lifetime_action
    return _said(
        {
            "issuerParameters": {
                "name": plan.issuer,
                "certificateType": plan.certificate_type or None,
                "certificateTransparency": plan.transparency,
            },
            "keyProperties": {
                "exportable": plan.exportable,
                "keyType": key_type(plan),
                "keySize": plan.key.bits,
                "reuseKey": plan.reuse_key,
                "curve": plan.key.curve,
            },
            "lifetimeActions": None if action is None else [_cli_action(action)],
            "secretProperties": {"contentType": plan.content_type.value},
            "x509CertificateProperties": {
                "subject": plan.subject or None,
                "subjectAlternativeNames": _filled(
                    {CLI_NAMES[kind]: names for kind, names in sans.items()}
                )
                or None,
                "ekus": plan.ekus,
                "keyUsage": plan.key_usage,
                "validityInMonths": plan.validity_months,
            },
        }
    )


def policy_losses(plan: CertificatePlan) -> tuple[str, ...]:
    """What this plan says and no policy has a place for, in words: it goes beside the policy."""
    losses = (
        ("the tags", bool(plan.tags)),
        ("that the certificate stays disabled", not plan.enabled),
        ("that the chain keeps its order", plan.preserve_order),
    )
    return tuple(what for what, said in losses if said)


def cli_losses(plan: CertificatePlan) -> tuple[str, ...]:
    """What this plan says and Azure CLI would drop without a word, one sentence each.

    Read in the code of az 2.91: its policy reader knows no IP addresses and no URIs, and its
    ``create`` has no option for the chain's order.
    """
    losses = []
    for kind, names in (("IP addresses", plan.names.ips), ("URIs", plan.names.uris)):
        if names:
            losses.append(
                f"Azure CLI drops the {kind} without a word: {', '.join(names[:3])}"
                f"{' …' if len(names) > 3 else ''}."
            )
    if plan.preserve_order:
        losses.append("Azure CLI cannot ask for the chain to keep its order.")
    return tuple(losses)


CLI_NAMES = {
    "emails": "emails",
    "dns_names": "dnsNames",
    "upns": "upns",
    "uris": "uris",
    "ipAddresses": "ipAddresses",
}
"""The kinds of names on the wire and as Azure CLI calls them."""


def key_type(plan: CertificatePlan) -> str:
    """The ``kty``: RSA, EC, or either with ``-HSM``."""
    return plan.key.kind + ("-HSM" if plan.hsm else "")


def _rest_action(action: LifetimeAction) -> Json:
    return {
        "trigger": {
            "lifetime_percentage": action.percentage,
            "days_before_expiry": action.days_before_expiry,
        },
        "action": {"action_type": action.action.value},
    }


def _cli_action(action: LifetimeAction) -> Json:
    return {
        "action": {"actionType": action.action.value},
        "trigger": {
            "lifetimePercentage": action.percentage,
            "daysBeforeExpiry": action.days_before_expiry,
        },
    }


def _filled(names: dict[str, tuple[str, ...]]) -> Json:
    return {kind: list(values) for kind, values in names.items() if values}


def _said(found: Json) -> Json:
    """The object without members that are None, within its members too; tuples become lists."""
    return {name: _plain(value) for name, value in found.items() if value is not None}


def _plain(value: object) -> object:
    if isinstance(value, dict):
        return _said(value)
    return [_plain(each) for each in value] if isinstance(value, list | tuple) else value
