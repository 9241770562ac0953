"""What was asked for against what the CSR holds."""

from __future__ import annotations

from collections import Counter

import ipywidgets as w

from kvcsr_widgets.panels import html
from kvcsr_widgets.panels.desk import Desk
from kvcsr_widgets.panels.notice import Notice
from kvcsr_widgets.pki.compare import Row, Verdict, compare
from kvcsr_widgets.pki.csr import SigningRequest
from kvcsr_widgets.pki.plan import CertificatePlan
from kvcsr_widgets.vault.records import Operation

MAX_ROWS = 500
"""Rows that are shown; what differs comes first."""

_MARKS = {
    Verdict.SAME: "✓ ",
    Verdict.DEFAULTED: "• ",
    Verdict.ADDED: "⚠ ",
    Verdict.MISSING: "⚠ ",
    Verdict.CHANGED: "⚠ ",
    Verdict.UNREADABLE: "? ",
}
_FINE = (Verdict.SAME, Verdict.DEFAULTED)


class AskedAgainstGot(w.VBox):
    """Holds a request against what was sent from this desk, or against the vault's policy.

    ``notice`` sums it up, for a place of its own; ``differs`` is whether a row is not as asked.
    """

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.notice = Notice()
        self.source = w.HTML()
        self.table = w.HTML()
        self.differs = False
        super().__init__([self.source, self.table])

    def show(self, operation: Operation, csr: SigningRequest) -> CertificatePlan | None:
        """Compare. Returns what was asked, or None where that cannot be read."""
        self.notice.clear()
        self.source.value = self.table.value = ""
        self.differs = False
        plan = self.notice.attempt(lambda: self._plan(operation))
        if plan is not None:
            rows = sorted(compare(plan, csr), key=lambda row: row.verdict in _FINE)
            self._sum_up(rows)
            self.table.value = html.grid(
                ("", "Asked", "In the CSR", "Verdict"),
                [_line(row) for row in rows[:MAX_ROWS]],
            )
        return plan

    def _plan(self, operation: Operation) -> CertificatePlan | None:
        sent = self.desk.plan_of(operation)
        if sent is not None:
            self.source.value = html.muted("Asked: what was sent from here.")
            return sent
        if self.desk.vault is None:
            return None
        plan = self.desk.vault.policy(operation.name)
        self.source.value = html.muted(
            "Asked: the policy in the vault, as it is now. The vault writes its own choices into "
            "it, so what it chose counts as asked."
        )
        return plan

    def _sum_up(self, rows: list[Row]) -> None:
        count = Counter(row.verdict for row in rows)
        different = sum(number for verdict, number in count.items() if verdict not in _FINE)
        self.differs = bool(different)
        chosen = count[Verdict.DEFAULTED]
        told = f"{chosen} {'thing was' if chosen == 1 else 'things were'} chosen by the vault."
        if different:
            self.notice.warn(
                f"{different} of {len(rows)} rows are not as asked.",
                "See them below, the first rows of “Asked against got”.",
            )
        else:
            self.notice.done("The CSR holds what was asked for.", told if chosen else "")


def _line(row: Row) -> tuple[str, str, str, str]:
    return row.label, row.asked, row.got, _MARKS[row.verdict] + row.verdict.value
