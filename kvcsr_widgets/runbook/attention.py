"""What of an inventory needs somebody now, by its reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import pandas as pd

from kvcsr_widgets.runbook.entries import State
from kvcsr_widgets.runbook.frame import waits_by_hand

SOON = timedelta(days=30)
"""What expires within this time needs its next version now."""


@dataclass(frozen=True, slots=True)
class Concern:
    """Rows of a frame that need somebody for one reason: their positions, the most urgent first."""

    title: str
    about: str
    rows: tuple[int, ...]


def concerns(frame: pd.DataFrame, now: datetime) -> tuple[Concern, ...]:
    """What needs somebody in an inventory's frame, or in some of its rows, at ``now`` (aware).

    Each reason is told, also one without a row. A row may be there for several reasons. What is
    disabled and expired needs nobody.
    """
    moment = pd.Timestamp(now)
    state, expires = frame["state"].astype("string").fillna(""), frame["expires"]
    used = frame["enabled"].fillna(False) & expires.notna()
    told = frame["error"].notna() & ~state.isin([State.FAILED, State.CANCELLED])
    return (
        Concern(
            "Waits for a CA",
            "Have the CSR signed, then merge the reply.",
            _rows(frame, waits_by_hand(frame), "waiting_since"),
        ),
        Concern(
            "Failed",
            "The request came to nothing: the reason stands beside it.",
            _rows(frame, state == State.FAILED, "updated"),
        ),
        Concern(
            "Expired and enabled",
            "Clients refuse it: create a new version, or disable it.",
            _rows(frame, used & (expires <= moment), "expires"),
        ),
        Concern(
            f"Expires within {SOON.days} days",
            "Create a new version in time for the CA to sign it.",
            _rows(frame, used & (expires > moment) & (expires <= moment + SOON), "expires"),
        ),
        Concern(
            "Could not be read",
            "How it stands is not known, or not all of it.",
            _rows(frame, (state == "") | told, "name"),
        ),
    )


def _rows(frame: pd.DataFrame, those: pd.Series[bool], by: str) -> tuple[int, ...]:
    places = pd.Series(range(len(frame)), dtype="int64")
    found = places[those.to_numpy(dtype=bool, na_value=False)]
    order = frame[by].reset_index(drop=True).loc[found].sort_values(kind="stable").index
    return tuple(int(place) for place in order)
