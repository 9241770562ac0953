"""For how many days the request in hand is signed."""

from __future__ import annotations

from datetime import UTC, datetime

import ipywidgets as w

from kvcsr_widgets.errors import VaultError
from kvcsr_widgets.panels import layout
from kvcsr_widgets.panels.desk import Desk
from kvcsr_widgets.pki.lifetimes import asked_days, days_within
from kvcsr_widgets.pki.plan import CertificatePlan
from kvcsr_widgets.vault.records import Operation


class SigningDays(w.BoundedIntText):
    """A number of days: what the request's policy asks for, until a person types another."""

    value: int

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._asked_for = ""
        self._suggested = days_within(datetime.now(UTC).date())
        super().__init__(
            value=self._suggested,
            min=1,
            max=3650,
            description="Valid for (days)",
            layout=layout.wide(),
            style=layout.label_style(),
        )

    def suggest(self) -> None:
        """Fill in what the request in hand asks for, or less where a public CA may not issue it."""
        operation = self.desk.current
        request_id = operation.request_id if operation else ""
        if self._asked_for == request_id or self.value != self._suggested:
            return
        self._asked_for = request_id  # first: a new value asks again
        today = datetime.now(UTC).date()
        plan = self._plan(operation) if operation else None
        most = days_within(today)
        self._suggested = min(asked_days(plan.validity_months, today), most) if plan else most
        self.value = self._suggested

    def _plan(self, operation: Operation) -> CertificatePlan | None:
        """What was asked for; None where the vault does not tell, and then nothing is suggested."""
        vault = self.desk.vault
        if (plan := self.desk.plan_of(operation)) is not None or vault is None:
            return plan
        if vault.authority is None:
            return None  # nobody signs here
        try:
            return vault.policy(operation.name)
        except VaultError:
            return None
