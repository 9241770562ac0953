"""What changed with a request between two looks: as a sentence, and in an inventory."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from kvcsr_widgets.errors import NotFoundError
from kvcsr_widgets.pki.pending import Status
from kvcsr_widgets.runbook.details import details
from kvcsr_widgets.runbook.entries import Entry, Key, State
from kvcsr_widgets.runbook.inventory import Inventory
from kvcsr_widgets.runbook.progress import by_hand, state
from kvcsr_widgets.runbook.reading import request_of
from kvcsr_widgets.vault.client import Vault
from kvcsr_widgets.vault.records import Bundle, Certificate, Operation

LONGEST = 500
"""Characters of a stranger's words that a sentence takes."""


@dataclass(frozen=True, slots=True)
class Look:
    """What a vault tells of a request: None where there is none.

    ``certificate`` is the newest version, read where the request is completed or gone; None where
    it was not read or where there is none, either.
    """

    operation: Operation | None
    certificate: Certificate | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """A request stands otherwise than before. ``after`` is None where it is gone.

    ``at`` is when that was seen, an aware time; ``sentence`` is for a person. ``certificate`` is as
    in ``Look``.
    """

    key: Key
    before: Operation
    after: Operation | None
    at: datetime
    sentence: str
    certificate: Certificate | None = None


def pending(inventory: Inventory) -> dict[Key, Operation]:
    """The requests of an inventory that are pending."""
    return {
        each.key: each.operation
        for each in inventory.entries
        if each.state is State.PENDING and each.operation is not None
    }


def look(vault: Vault, name: str) -> Look:
    """Look at the request of a certificate, by at most two requests. Raises VaultError."""
    operation = request_of(vault, name)
    if operation is not None and operation.status is not Status.COMPLETED:
        return Look(operation)
    try:
        return Look(operation, vault.certificate(name))
    except NotFoundError:
        return Look(operation)


def change(key: Key, before: Operation, found: Look, at: datetime) -> Change | None:
    """What a look shows that is news, None for none."""
    if found.operation == before:
        return None
    sentence = _sentence(key.name, before, found)
    return Change(key, before, found.operation, at, sentence, found.certificate)


def _sentence(name: str, before: Operation, found: Look) -> str:
    after = found.operation
    if after is None:
        if found.certificate is None:
            return f"“{name}” is gone: the certificate was deleted with its request."
        return f"The request of “{name}” is gone: it was deleted."
    if after.request_id != before.request_id:
        return f"“{name}” has another request: {state(after)}."
    if after.status is Status.COMPLETED:
        return f"“{name}” was {_issued(after, found.certificate)}."
    if after.status is Status.FAILED:
        return f"The request of “{name}” failed: {_short(after.error) or 'the CA gave no reason'}"
    if after.status is Status.CANCELLED:
        return f"The request of “{name}” was cancelled."
    if after.cancellation_requested != before.cancellation_requested:
        is_so = "is being cancelled" if after.cancellation_requested else "goes on after all"
        return f"The request of “{name}” {is_so}."
    words = _short(after.error or after.details)
    return f"The request of “{name}” says: {words}" if words else f"“{name}” has changed."


def _issued(operation: Operation, certificate: Certificate | None) -> str:
    done = "merged" if by_hand(operation) else f"issued by {operation.issuer}"
    if certificate is None:
        return done
    return f"{done} and is in use" if certificate.enabled else f"{done}, but is disabled"


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def with_changes(inventory: Inventory, changes: Iterable[Change]) -> Inventory:
    """The inventory as it is after changes, in their order; what it has not, it does not get."""
    news = {each.key: each for each in changes}
    entries = (
        _changed(each, news[each.key]) if each.key in news else each for each in inventory.entries
    )
    return replace(inventory, entries=tuple(each for each in entries if each is not None))


def _changed(entry: Entry, news: Change) -> Entry | None:
    """The entry after a change, None where its certificate is gone."""
    after, certificate, found = news.after, news.certificate, entry.details
    if entry.certificate is None or (after is None and certificate is None):
        return None
    if found is not None and (certificate is not None or not entry.issued):
        bundle = Bundle(certificate or entry.certificate, found.policy)
        found = details(bundle, after)
    listed = entry.certificate
    if certificate is not None:
        listed = certificate.as_listed()
    known = replace(entry, certificate=listed, read=True, operation=after, details=found)
    return replace(known, error=None, failed=None)
