"""Where a request stands, and which steps back make sense: cancel, delete, start again.

Cancelling keeps the key, deleting a request destroys it. The certificate and its request are two
objects: the placeholder of one that was never merged outlives its request and holds the name
(recorded).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

from cryptography import x509

from kvcsr_widgets.errors import VaultError
from kvcsr_widgets.pki import facts
from kvcsr_widgets.pki.csr import SigningRequest
from kvcsr_widgets.pki.leaf import key_of
from kvcsr_widgets.pki.pending import Status
from kvcsr_widgets.pki.plan import CertificatePlan
from kvcsr_widgets.runbook.asked import PlanOf, not_known
from kvcsr_widgets.runbook.availability import Availability, State, look_up
from kvcsr_widgets.runbook.progress import by_hand, state
from kvcsr_widgets.vault.client import Vault
from kvcsr_widgets.vault.records import Certificate, Operation
from kvcsr_widgets.vault.report import own_words

_REUSED = (
    "The policy reuses the key, so the new CSR may have the same key as the old one, and a CA may "
    "say that it was used already."
)

CANCELLING = "That takes some seconds: press “Look again”."


class Step(Enum):
    """What can be done with a request that shall not go on; the value is its label.

    The deletions come last.
    """

    CANCEL = "Cancel the request"
    START = "Start again"
    DELETE = "Delete the request"
    DELETE_CERTIFICATE = "Delete the certificate"


@dataclass(frozen=True, slots=True)
class Offer:
    """Whether a step makes sense now: what it does, or ``possible`` is False and why it does not.

    ``about`` is empty where there is nothing to add. ``loses`` is what it destroys for good,
    empty where it destroys nothing.
    """

    step: Step
    possible: bool
    about: str
    loses: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """What the vault has under a name, and what starting again would send.

    ``plan`` is None where nothing can be started or the policy cannot be read; ``notes`` say then
    why, and else what the plan leaves out of the policy, a sentence each; ``losses`` are those of
    them that change what is asked for. ``plan_of`` tells from what a request was made, where that
    is known.
    """

    found: Availability
    plan: CertificatePlan | None = None
    notes: tuple[str, ...] = ()
    plan_of: PlanOf = not_known
    losses: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The certificate's name as the vault spells it."""
        return self.found.name

    @property
    def operation(self) -> Operation | None:
        """The request, None where there is none."""
        return self.found.operation

    @property
    def issued(self) -> Certificate | None:
        """The version in use, None where none was ever merged."""
        return self.found.certificate

    @property
    def sentence(self) -> str:
        """Where it stands."""
        if self.operation is not None:
            now = f"“{self.name}”: {state(self.operation)}."
            return f"{now} {CANCELLING}" if is_being_cancelled(self.operation) else now
        if self.found.state is State.FREE:
            return f"There is no certificate “{self.name}” in this vault."
        return self.found.sentence

    @property
    def shares_key(self) -> bool:
        """Whether the CSR has the key of the version in use, which no deletion of it takes."""
        csr = self.operation.csr if self.operation else None
        return csr is not None and self.issued is not None and _same_key(csr, self.issued)


def stand(
    vault: Vault,
    name: str,
    *,
    plan_of: PlanOf = not_known,
    before: Availability | None = None,
) -> Standing:
    """How it stands with a name; ``plan_of`` as in ``Standing``.

    ``before`` is what an earlier look found, as in ``look_up``. What cannot be read is said.
    Raises PlanError for a name that no certificate can have.
    """
    found = look_up(vault, name, before)
    if found.state not in (State.ENDED, State.IN_USE):
        return Standing(found, plan_of=plan_of)
    try:
        current = vault.current(found.name)
    except VaultError as error:
        said = (error.message, error.hint, own_words(error))
        return Standing(found, None, tuple(filter(None, said)), plan_of)
    plan, notes = _as_asked(current.plan, found, plan_of)
    return Standing(found, plan, (*current.notes, *notes), plan_of, current.losses)


def _as_asked(
    plan: CertificatePlan, found: Availability, plan_of: PlanOf
) -> tuple[CertificatePlan, tuple[str, ...]]:
    """The plan as the request had it: the vault tells tags and ``enabled`` of the newest version.

    That is the placeholder where none was merged, with the tags of the request.
    """
    operation = found.operation
    if operation is None or operation.status is Status.COMPLETED:
        return plan, ()
    plan = replace(plan, preserve_order=operation.preserve_order)
    if (sent := plan_of(operation)) is not None:
        tags = plan.tags if found.certificate is None else sent.tags
        return replace(plan, tags=tags, enabled=sent.enabled), ()
    if found.certificate is None:
        return plan, ()
    return plan, ("Tags and “enabled” are those of the version in use, not of the old request.",)


def is_being_cancelled(operation: Operation) -> bool:
    """Whether the service was asked to cancel it and has not done so yet."""
    return operation.status is Status.IN_PROGRESS and operation.cancellation_requested


def offers(standing: Standing) -> dict[Step, Offer]:
    """Every step, with whether it makes sense now."""
    found = (
        _cancel(standing),
        _start(standing),
        _delete(standing),
        _delete_certificate(standing),
    )
    return {offer.step: offer for offer in found}


def _not(step: Step, about: str) -> Offer:
    return Offer(step, possible=False, about=about)


def _cancel(standing: Standing) -> Offer:
    operation = standing.operation
    if operation is None:
        return _not(Step.CANCEL, "There is no request to cancel.")
    if operation.status is not Status.IN_PROGRESS:
        return _not(Step.CANCEL, f"It is {state(operation)}. {_kept(operation)}")
    if operation.cancellation_requested:
        return _not(Step.CANCEL, "")
    told = (
        "The vault does not know your CA: withdraw the order there too."
        if by_hand(operation)
        else f"Whether {operation.issuer} issues all the same, only {operation.issuer} knows."
    )
    about = (
        "The service is asked to give the request up, which takes some seconds. The key and the "
        "CSR stay: the CA's reply can still be merged, until the next request takes their place."
    )
    return Offer(Step.CANCEL, possible=True, about=f"{about} {told}")


def _kept(operation: Operation) -> str:
    if operation.status is Status.COMPLETED:
        return "There is nothing to cancel."
    return (
        "Its key is still there: the CA's reply to its CSR can be merged, until the next request "
        "takes its place."
    )


def _delete(standing: Standing) -> Offer:
    operation = standing.operation
    if operation is None:
        return _not(Step.DELETE, "There is no request to delete.")
    stays = (
        "The version in use stays as it is."
        if standing.issued
        else f"The certificate “{standing.name}” stays, empty and disabled, and still holds the "
        "name: delete it afterwards, or start again."
    )
    if operation.status is Status.COMPLETED:
        about = "Only the record of the request goes, and the CSR with it. The key is in use."
        return Offer(Step.DELETE, possible=True, about=f"{about} {stays}")
    if standing.shares_key:
        about = (
            "The request and its CSR go. The key stays, since the version in use has the same: the "
            "CA's reply can be merged only into a new request that reuses the key."
        )
        return Offer(Step.DELETE, possible=True, about=f"{about} {stays}")
    loses = (
        "This destroys the key that the CSR was made with. What the CA sends for this CSR can then "
        "never be merged, and nobody can bring the key back."
    )
    return Offer(Step.DELETE, possible=True, about=stays, loses=loses)


def _delete_certificate(standing: Standing) -> Offer:
    step = Step.DELETE_CERTIFICATE
    if standing.found.state is State.PENDING and standing.issued is None:
        return _not(step, "Delete the request first.")
    if standing.found.state is not State.ENDED:
        held = standing.issued is not None
        about = "A version is in use; it is not deleted from here." if held else "There is none."
        return _not(step, about)
    about = (
        "Nothing was ever merged, so no certificate is lost. With soft delete, the vault keeps it "
        "among the deleted ones until its purge date: till then it can be recovered, and the name "
        "cannot be used again unless it is purged. To use the name again, start again instead."
    )
    key = standing.operation is not None
    loses = "The request and its key are deleted with it." if key else ""
    return Offer(step, possible=True, about=about, loses=loses)


def _start(standing: Standing) -> Offer:
    found = standing.found
    if found.state is State.PENDING:
        asked = found.operation is not None and found.operation.cancellation_requested
        if asked:
            return _not(Step.START, "Not before the request is cancelled.")
        about = "The request is still open. Cancel it or delete it first."
        return _not(Step.START, about)
    if found.state is State.FREE:
        about = "The vault has no policy of this name: create a request (notebook 01)."
        return _not(Step.START, about)
    if found.state not in (State.ENDED, State.IN_USE):
        return _not(Step.START, f"{found.sentence} {found.hint}".strip())
    if standing.plan is None:
        return _not(Step.START, " ".join(standing.notes))
    made = "The vault makes a new CSR with the same policy, tags and settings."
    if standing.issued:
        made = f"{made} The version in use stays until the new one is merged."
    loses = _lost_by_start(standing, standing.plan)
    becomes = "" if loses else _becomes_of_old(standing, standing.plan)
    about = " ".join(filter(None, (made, becomes, *standing.notes)))
    return Offer(Step.START, possible=True, about=about, loses=loses)


def _lost_by_start(standing: Standing, plan: CertificatePlan) -> str:
    """The CA may still have the CSR of a request that was cancelled or that failed."""
    operation = standing.operation
    if operation is None or operation.status is Status.COMPLETED:
        return ""
    if plan.reuse_key or standing.shares_key:
        return ""
    return (
        "The new CSR has a new key and takes the place of the old CSR, whose key is destroyed. "
        "What the CA sends for the old one can then never be merged, and nobody can bring the key "
        "back."
    )


def _becomes_of_old(standing: Standing, plan: CertificatePlan) -> str:
    """What becomes of the old CSR where its key is not lost by this."""
    operation = standing.operation
    ended = operation is None or operation.status is Status.COMPLETED
    if standing.issued and ended:
        return f"The new CSR has {'the same' if plan.reuse_key else 'another'} key."
    if operation is None:
        gone = "The old CSR is of no use any more: its request was deleted."
        return f"{gone} {_REUSED}" if plan.reuse_key else gone
    if plan.reuse_key:
        return f"It takes the place of the old CSR. {_REUSED}"
    return "It has a new key and takes the place of the old CSR, whose key the version in use has."


def _same_key(csr: SigningRequest, issued: Certificate) -> bool:
    try:
        return key_of(x509.load_der_x509_certificate(issued.der)) == csr.fingerprint
    except facts.UNREADABLE:
        return False
