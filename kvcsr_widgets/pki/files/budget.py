"""How much work a reply may make, and a heap of them: its files are written by others."""

from __future__ import annotations

from dataclasses import dataclass, field

MAX_ROUNDS = 600_000
"""Rounds of passwords' hashes for all PFX of a reply; one of today has 2,000 or so a part."""

MAX_NAMES = 256 * 1024
"""Bytes of the subjects and issuers of all certificates: the library takes its time with them."""

MAX_BYTES = 5 * 1024 * 1024
"""Bytes of what is unpacked for one reply."""


class Allowance:
    """An amount that is used up little by little; one within another uses up both."""

    def __init__(self, most: int, within: Allowance | None = None) -> None:
        self._left = most
        self._within = within

    @property
    def left(self) -> int:
        """What can still be taken."""
        return self._left if self._within is None else min(self._left, self._within.left)

    def take(self, amount: int) -> bool:
        """Use up so much; False, and nothing is used up, where there is less than that."""
        if amount > self.left:
            return False
        self._left -= amount
        return self._within is None or self._within.take(amount)


@dataclass(frozen=True)
class Budget:
    """What reading may take: rounds of hashes, bytes of names, bytes unpacked."""

    rounds: Allowance = field(default_factory=lambda: Allowance(MAX_ROUNDS))
    names: Allowance = field(default_factory=lambda: Allowance(MAX_NAMES))
    size: Allowance = field(default_factory=lambda: Allowance(MAX_BYTES))

    def of_one(self) -> Budget:
        """The budget of one reply among those that this one is for."""
        return Budget(
            Allowance(MAX_ROUNDS, self.rounds),
            Allowance(MAX_NAMES, self.names),
            Allowance(MAX_BYTES, self.size),
        )
