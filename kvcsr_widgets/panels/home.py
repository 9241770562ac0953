"""A heap of replies: find the request of each, and merge them with one confirmation."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any

import ipywidgets as w

from kvcsr_widgets.errors import InputError, StoppedError
from kvcsr_widgets.panels import home_table, layout
from kvcsr_widgets.panels.card import Card
from kvcsr_widgets.panels.desk import Desk
from kvcsr_widgets.panels.home_where import Where
from kvcsr_widgets.panels.notice import Notice
from kvcsr_widgets.panels.working import Working
from kvcsr_widgets.pki.pending import SentCsr
from kvcsr_widgets.runbook import handed_over
from kvcsr_widgets.runbook.batch import Outcome
from kvcsr_widgets.runbook.heap import Heap
from kvcsr_widgets.runbook.homes import Home
from kvcsr_widgets.runbook.matching import Match
from kvcsr_widgets.runbook.search import Found, merge_found, search
from kvcsr_widgets.runbook.step_rules import of_heap
from kvcsr_widgets.vault.client import Vault


class HomeFinder(w.VBox):
    """Finds the requests of many files; ``found`` and ``outcomes`` are what the table shows."""

    def __init__(self, desk: Desk, *, step: int | None = None) -> None:
        self.desk = desk
        self.heap = Heap()
        self.where = Where()
        self.button = layout.primary("Find their requests")
        self.working = Working()
        self.notice = Notice()
        self.notes = w.HTML()
        self.table = w.HTML()
        self.knowingly = w.Checkbox(indent=False, layout=layout.wide())
        self.merge_button = layout.primary("")
        self.result = Notice()
        self.clear_button = w.Button(description="Clear the list", layout=layout.fitting())
        self.button.on_click(lambda _button: self.submit())
        self.merge_button.on_click(lambda _button: self.merge())
        self.clear_button.on_click(lambda _button: self.clear())
        self.knowingly.observe(self._redraw, "value")
        desk.observe(self._other_vault, "vault")
        self.where.clear_button.layout.observe(self._stand, "display")
        about = "Finds the request that each of many replies belongs to."
        searching = (self.where, self.button, self.working, self.notice, self.notes, self.table)
        merging = (self.knowingly, self.merge_button, self.result, self.clear_button)
        self.card = Card("Home finder", about, *searching, *merging, step=step)
        super().__init__([self.card])
        self._other_vault()

    @property
    def found(self) -> Found:
        """What the last search found."""
        return self.heap.found

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """What became of the replies whose merge was tried."""
        return self.heap.outcomes

    @property
    def chosen(self) -> list[Match]:
        """What the confirmation merges: all that fits, with what stands out only if ticked."""
        return [each for each in self.heap.open if self.knowingly.value or not each.ticks]

    def submit(self) -> None:
        """Read the files and the vaults, and show where each reply belongs."""
        self.notice.attempt(self._search)

    def merge(self) -> None:
        """Merge what is chosen, and show what became of each."""
        self.result.attempt(self._merge)

    def clear(self) -> None:
        """Put the files and what was found away, for the next ones."""
        self._forget()
        self.notice.clear()
        self.where.clear()

    def _search(self) -> None:
        vault = self._vault()
        wanted = self.where.wanted()
        self._forget()
        desk, now, handed = self.desk, datetime.now(UTC), handed_over.read()

        def downloaded_of(home: Home) -> SentCsr | None:
            return handed.of(home.vault, home.name)

        self.notice.info("Reading the files and the requests…")
        self.working.run(
            "Read",
            lambda tell: search(
                vault, wanted, now, plan_of=desk.plan_of, downloaded_of=downloaded_of, tell=tell
            ),
            partial(self._searched, vault),
            begun=self._redraw,
        )

    def _searched(self, vault: Vault, result: Callable[[], Found]) -> None:
        if vault is self.desk.vault:
            self.notice.attempt(lambda: self._show(result))
        self._redraw()

    def _show(self, result: Callable[[], Found]) -> None:
        try:
            self.heap = Heap(result())
        except StoppedError as stopped:
            self.notice.info(stopped.message)
        else:
            self._sum_up()

    def _sum_up(self) -> None:
        """What can be merged now, and what else is in the table."""
        self.notice.info(*home_table.summary(self.heap.left, merged=self.heap.merged))

    def _merge(self) -> None:
        vault, found, chosen = self._vault(), self.found, self.chosen
        now = datetime.now(UTC)
        if not chosen:
            raise InputError("There is nothing to merge.", hint="Find the requests first.")
        self.result.info("Merging…")
        self.working.run(
            "Merged",
            lambda tell: merge_found(vault, found, chosen, now, tell=tell),
            partial(self._merged, vault),
            begun=self._redraw,
        )

    def _merged(self, vault: Vault, result: Callable[[], list[Outcome]]) -> None:
        if vault is self.desk.vault:
            self.result.attempt(lambda: self._keep(result))
        self._redraw()
        if vault is self.desk.vault:  # the button that had the focus was off, and may be gone
            (self.merge_button if self.heap.open else self.clear_button).focus()

    def _keep(self, result: Callable[[], list[Outcome]]) -> None:
        outcomes = result()
        self.heap = self.heap.ended(outcomes)
        self._sum_up()
        self._redraw()
        self._tell_desk(outcomes)
        good, title, detail = home_table.ended(outcomes)
        (self.result.done if good else self.result.warn)(title, detail)

    def _tell_desk(self, outcomes: list[Outcome]) -> None:
        """What was merged waits no more; how the others stand now, only the vault knows."""
        desk = self.desk
        host = desk.vault.host if desk.vault else ""
        homes = [each.match.home for each in outcomes if each.merged]
        desk.finish(*(home.name for home in homes if home and home.vault == host))
        if any(each.error for each in outcomes):
            desk.refresh(self.result.attempt)

    def _vault(self) -> Vault:
        if self.working.busy:
            raise InputError("Something is at work already.", hint="Wait for it, or stop it.")
        vault = self.desk.vault
        if vault is None:
            raise InputError("No vault is open.", hint="Press Connect above.")
        return vault

    def _other_vault(self, _change: Any = None) -> None:
        """What was found belongs to the vault that was open."""
        self.working.background.stop()
        self.where.others.offer(self.desk.vault)
        self._forget()
        self.notice.clear()

    def _forget(self) -> None:
        self.heap = Heap()
        self.knowingly.value = False
        self.result.clear()
        self._redraw()

    def _redraw(self, _change: Any = None) -> None:
        busy, waiting, chosen = self.working.busy, self.heap.open, len(self.chosen)
        self.working.redraw()
        odd = sum(bool(each.ticks) for each in waiting)
        for widget, shown in (
            (self.knowingly, odd and not busy),
            (self.merge_button, waiting),
            (self.clear_button, self.outcomes and not waiting),
        ):
            widget.layout.display = "" if shown else "none"
        self.button.disabled = busy or self.desk.vault is None
        self.button.button_style = "" if waiting else "primary"
        self.merge_button.disabled = busy or not chosen
        self.merge_button.description = f"Merge {home_table.count(chosen, 'reply', 'replies')}"
        some = "one reply" if odd == 1 else f"{odd:,} replies"
        self.knowingly.description = f"Merge also the {some} where something stands out"
        layout.put(self.notes, home_table.notes(self.found))
        layout.put(self.table, home_table.table(self.found, self.outcomes))
        self._stand()

    def _stand(self, _change: Any = None) -> None:
        is_open, some = self.desk.vault is not None, not self.where.is_empty
        busy = self.working.busy
        self.card.show(of_heap(self.heap, vault_open=is_open, busy=busy, some=some))
