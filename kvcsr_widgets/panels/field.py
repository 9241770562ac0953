"""A field: an input, a word of help, and what is wrong with it, at its place."""

from __future__ import annotations

import ipywidgets as w

from kvcsr_widgets.errors import Problem
from kvcsr_widgets.panels import html


class Field(w.VBox):
    """Wraps an input widget; an error stands under it, or else an advice, or else its help."""

    def __init__(
        self, box: w.DOMWidget, help_text: str = "", *, first: w.DOMWidget | None = None
    ) -> None:
        self.box = box
        self._first = first or box  # of several inputs, the one that takes the cursor
        self._help = help_text
        self._below = w.HTML()
        self.problem: Problem | None = None
        self._advice: Problem | None = None
        super().__init__([box, self._below])
        self.show(None)

    def show(self, problem: Problem | None, advice: Problem | None = None) -> None:
        """Say what is wrong, or what to think of, or nothing."""
        self.problem, self._advice = problem, advice
        if problem is not None:
            said = str(html.field_error(problem.message, problem.hint))
        elif advice is not None:
            said = str(html.field_advice(advice.message, advice.hint))
        else:
            said = str(html.field_help(self._help)) if self._help else ""
        if self._below.value != said:  # what stays is not sent to the browser again
            self._below.value = said

    def tell(self, help_text: str) -> None:
        """Give another word of help."""
        self._help = help_text
        self.show(self.problem, self._advice)

    def focus(self) -> None:
        """Put the cursor into the input."""
        self._first.focus()
