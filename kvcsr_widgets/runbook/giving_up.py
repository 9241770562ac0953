"""Cancel a request, delete it, delete what is left of it, start again: the steps themselves.

Each looks again before it acts, so that nothing happens to a request that somebody else has made
in between. What somebody else has done already is told, and is no error.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from kvcsr_widgets.errors import ForbiddenError, InputError, NotFoundError
from kvcsr_widgets.pki.pending import Status
from kvcsr_widgets.pki.plan import CertificatePlan
from kvcsr_widgets.runbook.availability import State
from kvcsr_widgets.runbook.progress import by_hand, state
from kvcsr_widgets.runbook.standing import Standing, stand
from kvcsr_widgets.vault.client import Vault
from kvcsr_widgets.vault.records import Operation

UNCHANGED = "Nothing was changed from here."


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a step: one sentence, and what comes next.

    ``done`` is False where somebody else was quicker and nothing was changed from here.
    ``operation`` is the request as it is now, None where there is none; ``plan`` is what it was
    made from, where it was made here.
    """

    done: bool
    title: str
    next_step: str = ""
    operation: Operation | None = None
    plan: CertificatePlan | None = None


def cancel(vault: Vault, seen: Standing) -> Outcome:
    """Ask the service to cancel the request that was ``seen``. Raises VaultError."""

    def step(now: Standing) -> Outcome | None:
        if now.operation is None or now.operation.status is not Status.IN_PROGRESS:
            return None
        if now.operation.cancellation_requested:
            return None
        operation = vault.cancel(now.name)
        return Outcome(
            True,
            f"The vault was asked to cancel the request of “{now.name}”.",
            "Its key is kept.",
            operation,
        )

    return unless_others(vault, seen, step)


def delete_request(vault: Vault, seen: Standing) -> Outcome:
    """Delete the request that was ``seen``, with its key. Raises VaultError."""
    was_completed = _is_completed(seen)

    def step(now: Standing) -> Outcome | None:
        if now.operation is None or _is_completed(now) != was_completed:
            return None
        vault.delete_operation(now.name)
        left = (
            "The version in use is as it was."
            if now.issued
            else "The certificate is still there, empty, and holds the name: start again, or "
            "delete it too."
        )
        return Outcome(True, f"The request of “{now.name}” is deleted.", left)

    return unless_others(vault, seen, step)


def delete_certificate(vault: Vault, seen: Standing) -> Outcome:
    """Delete a certificate of which nothing was ever merged. Raises VaultError."""

    def step(now: Standing) -> Outcome | None:
        if now.found.state is not State.ENDED:
            return None
        purge = vault.delete(now.name)
        return Outcome(True, f"The certificate “{now.name}” is deleted.", kept_until(purge))

    return unless_others(vault, seen, step)


def kept_until(purge: datetime | None) -> str:
    """What is left of a deleted certificate that the vault purges then, None for at once."""
    if purge is None:
        return "This vault keeps nothing: the name is free."
    return (
        f"It can be recovered until {purge:%Y-%m-%d} (“Deleted certificates”); till then, or until "
        "it is purged, the name cannot be used again."
    )


def start_again(vault: Vault, seen: Standing) -> Outcome:
    """Make a new CSR with the plan that was ``seen``.

    Raises PlanError for a policy that no request can have any more, VaultError.
    """

    def step(now: Standing) -> Outcome | None:
        plan = seen.plan
        if plan is None or now.plan != plan or now.issued != seen.issued:
            return None
        operation = vault.create(plan)
        return Outcome(
            True,
            f"“{now.name}” has a new request. {_keys(seen.operation, operation)}".strip(),
            _next(operation),
            operation,
            plan,
        )

    return unless_others(vault, seen, step)


def unless_others(
    vault: Vault, seen: Standing, step: Callable[[Standing], Outcome | None]
) -> Outcome:
    """Take the step on what was seen; where that is no longer so, tell what is there now.

    ``step`` gets what the vault has now, under the same request, and gives None where it makes no
    sense any more. Raises VaultError.
    """
    now = _look(vault, seen)
    if _request_id(now) == _request_id(seen):
        try:
            outcome = step(now)
        except (ForbiddenError, NotFoundError):
            then = _look(vault, seen)
            if (then.operation, then.found.state) == (now.operation, now.found.state):
                raise  # it is not that somebody else was quicker
            now, outcome = then, None
        if outcome is not None:
            return outcome
    return Outcome(False, _told(seen, now), UNCHANGED, now.operation)


def _look(vault: Vault, seen: Standing) -> Standing:
    now = stand(vault, seen.name, plan_of=seen.plan_of, before=seen.found)
    if now.found.state is State.UNKNOWN:
        raise InputError(f"{now.found.sentence} Nothing was changed.", hint=now.found.hint)
    return now


def _request_id(standing: Standing) -> str:
    return standing.operation.request_id if standing.operation else ""


def _thumbprint(standing: Standing) -> str:
    return standing.issued.thumbprint if standing.issued else ""


def _is_completed(standing: Standing) -> bool:
    operation = standing.operation
    return operation is not None and operation.status is Status.COMPLETED


def _told(seen: Standing, now: Standing) -> str:
    """What is there now instead of what was seen."""
    name, operation = now.name, now.operation
    if now.found.state in (State.FREE, State.DELETED, State.MOVING):
        return now.sentence
    if _request_id(now) != _request_id(seen):
        if operation is None:
            return f"The request of “{name}” is gone: somebody else has deleted it."
        return f"“{name}” has another request than the one shown here: somebody else has made it."
    if operation is not None and operation != seen.operation:
        return f"The request of “{name}” is {state(operation)} already."
    if _thumbprint(now) != _thumbprint(seen):
        return f"“{name}” has another version in use than the one shown here."
    return f"“{name}” or its policy was changed by somebody else."


def _keys(old: Operation | None, new: Operation) -> str:
    """How the keys of the two CSRs compare, as far as both are known."""
    if old is None or old.csr is None or new.csr is None:
        return ""
    if old.csr.fingerprint == new.csr.fingerprint:
        return "Its CSR has the same key as the old one."
    return "Its CSR has a new key: the old CSR is of no use any more."


def _next(operation: Operation) -> str:
    if by_hand(operation):
        return (
            "Next: download the new CSR, here or in notebook 01, and have it signed (notebook 02)."
        )
    return f"Issuer {operation.issuer} completes it; there is nothing to merge."
