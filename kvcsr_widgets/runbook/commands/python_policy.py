"""A plan in the keywords of the Python SDK's ``CertificatePolicy``."""

from __future__ import annotations

from kvcsr_widgets.pki.plan import CertificatePlan
from kvcsr_widgets.pki.policy_json import key_type
from kvcsr_widgets.runbook.quoting import python as quoted


def keywords(plan: CertificatePlan) -> list[str]:
    """The keywords with their values."""
    names = plan.names
    said: dict[str, object] = {
        "issuer_name": plan.issuer,
        "subject": plan.subject or None,
        "san_dns_names": [*names.dns] or None,
        "san_emails": [*names.emails] or None,
        "san_user_principal_names": [*names.upns] or None,
        "san_ip_addresses": [*names.ips] or None,
        "san_uris": [*names.uris] or None,
        "key_type": key_type(plan),
        "key_size": plan.key.bits,
        "key_curve_name": plan.key.curve,
        "exportable": plan.exportable,
        "reuse_key": plan.reuse_key,
        "key_usage": None if plan.key_usage is None else [*plan.key_usage],
        "enhanced_key_usage": None if plan.ekus is None else [*plan.ekus],
        "content_type": plan.content_type.value,
        "validity_in_months": plan.validity_months,
        "certificate_type": plan.certificate_type or None,
        "certificate_transparency": plan.transparency,
    }
    written = [f"{name}={value!r}" for name, value in said.items() if value is not None]
    action = plan.lifetime_action
    if action is not None:
        when = (
            f"lifetime_percentage={action.percentage}"
            if action.percentage is not None
            else f"days_before_expiry={action.days_before_expiry}"
        )
        written.append(f"lifetime_actions=[LifetimeAction({quoted(action.action.value)}, {when})]")
    return written


def mapping(tags: dict[str, str]) -> str:
    """Tags as Python writes them."""
    return f"{{{', '.join(f'{quoted(name)}: {quoted(value)}' for name, value in tags.items())}}}"
