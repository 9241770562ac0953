"""The subject of a request: rows of fields and the X.500 text, two views of one value."""

from __future__ import annotations

from typing import Any

import ipywidgets as w
import traitlets as t

from kvcsr_widgets.errors import Problem, SubjectError
from kvcsr_widgets.panels import html, layout
from kvcsr_widgets.panels.field import Field
from kvcsr_widgets.panels.sections import Sections
from kvcsr_widgets.panels.subject_rows import SubjectRows
from kvcsr_widgets.pki.countries import countries
from kvcsr_widgets.pki.subject import MAX_LENGTH, Subject, compose
from kvcsr_widgets.pki.translate import Translation, translate
from kvcsr_widgets.runbook.subject_quoting import subject_in_tools

WAITING = (
    "The fields show the last text that could be read. A change in them takes the text's place."
)


class SubjectEditor(w.VBox):
    """Edits ``value``, the subject as Key Vault reads it, without blanks around.

    ``value`` follows every key press, also while the text is wrong: the plan says so. Setting it
    fills the fields. What is typed is never changed under the cursor.
    """

    value = t.Unicode()

    def __init__(self, value: str = "") -> None:
        countries()  # read before anyone types, as the advice needs them
        self.text = w.Text(
            description="Subject",
            placeholder='CN=www.contoso.com, O="Contoso, Inc.", C=US',
            layout=layout.wide(),
            style=layout.label_style(),
        )
        self.field = Field(
            self.text, "Type the text, or fill in the parts: each follows the other."
        )
        self.where = w.HTML()
        self.rows = SubjectRows(self._edited)
        self.waiting = w.HTML()
        self.translation: Translation | None = None
        self.translated = w.HTML()
        self.use = w.Button(description="Use the translation", layout=layout.fitting())
        self.offer = w.VBox([self.translated, self.use], layout=w.Layout(display="none"))
        self.facts = w.HTML()
        self.tools = w.HTML()
        self._error: Problem | None = None
        self._shown: tuple[Problem | None, Problem | None] = (None, None)
        self._by_rows = False
        self.use.on_click(lambda _button: self.use_translation())
        self.text.observe(self._typed, "value")
        elsewhere = layout.indented(Sections({"The subject in other tools": self.tools}))
        for below in (self.offer, self.facts):
            layout.indented(below)
        super().__init__(
            [self.rows, self.waiting, self.field, self.where, self.offer, self.facts, elsewhere]
        )
        self._typed()
        self.value = value

    def show(self, problem: Problem | None, advice: Problem | None = None) -> None:
        """Say what the form found; that the text cannot be read is said without it."""
        self._shown = (problem, advice)
        self.field.show(self._error or problem, advice)

    @property
    def common_name(self) -> str:
        """The first CN, or nothing; nothing too while the text cannot be read."""
        if self._error is not None:
            return ""
        return next((value for key, value in self.rows.parts if key == "CN"), "")

    @property
    def problem(self) -> Problem | None:
        """What is shown as wrong."""
        return self.field.problem

    def focus(self) -> None:
        """Put the cursor into the text."""
        self.field.focus()

    def use_translation(self) -> None:
        """Put the translation of another tool's form in the place of the text."""
        if self.translation is not None:
            self.text.value = self.translation.text
            self.focus()

    @t.observe("value")
    def _set(self, _change: Any) -> None:
        wanted = self.value.strip()
        if wanted != self.text.value.strip():
            self.text.value = wanted
        self.value = wanted

    def _edited(self) -> None:
        self._by_rows = True
        try:
            self.text.value = compose(self.rows.parts)
        finally:
            self._by_rows = False

    def _typed(self, _change: Any = None) -> None:
        text = self.text.value.strip()
        try:
            subject = Subject.parse(text)
        except SubjectError as error:
            self._refuse(text, error)
        else:
            self._accept(text, subject)
        self._offer(text)
        self.field.show(self._error or self._shown[0], self._shown[1])
        self.value = text

    def _refuse(self, text: str, error: SubjectError) -> None:
        where = f" (character {error.position + 1})."
        self._error = Problem("subject", error.message.removesuffix(".") + where, error.hint)
        layout.put(self.where, html.marked(text, error.position))
        layout.put(self.waiting, "" if self._by_rows else html.field_help(WAITING))
        layout.put(self.facts, html.facts([("Length", _length(text))]))
        layout.put(self.tools, html.muted("This needs a subject that can be read."))

    def _accept(self, text: str, subject: Subject) -> None:
        self._error = None
        self.rows.show(subject)
        layout.put(self.where, "")
        layout.put(self.waiting, "")
        rows = [("Length", _length(text))]
        if subject.attributes:
            order = ", ".join(part.text for part in reversed(subject.attributes))
            rows.append(("Order in the CSR", order))
        layout.put(self.facts, html.facts(rows))
        layout.put(self.tools, html.facts(subject_in_tools(text)))

    def _offer(self, text: str) -> None:
        self.translation = translate(text)
        if self.translation is not None:
            title = f"This looks like {self.translation.source}. In Key Vault's form it is:"
            lines = [self.translation.text, *self.translation.changes]
            layout.put(self.translated, html.note("look", title, lines))
        self.offer.layout.display = "none" if self.translation is None else ""


def _length(text: str) -> str:
    return f"{len(text)} of {MAX_LENGTH} characters"
