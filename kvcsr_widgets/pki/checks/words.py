"""Certificates in words: every text from outside on one line, and never more than fits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from cryptography import x509

from kvcsr_widgets.pki import facts
from kvcsr_widgets.pki.subject import name_text

MAX_TEXT = 200
"""Characters of one text from outside that are shown."""

MAX_LISTED = 10
"""Entries of one list that are shown."""


def text(value: str) -> str:
    """A text from outside, what does not print escaped, cut where it is long."""
    told = facts.shown(value[: MAX_TEXT + 1])
    return told if len(told) <= MAX_TEXT else told[:MAX_TEXT] + "…"


def name(of: x509.Name) -> str:
    """A subject or issuer."""
    try:
        return text(name_text(of)) or "(no subject)"
    except facts.UNREADABLE:
        return "(a subject that cannot be read)"


def subject(of: x509.Certificate) -> str:
    """The subject of a certificate."""
    try:
        return name(of.subject)
    except facts.UNREADABLE:
        return "(a subject that cannot be read)"


def listed(values: Iterable[str]) -> str:
    """Texts from outside with commas between them, the first few of many."""
    return _some([text(value) for value in values], ", ")


def subjects(certificates: Iterable[x509.Certificate]) -> str:
    """The subjects of certificates, the first few of many."""
    return _some([subject(certificate) for certificate in certificates], "; ")


def when(moment: dt.datetime) -> str:
    """A moment in UTC, to the minute."""
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def days(count: int) -> str:
    """``1 day``, ``2 days``."""
    return f"{count:,} day" if count == 1 else f"{count:,} days"


def gathered(sentences: Sequence[str]) -> tuple[str, str]:
    """Title and detail of one finding that says the same of several: the first, then the rest."""
    more = len(sentences) - MAX_LISTED
    rest = [*sentences[1:MAX_LISTED], *([f"And {more:,} more."] if more > 0 else [])]
    return sentences[0], " ".join(rest)


def _some(values: list[str], between: str) -> str:
    more = len(values) - MAX_LISTED
    told = between.join(values[:MAX_LISTED])
    return f"{told} and {more:,} more" if more > 0 else told
