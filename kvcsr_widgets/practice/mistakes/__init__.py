"""What the practice CA can do wrong on purpose, so that every finding can be seen."""

from __future__ import annotations

from kvcsr_widgets.practice.mistakes import chains, content, files, usages, validity
from kvcsr_widgets.practice.mistakes.mistake import Mistake

MISTAKES: dict[str, Mistake] = {
    **content.MISTAKES,
    **usages.MISTAKES,
    **validity.MISTAKES,
    **chains.MISTAKES,
    **files.MISTAKES,
}
"""By name, in the order in which they are offered."""
