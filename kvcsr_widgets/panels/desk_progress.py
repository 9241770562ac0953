"""How far the reading of the desk's requests is, and a button that stops it."""

from __future__ import annotations

from typing import Any

import ipywidgets as w

from kvcsr_widgets.panels import html, layout
from kvcsr_widgets.panels.desk import Desk


class DeskProgress(w.VBox):
    """Hidden while nothing is read."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.stop = w.Button(description="Stop", layout=layout.fitting())
        self.bar = w.IntProgress(description="Requests", layout=layout.wide())
        self.count = w.HTML()
        self.stop.on_click(lambda _button: desk.stop())
        desk.observe(self._follow, ["reading", "counts"])
        super().__init__([self.stop, self.bar, self.count])
        self._follow()

    def _follow(self, _change: Any = None) -> None:
        counts = self.desk.counts
        self.layout.display = "" if self.desk.reading else "none"
        self.bar.max = max(counts.operations_due, 1)
        self.bar.value = counts.operations
        said = f"{counts.operations:,} of {counts.operations_due:,} requests read"
        layout.put(self.count, html.muted(f"{counts.listed:,} certificates listed, {said}"))
