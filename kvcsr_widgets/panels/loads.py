"""Keeps the inventory of a sheet up to date, and the grid with it: by a load, or by a few names."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass

from kvcsr_widgets.errors import VaultError
from kvcsr_widgets.panels.grid import Grid, Update
from kvcsr_widgets.panels.reading import Reading, Tell
from kvcsr_widgets.panels.sheet import Sheet
from kvcsr_widgets.runbook.entries import Key
from kvcsr_widgets.runbook.inventory import Inventory, load
from kvcsr_widgets.runbook.refresh import over, reread


@dataclass(frozen=True)
class _Part:
    """What has been read so far, and what that changes in the grid."""

    inventory: Inventory
    update: Update


class Loads:
    """One at a time, in the background. What changes meanwhile is read again after it.

    ``everything`` begins a load, as a person does; ``ended`` gets a function that returns what was
    read, which is shown by then, or raises what went wrong.
    """

    def __init__(
        self,
        sheet: Sheet,
        grid: Grid,
        reading: Reading,
        *,
        everything: Callable[[], object],
        ended: Callable[[Callable[[], Inventory]], object],
    ) -> None:
        self._sheet, self._grid, self._reading = sheet, grid, reading
        self._everything, self._tell = everything, ended
        self._shown: Inventory | None = None
        self._touched: set[Key] = set()
        self._once_more = False
        sheet.observe(lambda change: self._put(change["new"]), "inventory")
        sheet.observe(lambda _change: self.again(sheet.touched), "revision")

    def forget(self) -> None:
        """End what is under way and show nothing more of it."""
        self._reading.forget()
        self._touched, self._once_more = set(), False

    def load(self, *, details: bool, chains: bool) -> None:
        """Read the vaults of the sheet; what is known of them is read again where it changed."""
        self.forget()
        before, vaults = self._sheet.inventory, tuple(self._sheet.vaults.values())

        def work(tell: Tell, stop: threading.Event) -> Inventory:
            return load(
                vaults, details=details, chains=chains, progress=tell, cancel=stop, before=before
            )

        def whole(now: Inventory) -> Inventory:
            ended = now.counts.ended
            return over(before, now, failures(now) if ended else [each.host for each in vaults])

        total = len(before.entries) if before is not None else 0
        self._reading.run(work, self._part(whole), self._take, self._ended, total=total)

    def again(self, keys: Collection[Key]) -> None:
        """Read these certificates again, or everything where it is not known which."""
        before, vaults = self._sheet.inventory, self._sheet.vaults
        if self._reading.busy:
            self._touched.update(keys)
            self._once_more = self._once_more or not keys
        elif before is None or not keys:
            self._everything()
        else:
            self._reading.run(
                lambda _tell, stop: reread(before, keys, vaults, stop),
                self._part(lambda now: now),
                self._take,
                self._ended,
            )

    def _part(self, whole: Callable[[Inventory], Inventory]) -> Callable[[Inventory], _Part]:
        """In the thread that reads: what takes long is done there."""

        def prepare(now: Inventory) -> _Part:
            found = whole(now)
            _ = found.frame
            return _Part(found, self._grid.update(found))

        return prepare

    def _take(self, part: _Part) -> None:
        self._shown = part.inventory
        self._grid.apply(part.update)
        self._sheet.inventory = part.inventory

    def _put(self, found: Inventory | None) -> None:
        """Another widget knows better, such as a watch."""
        if found is not None and found is not self._shown:
            self._take(_Part(found, self._grid.update(found)))

    def _ended(self, result: Callable[[], _Part]) -> None:
        self._tell(lambda: self._finish(result()))
        keys = set() if self._once_more else self._touched
        if self._once_more or keys:
            self._touched, self._once_more = set(), False
            self.again(keys)

    def _finish(self, part: _Part) -> Inventory:
        self._take(part)
        return part.inventory


def failures(found: Inventory) -> dict[str, VaultError]:
    """Why vaults could not be listed, or not to the end, by host."""
    return {
        each.vault: each.error
        for each in found.entries
        if each.certificate is None and each.error is not None
    }
