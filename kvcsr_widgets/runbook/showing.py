"""Everything that a vault tells of one certificate: facts, the CSR in short, policy, versions."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice

from kvcsr_widgets.errors import ForbiddenError, NotFoundError
from kvcsr_widgets.runbook.details import details
from kvcsr_widgets.runbook.entries import Entry, is_late
from kvcsr_widgets.runbook.progress import next_step
from kvcsr_widgets.runbook.reading import request_of
from kvcsr_widgets.runbook.rows import Gone, Row
from kvcsr_widgets.vault.client import Vault
from kvcsr_widgets.vault.deleted import Deleted
from kvcsr_widgets.vault.records import Certificate, Operation

MAX_VERSIONS = 100
"""Versions that are read."""

OF_CSR = frozenset(
    (
        *("Subject", "Key", "DNS and other names", "Extensions", "Key usage"),
        *("Extended key usage", "Signature", "SHA-256 of the public key"),
    )
)
"""What is told of a CSR; its own panel has the rest."""

Facts = tuple[tuple[str, str], ...]
"""Labels and values."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One certificate as the vault has it now.

    ``policy`` is indented JSON in the REST spelling. ``versions`` are the finished ones, at most
    ``MAX_VERSIONS``. ``notes`` say what could not be read or is left out, a sentence each.
    """

    vault: str
    name: str
    facts: Facts
    policy: str = ""
    versions: tuple[Certificate, ...] = ()
    notes: tuple[str, ...] = ()


def show(vault: Vault, row: Row) -> Shown:
    """Read all of what a row stands for. Raises VaultError where the certificate cannot be read."""
    if isinstance(row, Gone):
        return Shown(vault.host, row.name, tuple(_of_deleted(vault.deleted.get(row.name))))
    bundle, notes = vault.bundle(row.name), list[str]()
    operation = _operation(vault, row.name, notes)
    entry = Entry(
        vault.host, bundle.certificate, True, operation, details=details(bundle, operation)
    )
    policy = json.dumps(json.loads(bundle.policy), indent=2) if bundle.policy else ""
    versions = _versions(vault, row.name, notes)
    return Shown(vault.host, row.name, tuple(_facts(entry)), policy, versions, tuple(notes))


def _operation(vault: Vault, name: str, notes: list[str]) -> Operation | None:
    try:
        return request_of(vault, name)
    except ForbiddenError as error:
        notes.append(f"Its request could not be read. {error.message} {error.hint}".strip())
        return None


def _versions(vault: Vault, name: str, notes: list[str]) -> tuple[Certificate, ...]:
    try:
        found = tuple(islice(vault.versions(name), MAX_VERSIONS + 1))
    except (ForbiddenError, NotFoundError) as error:
        notes.append(f"Its versions could not be listed. {error.message} {error.hint}".strip())
        return ()
    if len(found) > MAX_VERSIONS:
        notes.append(f"It has more than {MAX_VERSIONS} versions; these are some of them.")
    return found[:MAX_VERSIONS]


def _facts(entry: Entry) -> Iterator[tuple[str, str]]:
    found, now = entry.certificate, datetime.now(UTC)
    assert found is not None
    yield "Vault", entry.vault
    yield "Name", found.name
    yield (
        "Next step",
        next_step(
            entry.operation,
            enabled=found.enabled,
            issued=entry.issued,
            expires=found.expires if entry.issued and is_late(found, now) else None,
            now=now,
        ),
    )
    yield from _given(
        ("Enabled", "yes" if found.enabled else "no"),
        ("Created", moment(found.created)),
        ("Changed", moment(found.updated)),
        ("Tags", ", ".join(f"{name}={value}" for name, value in found.tags.items())),
    )
    if entry.issued:
        yield from _given(
            ("Version", found.version),
            ("Valid from", moment(found.not_before)),
            ("Expires", moment(found.expires)),
            ("Thumbprint", found.thumbprint),
        )
    yield from _of_details(entry)
    if entry.operation is not None:
        yield from _of_request(entry.operation)


def _of_details(entry: Entry) -> Iterator[tuple[str, str]]:
    found = entry.details
    if found is None:
        return
    yield from _given(
        ("Subject", found.subject),
        ("Names", ", ".join(found.names)),
        ("Key", found.key),
        ("Serial number", found.serial),
    )


def _of_request(operation: Operation) -> Iterator[tuple[str, str]]:
    yield from _given(
        ("Request", f"{operation.status.value}, issuer {operation.issuer}"),
        ("Its id", operation.request_id),
        ("It says", operation.details),
        ("Its error", operation.error),
    )
    csr = operation.csr
    if csr is not None:
        rows = csr.rows()
        yield from ((f"CSR: {label}", value) for label, value in rows if label in OF_CSR)


def _of_deleted(found: Deleted) -> Iterator[tuple[str, str]]:
    yield from _given(
        ("Name", found.name),
        ("Deleted", moment(found.deleted)),
        ("Purged by the vault", moment(found.purge)),
        ("Can be purged before", "yes" if found.purgeable else "no: purge protection"),
        ("Thumbprint", found.thumbprint),
        ("Expires", moment(found.expires)),
    )


def _given(*rows: tuple[str, str]) -> Iterator[tuple[str, str]]:
    return (row for row in rows if row[1])


def moment(at: datetime | None) -> str:
    """An aware time to the minute, empty for none: ``2026-01-31 12:00 UTC``."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC" if at is not None else ""
