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
    """It cannot go on, and ``Standing.why`` says why."""


@dataclass(frozen=True)
class StepStanding:
    """Where a step stands, and why in one sentence; ``why`` may be empty but for BLOCKED."""

    state: StepState
    why: str = ""
