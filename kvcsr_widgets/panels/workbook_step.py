"""One step of the one-page app: a card that folds to a line, and what a card holds."""

from __future__ import annotations

from collections.abc import Callable

import ipywidgets as w

from kvcsr_widgets.panels import html, layout
from kvcsr_widgets.panels.card import KINDS, Card
from kvcsr_widgets.runbook.job import JobStep, Place
from kvcsr_widgets.runbook.steps import StepStanding, StepState


def headless(card: Card) -> None:
    """Let a panel's card be the contents of a step, which has a frame and says where it stands."""
    card.bare()
    card.head.layout.display = "none"


class Part(w.VBox):
    """The contents of a step; ``card`` is that of its panel, if one panel is all of it."""

    def __init__(self, card: Card | None, *children: w.Widget) -> None:
        self.card = card
        if card is not None:
            headless(card)
        super().__init__(children)

    @property
    def said(self) -> StepStanding | None:
        """Where the panel says that the step stands, None where it says nothing."""
        return self.card.standing if self.card is not None else None

    @property
    def first(self) -> w.DOMWidget:
        """The control in which the work of the step begins."""
        return self


class StepCard(Card):
    """The frame of a step. ``unfolded`` is whether its contents show.

    ``pressed`` is called when a person wants it the other way.
    """

    def __init__(
        self, step: JobStep, title: str, about: str, pressed: Callable[[], object]
    ) -> None:
        self.unfolded, self.result = False, ""
        self.button = w.Button(layout=w.Layout(width="auto", flex="0 0 auto"))
        self.body = w.VBox(layout=w.Layout(display="none"))
        super().__init__(title, about, step=step.value)
        self.head.layout.flex = "1 1 280px"
        top = w.HBox(
            [self.head, self.button],
            layout=w.Layout(flex_flow="row wrap", align_items="flex-start"),
        )
        self.children = [top, self.body]
        self.add_class("kvcsr-step")
        self.button.on_click(lambda _button: pressed())

    def put(self, part: Part) -> None:
        """Hold this from now on."""
        self.body.children = [part]

    def place(self, place: Place, *, unfolded: bool) -> None:
        """Show where the step stands: with its contents, or as one line."""
        self.unfolded, self.result = unfolded, place.result or place.standing.why
        self.show(place.standing)
        self.layout.padding = "12px" if unfolded else "4px 12px"
        self.body.layout.display = "" if unfolded else "none"
        layout.say(self.button, self._offer(place))
        self.button.layout.display = "" if place.is_open else "none"

    def _redraw(self) -> None:
        if self.unfolded or self.standing is None:
            super()._redraw()
            return
        told = html.chip(self.standing.state.value, KINDS[self.standing.state])
        line = html.step_head(self.title, "", told + html.reason(self.result), number=self.step)
        layout.put(self.head, line)

    def _offer(self, place: Place) -> str:
        if self.unfolded:
            return f"Fold step {self.step}"
        done = place.standing.state is StepState.DONE
        return f"Look at step {self.step} again" if done else f"Open step {self.step}"
