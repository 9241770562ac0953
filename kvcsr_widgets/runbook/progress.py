"""Where a request stands and what comes next, as sentences."""

from __future__ import annotations

from datetime import datetime

from kvcsr_widgets.pki.pending import Status
from kvcsr_widgets.vault.causes import diagnose
from kvcsr_widgets.vault.records import Operation

_BY_HAND = "by hand, or as was asked; there was no error. Enable it when needed."


def next_step(
    operation: Operation | None,
    *,
    enabled: bool | None,
    issued: bool = False,
    with_reason: bool = True,
    expires: datetime | None = None,
    now: datetime | None = None,
) -> str:
    """What to do now with a certificate whose request is ``operation``.

    ``enabled`` is whether the certificate is, None where that was not read; ``issued`` is whether
    there is one at all, not only the placeholder of a request. ``with_reason`` is whether the
    words of a failed request are told, too. ``expires`` is when the version in use does, seen from
    ``now``, if that is near or past: a new version is needed then.
    """
    told = _state_and_step(operation, enabled=enabled, issued=issued, with_reason=with_reason)
    if expires is None or now is None:
        return told
    ended = f"Expired on {expires:%Y-%m-%d}" if expires <= now else f"Expires on {expires:%Y-%m-%d}"
    if operation is not None and operation.status is Status.IN_PROGRESS:
        return f"{told} {ended}: make haste."
    if operation is not None and operation.status is not Status.COMPLETED:
        return f"{told} {ended}."  # why the next version failed comes first
    if enabled is not False:
        return f"Create a new version: {ended[0].lower()}{ended[1:]}."
    if expires <= now:
        return f"{ended} and disabled: create a new version if it is still needed."
    return f"{ended}. {told}"


def _state_and_step(
    operation: Operation | None, *, enabled: bool | None, issued: bool, with_reason: bool
) -> str:
    if operation is None:
        return "In use." if enabled else _without_request(issued=issued)
    if operation.status is Status.IN_PROGRESS:
        if operation.cancellation_requested:
            return "Being cancelled. Look again in a few seconds."
        if not by_hand(operation):
            return f"The issuer “{operation.issuer}” is at work: wait. There is nothing to merge."
        return "Waits for the CA: have the CSR signed, then merge the reply."
    if operation.status is Status.COMPLETED:
        done = "Merged" if by_hand(operation) else "Issued"
        if enabled is None:
            return f"{done}: the certificate is in the vault."
        return f"{done} and in use." if enabled else f"{done}, but disabled: {_BY_HAND}"
    if operation.status is Status.FAILED:
        return _after_failure(operation, with_reason=with_reason)
    return (
        "Cancelled. Create a new request when you need one: it replaces this one. Until then, the "
        "CA's reply can still be merged."
    )


def _without_request(*, issued: bool) -> str:
    """What to do with a disabled certificate that has no request."""
    if issued:
        return f"Disabled: {_BY_HAND}"
    return "No request is open: create one, or delete the certificate."


def _after_failure(operation: Operation, *, with_reason: bool) -> str:
    """What to do about what the CA or the service said."""
    reason = operation.error.rstrip(".") or "the CA gave no reason"
    known = diagnose(operation.error)
    now = known.hint if known else "Create a new request."
    return f"Failed: {reason}. {now}" if with_reason else f"Failed. {now}"


def words(operation: Operation | None) -> str:
    """The operation's own words: its error, else its status details; empty where it has none."""
    return (operation.error or operation.details) if operation else ""


def by_hand(operation: Operation) -> bool:
    """Whether a person takes the CSR to a CA; other issuers complete their requests themselves."""
    return operation.issuer.lower() == "unknown"


def waits_for_merge(operation: Operation) -> bool:
    """Whether a person has to have the CSR signed and to merge the reply."""
    return operation.status is Status.IN_PROGRESS and by_hand(operation)


def state(operation: Operation) -> str:
    """Where a request stands, in two or three words."""
    if operation.status is not Status.IN_PROGRESS:
        return str(operation.status.value)
    if operation.cancellation_requested:
        return "being cancelled"
    return "waits for the CA" if by_hand(operation) else f"{operation.issuer} is at work"
