"""The certificates as a grid in the browser: itables' DataTable, and a feed of rows beside it."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import anywidget
import ipywidgets as w
import traitlets as t

from kvcsr_widgets.panels.cells import COLUMNS, rows_of
from kvcsr_widgets.panels.datatable import place, table
from kvcsr_widgets.runbook.entries import Entry, Key
from kvcsr_widgets.runbook.frame import frame_of
from kvcsr_widgets.runbook.inventory import Inventory

AT_ONCE = 2_000
"""Rows in one message: the browser does something else between two."""

_HERE = Path(__file__).parent


class Feed(anywidget.AnyWidget):
    """Brings rows into the table beside it; ``selected`` are the ids of the selected ones."""

    _esm = _HERE / "grid.js"
    _css = _HERE / "grid.css"
    selected = t.List(t.Int()).tag(sync=True)


@dataclass(frozen=True)
class Update:
    """What has changed since the rows that the grid has: texts by id, and ids that are gone.

    ``ids`` are those of the inventory's entries, in their order.
    """

    entries: dict[Key, Entry]
    ids: list[int]
    rows: dict[int, str]
    gone: tuple[int, ...]


class Grid(w.VBox):
    """Shows entries; ``selected`` are the keys of the selected rows, in the order of the table.

    ``select`` is whether rows can be taken in hand. The rows live in the kernel and in the page
    alone: a saved notebook holds none of them.
    """

    selected = t.Tuple()

    def __init__(self, *, select: bool = True) -> None:
        self.table = table(select=select)
        self.feed = Feed()
        self._ids: dict[Key, int] = {}
        self._keys: list[Key] = []
        self._entries: dict[Key, Entry] = {}
        self._order: list[int] = []
        self._rows: dict[int, str] = {}
        self._shown: list[int] | None = None
        self._extra: tuple[bool, bool] = (False, False)
        self._lock = threading.Lock()
        self.feed.on_msg(lambda _feed, content, _buffers: self._told(content))
        self.feed.observe(lambda _change: self._selected(), "selected")
        super().__init__([self.table, self.feed])
        self.add_class("kvcsr-grid")
        if not select:
            self.add_class("kvcsr-unselected")

    def update(self, inventory: Inventory) -> Update:
        """What ``apply`` has to bring to the browser; any thread may ask, one at a time."""
        known, now = self._entries, {each.key: each for each in inventory.entries}
        fresh = [each for key, each in now.items() if known.get(key) is not each]
        frame = frame_of(fresh, inventory.read_at, details=inventory.details)
        rows = {self._id(key): row for key, row in rows_of(frame).items()}
        gone = tuple(self._id(key) for key in known if key not in now)
        return Update(now, list(map(self._id, now)), rows, gone)

    def apply(self, update: Update) -> None:
        """Show what has changed; what is not there any more is not selected either."""
        self._entries, self._order = update.entries, update.ids
        self._rows |= update.rows
        for gone in update.gone:
            self._rows.pop(gone, None)
        self._bring(update.rows)
        if update.gone:
            self.feed.send({"gone": list(update.gone)})
        self.select(key for key in self.selected if key in update.entries)

    def clear(self) -> None:
        """Show nothing."""
        self.apply(Update({}, [], {}, tuple(self._rows)))

    def show(self, places: Iterable[int] | None) -> None:
        """Let only these of the inventory's entries be seen, told by their places; None for all."""
        shown = None if places is None else [self._order[place] for place in places]
        if shown != self._shown:
            self._shown = shown
            self.feed.send({"shown": shown})

    def offer(self, *, vaults: bool, details: bool) -> None:
        """Show the vault's column or not, and offer those of details or not."""
        if self._extra != (vaults, details):
            self._extra = (vaults, details)
            self._send_columns()

    def select(self, keys: Iterable[Key]) -> None:
        """Select these rows and no others."""
        self.feed.selected = [self._ids[key] for key in keys if key in self._entries]

    def _id(self, key: Key) -> int:
        """The id of a row, the same as long as this grid is there."""
        with self._lock:
            if key not in self._ids:
                self._ids[key] = len(self._keys)
                self._keys.append(key)
            return self._ids[key]

    def _selected(self) -> None:
        keys = (self._keys[each] for each in self.feed.selected if 0 <= each < len(self._keys))
        self.selected = tuple(key for key in keys if key in self._entries)

    def _told(self, content: Any) -> None:
        """A page is there, or one more: it has nothing yet."""
        if isinstance(content, dict) and content.get("ready"):
            self._send_columns()
            self.feed.send({"shown": self._shown})
            self._bring(self._rows)
            self.feed.send({"select": True})

    def _bring(self, rows: dict[int, str]) -> None:
        for some in _heaps(rows.items()):
            text = ",".join(f'[{number},"",{row[1:]}' for number, row in some)
            self.feed.send({"rows": len(some)}, [f"[{text}]".encode()])

    def _send_columns(self) -> None:
        vaults, details = self._extra
        hidden = [] if details else [place(each) for each in COLUMNS if each.details]
        extra = [place(each) for each in COLUMNS if details and each.details and each.shown]
        vault = [place(each) for each in COLUMNS if each.name == "vault"]
        self.feed.send(
            {
                "columns": {
                    "show": [*vault, *extra] if vaults else extra,
                    "hide": hidden if vaults else [*vault, *hidden],
                    "offered": [
                        place(each)
                        for each in COLUMNS
                        if (details or not each.details) and (vaults or each.name != "vault")
                    ],
                }
            }
        )


def _heaps(rows: Iterable[tuple[int, str]]) -> Iterator[Sequence[tuple[int, str]]]:
    rest = iter(rows)
    while some := tuple(islice(rest, AT_ONCE)):
        yield some
