"""The certificates of a vault and the states of their operations, as a pandas DataFrame."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pandas as pd

from kvcsr_widgets.pki.pending import Status
from kvcsr_widgets.runbook.progress import next_step, read_operations, words
from kvcsr_widgets.vault.client import Vault
from kvcsr_widgets.vault.records import Certificate, Operation

STATES = ("none", *(status.value for status in Status))
"""The categories of the column ``operation``: the service's spellings, and ``none``."""


def load(vault: Vault, now: datetime) -> pd.DataFrame:
    """One row a certificate, those that wait for their CA included, by name.

    Columns: ``name``; ``operation`` (category, one of ``STATES``); ``enabled`` (bool);
    ``not_before``, ``expires``, ``created``, ``updated`` (UTC); ``days_left`` (nullable integer,
    for certificates that have been issued); ``thumbprint`` (SHA-1, upper-case hexadecimal);
    ``request_id``; ``words`` (what the operation says of itself: its error or its status);
    ``next_step`` (a sentence). ``now`` is an aware time. Raises VaultError.
    """
    certificates = list(vault.certificates())
    operations = list(read_operations(vault, (certificate.name for certificate in certificates)))
    rows = [_row(c, o, now) for c, o in zip(certificates, operations, strict=True)]
    return pd.DataFrame(rows, columns=list(_DTYPES)).astype(_DTYPES)


_TIME = "datetime64[s, UTC]"
_DTYPES: dict[str, Any] = {
    "name": "string",
    "operation": pd.CategoricalDtype(list(STATES)),
    "enabled": "bool",
    "not_before": _TIME,
    "expires": _TIME,
    "days_left": "Int64",
    "thumbprint": "string",
    "created": _TIME,
    "updated": _TIME,
    "request_id": "string",
    "words": "string",
    "next_step": "string",
}


def _row(
    certificate: Certificate, operation: Operation | None, now: datetime
) -> tuple[object, ...]:
    issued = bool(certificate.thumbprint)
    expires = certificate.expires if issued else None
    return (
        certificate.name,
        operation.status.value if operation else "none",
        certificate.enabled,
        certificate.not_before if issued else None,
        expires,
        (expires - now).days if expires else None,
        certificate.thumbprint,
        certificate.created,
        certificate.updated,
        operation.request_id if operation else "",
        words(operation),
        next_step(operation, enabled=certificate.enabled, issued=issued, with_reason=False),
    )
