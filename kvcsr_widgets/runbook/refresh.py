"""An inventory that is brought up to date: by a load under way, or by a few names alone."""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from kvcsr_widgets.errors import NotFoundError, VaultError
from kvcsr_widgets.runbook.details import Details, details
from kvcsr_widgets.runbook.entries import Entry, Key, Part, is_due, is_open
from kvcsr_widgets.runbook.inventory import Inventory
from kvcsr_widgets.runbook.loading import AT_ONCE
from kvcsr_widgets.runbook.reading import request_of
from kvcsr_widgets.vault.client import Vault
from kvcsr_widgets.vault.records import Bundle, Operation


def over(before: Inventory | None, now: Inventory, hosts: Collection[str]) -> Inventory:
    """What a load has so far, and what was known ``before`` of the rest of the vaults ``hosts``.

    A certificate whose request or details are still to be read stays as it was known.
    """
    if before is None:
        return now
    known = {each.key: each for each in before.entries if each.vault in hosts}
    listed = {
        each.key: known[each.key] if _awaited(each, known.get(each.key), now) else each
        for each in now.entries
    }
    failed = {key.vault for key in listed if not key.name}
    stale = {key for key in known if not key.name and key.vault not in failed}
    entries = {key: entry for key, entry in known.items() if key not in stale} | listed
    return replace(now, entries=tuple(entries.values()))


def reread(
    before: Inventory,
    keys: Collection[Key],
    vaults: Mapping[str, Vault],
    stop: threading.Event | None = None,
) -> Inventory:
    """``before`` with these certificates read again, two requests each, ``AT_ONCE`` at a time.

    ``vaults`` are open, by host; names of others stay as they are. One that is gone loses its
    entry, one that is new gets one. One that cannot be read keeps what was known, with the error;
    raises VaultError where nothing was known of it. Once ``stop`` is set, the rest stays as it was
    known, too.
    """
    entries = {each.key: each for each in before.entries}
    wanted = [key for key in keys if key.vault in vaults and key.name]

    def read(key: Key) -> Entry | None:
        if stop is not None and stop.is_set():
            return entries.get(key)
        return _read(entries.get(key), key, vaults[key.vault], with_details=before.details)

    with ThreadPoolExecutor(AT_ONCE, "inventory-reader") as pool:
        news = dict(zip(wanted, pool.map(read, wanted), strict=True))
    found = (each for each in (entries | news).values() if each is not None)
    return replace(before, entries=tuple(_in_order(found)))


def _awaited(entry: Entry, before: Entry | None, now: Inventory) -> bool:
    """Whether something that was known of it ``before`` is still to be read."""
    if before is None or entry.certificate is None or entry.error is not None:
        return False
    unread = not entry.read and (is_due(entry.certificate, now.read_at) or is_open(before))
    return unread or (now.details and entry.details is None)


def _in_order(entries: Iterable[Entry]) -> Iterator[Entry]:
    """Vault by vault, as they come, and by name in each, as the service lists them."""
    by_vault: dict[str, list[Entry]] = {}
    for each in entries:
        by_vault.setdefault(each.vault, []).append(each)
    for some in by_vault.values():
        yield from sorted(some, key=lambda each: each.name.lower())


def _read(known: Entry | None, key: Key, vault: Vault, *, with_details: bool) -> Entry | None:
    part = Part.CERTIFICATE
    try:
        bundle = vault.bundle(key.name)
        part = Part.REQUEST
        operation = request_of(vault, key.name)
    except NotFoundError:
        return None
    except VaultError as error:
        if known is None:
            raise
        return replace(known, error=error, failed=part)
    entry = _entry(key.vault, bundle, operation, with_details=with_details)
    return _with_chain(entry, known.details if known is not None else None)


def _entry(host: str, bundle: Bundle, operation: Operation | None, *, with_details: bool) -> Entry:
    """As a load would have it."""
    return Entry(
        host,
        bundle.certificate.as_listed(),
        read=True,
        operation=operation,
        details=details(bundle, operation) if with_details else None,
    )


def _with_chain(entry: Entry, known: Details | None) -> Entry:
    """The length of the chain is not read again: that of a version does not change."""
    now = entry.details
    if now is None or known is None or not known.version or now.version != known.version:
        return entry
    length, was_read = known.chain_length, known.chain_read
    return replace(entry, details=replace(now, chain_length=length, chain_read=was_read))
