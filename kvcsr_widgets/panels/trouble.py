"""An error text from anywhere, explained; and the questions that are asked most."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import ipywidgets as w
from markupsafe import Markup

from kvcsr_widgets.errors import InputError
from kvcsr_widgets.panels import html, layout
from kvcsr_widgets.panels.browser import CopyButton
from kvcsr_widgets.panels.card import Card
from kvcsr_widgets.panels.desk import Desk
from kvcsr_widgets.panels.notice import Notice
from kvcsr_widgets.panels.sections import Sections
from kvcsr_widgets.runbook.progress import next_step, state, words
from kvcsr_widgets.vault.blanking import MAX_READ, blanked
from kvcsr_widgets.vault.causes import Diagnosis, diagnose, questions
from kvcsr_widgets.vault.pasted import read_part
from kvcsr_widgets.vault.records import Operation
from kvcsr_widgets.vault.report import lines

NO_REQUEST = "choose one to see what it says"


class TroublePanel(w.VBox):
    """Explains an error text that is pasted, or what a request of the open vault says of itself.

    Nothing is sent anywhere. ``desk`` is for the requests; without one, texts are explained only.
    """

    def __init__(self, desk: Desk | None = None, *, step: int | None = None) -> None:
        self.desk = desk
        self.text = w.Textarea(
            description="Error text",
            placeholder="Paste what the portal, PowerShell, Azure CLI or your CA said",
            rows=6,
            layout=layout.wide(),
            style=layout.label_style(),
        )
        self.request = w.Dropdown(
            description="Or a request", layout=layout.wide(), style=layout.label_style()
        )
        self.button = layout.primary("Explain")
        self.answer = w.HTML()
        self.notice = Notice()
        self.copy = CopyButton(label="Copy for support")
        self.faq = Sections({question: w.HTML(_answer(each)) for question, each in questions()})
        self.button.on_click(lambda _button: self.submit())
        self.request.observe(self._choose, "value")
        if desk is not None:
            desk.observe(self._redraw, "readings")
        self._show(Markup(""), "")
        self._redraw()
        about = "Paste an error text. It stays on this machine."
        self.card = Card("What went wrong?", about, *self._children(), step=step)
        super().__init__([self.card])

    def submit(self) -> Diagnosis | None:
        """Explain the text. Returns the diagnosis, or None for a text that nobody knows."""
        return self.notice.attempt(lambda: self._explain(self.text.value.strip(), pasted=True))

    def _children(self) -> list[w.Widget]:
        return [
            self.text,
            self.request,
            self.button,
            self.notice,
            self.answer,
            self.copy,
            w.HTML(html.heading("Asked often", "From Microsoft's article, answered here.")),
            self.faq,
        ]

    def _explain(self, text: str, *, pasted: bool) -> Diagnosis | None:
        self._show(Markup(""), "")
        if not text:
            raise InputError(
                "There is no text to explain yet.",
                hint="Paste the whole message, its first and last lines included.",
            )
        found = diagnose(text)
        self.notice.clear()
        part, not_all = read_part(text)
        if not_all:
            self.notice.info(not_all)
        kept = blanked(part, MAX_READ)
        rows = (("Cause", found.cause if found else "not known"), ("Text", kept))
        self._show(
            (_unknown() if found is None else _known(found, pasted=pasted))
            + html.fold("The text, without tokens and passwords", kept, unfolded=found is None),
            lines(rows, datetime.now(UTC)),
        )
        return found

    def _show(self, shown: Markup, for_support: str) -> None:
        self.answer.value = str(shown)
        self.copy.text = for_support
        self.copy.layout.display = "" if for_support else "none"

    def _redraw(self, _change: Any = None) -> None:
        """The requests of the vault that say something."""
        found = [each for each in self.desk.operations if words(each)] if self.desk else []
        self.request.options = [(NO_REQUEST, ""), *((_label(o), o.name) for o in found)]
        self.request.layout.display = "" if found else "none"

    def _choose(self, _change: Any) -> None:
        operations = self.desk.operations if self.desk else ()
        chosen = next((o for o in operations if o.name == self.request.value), None)
        if chosen is not None and chosen.error:
            self.notice.attempt(lambda: self._explain(words(chosen), pasted=False))
        elif chosen is not None:
            self._show(_no_error(chosen), "")


def _label(operation: Operation) -> str:
    return f"{operation.name}: {state(operation)}"


def _no_error(operation: Operation) -> Markup:
    """A request that has no error says where it stands."""
    told = next_step(operation, enabled=None)
    return html.note("info", f"“{operation.name}”: {state(operation)}.", [told, words(operation)])


def _known(found: Diagnosis, *, pasted: bool) -> Markup:
    hint = f"{found.hint} {found.pasted}".strip() if pasted else found.hint
    return html.note("look", found.message, html.explained(found.why, hint, found.notebook))


def _unknown() -> Markup:
    return html.note(
        "info",
        "No explanation is known for this text.",
        [
            "Look for its last line that names a reason, and try that one alone.",
            "If it stays unknown, give support the text with its request id, by the button below.",
        ],
    )


def _answer(found: Diagnosis) -> str:
    lines = html.explained(found.why, found.hint, found.notebook)
    return str(html.note("info", found.message, lines))
