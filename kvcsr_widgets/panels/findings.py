"""What the checks before a merge found, and the tick that some of it needs."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import ipywidgets as w
from markupsafe import Markup

from kvcsr_widgets.panels import html, layout
from kvcsr_widgets.pki.catalogue import CATALOGUE
from kvcsr_widgets.pki.checks.request import KEY_FITS
from kvcsr_widgets.pki.finding import Finding, Level

_KINDS = {Level.STOP: "fail", Level.TICK: "look"}


class FindingsView(w.VBox):
    """Shows findings; ``weighed`` is called when the tick is set or taken away."""

    def __init__(self, weighed: Callable[[], object]) -> None:
        self._found: tuple[Finding, ...] = ()
        self.view = w.HTML()
        self.tick = w.Checkbox(indent=False, layout=layout.wide())
        self.tick.observe(lambda _change: weighed(), "value")
        super().__init__([self.view, self.tick])
        self.show(())

    @property
    def found(self) -> tuple[Finding, ...]:
        """What is shown."""
        return self._found

    @property
    def may_go_on(self) -> bool:
        """Whether nothing stops the merge, and what needs a tick has it."""
        levels = {finding.level for finding in self._found}
        ticked = bool(self.tick.value) or Level.TICK not in levels
        return bool(self._found) and Level.STOP not in levels and ticked

    def show(self, found: Sequence[Finding]) -> None:
        """Show these findings; a tick holds for the findings that it was set for alone."""
        if tuple(found) != self._found:
            self.tick.value = False
        self._found = tuple(found)
        ticks = sum(finding.level is Level.TICK for finding in found)
        stops = any(finding.level is Level.STOP for finding in found)
        points = "the point" if ticks == 1 else f"the {ticks} points"
        self.tick.description = f"I have read {points} to look at above, and merge all the same"
        self.tick.layout.display = "" if ticks and not stops else "none"
        layout.put(self.view, _told(found))


def checks() -> Markup:
    """Every check, for people to read."""
    rows = [
        (
            code,
            " or ".join(level.value for level in entry.levels),
            f"{entry.about} {entry.why} {entry.advice}".rstrip(),
            entry.source,
        )
        for code, entry in CATALOGUE.items()
    ]
    return html.grid(("Check", "Level", "What it is about", "Source"), rows)


def _told(found: Sequence[Finding]) -> Markup:
    loud = [_note(finding) for finding in found if finding.level is not Level.INFO]
    fits = [_note(finding) for finding in found if finding.code == KEY_FITS.code]
    quiet = [
        (finding.title, " ".join(filter(None, (finding.detail, finding.hint))))
        for finding in found
        if finding.level is Level.INFO and finding.code != KEY_FITS.code
    ]
    return Markup("").join([*loud, *fits]) + (html.points(quiet) if quiet else Markup(""))


def _note(finding: Finding) -> Markup:
    kind = _KINDS.get(finding.level, "done")
    answer = f"The vault would answer: {finding.answer}" if finding.answer else ""
    return html.note(kind, finding.title, [finding.detail, finding.hint, answer])
