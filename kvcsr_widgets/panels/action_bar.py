"""An action on rows as a person takes it: choose, read what it does, confirm, see the end."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import ipywidgets as w

from kvcsr_widgets.errors import InputError
from kvcsr_widgets.panels import acted, layout
from kvcsr_widgets.panels.confirm import Confirm
from kvcsr_widgets.panels.elsewhere import Elsewhere
from kvcsr_widgets.panels.notice import Notice
from kvcsr_widgets.panels.working import Working
from kvcsr_widgets.pki.plan import CertificatePlan
from kvcsr_widgets.pki.policy_reader import read_policy
from kvcsr_widgets.runbook.acting import Result, act
from kvcsr_widgets.runbook.asked import PlanOf, not_known
from kvcsr_widgets.runbook.commands import steps
from kvcsr_widgets.runbook.entries import Entry
from kvcsr_widgets.runbook.proposal import Proposal, propose, to_merge
from kvcsr_widgets.runbook.rows import Action, Row
from kvcsr_widgets.vault.client import Vault

Ended = Callable[[Action, tuple[Result, ...]], object]
"""Gets an action and what became of its rows."""


class ActionBar(w.VBox):
    """Offers ``actions`` on the rows that it is given; ``results`` are those of the last one.

    ``ended`` is called once an action is over. ``plan_of`` tells from what a request was made here.
    """

    def __init__(
        self, actions: Sequence[Action], ended: Ended, *, plan_of: PlanOf = not_known
    ) -> None:
        self.rows: tuple[Row, ...] = ()
        self.results: tuple[Result, ...] = ()
        self.said = w.HTML()
        self.choice = w.Dropdown(
            description="Action", layout=layout.wide(), style=layout.label_style()
        )
        self.about = w.HTML()
        self.button = layout.primary("")
        self.confirm = Confirm("", "To confirm", self._go)
        self.working = Working()
        self.notice = Notice()
        self.table = w.HTML()
        self.elsewhere = Elsewhere("The same for this row")
        self._actions, self._done, self._plan_of = actions, ended, plan_of
        self.vaults: dict[str, Vault] = {}
        self._proposals: dict[Action, Proposal] = {}
        self._run = object()  # the action whose results are waited for
        self._drawing = False
        self.button.on_click(lambda _button: self.submit())
        self.choice.observe(self._chosen, "value")
        asking = (self.said, self.choice, self.about, self.button, self.confirm)
        super().__init__([*asking, self.working, self.notice, self.table, self.elsewhere])
        self.offer((), {})

    @property
    def proposal(self) -> Proposal | None:
        """The chosen action on the rows, None where there is no row."""
        return self._proposals.get(self.choice.value)

    def offer(self, rows: Sequence[Row], vaults: Mapping[str, Vault], *, here: str = "") -> None:
        """Offer what can be done with these rows of ``vaults``, which are open, by host.

        ``here`` is the host of the vault in which a request can be merged.
        """
        chosen, known = self.choice.value or self._actions[0], _keys(self.rows)
        was_possible = self.proposal is not None and self.proposal.possible
        self.rows, self.vaults = tuple(rows), dict(vaults)
        self._proposals = {each: self._propose(each, here) for each in self._actions if rows}
        if rows and was_possible and known == _keys(rows) and not self._proposals[chosen].possible:
            chosen = self._actions[0]  # it was done, and need not be told why it cannot be again
        self._drawing = True  # new options reset the value, which is no choice
        self.choice.options = [(each.label, action) for action, each in self._proposals.items()]
        self.choice.value = chosen if rows else None
        self._drawing = False
        layout.put(self.said, acted.selected(self.rows))
        self._show_steps()
        self._redraw()

    def submit(self) -> None:
        """Take the chosen action, unless it has to be confirmed."""
        if self.proposal is not None and not self.proposal.loses:
            self._go()

    def forget(self) -> None:
        """Nothing of what was done is shown any more; what is at work is stopped."""
        self.working.background.stop()
        self._run = object()
        self.results = ()
        self.notice.clear()
        layout.put(self.table, "")

    def _propose(self, action: Action, here: str) -> Proposal:
        found = propose(action, self.rows, self.vaults)
        return to_merge(found, here) if action is Action.MERGE else found

    def _go(self) -> None:
        self.notice.attempt(self._start)

    def _start(self) -> None:
        proposal, vaults = self.proposal, self.vaults
        if self.working.busy:
            raise InputError("Something is at work already.", hint="Wait for it, or stop it.")
        if proposal is None or not proposal.possible:
            raise InputError("There is nothing to do.", hint="Select other rows, or another step.")
        action, rows, plan_of = proposal.action, proposal.rows, self._plan_of
        self.forget()
        self.working.run(
            action.value,
            lambda tell: act(action, rows, vaults, tell=tell, plan_of=plan_of),
            partial(self._ended, proposal, self._run),
            begun=self._redraw,
        )

    def _ended(self, proposal: Proposal, run: object, result: Callable[[], list[Result]]) -> None:
        """Show what came of it, unless it was forgotten meanwhile."""
        self._redraw()
        if self.rows:
            self.choice.focus()  # the button that had the focus was off
        if run is self._run:
            self.notice.attempt(lambda: self._keep(proposal, tuple(result())))

    def _keep(self, proposal: Proposal, results: tuple[Result, ...]) -> None:
        self.results = results
        acted.sum_up(self.notice, proposal, results)
        layout.put(self.table, acted.table(results) + acted.shown(results))
        self._done(proposal.action, results)

    def _show_steps(self) -> None:
        """The same for other tools, where one row is selected."""
        row = self.rows[0] if len(self.rows) == 1 else None
        found = _steps_of(row, self._proposals) if row is not None else []
        vault = self.vaults.get(row.vault) if row is not None else None
        self.elsewhere.show(found, vault.url if vault is not None else "")
        self.elsewhere.layout.display = "" if found else "none"

    def _chosen(self, _change: Any = None) -> None:
        if not self._drawing:
            self._redraw()

    def _redraw(self) -> None:
        """What the chosen action does, and its button or its confirmation."""
        proposal, busy = self.proposal, self.working.busy
        self.working.redraw()
        self.choice.layout.display = "" if proposal else "none"
        self.choice.disabled = busy
        layout.put(self.about, acted.proposed(proposal) if proposal else "")
        typed = proposal is not None and bool(proposal.loses)
        self.button.layout.display = "" if proposal and not typed else "none"
        self.button.description = proposal.label if proposal else ""
        self.button.disabled = busy or proposal is None or not proposal.possible
        self.confirm.button.description = proposal.label if proposal else ""
        self.confirm.offer(proposal.word if proposal and not busy else "")


def _keys(rows: Sequence[Row]) -> list[tuple[str, str]]:
    return [(row.vault, row.name) for row in rows]


def _steps_of(row: Row, proposals: Mapping[Action, Proposal]) -> list[steps.Step]:
    """The steps for one row that make sense now and that other tools can do, too."""
    name = row.name
    kinds: dict[Action, steps.Step] = {
        Action.SHOW: steps.ShowCertificate(name),
        Action.DOWNLOAD: steps.DownloadCsr(name),
        Action.CANCEL: steps.Cancel(name),
        Action.RECOVER: steps.RecoverCertificate(name),
        Action.DELETE_REQUEST: steps.DeleteOperation(name),
        Action.DELETE: steps.DeleteCertificate(name),
        Action.PURGE: steps.PurgeCertificate(name),
    }
    plan = _plan(row)
    if plan is not None:
        kinds[Action.NEW_VERSION] = steps.NewVersion(plan)
    return [
        kinds[action]
        for action, proposal in proposals.items()
        if proposal.possible and action in kinds
    ]


def _plan(row: Row) -> CertificatePlan | None:
    """What a new version would ask for; None where the policy was not read, or cannot be sent."""
    if not isinstance(row, Entry) or row.certificate is None or row.details is None:
        return None
    try:
        found = read_policy(row.details.policy, name=row.name)
    except InputError:
        return None
    return None if found.losses else replace(found.plan, tags=row.certificate.tags)
