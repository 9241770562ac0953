"""The whole job on one page: its steps, and where each stands by what the vault says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum

from kvcsr_widgets.pki.pending import Status
from kvcsr_widgets.runbook.merging import Merged
from kvcsr_widgets.runbook.progress import by_hand, next_step, state
from kvcsr_widgets.runbook.steps import StepStanding, StepState
from kvcsr_widgets.vault.records import Operation


class JobStep(IntEnum):
    """The steps by their numbers."""

    CONNECT = 1
    REQUEST = 2
    CSR = 3
    SIGNATURE = 4
    MERGE = 5
    CERTIFICATE = 6

    @property
    def short(self) -> str:
        """What an overview calls it."""
        return "CSR" if self is JobStep.CSR else self.name.capitalize()


@dataclass(frozen=True)
class Facts:
    """What a page knows: of the vault, and of what was done on it since it was opened.

    ``vault`` names the open vault, empty for none; ``reading`` is whether its requests are being
    read, ``unread`` whether not all could be, and ``waiting`` how many wait for a merge.
    ``in_hand`` is the request that the job is about. ``fresh`` is whether it was made on this
    page, ``left`` whether its CSR is known to have left for the CA. ``fits`` is whether a reply
    was put in that has its key, and ``merged`` what came of its merge here. ``said`` is what the
    panels say of their own steps: it counts where a step is open and not done.
    """

    vault: str = ""
    reading: bool = False
    unread: bool = False
    waiting: int = 0
    in_hand: Operation | None = None
    fresh: bool = False
    left: bool = False
    fits: bool = False
    merged: Merged | None = None
    said: Mapping[JobStep, StepStanding] = field(default_factory=dict)


@dataclass(frozen=True)
class Place:
    """Where one step stands on the page.

    ``is_open`` is whether a person can look into it, ``unfolded`` whether it shows by itself.
    ``result`` is what came of a step that is done, in one line.
    """

    standing: StepStanding
    is_open: bool = False
    unfolded: bool = False
    result: str = ""


Job = Mapping[JobStep, Place]
"""The place of each step, in their order."""


def job(facts: Facts) -> Job:
    """Where each step stands. A step opens once the one before is done.

    A request that was found in the vault may have been sent to a CA by anybody: its signature and
    its merge are open at once.
    """
    found = {
        JobStep.CONNECT: _connect(facts),
        JobStep.REQUEST: _request(facts),
        JobStep.CSR: _csr(facts),
        JobStep.SIGNATURE: _signature(facts),
        JobStep.MERGE: _merge(facts),
        JobStep.CERTIFICATE: _certificate(facts),
    }
    said = _said(facts)
    return {step: _as_said(place, said.get(step)) for step, place in found.items()}


def current(found: Job) -> JobStep:
    """The first step in which something is to be done; the last one where nothing is."""
    undone = (
        step
        for step, each in found.items()
        if each.is_open and each.standing.state is not StepState.DONE
    )
    return next(undone, JobStep.CERTIFICATE)


def _said(facts: Facts) -> Mapping[JobStep, StepStanding]:
    """What the panels say; where one has the signature, the other does not wait for the CA."""
    signature, merge = (facts.said.get(step) for step in (JobStep.SIGNATURE, JobStep.MERGE))
    signed = signature is not None and signature.state is StepState.DONE
    if signed and merge is not None and merge.state is StepState.WAITING:
        ready = StepStanding(StepState.READY, "Choose the file that step 4 made.")
        return {**facts.said, JobStep.MERGE: ready}
    return facts.said


def _as_said(place: Place, said: StepStanding | None) -> Place:
    """What the panel of an open step says is more than is known without it."""
    if said is None or not place.is_open or place.standing.state is StepState.DONE:
        return place
    return Place(said, place.is_open, place.unfolded, place.result)


def _connect(facts: Facts) -> Place:
    if not facts.vault:
        return _to_work(StepState.READY)
    result = f"Connected to {facts.vault}."
    if facts.unread:
        result = f"{result} Not all of its requests could be read."
    return Place(StepStanding(StepState.DONE), True, facts.unread, result)


def _request(facts: Facts) -> Place:
    operation = facts.in_hand
    if not facts.vault:
        return _closed("Connect first.")
    if operation is None:
        return _to_work(StepState.READY, _to_choose(facts))
    if _is_alive(operation):
        return _done(f"“{operation.name}”: {state(operation)}.")
    return _to_work(StepState.BLOCKED, next_step(operation, enabled=None))


def _to_choose(facts: Facts) -> str:
    if facts.reading:
        return "The requests of the vault are being read. You can begin a new one meanwhile."
    if not facts.waiting:
        return "No request waits for a CA: create one."
    some = "One request waits" if facts.waiting == 1 else f"{facts.waiting:,} requests wait"
    return f"{some} for a CA: go on with one, or begin a new one."


def _csr(facts: Facts) -> Place:
    operation = facts.in_hand
    if operation is None:
        return _closed("Create or choose the request first.")
    if not _is_alive(operation):
        return _closed("This request goes no further: see step 2.")
    if not by_hand(operation):
        return _done(f"Issuer “{operation.issuer}” has it: there is nothing to take.")
    if operation.status is Status.COMPLETED:
        return _done("The CA had it.")
    if facts.left:
        return _done("It has left for the CA.")
    return _to_work(StepState.READY, "Download it or copy it.")


def _signature(facts: Facts) -> Place:
    operation = facts.in_hand
    if operation is None or not _is_alive(operation):
        return _closed("Take the CSR first.")
    if operation.status is Status.COMPLETED:
        by = "The CA" if by_hand(operation) else f"Issuer “{operation.issuer}”"
        return _done(f"{by} has signed it.", is_open=False)
    if not by_hand(operation):
        why = f"Issuer “{operation.issuer}” signs it by itself."
        return Place(StepStanding(StepState.WAITING, why))
    if _is_early(facts):
        return _closed("Take the CSR first.")
    if facts.fits:
        return _done("The CA's reply is here.")
    return _to_work(StepState.WAITING, "Once you have the CA's reply, go on with step 5.")


def _merge(facts: Facts) -> Place:
    operation = facts.in_hand
    if operation is None:
        return _closed("Take the CSR first.")
    if operation.status is Status.CANCELLED and by_hand(operation):
        return _to_work(StepState.TO_DO, "The request was cancelled; a reply still fits it.")
    if not _is_alive(operation):
        return _closed("This request goes no further: see step 2.")
    if operation.status is Status.COMPLETED:
        return _merged(facts, operation)
    if not by_hand(operation):
        return _closed(f"Nothing to merge: issuer “{operation.issuer}” completes the request.")
    if _is_early(facts):
        return _closed("Take the CSR first.")
    return _to_work(StepState.TO_DO, "Put in what the CA sent.")


def _merged(facts: Facts, operation: Operation) -> Place:
    merged = facts.merged
    if not by_hand(operation):
        return _done("There was nothing to merge.", is_open=False)
    if merged is None or merged.certificate.name != operation.name:
        return _done("The reply is merged.")
    found = merged.certificate
    until = f", valid until {found.expires:%Y-%m-%d}" if found.expires else ""
    result = f"Merged: “{found.name}” is {'enabled' if found.enabled else 'disabled'}{until}."
    if merged.ok:
        return _done(f"{result} All that was read back is as expected.")
    why = f"{result} Not all is as expected."
    return Place(StepStanding(StepState.DONE, why), is_open=True, unfolded=True, result=why)


def _certificate(facts: Facts) -> Place:
    operation = facts.in_hand
    if not facts.vault:
        return _closed("Connect first.")
    if operation is not None and operation.status is Status.COMPLETED:
        why = f"“{operation.name}” is in the vault."
        return Place(StepStanding(StepState.DONE, why), is_open=True, unfolded=True, result=why)
    if operation is not None and _is_alive(operation) and not by_hand(operation):
        return _to_work(StepState.WAITING, "Refresh shows when it is issued.")
    why = "It shows here once it is merged. Where all the others stand shows any time."
    return Place(StepStanding(StepState.TO_DO, why), is_open=True, result=why)


def _is_alive(operation: Operation) -> bool:
    """Whether it goes on towards a certificate, or has become one."""
    at_work = operation.status is Status.IN_PROGRESS and not operation.cancellation_requested
    return at_work or operation.status is Status.COMPLETED


def _is_early(facts: Facts) -> bool:
    """Whether no CA can have seen the CSR yet."""
    return facts.fresh and not facts.left


def _closed(why: str) -> Place:
    return Place(StepStanding(StepState.TO_DO, why), result=why)


def _done(result: str, *, is_open: bool = True) -> Place:
    return Place(StepStanding(StepState.DONE), is_open, result=result)


def _to_work(state: StepState, why: str = "") -> Place:
    return Place(StepStanding(state, why), is_open=True, unfolded=True, result=why)
