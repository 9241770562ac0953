"""One result of a check before a merge, and what a check is about."""

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
    one, and only where the text is known.
    """

    code: str
    level: Level
    title: str
    detail: str = ""
    hint: str = ""
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """What the findings of one code are about: a line of the catalogue.

    ``levels`` are those that a finding may have, the usual one first. ``about`` says what is
    found, ``why`` why that matters, ``advice`` what to do about it, and ``source`` where the rule
    comes from; a rule that no recording of the service shows says so.
    """

    code: str
    levels: tuple[Level, ...]
    about: str
    why: str
    source: str
    advice: str = ""

    @property
    def level(self) -> Level:
        """The usual level."""
        return self.levels[0]

    def finding(
        self, title: str, detail: str = "", *, level: Level | None = None, answer: str = ""
    ) -> Finding:
        """A finding of this code with the entry's advice, of the usual level unless one is said."""
        assert level is None or level in self.levels, self.code
        return Finding(self.code, level or self.level, title, detail, self.advice, answer)
