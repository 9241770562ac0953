"""Which of the vault's open requests is in hand."""

from __future__ import annotations

from typing import Any

import ipywidgets as w

from kvcsr_widgets.panels import layout
from kvcsr_widgets.panels.desk import Desk

CHOOSE = "(choose)"


class RequestPicker(w.Dropdown):
    """The open requests of the desk's vault; the choice is shared by all panels of a desk."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        super().__init__(
            description="Open request", layout=layout.wide(), style=layout.label_style()
        )
        desk.observe(self._redraw, ["vault", "requests", "selected"])
        self.observe(self._choose, "value")
        self._redraw()

    def _redraw(self, _change: Any = None) -> None:
        names = [operation.name for operation in self.desk.requests]
        empty = "(not connected)" if self.desk.vault is None else "(none is waiting)"
        self._redrawing = True  # new options reset the value, which is no choice
        self.options = [(CHOOSE if names else empty, ""), *((name, name) for name in names)]
        self.value = self.desk.selected if self.desk.selected in names else ""
        self._redrawing = False

    def _choose(self, _change: Any) -> None:
        if not self._redrawing:
            self.desk.selected = self.value or ""
