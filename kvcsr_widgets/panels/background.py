"""Long work while a person goes on: in a thread, with progress, and it can be stopped."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from kvcsr_widgets.panels import later
from kvcsr_widgets.runbook.batch import Tell

T = TypeVar("T")

EVERY = 0.1
"""Seconds between two tellings."""


class Background:
    """Runs one piece of work at a time. Without a running loop, as in a script, it waits for it."""

    def __init__(self) -> None:
        self.busy = False
        self._stop = threading.Event()

    def stop(self) -> None:
        """Have the work end as soon as it can."""
        self._stop.set()

    def run(
        self,
        work: Callable[[Tell], T],
        told: Callable[[int, int], None],
        ended: Callable[[Callable[[], T]], None],
        *,
        begun: Callable[[], object],
    ) -> None:
        """Do ``work``, off the loop; ``told`` and ``ended`` are called in the loop.

        ``begun`` is called first. ``ended`` gets a function that returns what ``work`` returned or
        raises what it raised.
        """
        self.busy = True
        self._stop = stop = threading.Event()
        begun()
        loop = later.running_loop()
        if loop is None:
            with ThreadPoolExecutor(1) as pool:
                waited = pool.submit(work, _teller(told, stop))
            self._end(waited.result, ended)
            return
        tell = _teller(lambda *step: loop.call_soon_threadsafe(told, *step), stop)
        later.in_thread(loop, lambda: work(tell), lambda result: self._end(result, ended))

    def _end(self, result: Callable[[], T], ended: Callable[[Callable[[], T]], None]) -> None:
        self.busy = False
        ended(result)


def _teller(told: Callable[[int, int], object], stop: threading.Event) -> Tell:
    last = 0.0

    def tell(done: int, total: int) -> bool:
        nonlocal last
        now = time.monotonic()
        if done == total or now - last >= EVERY:
            last = now
            told(done, total)
        return not stop.is_set()

    return tell
