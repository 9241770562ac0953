"""What a panel's card says of its step."""

from __future__ import annotations

from typing import Protocol

from kvcsr_widgets.panels.card import Card
from kvcsr_widgets.runbook.steps import StepState


class HasCard(Protocol):
    card: Card


def state(panel: HasCard) -> StepState | None:
    """What the chip says; None where there is none."""
    standing = panel.card.standing
    return None if standing is None else standing.state


def why(panel: HasCard) -> str:
    """The reason beside the chip; it is shown."""
    standing = panel.card.standing
    assert standing is not None
    return standing.why
