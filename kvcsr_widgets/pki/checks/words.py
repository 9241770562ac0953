"""Certificates in words: every text from outside on one line, and never more than fits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from cryptography import x509

from kvcsr_widgets.pki import facts
from kvcsr_widgets.pki.subject import name_text

T = TypeVar("T")

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
    return _some(values, text, ", ")


def sentences(values: Iterable[str]) -> str:
    """Sentences one after the other, the first few of many."""
    return _some(values, text, " ")


def subjects(certificates: Iterable[x509.Certificate]) -> str:
    """The subjects of certificates, the first few of many."""
    return _some(certificates, subject, "; ")


def when(moment: dt.datetime) -> str:
    """A moment in UTC, to the minute."""
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def counted(count: int, what: str) -> str:
    """``1 day``, ``2 days``."""
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"


def gathered(sentences: Sequence[str]) -> tuple[str, str]:
    """Title and detail of one finding that says the same of several: the first, then the rest."""
    more = len(sentences) - MAX_LISTED
    rest = [*sentences[1:MAX_LISTED], *([f"And {more:,} more."] if more > 0 else [])]
    return sentences[0], " ".join(rest)


def _some(values: Iterable[T], told: Callable[[T], str], between: str) -> str:
    known = list(values)
    more = len(known) - MAX_LISTED
    first = between.join(told(value) for value in known[:MAX_LISTED])
    return f"{first} and {more:,} more" if more > 0 else first
