"""Which drill is played, and how far the reader came with each."""

from __future__ import annotations

from collections.abc import Callable

import ipywidgets as w

from kvcsr_widgets.drills.catalogue import DRILLS
from kvcsr_widgets.drills.drill import Drill
from kvcsr_widgets.drills.play import is_solved, is_staged
from kvcsr_widgets.drills.scene import scenes_path
from kvcsr_widgets.panels import drill_text, layout

ROWS = 10
"""Drills that are seen at once."""


class DrillChoice(w.VBox):
    """A list of all drills; ``changed`` is called when another one is chosen."""

    def __init__(self, changed: Callable[[], object]) -> None:
        self._changed, self._redrawing = changed, False
        self.sum = w.HTML()
        self.list = w.Select(
            description="Drill",
            rows=ROWS,
            layout=w.Layout(width="calc(100% - 4px)"),
            style={"description_width": "initial"},
        )
        super().__init__([self.sum, self.list])
        self.redraw(chosen=_last())
        self.list.observe(lambda _change: self._told(), "value")

    @property
    def drill(self) -> Drill:
        """The one that is chosen."""
        return DRILLS[str(self.list.value)]

    def following(self) -> str:
        """The code of the next one that is not solved, round the end; empty if all are."""
        codes = list(DRILLS)
        place = codes.index(str(self.list.value))
        order = (*codes[place + 1 :], *codes[:place])
        return next((code for code in order if not is_solved(DRILLS[code])), "")

    def redraw(self, chosen: str = "") -> None:
        """Show how far the reader is; what is chosen stays chosen, or ``chosen`` is."""
        solved = [code for code, drill in DRILLS.items() if is_solved(drill)]
        layout.put(self.sum, drill_text.reached(len(solved), len(DRILLS)))
        wanted = chosen or str(self.list.value)
        self._redrawing = True  # new options reset the value, which is no choice
        self.list.options = [(_label(drill), code) for code, drill in DRILLS.items()]
        self.list.value = wanted
        self._redrawing = False

    def _told(self) -> None:
        if not self._redrawing:
            self._changed()


def _label(drill: Drill) -> str:
    if is_solved(drill):
        return f"✓ solved: {drill.title}"
    return f"… begun: {drill.title}" if is_staged(drill) else drill.title


def _last() -> str:
    """The drill that was played last, or else the first."""
    played = [drill for drill in DRILLS.values() if is_staged(drill)]
    notes = {drill.code: scenes_path() / drill.code / "notes.json" for drill in played}
    when = {code: path.stat().st_mtime for code, path in notes.items()}
    return max(when, key=lambda code: when[code], default=next(iter(DRILLS)))
