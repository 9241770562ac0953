"""The pictures of an inventory: when certificates expire, and what waits for a CA."""

from __future__ import annotations

import time
from typing import Any

import ipywidgets as w
from markupsafe import Markup

from kvcsr_widgets.panels import figures, html, later, layout
from kvcsr_widgets.panels.card import Card
from kvcsr_widgets.panels.sheet import Sheet
from kvcsr_widgets.runbook import pictures
from kvcsr_widgets.runbook.inventory import Inventory

EVERY = 2.0
"""Seconds between two drawings while a vault is being read."""


class InventoryPictures(w.VBox):
    """Draws what a sheet holds, as it was when it was read.

    While a vault is being read, a new drawing comes every few seconds; what was read to its end,
    or stopped, is drawn at once.
    """

    def __init__(self, sheet: Sheet, *, step: int | None = None) -> None:
        self.sheet = sheet
        self.picture = w.HTML(layout=w.Layout(width="100%"))
        self._drawn = -EVERY
        self._later: Any = None
        sheet.observe(self._follow, "inventory")
        about = "When certificates expire, and what waits for a CA."
        self.card = Card("Pictures", about, self.picture, step=step)
        super().__init__([self.card])
        self.draw()

    def draw(self) -> None:
        """Draw what the sheet holds now."""
        if self._later is not None:
            self._later.cancel()
            self._later = None
        self._drawn = time.monotonic()
        layout.put(self.picture, _drawn(self.sheet.inventory, f"kvcsr-{self.model_id}"))

    def _follow(self, _change: Any = None) -> None:
        if self.comm is None:  # closed
            self.sheet.unobserve(self._follow, "inventory")
            return
        wait = self._drawn + EVERY - time.monotonic()
        loop = later.running_loop()
        if loop is None or wait <= 0 or not _being_read(self.sheet.inventory):
            self.draw()
        elif self._later is None:
            self._later = loop.call_later(wait, self.draw)


def _being_read(found: Inventory | None) -> bool:
    return found is not None and not found.stopped and not found.counts.ended


def _drawn(found: Inventory | None, key: str) -> Markup:
    if found is None:
        return html.note(
            "info",
            "Nothing was read yet.",
            ["Read the vault with the table above: the pictures show what it found."],
        )
    frame, now = found.frame, found.read_at
    return (
        html.muted(_when(found))
        + figures.expiries(pictures.expiries(frame, now), f"{key}-expiries")
        + figures.waits(pictures.waits(frame, now), f"{key}-waits")
    )


def _when(found: Inventory) -> str:
    said = f"As read at {found.read_at:%Y-%m-%d %H:%M:%S} UTC"
    if any(each.error is not None for each in found.entries):
        said += ", as far as it could be read"
    if found.stopped:
        return f"{said}. Reading was stopped: not everything is here."
    return f"{said}; reading goes on." if _being_read(found) else f"{said}."
