"""The practice vault's time: the machine's, or one that a drill moves."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import TYPE_CHECKING

from kvcsr_widgets.errors import InputError

if TYPE_CHECKING:
    from kvcsr_widgets.practice.store import Store

Clock = Callable[[], float]
"""Gives the time as Unix seconds."""

MAX_YEARS = 50
DAY = 86_400
_OFFSET = "clock-offset"


class MovableClock:
    """The machine's time plus an offset: expiry and renewal in a minute instead of a year.

    It never runs backwards: what was created would lie in the future. For that reason a state
    keeps the offset, and a clock that begins with that state goes on from there. A process that
    has the state open sees the moves of others when it opens it again.
    """

    def __init__(self) -> None:
        self.offset = 0.0
        self._stores: list[Store] = []

    def keep_in(self, store: Store) -> None:
        """Go on from the offset in a store, and keep it there from now on."""
        self._stores.append(store)
        self._move(0)

    def leave(self, store: Store) -> None:
        """A store that is to be closed keeps the offset that it has."""
        if store in self._stores:
            self._stores.remove(store)

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
        self._move(step)
        return self()

    def _move(self, step: float) -> None:
        """Move on from the latest offset that any process has kept; what is kept never shrinks."""
        offset = self.offset
        with ExitStack() as stack:
            for store in self._stores:
                stack.enter_context(store.transaction())
                offset = max(offset, float(store.secret(_OFFSET) or 0))
            offset += step
            for store in self._stores:
                if offset:
                    store.set_secret(_OFFSET, str(offset).encode())
        self.offset = offset
