"""The certificates of a vault, or of several, and where each request stands."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

import ipywidgets as w
import pandas as pd

from kvcsr_widgets.errors import ForbiddenError
from kvcsr_widgets.panels import html, layout
from kvcsr_widgets.panels.beside import Beside
from kvcsr_widgets.panels.desk import Desk
from kvcsr_widgets.panels.elsewhere import Elsewhere
from kvcsr_widgets.panels.filters import Filters
from kvcsr_widgets.panels.grid import Grid, Update
from kvcsr_widgets.panels.notice import Notice
from kvcsr_widgets.panels.reading import Reading, Tell
from kvcsr_widgets.panels.sheet import Sheet
from kvcsr_widgets.runbook.afresh import over, reread
from kvcsr_widgets.runbook.commands import steps
from kvcsr_widgets.runbook.entries import Key
from kvcsr_widgets.runbook.inventory import Inventory, load
from kvcsr_widgets.vault.client import Vault
from kvcsr_widgets.vault.records import Operation

MANY = 1_000
"""Certificates that are not all read again on the mere word that something has changed."""

OWN_ANALYSIS = (
    "In a cell, table.frame is the whole table as a DataFrame, and table.shown the part that the "
    "filters let pass."
)


@dataclass(frozen=True)
class _Part:
    """What has been read so far, and what that changes in the grid."""

    inventory: Inventory
    update: Update


class VaultTable(w.VBox):
    """Reads an inventory in the background and shows it.

    ``sheet`` is what other widgets share of it. ``acting`` and ``more`` are places for those,
    under the grid and at the end. ``light`` leaves filters and options out.
    """

    def __init__(self, desk: Desk, *, light: bool = False) -> None:
        self.desk, self.sheet = desk, Sheet()
        self.button = layout.primary("Refresh")
        self.details = w.Checkbox(
            description="With subject, names, key and policy: one more request each",
            indent=False,
            layout=w.Layout(width="auto"),
        )
        self.others, self.reading, self.filters, self.grid = Beside(), Reading(), Filters(), Grid()
        self.notice, self.notes, self.elsewhere = Notice(), w.HTML(), Elsewhere()
        self.acting, self.more = w.VBox(), w.VBox()
        self._vault: Vault | None = None
        self._operations: dict[str, Operation] = {}
        self._touched: set[Key] = set()
        self._once_more = False
        self._observe()
        super().__init__([self._card(light=light)])
        self._follow()

    @property
    def frame(self) -> pd.DataFrame | None:
        """The whole table as a DataFrame, None before a vault was read."""
        return self.sheet.frame

    @property
    def shown(self) -> pd.DataFrame | None:
        """The part of it that the filters let pass; the search in the browser is not part of it."""
        found = self.sheet.inventory
        return None if found is None else self.filters.of(found.frame, found.read_at)

    def submit(self) -> pd.DataFrame | None:
        """Read the vaults again. Returns the frame, or None if that goes on in the background."""
        self.notice.attempt(self._load)
        return None if self.reading.busy else self.frame

    def _card(self, *, light: bool) -> w.VBox:
        head = layout.title("Certificates", "Every certificate of the vault and its request.")
        row = w.Layout(flex_flow="row wrap", align_items="center", grid_gap="0 12px")
        hint = w.HTML(html.muted(OWN_ANALYSIS))
        options = w.HBox([self.button] if light else [self.button, self.details], layout=row)
        told = [self.reading, self.notice, self.notes]
        parts = [options, *told, self.grid] if light else [
            *(options, self.others, *told, self.filters, self.grid, hint),
            *(self.acting, self.more),
        ]  # fmt: skip
        found = layout.card(head, *parts, self.elsewhere)
        found.layout.max_width = "100%"
        return found

    def _observe(self) -> None:
        self.button.on_click(lambda _button: self.submit())
        self.details.observe(lambda _change: self.submit(), "value")
        self.filters.observe(lambda _change: self._filter(), "wanted")
        self.grid.observe(lambda change: self.sheet.select(change["new"]), "selected")
        self.sheet.observe(lambda change: self.grid.select(change["new"]), "selected")
        self.sheet.observe(lambda _change: self._look_again(self.sheet.touched), "revision")
        self.desk.observe(self._follow, ["revision"])

    def _follow(self, _change: Any = None) -> None:
        """Another vault is open, or something in it was changed from here."""
        vault = self.desk.vault
        before, self._operations = self._operations, {o.name: o for o in self.desk.operations}
        if vault is not self._vault or vault is None:
            self._open(vault)
            return
        now = self._operations
        names = {name for name in before.keys() | now.keys() if before.get(name) != now.get(name)}
        found = self.sheet.inventory
        if not names and found is not None and len(found.entries) > MANY:
            self.notice.info("Something may have changed.", "Refresh reads the vault again.")
        else:
            self._look_again({Key(vault.host, name) for name in names})

    def _open(self, vault: Vault | None) -> None:
        self.reading.forget()
        self._vault = vault
        self.sheet.inventory = None
        self.sheet.select(())
        self.grid.clear()
        self.notes.value = ""
        self.others.offer(vault)
        self.elsewhere.show([steps.ListCertificates()], vault.url if vault is not None else "")
        self.submit()

    def _load(self) -> None:
        vault = self._vault
        if vault is None:
            self.sheet.vaults = {}
            self.filters.tell(0, 0)
            self.notice.info("No vault is open.", "Press Connect above.")
            return
        self.reading.forget()
        self._touched, self._once_more = set(), False
        self.sheet.vaults = self.others.vaults()
        vaults, before = tuple(self.sheet.vaults.values()), self.sheet.inventory
        details = bool(self.details.value)

        def work(tell: Tell, stop: threading.Event) -> Inventory:
            return load(vaults, details=details, progress=tell, cancel=stop, before=before)

        def whole(now: Inventory) -> Inventory:
            return now if now.counts.ended else over(before, now, self.sheet.vaults)

        self.notice.clear()
        self.notes.value = ""
        self.grid.offer(vaults=len(vaults) > 1, details=details)
        total = len(before.entries) if before is not None else 0
        self.reading.run(work, self._part(whole), self._arrived, self._ended, total=total)

    def _part(self, whole: Callable[[Inventory], Inventory]) -> Callable[[Inventory], _Part]:
        """In the thread that reads: what takes long is done there."""

        def prepare(now: Inventory) -> _Part:
            found = whole(now)
            part = _Part(found, self.grid.update(found))
            if now.counts.ended or not self.filters.wanted.wants_all:
                _ = found.frame
            return part

        return prepare

    def _look_again(self, keys: Collection[Key]) -> None:
        """Read these certificates again, or everything where it is not known which."""
        before, vaults = self.sheet.inventory, self.sheet.vaults
        if self.reading.busy:
            self._touched.update(keys)
            self._once_more = self._once_more or not keys
        elif before is None or not keys:
            self.submit()
        else:
            self._touched = set()
            self.reading.run(
                lambda _tell, _stop: reread(before, keys, vaults),
                self._part(lambda now: now),
                self._arrived,
                self._ended,
            )

    def _arrived(self, part: _Part) -> None:
        self.grid.apply(part.update)
        self.sheet.inventory = part.inventory
        self._filter()

    def _ended(self, result: Callable[[], _Part]) -> None:
        self.notice.attempt(lambda: self._finish(result()))
        if self._once_more or self._touched:
            self._look_again(() if self._once_more else self._touched)

    def _finish(self, part: _Part) -> None:
        self._arrived(part)
        found = part.inventory
        self._say(found)
        notes = (*found.missing, *_failed(found))
        title = "Not everything could be read."
        layout.put(self.notes, html.note("look", title, notes) if notes else "")

    def _say(self, found: Inventory) -> None:
        count, at = len(found.by_key), f"{found.read_at:%H:%M:%S} UTC"
        noun = "certificate" if count == 1 else "certificates"
        if found.stopped:
            self.notice.warn(
                f"Stopped. {found.counts.listed:,} certificates were listed since {at}.",
                "What was read is shown. Refresh reads the rest.",
            )
        elif count or any(each.error is not None for each in found.entries):
            self.notice.info(f"{count:,} {noun}, read at {at}.")
        else:
            self.notice.info(
                f"0 certificates, read at {at}.",
                "The vault is empty: notebook 01 creates the first request.",
            )

    def _filter(self) -> None:
        found = self.sheet.inventory
        if found is None:
            return
        shown = None if self.filters.wanted.wants_all else self.shown
        self.grid.show(shown)
        total = len(found.entries)
        self.filters.tell(total if shown is None else len(shown), total)


def _failed(found: Inventory) -> list[str]:
    """What the vaults that could not be listed say, other than that they may not be."""
    return [
        f"{each.vault}: {each.error.message} {each.error.hint}"
        for each in found.entries
        if each.certificate is None
        and each.error is not None
        and not isinstance(each.error, ForbiddenError)
    ]
