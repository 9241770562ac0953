"""What to send to support: enough to find a failure in the service's logs, and no secret."""

from __future__ import annotations

from datetime import datetime

from kvcsr_widgets.errors import KvcsrError, VaultError
from kvcsr_widgets.vault.blanking import blanked
from kvcsr_widgets.vault.pasted import one_line

MAX_WORDS = 300
"""Characters of the vault's words that are told in a sentence."""


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


def own_words(error: KvcsrError) -> str:
    """The words of an answer of which the catalogue knows no cause, as a sentence; else empty.

    For places that have no room for the whole answer: what nobody knows is not hidden there.
    """
    if not isinstance(error, VaultError) or error.cause or not error.service_text.strip():
        return ""
    words = blanked(one_line(error.service_text), MAX_WORDS).rstrip(".")
    return f"In its own words: “{words}”."


def report(error: KvcsrError, at: datetime) -> str:
    """The text for support about an error that came up at ``at``, an aware time."""
    found = answered(error) if isinstance(error, VaultError) else ()
    cause = error.cause if isinstance(error, VaultError) else ""
    return lines((("What happened", error.message), ("Cause", cause), *found), at)


def lines(rows: tuple[tuple[str, str], ...], at: datetime) -> str:
    """Labels and values as lines under the time in UTC; those without a value are left out."""
    head = f"Time: {at:%Y-%m-%d %H:%M:%S} UTC"
    return "\n".join([head, *(f"{label}: {value}" for label, value in rows if value)]) + "\n"
