"""The certificates of a vault, or of several, and where each request stands."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import ipywidgets as w
import pandas as pd

from kvcsr_widgets.errors import ForbiddenError
from kvcsr_widgets.panels import html, layout
from kvcsr_widgets.panels.beside import Beside
from kvcsr_widgets.panels.card import Card
from kvcsr_widgets.panels.desk import Desk
from kvcsr_widgets.panels.elsewhere import Elsewhere
from kvcsr_widgets.panels.extras import Extras
from kvcsr_widgets.panels.filters import Filters
from kvcsr_widgets.panels.grid import Grid
from kvcsr_widgets.panels.loads import Loads, failures
from kvcsr_widgets.panels.notice import Notice
from kvcsr_widgets.panels.reading import Reading
from kvcsr_widgets.panels.sheet import Sheet
from kvcsr_widgets.pki.pending import Status
from kvcsr_widgets.runbook.commands import steps
from kvcsr_widgets.runbook.entries import Entry, Key, State
from kvcsr_widgets.runbook.inventory import Inventory
from kvcsr_widgets.runbook.steps import FAILED, NO_VAULT, StepStanding, StepState
from kvcsr_widgets.vault.client import Vault

MANY = 1_000
"""Certificates that are not all read again on the mere word that something has changed."""

OWN_ANALYSIS = (
    "In a cell, table.frame is the whole table as a DataFrame, and table.shown the part that the "
    "filters let pass."
)


class VaultTable(w.VBox):
    """Reads an inventory in the background and shows it.

    ``sheet`` is what other widgets share of it. ``light`` leaves filters, options, actions and
    exports out. It reads and follows the desk until it is closed.
    """

    def __init__(self, desk: Desk, *, light: bool = False, step: int | None = None) -> None:
        self.desk, self.sheet = desk, Sheet()
        self.button = w.Button(description="Refresh", layout=layout.fitting())
        self.extras = Extras(self.submit, _row())
        self.others, self.reading, self.filters = Beside(), Reading(), Filters()
        self.grid = Grid(select=not light)
        self.notice, self.notes, self.elsewhere = Notice(), w.HTML(), Elsewhere("The same list")
        self.tools = () if light else self._tools()
        self._vault: Vault | None = None
        parts = (self.sheet, self.grid, self.reading)
        self.loads = Loads(*parts, everything=self.button.click, ended=self._ended)
        self.card = self._card(step, light=light)
        self._observe()
        self._observed = True
        super().__init__([self.card])
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

    def close(self) -> None:
        """End what is read, close the vaults that were opened beside, and leave the page."""
        self.loads.forget()
        self.others.close_all()
        if self._observed:
            self.desk.unobserve(self._follow, ["revision"])
            self.desk.unobserve(self._learn, ["readings"])
        self._observed = False
        super().close()

    def _card(self, step: int | None, *, light: bool) -> Card:
        about = "Every certificate of the vault and its request."
        options = w.HBox([self.button] if light else [self.button, self.extras], layout=_row())
        told = [self.reading, self.notice, self.notes]
        parts = [options, *told, self.grid] if light else [
            *(options, self.others, *told, self.filters, self.grid),
            *(*self.tools, w.HTML(html.muted(OWN_ANALYSIS))),
        ]  # fmt: skip
        found = Card("Certificates", about, *parts, self.elsewhere, step=step)
        found.layout.max_width = "100%"
        return found

    def _tools(self) -> tuple[w.Widget, ...]:
        """What takes the rows on; a light table loads none of it."""
        from kvcsr_widgets.panels.actions import RowActions
        from kvcsr_widgets.panels.export import Exports

        exports = Exports(self.sheet, shown=lambda: self.shown)
        return (RowActions(self.desk, self.sheet), exports)

    def _observe(self) -> None:
        self.button.on_click(lambda _button: self.submit())
        self.filters.observe(lambda _change: self._filter(), "wanted")
        self.grid.observe(lambda change: self.sheet.select(change["new"]), "selected")
        self.sheet.observe(lambda change: self.grid.select(change["new"]), "selected")
        self.sheet.observe(lambda _change: self._filter(), "inventory")
        self.desk.observe(self._follow, ["revision"])
        self.desk.observe(self._learn, ["readings"])

    def _follow(self, _change: Any = None) -> None:
        """Another vault is open, or something in it was changed from here."""
        vault, found = self.desk.vault, self.sheet.inventory
        if vault is not self._vault or vault is None:
            self._open(vault)
        elif self.desk.touched or found is None or len(found.entries) <= MANY:
            self.loads.again({Key(vault.host, name) for name in self.desk.touched})
        else:
            self.card.stand(
                StepState.READY, "Something may have changed: Refresh reads the vault again."
            )

    def _learn(self, _change: Any = None) -> None:
        """Open requests that the desk has read, and the table could not know of, belong here."""
        vault, found = self.desk.vault, self.sheet.inventory
        if vault is None or vault is not self._vault or self.reading.busy:
            return
        if found is None or found.stopped:
            return
        known = found.by_key
        requests = (each for each in self.desk.operations if each.status is Status.IN_PROGRESS)
        waiting = {Key(vault.host, each.name) for each in requests}
        news = {key for key in waiting & known.keys() if _is_assumed(known[key])}
        if news:
            self.loads.again(news)

    def _open(self, vault: Vault | None) -> None:
        self.loads.forget()
        self._vault = vault
        self.extras.clear()  # many requests, which nobody asked of this vault
        self.sheet.inventory = None
        self.sheet.select(())
        self.grid.clear()
        self.notes.value = ""
        self.others.offer(vault)
        self.elsewhere.show([steps.ListCertificates()], vault.url if vault is not None else "")
        self.submit()

    def _load(self) -> None:
        self.loads.forget()
        if self._vault is None:
            self.sheet.vaults = {}
            self.filters.tell(0, 0)
            self.notice.clear()
            self.card.show(NO_VAULT)
            return
        self.sheet.vaults = self.others.vaults()
        details = self.extras.wants_details
        self.notice.clear()
        self.notes.value = ""
        self.card.stand(StepState.TO_DO, "The vault is being read. Rows appear as they come.")
        self.grid.offer(vaults=len(self.sheet.vaults) > 1, details=details)
        self.loads.load(details=details, chains=self.extras.wants_chains)

    def _ended(self, result: Callable[[], Inventory]) -> None:
        found = self.notice.attempt(result)
        self.card.show(FAILED)
        if found is not None:
            self.card.show(_standing(found))
            _say(self.notice, found)
            notes = (*found.missing, *_failures(found))
            title = "Not everything could be read."
            layout.put(self.notes, html.note("look", title, notes) if notes else "")
            self._learn()

    def _filter(self) -> None:
        found = self.sheet.inventory
        if found is None:
            return
        shown = None if self.filters.wanted.wants_all else self.shown
        self.grid.show(None if shown is None else shown.index)
        total = len(found.entries)
        self.filters.tell(total if shown is None else len(shown), total)


def _is_assumed(entry: Entry) -> bool:
    """Whether its request counts as completed without having been read."""
    return not entry.read and entry.state is State.COMPLETED


def _row() -> w.Layout:
    return w.Layout(flex_flow="row wrap", align_items="center", grid_gap="0 12px")


def _standing(found: Inventory) -> StepStanding:
    if found.stopped:
        return StepStanding(StepState.READY, "It was stopped: Refresh reads the rest.")
    if not found.by_key and failures(found):
        return FAILED
    return StepStanding(StepState.DONE)


def _say(notice: Notice, found: Inventory) -> None:
    """How much was read and when, or what to do where there is nothing."""
    count, at = len(found.by_key), f"{found.read_at:%H:%M:%S} UTC"
    noun = "certificate" if count == 1 else "certificates"
    if found.stopped:
        notice.warn(
            f"Stopped. {found.counts.listed:,} certificates were listed since {at}.",
            "What was read is shown. Refresh reads the rest.",
        )
    elif not count and failures(found):
        notice.warn("Nothing could be read.", f"It was tried at {at}.")
    elif count:
        notice.info(f"{count:,} {noun}, read at {at}.")
    else:
        notice.info(
            f"0 certificates, read at {at}.",
            "The vault is empty: notebook 01 creates the first request.",
        )


def _failures(found: Inventory) -> Iterator[str]:
    """What those say, other than that they may not be listed."""
    for host, error in failures(found).items():
        if not isinstance(error, ForbiddenError):
            yield f"{host}: {error.message} {error.hint}"
        if any(key.vault == host for key in found.by_key):
            yield f"{host}: What was read of it before is still shown."
