"""Bring back what the CA sent: look into it, see whether it fits, merge it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import ipywidgets as w
from cryptography import x509
from markupsafe import Markup

from kvcsr_widgets.errors import InputError
from kvcsr_widgets.panels import html, layout
from kvcsr_widgets.panels.desk import Desk
from kvcsr_widgets.panels.elsewhere import Elsewhere
from kvcsr_widgets.panels.notice import Notice
from kvcsr_widgets.panels.picker import RequestPicker
from kvcsr_widgets.pki import chain, facts
from kvcsr_widgets.pki.finding import Finding, Level
from kvcsr_widgets.pki.preflight import preflight
from kvcsr_widgets.pki.signed import MAX_BYTES, SignedFile, read_signed
from kvcsr_widgets.pki.subject import name_text
from kvcsr_widgets.runbook.commands import steps
from kvcsr_widgets.runbook.merging import pending_request
from kvcsr_widgets.vault.records import Certificate

ACCEPT = ".cer,.crt,.pem,.der,.p7b,.p7c"
_KINDS = {Level.STOP: "fail", Level.TICK: "look", Level.INFO: "info"}


class MergePanel(w.VBox):
    """Merges a CA's file into the request in hand."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.picker = RequestPicker(desk)
        self.upload = w.FileUpload(
            accept=ACCEPT, description="Choose the CA's file", layout=layout.fitting()
        )
        self.content = w.HTML()
        self.findings = w.HTML()
        self.button = layout.primary("Merge")
        self.notice = Notice()
        self.elsewhere = Elsewhere()
        self.signed: SignedFile | None = None
        self.upload.observe(self._read, "value")
        desk.observe(self._redraw, ["vault", "requests", "selected"])
        self.button.on_click(lambda _button: self.submit())
        head = layout.title(
            "Merge", "Joins the CA's certificate with the private key that waits in the vault."
        )
        super().__init__(
            [
                layout.card(
                    head,
                    self.picker,
                    self.upload,
                    self.content,
                    self.findings,
                    self.button,
                    self.notice,
                    self.elsewhere,
                )
            ]
        )
        self._redraw()

    def submit(self) -> Certificate | None:
        """Merge the file into the request. Returns the certificate, or None if it failed."""
        return self.notice.attempt(self._merge)

    def _merge(self) -> Certificate | None:
        operation, vault = self.desk.current, self.desk.vault
        if vault is None or operation is None or operation.csr is None or self.signed is None:
            raise InputError(
                "There is nothing to merge yet.",
                hint="Connect, choose the open request, and choose the CA's file.",
            )
        leaf = self.signed.leaf_for(operation.csr.public_key)
        if leaf is None:
            raise InputError("The file does not fit this request.", hint="See above.")
        certificates = chain.ordered(leaf, self.signed.certificates)
        merged = vault.merge(operation.name, certificates)
        self._forget_file()
        self.desk.finish(operation.name)
        state = "enabled" if merged.enabled else "disabled"
        until = f", valid until {merged.expires:%Y-%m-%d}" if merged.expires else ""
        self.notice.done(
            f"Merged: “{merged.name}” is {state}{until}.",
            f"Thumbprint {merged.thumbprint}. Next: see it in the table, below or in notebook 04.",
        )
        return merged

    def _read(self, _change: Any) -> None:
        """A file was chosen, or taken away."""
        if self.upload.value:
            self.signed = None
            self.notice.clear()
            file = self.upload.value[0]
            data = bytes(file["content"])
            self.signed = self.notice.attempt(lambda: read_signed(data, str(file["name"])[:200]))
            self._show(keep_notice=self.signed is None)

    def _redraw(self, _change: Any = None) -> None:
        self._show(keep_notice=False)

    def _show(self, *, keep_notice: bool) -> None:
        found = self._findings()
        stops = any(finding.level is Level.STOP for finding in found)
        self.button.disabled = not found or stops
        self.content.value = self._contents()
        self.findings.value = Markup("").join(_note(finding) for finding in found)
        self.elsewhere.show(self._steps(), self.desk.vault.url if self.desk.vault else "")
        if keep_notice:
            return
        if self.desk.vault is None:
            self.notice.info("No vault is open.", "Press Connect above.")
        elif not self.desk.requests:
            self.notice.info("No request is waiting.", "Create one first (notebook 01).")
        elif self.desk.current is None:
            self.notice.info("Choose the request that the CA's file belongs to.")
        else:
            self.notice.clear()

    def _steps(self) -> list[steps.Step]:
        if self.desk.current is None or not self.upload.value:
            return []
        file = self.upload.value[0]
        filename = str(file["name"])[:200]
        form = steps.Form.read(bytes(file["content"][:MAX_BYTES]), filename)
        return [steps.Merge(self.desk.current.name, filename, form)]

    def _findings(self) -> list[Finding]:
        operation = self.desk.current
        if operation is None or operation.csr is None or self.signed is None:
            return []
        return preflight(pending_request(operation), self.signed, datetime.now(UTC))

    def _contents(self) -> str:
        if self.signed is None:
            return ""
        operation, found = self.desk.current, self.signed.certificates
        csr = operation.csr if operation else None
        leaf = self.signed.leaf_for(csr.public_key) if csr else None
        if leaf is not None:
            first = chain.ordered(leaf, found)
            found = (*first, *(certificate for certificate in found if certificate not in first))
        columns = ("Certificate in the file", "Issued by", "Valid until", "Key")
        return html.grid(columns, [_row(certificate) for certificate in found])

    def _forget_file(self) -> None:
        self.signed = None
        self.upload.value = ()


def _row(certificate: x509.Certificate) -> tuple[str, ...]:
    return (
        name_text(certificate.subject) or "(no subject)",
        name_text(certificate.issuer),
        f"{certificate.not_valid_after_utc:%Y-%m-%d}",
        facts.key_label(certificate.public_key()),
    )


def _note(finding: Finding) -> Markup:
    return html.note(_KINDS[finding.level], finding.title, [finding.detail, finding.hint])
