"""A plan in the parameters of Azure PowerShell's ``New-AzKeyVaultCertificatePolicy``."""

from __future__ import annotations

from collections.abc import Iterable

from kvcsr_widgets.pki.plan import Action, CertificatePlan
from kvcsr_widgets.pki.policy_json import key_type
from kvcsr_widgets.runbook.quoting import powershell as quoted


def parameters(plan: CertificatePlan) -> list[str]:
    """The parameters with their values, each to stand on a line of its own."""
    said = {
        "IssuerName": quoted(plan.issuer),
        "SubjectName": quoted(plan.subject) if plan.subject else "",
        "DnsName": _array(plan.names.dns),
        "KeyType": key_type(plan),
        "KeySize": "" if plan.key.curve else str(plan.key.bits),
        "Curve": plan.key.curve or "",
        "KeyUsage": ", ".join(usage[0].upper() + usage[1:] for usage in plan.key_usage or ()),
        "Ekus": _array(plan.ekus or ()),
        "ValidityInMonths": str(plan.validity_months),
        "SecretContentType": plan.content_type.value,
        "CertificateType": quoted(plan.certificate_type) if plan.certificate_type else "",
        "CertificateTransparency": "" if plan.transparency is None else f"${plan.transparency}",
        **_lifetime(plan),
    }
    switches = [
        *([] if plan.exportable else ["-KeyNotExportable"]),
        *(["-ReuseKeyOnRenewal"] if plan.reuse_key else []),
    ]
    return [*(f"-{name} {value}" for name, value in said.items() if value), *switches]


def _lifetime(plan: CertificatePlan) -> dict[str, str]:
    action = plan.lifetime_action
    if action is None:
        return {}
    verb = "Email" if action.action is Action.EMAIL else "Renew"
    if action.percentage is not None:
        return {f"{verb}AtPercentageLifetime": str(action.percentage)}
    return {f"{verb}AtNumberOfDaysBeforeExpiry": str(action.days_before_expiry)}


def not_said(plan: CertificatePlan) -> tuple[str, ...]:
    """What the cmdlets cannot say of this plan, one sentence each.

    Read in the help of Az.KeyVault and in its PSKeyVaultCertificatePolicy: names other than DNS
    names have no parameter, an empty list counts as none, and none says the order of the chain or
    the state of the certificate. A hash table's keys are the same in upper and lower case.
    """
    names = plan.names
    folded = {name.lower() for name in plan.tags}
    kinds = (
        ("e-mail addresses", names.emails),
        ("user principal names", names.upns),
        ("IP addresses", names.ips),
        ("URIs", names.uris),
    )
    unsaid = (
        *((bool(found), kind) for kind, found in kinds),
        (plan.preserve_order, "an order of the chain"),
        (not plan.enabled, "a certificate that is disabled"),
        (plan.ekus == (), "an empty list of extended key usages"),
        (len(folded) < len(plan.tags), "tags that differ in upper and lower case alone"),
    )
    return tuple(
        f"The cmdlets of Az.KeyVault cannot ask for {what}." for is_so, what in unsaid if is_so
    )


def hashtable(tags: dict[str, str]) -> str:
    """Tags as PowerShell writes them."""
    pairs = (f"{quoted(name)} = {quoted(value)}" for name, value in tags.items())
    return f"@{{ {'; '.join(pairs)} }}"


def _array(values: Iterable[str]) -> str:
    return ", ".join(map(quoted, values))
