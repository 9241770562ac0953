"""What an action on rows means for the desk, and the same steps for other tools."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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


def tell_desk(desk: Desk, action: Action, results: Sequence[Result]) -> None:
    """Let the desk know the requests of its vault as they are after an action.

    What is in hand stays in hand; a new request that was asked for alone is taken in hand.
    """
    if action is Action.SHOW:
        return
    here = desk.vault.host if desk.vault is not None else ""
    selected = desk.selected
    with desk.hold_trait_notifications():
        for result in results:
            if result.row.vault == here and result.outcome is not None:
                _tell(desk, result.row.name, result.outcome)
        if action is not Action.NEW_VERSION or len(results) > 1:
            there = any(each.name == selected for each in desk.operations)
            desk.selected = selected if there else ""


def _tell(desk: Desk, name: str, outcome: Outcome) -> None:
    """Nothing is told that the desk knows already: every telling is read by all panels."""
    operation = outcome.operation
    if operation is None or operation.csr is None:
        if any(each.name == name for each in desk.operations):
            desk.drop(name)
    elif operation not in desk.operations:
        desk.add(operation, outcome.plan)


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
