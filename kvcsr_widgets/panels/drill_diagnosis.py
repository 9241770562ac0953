"""The reader says what is wrong."""

from __future__ import annotations

from collections.abc import Callable

import ipywidgets as w

from kvcsr_widgets.drills.play import Play
from kvcsr_widgets.panels import drill_text, layout
from kvcsr_widgets.panels.card import Card
from kvcsr_widgets.runbook.steps import StepState

ABOUT = "Look around first: the files and the tools below change nothing before you press a button."


class DrillDiagnosis(Card):
    """Asks what is wrong; ``found_out`` is called once that is known."""

    def __init__(self, play: Play, found_out: Callable[[], object], *, step: int) -> None:
        self.play, self._found_out = play, found_out
        diagnoses = play.drill.diagnoses
        self.answers = w.RadioButtons(
            options=[(each.text, place) for place, each in enumerate(diagnoses)],
            value=None,
            layout=w.Layout(width="100%"),
        )
        self.answers.add_class(drill_text.DIAGNOSES)
        self.button = layout.primary("That is it")
        self.why = w.HTML()
        style = w.HTML(drill_text.STYLE, layout=w.Layout(display="none"))
        self.answers.observe(lambda _change: self._chosen(), "value")
        self.button.on_click(lambda _button: self.submit())
        super().__init__(
            "What is wrong?", ABOUT, style, self.answers, self.button, self.why, step=step
        )
        if play.diagnosed:
            self.answers.value = next(n for n, each in enumerate(diagnoses) if each.right)
            self._say()
        self._chosen()

    def submit(self) -> bool:
        """Take the answer that is chosen. Returns whether it is right."""
        if self.answers.value is None:
            return False
        right = self.play.diagnose(int(self.answers.value))
        self._say()
        self._stand()
        if right:
            self._found_out()
        return right

    def _say(self) -> None:
        layout.put(self.why, drill_text.answer(self.play.drill.diagnoses[self.answers.value]))

    def _chosen(self) -> None:
        self.button.disabled = self.answers.value is None
        self._stand()

    def _stand(self) -> None:
        self.stand(StepState.DONE if self.play.diagnosed else StepState.READY)
