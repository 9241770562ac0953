"""Selected rows, what an action would do with them and what it did: in words and as tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from markupsafe import Markup

from kvcsr_widgets.panels import html, links
from kvcsr_widgets.panels.notice import Notice
from kvcsr_widgets.panels.shortened import short
from kvcsr_widgets.pki import facts
from kvcsr_widgets.runbook.acting import End, Result
from kvcsr_widgets.runbook.proposal import Proposal
from kvcsr_widgets.runbook.rows import Row
from kvcsr_widgets.runbook.showing import Shown, moment
from kvcsr_widgets.vault.records import Certificate
from kvcsr_widgets.vault.report import own_words

MAX_ROWS = 1_000
"""Results that are shown."""

MAX_REASONS = 20
NAMED = 5
"""Names that one sentence holds; more are counted."""


def named(rows: Sequence[Row]) -> str:
    """The first names of rows: ``“api”, “web” and 3 more``."""
    first = ", ".join(f"“{facts.shown(row.name)}”" for row in rows[:NAMED])
    more = len(rows) - NAMED
    return f"{first} and {more:,} more" if more > 0 else first


def selected(rows: Sequence[Row]) -> Markup:
    """Which rows are selected; how many they are stands under the table."""
    if not rows:
        return html.muted("Select rows to see what can be done with them.")
    vaults = len({row.vault for row in rows})
    where = f"Selected in {vaults} vaults" if vaults > 1 else "Selected"
    return html.note("info", f"{where}: {named(rows)}.")


def proposed(proposal: Proposal) -> Markup:
    """What an action does, what it destroys, and why it does not apply to some."""
    parts = []
    if proposal.loses:
        typed = f"To go on, type “{proposal.word}” below."
        parts.append(html.note("look", proposal.loses, [proposal.about, typed]))
    elif proposal.about:
        parts.append(html.muted(proposal.about))
    return Markup("").join((*parts, _left_out(proposal)))


def _left_out(proposal: Proposal) -> Markup:
    if not proposal.left_out:
        return Markup("")
    reasons: dict[str, list[Row]] = {}
    for row, reason in proposal.left_out:
        reasons.setdefault(reason, []).append(row)
    lines = [(f"{named(rows)}:", facts.shown(reason)) for reason, rows in reasons.items()]
    if more := len(lines) - MAX_REASONS:
        lines[MAX_REASONS:] = [(f"And {more:,} more reasons.", "")] if more > 0 else []
    return html.muted("It does not apply to:") + html.points(lines)


def sum_up(notice: Notice, proposal: Proposal, results: Sequence[Result]) -> None:
    """Say how an action ended: of one row all that is known, of several how many ended how."""
    if len(results) == len(proposal.rows) == 1:
        _say_one(notice, results[0])
        return
    counts = Counter(result.end for result in results)
    told = ", ".join(f"{counts[end]:,} {end.value}" for end in End if counts[end])
    left = len(proposal.rows) - len(results)
    stopped = f"Stopped: nothing was begun with {left:,}." if left else ""
    wrong = "The table says why." if counts[End.DONE] < len(results) else ""
    title = f"{proposal.action.value}: {told or 'nothing was begun'}."
    say = notice.warn if stopped or wrong else notice.done
    say(title, " ".join(filter(None, (stopped, wrong))))


def _say_one(notice: Notice, result: Result) -> None:
    if result.error is not None:
        notice.fail(result.error)
    elif result.outcome is not None and result.outcome.title:
        say = notice.done if result.outcome.done else notice.warn
        say(result.outcome.title, result.outcome.next_step)


def table(results: Sequence[Result]) -> Markup:
    """One line a row; nothing for one row, of which all is said, and for what is all shown."""
    if len(results) < 2 or all(result.shown is not None for result in results):
        return Markup("")
    several = len({result.row.vault for result in results}) > 1
    columns = ("Certificate", *(("Vault",) if several else ()), "Result", "In words")
    rows = [
        (
            facts.shown(result.row.name),
            *((result.row.vault,) if several else ()),
            result.end.value,
            _words(result),
        )
        for result in results[:MAX_ROWS]
    ]
    cut = f"The first {MAX_ROWS:,} are shown; .results holds all."
    return html.grid(columns, rows) + (html.muted(cut) if len(results) > MAX_ROWS else Markup(""))


def _words(result: Result) -> str:
    if result.outcome is not None:
        return links.linked(f"{result.outcome.title} {result.outcome.next_step}".strip())
    error = result.error
    assert error is not None
    said = (error.message, error.why, error.hint, own_words(error))
    return links.linked(" ".join(filter(None, said)))


def shown(results: Iterable[Result]) -> Markup:
    """Everything that was read of certificates."""
    found = [result.shown for result in results if result.shown is not None]
    return Markup("").join(_shown(each, several=len(found) > 1) for each in found)


def _shown(found: Shown, *, several: bool) -> Markup:
    name = f"“{facts.shown(found.name)}”"
    title = html.heading(f"{name} in {found.vault}" if several else name)
    notes = [html.note("look", facts.shown(note)) for note in found.notes]
    rows = html.facts((label, facts.shown(value)) for label, value in found.facts)
    policy = html.fold("Its policy", found.policy) if found.policy else Markup("")
    versions = html.grid(VERSIONS, map(_version, found.versions)) if found.versions else Markup("")
    return Markup("").join((title, *notes, rows, versions, policy))


VERSIONS = ("Version", "Enabled", "Created", "Expires", "Thumbprint")


def _version(found: Certificate) -> tuple[str, ...]:
    return (
        short(found.version),
        "enabled" if found.enabled else "disabled",
        moment(found.created),
        moment(found.expires),
        short(found.thumbprint),
    )
