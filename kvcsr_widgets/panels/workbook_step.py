"""One step of the one-page app: a card that folds to a line, and what a card holds."""

from __future__ import annotations

from collections.abc import Callable

import ipywidgets as w

from kvcsr_widgets.panels import layout
from kvcsr_widgets.panels.card import Card
from kvcsr_widgets.runbook.job import JobStep, Place
from kvcsr_widgets.runbook.steps import StepStanding, StepState


class Part(w.VBox):
    """The contents of a step; ``card`` is that of its panel, if one panel is all of it."""

    def __init__(self, card: Card | None, *children: w.Widget) -> None:
        self.card = card
        if card is not None:
            card.bare()
            card.head.layout.display = "none"  # the step has one, and says the same in it
        super().__init__(children)

    @property
    def said(self) -> StepStanding | None:
        """Where the panel says that the step stands, None where it says nothing."""
        return self.card.standing if self.card is not None else None

    def focus(self) -> None:
        """Put the cursor where the work of the step begins."""


class StepCard(Card):
    """The frame of a step. ``unfolded`` is whether its contents show.

    ``pressed`` is called when a person wants it the other way.
    """

    def __init__(
        self, step: JobStep, title: str, about: str, pressed: Callable[[], object]
    ) -> None:
        self.about, self.unfolded = about, False
        self.button = w.Button(layout=w.Layout(width="auto", flex="0 0 auto"))
        self.body = w.VBox(layout=w.Layout(display="none"))
        super().__init__(title, "", step=step.value)
        self.head.layout.flex = "1 1 280px"
        top = w.HBox(
            [self.head, self.button],
            layout=w.Layout(flex_flow="row wrap", align_items="flex-start"),
        )
        self.children = [top, self.body]
        self.button.on_click(lambda _button: pressed())

    def put(self, part: Part) -> None:
        """Hold this from now on."""
        self.body.children = [part]

    def place(self, place: Place, *, unfolded: bool) -> None:
        """Show where the step stands: with its contents, or as one line."""
        self.unfolded = unfolded
        self.explanation = self.about if unfolded else ""
        why = place.standing.why if unfolded else place.result or place.standing.why
        self.stand(place.standing.state, why)
        self.body.layout.display = "" if unfolded else "none"
        layout.say(self.button, self._offer(place))
        self.button.layout.display = "" if place.is_open else "none"

    def _offer(self, place: Place) -> str:
        if self.unfolded:
            return f"Fold step {self.step}"
        done = place.standing.state is StepState.DONE
        return f"Look at step {self.step} again" if done else f"Open step {self.step}"
