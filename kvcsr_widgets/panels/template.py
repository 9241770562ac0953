"""Which template a request starts from, and what is to know of it."""

from __future__ import annotations

from collections.abc import Callable, Collection

import ipywidgets as w

from kvcsr_widgets.panels import html, layout
from kvcsr_widgets.pki.advice import PRIVATE
from kvcsr_widgets.pki.differences import differences
from kvcsr_widgets.pki.plan import CertificatePlan
from kvcsr_widgets.runbook.templates import Template, apply, templates


class TemplatePicker(w.VBox):
    """Offers the templates; ``changed`` is called when a person has chosen another."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self.templates = {each.id: each for each in templates()}
        options = [("(none)", ""), *((each.title, key) for key, each in self.templates.items())]
        self.box = w.Dropdown(
            description="Template",
            options=options,
            layout=layout.wide(),
            style=layout.label_style(),
        )
        self.told = w.HTML()
        self.box.observe(lambda _change: changed(), "value")
        super().__init__([self.box, self.told])

    @property
    def chosen(self) -> Template | None:
        """The template, None where none is chosen."""
        return self.templates.get(self.box.value)

    @property
    def validation(self) -> str:
        """What a public CA looks into, as ``pki.advice`` takes it; empty where that is open."""
        return "" if self.chosen is None else self.chosen.validation or PRIVATE

    def apply(self, plan: CertificatePlan, typed: Collection[str]) -> CertificatePlan:
        """The plan with what the template says of all that was not ``typed``."""
        return plan if self.chosen is None else apply(self.chosen, plan, frozenset(typed))

    def tell(self, plan: CertificatePlan, typed: Collection[str]) -> None:
        """Say what the template is for, and what of ``plan`` it left since that was ``typed``."""
        if self.chosen is None:
            layout.put(self.told, "")
            return
        kept = differences(plan, apply(self.chosen, plan, frozenset()))
        labels = [each.label for each in kept if each.field in typed]
        note = f"Kept, as it was typed or read in: {', '.join(labels)}." if labels else ""
        layout.put(self.told, html.field_help(f"{self.chosen.note} {note}".strip()))
