"""The numbers of a chart: marks that are round, and totals that find a place."""

from __future__ import annotations

import math

TICKS = 5
"""Marks on the axis, at most, beside 0."""


def ticks(most: int) -> list[int]:
    """Round numbers from 0 to ``most`` or a little more: steps of 1, 2 or 5 and zeros."""
    rough = max(most, 1) / TICKS
    power = 10 ** max(math.floor(math.log10(rough)), 0)
    step = next(each * power for each in (1, 2, 5, 10) if each * power >= rough)
    return [step * each for each in range(math.ceil(max(most, 1) / step) + 1)]


def compact(number: int) -> str:
    """A number in at most four characters, such as ``1.2k`` and ``35k``."""
    if number < 1_000:
        return str(number)
    for size, mark in ((1_000, "k"), (1_000_000, "M")):
        if number < 9_950 * size // 1_000:
            return f"{number / size:.1f}".removesuffix(".0") + mark
        if number < 999_500 * size // 1_000:
            return f"{number / size:.0f}{mark}"
    return f"{number:.0e}".replace("e+0", "e")
