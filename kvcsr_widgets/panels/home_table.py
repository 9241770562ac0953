"""The home finder's results in words and as a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from markupsafe import Markup

from kvcsr_widgets.panels import html
from kvcsr_widgets.panels.shortened import short
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

_REST = {
    Kind.MERGED: ("is merged already", "are merged already"),
    Kind.FINISHED: ("for a request completed with another certificate",) * 2,
    Kind.CONFLICT: ("for a request that has several replies",) * 2,
    Kind.SAME: ("the same again",) * 2,
    Kind.CHAIN: ("with issuers only",) * 2,
    Kind.NOBODYS: ("belongs to no request", "belong to no request"),
    Kind.UNREADABLE: ("cannot be read",) * 2,
}
"""What is said of one and of several that fit no request."""


def count(number: int, one: str, many: str) -> str:
    """``1 reply``, ``2 replies``."""
    return f"{number:,} {one if number == 1 else many}"


def summary(matches: Sequence[Match], *, merged: int = 0) -> tuple[str, str]:
    """What a search came to, and what else is in the table beside those that were ``merged``."""
    fits = sum(each.can_be_merged for each in matches)
    more = "more " if merged else ""
    title = f"{count(fits, f'{more}reply', f'{more}replies')} can be merged."
    if not fits:
        title = f"No {more}replies can be merged."
    stopped = sum(bool(each.stops) for each in matches)
    others = Counter(each.kind for each in matches if each.kind is not Kind.FITS)
    parts = [count(number, *_REST[kind]) for kind, number in sorted(others.items(), key=_by_kind)]
    if stopped:
        parts.insert(0, f"{stopped:,} stopped by a check")
    rest = f"{'The rest: ' if fits or merged else ''}{', '.join(parts)}." if parts else ""
    cut = f"The first {MAX_ROWS:,} lines are shown; .found holds all."
    return title, f"{rest} {cut}".strip() if len(matches) + merged > MAX_ROWS else rest


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
        some = count(differ, "differs", "differ")
        hints.append(f"{some} in the vault from what was expected.")
    return not failed and not differ, title, " ".join(hints)


def notes(found: Found) -> Markup:
    """What could not be read."""
    if not found.notes:
        return Markup("")
    shown = [facts.shown(each) for each in found.notes[:MAX_NOTES]]
    if more := len(found.notes) - len(shown):
        shown.append(f"And {more:,} more; .found.notes holds all.")
    return html.note("look", "Not everything could be read.", shown)


def table(found: Found, outcomes: Sequence[Outcome]) -> Markup:
    """One line a reply, with its result once something was merged."""
    if not found.matches:
        return Markup("")
    ends = {id(each.match): each for each in outcomes}
    others = [host for host, _told in found.others]
    rows = (_row(each, ends.get(id(each)), others) for each in found.matches[:MAX_ROWS])
    columns = COLUMNS if outcomes else COLUMNS[:-1]
    return html.grid(columns, (row[: len(columns)] for row in rows))


def _row(match: Match, outcome: Outcome | None, others: Sequence[str]) -> tuple[str, ...]:
    merged = outcome is not None and outcome.merged is not None
    return (
        facts.shown(match.filename),
        facts.shown(_certificate(match)),
        _belongs(match, others, merged=merged),
        " ".join(_standing_out(match)),
        _result(outcome) if outcome is not None else "",
    )


def _belongs(match: Match, others: Sequence[str], *, merged: bool) -> str:
    """Name and state of the request, or the version; the vault where it is another one."""
    home = match.home
    if home is None:
        return ""
    state = f"version {short(home.version)}" if home.version else home.state
    where = f" in {home.vault}" if home.vault in others else ""
    return f"“{home.name}”{where}" if merged or not state else f"“{home.name}”{where}, {state}"


def _certificate(match: Match) -> str:
    leaf = match.leaf
    if leaf is None and match.signed is not None:
        leaf = match.signed.certificates[0]
    if leaf is None:
        return ""
    return f"{name_text(leaf.subject) or '(no subject)'}, until {leaf.not_valid_after_utc:%Y-%m-%d}"


def _standing_out(match: Match) -> Iterator[str]:
    if said := _said_of(match):
        yield said
    for finding in match.stops:
        yield f"Stops the merge: {finding.title}"
    for finding in match.ticks:
        yield finding.title


def _said_of(match: Match) -> str:
    """What became of the search, beside the home, which stands in a column of its own."""
    home = match.home
    if match.kind is Kind.NOBODYS:
        return "No request that was read has its key."
    if home is None:
        return match.verdict
    if match.kind is Kind.MERGED:
        return "Merged already."
    if match.kind is Kind.FINISHED:
        which = f": thumbprint {short(home.thumbprint)}" if home.thumbprint else ""
        return f"Completed with another certificate{which}."
    return match.verdict.removeprefix(f"Belongs to {home.words}.").strip()


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
