"""Where one step of the job stands: what a card's chip says."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class StepState(Enum):
    """Where a step stands, in the words of its chip."""

    TO_DO = "to do"
    """Something before it has to be done, or it has not been begun."""
    READY = "ready"
    """Its main button can be pressed now."""
    WAITING = "waiting for the CA"
    DONE = "done"
    BLOCKED = "blocked"
    """It cannot go on, and ``StepStanding.why`` says why."""


@dataclass(frozen=True)
class StepStanding:
    """Where a step stands, and why in one sentence; ``why`` may be empty but for BLOCKED."""

    state: StepState
    why: str = ""


NO_VAULT = StepStanding(StepState.TO_DO, "No vault is open. Press Connect above.")
NOT_READ = StepStanding(StepState.TO_DO, "Nothing was read yet: the table above reads the vault.")
AMISS = StepStanding(StepState.BLOCKED, "Something that is filled in cannot be sent: it says why.")
FAILED = StepStanding(StepState.BLOCKED, "That did not succeed: what to do now is said below.")
