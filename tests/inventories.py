"""Entries and inventories to test with: keyword-only factories, one deviation a test."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

import pandas as pd

from kvcsr_widgets.errors import VaultError
from kvcsr_widgets.pki.pending import Status
from kvcsr_widgets.runbook.details import Details
from kvcsr_widgets.runbook.entries import Entry, Part
from kvcsr_widgets.runbook.frame import frame_of
from kvcsr_widgets.runbook.inventory import Inventory
from kvcsr_widgets.runbook.loading import Counts
from kvcsr_widgets.vault.records import Certificate, Operation
from tests.certificates import DAY, NOW

VAULT = "contoso.vault.azure.net"
YEAR = 365 * DAY


def issued(
    *,
    name: str = "web",
    vault: str = VAULT,
    expires: datetime = NOW + 200 * DAY,
    enabled: bool = True,
    status: Status | None = None,
    issuer: str = "Unknown",
    error: VaultError | None = None,
    failure: str = "",
    read: bool = False,
    tags: Mapping[str, str] | None = None,
    details: Details | None = None,
) -> Entry:
    """A certificate in use; with ``status``, its renewal stands so."""
    certificate = Certificate(
        *(name, "", enabled, expires - YEAR, expires - YEAR, expires - YEAR, expires, "AB" * 20),
        tags=dict(tags or {}),
    )
    operation = None
    if status is not None:
        operation = Operation(name, status, issuer, None, False, "", failure, "r1")
    asked = read or operation is not None
    failed = Part.REQUEST if error is not None and not asked else None
    return Entry(vault, certificate, asked, operation, details, error, failed)


def waiting(
    *,
    name: str = "new",
    vault: str = VAULT,
    days: float = 3,
    issuer: str = "Unknown",
    status: Status = Status.IN_PROGRESS,
    failure: str = "",
    said: str = "",
) -> Entry:
    """A first request, made so many days ago; ``said`` is what it says of itself."""
    made = NOW - days * DAY
    placeholder = Certificate(name, "", False, made, made, None, None, "")
    return Entry(
        *(vault, placeholder, True),
        Operation(name, status, issuer, None, False, said, failure, "r1"),
    )


def unread(*, name: str = "new") -> Entry:
    """A first request of which nothing but its line in the list was read."""
    return replace(waiting(name=name), read=False, operation=None)


def refused(error: VaultError, *, vault: str = VAULT) -> Entry:
    """A vault that could not be listed."""
    return Entry(vault, None, error=error, failed=Part.LIST)


def frame(*entries: Entry, details: bool = False) -> pd.DataFrame:
    """Their frame."""
    return frame_of(entries, NOW, details=details)


def inventory(
    *entries: Entry, details: bool = False, stopped: bool = False, reading: bool = False
) -> Inventory:
    """What was read to its end; ``reading`` is whether reading goes on."""
    listed = sum(entry.certificate is not None for entry in entries)
    counts = Counts(vaults=1, vaults_listed=0 if reading or stopped else 1, listed=listed)
    return Inventory(entries, NOW, details, stopped, counts)


def many(number: int, *, every: int = 10) -> Iterable[Entry]:
    """So many certificates that expire over years; each ``every``th waits for a CA."""
    for place in range(number):
        name = f"cert-{place:05d}"
        if place % every:
            yield issued(name=name, expires=NOW + (place % 1000 - 50) * DAY, tags={"n": name})
        else:
            yield waiting(name=name, days=place % 120)
