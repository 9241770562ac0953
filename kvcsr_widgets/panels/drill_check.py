"""Whether a drill is mended, as its vault shows it."""

from __future__ import annotations

from collections.abc import Callable

import ipywidgets as w

from kvcsr_widgets.drills.drill import Verdict
from kvcsr_widgets.drills.play import Play
from kvcsr_widgets.panels import drill_text, layout
from kvcsr_widgets.panels.card import Card
from kvcsr_widgets.panels.notice import Notice
from kvcsr_widgets.runbook.steps import StepState

ABOUT = "Looked at after each step of a tool. Press Check to hear what is missing still."


class DrillCheck(Card):
    """Says whether the trouble is mended; ``told`` is called after each look."""

    def __init__(self, play: Play, told: Callable[[], object], *, step: int) -> None:
        self.play, self._told = play, told
        self.mended = False
        self.button = layout.primary("Check")
        self.said = w.HTML()
        self.notice = Notice()
        self.button.on_click(lambda _button: self.submit())
        super().__init__("Is it mended?", ABOUT, self.button, self.said, self.notice, step=step)

    def submit(self) -> Verdict | None:
        """Look, and say what is missing still. Returns None where the vault cannot be read."""
        return self._look(tell=True)

    def look(self) -> Verdict | None:
        """Look, and say it only where it is mended: what is missing would tell what is wrong."""
        return self._look(tell=False)

    def _look(self, *, tell: bool) -> Verdict | None:
        self.notice.clear()
        found = self.notice.attempt(self.play.judge)
        self.mended = bool(found and found.mended)
        said = ""
        if found is not None and (tell or found.mended):
            lesson = self.play.drill.lesson
            said = drill_text.verdict(found, diagnosed=self.play.diagnosed, lesson=lesson)
        layout.put(self.said, said)
        solved = self.mended and self.play.diagnosed
        self.stand(StepState.DONE if solved else StepState.READY)
        self._told()
        return found
