"""A panel's frame: number, title, a chip that says where the step stands, and its contents."""

from __future__ import annotations

import ipywidgets as w
from markupsafe import Markup

from kvcsr_widgets.panels import html, layout
from kvcsr_widgets.panels.keys import OwnKeys
from kvcsr_widgets.panels.unsent import Unsent
from kvcsr_widgets.runbook.steps import StepStanding, StepState


class Card(w.VBox):
    """A frame around ``children`` below a head with a title and an explanation.

    ``step`` is the number of the step in its notebook or app; None where nothing is counted. A
    card shows no chip before ``stand`` was called: what is no step, such as pictures, has none.
    """

    def __init__(
        self, title: str, explanation: str, *children: w.Widget, step: int | None = None
    ) -> None:
        self.title, self.explanation, self.step = title, explanation, step
        self.standing: StepStanding | None = None
        self.head = w.HTML()
        super().__init__(
            layout=w.Layout(
                border="1px solid var(--jp-border-color2)",
                padding="12px",
                width="100%",
                max_width="960px",
            ),
        )
        self.children = [self.head, *children, OwnKeys(), Unsent(self)]
        self.add_class("kvcsr-card")
        self._redraw()

    def stand(self, state: StepState, why: str = "") -> None:
        """Say where the step stands, and why where that is not plain."""
        self.show(StepStanding(state, why))

    def show(self, standing: StepStanding) -> None:
        """Say where the step stands. A notebook that its reason names is a link."""
        self.standing = standing
        self._redraw()

    def bare(self) -> None:
        """Have no frame: it stands in another card."""
        self.layout.border, self.layout.padding = "", "0"

    def _redraw(self) -> None:
        standing = self.standing
        chip = Markup("")
        if standing is not None:
            chip = html.chip(standing.state.value, KINDS[standing.state])
            chip += html.reason(standing.why) if standing.why else ""
        layout.put(self.head, html.step_head(self.title, self.explanation, chip, number=self.step))


KINDS = {
    StepState.TO_DO: "",
    StepState.READY: "info",
    StepState.WAITING: "look",
    StepState.DONE: "done",
    StepState.BLOCKED: "fail",
}
"""Each state's colour, by its kind in ``html``."""
