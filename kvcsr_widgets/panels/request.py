"""The form for a new request."""

from __future__ import annotations

import re
from typing import Any

import ipywidgets as w

from kvcsr_widgets.errors import InputError, Problem
from kvcsr_widgets.panels import html, layout
from kvcsr_widgets.panels.desk import Desk
from kvcsr_widgets.panels.notice import Notice
from kvcsr_widgets.pki.names import Names
from kvcsr_widgets.pki.plan import MAX_MONTHS, CertificatePlan, KeyChoice
from kvcsr_widgets.vault.records import Operation

MAX_TEXT = 20_000
"""Characters that are read from the list of DNS names."""


class RequestForm(w.VBox):
    """Asks for name, subject, DNS names, key and validity, and has the vault make the CSR."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        look: dict[str, Any] = {"layout": layout.wide(), "style": layout.label_style()}
        self.name = w.Text(
            description="Certificate name",
            placeholder="www-contoso-com",
            continuous_update=False,
            **look,
        )
        self.subject = w.Text(
            description="Subject",
            placeholder='CN=www.contoso.com, O="Contoso, Inc.", C=US',
            continuous_update=False,
            **look,
        )
        self.dns_names = w.Textarea(
            description="DNS names",
            placeholder="www.contoso.com\ncontoso.com",
            rows=3,
            continuous_update=False,
            **look,
        )
        self.key = w.Dropdown(
            description="Key", options=[(choice.label, choice) for choice in KeyChoice], **look
        )
        self.validity = w.BoundedIntText(
            value=12, min=1, max=MAX_MONTHS, description="Validity (months)", **look
        )
        self.errors = {field: w.HTML() for field in ("name", "subject", "dns_names")}
        self.button = layout.primary("Create the CSR")
        self.notice = Notice()
        self._touched: set[str] = set()
        for field, box in (
            ("name", self.name),
            ("subject", self.subject),
            ("dns_names", self.dns_names),
        ):
            box.observe(lambda _change, field=field: self._touch(field), "value")
        self.button.on_click(lambda _button: self.submit())
        super().__init__([self._frame()])

    @property
    def plan(self) -> CertificatePlan:
        """The request as it is filled in."""
        names = re.split(r"[\s,;]+", self.dns_names.value[:MAX_TEXT])
        key = self.key.value
        return CertificatePlan(
            name=self.name.value.strip(),
            subject=self.subject.value.strip(),
            names=Names(dns=tuple(dict.fromkeys(name for name in names if name))),
            key=key,
            key_usage=key.fitting_usage,
            validity_months=self.validity.value,
        )

    def submit(self) -> Operation | None:
        """Check everything, then create. Returns the request, or None if there is none."""
        self.notice.clear()
        self._touched = set(self.errors)
        problems = self._show_problems()
        if problems:
            self.notice.fail(InputError("Nothing was sent: look at the fields above."))
            return None
        return self.notice.attempt(self._create)

    def _create(self) -> Operation | None:
        if self.desk.vault is None:
            self.notice.info("No vault is open.", "Press Connect above, then create the CSR.")
            return None
        self.notice.info("The vault makes the key and the CSR…")
        plan = self.plan
        operation = self.desk.vault.create(plan)
        self.desk.add(operation, plan)
        self.notice.done(
            f"“{operation.name}” is created; its private key is in the vault and stays there.",
            "Next: download the CSR and have your CA sign it.",
        )
        return operation

    def _touch(self, field: str) -> None:
        self._touched.add(field)
        self._show_problems()

    def _show_problems(self) -> tuple[Problem, ...]:
        problems = self.plan.problems()
        for field, place in self.errors.items():
            found = [
                p
                for p in problems
                if p.field == ("names" if field == "dns_names" else field)
                and field in self._touched
            ]
            place.value = html.field_error(found[0].message, found[0].hint) if found else ""
        return problems

    def _frame(self) -> w.VBox:
        return layout.card(
            layout.title(
                "Request",
                "The vault makes the key pair and a CSR for any CA to sign (issuer Unknown).",
            ),
            self.name,
            self.errors["name"],
            self.subject,
            self.errors["subject"],
            self.dns_names,
            self.errors["dns_names"],
            self.key,
            self.validity,
            self.button,
            self.notice,
        )
