"""Lifetime actions and when they fall due, in calendar months."""

from __future__ import annotations

from datetime import UTC, datetime

from kvcsr_widgets.practice import refusals
from kvcsr_widgets.practice.clock import DAY
from kvcsr_widgets.practice.fields import Json, is_by_hand, json_object


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
    what would be due at once, since its successor would be too, and so on for ever.
    """
    if not policy["x509_props"]["validity_months"]:
        return None
    for action in policy["lifetime_actions"]:
        if action["action"]["action_type"].lower() != "autorenew":
            continue
        if is_by_hand(policy["issuer"]["name"]):
            continue
        trigger = action["trigger"]
        if "days_before_expiry" in trigger:
            due = int(exp - trigger["days_before_expiry"] * DAY)
        else:
            due = int(nbf + (exp - nbf) * trigger["lifetime_percentage"] / 100)
        return due if due > nbf else None
    return None


def lifetime_actions(given: object, issuer: str, months: int) -> list[Json]:
    """The checked lifetime actions, or the default for the issuer."""
    if given is None:
        action = "EmailContacts" if is_by_hand(issuer) else "AutoRenew"
        return [{"trigger": {"lifetime_percentage": 80}, "action": {"action_type": action}}]
    if not isinstance(given, list):
        raise refusals.invalid_property("policy.lifetime_actions")
    if len(given) > 1:
        raise refusals.bad_parameter("At most one action is allowed")
    return [
        _lifetime_action(json_object(action, "policy.lifetime_actions"), months) for action in given
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
    return json_object(given.get(name), "policy.lifetime_actions")
