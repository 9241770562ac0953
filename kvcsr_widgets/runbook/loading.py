"""How an inventory is read: the pages one after another, the reads beside them."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from kvcsr_widgets.errors import ForbiddenError, NotFoundError, VaultError
from kvcsr_widgets.runbook.details import details
from kvcsr_widgets.runbook.entries import Entry, Key, is_due
from kvcsr_widgets.vault.client import Vault
from kvcsr_widgets.vault.records import Bundle, Certificate, Operation

AT_ONCE = 16
"""Reads at once beside the paging; the service takes 4,000 requests in ten seconds."""

VAULTS_AT_ONCE = 8
"""Vaults that are listed at once."""

REFUSALS = 5
"""Once so many requests of a vault were refused and none was allowed, no more are asked for."""

PATIENCE = 1.0
"""Seconds that a stop waits for the answers that are under way."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How far a load is.

    ``listed`` certificates of ``vaults`` vaults, ``vaults_listed`` of them to the end; requests
    and details read, of those that are due so far. ``seconds`` since it began. ``ended`` is
    whether all was read.
    """

    vaults: int = 0
    vaults_listed: int = 0
    listed: int = 0
    operations: int = 0
    operations_due: int = 0
    details: int = 0
    details_due: int = 0
    seconds: float = 0.0

    @property
    def ended(self) -> bool:
        """Whether all was read."""
        return (
            self.vaults_listed == self.vaults
            and self.operations == self.operations_due
            and self.details == self.details_due
        )


NOTHING = Counts()
"""What was read before a load."""


@dataclass(frozen=True, slots=True)
class _Due:
    """What is to be read of one certificate."""

    vault: Vault
    certificate: Certificate
    operation: bool
    bundle: bool


@dataclass(frozen=True, slots=True)
class _Read:
    """What was read of it; ``error`` is why not all of it."""

    due: _Due
    operation: Operation | None = None
    bundle: Bundle | None = None
    error: VaultError | None = None


class Loader:
    """One load. Threads ask the vaults; everything else happens in the thread of ``run``.

    ``known`` are entries of an earlier load, whose details are good as long as the list tells the
    same of the certificate.
    """

    def __init__(
        self,
        vaults: Sequence[Vault],
        now: datetime,
        *,
        details: bool,
        at_once: int,
        known: Mapping[Key, Entry],
        stop: threading.Event,
    ) -> None:
        self.counts = Counts(vaults=len(vaults))
        self._vaults, self._now, self._details = vaults, now, details
        self._known, self._stop = known, stop
        self._readers = ThreadPoolExecutor(at_once)
        self._listers = ThreadPoolExecutor(VAULTS_AT_ONCE)
        self._news: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._under_way: set[Future[_Read]] = set()
        self._lock = threading.Lock()
        self._entries: dict[str, dict[str, Entry]] = {vault.host: {} for vault in vaults}
        self._allowed: set[str] = set()
        self._refused: dict[str, list[VaultError]] = {vault.host: [] for vault in vaults}

    def entries(self) -> tuple[Entry, ...]:
        """What is there now, vault by vault; any thread may ask."""
        with self._lock:
            return tuple(entry for vault in self._entries.values() for entry in vault.values())

    def run(self, tell: Callable[[], object]) -> None:
        """Read until all is there or a stop; ``tell`` is called when there is something new."""
        begin = time.monotonic()
        try:
            for vault in self._vaults:
                self._listers.submit(self._list, vault)
            while not self.counts.ended and not self._stop.is_set():
                news = self._next()
                self.counts = replace(self.counts, seconds=time.monotonic() - begin)
                if news:
                    tell()
        finally:
            self._listers.shutdown(wait=False, cancel_futures=True)
            self._readers.shutdown(wait=False, cancel_futures=True)
            wait(self._under_way, PATIENCE)

    def _next(self) -> bool:
        """Take what has come in; whether there was anything."""
        try:
            self._news.get(timeout=0.1)()
            for _each in range(self._news.qsize()):
                self._news.get_nowait()()
        except queue.Empty:
            return False
        return True

    def _list(self, vault: Vault) -> None:
        """In a thread: the pages of one vault."""
        try:
            for certificate in vault.certificates():
                if self._stop.is_set():
                    return
                self._news.put(partial(self._listed, vault, certificate))
        except VaultError as error:
            self._news.put(partial(self._put, Entry(vault.host, None, error=error)))
        self._news.put(self._list_ended)

    def _list_ended(self) -> None:
        self._count(vaults_listed=1)

    def _listed(self, vault: Vault, certificate: Certificate) -> None:
        entry = Entry(vault.host, certificate)
        before = self._known.get(entry.key)
        if self._details and before is not None and before.certificate == certificate:
            entry = replace(entry, details=before.details)
        self._put(entry)
        self._count(listed=1)
        due = _Due(
            vault,
            certificate,
            operation=is_due(certificate, self._now),
            bundle=self._details and entry.details is None,
        )
        if due.operation or due.bundle:
            self._count(operations_due=due.operation, details_due=due.bundle)
            self._ask(due)

    def _ask(self, due: _Due) -> None:
        future = self._readers.submit(self._read, due)
        self._under_way.add(future)
        future.add_done_callback(lambda done: self._news.put(partial(self._answered, done)))

    def _read(self, due: _Due) -> _Read:
        """In a thread: one certificate. What was refused so often is not asked for any more."""
        read, host, name = _Read(due), due.vault.host, due.certificate.name
        refused = self._refused[host]
        if len(refused) >= REFUSALS and host not in self._allowed:
            return replace(read, error=refused[0])
        try:
            if due.operation:
                read = replace(read, operation=_operation(due.vault, name))
            if due.bundle:
                read = replace(read, bundle=due.vault.bundle(name))
        except VaultError as error:
            return replace(read, error=error)
        return read

    def _answered(self, future: Future[_Read]) -> None:
        self._under_way.discard(future)
        if future.cancelled():
            return
        read = future.result()
        due, host = read.due, read.due.vault.host
        if isinstance(read.error, ForbiddenError):
            self._refused[host].append(read.error)
        elif read.error is None:
            self._allowed.add(host)
        self._count(operations=due.operation, details=due.bundle)
        self._put(_completed(self._entries[host][due.certificate.name], read))

    def _put(self, entry: Entry) -> None:
        with self._lock:
            self._entries[entry.vault][entry.name] = entry

    def _count(self, **more: int) -> None:
        now = {name: getattr(self.counts, name) + number for name, number in more.items()}
        self.counts = replace(self.counts, **now)


def _operation(vault: Vault, name: str) -> Operation | None:
    try:
        return vault.operation(name)
    except NotFoundError:
        return None


def _completed(entry: Entry, read: _Read) -> Entry:
    """The entry with what was read of it."""
    due, found = read.due, entry.details
    asked = due.operation and (read.error is None or read.operation is not None)
    if read.bundle is not None:
        found = details(read.bundle, read.operation)
    elif found is not None and not entry.issued:
        found = details(Bundle(due.certificate, found.policy), read.operation)
    return replace(entry, read=asked, operation=read.operation, details=found, error=read.error)
