"""What the pictures of an inventory show: when certificates expire, and what waits for a CA."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import pairwise

import pandas as pd

from kvcsr_widgets.runbook.entries import UNKNOWN, State
from kvcsr_widgets.runbook.frame import waits_by_hand

LEAST, MOST = 12, 24
"""Months that a picture has; what expires after them is counted together."""

STATES = (*(state.value for state in State), UNKNOWN)
"""The states, in the order of a bar's counts."""

EXPIRED, LATER = "expired", "later"

AGES = (0, 1, 8, 15, 31, 91)
"""From how many whole days on a request is one of the next group."""

_PAST = -1


@dataclass(frozen=True, slots=True)
class Bar:
    """Certificates that expire in one month (UTC).

    ``month`` is its first day, None for those that are ``EXPIRED`` and those that do so ``LATER``,
    as ``label`` tells; of a month it is such as ``2026-11``. ``counts`` has a number for each of
    ``STATES``.
    """

    label: str
    month: date | None
    counts: tuple[int, ...]

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.counts)


@dataclass(frozen=True, slots=True)
class Expiries:
    """What is expired, each month from the one of ``now`` on, and what expires later, if any does.

    A month without a certificate has a bar, too; without any date there are none. ``undated`` are
    the certificates that have no date: nothing was merged yet.
    """

    now: datetime
    bars: tuple[Bar, ...]
    undated: int

    @property
    def dated(self) -> int:
        """The certificates that have a date."""
        return sum(bar.total for bar in self.bars)

    @property
    def expired(self) -> int:
        """Those whose date is past."""
        return sum(bar.total for bar in self.bars if bar.label == EXPIRED)


@dataclass(frozen=True, slots=True)
class Wait:
    """A request that waits for a CA, for so many whole days."""

    vault: str
    name: str
    days: int


@dataclass(frozen=True, slots=True)
class Group:
    """Requests that wait about as long, such as ``8 to 14 days``."""

    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Waits:
    """What waits for a CA; ``longest`` has those whose begin is known, the longest wait first.

    ``undated`` are further ones, of which the vault does not tell since when: renewals.
    ``at_issuer`` are requests that the vault brings to their issuer by itself; ``unknown`` are
    certificates of which it is not known whether a request waits.
    """

    longest: tuple[Wait, ...]
    undated: int = 0
    at_issuer: int = 0
    unknown: int = 0

    @property
    def total(self) -> int:
        """All that a person has to bring to a CA."""
        return len(self.longest) + self.undated

    @property
    def groups(self) -> tuple[Group, ...]:
        """The waits by their length, the shortest first; also groups without any."""
        ends = (*pairwise(AGES), (AGES[-1], None))
        return tuple(Group(_age(*each), self._number(*each)) for each in ends)

    def _number(self, begin: int, end: int | None) -> int:
        return sum(begin <= wait.days and (end is None or wait.days < end) for wait in self.longest)


def expiries(frame: pd.DataFrame, now: datetime) -> Expiries:
    """When the certificates of an inventory's frame, or of some of its rows, expire.

    ``now`` is aware. What expires at ``now`` is expired.
    """
    moment = now.astimezone(UTC)
    named = frame[frame["name"].notna()]
    dated = named[named["expires"].notna()]
    undated = len(named) - len(dated)
    if dated.empty:
        return Expiries(moment, (), undated)
    places = _places(dated["expires"], moment)
    shown = min(max(int(places.max()) + 1, LEAST), MOST)
    states = dated["state"].astype("string").fillna(UNKNOWN)
    counts = Counter(zip(places.clip(upper=shown), states, strict=True))
    bars = [_bar(place, shown, moment, counts) for place in range(_PAST, shown + 1)]
    return Expiries(moment, tuple(bars if bars[-1].total else bars[:-1]), undated)


def waits(frame: pd.DataFrame, now: datetime) -> Waits:
    """What waits for a CA in an inventory's frame, or in some of its rows, at ``now`` (aware)."""
    open_ones = frame[frame["state"].eq(State.PENDING.value).fillna(False)]
    by_hand = waits_by_hand(open_ones)
    known = open_ones[by_hand & open_ones["waiting_since"].notna()]
    days = (pd.Timestamp(now) - known["waiting_since"]).dt.days.clip(lower=0)
    found = [
        Wait(str(vault), str(name), int(number))
        for vault, name, number in zip(known["vault"], known["name"], days, strict=True)
    ]
    found.sort(key=lambda wait: (-wait.days, wait.name, wait.vault))
    mine = int(by_hand.sum())
    unknown = int((frame["name"].notna() & frame["state"].isna()).sum())
    return Waits(tuple(found), mine - len(found), len(open_ones) - mine, unknown)


def _places(expires: pd.Series[pd.Timestamp], now: datetime) -> pd.Series[int]:
    """How many months after this one, ``_PAST`` for what is expired."""
    times = expires.dt.tz_convert("UTC")
    months = (times.dt.year - now.year) * 12 + times.dt.month - now.month
    return months.where(times > now, _PAST)


def _bar(place: int, shown: int, now: datetime, counts: Counter[tuple[int, str]]) -> Bar:
    numbers = tuple(counts[place, state] for state in STATES)
    if place in (_PAST, shown):
        return Bar(EXPIRED if place == _PAST else LATER, None, numbers)
    years, month = divmod(now.month - 1 + place, 12)
    begin = date(now.year + years, month + 1, 1)
    return Bar(f"{begin:%Y-%m}", begin, numbers)


def _age(begin: int, end: int | None) -> str:
    if end is None:
        return f"more than {begin - 1} days"
    return "less than 1 day" if end == 1 else f"{begin} to {end - 1} days"
