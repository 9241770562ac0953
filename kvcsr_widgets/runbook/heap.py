"""A heap of replies on its way into the vaults: what was found, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from kvcsr_widgets.runbook.batch import Outcome
from kvcsr_widgets.runbook.matching import Match
from kvcsr_widgets.runbook.search import Found


@dataclass(frozen=True)
class Heap:
    """What a search found, and the newest outcome of each reply whose merge was tried."""

    found: Found = Found()  # noqa: RUF009 - frozen
    outcomes: tuple[Outcome, ...] = ()

    @property
    def merged(self) -> int:
        """How many are in their vault."""
        return len(self._done())

    @property
    def left(self) -> list[Match]:
        """What was not merged, whatever the reason."""
        done = self._done()
        return [each for each in self.found.matches if id(each) not in done]

    @property
    def open(self) -> list[Match]:
        """What can be merged and was not yet."""
        return [each for each in self.left if each.can_be_merged]

    def ended(self, outcomes: Sequence[Outcome]) -> Heap:
        """After some more were tried: of one that is tried again the new outcome counts."""
        again = {id(each.match) for each in outcomes}
        kept = [each for each in self.outcomes if id(each.match) not in again]
        return replace(self, outcomes=(*kept, *outcomes))

    def _done(self) -> set[int]:
        return {id(each.match) for each in self.outcomes if each.merged is not None}
