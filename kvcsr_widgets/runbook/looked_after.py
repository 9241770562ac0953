"""Whether anything in a vault's table needs somebody: the check of notebook 04."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import pandas as pd

from kvcsr_widgets.runbook.attention import SOON, concerns
from kvcsr_widgets.runbook.entries import State
from kvcsr_widgets.runbook.finished import Point, Points, listed
from kvcsr_widgets.runbook.frame import waits_by_hand


def looked_after(frame: pd.DataFrame, now: datetime) -> Points:
    """Nothing in the table needs somebody. ``now`` is aware.

    What expires soon is looked after once its next version is in the making.
    """
    count = int(frame["name"].notna().sum())
    if not count:
        return (Point("There is no certificate yet: create the first one (notebook 01).", False),)
    some = "one certificate" if count == 1 else f"{count:,} certificates"
    found = [Point(f"The table shows {some}.", True)]
    waiting = waits_by_hand(frame).to_numpy(dtype=bool)
    replaced = frame["state"].eq(State.PENDING.value).fillna(False).to_numpy(dtype=bool)
    for concern in concerns(frame, now):
        rows = concern.rows
        by_a_ca = bool(rows) and all(waiting[row] for row in rows)
        if concern.title == _SOON:
            rows, by_a_ca = tuple(row for row in rows if not replaced[row]), False
        found.append(_concern(frame, concern.title, concern.about, rows, waits=by_a_ca))
    return tuple(found)


_SOON = f"Expires within {SOON.days} days"


def _concern(
    frame: pd.DataFrame, title: str, about: str, rows: Sequence[int], *, waits: bool
) -> Point:
    if not rows:
        return Point(f"{title}: none.", True)
    names = [str(name) for name in frame["name"].iloc[list(rows)].fillna("a vault")]
    return Point(f"{title}: {listed(names)}. {about}", False, waits=waits)
