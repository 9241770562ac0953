"""The panels of the one-page app as they are needed, and what they know of the job together."""

from __future__ import annotations

from collections.abc import Callable

from kvcsr_widgets.panels.lead import Lead
from kvcsr_widgets.panels.workbook_desk import JobDesk
from kvcsr_widgets.panels.workbook_parts import (
    CertificatePart,
    ConnectPart,
    CsrPart,
    MergePart,
    SignPart,
)
from kvcsr_widgets.panels.workbook_request import RequestPart
from kvcsr_widgets.panels.workbook_step import Part
from kvcsr_widgets.pki.pending import SentCsr
from kvcsr_widgets.runbook import handed_over
from kvcsr_widgets.runbook.job import Facts, JobStep
from kvcsr_widgets.vault.records import Operation


class JobSession:
    """One desk and the parts on it; each is loaded when it is first had.

    ``changed`` is called when the facts may be others, beside what the desk tells itself. ``lead``
    has to stand on the page.
    """

    def __init__(self, changed: Callable[[], object]) -> None:
        self.lead = Lead()
        self.desk = JobDesk()
        self.parts: dict[JobStep, Part] = {}
        self.request: RequestPart | None = None
        self.merge: MergePart | None = None
        self._changed = changed
        self._taken: set[str] = set()  # ids of requests whose CSR left from this page
        self._subject: tuple[str, str] | None = None

    def part(self, step: JobStep) -> Part:
        """The contents of a step."""
        if step not in self.parts:
            self.parts[step] = part = self._make(step)
            if part.card is not None:  # it says there where the step stands
                part.card.head.observe(lambda _change: self._changed(), "value")
        return self.parts[step]

    def facts(self) -> Facts:
        """What is known now."""
        desk, operation = self.desk, self.desk.looked_at
        vault, panel = desk.vault, self.merge.panel if self.merge else None
        return Facts(
            vault=""
            if vault is None
            else "the practice vault"
            if vault.is_practice
            else vault.host,
            reading=desk.reading,
            unread=desk.failed or desk.last.stopped or bool(desk.last.errors),
            waiting=len(desk.requests),
            in_hand=operation,
            fresh=operation is not None and desk.plan_of(operation) is not None,
            left=operation is not None and self._has_left(operation),
            fits=panel is not None and panel.fits,
            merged=panel.result.merged if panel is not None else None,
            said={s: said for s, part in self.parts.items() if (said := part.said) is not None},
        )

    def withdraw(self) -> None:
        """Put away what belonged to another vault or another request than is in hand now."""
        vault, operation = self.desk.vault, self.desk.looked_at
        subject = (vault.host, operation.request_id) if vault and operation else None
        if subject != self._subject:
            self._subject = subject
            if self.merge is not None:
                self.merge.panel.withdraw()

    def lead_to(self, part: Part) -> None:
        """Put the cursor where the work of a part begins."""
        self.lead.to(part.first)

    def begin(self) -> None:
        """Begin the next request."""
        self.part(JobStep.REQUEST)
        assert self.request is not None
        self.request.begin()

    def _make(self, step: JobStep) -> Part:
        if step is JobStep.CONNECT:
            return ConnectPart(self.desk)
        if step is JobStep.REQUEST:
            self.request = RequestPart(self.desk, self._changed, self.lead_to)
            return self.request
        if step is JobStep.CSR:
            return CsrPart(self.desk, self._take)
        if step is JobStep.SIGNATURE:
            return SignPart(self.desk)
        if step is JobStep.MERGE:
            self.merge = MergePart(self.desk, self._changed)
            return self.merge
        return CertificatePart(self.desk, self.begin)

    def _take(self) -> None:
        """The CSR in hand leaves for the CA."""
        if (operation := self.desk.looked_at) is not None:
            self._taken.add(operation.request_id)
        self._changed()

    def _has_left(self, operation: Operation) -> bool:
        vault, csr = self.desk.vault, operation.csr
        if operation.request_id in self._taken:
            return True
        if vault is None or csr is None:
            return False
        return handed_over.read().of(vault.host, operation.name) == SentCsr.of(csr)
