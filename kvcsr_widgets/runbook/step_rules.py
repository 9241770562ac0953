"""Where the steps stand, from what is known of the vault, of a request and of the CA's reply."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kvcsr_widgets.pki.finding import Finding, Level
from kvcsr_widgets.pki.pending import Status
from kvcsr_widgets.runbook.availability import Availability
from kvcsr_widgets.runbook.heap import Heap
from kvcsr_widgets.runbook.progress import next_step, waits_for_merge
from kvcsr_widgets.runbook.standing import Offer
from kvcsr_widgets.runbook.steps import NO_VAULT, StepStanding, StepState
from kvcsr_widgets.vault.records import Operation


def none_in_hand(*, vault_open: bool, reading: bool, some: bool) -> StepStanding:
    """Where a step stands that needs a request, while none is in hand.

    ``reading`` is whether the requests are being read, ``some`` whether one can be chosen.
    """
    if not vault_open:
        return NO_VAULT
    if some:
        return StepStanding(StepState.TO_DO, "Choose a request.")
    if reading:
        why = "The requests are being read. You can go on meanwhile."
        return StepStanding(StepState.TO_DO, why)
    return StepStanding(StepState.TO_DO, "No request is waiting. Create one first (notebook 01).")


def of_csr(operation: Operation, *, taken: bool) -> StepStanding:
    """How it stands with the CSR of a request; ``taken`` is whether it left for the CA from here.

    Until it was taken, taking it is what there is to do. Then the CA has its turn.
    """
    if waits_for_merge(operation) and not operation.cancellation_requested:
        if taken:
            why = "It left for the CA. When the reply has come, merge it (notebook 03)."
            return StepStanding(StepState.WAITING, why)
        why = "Download it for your CA. Ask the CA for a .p7b: it brings the chain."
        return StepStanding(StepState.READY, why)
    return of_request(operation)


def of_request(operation: Operation) -> StepStanding:
    """Where a request stands, as the vault tells it."""
    why = next_step(operation, enabled=None)
    if operation.status is Status.COMPLETED:
        return StepStanding(StepState.DONE, why)
    if operation.status is Status.IN_PROGRESS and not operation.cancellation_requested:
        return StepStanding(StepState.WAITING, why)
    return StepStanding(StepState.BLOCKED, why)


def of_merge(operation: Operation, found: Sequence[Finding], *, may_go_on: bool) -> StepStanding:
    """Where the merge of a request stands; ``found`` is what the checks say of the CA's reply.

    Nothing was found while there is no reply. ``may_go_on`` is whether nothing stands against the
    merge, and what needs a tick has it.
    """
    if not found:
        return of_request(operation)
    if may_go_on:
        return StepStanding(StepState.READY, "Nothing that was checked stands against the merge.")
    stops = [finding.title for finding in found if finding.level is Level.STOP]
    if stops:
        more = f" And {len(stops) - 1} more below." if len(stops) > 1 else ""
        return StepStanding(StepState.BLOCKED, f"{_sentence(stops[0])}{more}")
    return StepStanding(StepState.BLOCKED, "Look at what stands out below, and tick it.")


def creating(
    *, vault_open: bool, found: Availability | None, made: str, unsaid: int, problems: int
) -> StepStanding:
    """Where the form for a request stands.

    ``found`` is what the vault has under its name, None for not known; ``made`` the id of the
    request that was made by it just now, empty for none. ``problems`` stand against sending what
    is filled in; ``unsaid`` are those of them whose fields nobody has touched.
    """
    if not vault_open:
        return NO_VAULT
    if found is not None and found.operation and made and found.operation.request_id == made:
        return StepStanding(StepState.DONE)
    if problems > unsaid:
        some = "a field" if problems - unsaid == 1 else f"{problems - unsaid} fields"
        return StepStanding(StepState.BLOCKED, f"Look at what is said at {some}.")
    if found is not None and found.refused:
        return StepStanding(StepState.BLOCKED, found.sentence)
    if problems:
        return StepStanding(StepState.TO_DO, "Fill in the fields.")
    return StepStanding(StepState.READY)


def of_ways(ways: Iterable[Offer]) -> StepStanding:
    """Where giving a request up stands: there is a way that can be gone, or none."""
    if any(way.possible for way in ways):
        return StepStanding(StepState.READY)
    return StepStanding(StepState.BLOCKED, "None of the ways below can be gone now.")


def of_heap(heap: Heap, *, vault_open: bool, busy: bool, some: bool) -> StepStanding:
    """Where the merge of many replies stands; ``some`` is whether files or a folder are chosen."""
    if not vault_open:
        return NO_VAULT
    if busy:
        return StepStanding(StepState.TO_DO, "It is at work.")
    if not heap.found.matches:
        choose = StepStanding(StepState.TO_DO, "Choose the CA's files, or name a folder.")
        return StepStanding(StepState.READY) if some else choose
    if heap.open:
        return StepStanding(StepState.READY)
    if heap.merged:
        return StepStanding(StepState.DONE)
    why = "None of these replies can be merged: the table says why."
    return StepStanding(StepState.BLOCKED, why)


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."
