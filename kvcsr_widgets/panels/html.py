"""The one place where text becomes HTML: everything from outside is escaped by markupsafe."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from markupsafe import Markup

_CELL = "padding:2px 12px 2px 0;vertical-align:top;text-align:left;overflow-wrap:anywhere"
_SHORT = f"{_CELL};white-space:nowrap"
_LONG = f"{_CELL};min-width:16em"
_HEAD = f"{_CELL};font-weight:600;white-space:nowrap"
SHORT = 24
"""Characters of a cell that stay on one line."""
AROUND = 40
"""Characters that are shown on both sides of a marked one."""

_COLORS = {
    "done": "--jp-success-color1",
    "fail": "--jp-error-color1",
    "look": "--jp-warn-color1",
    "info": "--jp-info-color1",
}


def heading(text: str, explanation: str = "") -> Markup:
    """A panel's title and one sentence on what it is for."""
    title = Markup('<div style="font-size:1.15em;font-weight:600">{}</div>').format(text)
    return title + (muted(explanation) if explanation else Markup(""))


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


def field_error(text: str, hint: str) -> Markup:
    """What is wrong with one field, to stand under it."""
    return Markup(
        '<div role="alert" style="color:var(--jp-error-color1);margin-left:158px">{} '
        '<span style="color:var(--jp-ui-font-color1)">{}</span></div>'
    ).format(text, hint)


def field_advice(text: str, hint: str = "") -> Markup:
    """What to think of at one field, to stand under it."""
    return Markup(
        '<div role="status" style="margin-left:158px;line-height:1.4;'
        'border-left:3px solid var(--jp-warn-color1);padding-left:8px">{} {}</div>'
    ).format(text, hint)


def field_help(text: str) -> Markup:
    """A word of help under a field."""
    return Markup(
        '<div style="color:var(--jp-ui-font-color2);margin-left:158px;line-height:1.4">{}</div>'
    ).format(text)


def marked(text: str, position: int) -> Markup:
    """The part of a text around a position, with the character there marked.

    Not read aloud: the message beside it says the position.
    """
    start = max(0, position - AROUND)
    end = position + AROUND
    return Markup(
        '<div aria-hidden="true" style="margin-left:158px;font-family:var(--jp-code-font-family);'
        'white-space:pre-wrap;overflow-wrap:anywhere;line-height:1.4">{}{}'
        '<span style="background:var(--jp-error-color1);color:var(--jp-ui-inverse-font-color1)">'
        "{}</span>{}{}</div>"
    ).format(
        *("…" if start else "", text[start:position], text[position : position + 1] or " "),
        *(text[position + 1 : end], "…" if end < len(text) else ""),
    )


def facts(rows: Iterable[tuple[str, str]]) -> Markup:
    """Labels and values."""
    line = Markup('<tr><th scope="row" style="{}">{}</th><td style="{}">{}</td></tr>')
    body = Markup("").join(line.format(_HEAD, label, _CELL, value) for label, value in rows)
    return Markup('<table style="border-spacing:0;line-height:1.5">{}</table>').format(body)


def grid(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Markup:
    """A table with a header."""
    head, cell = Markup('<th scope="col" style="{}">{}</th>'), Markup('<td style="{}">{}</td>')
    lines = (
        Markup("").join(
            cell.format(_SHORT if len(value) < SHORT else _LONG, value) for value in row
        )
        for row in rows
    )
    return Markup(
        '<div style="overflow-x:auto"><table style="border-spacing:0;line-height:1.5">'
        "<thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>"
    ).format(
        Markup("").join(head.format(_HEAD, column) for column in columns),
        Markup("").join(Markup("<tr>{}</tr>").format(line) for line in lines),
    )


def code(text: str) -> Markup:
    """Commands or a file to copy; the arrow keys scroll it."""
    return Markup(
        '<pre tabindex="0" style="max-height:24em;overflow:auto;padding:8px;'
        'background:var(--jp-layout-color2);line-height:1.4;user-select:all">{}</pre>'
    ).format(text)
