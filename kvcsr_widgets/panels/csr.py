"""The CSR of any request in the vault: what it says, whether that was asked, how to send it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import ipywidgets as w

from kvcsr_widgets.panels import html, layout
from kvcsr_widgets.panels.asked import AskedAgainstGot
from kvcsr_widgets.panels.browser import CopyButton
from kvcsr_widgets.panels.card import Card
from kvcsr_widgets.panels.csr_file import CsrFile
from kvcsr_widgets.panels.desk import Desk
from kvcsr_widgets.panels.elsewhere import Elsewhere
from kvcsr_widgets.panels.notice import Notice
from kvcsr_widgets.panels.outside import CopyText, OutsideCommands
from kvcsr_widgets.panels.picker import RequestPicker
from kvcsr_widgets.panels.sections import Sections
from kvcsr_widgets.pki import facts
from kvcsr_widgets.pki.csr import SigningRequest
from kvcsr_widgets.pki.lifetimes import days_within
from kvcsr_widgets.pki.pending import SentCsr
from kvcsr_widgets.runbook import handed_over
from kvcsr_widgets.runbook.commands import steps
from kvcsr_widgets.runbook.handed_over import hand_over
from kvcsr_widgets.runbook.letter import letter
from kvcsr_widgets.runbook.progress import waits_for_merge
from kvcsr_widgets.runbook.step_rules import none_in_hand, of_csr
from kvcsr_widgets.vault.records import Operation

SAYS, ASKED, LETTER = "What it says", "Asked against got", "A text for the CA"
STEPS = (steps.DownloadCsr, steps.ShowOperation, steps.Cancel, steps.DeleteOperation)
"""What other tools do with a request."""

MAX_ROWS = 200
"""Rows of a table that are shown."""


class CsrPanel(w.VBox):
    """Shows the request in hand as it lies in the vault: open, at work, finished or failed."""

    def __init__(self, desk: Desk, *, step: int | None = None) -> None:
        self.desk = desk
        self.picker = RequestPicker(desk, every=True)
        self.button = w.Button(description="Look again", layout=layout.fitting())
        self.notice = Notice()
        self.signature = Notice()
        self.fingerprint = w.HTML()
        self.copy_fingerprint = CopyButton(label="Copy the fingerprint")
        self.file = CsrFile(self.taken)
        self.facts = w.HTML()
        self.parts = w.HTML()
        self.names = w.HTML()
        self.asked = AskedAgainstGot(desk)
        self.letter = CopyText("Copy the text")
        self.commands = OutsideCommands()
        self.elsewhere = Elsewhere()
        self.sections = Sections(
            {
                SAYS: w.VBox([self.facts, self.parts, self.names]),
                ASKED: self.asked,
                LETTER: self.letter,
            },
            opened=(SAYS,),
        )
        call_back = w.HBox(
            [self.fingerprint, self.copy_fingerprint],
            layout=w.Layout(flex_flow="row wrap", align_items="center"),
        )
        self.content = w.VBox(
            [
                self.signature,
                self.asked.notice,
                call_back,
                self.file,
                self.sections,
                self.commands,
                self.elsewhere,
            ]
        )
        self._drawn: tuple[int, bool, str] | None = None
        self.button.on_click(lambda _button: self.submit())
        desk.observe(self._redraw, ["readings", "reading", "selected"])
        about = "What the CA will be asked to sign. It holds no secret."
        shown = (self.picker, self.button, self.notice, self.content)
        self.card = Card("CSR", about, *shown, step=step)
        super().__init__([self.card])
        self._redraw()

    def submit(self) -> None:
        """Read the requests from the vault again."""
        self.notice.clear()
        self.desk.refresh(self.notice.attempt)

    def taken(self) -> None:
        """The CSR that is shown was copied or saved: it leaves for the CA."""
        vault, operation = self.desk.vault, self.desk.looked_at
        if vault is not None and operation is not None and operation.csr is not None:
            name, csr = operation.name, operation.csr
            self.notice.attempt(lambda: hand_over(vault.host, name, csr))
            self.desk.csr_left()
            self._show_state(operation)

    def _redraw(self, _change: Any = None) -> None:
        desk = self.desk
        seen = (desk.readings, desk.reading and not desk.operations, desk.selected)
        if self._drawn == seen:
            return  # several changes at once are told one by one
        self._drawn = seen
        operation = self.desk.looked_at
        csr = operation.csr if operation else None
        self.content.layout.display = "" if csr else "none"
        if operation is not None and csr is not None:
            self._show(operation, csr)
        else:
            self.notice.clear()
            self.card.show(
                none_in_hand(
                    vault_open=desk.vault is not None,
                    reading=desk.reading,
                    some=bool(desk.operations),
                )
            )

    def _show(self, operation: Operation, csr: SigningRequest) -> None:
        self.notice.clear()
        self._show_state(operation)
        self._show_signature(csr)
        self.fingerprint.value = html.facts(
            [("SHA-256 of the public key, for a call-back", csr.grouped_fingerprint)]
        )
        self.copy_fingerprint.text = csr.grouped_fingerprint
        self.file.show(steps.stem(operation.name), csr)
        self.facts.value = html.facts(csr.rows())
        self.parts.value = _parts(csr)
        self.names.value = _names(csr)
        plan = self.asked.show(operation, csr)
        if self.asked.differs:
            self.sections.unfold(ASKED)
        waits = waits_for_merge(operation)
        self.letter.text = letter(
            operation.name, csr, months=plan.validity_months if plan else None
        )
        self.commands.fill(steps.stem(operation.name), days=days_within(datetime.now(UTC).date()))
        url = self.desk.vault.url if self.desk.vault else ""
        self.elsewhere.show([kind(operation.name) for kind in STEPS], url)
        self.sections.offer(LETTER, there=waits)  # no other request can take a reply
        self.commands.layout.display = "" if waits else "none"

    def _show_state(self, operation: Operation) -> None:
        host, csr = self.desk.vault.host if self.desk.vault else "", operation.csr
        left = handed_over.read().of(host, operation.name)
        self.card.show(of_csr(operation, taken=csr is not None and left == SentCsr.of(csr)))

    def _show_signature(self, csr: SigningRequest) -> None:
        if csr.signature_is_valid:
            self.signature.done(
                "The signature is valid.", "The CSR is signed with its own key, in the vault."
            )
        else:
            self.signature.warn(
                f"The signature of this CSR: {csr.signature_verdict}.",
                "No CA should take it. Create the request again.",
            )


def _parts(csr: SigningRequest) -> str:
    try:
        found = csr.parts
    except facts.UNREADABLE:
        return ""  # the rows say so
    rows = [
        (str(part.place), part.key, facts.shown(part.value), part.encoding, part.oid)
        for part in found
    ]
    return _table(("In the CSR", "Part of the subject", "Value", "Encoded as", "OID"), rows)


def _names(csr: SigningRequest) -> str:
    try:
        found = csr.names
    except facts.UNREADABLE:
        return ""  # the rows say so
    rows = [(name.kind, facts.shown(name.value), facts.shown(name.unicode)) for name in found]
    return _table(("Kind", "Name", "In Unicode"), rows)


def _table(columns: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    if not rows:
        return ""
    more = len(rows) - MAX_ROWS
    return html.grid(columns, rows[:MAX_ROWS]) + (
        html.muted(f"{more} more are not shown.") if more > 0 else ""
    )
