"""Which rows of an inventory's frame a person wants to see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import pandas as pd

from kvcsr_widgets.runbook.entries import UNKNOWN


@dataclass(frozen=True)
class Filter:
    """What a row has to be; by default, every row is wanted.

    ``states`` are those of ``entries.State`` and ``UNKNOWN``, none for any. ``within`` is the most
    whole days that are left: 0 for what expires today or is over, and a certificate without an end
    is none of them. ``expired`` wants only what is over. ``waiting`` is more than so many days of
    waiting for a CA. ``enabled`` is whether the certificate may be used, None for any.
    """

    states: frozenset[str] = frozenset()
    within: int | None = None
    expired: bool = False
    waiting: int | None = None
    enabled: bool | None = None

    @property
    def wants_all(self) -> bool:
        """Whether it lets every row pass."""
        return self == Filter()

    def mask(self, frame: pd.DataFrame, now: datetime) -> pd.Series:
        """Whether each row of a frame of ``runbook.frame`` passes; ``now`` is an aware time."""
        passes = pd.Series(True, index=frame.index)
        if self.states:
            state = frame["state"].astype("string").fillna(UNKNOWN)
            passes &= state.isin(self.states)
        if self.expired:
            passes &= _known(frame["expires"] < now)
        if self.within is not None:
            passes &= _known(frame["days_left"] <= self.within)
        if self.waiting is not None:
            passes &= _known(frame["waiting_since"] < now - timedelta(days=self.waiting))
        if self.enabled is not None:
            passes &= _known(frame["enabled"] == self.enabled)
        return passes


def _known(answers: pd.Series[bool]) -> pd.Series[bool]:
    """What is missing is no yes."""
    return answers.fillna(False).astype(bool)
