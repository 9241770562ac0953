"""How fast one vault is asked: all its requests wait together when it says that there are too many.

A 429 was not processed, so its request goes out again once the pause is over (RFC 6585, 4). The
service's documentation asks for longer and longer pauses, and for fewer requests.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from kvcsr_widgets.errors import BusyError, UnreachableError

AT_ONCE = 64
"""The most requests of one vault at once, a bound of ours."""

FIRST_PAUSE = 0.5
MAX_PAUSE = 60.0
"""Seconds of the first pause where the vault names none, and of the longest that is waited for."""

LONGEST_ASKED = 3_600.0
"""Seconds of a pause that the vault may ask for; through one over ``MAX_PAUSE``, nothing goes."""

SLICE = 0.1
"""Seconds after which a wait looks whether it is to end."""


class Pace:
    """The turns of one vault's requests, in any threads.

    A turn begins when no pause is on and there are not too many others. Each pause halves how many
    requests may be under way at once; as many good answers as that let one more go.
    ``clock`` gives seconds and never goes back; ``wait`` lets a thread wait on the condition.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        wait: Callable[[threading.Condition, float], object] = threading.Condition.wait,
    ) -> None:
        self._clock, self._wait = clock, wait
        self._condition = threading.Condition()
        self._threads = threading.local()
        self._closed = False
        self._at_once, self._under_way, self._good = AT_ONCE, 0, 0
        self._pauses, self._in_a_row, self._over = 0, 0, 0.0

    @property
    def at_once(self) -> int:
        """How many requests may be under way at once."""
        return self._at_once

    @property
    def pause(self) -> float:
        """Seconds until the next request may go; 0 where no pause is on."""
        return max(0.0, self._over - self._clock())

    def begin(self) -> int:
        """Wait for a turn; gives the number of the pause that it comes after.

        Raises UnreachableError if the wait is stopped, BusyError where it is too long for anybody
        to wait for it.
        """
        with self._condition:
            while not self._stopped() and (wait := self._left()) > 0:
                if wait > MAX_PAUSE:
                    raise BusyError(
                        f"The vault is busy: it asks to be left alone for {wait:.0f} seconds.",
                        hint="Wait that long, then repeat the step.",
                    )
                self._wait(self._condition, min(wait, SLICE))
            if self._closed:
                raise UnreachableError("This vault was closed.", hint="Connect to it again.")
            if self._stopped():
                raise UnreachableError(
                    "This was stopped while it waited for its turn at the vault.",
                    hint="Look where it stands before you do it again.",
                )
            self._under_way += 1
            return self._pauses

    def end(self, *, good: bool = True) -> None:
        """End a turn. ``good`` is whether the vault answered, and not that there are too many."""
        with self._condition:
            self._under_way -= 1
            if good:
                self._in_a_row, self._good = 0, self._good + 1
            if self._good >= self._at_once:
                self._good, self._at_once = 0, min(self._at_once + 1, AT_ONCE)
            self._condition.notify()

    def slow_down(self, began: int, asked: float | None) -> None:
        """End a turn that was answered with 429, and let everybody pause.

        ``began`` is what ``begin`` gave: answers to requests from before the last pause are no
        reason for one more. ``asked`` is how many seconds the vault asks for, None where it does
        not say.
        """
        with self._condition:
            if began == self._pauses:
                self._at_once = max(1, min(self._at_once, self._under_way) // 2)
                self._pauses, self._in_a_row = self._pauses + 1, self._in_a_row + 1
                self._good = 0
            grown = FIRST_PAUSE * 2.0 ** min(self._in_a_row - 1, 20)
            pause = min(grown, MAX_PAUSE) if asked is None else min(asked, LONGEST_ASKED)
            self._over = max(self._over, self._clock() + pause)
        self.end(good=False)

    def sleep(self, seconds: float) -> None:
        """Wait before the SDK tries again; a stop ends it."""
        over = self._clock() + min(seconds, MAX_PAUSE)
        with self._condition:
            while not self._stopped() and (left := over - self._clock()) > 0:
                self._wait(self._condition, min(left, SLICE))

    @contextmanager
    def until(self, stop: threading.Event) -> Iterator[None]:
        """Within it, waits in this thread end when the event is set."""
        before = getattr(self._threads, "stop", None)
        self._threads.stop = stop
        try:
            yield
        finally:
            self._threads.stop = before

    def close(self) -> None:
        """End every wait, now and from now on."""
        with self._condition:
            self._closed = True
            self._condition.notify_all()

    def _left(self) -> float:
        """Seconds to wait at least."""
        return SLICE if self._under_way >= self._at_once else self.pause

    def _stopped(self) -> bool:
        stop: threading.Event | None = getattr(self._threads, "stop", None)
        return self._closed or (stop is not None and stop.is_set())


def asked_pause(retry_after: str | None, now: datetime) -> float | None:
    """Seconds of a Retry-After, which are a number or a date (RFC 9110, 10.2.3); None for none."""
    found = (retry_after or "").strip()[:40]
    if found.isascii() and found.isdecimal():
        return float(found)
    try:
        date = parsedate_to_datetime(found)
    except (OverflowError, ValueError):
        return None
    return max(0.0, (date.replace(tzinfo=date.tzinfo or UTC) - now).total_seconds())
