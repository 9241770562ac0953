"""What an action on rows changes for the desk and for the table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from kvcsr_widgets.panels.desk import Desk
from kvcsr_widgets.runbook.acting import End, Result
from kvcsr_widgets.runbook.entries import Key
from kvcsr_widgets.runbook.giving_up import Outcome
from kvcsr_widgets.runbook.rows import Action
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
