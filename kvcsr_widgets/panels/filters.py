"""The filters above the table: by state, by days left, by waiting, by enabled."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import ipywidgets as w
import pandas as pd
import traitlets as t

from kvcsr_widgets.panels import html, layout
from kvcsr_widgets.runbook.entries import UNKNOWN, State
from kvcsr_widgets.runbook.filtering import Filter

MOST = 99_999
"""Days that can be typed in."""

_ANY, _EXPIRED, _AT_MOST = "any", "expired", "at most"
_MORE = "more than"
_ENABLED = {_ANY: None, "yes": True, "no": False}


class Days(w.HBox):
    """A choice, and a number of days beside it where the choice takes one."""

    def __init__(self, label: str, options: list[str], number: int, *, asks: str) -> None:
        self.choice = w.Dropdown(
            description=label,
            options=options,
            layout=w.Layout(width="auto"),
            style={"description_width": "initial"},
        )
        self.number = w.BoundedIntText(
            value=number, min=0, max=MOST, description="days", layout=w.Layout(width="120px")
        )
        self.number.style = {"description_width": "35px"}
        self._asks = asks
        self.choice.observe(lambda _change: self._redraw(), "value")
        super().__init__([self.choice, self.number])
        self._redraw()

    @property
    def value(self) -> int | None:
        """The number of days, None where the choice takes none."""
        return int(self.number.value) if self.choice.value == self._asks else None

    def clear(self) -> None:
        """Choose the first, which is any."""
        self.choice.index = 0

    def _redraw(self) -> None:
        self.number.layout.display = "" if self.choice.value == self._asks else "none"


class Filters(w.VBox):
    """What a person wants to see: ``wanted`` is that as a Filter."""

    wanted = t.Instance(Filter, args=())

    def __init__(self) -> None:
        self.states = {
            state: w.Checkbox(
                description=state,
                indent=False,
                layout=w.Layout(width="auto", margin="2px 8px 2px 0"),
            )
            for state in (*(each.value for each in State), UNKNOWN)
        }
        self.left = Days("Days left", [_ANY, _EXPIRED, _AT_MOST], 30, asks=_AT_MOST)
        self.waiting = Days("Waiting for a CA", [_ANY, _MORE], 14, asks=_MORE)
        self.enabled = w.Dropdown(
            description="Enabled",
            options=list(_ENABLED),
            layout=w.Layout(width="auto"),
            style={"description_width": "initial"},
        )
        self.clear_button = w.Button(description="Clear the filters", layout=layout.fitting())
        self.count = w.HTML()
        self.clear_button.on_click(lambda _button: self.clear())
        days = (self.left, self.waiting)
        watched = [each for some in days for each in (some.choice, some.number)]
        for box in (*self.states.values(), *watched, self.enabled):
            box.observe(self._changed, "value")
        wrapped = w.Layout(flex_flow="row wrap", align_items="center", grid_gap="0 12px")
        states = w.HBox([w.HTML("State"), *self.states.values()], layout=wrapped)
        others = [*days, self.enabled, self.clear_button, self.count]
        super().__init__([states, w.HBox(others, layout=wrapped)])

    def clear(self) -> None:
        """Want every row."""
        with self.hold_trait_notifications():
            for box in self.states.values():
                box.value = False
            for days in (self.left, self.waiting):
                days.clear()
            self.enabled.value = _ANY

    def of(self, frame: pd.DataFrame, now: datetime) -> pd.DataFrame:
        """The rows that are wanted; ``now`` is an aware time."""
        return frame[self.wanted.mask(frame, now)]

    def tell(self, shown: int, total: int) -> None:
        """Say how many of how many rows are wanted."""
        rows = "row" if total == 1 else "rows"
        layout.put(self.count, html.muted(f"{shown:,} of {total:,} {rows}") if total else "")

    def _changed(self, _change: Any) -> None:
        self.wanted = Filter(
            states=frozenset(state for state, box in self.states.items() if box.value),
            within=self.left.value,
            expired=self.left.choice.value == _EXPIRED,
            waiting=self.waiting.value,
            enabled=_ENABLED[self.enabled.value],
        )
