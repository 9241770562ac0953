"""What to send to support: enough to find a failure in the service's logs, and no secret."""

from __future__ import annotations

from datetime import datetime

from kvcsr_widgets.errors import KvcsrError, VaultError
from kvcsr_widgets.vault.blanking import blanked


def answered(error: VaultError) -> tuple[tuple[str, str], ...]:
    """What the vault answered, as labels and values, without secrets; nothing where it did not."""
    code = " · ".join(each for each in (error.code, error.inner_code) if each)
    rows = (
        ("HTTP status", str(error.status or "")),
        ("Code", code),
        ("Request id", error.request_id),
        ("The vault's words", error.service_text.strip()),
        ("The whole answer", error.answer.strip()),
    )
    return tuple((label, blanked(value)) for label, value in rows if value)


def report(error: KvcsrError, at: datetime) -> str:
    """The text for support about an error that came up at ``at``, an aware time."""
    found = answered(error) if isinstance(error, VaultError) else ()
    cause = error.cause if isinstance(error, VaultError) else ""
    return lines((("What happened", error.message), ("Cause", cause), *found), at)


def lines(rows: tuple[tuple[str, str], ...], at: datetime) -> str:
    """Labels and values as lines under the time in UTC; those without a value are left out."""
    head = f"Time: {at:%Y-%m-%d %H:%M:%S} UTC"
    return "\n".join([head, *(f"{label}: {value}" for label, value in rows if value)]) + "\n"
