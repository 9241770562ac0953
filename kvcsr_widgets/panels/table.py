"""The vault's certificates and where each request stands."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import ipywidgets as w
import pandas as pd

from kvcsr_widgets.panels import html, layout
from kvcsr_widgets.panels.desk import Desk
from kvcsr_widgets.panels.elsewhere import Elsewhere
from kvcsr_widgets.panels.notice import Notice
from kvcsr_widgets.panels.shortened import short
from kvcsr_widgets.runbook import inventory
from kvcsr_widgets.runbook.commands import steps

MAX_ROWS = 500
"""Rows that are shown; the frame holds them all."""

COLUMNS = (
    *("Name", "Request", "Next step", "Enabled", "Expires", "Days left", "Thumbprint"),
    "The request says",
)

PENDING = "Pending certificate created."
"""So begins what the service says of every request that is open (recorded): the state says it."""


class VaultTable(w.VBox):
    """Shows the inventory; ``frame`` is the pandas DataFrame behind it."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.frame: pd.DataFrame | None = None
        self.button = layout.primary("Refresh")
        self.table = w.HTML()
        self.notice = Notice()
        self.elsewhere = Elsewhere()
        self.button.on_click(lambda _button: self.submit())
        desk.observe(self._follow, ["revision"])
        head = layout.title("Certificates", "Every certificate of the vault and its request.")
        super().__init__([layout.card(head, self.button, self.table, self.notice, self.elsewhere)])
        self._follow()

    def submit(self) -> pd.DataFrame | None:
        """Read the vault again. Returns the frame, or None if that failed."""
        return self.notice.attempt(self._load)

    def _follow(self, _change: Any = None) -> None:
        vault = self.desk.vault
        self.elsewhere.show([steps.ListCertificates()], vault.url if vault is not None else "")
        self.submit()

    def _load(self) -> pd.DataFrame | None:
        if self.desk.vault is None:
            self.frame = None
            self.table.value = ""
            self.notice.info("No vault is open.", "Press Connect above.")
            return None
        now = datetime.now(UTC)
        self.frame = inventory.load(self.desk.vault, now=now).frame
        self.table.value = _table(self.frame)
        count = len(self.frame)
        shown = f" The first {MAX_ROWS} are shown; .frame holds all." if count > MAX_ROWS else ""
        noun = "certificate" if count == 1 else "certificates"
        self.notice.info(f"{count} {noun}, read at {now:%H:%M:%S} UTC.{shown}")
        return self.frame


def _table(frame: pd.DataFrame) -> str:
    """What to do now stands beside the request; the frame has the thumbprints whole."""
    shown = frame.head(MAX_ROWS)
    words = shown["error"].fillna(shown["status_detail"]).fillna("")
    said = words.where(~words.str.startswith(PENDING), "")
    rows = zip(
        shown["name"],
        shown["state"].astype("string").fillna(""),
        shown["next_step"].fillna(""),
        shown["enabled"].map({True: "enabled", False: "disabled"}).fillna(""),
        shown["expires"].dt.strftime("%Y-%m-%d").fillna(""),
        shown["days_left"].astype("string").fillna(""),
        shown["thumbprint"].fillna("").map(short),
        said,
        strict=True,
    )
    columns = COLUMNS if said.ne("").any() else COLUMNS[:-1]
    return html.grid(columns, (row[: len(columns)] for row in rows))
