"""A load of an inventory as a person sees it: how far it is, how fast, and a button that stops it.

The vaults are read in a thread. Rows are handed on as they arrive, the first at once and the next
when the last ones have been taken, and never for more than a part of the time.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import ipywidgets as w
from markupsafe import Markup

from kvcsr_widgets.panels import later, layout
from kvcsr_widgets.runbook.inventory import Inventory, Progress
from kvcsr_widgets.runbook.loading import NOTHING, Counts

if TYPE_CHECKING:
    import asyncio

T = TypeVar("T")

EVERY = 0.3
"""Seconds between two tellings, at least."""

SHARE = 5
"""What was handed on is followed by so many times its own duration without anything."""

SOON = 0.5
"""Seconds after which it is known how fast it is."""

Tell = Callable[[Progress], object]
Work = Callable[[Tell, threading.Event], Inventory]
"""Reads, tells how far it is, and ends when the event is set."""


class Reading(w.VBox):
    """A bar, a line and a button, hidden while nothing is read."""

    def __init__(self) -> None:
        self.stop = w.Button(description="Stop", layout=layout.fitting())
        self.bar = w.HTML()
        self.said = w.HTML()
        self.stop.on_click(lambda _button: self.cancel())
        self._run: _Run[Any] | None = None
        row = w.Layout(align_items="center", flex_flow="row wrap", grid_gap="0 8px")
        super().__init__([w.HBox([self.stop, self.bar, self.said], layout=row)])
        self.layout.display = "none"

    @property
    def busy(self) -> bool:
        """Whether something is read."""
        return self._run is not None

    def cancel(self) -> None:
        """End the reading with what was read."""
        if self._run is not None:
            self._run.stop.set()

    def forget(self) -> None:
        """End the reading, and hand on nothing more of it."""
        self.cancel()
        self._over(None)

    def run(
        self,
        work: Work,
        prepare: Callable[[Inventory], T],
        arrived: Callable[[T], object],
        ended: Callable[[Callable[[], T]], object],
        *,
        total: int = 0,
    ) -> None:
        """Do ``work``; without a running loop, as in a script, wait for it.

        ``prepare`` makes of what was read what ``arrived`` takes, in the thread that reads;
        ``ended`` gets a function that returns the last of it or raises what ``work`` raised. Both
        are called in the loop. ``total`` is how many certificates there were, 0 if unknown.
        """
        self.forget()
        run: _Run[T] = _Run(self, prepare, arrived, total)
        self._run = run
        self.show(NOTHING, total)
        self.layout.display = ""
        loop = later.running_loop()
        if loop is None:
            run.done(lambda: prepare(work(lambda _progress: None, run.stop)), ended)
            return
        run.loop = loop
        later.in_thread(
            loop,
            lambda: prepare(work(run.tell, run.stop)),
            lambda result: run.done(result, ended),
        )

    def show(self, counts: Counts, total: int) -> None:
        """Say how far it is."""
        layout.put(self.bar, _bar(counts, total))
        layout.put(self.said, _said(counts))

    def _over(self, run: object) -> None:
        """Nothing is read any more, unless it is another than ``run``."""
        if run in (None, self._run):
            self._run = None
            self.layout.display = "none"


class _Run(Generic[T]):
    """One reading; ``tell`` is called in its thread, the rest in the loop."""

    loop: asyncio.AbstractEventLoop

    def __init__(
        self,
        reading: Reading,
        prepare: Callable[[Inventory], T],
        arrived: Callable[[T], object],
        total: int,
    ) -> None:
        self.stop = threading.Event()
        self._reading, self._prepare, self._arrived = reading, prepare, arrived
        self._total = total
        self._taken = threading.Event()
        self._taken.set()
        self._next = self._spent = 0.0

    def tell(self, progress: Progress) -> None:
        """Hand on what is there, if it is time."""
        if self._taken.is_set() and time.monotonic() >= self._next and not self.stop.is_set():
            self._taken.clear()
            begin = time.monotonic()
            some = self._prepare(progress.so_far())
            self._spent = time.monotonic() - begin
            self.loop.call_soon_threadsafe(self._take, some, progress.counts)

    def done(self, result: Callable[[], T], ended: Callable[[Callable[[], T]], object]) -> None:
        """It is over; one that was forgotten tells nobody."""
        if self._current:
            self._reading._over(self)  # noqa: SLF001 - two halves of one thing
            ended(result)

    @property
    def _current(self) -> bool:
        return self._reading._run is self  # noqa: SLF001 - two halves of one thing

    def _take(self, some: T, counts: Counts) -> None:
        begin = time.monotonic()
        if self._current:
            self._reading.show(counts, self._total)
            self._arrived(some)
        now = time.monotonic()
        self._next = now + max(EVERY, (now - begin + self._spent) * SHARE)
        self._taken.set()


def _bar(counts: Counts, total: int) -> Markup:
    """Without an end while it is not known how many there are."""
    due = counts.operations_due + counts.details_due
    listed = counts.vaults_listed == counts.vaults and counts.vaults > 0
    if not listed and not total:
        return Markup('<progress aria-label="Reading the list"></progress>')
    most = max(total, counts.listed) + due if not listed else counts.listed + due
    value = counts.listed + counts.operations + counts.details
    return Markup('<progress aria-label="Reading" value="{}" max="{}"></progress>').format(
        value, max(most, 1)
    )


def _said(counts: Counts) -> str:
    """How many of what, and how many a second of what is read now."""
    reads, due = counts.operations + counts.details, counts.operations_due + counts.details_due
    listing = counts.vaults_listed < counts.vaults or not due
    done, what = (counts.listed, "certificates") if listing else (reads, "reads")
    words = [f"{counts.listed:,} certificates listed"]
    if counts.operations_due:
        words.append(f"{counts.operations:,} of {counts.operations_due:,} requests read")
    if counts.details_due:
        words.append(f"{counts.details:,} of {counts.details_due:,} details read")
    if counts.seconds >= SOON:
        words.append(f"{done / counts.seconds:,.0f} {what} a second")
    return "; ".join(words)
