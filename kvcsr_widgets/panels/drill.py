"""Play a drill: a trouble is staged in a vault of its own, diagnosed and mended there."""

from __future__ import annotations

import ipywidgets as w
import traitlets as t

from kvcsr_widgets.drills.catalogue import DRILLS
from kvcsr_widgets.drills.drill import Drill, Verdict
from kvcsr_widgets.drills.play import Play, begin, is_solved, is_staged
from kvcsr_widgets.errors import InputError
from kvcsr_widgets.panels import drill_text, html, layout
from kvcsr_widgets.panels.card import Card
from kvcsr_widgets.panels.drill_bench import DrillBench
from kvcsr_widgets.panels.drill_check import DrillCheck
from kvcsr_widgets.panels.drill_choice import DrillChoice
from kvcsr_widgets.panels.drill_diagnosis import DrillDiagnosis
from kvcsr_widgets.panels.notice import Notice
from kvcsr_widgets.runbook.steps import StepState

STAGE, GO_ON = "Stage it", "Go on"
ABOUT = (
    "A trouble that people met, in a practice vault of its own: find out what is wrong, mend it."
)
AGAIN = "“Stage it again” throws the drill's own vault away, with all that you did in it."


class DrillPanel(w.VBox):
    """Stages drills, and says when one is solved; ``code`` is that of the only one to be offered.

    ``play`` is the drill that is open, None before one is. ``solved`` is how many drills are, of
    all that there are. Raises InputError for an unknown code.
    """

    solved = t.Int(read_only=True)

    def __init__(self, code: str = "", *, step: int | None = None) -> None:
        super().__init__(layout=w.Layout(grid_gap="8px"))
        self.play: Play | None = None
        self.bench: DrillBench | None = None
        self.diagnosis: DrillDiagnosis | None = None
        self.checking: DrillCheck | None = None
        if code and code not in DRILLS:
            raise InputError(
                f"There is no drill “{code[:40]}”.", hint=f"There are: {', '.join(DRILLS)}."
            )
        self._first = step or 1
        self._only = DRILLS.get(code)
        self.choice = None if self._only else DrillChoice(self._other)
        self.story = w.HTML()
        self.button = layout.primary(STAGE)
        self.again = w.Button(description="Stage it again", layout=layout.fitting())
        self.warning = w.HTML(html.muted(AGAIN))
        self.notice = Notice()
        self.onward = w.Button(description="Next drill", layout=layout.fitting())
        self.onward.on_click(lambda _button: self.go_on())
        self.button.on_click(lambda _button: self.submit())
        self.again.on_click(lambda _button: self.stage_again())
        chosen = [self.choice] if self.choice else []
        buttons = w.HBox([self.button, self.again], layout=w.Layout(flex_flow="row wrap"))
        told = (self.story, buttons, self.warning, self.notice)
        self.card = Card("Drill", ABOUT, *chosen, *told, step=self._first)
        self.children = [self.card]
        self._redraw()

    @property
    def drill(self) -> Drill:
        """The one that is chosen."""
        if self._only is not None:
            return self._only
        assert self.choice is not None  # one or the other
        return self.choice.drill

    @property
    def progress(self) -> tuple[tuple[str, bool], ...]:
        """All drills: the title of each, and whether it was solved."""
        return tuple((each.title, is_solved(each)) for each in DRILLS.values())

    def submit(self) -> None:
        """Stage the drill that is chosen, or go on with it."""
        self.notice.attempt(lambda: self._begin(again=False))
        self._redraw()

    def stage_again(self) -> None:
        """Throw away what was done, and stage the drill anew."""
        self.notice.attempt(lambda: self._begin(again=True))
        self._redraw()

    def go_on(self) -> None:
        """Choose the next drill that is not solved."""
        if self.choice is not None and (code := self.choice.following()):
            self.choice.list.value = code
            self.choice.list.focus()

    def check(self) -> Verdict | None:
        """See whether the trouble is mended. Returns None before one is staged."""
        return self.checking.submit() if self.checking else None

    def leave(self) -> None:
        """Close the drill that is open; it can be gone on with."""
        if self.play is not None and self.bench is not None:
            self.bench.leave()
            self.play.close()
        for card in (self.diagnosis, self.checking):
            if card is not None:
                card.close()
        self.play = self.bench = self.diagnosis = self.checking = None
        self.children = self.children[:1]

    def close(self) -> None:
        """Close the drill that is open, and leave the page."""
        self.leave()
        super().close()

    def _begin(self, *, again: bool) -> None:
        self.leave()
        self.notice.clear()
        play = begin(self.drill, again=again)
        try:
            self._show(play)
        except BaseException:
            play.close()
            self.play = self.bench = None
            raise

    def _show(self, play: Play) -> None:
        number = self._first
        self.play = play
        self.bench = DrillBench(play, step=number + 2)
        self.checking = DrillCheck(play, self._redraw, step=number + 3)
        self.diagnosis = DrillDiagnosis(play, self.checking.look, step=number + 1)
        self.bench.watch(self._follow)
        self.checking.look()
        self.children = [self.card, self.diagnosis, self.bench, self.checking, self.onward]

    def _follow(self) -> None:
        """Something in the vault was changed by a tool."""
        if self.checking is not None and self.bench is not None and self.bench.desk.vault:
            self.checking.look()

    def _other(self) -> None:
        self.leave()
        self.notice.clear()
        self._redraw()

    def _redraw(self) -> None:
        drill, is_open = self.drill, self.play is not None
        self.set_trait("solved", sum(solved for _title, solved in self.progress))
        if self.choice is not None:
            self.choice.redraw()
        layout.put(self.story, drill_text.told(drill))
        begun = is_staged(drill)
        self.button.description = GO_ON if begun else STAGE
        self.button.layout.display = "none" if is_open else ""
        self.again.layout.display = self.warning.layout.display = "" if begun else "none"
        self.card.stand(
            StepState.DONE if is_open else StepState.READY, _standing(drill, is_open=is_open)
        )
        if self.bench is not None and self.checking is not None:
            solved = is_solved(drill) and self.choice is not None and self.choice.following()
            self.onward.layout.display = "" if solved else "none"
            self.bench.stand(StepState.DONE if self.checking.mended else StepState.READY)


def _standing(drill: Drill, *, is_open: bool) -> str:
    if is_solved(drill):
        return "You solved this one."
    return "It is staged: go on with the steps below." if is_open else ""
