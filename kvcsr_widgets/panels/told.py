"""What an action on rows means for the desk, and the same steps for other tools."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from kvcsr_widgets.errors import InputError
from kvcsr_widgets.panels.desk import Desk
from kvcsr_widgets.pki.plan import CertificatePlan
from kvcsr_widgets.pki.policy_reader import read_policy
from kvcsr_widgets.runbook.acting import End, Result
from kvcsr_widgets.runbook.actions import Proposal
from kvcsr_widgets.runbook.commands import steps
from kvcsr_widgets.runbook.entries import Entry, Key
from kvcsr_widgets.runbook.giving_up import Outcome
from kvcsr_widgets.runbook.rows import Action, Row
from kvcsr_widgets.vault.records import Operation


def tell_desk(desk: Desk, action: Action, results: Sequence[Result]) -> None:
    """Let the desk know the requests of its vault as they are after an action.

    What is in hand stays in hand; a new request that was asked for alone is taken in hand.
    """
    if action is Action.SHOW:
        return
    here = desk.vault.host if desk.vault is not None else ""
    outcomes = {r.row.name: r.outcome for r in results if r.row.vault == here and r.outcome}
    found = dict(_changed(desk, outcomes))
    for outcome in outcomes.values():
        if outcome.operation is not None:
            desk.remember(outcome.operation, outcome.plan)
    selected = desk.selected
    if action is Action.NEW_VERSION and len(results) == 1:
        selected = next(iter(found), selected)
    if found:
        with desk.hold_trait_notifications():
            desk.edit(found)
            there = any(each.name == selected for each in desk.operations)
            desk.selected = selected if there else ""


def _changed(desk: Desk, outcomes: Mapping[str, Outcome]) -> Iterator[tuple[str, Operation | None]]:
    """Requests as they are now; none that the desk knows so already, for all panels read it."""
    known = {each.name: each for each in desk.operations}
    for name, outcome in outcomes.items():
        operation = outcome.operation
        now = operation if operation is not None and operation.csr is not None else None
        if now != known.get(name):
            yield name, now


def news(action: Action, results: Sequence[Result]) -> tuple[Key, ...]:
    """The rows that are not as they were shown: changed from here, by others, or who knows how."""
    if action in (Action.SHOW, Action.DOWNLOAD, Action.MERGE):
        return tuple(each.row.key for each in results if each.end is End.NOTHING)
    return tuple(each.row.key for each in results)


def steps_of(row: Row, proposals: Mapping[Action, Proposal]) -> list[steps.Step]:
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
