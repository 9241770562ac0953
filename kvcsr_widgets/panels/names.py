"""The names of a request: a list, pasted from anywhere, and how each name is read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import ipywidgets as w
import traitlets as t

from kvcsr_widgets.errors import Problem
from kvcsr_widgets.panels import html, layout
from kvcsr_widgets.panels.field import Field
from kvcsr_widgets.pki import facts
from kvcsr_widgets.pki.names import KIND_NAMES, Names
from kvcsr_widgets.pki.names_text import ReadNames, Refused, names_to_text, read_names
from kvcsr_widgets.pki.subject_advice import host_name

HELP = "Any list will do: DNS names, e-mail and IP addresses, URIs; UPN:user@domain for a UPN."
MAX_SHOWN = 5
"""Folded names that are listed by name."""


class NamesEditor(w.VBox):
    """Edits ``value``, the subject alternative names that could be read.

    What could not be read is not in ``value`` but in ``problems``, and no request should be sent
    while there are any. Setting ``value`` writes the list anew.
    """

    value = t.Instance(Names, args=())

    def __init__(self, value: Names | None = None) -> None:
        self.text = w.Textarea(
            description="Names",
            placeholder="www.contoso.com\n*.contoso.com\n192.0.2.10",
            rows=4,
            layout=layout.wide(),
            style=layout.label_style(),
        )
        self.field = Field(self.text, HELP)
        self.where = w.HTML()
        self.table = w.HTML()
        self.read = ReadNames()
        self.host = ""
        self.add = w.Button(layout=layout.fitting())
        self._shown: tuple[Problem | None, Problem | None] = (None, None)
        for below in (self.add, self.table):
            layout.indented(below)
        self.add.on_click(lambda _button: self.add_cn())
        self.text.observe(self._typed, "value")
        super().__init__([self.field, self.where, self.add, self.table])
        self._show_offer()
        if value is not None:
            self.value = value

    def problems(self) -> tuple[Problem, ...]:
        """What in the list could not be read, one sentence each."""
        return tuple(self.read.problems())

    def show(self, problem: Problem | None, advice: Problem | None = None) -> None:
        """Say what the form found; that a name cannot be read is said without it."""
        self._shown = (problem, advice)
        self.field.show(next(self.read.problems(), problem), advice)

    @property
    def problem(self) -> Problem | None:
        """What is shown as wrong."""
        return self.field.problem

    def focus(self) -> None:
        """Put the cursor into the list."""
        self.field.focus()

    def offer(self, cn: str) -> None:
        """Offer to add a subject's CN, if it is a host name that is not there."""
        self.host = host_name(cn)
        self._show_offer()

    def add_cn(self) -> None:
        """Add what is offered at the end of the list."""
        if self._is_missing():
            self.text.value = "\n".join(filter(None, (self.text.value.rstrip(), self.host)))

    @t.observe("value")
    def _set(self, _change: Any) -> None:
        if self.value != self.read.names:
            self.text.value = names_to_text(self.value)
            self.value = self.read.names  # a list that differs in nothing else is not read again

    def _typed(self, _change: Any) -> None:
        text = self.text.value
        self.read = read_names(text)
        refused = self.read.refused
        layout.put(self.where, _where(text, refused) if refused else "")
        layout.put(self.table, _table(self.read))
        self._show_offer()
        self.show(*self._shown)
        self.value = self.read.names

    def _is_missing(self) -> bool:
        there = {name.lower() for name in (*self.read.names.dns, *self.read.names.ips)}
        return bool(self.host) and self.host.lower() not in there

    def _show_offer(self) -> None:
        missing = self._is_missing()
        if missing:
            self.add.description = f"Add the CN, {self.host}"
        self.add.layout.display = "" if missing else "none"


def _table(read: ReadNames) -> str:
    columns = ("Kind", "In the request", "As people read it", "Note")
    rows = ((KIND_NAMES[row.kind], row.sent, row.shown, row.note) for row in read.rows)
    table = html.grid(columns, rows) if read.rows else ""
    return table + html.muted(" ".join(_summary(read)))


def _summary(read: ReadNames) -> Iterator[str]:
    if read.rows:
        yield f"{len(read.rows)} {'name' if len(read.rows) == 1 else 'names'}."
    if read.folded:
        more = ", …" if len(read.folded) > MAX_SHOWN else ""
        names = ", ".join(read.folded[:MAX_SHOWN])
        yield f"{len(read.folded)} folded, being there already: {names}{more}."
    if read.refused:
        yield f"{len(read.refused)} not read: see above."


def _where(text: str, refused: Sequence[Refused]) -> str:
    """The first place that cannot be read, and where there are more, all of them as a table."""
    first = html.marked(text, refused[0].position)
    if len(refused) == 1:
        return first
    rows = [
        (str(each.line), facts.shown(each.text[:80]), f"{each.reason} {each.hint}".strip())
        for each in refused
    ]
    return first + html.grid(("Line", "Not read", "Why"), rows)
