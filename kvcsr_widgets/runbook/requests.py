"""The requests of a vault that a person may want in hand, of ten certificates or ten thousand."""

from __future__ import annotations

import heapq
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from kvcsr_widgets.errors import ForbiddenError, VaultError
from kvcsr_widgets.runbook.entries import Entry, Part
from kvcsr_widgets.runbook.loading import AT_ONCE, Counts, Loader, Wanted, completed
from kvcsr_widgets.runbook.reading import Due, Reader
from kvcsr_widgets.vault.client import Vault
from kvcsr_widgets.vault.records import Operation

RECENT = 100
"""So many of the certificates whose request need not matter are asked for theirs all the same."""

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Requests:
    """The requests that have a CSR, finished ones too, in the vault's order.

    ``unknown`` are the names of the certificates whose request was not read; ``errors`` are why
    that was so for some of them. ``stopped`` is whether a person ended the reading before its end.
    """

    operations: tuple[Operation, ...] = ()
    unknown: frozenset[str] = frozenset()
    errors: tuple[VaultError, ...] = ()
    stopped: bool = False


def requests(
    vault: Vault,
    *,
    progress: Callable[[Counts], object] = lambda _counts: None,
    cancel: threading.Event | None = None,
    now: datetime | None = None,
) -> Requests:
    """Read the requests that matter, as an inventory does, and those of what changed last.

    A vault of at most ``RECENT`` certificates is so read whole. ``progress`` is called in this
    thread as answers arrive; ``cancel``, once set, ends the reading with what was read. ``now`` is
    an aware time, the machine's by default. Raises VaultError if the vault cannot be listed; one
    request that cannot be read hides no other.
    """
    stop = cancel or threading.Event()
    moment = now or datetime.now(UTC)
    wanted = Wanted(moment, details=False, chains=False, known={})
    loader = Loader([vault], wanted, at_once=AT_ONCE, stop=stop)
    loader.run(lambda: progress(loader.counts))
    entries = loader.entries()
    for each in entries:
        if each.certificate is None and each.error is not None:
            raise each.error
    read = {each.name: each for each in entries}
    if not stop.is_set() and not _refused(entries):
        read |= _others(vault, entries, loader.counts, progress, stop)
    return Requests(
        tuple(o for each in read.values() if (o := each.operation) is not None and o.csr),
        frozenset(name for name, each in read.items() if not each.read),
        tuple(each.error for each in read.values() if each.error is not None),
        stop.is_set(),
    )


def _refused(entries: Iterable[Entry]) -> bool:
    """Whether the user may not read requests: some were refused and none was read."""
    asked = [each for each in entries if each.read or each.error is not None]
    return bool(asked) and all(isinstance(each.error, ForbiddenError) for each in asked)


def _others(
    vault: Vault,
    entries: Iterable[Entry],
    counts: Counts,
    progress: Callable[[Counts], object],
    stop: threading.Event,
) -> dict[str, Entry]:
    """Those that were changed last of all that were not asked for yet, by name."""
    left = (each for each in entries if not each.read and each.error is None)
    chosen = heapq.nlargest(RECENT, left, key=_changed)
    total = counts.operations_due + len(chosen)
    read, reader = dict[str, Entry](), Reader()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for entry in pool.map(lambda each: _read(reader, vault, each, stop), chosen):
            read[entry.name] = entry
            done = counts.operations + len(read)
            progress(replace(counts, operations=done, operations_due=total))
    return read


def _changed(entry: Entry) -> datetime:
    found = entry.certificate
    return (found.updated or found.created or _LONG_AGO) if found is not None else _LONG_AGO


def _read(reader: Reader, vault: Vault, entry: Entry, stop: threading.Event) -> Entry:
    """The entry with its request; as it was, once there was a stop."""
    assert entry.certificate is not None
    if stop.is_set():
        return entry
    with vault.until(stop):
        read = reader.read(Due(vault, entry.certificate, (Part.REQUEST,)))
    return entry if read.error is not None and stop.is_set() else completed(entry, read)
