"""Whether a name is free in the vault, and if not, what holds it and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import Enum

from kvcsr_widgets.errors import ConflictError, NotFoundError, PlanError, VaultError
from kvcsr_widgets.pki.pending import Status
from kvcsr_widgets.pki.plan import name_problems
from kvcsr_widgets.runbook.progress import by_hand
from kvcsr_widgets.vault.client import Vault
from kvcsr_widgets.vault.deleted import Deleted
from kvcsr_widgets.vault.records import Certificate, Operation
from kvcsr_widgets.vault.report import own_words

ALIKE = "Upper and lower case are the same to the vault."

SETTLED_AFTER = timedelta(seconds=15)
"""How long a name that shows nowhere may still be held; deletions take 5 to 8 s (recorded)."""


class State(Enum):
    """What holds a name; the value is a word for a table."""

    FREE = "free"
    IN_USE = "in use"
    PENDING = "request open"
    ENDED = "request ended, never merged"
    DELETED = "deleted, recoverable"
    MOVING = "being deleted, recovered or purged"
    UNKNOWN = "not known"


class Way(Enum):
    """A way on that a form can offer; the value is its label."""

    NEW_VERSION = "Start from its current policy"
    OPEN_REQUEST = "Open the request"
    CANCEL_REQUEST = "Cancel the request"
    RECOVER = "Recover it"
    PURGE = "Purge it for good"
    LOOK_AGAIN = "Look again"


@dataclass(frozen=True, slots=True)
class Availability:
    """What the vault has under a name: one sentence, what to do, and what was found.

    ``name`` is spelled as the vault spells it, where something is there. ``certificate`` is None
    where there is none, or where there is only the placeholder of a request. ``actions`` are the
    ways on, the best first. ``since`` is when a name was first found to be moving, in UTC.
    ``error`` is why it could not be looked up.
    """

    name: str
    state: State
    sentence: str
    hint: str = ""
    actions: tuple[Way, ...] = ()
    certificate: Certificate | None = None
    operation: Operation | None = None
    deleted: Deleted | None = None
    since: datetime | None = None
    error: VaultError | None = field(default=None, compare=False)

    @property
    def refused(self) -> bool:
        """Whether the vault would refuse to create a request under this name now."""
        return self.state in (State.PENDING, State.DELETED, State.MOVING)

    def rows(self) -> tuple[tuple[str, str], ...]:
        """What is there already, as labels and values; nothing for a free name."""
        return tuple(self._rows())

    def _rows(self) -> Iterator[tuple[str, str]]:
        if found := self.certificate:
            enabled = "enabled" if found.enabled else "disabled"
            yield "Certificate", f"“{self.name}”, {enabled}, expires {_day(found.expires)}"
            yield "Thumbprint", found.thumbprint
        if asked := self.operation:
            yield "Request", f"{asked.status.value}, issuer {asked.issuer}"
            if asked.error:
                yield "Its error", asked.error
        if gone := self.deleted:
            until = f"purged by the vault on {_day(gone.purge)}"
            yield "Deleted", f"“{self.name}”, on {_day(gone.deleted)}; {until}"


def look_up(vault: Vault, name: str, before: Availability | None = None) -> Availability:
    """What the vault has under a name, in upper or lower case, by at most three requests.

    ``before`` is what an earlier look found. While a name is being deleted, recovered or purged,
    the service finds it nowhere (recorded): that it was there a moment ago is all that shows it.
    What cannot be looked up is said, as ``State.UNKNOWN``. Raises PlanError for a name that no
    certificate can have; then nothing is sent.
    """
    if problems := tuple(name_problems(name)):
        raise PlanError(problems)
    try:
        found = _look(vault, name)
    except ConflictError:
        found = _moving(name)
    except VaultError as error:
        found = _unknown(name, f"Whether “{name}” is free", error)
    if found.state is State.FREE and before is not None and _may_hold(before, name):
        return _moving(before.name, before.since)
    if found.name != name:
        return replace(found, hint=f"{found.hint} {ALIKE}")
    return found


def _look(vault: Vault, name: str) -> Availability:
    try:
        certificate = vault.certificate(name)
    except NotFoundError:
        return _nothing_live(vault, name)
    try:
        operation = vault.operation(name)
    except NotFoundError:
        operation = None
    except VaultError as error:
        there = _unknown(certificate.name, f"The request of “{certificate.name}”", error)
        return replace(there, certificate=certificate if certificate.thumbprint else None)
    if not certificate.thumbprint and operation and operation.status is Status.COMPLETED:
        certificate = vault.certificate(name)  # it has just been issued
    issued = certificate if certificate.thumbprint else None
    if operation is not None and operation.status is Status.IN_PROGRESS:
        return _pending(operation, issued)
    return _in_use(issued, operation) if issued else _ended(certificate.name, operation)


def _nothing_live(vault: Vault, name: str) -> Availability:
    try:
        return _deleted(vault.deleted.get(name))
    except NotFoundError:
        return Availability(name, State.FREE, f"“{name}” is free.")
    except ConflictError:
        raise
    except VaultError as error:
        return _unknown(name, f"Whether a deleted certificate holds the name “{name}”", error)


def _may_hold(before: Availability, name: str) -> bool:
    """Whether a name that shows nowhere now was there so short ago that it may still be held."""
    if before.name.lower() != name.lower() or before.state in (State.FREE, State.UNKNOWN):
        return False
    return before.since is None or datetime.now(UTC) - before.since < SETTLED_AFTER


def _in_use(certificate: Certificate, operation: Operation | None) -> Availability:
    state = f"expires {_day(certificate.expires)}" if certificate.enabled else "disabled"
    return Availability(
        certificate.name,
        State.IN_USE,
        f"“{certificate.name}” is in use ({state}): creating makes its next version.",
        "Start from its current policy, so that only what you change is different.",
        (Way.NEW_VERSION,),
        certificate,
        operation,
    )


def _pending(operation: Operation, certificate: Certificate | None) -> Availability:
    name = operation.name
    what = "for its next version " if certificate else ""
    if operation.cancellation_requested:
        sentence = f"A request of “{name}” is being cancelled."
        hint, actions = "Wait some seconds, then look again.", (Way.LOOK_AGAIN, Way.OPEN_REQUEST)
    elif by_hand(operation):
        sentence = f"“{name}” has a request {what}that waits for its CA."
        hint = (
            "Merge the CA's reply to it, or cancel it: the next request replaces a cancelled one. "
            "Its CSR can be downloaded again."
        )
        actions = (Way.OPEN_REQUEST, Way.CANCEL_REQUEST)
    else:
        sentence = f"The issuer “{operation.issuer}” is at work on a request {what}of “{name}”."
        hint, actions = "Wait for it, or cancel it.", (Way.LOOK_AGAIN, Way.CANCEL_REQUEST)
    return Availability(name, State.PENDING, sentence, hint, actions, certificate, operation)


def _ended(name: str, operation: Operation | None) -> Availability:
    if operation is None:
        end = "was deleted"
    elif operation.status is Status.CANCELLED:
        end = "was cancelled"
    else:
        reason = operation.error.rstrip(".") or "without a reason"
        end = f"ended: {operation.status.value}, {reason}"
    return Availability(
        name,
        State.ENDED,
        f"“{name}” was never merged; its request {end}.",
        "You can create it: a new key and a new CSR. Its old policy can be the start.",
        (Way.NEW_VERSION,),
        operation=operation,
    )


def _deleted(found: Deleted) -> Availability:
    until = f" until {_day(found.purge)}" if found.purge else ""
    hint = "Recover it, purge it for good, or choose another name."
    if not found.purgeable:
        hint = "Recover it, or choose another name: this vault has purge protection."
    return Availability(
        found.name,
        State.DELETED,
        f"A certificate deleted on {_day(found.deleted)} holds the name “{found.name}”{until}.",
        hint,
        (Way.RECOVER, Way.PURGE) if found.purgeable else (Way.RECOVER,),
        deleted=found,
    )


def _moving(name: str, since: datetime | None = None) -> Availability:
    return Availability(
        name,
        State.MOVING,
        f"“{name}” is being deleted, recovered or purged.",
        "Wait some seconds, then look again.",
        (Way.LOOK_AGAIN,),
        since=since or datetime.now(UTC),
    )


def _unknown(name: str, what: str, error: VaultError) -> Availability:
    return Availability(
        name,
        State.UNKNOWN,
        f"{what} could not be looked up. {error.message}",
        f"{error.hint} {own_words(error)}".strip(),
        (Way.LOOK_AGAIN,),
        error=error,
    )


def _day(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d}" if moment else "an unknown day"
