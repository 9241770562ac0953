"""An inventory as a file to keep: CSV, JSON, or a report that any browser shows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import Enum
from typing import Any

import ipywidgets as w
import pandas as pd

from kvcsr_widgets.errors import InputError
from kvcsr_widgets.panels import layout
from kvcsr_widgets.panels.browser import Download, MakingButton
from kvcsr_widgets.panels.card import Card
from kvcsr_widgets.panels.notice import Notice
from kvcsr_widgets.panels.report import report
from kvcsr_widgets.panels.sheet import Sheet
from kvcsr_widgets.runbook.entries import Key
from kvcsr_widgets.runbook.export import to_csv, to_json
from kvcsr_widgets.runbook.steps import NOT_READ, StepState


class Form(Enum):
    """What the file is: its ending, its MIME type, and what it is for."""

    CSV = ("csv", "text/csv", "CSV, for a spreadsheet")
    JSON = ("json", "application/json", "JSON, for a program")
    REPORT = ("html", "text/html", "Report, for people: one HTML file")


class Rows(Enum):
    """Which rows the file has."""

    ALL = "All that was read"
    SHOWN = "Those that the table shows"
    SELECTED = "Those that are selected"


class Exports(w.VBox):
    """Saves what a sheet holds; the file is made when it is asked for.

    ``shown`` gives the rows that the table shows, where there is one that hides some; None for
    all.
    """

    def __init__(
        self, sheet: Sheet, *, shown: Callable[[], pd.DataFrame | None] | None = None
    ) -> None:
        self.sheet = sheet
        self._shown = shown
        self.form = w.Dropdown(
            description="File",
            options=[(form.value[2], form) for form in Form],
            style=layout.label_style(),
            layout=layout.wide(),
        )
        self.rows = w.Dropdown(
            description="Rows",
            options=[(rows.value, rows) for rows in Rows if shown or rows is not Rows.SHOWN],
            style=layout.label_style(),
            layout=layout.wide(),
        )
        self.button = MakingButton(self.submit, label="Save the file", primary=True)
        self.notice = Notice()
        sheet.observe(self._redraw, "inventory")
        about = "The table as a file. It holds no key and no secret."
        self.card = Card("Export", about, self.form, self.rows, self.button, self.notice)
        super().__init__([self.card])
        self._redraw()

    def submit(self) -> Download | None:
        """Make the file, for the browser to save. None if that failed; the panel tells why."""
        return self.notice.attempt(self._made)

    def _made(self) -> Download:
        inventory, form = self.sheet.inventory, self.form.value
        if inventory is None:
            raise InputError("Nothing was read yet.", hint="Read the vault with the table first.")
        frame = self._frame(inventory.frame)
        if form is Form.CSV:
            content = to_csv(frame)
        elif form is Form.JSON:
            content = to_json(frame)
        else:
            said = report(inventory, frame, vaults=list(self.sheet.vaults))
            content = said.encode("utf-8", "backslashreplace")
        ending, media, _about = form.value
        file = Download(filename(inventory.read_at, ending), media, content)
        count = "one row" if len(frame) == 1 else f"{len(frame):,} rows"
        self.notice.done(f"{file.filename}: {count}.", _after(form))
        self.card.stand(StepState.DONE)
        return file

    def _frame(self, frame: pd.DataFrame) -> pd.DataFrame:
        if self.rows.value is Rows.SELECTED:
            return _selected(frame, set(self.sheet.selected))
        if self.rows.value is Rows.SHOWN and self._shown is not None:
            shown = self._shown()
            return frame if shown is None else shown
        return frame

    def _redraw(self, _change: Any = None) -> None:
        self.button.disabled = self.sheet.inventory is None
        self.notice.clear()
        if self.sheet.inventory is None:
            self.card.show(NOT_READ)
        else:
            self.card.stand(StepState.READY)


def filename(read_at: datetime, ending: str) -> str:
    """``vault-inventory-20261125T100000Z.csv``: when the vault was read (aware, UTC)."""
    return f"vault-inventory-{read_at:%Y%m%dT%H%M%SZ}.{ending}"


def _selected(frame: pd.DataFrame, keys: set[Key]) -> pd.DataFrame:
    if not keys:
        raise InputError("No row is selected.", hint="Select rows in the table, or take all.")
    named = zip(frame["vault"], frame["name"].fillna(""), strict=True)
    return frame[[Key(vault, name) in keys for vault, name in named]]


def _after(form: Form) -> str:
    if form is Form.CSV:
        return "An apostrophe before a text keeps spreadsheets from running it as a formula."
    return ""
