"""Watches pending requests: each is looked at as often as its vault asks for, until it is over."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

from kvcsr_widgets.errors import KvcsrError
from kvcsr_widgets.runbook.changes import look
from kvcsr_widgets.runbook.entries import Key
from kvcsr_widgets.runbook.schedule import News, Schedule
from kvcsr_widgets.vault.client import Vault
from kvcsr_widgets.vault.records import Operation

EVERY = 1.0
"""Seconds between two tellings, and after which a stop is seen at the latest."""


@dataclass(frozen=True, slots=True)
class Pulse:
    """How a watch stands: requests that are ``watched``, and when the next look is due.

    ``next_at`` is an aware time, None where nothing is watched or all looks are under way.
    """

    watched: int
    next_at: datetime | None = None


class Watcher:
    """Looks at requests in threads that end with the process.

    ``vaults`` gives the open ones, by host. ``tell`` is called in the watcher's thread, at most
    once in ``EVERY`` seconds and at the end, with this watcher, the news since and how it stands.
    ``clock`` gives seconds and never goes back; ``sleep`` waits some seconds, at most until a
    stop; ``now`` gives the time.
    """

    def __init__(
        self,
        vaults: Callable[[], Mapping[str, Vault]],
        tell: Callable[[Watcher, Sequence[News], Pulse], object],
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._vaults, self._tell = vaults, tell
        self._stop = threading.Event()
        self._clock, self._sleep, self._now = clock, sleep or self._stop.wait, now
        self._schedule = Schedule()
        self._answers: queue.SimpleQueue[Callable[[], list[News]]] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._ended = False
        self._news: list[News] = []
        self._told = clock()

    def add(self, pending: Mapping[Key, Operation]) -> bool:
        """Watch more requests, from any thread. Gives False where the watch has ended."""
        with self._lock:
            if not self._ended:
                self._answers.put(partial(self._add, pending))
            return not self._ended

    def start(self) -> None:
        """Run in a thread of its own."""
        threading.Thread(target=self.run, name="watch", daemon=True).start()

    def stop(self) -> None:
        """End; nothing is told any more. Looks that are under way come to nothing."""
        self._stop.set()

    def run(self) -> None:
        """Look until nothing is pending any more, or a stop."""
        while not self._stop.is_set():
            self._take()
            if self._over():
                self._report()
                return
            for key in self._schedule.due(self._clock()):
                self._ask(key)
            if self._clock() - self._told >= EVERY:
                self._report()
            self._wait()

    def _add(self, pending: Mapping[Key, Operation]) -> list[News]:
        self._schedule.add(pending, self._clock())
        return []

    def _over(self) -> bool:
        """Whether nothing is left to watch; then nothing can be added any more."""
        with self._lock:
            self._ended = not len(self._schedule) and self._answers.empty()
            return self._ended

    def _wait(self) -> None:
        """Until an answer comes or a look is due, and a moment at most."""
        if self._schedule.under_way:
            self._take(EVERY / 4)
            return
        due = self._schedule.next_due()
        self._sleep(EVERY if due is None else min(max(due - self._clock(), 0.0), EVERY))

    def _take(self, patience: float = 0.0) -> None:
        """Hear the answers that have come; wait for a first one for so many seconds."""
        try:
            if patience:
                self._news += self._answers.get(timeout=patience)()
            while True:
                self._news += self._answers.get_nowait()()
        except queue.Empty:
            return

    def _report(self) -> None:
        self._told = self._clock()
        due = self._schedule.next_due()
        at = None if due is None else self._now() + timedelta(seconds=max(due - self._told, 0))
        news, self._news = self._news, []
        if not self._stop.is_set():
            self._tell(self, news, Pulse(len(self._schedule), at))

    def _ask(self, key: Key) -> None:
        vault = self._vaults().get(key.vault)
        if vault is None:
            self._schedule.forget(key)
            return
        threading.Thread(
            target=self._look, args=(vault, key), name="watch: a look", daemon=True
        ).start()

    def _look(self, vault: Vault, key: Key) -> None:
        """In a thread: one look."""
        try:
            with vault.until(self._stop):
                found = look(vault, key.name)
        except KvcsrError as error:
            self._answers.put(partial(self._hear, partial(self._schedule.failed, key, error)))
        else:
            self._answers.put(partial(self._hear, partial(self._schedule.answered, key, found)))

    def _hear(self, what: Callable[[float, datetime], list[News]]) -> list[News]:
        return what(self._clock(), self._now())
