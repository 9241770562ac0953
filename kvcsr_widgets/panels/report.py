"""An inventory as one HTML file: what needs somebody first, the pictures, then every row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd
from markupsafe import Markup

from kvcsr_widgets import __version__
from kvcsr_widgets.panels import figures, html
from kvcsr_widgets.panels.cells import words_of
from kvcsr_widgets.panels.report_style import CSP, STYLE
from kvcsr_widgets.pki.facts import shown
from kvcsr_widgets.runbook import pictures
from kvcsr_widgets.runbook.attention import Concern, concerns
from kvcsr_widgets.runbook.entries import UNKNOWN, State
from kvcsr_widgets.runbook.inventory import Inventory

MAX_CONCERNS = 100
"""Rows that are told of a reason; the table has them all."""


@dataclass(frozen=True)
class _Column:
    """A column: of the frame, its heading, the class of its cells, and whether paper has it."""

    name: str
    heading: str
    kind: str = ""
    paper: bool = True

    @property
    def classes(self) -> Markup:
        """The attribute of its cells, with a blank before it."""
        found = " ".join(filter(None, (self.kind, "" if self.paper else "off")))
        return Markup(' class="{}"').format(found) if found else Markup("")


_COLUMNS = (
    _Column("name", "Name"),
    _Column("vault", "Vault", "host"),
    _Column("state", "Request", "day"),
    _Column("next_step", "Next step", "long"),
    _Column("enabled", "Enabled", "day"),
    _Column("not_before", "Valid from", "day", paper=False),
    _Column("expires", "Expires", "day"),
    _Column("days_left", "Days left", "day", paper=False),
    _Column("waiting_since", "Waits since", "day"),
    _Column("issuer", "Issuer"),
    _Column("subject", "Subject", "long"),
    _Column("names", "Names", "long"),
    _Column("key", "Key", "day"),
    _Column("serial", "Serial number", "id", paper=False),
    _Column("said", "The request says", "long"),
    _Column("tags", "Tags", "long", paper=False),
    _Column("created", "Created", "day", paper=False),
    _Column("updated", "Updated", "day", paper=False),
    _Column("thumbprint", "Thumbprint (SHA-1)", "id", paper=False),
    _Column("request_id", "Request id", "id", paper=False),
)
_CONCERN_COLUMNS = (
    _Column("name", "Name"),
    _Column("vault", "Vault", "host"),
    _Column("waiting_since", "Waits since", "day"),
    _Column("expires", "Expires", "day"),
    _Column("said", "What it says, or what to do", "long"),
)
_Cells = dict[str, list[str]]
"""The texts of each column, for all rows."""

_SAID = {State.NONE: "no request"}
_ENABLED = {"True": "enabled", "False": "disabled"}
_PAGE = Markup(
    '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
    '<meta http-equiv="Content-Security-Policy" content="{csp}">'
    '<meta name="viewport" content="width=device-width,initial-scale=1">'
    '<meta name="referrer" content="no-referrer">'
    "<title>{title}</title><style>{style}</style></head><body><main>{body}</main>"
    "<footer>Made by kvcsr-widgets {version}. Times are UTC. It holds no key and no secret."
    "</footer></body></html>\n"
)


def report(
    inventory: Inventory, frame: pd.DataFrame | None = None, *, vaults: Sequence[str] = ()
) -> str:
    """A file that needs nothing else: no script, no address that is fetched.

    ``frame`` has the rows that are told, in their order; all of the inventory's by default.
    ``vaults`` are the hosts that were read, also those without a certificate.
    """
    told, now = inventory.frame if frame is None else frame, inventory.read_at
    hosts = list(dict.fromkeys([*vaults, *(entry.vault for entry in inventory.entries)]))
    cells = _cells(told)
    title = f"Certificates of {_listed(hosts)}" if hosts else "Certificates"
    body = (
        Markup("<h1>{}</h1>").format(title),
        _how(inventory, len(told)),
        _numbers(told),
        Markup("<h2>What needs somebody now</h2>"),
        *(_concern(cells, each) for each in concerns(told, now)),
        Markup('<h2>Pictures</h2><div class="pictures">{}{}</div>').format(
            figures.expiries(pictures.expiries(told, now), "expiries"),
            figures.waits(pictures.waits(told, now), "waits"),
        ),
        Markup("<h2>Every row</h2>"),
        _table(cells),
    )
    return str(
        _PAGE.format(
            csp=CSP, title=title, style=STYLE, version=__version__, body=Markup("\n").join(body)
        )
    )


def _listed(hosts: Sequence[str]) -> str:
    if len(hosts) > 3:
        return f"{len(hosts)} vaults"
    return ", ".join(shown(host) for host in hosts)


def _how(inventory: Inventory, rows: int) -> Markup:
    """When it was read, whether all of it, and what was not allowed."""
    said = [f"Read at {inventory.read_at:%Y-%m-%d %H:%M:%S} UTC."]
    kind, whole = "info", inventory.counts.ended and not inventory.stopped
    if not whole:
        kind = "look"
        said.append("Reading was stopped, or still went on: certificates or requests are missing.")
    if rows != len(inventory.entries):
        said.append("Only the rows that were chosen are here; numbers and pictures are of them.")
    title = "Everything was read." if whole else "Not everything was read."
    if whole and any(entry.error is not None for entry in inventory.entries):
        kind, title = "look", "Everything was asked for, and some could not be read."
    said.append(f"{rows:,} of {len(inventory.entries):,} rows are here.")
    note = html.note(kind, title, [" ".join(said)])
    if inventory.missing:
        note += html.note("look", "Permissions are missing.", map(_clean, inventory.missing))
    return note


def _numbers(frame: pd.DataFrame) -> Markup:
    counts = frame["state"].value_counts()
    rows = [(_SAID.get(state, state.value), int(counts.get(state.value, 0))) for state in State]
    rows.append((UNKNOWN, int(frame["state"].isna().sum())))
    item = Markup("<li><b>{}</b>{}</li>")
    items = Markup("").join(item.format(f"{number:,}", state) for state, number in rows)
    return Markup('<ul class="numbers" role="list" aria-label="Requests by state">{}</ul>').format(
        items
    )


def _concern(cells: _Cells, concern: Concern) -> Markup:
    """One reason with its rows; each leads to its row in the table."""
    head = Markup("<h3>{}: {}</h3>").format(concern.title, f"{len(concern.rows):,}")
    if not concern.rows:
        return head
    listed = concern.rows[:MAX_CONCERNS]
    more = len(concern.rows) - len(listed)
    rest = f" And {more:,} more, in the table below." if more else ""
    link = Markup('<a href="#r{}">{}</a>')
    told: _Cells = {
        each.name: [cells[each.name][row] for row in listed] for each in _CONCERN_COLUMNS
    }
    told["name"] = [link.format(row, cells["name"][row]) for row in listed]
    told["said"] = [cells["said"][row] or cells["next_step"][row] for row in listed]
    return head + _rows(f"{concern.about}{rest}", _CONCERN_COLUMNS, told)


def _table(cells: _Cells) -> Markup:
    """Every row with an anchor."""
    count = len(cells["name"])
    if not count:
        return html.muted("There is no certificate.")
    rows = "One row" if count == 1 else f"{count:,} rows"
    caption = f"{rows}. Columns without any value are left out; paper has fewer columns."
    return _rows(caption, _COLUMNS, cells, anchors=True)


def _rows(
    caption: str, wanted: Sequence[_Column], cells: _Cells, *, anchors: bool = False
) -> Markup:
    """A table. Its cells are escaped as they are joined: ten thousand rows are many."""
    columns = [each for each in wanted if any(cells.get(each.name, ()))]
    opened = [Markup("<td{}>").format(each.classes) for each in columns]
    opened[0] = Markup('<th scope="row">')
    rows = zip(*(cells[each.name] for each in columns), strict=True)
    begin = Markup('<tr id="r{}">') if anchors else Markup("<tr>")
    lines = (begin.format(place) + _line(row, opened) for place, row in enumerate(rows))
    body = Markup("\n").join(lines)
    heading = Markup('<th scope="col"{}>{}</th>')
    head = Markup("").join(heading.format(each.classes, each.heading) for each in columns)
    return Markup(
        '<div class="{place}" tabindex="0" role="region" aria-label="{caption}">'
        '<table class="rows"><caption>{caption}</caption><thead><tr>{head}</tr></thead>\n'
        "<tbody>{body}</tbody></table></div>"
    ).format(place="all" if anchors else "some", caption=caption, head=head, body=body)


def _line(row: Sequence[str], opened: Sequence[Markup]) -> Markup:
    """The cells of a row; HTML lets the end of a cell be left out (section 13.1.2.4)."""
    parts = (part for pair in zip(opened, row, strict=True) for part in pair)
    return Markup("").join(parts)


def _cells(frame: pd.DataFrame) -> _Cells:
    """The texts of each column; none of a column that tells nothing."""
    found = {name: list(_texts(frame[name])) for name in frame.columns}
    found["name"] = [each or "(the vault)" for each in found["name"]]
    found["said"] = list(_texts(words_of(frame)))
    found["enabled"] = [_ENABLED.get(each, each) for each in found["enabled"]]
    if len(set(found["vault"])) <= 1:
        found["vault"] = [""] * len(frame)  # the heading names it
    return found


def _texts(values: Iterable[Any]) -> Iterator[str]:
    for value in values:
        if isinstance(value, dict):
            yield _clean(", ".join(f"{key}={each}" for key, each in value.items()))
        elif isinstance(value, list | tuple):
            yield _clean(", ".join(map(str, value)))
        elif pd.isna(value):
            yield ""
        elif isinstance(value, datetime):
            yield f"{value:%Y-%m-%d}"
        else:
            yield _clean(str(value))


def _clean(text: str) -> str:
    """On one line, and without marks that do not print."""
    return text if text.isprintable() else shown(text)
