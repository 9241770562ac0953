"""The two pictures of an inventory with what belongs to them: words, legend, and a table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from markupsafe import Markup

from kvcsr_widgets.panels import html, svg
from kvcsr_widgets.panels.svg import Paint, Told
from kvcsr_widgets.pki.facts import shown
from kvcsr_widgets.runbook.entries import UNKNOWN, State
from kvcsr_widgets.runbook.pictures import STATES, Bar, Expiries, Wait, Waits

MAX_LINES = 20
"""Requests that are shown one by one, the longest waits first."""

_PAINTS = {
    State.PENDING: Paint("--jp-warn-color1", "#f57c00", "rising"),
    State.COMPLETED: Paint("--jp-brand-color1", "#1976d2"),
    State.CANCELLED: Paint("--jp-ui-font-color2", "#757575", "dotted"),
    State.FAILED: Paint("--jp-error-color1", "#d32f2f", "crossed"),
    State.NONE: Paint("--jp-info-color1", "#0097a7", "upright"),
    UNKNOWN: Paint("--jp-border-color1", "#bdbdbd", "level"),
}
_MEANINGS = {
    State.PENDING: "pending: a renewal is open",
    State.COMPLETED: "completed",
    State.CANCELLED: "cancelled: the last renewal",
    State.FAILED: "failed: the last renewal",
    State.NONE: "no request",
    UNKNOWN: UNKNOWN,
}
_ORDER = (State.COMPLETED, State.NONE, State.PENDING, State.CANCELLED, State.FAILED, UNKNOWN)
"""From a column's foot up: what needs nothing first."""

_CUT = "A column with a gap is higher than drawn: the number above it counts."
_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def expiries(found: Expiries, key: str) -> Markup:
    """When certificates expire, a column a month; ``key`` is an id that is unique on the page."""
    title = "When certificates expire"
    if not found.bars:
        return _figure(title, _sentence(found))
    used = [state for state in _ORDER if any(_number(bar, state) for bar in found.bars)]
    bars = [_column(bar, used, first=place == 1) for place, bar in enumerate(found.bars)]
    told = Told(title, _sentence(found))
    drawing = svg.columns(key, told, [_PAINTS[state] for state in used], bars)
    legend = _legend(key, [_MEANINGS[state] for state in used])
    rows = (
        (bar.label, *(f"{_number(bar, state):,}" for state in used), f"{bar.total:,}")
        for bar in found.bars
    )
    table = html.grid(("Month (UTC)", *used, "all"), rows)
    cut = html.muted(_CUT) if svg.is_cut(bars) else Markup("")
    return _figure(title, told.description, legend, _scrolled(drawing), cut, _folded(table))


def waits(found: Waits, key: str) -> Markup:
    """What waits for a CA, the longest first; many are counted by their length, too."""
    title = "What waits for a CA, and for how long"
    told = Told(title, _waiting(found))
    if not found.longest:
        return _figure(title, told.description)
    paint = _PAINTS[State.PENDING]
    listed = found.longest[:MAX_LINES]
    many = len({wait.vault for wait in listed}) > 1
    drawings = [svg.lines(key, told, paint, [_line(wait, many=many) for wait in listed])]
    rows = [(shown(wait.vault), shown(wait.name), f"{wait.days:,}") for wait in listed]
    table = html.grid(("Vault", "Name", "Whole days"), rows)
    if more := len(found.longest) - len(listed):
        drawings.insert(0, _groups(found, f"{key}-groups"))
        drawings.insert(1, html.muted(f"The {len(listed)} that wait longest, and {more:,} more:"))
        groups = [(group.label, f"{group.count:,}") for group in found.groups]
        table = html.grid(("They wait for", "Requests"), groups) + table
    return _figure(title, told.description, *map(_scrolled, drawings), _folded(table))


def _groups(found: Waits, key: str) -> Markup:
    told = Told("How many requests wait how long", "The table below has these numbers.")
    lines = [
        svg.Line(group.label, f"{group.label}: {group.count:,}", group.count, f"{group.count:,}")
        for group in found.groups
    ]
    return svg.lines(key, told, _PAINTS[State.PENDING], lines)


def _number(bar: Bar, state: str) -> int:
    return bar.counts[STATES.index(state)]


def _column(bar: Bar, used: Sequence[str], *, first: bool) -> svg.Column:
    numbers = tuple(_number(bar, state) for state in used)
    parts = (f"{state} {number:,}" for state, number in zip(used, numbers, strict=True) if number)
    title = f"{bar.label}: {', '.join(parts) or 'none'}"
    if bar.month is None:
        return svg.Column(bar.label, title, numbers, wide=True)
    year = str(bar.month.year) if first or bar.month.month == 1 else ""
    return svg.Column(_MONTHS[bar.month.month - 1], title, numbers, below=year)


def _line(wait: Wait, *, many: bool) -> svg.Line:
    """Names in several vaults are told with their vault."""
    name = shown(wait.name)
    label = f"{name} ({shown(wait.vault).partition('.')[0]})" if many else name
    said = "less than 1 day" if not wait.days else _count(wait.days, "day")
    return svg.Line(label, f"{name} in {shown(wait.vault)}: {said}", wait.days, said)


def _sentence(found: Expiries) -> str:
    if not found.bars:
        said = "No certificate has an end yet."
    else:
        said = f"Expired: {found.expired:,} of {_count(found.dated, 'certificate')}."
        months = [bar for bar in found.bars if bar.month is not None and bar.total]
        if months:
            most = max(months, key=lambda bar: bar.total)
            said += f" Next: {months[0].total:,} in {months[0].label}."
            said += f" Most in a month: {most.total:,} in {most.label}."
    more = f" Without a date, as nothing was merged yet: {found.undated:,}."
    return said + more if found.undated else said


def _waiting(found: Waits) -> str:
    said = f"No request {'is known to wait' if found.unknown else 'waits'} for a CA."
    if found.total:
        said = f"{_count(found.total, 'request')} to bring to a CA or to merge."
    if found.undated:
        said += f" Not known since when, as the certificate before it is in use: {found.undated:,}."
    if found.at_issuer:
        said += f" With an issuer that the vault asks by itself: {found.at_issuer:,} more."
    if found.unknown:
        said += f" Of {_count(found.unknown, 'certificate')} it is not known."
    return said


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _figure(title: str, said: str, *parts: Markup) -> Markup:
    return Markup(
        '<figure style="margin:12px 0;color:var(--jp-ui-font-color1,#212121)">'
        '<figcaption style="line-height:1.4"><div style="font-weight:600">{}</div>{}</figcaption>'
        "{}</figure>"
    ).format(title, html.muted(said), Markup("").join(parts))


def _legend(key: str, meanings: Iterable[str]) -> Markup:
    item = Markup('<li style="display:flex;align-items:center;gap:5px">{}{}</li>')
    items = (item.format(svg.swatch(key, n), said) for n, said in enumerate(meanings))
    return Markup(
        '<ul role="list" aria-label="Legend" style="display:flex;flex-wrap:wrap;gap:2px 16px;'
        'list-style:none;margin:6px 0;padding:0;font-size:.92em">{}</ul>'
    ).format(Markup("").join(items))


def _scrolled(drawing: Markup) -> Markup:
    """A place that is too narrow scrolls it: its texts stay readable."""
    return Markup(
        '<div style="overflow-x:auto;width:0;min-width:100%;margin:4px 0">{}</div>'
    ).format(drawing)


def _folded(table: Markup) -> Markup:
    return Markup(
        '<details><summary style="cursor:pointer">The same as a table</summary>{}</details>'
    ).format(table)
