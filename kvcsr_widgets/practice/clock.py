"""The practice vault's time: the machine's, or one that a drill moves."""

from __future__ import annotations

import time
from collections.abc import Callable

from kvcsr_widgets.errors import InputError

Clock = Callable[[], float]
"""Gives the time as Unix seconds."""

MAX_YEARS = 50
DAY = 86_400


class MovableClock:
    """The machine's time plus an offset: expiry and renewal in a minute instead of a year.

    It never runs backwards: what was created would lie in the future.
    """

    def __init__(self) -> None:
        self.offset = 0.0

    def __call__(self) -> float:
        return time.time() + self.offset

    def advance(self, seconds: float = 0, *, days: float = 0) -> float:
        """Move on by seconds or days; returns the new time. Raises InputError for a bad step."""
        step = seconds + days * DAY
        if not 0 <= step <= MAX_YEARS * 366 * DAY - self.offset:  # also refuses NaN
            raise InputError(
                f"The clock moves forward only, by at most {MAX_YEARS} years in all.",
                hint="Take a new practice vault to begin again at today's date.",
            )
        self.offset += step
        return self()
