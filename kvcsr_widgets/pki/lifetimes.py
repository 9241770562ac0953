"""How long a certificate may live: what public CAs may issue, and what so many months are.

The limits are those of the CA/Browser Forum's Baseline Requirements section 6.3.2, as ballot
SC-081v3 (2025) lowers them. They hold for publicly trusted TLS certificates alone: a CA of one's
own issues what it likes.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from datetime import date, timedelta

PUBLIC_LIMITS: tuple[tuple[date, int], ...] = (
    (date(2020, 9, 1), 398),
    (date(2026, 3, 15), 200),
    (date(2027, 3, 15), 100),
    (date(2029, 3, 15), 47),
)
"""From which day on (of issuance) a public TLS certificate may last how many days at most."""


def public_limit(on: date) -> int:
    """The days that a public TLS certificate issued on this day may last."""
    return next(days for since, days in reversed(PUBLIC_LIMITS) if on >= since)


def days_within(on: date) -> int:
    """The most days to ask for: CAs date back by minutes, and a day that has begun counts whole."""
    return public_limit(on) - 1


def coming_limits(on: date) -> tuple[tuple[date, int], ...]:
    """The limits that come after this day, the next one first."""
    return tuple(limit for limit in PUBLIC_LIMITS if limit[0] > on)


def asked_days(months: int, on: date) -> int:
    """The days between this day and so many calendar months later, as the vault counts them."""
    later = on.month - 1 + months
    year, month = on.year + later // 12, later % 12 + 1
    day = min(on.day, calendar.monthrange(year, month)[1])
    return (date(year, month, day) - on) // timedelta(days=1)


def most_months(on: date) -> int:
    """The most calendar months that stay within the public limit on this day; 1 at least."""
    months = 1
    while asked_days(months + 1, on) <= public_limit(on):
        months += 1
    return months


def in_words(months: int, on: date) -> str:
    """So many months in days, against what public CAs may issue."""
    return f"{asked_days(months, on)} days. Public TLS may last {limits_in_words(on)}."


def limits_in_words(on: date) -> str:
    """``200 days now, 100 from 2027-03-15, 47 from 2029-03-15``."""
    coming = (f"{days} from {since:%Y-%m-%d}" for since, days in coming_limits(on))
    return ", ".join([f"{public_limit(on)} days now", *coming])


def public_renewals(begin: date, until: date, share: float) -> Iterator[tuple[date, int]]:
    """The days on which a name is certified anew, and for how long each time.

    ``begin`` is the first of them, ``until`` the first day that does not count any more. Each
    certificate lasts as long as a public one may, and the next one comes when this ``share`` of
    its life is over, 1 for the day of its expiry.
    """
    while begin < until:
        days = public_limit(begin)
        yield begin, days
        begin += timedelta(days=max(1, int(days * share)))
