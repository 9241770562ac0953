"""Entries of an inventory that no vault was asked for, each with one deviation from a good one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from kvcsr_widgets.errors import VaultError
from kvcsr_widgets.pki.pending import Status
from kvcsr_widgets.runbook.entries import Entry
from kvcsr_widgets.runbook.inventory import Inventory
from kvcsr_widgets.runbook.loading import Counts
from kvcsr_widgets.vault.records import Certificate, Operation

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOST = "contoso.vault.azure.net"
THUMBPRINT = "0A1B2C3D4E5F60718293A4B5C6D7E8F901234567"


def finished(
    name: str,
    *,
    days: float = 300,
    enabled: bool = True,
    tags: dict[str, str] | None = None,
    vault: str = HOST,
) -> Entry:
    """A certificate in use that expires in so many days."""
    begin, end = NOW - timedelta(days=20), NOW + timedelta(days=days)
    found = Certificate(name, "", enabled, begin, begin, begin, end, THUMBPRINT, tags=tags or {})
    return Entry(vault, found)


def waiting(
    name: str,
    *,
    days: float = 3,
    status: Status = Status.IN_PROGRESS,
    error: str = "",
    details: str = "",
) -> Entry:
    """A first request, made so many days ago."""
    made = NOW - timedelta(days=days)
    placeholder = Certificate(name, "", enabled=False, created=made, updated=made,
                              not_before=None, expires=None, thumbprint="")  # fmt: skip
    operation = Operation(
        name, status, "Unknown", None, cancellation_requested=False, details=details, error=error,
        request_id="r",
    )  # fmt: skip
    return Entry(HOST, placeholder, read=True, operation=operation)


def unread(name: str) -> Entry:
    """A first request of which nothing was read yet."""
    entry = waiting(name)
    return Entry(entry.vault, entry.certificate)


def failed_vault(error: VaultError) -> Entry:
    return Entry(HOST, None, error=error)


def inventory(*entries: Entry, details: bool = False, ended: bool = True) -> Inventory:
    count = len(entries)
    counts = Counts(vaults=1, vaults_listed=int(ended), listed=count)
    return Inventory(entries, NOW, details=details, counts=counts)
