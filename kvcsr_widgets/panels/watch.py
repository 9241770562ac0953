"""Watches the pending requests of the inventory, and tells when one changes."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

import ipywidgets as w

from kvcsr_widgets.panels import html, later, layout
from kvcsr_widgets.panels.card import Card
from kvcsr_widgets.panels.desk import Desk
from kvcsr_widgets.panels.notice import Notice
from kvcsr_widgets.panels.sheet import Sheet
from kvcsr_widgets.runbook.changes import Change, pending, with_changes
from kvcsr_widgets.runbook.inventory import Inventory
from kvcsr_widgets.runbook.schedule import News
from kvcsr_widgets.runbook.steps import NOT_READ, StepState
from kvcsr_widgets.runbook.watch import Pulse, Watcher
from kvcsr_widgets.vault.client import Vault

MAX_NEWS = 200
"""So many of the newest changes are listed."""

MAX_SAID = 3
"""So many of what comes at once are told in full."""


class WatchPanel(w.VBox):
    """Looks at pending requests until it is told to stop, is closed, or the vault is left.

    ``news`` is what it told, the newest first; ``watching`` whether it is switched on. What it
    sees changes the inventory of the sheet and the requests of the desk.
    """

    def __init__(self, desk: Desk, sheet: Sheet, *, step: int | None = None) -> None:
        self.desk, self.sheet = desk, sheet
        self.news: deque[News] = deque(maxlen=MAX_NEWS)
        self.watching = False
        self._watcher: Watcher | None = None
        self._pulse = Pulse(0)
        self._own: Inventory | None = None
        self.button = layout.primary("")
        self.notice = Notice()
        self.list = w.HTML()
        self.button.on_click(lambda _button: self.submit())
        self._observed = True
        desk.observe(self._left, "vault")
        desk.observe(self._another, "watched_by")
        sheet.observe(self._loaded, "inventory")
        about = "Looks at the pending requests as often as their vault asks for."
        shown = (self.button, self.notice, self.list)
        self.card = Card("Watch", about, *shown, step=step)
        super().__init__([self.card])
        self._redraw()

    def submit(self) -> None:
        """Begin to watch, or stop it."""
        self.notice.clear()
        if self.watching:
            self.stop()
        else:
            self.watching = True
            self.desk.watched_by = self
            self._follow()
        self._redraw()

    def stop(self) -> None:
        """Watch no longer."""
        self.watching = False
        if self._watcher is not None:
            self._watcher.stop()
        self._watcher, self._pulse = None, Pulse(0)
        self._redraw()

    def close(self) -> None:
        """Stop, and leave the page."""
        self.stop()
        if self._observed:
            self.desk.unobserve(self._left, "vault")
            self.desk.unobserve(self._another, "watched_by")
            self.sheet.unobserve(self._loaded, "inventory")
        self._observed = False
        super().close()

    def vaults(self) -> Mapping[str, Vault]:
        """The open vaults by host: those of the sheet, and the desk's."""
        mine = self.desk.vault
        return {**self.sheet.vaults, **({mine.host: mine} if mine is not None else {})}

    def _left(self, _change: Any = None) -> None:
        if self.watching:
            self.stop()
            self.notice.info("The vault was left, so the watch has ended.")
        self._redraw()

    def _another(self, _change: Any = None) -> None:
        """Where a cell is run again, its watch takes the place of the one before."""
        if self.watching and self.desk.watched_by is not self:
            self.stop()
            self.notice.info("Another watch has begun, so this one has ended.")

    def _loaded(self, _change: Any = None) -> None:
        if self.sheet.inventory is self._own:
            return
        if self.watching:
            self._follow()
        self._redraw()

    def _follow(self) -> None:
        """Watch what is pending in the inventory."""
        inventory, open_vaults = self.sheet.inventory, self.vaults()
        found = pending(inventory) if inventory is not None else {}
        wanted = {key: each for key, each in found.items() if key.vault in open_vaults}
        if not wanted or (self._watcher is not None and self._watcher.add(wanted)):
            return
        self._watcher = watcher = Watcher(self.vaults, self._teller())
        watcher.add(wanted)
        self._pulse = Pulse(len(wanted))
        watcher.start()

    def _teller(self) -> Callable[[Watcher, Sequence[News], Pulse], object]:
        """Has what is told heard in the loop, where one runs; it is gone when a kernel ends."""
        loop = later.running_loop()
        if loop is None:
            return self._hear

        def tell(watcher: Watcher, news: Sequence[News], pulse: Pulse) -> None:
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(self._hear, watcher, news, pulse)

        return tell

    def _hear(self, watcher: Watcher, news: Sequence[News], pulse: Pulse) -> None:
        if watcher is not self._watcher:
            return  # it was stopped meanwhile
        self._pulse = pulse
        if news:
            self.news.extendleft(news)
            self._apply([each for each in news if isinstance(each, Change)])
            self._say(news)
            layout.put(self.list, self._listed())
        self._redraw()

    def _apply(self, changes: Sequence[Change]) -> None:
        """Let the table and the other panels know."""
        if changes and self.sheet.inventory is not None:
            self._own = with_changes(self.sheet.inventory, changes)
            self.sheet.inventory = self._own
            self.sheet.changed(each.key for each in changes)
        host = self.desk.vault.host if self.desk.vault is not None else ""
        mine = {each.key.name: each.after for each in changes if each.key.vault == host}
        if mine:
            self.desk.learn(mine)

    def _say(self, news: Sequence[News]) -> None:
        """What is new, for a screen reader, too."""
        said = " ".join(each.sentence for each in news[:MAX_SAID])
        more = len(news) - MAX_SAID
        self.notice.info(said, f"And {more} more: see the list." if more > 0 else "")

    def _listed(self) -> str:
        several = len(self.vaults()) > 1
        return html.points(
            (
                each.sentence,
                f"{each.at:%Y-%m-%d %H:%M:%S} UTC{f', {each.key.vault}' if several else ''}",
            )
            for each in self.news
        )

    def _redraw(self) -> None:
        self.button.description = "Stop watching" if self.watching else "Watch"
        self.button.disabled = not self.watching and self.sheet.inventory is None
        self._stand()

    def _stand(self) -> None:
        if self.sheet.inventory is None:
            self.card.show(NOT_READ)
        elif self.watching and self._pulse.watched:
            self.card.stand(StepState.WAITING, self._told())
        elif self.watching:
            self.card.stand(StepState.DONE, self._told())
        else:
            self.card.stand(StepState.READY, self._told())

    def _told(self) -> str:
        """What is watched, as a sentence."""
        inventory, pulse = self.sheet.inventory, self._pulse
        if inventory is not None and not self.watching:
            told = f"{_count(len(pending(inventory)))} pending{_unknown(inventory)}."
            return f"{told} Nothing is looked at now."
        if not pulse.watched:
            return "Nothing is pending, so nothing is looked at. What will be is watched, too."
        soon = f", next look at {pulse.next_at:%H:%M:%S} UTC" if pulse.next_at else ""
        return f"{_count(pulse.watched)} watched{soon}."


def _count(number: int) -> str:
    return "One request is" if number == 1 else f"{number:,} requests are"


def _unknown(inventory: Inventory) -> str:
    """Of how many it is not known, such as where requests may not be read."""
    some = sum(each.certificate is not None and each.state is None for each in inventory.entries)
    return f"; of {some:,} it is not known" if some else ""
