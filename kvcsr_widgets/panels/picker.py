"""Which of the vault's requests is in hand."""

from __future__ import annotations

from typing import Any

import ipywidgets as w

from kvcsr_widgets.panels import layout
from kvcsr_widgets.panels.desk import Desk
from kvcsr_widgets.runbook.progress import state

CHOOSE = "(choose)"


class RequestPicker(w.Dropdown):
    """The open requests of the desk's vault; the choice is shared by all panels of a desk.

    With ``every``, all that the desk has are offered, finished ones too, each with its state.
    """

    def __init__(self, desk: Desk, *, every: bool = False) -> None:
        self.desk = desk
        self.every = every
        super().__init__(
            description="Request" if every else "Open request",
            layout=layout.wide(),
            style=layout.label_style(),
        )
        desk.observe(self._redraw, ["vault", "operations", "reading", "selected"])
        self.observe(self._choose, "value")
        self._redraw()

    def _redraw(self, _change: Any = None) -> None:
        offered = self._offered()
        names = [name for _label, name in offered]
        self._redrawing = True  # new options reset the value, which is no choice
        self.options = [(CHOOSE if names else self._empty(), ""), *offered]
        self.value = self.desk.selected if self.desk.selected in names else ""
        self._redrawing = False

    def _empty(self) -> str:
        if self.desk.vault is None:
            return "(not connected)"
        return "(being read)" if self.desk.reading else "(none is waiting)"

    def _offered(self) -> list[tuple[str, str]]:
        if self.every:
            return [(f"{each.name} - {state(each)}", each.name) for each in self.desk.operations]
        return [(each.name, each.name) for each in self.desk.requests]

    def _choose(self, _change: Any) -> None:
        if not self._redrawing:
            self.desk.selected = self.value or ""
