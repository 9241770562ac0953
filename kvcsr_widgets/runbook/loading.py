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

from kvcsr_widgets.errors import VaultError
from kvcsr_widgets.runbook.details import details, has_public_chain
from kvcsr_widgets.runbook.entries import Entry, Key, Part, is_due
from kvcsr_widgets.runbook.reading import Due, Read, Reader
from kvcsr_widgets.vault.client import Vault
from kvcsr_widgets.vault.records import Bundle, Certificate

AT_ONCE = 16
"""Reads of one vault at once beside its paging; it takes 4,000 requests in ten seconds."""

VAULTS_AT_ONCE = 8
"""Vaults that are listed at once."""

HEAD_START = 0.02
"""Seconds that the next page is asked for before the reads that a page asks for.

Each page waits for the one before it, and nothing else does: its way is kept free.
"""

TELL_EVERY = 0.1
"""Seconds between two tellings of what is new."""

PATIENCE = 1.0
"""Seconds that a stop waits for the answers that are under way."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How far a load is.

    ``listed`` certificates of ``vaults`` vaults, ``vaults_listed`` of them to the end; requests
    and details read, of those that are due so far (a chain is a detail of its own). ``seconds``
    since it began.
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
class Wanted:
    """What a load is to read beside the list: ``details`` and, of them, ``chains``.

    ``now`` tells which requests matter. ``known`` are entries of an earlier load, whose details
    are good as long as the list tells the same of the certificate.
    """

    now: datetime
    details: bool
    chains: bool
    known: Mapping[Key, Entry]

    def entry(self, host: str, certificate: Certificate) -> Entry:
        """A certificate of the list, with the details that are known."""
        entry = Entry(host, certificate)
        before = self.known.get(entry.key)
        if self.details and before is not None and before.certificate == certificate:
            return replace(entry, details=before.details)
        return entry

    def parts(self, entry: Entry) -> tuple[Part, ...]:
        """What is to be read of a certificate of the list."""
        assert entry.certificate is not None
        request = (Part.REQUEST,) if is_due(entry.certificate, self.now) else ()
        if self.details and entry.details is None:
            return (*request, Part.CERTIFICATE)
        return (*request, Part.CHAIN) if self.wants_chain(entry) else request

    def wants_chain(self, entry: Entry) -> bool:
        """Whether the chain is to be read of a certificate whose other details are known."""
        return (
            self.chains
            and entry.certificate is not None
            and entry.certificate.enabled  # a disabled secret is given to nobody
            and entry.details is not None
            and has_public_chain(entry.details, entry.certificate)
        )


class Loader:
    """One load. Threads ask the vaults; everything else happens in the thread of ``run``.

    Each vault has readers of its own: one that is busy keeps no other waiting.
    """

    def __init__(
        self, vaults: Sequence[Vault], wanted: Wanted, *, at_once: int, stop: threading.Event
    ) -> None:
        self.counts = Counts(vaults=len(vaults))
        self._vaults, self._wanted, self._stop = vaults, wanted, stop
        self._ended = threading.Event()
        self._readers = {
            vault.host: ThreadPoolExecutor(at_once, "inventory-reader") for vault in vaults
        }
        self._listers = ThreadPoolExecutor(VAULTS_AT_ONCE, "inventory-lister")
        self._reader = Reader()
        self._news: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._to_send: list[Due] = []
        self._under_way: set[Future[Read]] = set()
        self._lock = threading.Lock()
        self._entries: dict[str, dict[str, Entry]] = {vault.host: {} for vault in vaults}

    def entries(self) -> tuple[Entry, ...]:
        """What is there now, vault by vault; any thread may ask."""
        with self._lock:
            return tuple(entry for vault in self._entries.values() for entry in vault.values())

    def run(self, tell: Callable[[], object]) -> None:
        """Read until all is there or a stop; ``tell`` is called when there is something new."""
        begin, told, news = time.monotonic(), 0.0, False
        try:
            self._begin()
            while not self.counts.ended and not self._stop.is_set():
                news |= self._next()
                now = time.monotonic()
                self.counts = replace(self.counts, seconds=now - begin)
                if news and now - told >= TELL_EVERY:
                    tell()
                    told, news = now, False
                self._send()
        finally:
            self._end()
        news |= self._take()
        self.counts = replace(self.counts, seconds=time.monotonic() - begin)
        if news:
            tell()

    def _begin(self) -> None:
        if self._stop.is_set():
            return
        for vault in self._vaults:
            future = self._listers.submit(self._list, vault)
            future.add_done_callback(lambda done: self._news.put(partial(self._list_ended, done)))

    def _end(self) -> None:
        """Let no thread begin anything, and wait a little for the answers under way."""
        self._ended.set()
        for pool in (self._listers, *self._readers.values()):
            pool.shutdown(wait=False, cancel_futures=True)
        wait([each for each in self._under_way if not each.cancelled()], PATIENCE)

    def _next(self) -> bool:
        """Wait a little for what comes in; whether there was anything."""
        try:
            self._news.get(timeout=TELL_EVERY)()
        except queue.Empty:
            return False
        self._take()
        return True

    def _take(self) -> bool:
        """Take what has come in; whether there was anything."""
        there = self._news.qsize()
        for _each in range(there):
            self._news.get_nowait()()
        return there > 0

    def _list(self, vault: Vault) -> bool:
        """In a thread: the pages of one vault; whether that came to its end."""
        try:
            with vault.until(self._ended):
                for page in vault.pages():
                    if self._ended.is_set():
                        return False
                    self._news.put(partial(self._listed, vault, page, time.monotonic()))
        except VaultError as error:
            if self._ended.is_set():
                return False
            refused = Entry(vault.host, None, error=error, failed=Part.LIST)
            self._news.put(partial(self._put, refused))
        return True

    def _list_ended(self, future: Future[bool]) -> None:
        if not future.cancelled() and future.result():
            self._count(vaults_listed=1)

    def _listed(self, vault: Vault, page: Sequence[Certificate], read_at: float) -> None:
        """One page. A name that comes twice, while the vault is changed, counts once."""
        there = self._entries[vault.host]
        for certificate in page:
            if certificate.name in there:
                continue
            entry = self._wanted.entry(vault.host, certificate)
            self._put(entry)
            self._count(listed=1)
            parts = self._wanted.parts(entry)
            if parts:
                version = entry.details.version if entry.details is not None else ""
                self._ask(Due(vault, certificate, parts, version, read_at + HEAD_START))

    def _ask(self, due: Due) -> None:
        request = Part.REQUEST in due.parts
        self._count(operations_due=request, details_due=len(due.parts) - request)
        self._to_send.append(due)

    def _send(self) -> None:
        """Hand out what is due, once the rows have been told of."""
        for due in self._to_send:
            future = self._readers[due.vault.host].submit(self._read, due)
            self._under_way.add(future)
            future.add_done_callback(lambda done: self._news.put(partial(self._answered, done)))
        self._to_send.clear()

    def _read(self, due: Due) -> Read:
        """In a thread: one certificate."""
        self._ended.wait(max(0.0, due.after - time.monotonic()))
        with due.vault.until(self._ended):
            return self._reader.read(due)

    def _answered(self, future: Future[Read]) -> None:
        self._under_way.discard(future)
        if future.cancelled():
            return
        read = future.result()
        if read.error is not None and self._ended.is_set():
            return  # it may be the stop that it met
        due = read.due
        entry = completed(self._entries[due.vault.host][due.certificate.name], read)
        self._put(entry)
        if (
            read.bundle is not None
            and entry.details is not None
            and self._wanted.wants_chain(entry)
        ):
            self._ask(Due(due.vault, due.certificate, (Part.CHAIN,), entry.details.version))
        request = Part.REQUEST in due.parts
        self._count(operations=request, details=len(due.parts) - request)

    def _put(self, entry: Entry) -> None:
        with self._lock:
            self._entries[entry.vault][entry.name] = entry

    def _count(self, **more: int) -> None:
        now = {name: getattr(self.counts, name) + number for name, number in more.items()}
        self.counts = replace(self.counts, **now)


def completed(entry: Entry, read: Read) -> Entry:
    """An entry with what was read of it."""
    found = entry.details
    if read.bundle is not None:
        found = details(read.bundle, read.operation)
    elif found is not None and read.knows_chain:
        found = replace(found, chain_length=read.chain_length, chain_read=True)
    elif found is not None and not entry.issued and read.knows_request:
        found = details(Bundle(read.due.certificate, found.policy), read.operation)
    changes = replace(entry, details=found, error=read.error, failed=read.failed)
    if not read.knows_request:
        return changes
    return replace(changes, read=True, operation=read.operation)
