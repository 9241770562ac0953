"""One result of a check before a merge."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Level(Enum):
    """What a finding means for the merge."""

    STOP = "stops the merge"
    TICK = "needs a tick to go on"
    INFO = "for information"


@dataclass(frozen=True, slots=True)
class Finding:
    """A stable code, its level, and words for it; ``pki.catalogue`` documents every code.

    ``answer`` is the exact text that the vault would answer to the merge; only what stops it has
    one.
    """

    code: str
    level: Level
    title: str
    detail: str = ""
    hint: str = ""
    answer: str = ""
