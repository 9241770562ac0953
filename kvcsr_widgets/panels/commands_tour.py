"""The whole job as text for another tool: fill in once, copy step by step."""

from __future__ import annotations

from typing import Any

import ipywidgets as w
import traitlets as t

from kvcsr_widgets.errors import Problem
from kvcsr_widgets.panels import html, layout, links
from kvcsr_widgets.panels.card import Card
from kvcsr_widgets.panels.elsewhere import EXAMPLE, LABELS, told
from kvcsr_widgets.panels.field import Field
from kvcsr_widgets.panels.outside import CopyText
from kvcsr_widgets.runbook.commands import Command, Tool, commands, steps
from kvcsr_widgets.runbook.commands.steps import Form
from kvcsr_widgets.runbook.steps import StepState
from kvcsr_widgets.runbook.tour import Tour

COPY = "Copy the text"
SIGNED = "Have a CA sign the CSR before the next step (notebook 02)."

FORMS = {
    ".p7b, as most CAs offer it": Form.PKCS7_DER,
    ".p7b that is text (BEGIN PKCS7)": Form.PKCS7_PEM,
    ".crt that is text (BEGIN CERTIFICATE)": Form.PEM,
    ".cer that is binary (DER)": Form.DER,
}


class CommandsTour(w.VBox):
    """Writes the steps of the job for a vault, a certificate and a tool.

    ``copied`` counts how often a text was copied. What was copied and has changed since counts no
    more: see ``done``.
    """

    copied = t.Int(read_only=True)
    written = t.Int(read_only=True)

    def __init__(self, *, step: int | None = None) -> None:
        super().__init__()
        self._taken: set[tuple[str, str]] = set()
        look: dict[str, Any] = {"layout": layout.wide(), "style": layout.label_style()}
        self.vault_url = w.Text(value=EXAMPLE, description="Vault URL", **look)
        self.name = w.Text(value="www-contoso-com", description="Certificate name", **look)
        example = 'CN=www.contoso.com, O="Contoso, Inc.", C=US'
        self.subject = w.Text(value=example, description="Subject", **look)
        self.names = w.Text(value="www.contoso.com, contoso.com", description="Names", **look)
        self.form = w.Dropdown(options=list(FORMS.items()), description="The CA's file", **look)
        self.tool = w.ToggleButtons(
            options=[(tool.value, tool) for tool in Tool],
            tooltips=[f"The job in {tool.value}" for tool in Tool],
            style={"button_width": "auto"},
        )
        self.fields = {
            "vault_url": Field(self.vault_url, "Nothing is sent to it from here."),
            "name": Field(self.name),
            "subject": Field(self.subject, "It is quoted for each tool as that needs it."),
            "names": Field(self.names),
        }
        self.parts = w.VBox()
        self.texts: dict[str, CopyText] = {}
        asked = (self.vault_url, self.name, self.subject, self.names, self.form, self.tool)
        for box in asked:
            box.observe(self._redraw, "value")
        about = "Fill it in once. Nothing is run and nothing is sent: the texts are yours to copy."
        shown = (*self.fields.values(), self.form, self.tool, self.parts)
        self.card = Card("The whole job", about, *shown, step=step)
        self.children = [self.card]
        self._redraw()

    @property
    def tour(self) -> Tour:
        """What is filled in."""
        return Tour(
            self.vault_url.value.strip(),
            self.name.value.strip(),
            self.subject.value.strip(),
            self.names.value,
            self.form.value,
        )

    @property
    def done(self) -> dict[str, bool]:
        """Whether each step, by its label, was copied as it stands."""
        return {label: (label, text.text) in self._taken for label, text in self.texts.items()}

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What stands against writing the steps."""
        return self.tour.problems()

    def _redraw(self, _change: Any = None) -> None:
        problems = {each.field: each for each in reversed(self.problems)}
        for name, field in self.fields.items():
            field.show(problems.get(name), None)
        self.texts = {} if problems else self._write()
        self._stand()
        self.set_trait("written", self.written + 1)

    def _write(self) -> dict[str, CopyText]:
        """The steps of the chosen tool, each with its text, a button, and what to know."""
        tour, found, shown = self.tour, dict[str, CopyText](), list[w.Widget]()
        for number, each in enumerate(tour.steps, 1):
            label, command = LABELS[type(each)], self._command(each, tour.vault_url)
            text = CopyText(COPY)
            text.text = command.text
            text.copy.observe(lambda _change, label=label: self._take(label), "copied")
            found[label] = text
            head = html.heading(f"{number} · {label}")
            if isinstance(each, steps.Merge):
                head = html.note("look", links.linked(SIGNED)) + head
            shown += [w.HTML(head), text, w.HTML(told(command))]
        self.parts.children = tuple(shown)
        return found

    def _command(self, step: steps.Step, vault_url: str) -> Command:
        chosen = self.tool.value
        return next(each for each in commands(step, vault_url) if each.tool is chosen)

    def _take(self, label: str) -> None:
        self._taken.add((label, self.texts[label].text))
        self._stand()
        self.set_trait("copied", self.copied + 1)

    def _stand(self) -> None:
        if not self.texts:
            self.parts.children = ()
            self.card.stand(StepState.BLOCKED, "The steps cannot be written: see the fields.")
        else:
            done = all(self.done.values())
            self.card.stand(StepState.DONE if done else StepState.READY)
