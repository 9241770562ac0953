"""The home finder's results in words and as a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from markupsafe import Markup

from kvcsr_widgets.panels import html
from kvcsr_widgets.pki import facts
from kvcsr_widgets.pki.subject import name_text
from kvcsr_widgets.runbook.batch import Outcome
from kvcsr_widgets.runbook.matching import Kind, Match
from kvcsr_widgets.runbook.merging import Merged
from kvcsr_widgets.runbook.search import Found
from kvcsr_widgets.vault.report import own_words

MAX_ROWS = 1_000
MAX_NOTES = 10
"""Rows and notes that are shown."""

COLUMNS = ("File", "Certificate", "Belongs to", "What stands out", "Result")


def count(number: int, one: str, many: str) -> str:
    """``1 reply``, ``2 replies``."""
    return f"{number:,} {one if number == 1 else many}"


def summary(matches: Sequence[Match]) -> tuple[str, str]:
    """What a search came to, and what else is in the table."""
    fits = sum(each.can_be_merged for each in matches)
    title = f"{count(fits, 'reply', 'replies')} can be merged."
    stopped = sum(bool(each.stops) for each in matches)
    others = Counter(each.kind for each in matches if each.kind is not Kind.FITS)
    parts = [f"{number:,} {kind.value}" for kind, number in sorted(others.items(), key=_by_kind)]
    if stopped:
        parts.insert(0, f"{stopped:,} stopped by a check")
    rest = f"The rest: {', '.join(parts)}." if parts else ""
    more = f"The first {MAX_ROWS:,} lines are shown; .found holds all."
    return title, f"{rest} {more}".strip() if len(matches) > MAX_ROWS else rest


def _by_kind(item: tuple[Kind, int]) -> int:
    return list(Kind).index(item[0])


def ended(outcomes: Sequence[Outcome]) -> tuple[bool, str, str]:
    """What merging came to: whether all is well, and two sentences."""
    merged = sum(each.merged is not None for each in outcomes)
    failed = len(outcomes) - merged
    differ = sum(each.merged is not None and not each.merged.ok for each in outcomes)
    title = f"Merged: {count(merged, 'reply', 'replies')}."
    if failed:
        title = f"{title} Not merged: {failed:,}."
    hints = []
    if failed:
        hints.append("The last column says why not. Merging again is harmless.")
    if differ:
        hints.append(f"{differ:,} differ in the vault from what was expected.")
    return not failed and not differ, title, " ".join(hints)


def notes(found: Found) -> Markup:
    """What could not be read."""
    if not found.notes:
        return Markup("")
    shown = [facts.shown(each) for each in found.notes[:MAX_NOTES]]
    if more := len(found.notes) - len(shown):
        shown.append(f"And {more:,} more; .found.notes holds all.")
    return html.note("look", "Not everything could be read.", shown)


def table(matches: Sequence[Match], outcomes: Sequence[Outcome]) -> Markup:
    """One line a reply, with its result where it was merged."""
    if not matches:
        return Markup("")
    ends = {id(each.match): each for each in outcomes}
    return html.grid(COLUMNS, (_row(each, ends.get(id(each))) for each in matches[:MAX_ROWS]))


def _row(match: Match, outcome: Outcome | None) -> tuple[str, ...]:
    result = _result(outcome) if outcome is not None else ""
    return (
        facts.shown(match.filename),
        facts.shown(_certificate(match)),
        match.verdict,
        "; ".join(_standing_out(match)),
        result,
    )


def _certificate(match: Match) -> str:
    leaf = match.leaf
    if leaf is None and match.signed is not None:
        leaf = match.signed.certificates[0]
    if leaf is None:
        return ""
    return f"{name_text(leaf.subject) or '(no subject)'}, until {leaf.not_valid_after_utc:%Y-%m-%d}"


def _standing_out(match: Match) -> Iterator[str]:
    for finding in match.stops:
        yield f"Stops the merge: {finding.title}"
    for finding in match.ticks:
        yield finding.title


def _result(outcome: Outcome) -> str:
    if outcome.error is not None:
        said = (outcome.error.message, outcome.error.hint, own_words(outcome.error))
        return " ".join(filter(None, ("Not merged.", *said)))
    assert outcome.merged is not None
    return _said(outcome.merged)


def _said(merged: Merged) -> str:
    said = "Merged."
    if merged.repeated:
        said = "Was merged before."
    elif merged.lost_answer:
        said = "Merged; the vault's answer was lost on the way."
    wrong = (
        f"{check.label} is {check.found}, expected was {check.expected}."
        for check in merged.checks
        if not check.ok
    )
    return " ".join((said, *wrong))
