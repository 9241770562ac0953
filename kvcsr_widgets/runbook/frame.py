"""An inventory as a pandas DataFrame: the columns, their types and what they mean."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import pandas as pd

from kvcsr_widgets.runbook.entries import Entry, State, is_late
from kvcsr_widgets.runbook.progress import next_step

_TIME = "datetime64[s, UTC]"

COLUMNS: dict[str, tuple[Any, str]] = {
    "vault": ("string", "the vault's host"),
    "name": ("string", "the certificate's name; missing for a vault that could not be listed"),
    "version": ("string", "its newest version, known with details"),
    "state": (
        pd.CategoricalDtype([state.value for state in State]),
        "where its request stands; completed also for an issued certificate whose request was not "
        "asked for; none where there is no request, as after an import; missing where that could "
        "not be read",
    ),
    "status_detail": ("string", "what the request says of itself"),
    "error": ("string", "why the request failed, or why something could not be read"),
    "enabled": ("boolean", "whether the certificate may be used"),
    "created": (_TIME, "when the certificate, or the placeholder of its request, was made"),
    "updated": (_TIME, "when it was changed last"),
    "not_before": (_TIME, "from when it is valid; missing where nothing was merged"),
    "expires": (_TIME, "until when it is valid; missing where nothing was merged"),
    "days_left": ("Int64", "whole days until it expires, negative after that"),
    "thumbprint": ("string", "SHA-1 in upper-case hexadecimal; missing where nothing was merged"),
    "issuer": ("string", "the issuer of its request, where that was read"),
    "request_id": ("string", "the id of its request, where that was read"),
    "waiting_since": (_TIME, "since when a CA is waited for, as far as the vault tells"),
    "next_step": ("string", "what to do now, as a sentence"),
    "tags": ("object", "its tags, a dict"),
}
"""The columns of every frame, in their order: the pandas type and the meaning.

What is missing is NA; times are UTC.
"""

DETAILS: dict[str, tuple[Any, str]] = {
    "subject": ("string", "X.500 text as Key Vault writes it; of the CSR where nothing was merged"),
    "names": ("object", "the SANs, a tuple of texts; of the CSR where nothing was merged"),
    "key": ("string", "kind and size of the key, such as RSA 2048"),
    "serial": ("string", "the serial number in upper-case hexadecimal"),
    "chain_length": (
        "Int64",
        "certificates in the chain with the leaf; known of what signed itself, and of others where "
        "chains were asked for and the secret holds no key",
    ),
    "policy": ("string", "the policy as JSON in the REST spelling"),
}
"""The further columns of a frame with details."""


def frame_of(entries: Iterable[Entry], now: datetime, *, details: bool = False) -> pd.DataFrame:
    """A row for each entry, in their order, with the columns of ``COLUMNS`` (and ``DETAILS``).

    ``now`` is an aware time, from which the days are counted.
    """
    columns = COLUMNS | (DETAILS if details else {})
    rows = [(*_row(each, now), *(_details(each) if details else ())) for each in entries]
    kinds = {name: kind for name, (kind, _meaning) in columns.items()}
    return pd.DataFrame(rows, columns=list(columns), dtype=object).astype(kinds)


def waits_by_hand(frame: pd.DataFrame) -> pd.Series:
    """Of each row, whether its request waits until a person has it signed and merges the reply."""
    by_hand = frame["issuer"].str.lower().eq("unknown")
    return (by_hand & frame["state"].eq(State.PENDING.value)).fillna(False).astype(bool)


def _row(entry: Entry, now: datetime) -> tuple[object, ...]:
    found, operation = entry.certificate, entry.operation
    state = entry.state
    if found is None:
        said = str(entry.error) if entry.error is not None else None
        return (entry.vault, None, None, None, None, said, *(None,) * 11, {})
    expires = found.expires if entry.issued else None
    return (
        entry.vault,
        found.name,
        entry.details.version or None if entry.details is not None else None,
        None if state is None else state.value,
        (operation.details or None) if operation is not None else None,
        _error(entry),
        found.enabled,
        found.created,
        found.updated,
        found.not_before if entry.issued else None,
        expires,
        (expires - now).days if expires is not None else None,
        found.thumbprint or None,
        (operation.issuer or None) if operation is not None else None,
        (operation.request_id or None) if operation is not None else None,
        entry.waiting_since,
        _next_step(entry, now),
        found.tags,
    )


def _error(entry: Entry) -> str | None:
    failed = entry.operation.error if entry.operation is not None else ""
    return failed or (str(entry.error) if entry.error is not None else None)


def _next_step(entry: Entry, now: datetime) -> str | None:
    """None where it is not known how it stands."""
    if entry.state is None or entry.certificate is None:
        return None
    found = entry.certificate
    return next_step(
        entry.operation,
        enabled=found.enabled,
        issued=entry.issued,
        with_reason=False,
        expires=found.expires if entry.issued and is_late(found, now) else None,
        now=now,
    )


def _details(entry: Entry) -> tuple[object, ...]:
    found = entry.details
    if found is None:
        return (None, (), None, None, None, None)
    return (
        found.subject or None,
        found.names,
        found.key or None,
        found.serial or None,
        found.chain_length,
        found.policy or None,
    )
