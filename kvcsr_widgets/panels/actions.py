"""What can be done with the selected rows of an inventory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import ipywidgets as w

from kvcsr_widgets.panels.action_bar import ActionBar
from kvcsr_widgets.panels.csr_download import CsrDownload
from kvcsr_widgets.panels.desk import Desk
from kvcsr_widgets.panels.desk_news import news, tell_desk
from kvcsr_widgets.panels.merge_here import MergeHere
from kvcsr_widgets.panels.sheet import Sheet
from kvcsr_widgets.runbook.acting import End, Result
from kvcsr_widgets.runbook.csr_files import Csr
from kvcsr_widgets.runbook.rows import Action


class RowActions(w.VBox):
    """Acts on the selected rows of a sheet: ``bar`` offers it and shows what came of it.

    Under it, ``csr`` saves the CSRs that were read and ``merge`` merges the one that was opened.
    """

    def __init__(self, desk: Desk, sheet: Sheet) -> None:
        self.desk, self.sheet = desk, sheet
        self.bar = ActionBar(tuple(Action), self._ended, plan_of=desk.plan_of)
        self.csr = CsrDownload()
        self.merge = MergeHere(desk)
        sheet.observe(self._follow, ["selected", "inventory"])
        desk.observe(self._other_vault, "vault")
        super().__init__([self.bar, self.csr, self.merge])
        self._follow()

    @property
    def results(self) -> tuple[Result, ...]:
        """What became of the rows of the last action."""
        return self.bar.results

    def submit(self) -> None:
        """Take the chosen action, unless it has to be confirmed."""
        self.bar.submit()

    def _ended(self, action: Action, results: tuple[Result, ...]) -> None:
        """Hand over what was read, and tell the other panels what is news to them."""
        done = [result for result in results if result.end is End.DONE]
        self.csr.offer(list(_csrs(done)) if action is Action.DOWNLOAD else ())
        self.merge.hide()
        if action is Action.MERGE:
            self._open_merge(done)
        tell_desk(self.desk, action, results)
        if keys := news(action, results):
            self.sheet.changed(keys)

    def _open_merge(self, done: Sequence[Result]) -> None:
        for result in done:
            if result.outcome is not None and result.outcome.operation is not None:
                self.bar.notice.clear()  # the merge says where it stands
                self.merge.take(result.outcome.operation)

    def _other_vault(self, _change: Any = None) -> None:
        """What was said belongs to the vault that was open."""
        self.bar.forget()
        self.csr.offer(())
        self.merge.hide()
        self._offer()

    def _follow(self, _change: Any = None) -> None:
        if (self.sheet.entries, self.sheet.vaults) != (self.bar.rows, self.bar.vaults):
            self._offer()

    def _offer(self) -> None:
        here = self.desk.vault.host if self.desk.vault is not None else ""
        self.bar.offer(self.sheet.entries, self.sheet.vaults, here=here)


def _csrs(results: Sequence[Result]) -> Iterator[Csr]:
    for result in results:
        operation = result.outcome.operation if result.outcome is not None else None
        if operation is not None and operation.csr is not None:
            yield Csr(result.row.vault, operation.name, operation.csr)
