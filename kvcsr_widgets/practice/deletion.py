"""Soft delete: delete, then recover or purge; a deleted certificate is purged after 90 days.

A vault of the practice kind always has soft delete and no purge protection.
"""

from __future__ import annotations

from dataclasses import replace

from kvcsr_widgets.practice import refusals
from kvcsr_widgets.practice.bundles import RECOVERABLE_DAYS
from kvcsr_widgets.practice.clock import DAY
from kvcsr_widgets.practice.fields import is_by_hand
from kvcsr_widgets.practice.rows import Certificate, Operation, Version
from kvcsr_widgets.practice.rules import Rules


class Deletion:
    """Deletes and brings back; both show ``delays.delete`` seconds later."""

    def __init__(self, rules: Rules) -> None:
        self.shelf = rules.shelf
        self.store = rules.store
        self.delays = rules.delays

    def delete(self, name: str) -> Certificate:
        """Put a certificate with all its versions and its request among the deleted ones."""
        with self.store.transaction():
            now = self.shelf.now
            deleted = replace(
                self.shelf.certificate(name),
                deleted_at=now,
                purge_at=now + RECOVERABLE_DAYS * DAY,
                settles_at=self._settles_at(),
            )
            self.store.put(deleted)
            self.store.renew_none(deleted.name)
            operation = self.store.operation(name)
            if operation is not None and operation.due is not None:
                self.store.put(replace(operation, due=None))
        return deleted

    def get(self, name: str) -> Certificate:
        """A deleted certificate, once its deletion is done."""
        found = self.store.certificate(name)
        if found is None or found.deleted_at is None or found.settles_at > self.shelf.now:
            raise refusals.no_deleted(name)
        return found

    def newest(self, certificate: Certificate) -> Version:
        """The version that answers for a deleted certificate."""
        found = self.store.newest(certificate.name)
        if found is None:  # purged by another process since
            raise refusals.no_deleted(certificate.name)
        return found

    def recover(self, name: str) -> Version:
        """Bring a certificate back as it was; an issuer at work goes on."""
        with self.store.transaction():
            settles_at = self._settles_at()
            found = replace(self._settled(name), deleted_at=None, purge_at=None)
            self.store.put(replace(found, settles_at=settles_at))
            operation = self.store.operation(name)
            if operation is not None and self._waits_for_issuer(operation):
                self.store.put(replace(operation, due=max(settles_at, self.shelf.now)))
            newest = self.newest(found)
            self.shelf.put_newest(newest)
        return newest

    def purge(self, name: str) -> None:
        """Remove a deleted certificate for good."""
        with self.store.transaction():
            self.store.purge(self._settled(name).name)

    def _settles_at(self) -> int:
        """When a deletion or recovery of now shows; 0 for at once, whatever the clock does."""
        return self.shelf.now + self.delays.delete if self.delays.delete else 0

    def _waits_for_issuer(self, operation: Operation) -> bool:
        in_progress = self.shelf.status(operation) == "inProgress"
        asked = not operation.cancellation_requested
        return in_progress and asked and not is_by_hand(operation.issuer)

    def _settled(self, name: str) -> Certificate:
        known = self.store.certificate(name)
        if known is not None and known.deleted_at and known.settles_at > self.shelf.now:
            raise refusals.is_being(known.name, "deleted")
        return self.get(name)
