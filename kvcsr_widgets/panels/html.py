"""Where text becomes HTML: everything from outside is escaped by markupsafe."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from markupsafe import Markup

from kvcsr_widgets.panels import links
from kvcsr_widgets.panels.style import INDENT, STYLE

_CELL = "padding:2px 12px 2px 0;vertical-align:top;text-align:left;overflow-wrap:anywhere"
_SHORT = f"{_CELL};white-space:nowrap"
_LONG = f"{_CELL};min-width:11em"
_HEAD = f"{_CELL};font-weight:600;white-space:nowrap"
_LABEL = f"{_CELL};font-weight:600;min-width:7em"
SHORT = 21
"""A cell of fewer characters stays on one line."""
BESIDE = 80
"""A reason of fewer characters stands beside the chip, a longer one below it."""
AROUND = 40
"""Characters that are shown on both sides of a marked one."""

_COLORS = {
    "done": "--jp-success-color1",
    "fail": "--jp-error-color1",
    "look": "--jp-warn-color1",
    "info": "--jp-info-color1",
}

_ORDERED = Markup(
    '<ol role="list" aria-label="{}" style="list-style:none;margin:0;padding:0">{}</ol>'
)
_UNORDERED = Markup(
    '<ul role="list" aria-label="{}" style="list-style:none;margin:0;padding:0">{}</ul>'
)
"""Lists without marks; the role keeps them lists for screen readers (WebKit forgets it)."""


def heading(text: str, explanation: str = "") -> Markup:
    """A panel's title and one sentence on what it is for."""
    title = Markup('<div style="font-size:1.15em;font-weight:600">{}</div>').format(text)
    return title + (muted(explanation) if explanation else Markup(""))


def step_head(title: str, explanation: str, chip: Markup | str, *, number: int | None) -> Markup:
    """A card's head: the step's number, its title, its ``chip``, and what it is for."""
    count = Markup(
        '<span aria-hidden="true" style="display:inline-flex;align-items:center;'
        "justify-content:center;min-width:1.7em;height:1.7em;border-radius:50%;font-weight:600;"
        'border:2px solid var(--jp-brand-color1);box-sizing:border-box">{}</span>'
        '<span style="position:absolute;clip-path:inset(50%);width:1px;height:1px;'
        'overflow:hidden">Step {}: </span>'
    )
    line = Markup(
        '<div style="display:flex;flex-wrap:wrap;align-items:center;gap:4px 10px">{}'
        '<div role="heading" aria-level="3" style="font-size:1.15em;font-weight:600">'
        "{}</div>{}</div>"
    ).format("" if number is None else count.format(number, number), title, chip)
    return line + (muted(explanation) if explanation else Markup("")) + STYLE


def chip(text: str, kind: str = "") -> Markup:
    """A word or two on where something stands; ``kind`` as in ``note``, or none."""
    color = _COLORS[kind] if kind else "--jp-border-color1"
    return Markup(
        '<span role="status" style="border:1px solid var({});border-left-width:8px;'
        'border-radius:3px;padding:0 8px;line-height:1.6;white-space:nowrap">{}</span>'
    ).format(color, text)


def overview(label: str, items: Iterable[tuple[str, str, str, bool]]) -> Markup:
    """The steps of a job side by side; they wrap where it is narrow.

    Of each: its number and title, its state in a word or two, the kind of that as in ``note`` or
    none, and whether it is the current one.
    """
    item = Markup(
        '<li style="flex:1 1 110px;border-top:4px solid var({});padding:4px 2px;line-height:1.3"{}>'
        '<div style="font-weight:{}">{}</div>'
        '<div style="font-size:.9em;color:var(--jp-ui-font-color2)">{}</div></li>'
    )
    lines = (
        item.format(
            _COLORS[kind] if kind else "--jp-border-color1",
            Markup(' aria-current="step"') if now else "",
            600 if now else 400,
            *(title, state),
        )
        for title, state, kind, now in items
    )
    return Markup(
        '<ol role="list" aria-label="{}" style="list-style:none;margin:0;padding:0;display:flex;'
        'flex-wrap:wrap;gap:4px 8px">{}</ol>'
    ).format(label, Markup("").join(lines))


def reason(text: str) -> Markup:
    """Why a step stands where it does; a notebook in it is a link."""
    return Markup(
        '<span style="flex:1 1 {};line-height:1.4;overflow-wrap:anywhere">{}</span>'
    ).format("16em" if len(text) < BESIDE else "100%", links.linked(text))


def muted(text: str) -> Markup:
    """A quiet explanation."""
    return Markup('<div style="color:var(--jp-ui-font-color2);line-height:1.4">{}</div>').format(
        text
    )


def note(kind: str, title: str, details: Iterable[str] = ()) -> Markup:
    """A result: ``kind`` is done, fail, look or info; ``details`` are further lines."""
    lines = Markup("").join(Markup("<div>{}</div>").format(line) for line in details if line)
    role = "alert" if kind == "fail" else "status"
    return Markup(
        '<div role="{}" style="border-left:4px solid var({});padding:4px 10px;margin:4px 0;'
        'line-height:1.5;overflow-wrap:anywhere"><div style="font-weight:600">{}</div>{}</div>'
    ).format(role, _COLORS[kind], title, lines)


def box(label: str, title: str, *parts: Markup, kind: str = "", dashed: bool = False) -> Markup:
    """A frame around what ``label`` and ``title`` name; ``kind`` as in ``note``, or none.

    ``dashed`` is for what is not there. The title is a stranger's: its letters keep their own
    direction and turn no text around them.
    """
    bar = f"border-left:4px solid var({_COLORS[kind]});" if kind else ""
    return Markup(
        '<div style="box-sizing:border-box;width:100%;max-width:34em;padding:6px 10px;'
        "border:1px {} var(--jp-border-color1);{}border-radius:3px;line-height:1.45;"
        'background:var(--jp-layout-color1);overflow-wrap:anywhere">'
        '<span style="font-size:.85em;color:var(--jp-ui-font-color2)">{}</span>'
        '<div style="font-weight:600"><bdi>{}</bdi></div>{}</div>'
    ).format("dashed" if dashed else "solid", bar, label, title, Markup("").join(parts))


def warning(text: str) -> Markup:
    """What stands out in a box, in words and with a sign that is not read aloud."""
    return Markup(
        '<div><span aria-hidden="true" style="color:var(--jp-warn-color1)">▲</span> {}</div>'
    ).format(text)


def copyable(text: str) -> Markup:
    """A text to copy, such as an address that is not to be followed."""
    return Markup(
        '<div style="font-family:var(--jp-code-font-family);font-size:.9em;user-select:all">'
        "{}</div>"
    ).format(text)


def joined(label: str, by: str, boxes: Iterable[tuple[Markup, bool]]) -> Markup:
    """Boxes one under the other, with a line from each to the next that says ``by``.

    The line is dashed to a box that is told to be.
    """
    line = Markup(
        '<div style="margin-left:20px;padding:3px 10px;border-left:2px {} var(--jp-border-color0);'
        'font-size:.85em;color:var(--jp-ui-font-color2)">{}</div>'
    )
    items = [
        (line.format("dashed" if dashed else "solid", by) if place else Markup("")) + inner
        for place, (inner, dashed) in enumerate(boxes)
    ]
    return _ORDERED.format(label, _items(items))


def apart(label: str, why: str, items: Iterable[Markup]) -> Markup:
    """What stands aside, with a title and the reason."""
    title = Markup('<div style="margin-top:10px"><b>{}</b></div>').format(label) + muted(why)
    return title + _UNORDERED.format(label, _items(items))


def entry(title: str, *parts: Markup, kind: str = "") -> Markup:
    """One of those that stand aside; title and ``kind`` as in ``box``."""
    color = _COLORS[kind] if kind else "--jp-border-color1"
    return Markup(
        '<div style="margin:3px 0;padding-left:10px;border-left:4px solid var({});'
        'line-height:1.45;overflow-wrap:anywhere"><div><bdi>{}</bdi></div>{}</div>'
    ).format(color, title, Markup("").join(parts))


def _items(items: Iterable[Markup]) -> Markup:
    return Markup("").join(Markup("<li>{}</li>").format(item) for item in items)


def explained(why: str, hint: str, notebook: str = "") -> list[str]:
    """The lines under what happened: why, what to do now, and the notebook that trains it."""
    line = Markup("<b>{}</b> {}")
    found = [line.format("Why:", why) if why else "", line.format("Now:", hint) if why else hint]
    return [*found, links.training(notebook)] if notebook else found


def fold(title: str, text: str, *, unfolded: bool = False) -> Markup:
    """A text, as it is, that a click or a key folds and unfolds."""
    return Markup(
        '<details{}><summary style="cursor:pointer">{}</summary><pre tabindex="0" '
        'style="max-height:24em;overflow:auto;white-space:pre-wrap;overflow-wrap:anywhere">'
        "{}</pre></details>"
    ).format(" open" if unfolded else "", title, text)


def field_error(text: str, hint: str) -> Markup:
    """What is wrong with one field, to stand under it."""
    return Markup(
        '<div role="alert" style="color:var(--jp-error-color1);margin-left:{};line-height:1.4">{} '
        '<span style="color:var(--jp-ui-font-color1)">{}</span></div>'
    ).format(INDENT, text, hint)


def field_advice(text: str, hint: str = "") -> Markup:
    """What to think of at one field, to stand under it."""
    return Markup(
        '<div role="status" style="margin-left:{};line-height:1.4;'
        'border-left:3px solid var(--jp-warn-color1);padding-left:8px">{} {}</div>'
    ).format(INDENT, text, hint)


def field_help(text: str) -> Markup:
    """A word of help under a field."""
    return Markup(
        '<div style="color:var(--jp-ui-font-color2);margin-left:{};line-height:1.4">{}</div>'
    ).format(INDENT, text)


def marked(text: str, position: int) -> Markup:
    """The part of a text around a position, with the character there marked.

    Not read aloud: the message beside it says the position.
    """
    start = max(0, position - AROUND)
    end = position + AROUND
    return Markup(
        '<div aria-hidden="true" style="margin-left:{};font-family:var(--jp-code-font-family);'
        'white-space:pre-wrap;overflow-wrap:anywhere;line-height:1.4">{}{}'
        '<span style="background:var(--jp-error-color1);color:var(--jp-ui-inverse-font-color1)">'
        "{}</span>{}{}</div>"
    ).format(
        INDENT,
        *("…" if start else "", text[start:position], text[position : position + 1] or " "),
        *(text[position + 1 : end], "…" if end < len(text) else ""),
    )


def facts(rows: Iterable[tuple[str, str]]) -> Markup:
    """Labels and values."""
    line = Markup('<tr><th scope="row" style="{}">{}</th><td style="{}">{}</td></tr>')
    body = Markup("").join(line.format(_LABEL, label, _CELL, value) for label, value in rows)
    return Markup('<table style="border-spacing:0;line-height:1.5">{}</table>').format(body)


def grid(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Markup:
    """A table with a header, which scrolls sideways in the panel where it is too wide for it.

    Its own width of 0 keeps it from making the panel wider; it takes the whole of it.
    """
    head, cell = Markup('<th scope="col" style="{}">{}</th>'), Markup('<td style="{}">{}</td>')
    lines = (
        Markup("").join(
            cell.format(_SHORT if len(value) < SHORT else _LONG, value) for value in row
        )
        for row in rows
    )
    return Markup(
        '<div style="overflow-x:auto;width:0;min-width:100%">'
        '<table style="border-spacing:0;line-height:1.5">'
        "<thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>"
    ).format(
        Markup("").join(head.format(_HEAD, column) for column in columns),
        Markup("").join(Markup("<tr>{}</tr>").format(line) for line in lines),
    )


def points(rows: Iterable[tuple[str, str]]) -> Markup:
    """A quiet list: a sentence in each point, then the rest of it."""
    item = Markup('<li>{} <span style="color:var(--jp-ui-font-color2)">{}</span></li>')
    return Markup(
        '<ul style="margin:4px 0;padding-left:20px;line-height:1.5;overflow-wrap:anywhere;'
        'color:var(--jp-ui-font-color1)">{}</ul>'
    ).format(Markup("").join(item.format(*row) for row in rows))


def checked(rows: Iterable[tuple[str, bool]]) -> Markup:
    """Sentences, each marked as so or as missing; the marks are words for who does not see them."""
    item = Markup(
        '<li style="padding-left:10px;margin:3px 0;border-left:4px solid var({})">'
        '<span aria-hidden="true">{}</span><span style="position:absolute;clip-path:inset(50%);'
        'width:1px;height:1px;overflow:hidden">{}: </span> {}</li>'
    )
    done, missing = (_COLORS["done"], "✓", "Done"), ("--jp-border-color1", "○", "Missing")
    items = (item.format(*(done if so else missing), said) for said, so in rows)
    return _UNORDERED.format("What is done and what is missing", Markup("").join(items))


def code(text: str) -> Markup:
    """Commands or a file to copy; the arrow keys scroll it."""
    return Markup(
        '<pre tabindex="0" style="max-height:28em;overflow:auto;padding:8px;'
        'background:var(--jp-layout-color2);line-height:1.4;user-select:all">{}</pre>'
    ).format(text)
