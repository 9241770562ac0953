"""One certificate of an inventory: what the list tells, its request, its details, or its error."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from kvcsr_widgets.errors import VaultError
from kvcsr_widgets.pki.pending import Status
from kvcsr_widgets.runbook.details import Details
from kvcsr_widgets.runbook.progress import waits_for_merge
from kvcsr_widgets.vault.records import Certificate, Operation

RENEWAL = 0.8
"""From this share of a certificate's life on, its next request may be open.

Key Vault's policies renew, or write to the contacts, at 80 % by default (recorded).
"""


class State(StrEnum):
    """Where a certificate's request stands."""

    PENDING = "pending"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    FAILED = "failed"
    NONE = "none"


UNKNOWN = "not known"
"""Stands for the state of a certificate whose request could not be read."""

_STATES = {
    Status.IN_PROGRESS: State.PENDING,
    Status.COMPLETED: State.COMPLETED,
    Status.CANCELLED: State.CANCELLED,
    Status.FAILED: State.FAILED,
}


class Part(StrEnum):
    """What a vault is asked for, one request each."""

    LIST = "list"
    REQUEST = "request"
    CERTIFICATE = "certificate"
    CHAIN = "chain"


@dataclass(frozen=True, slots=True)
class Key:
    """What an entry is found by: the vault's host and the certificate's name."""

    vault: str
    name: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A certificate of a vault, or a vault that could not be listed: then without ``certificate``.

    ``read`` is whether the vault was asked for the request; ``operation`` is None then where there
    is none. ``details`` are there where they were asked for. ``error`` is why something of it
    could not be read, and ``failed`` what that is.
    """

    vault: str
    certificate: Certificate | None
    read: bool = False
    operation: Operation | None = None
    details: Details | None = None
    error: VaultError | None = None
    failed: Part | None = None

    @property
    def name(self) -> str:
        """The certificate's name, empty for a vault that could not be listed."""
        return self.certificate.name if self.certificate is not None else ""

    @property
    def key(self) -> Key:
        """What it is found by."""
        return Key(self.vault, self.name)

    @property
    def issued(self) -> bool:
        """Whether there is a certificate, not only the placeholder of a request."""
        return self.certificate is not None and bool(self.certificate.thumbprint)

    @property
    def state(self) -> State | None:
        """Where its request stands, None where that is not known.

        A certificate whose request was not asked for counts as completed: the list shows that
        it was issued.
        """
        if self.operation is not None:
            return _STATES[self.operation.status]
        if self.read:
            return State.NONE
        return State.COMPLETED if self.issued and self.failed is not Part.REQUEST else None

    @property
    def waiting_since(self) -> datetime | None:
        """Since when a CA is waited for, as far as the vault tells.

        The vault has no date of a request; the placeholder of a first one has its own.
        """
        waits = self.operation is not None and waits_for_merge(self.operation)
        if not waits or self.issued or self.certificate is None:
            return None
        return self.certificate.created


def is_due(certificate: Certificate, now: datetime) -> bool:
    """Whether the list says that the certificate's request matters.

    One that was never merged waits, failed or was given up. A disabled one is told by its request
    (FAQ of the article). Late in a certificate's life the next request may be open: the list does
    not show it.
    """
    return not certificate.thumbprint or not certificate.enabled or is_late(certificate, now)


def is_late(certificate: Certificate, now: datetime) -> bool:
    """Whether most of a certificate's life is over, or it is not known how long it is."""
    begin, end = certificate.not_before, certificate.expires
    return begin is None or end is None or now >= begin + (end - begin) * RENEWAL


def is_open(entry: Entry | None) -> bool:
    """Whether a request is known to be open. A new version of a young certificate may be one."""
    return entry is not None and entry.state is State.PENDING
