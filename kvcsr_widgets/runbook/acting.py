"""Actions on the rows of an inventory: some at once, each row with its own end.

An inventory is old from the moment it was read. So each step looks again, and what somebody else
has changed since is told instead of being acted upon.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from enum import Enum
from functools import partial

from kvcsr_widgets.errors import InputError, KvcsrError
from kvcsr_widgets.pki.pending import Status
from kvcsr_widgets.runbook import bringing_back, giving_up, in_use
from kvcsr_widgets.runbook.asked import PlanOf, not_known
from kvcsr_widgets.runbook.availability import State
from kvcsr_widgets.runbook.batch import AT_ONCE, Tell
from kvcsr_widgets.runbook.entries import Entry
from kvcsr_widgets.runbook.giving_up import UNCHANGED, Outcome
from kvcsr_widgets.runbook.progress import state
from kvcsr_widgets.runbook.rows import Action, Gone, Row, why_not
from kvcsr_widgets.runbook.showing import Shown, show
from kvcsr_widgets.runbook.standing import Standing, Step, offers, stand
from kvcsr_widgets.vault.client import Vault


class End(Enum):
    """How it ended for one row; the value is a word for a table."""

    DONE = "done"
    NOTHING = "nothing done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one row: an outcome, or the error that says why not.

    ``shown`` is there after ``Action.SHOW``.
    """

    row: Row
    outcome: Outcome | None = None
    error: KvcsrError | None = None
    shown: Shown | None = None

    @property
    def end(self) -> End:
        """Whether it was done, there was nothing to do any more, or it failed."""
        if self.outcome is None:
            return End.FAILED
        return End.DONE if self.outcome.done else End.NOTHING


def act(
    action: Action,
    rows: Iterable[Row],
    vaults: Mapping[str, Vault],
    *,
    tell: Tell,
    plan_of: PlanOf = not_known,
) -> list[Result]:
    """Do it with each row, some at once; one result a row, in their order.

    ``vaults`` are open, by host. An error of one ends no other. Once ``tell`` says to stop, no
    more are begun; those that are under way are waited for, and are among the results.
    After ``Action.DOWNLOAD`` and ``Action.MERGE``, which change nothing, the outcome has the
    request as it is now.
    """
    waiting = list(rows)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        futures = [pool.submit(_acted, action, row, vaults, plan_of) for row in waiting]
        for done, _future in enumerate(as_completed(futures), start=1):
            if not tell(done, len(waiting)):
                for future in futures:
                    future.cancel()
                break
    return [future.result() for future in futures if not future.cancelled()]


def _acted(action: Action, row: Row, vaults: Mapping[str, Vault], plan_of: PlanOf) -> Result:
    try:
        if reason := why_not(action, row, vaults):
            raise InputError(reason)
        vault = vaults[row.vault]
        if action is Action.SHOW:
            return Result(row, Outcome(True, ""), shown=show(vault, row))
        if isinstance(row, Gone):
            return Result(row, _on_deleted(action, vault, row))
        return Result(row, _on_entry(action, vault, row, plan_of))
    except KvcsrError as error:
        return Result(row, error=error)


def _on_deleted(action: Action, vault: Vault, row: Gone) -> Outcome:
    step = bringing_back.purge if action is Action.PURGE else bringing_back.recover
    return step(vault, row.deleted)


def _on_entry(action: Action, vault: Vault, entry: Entry, plan_of: PlanOf) -> Outcome:
    now = stand(vault, entry.name, plan_of=plan_of)
    if now.found.error is not None:
        raise now.found.error
    if changed := _changed(entry, now):
        return Outcome(False, changed, UNCHANGED, now.operation)
    return _STEPS[action](vault, now)


def _changed(entry: Entry, now: Standing) -> str:
    """What is no longer as the row shows it, a sentence; empty where all is."""
    certificate = entry.certificate
    assert certificate is not None
    if now.found.state in (State.FREE, State.DELETED, State.MOVING):
        return now.sentence
    thumbprint = now.issued.thumbprint if now.issued is not None else ""
    if certificate.thumbprint and not thumbprint:
        return f"“{now.name}” has no version in use any more: somebody has made it anew."
    if thumbprint != certificate.thumbprint:
        return f"“{now.name}” has another version in use than the row shows: somebody merged it."
    operation = now.operation
    if not entry.read:  # then the list alone said that its request is completed
        if operation is None or operation.status is Status.COMPLETED:
            return ""
        return f"“{now.name}” has a request that the row does not show: {state(operation)}."
    shown = entry.operation.request_id if entry.operation is not None else None
    if (operation.request_id if operation is not None else None) == shown:
        return ""
    if operation is None:
        return f"The request of “{now.name}” is gone: somebody has deleted it."
    return f"“{now.name}” has another request than the row shows: somebody has made it."


def _download(_vault: Vault, now: Standing) -> Outcome:
    operation = now.operation
    if operation is None or operation.csr is None:
        raise InputError(f"The vault has no CSR of “{now.name}”.")
    title = f"The CSR of “{now.name}”, whose request is {state(operation)}."
    return Outcome(True, title, operation=operation)


def _look(_vault: Vault, now: Standing) -> Outcome:
    return Outcome(True, now.sentence, operation=now.operation)


def _new_version(vault: Vault, now: Standing) -> Outcome:
    """A new request with the policy as it is, or none at all."""
    if now.losses:
        raise InputError(
            f"The policy of “{now.name}” cannot be sent as it is: {' '.join(now.losses)}",
            hint="Start from it in the request form, and choose there (notebook 01).",
        )
    offer = offers(now)[Step.START]
    if not offer.possible:
        raise InputError(f"“{now.name}” cannot have a new request now. {offer.about}".strip())
    return giving_up.start_again(vault, now)


def _delete_request(vault: Vault, now: Standing) -> Outcome:
    if now.operation is None:
        return Outcome(False, f"“{now.name}” has no request.", UNCHANGED)
    return giving_up.delete_request(vault, now)


def _delete(vault: Vault, now: Standing) -> Outcome:
    if now.issued is None:
        return giving_up.delete_certificate(vault, now)
    return in_use.delete_issued(vault, now)


_STEPS: Mapping[Action, Callable[[Vault, Standing], Outcome]] = {
    Action.DOWNLOAD: _download,
    Action.MERGE: _look,
    Action.NEW_VERSION: _new_version,
    Action.ENABLE: partial(in_use.set_enabled, enabled=True),
    Action.DISABLE: partial(in_use.set_enabled, enabled=False),
    Action.CANCEL: giving_up.cancel,
    Action.DELETE_REQUEST: _delete_request,
    Action.DELETE: _delete,
}
