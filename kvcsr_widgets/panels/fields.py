"""All fields of the request form together: read as one plan, filled from one, errors at each."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import ipywidgets as w

from kvcsr_widgets.errors import Problem
from kvcsr_widgets.panels import choices, inputs
from kvcsr_widgets.panels.inputs import Input
from kvcsr_widgets.panels.names import NamesEditor
from kvcsr_widgets.panels.sections import Sections
from kvcsr_widgets.panels.subject import SubjectEditor
from kvcsr_widgets.pki.plan import CertificatePlan

ADVANCED = (
    "content_type",
    "lifetime_action",
    "exportable",
    "reuse_key",
    "key_usage",
    "ekus",
    "certificate_type",
    "transparency",
    "preserve_order",
    "enabled",
    "tags",
)
"""The inputs behind ``MORE``."""

MORE = "Advanced policy"


class Fields(w.VBox):
    """The inputs by name; ``touched`` are those whose errors are shown.

    ``edited`` is called with an input that a person has changed.
    """

    def __init__(self, edited: Callable[[Input], None]) -> None:
        self.issuer = choices.Issuer()
        self.subject, self.names = SubjectEditor(), NamesEditor()
        self.tags = inputs.Tags()
        self.months, self.trigger = inputs.months(), choices.trigger_number()
        self.inputs = self._inputs()
        self.touched: set[str] = set()
        self._filling = False
        self._edited = edited
        for name, each in self.inputs.items():
            for widget in each.watched:
                widget.observe(lambda _change, name=name: self._watch(name), "value")
        basic = [each.field for name, each in self.inputs.items() if name not in ADVANCED]
        advanced = [self.inputs[name].field for name in ADVANCED]
        self.advanced = Sections({MORE: w.VBox(advanced)})
        super().__init__([*basic, self.advanced])

    @property
    def plan(self) -> CertificatePlan:
        """What is filled in."""
        values: dict[str, Any] = {}
        for each in self.inputs.values():
            values |= each.read()
        return CertificatePlan(**values)

    def problems(self) -> tuple[Problem, ...]:
        """Everything that stands against sending what is filled in."""
        unread = (*self.months.problems(), *self.trigger.problems())
        return (*unread, *self.plan.problems(), *self.names.problems(), *self.tags.problems())

    def put(self, plan: CertificatePlan, *, only: Collection[str] = ()) -> None:
        """Show a plan, or ``only`` what some inputs hold. Nobody has edited anything by that."""
        with self._unwatched():
            for name in only or self.inputs:
                self.inputs[name].write(plan)

    def offer_issuers(self, known: tuple[str, ...] | None) -> None:
        """Offer the issuers that the vault has; None where that is not known."""
        with self._unwatched():
            self.issuer.offer(known)

    def show(self, problems: Sequence[Problem], advice: Sequence[Problem]) -> None:
        """Say at each field what is wrong with it, if it was touched, or what to think of."""
        self.names.offer(self.subject.common_name)
        for name, each in self.inputs.items():
            wrong = next((p for p in problems if p.field in each.members), None)
            hints = [p for p in advice if p.field in each.members]
            each.field.show(wrong if name in self.touched else None, _together(hints))

    def unsaid(self, problems: Sequence[Problem]) -> list[Problem]:
        """Those of the problems whose fields nobody has touched, so that they are not said there.

        An editor says by itself what it cannot read.
        """
        quiet = [
            each
            for name, each in self.inputs.items()
            if name not in self.touched and each.field.problem is None
        ]
        return [p for p in problems if any(p.field in each.members for each in quiet)]

    def focus_first_problem(self) -> None:
        """Put the cursor into the first field with an error, opening what hides it."""
        for name, each in self.inputs.items():
            if each.field.problem is not None:
                if name in ADVANCED:
                    self.advanced.unfold(MORE)
                each.field.focus()
                return

    @contextmanager
    def _unwatched(self) -> Iterator[None]:
        self._filling = True
        try:
            yield
        finally:
            self._filling = False

    def _watch(self, name: str) -> None:
        if not self._filling:
            self.touched.add(name)
            self._edited(self.inputs[name])

    def _inputs(self) -> dict[str, Input]:
        subject, names = self.subject, self.names

        def put_subject(plan: CertificatePlan) -> None:
            subject.value = plan.subject

        def put_names(plan: CertificatePlan) -> None:
            names.value = plan.names

        key = choices.key()
        return {
            "issuer": self.issuer.input,
            "name": inputs.name(),
            "subject": Input(
                ("subject",),
                subject,
                lambda: {"subject": subject.value},
                put_subject,
                (subject.text,),
            ),
            "names": Input(
                ("names",), names, lambda: {"names": names.value}, put_names, (names.text,)
            ),
            "validity_months": inputs.validity(self.months),
            "key": key,
            "exportable": inputs.tick(
                "exportable",
                "The private key can be exported",
                "Applications that read it as a secret need that. A key in an HSM never can.",
                value=True,
            ),
            "content_type": inputs.content_type(),
            "lifetime_action": choices.lifetime_action(self.trigger),
            "reuse_key": inputs.tick(
                "reuse_key",
                "Reuse the key on renewal",
                "A new version then has the same key and, if nothing else changes, the same CSR.",
            ),
            "key_usage": choices.key_usage(lambda: key.read()["key"]),
            "ekus": choices.ekus(),
            "certificate_type": inputs.certificate_type(),
            "transparency": inputs.transparency(),
            "preserve_order": inputs.tick(
                "preserve_order",
                "Preserve the order of the chain",
                "The merged chain comes back in the order sent, reversed; else the leaf is first.",
            ),
            "enabled": inputs.tick("enabled", "Enabled after the merge", value=True),
            "tags": self.tags.input,
        }


def _together(advice: list[Problem]) -> Problem | None:
    """All that is to think of at one field, as one text."""
    if not advice:
        return None
    texts = (f"{each.message} {each.hint}".strip() for each in advice)
    return Problem(advice[0].field, " ".join(texts))
