"""Work in the background as a person sees it: how far it is, and a button that stops it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets as w

from kvcsr_widgets.panels import layout
from kvcsr_widgets.panels.background import Background
from kvcsr_widgets.runbook.batch import Tell


class Working(w.VBox):
    """A bar and a button, hidden while nothing is at work."""

    def __init__(self) -> None:
        self.background = Background()
        self.stop = w.Button(description="Stop", layout=layout.fitting())
        self.progress = w.IntProgress(layout=layout.wide())
        self.stop.on_click(lambda _button: self.background.stop())
        super().__init__([self.stop, self.progress])
        self.redraw()

    @property
    def busy(self) -> bool:
        """Whether something is at work."""
        return self.background.busy

    def run(
        self,
        label: str,
        work: Callable[[Tell], Any],
        ended: Callable[[Callable[[], Any]], None],
        *,
        begun: Callable[[], object],
    ) -> None:
        """Do ``work`` as ``Background.run`` does, with ``label`` beside the bar."""
        self.progress.description = label
        self.progress.value, self.progress.max = 0, 1
        self.background.run(work, self._told, ended, begun=begun)

    def redraw(self) -> None:
        """Show or hide the bar and the button."""
        for widget in (self.stop, self.progress):
            widget.layout.display = "" if self.busy else "none"

    def _told(self, done: int, total: int) -> None:
        self.progress.max, self.progress.value = max(total, 1), done
