"""When things fall due: calendar months, and the trigger of a lifetime action."""

from __future__ import annotations

from datetime import UTC, datetime

from kvcsr_widgets.practice import refusals
from kvcsr_widgets.practice.clock import DAY
from kvcsr_widgets.practice.policy import Json


def months_later(start: int, months: int) -> int:
    """Calendar months later; the last day of a shorter month where the day does not exist."""
    begin = datetime.fromtimestamp(start, UTC)
    years, month = divmod(begin.month - 1 + months, 12)
    for day in range(begin.day, begin.day - 4, -1):
        try:
            end = begin.replace(year=begin.year + years, month=month + 1, day=day)
        except ValueError:
            continue
        return int(end.timestamp())
    raise refusals.invalid_property("policy.x509_props.validity_months")


def months_between(begin: datetime, end: datetime) -> int:
    """Calendar months, a begun one counted as a whole (recorded for imports: 297)."""
    months = (end.year - begin.year) * 12 + end.month - begin.month
    rest = (end.day, end.time()) > (begin.day, begin.time())
    return max(months + rest, 0)


def renewal_time(policy: Json, nbf: int, exp: int) -> int | None:
    """When a certificate with these dates renews itself, or None: it does not.

    Issuer Unknown never renews, whatever the policy says: a person has to go to the CA. Nor does
    what lasts no month: its successor would be due at once, and so on for ever.
    """
    if not policy["x509_props"]["validity_months"]:
        return None
    for action in policy["lifetime_actions"]:
        if action["action"]["action_type"].lower() != "autorenew":
            continue
        if policy["issuer"]["name"].lower() == "unknown":
            continue
        trigger = action["trigger"]
        if "days_before_expiry" in trigger:
            return int(exp - trigger["days_before_expiry"] * DAY)
        return int(nbf + (exp - nbf) * trigger["lifetime_percentage"] / 100)
    return None
