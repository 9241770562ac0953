"""Have a CSR signed: by the practice CA at hand, or outside, by openssl or AD CS."""

from __future__ import annotations

from typing import Any

import ipywidgets as w

from kvcsr_widgets.panels import html, layout
from kvcsr_widgets.panels.browser import DownloadButton
from kvcsr_widgets.panels.desk import Desk
from kvcsr_widgets.panels.notice import Notice
from kvcsr_widgets.panels.outside import OutsideCommands
from kvcsr_widgets.panels.picker import RequestPicker
from kvcsr_widgets.pki.signing import DEFAULT_DAYS
from kvcsr_widgets.runbook.commands import steps
from kvcsr_widgets.vault.client import SignedReply

KINDS = {
    "p7b": "Download .p7b (with the chain)",
    "pem": "Download .pem",
    "cer": "Download .cer",
}


class SignPanel(w.VBox):
    """Plays the CA's part for the request in hand, or shows how to have it played outside."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.picker = RequestPicker(desk)
        self.days = w.BoundedIntText(
            value=DEFAULT_DAYS,
            min=1,
            max=3650,
            description="Valid for (days)",
            layout=layout.wide(),
            style=layout.label_style(),
        )
        self.button = layout.primary("Sign with the practice CA")
        self.downloads = {kind: DownloadButton(label=label) for kind, label in KINDS.items()}
        self.files = w.HBox(list(self.downloads.values()), layout=w.Layout(flex_flow="row wrap"))
        self.commands = OutsideCommands()
        self.notice = Notice()
        self.button.on_click(lambda _button: self.submit())
        desk.observe(self._redraw, ["vault", "requests", "selected"])
        self.days.observe(self._redraw, "value")
        outside = w.VBox(
            [w.HTML(html.muted("Or outside, without the practice CA:")), self.commands]
        )
        head = layout.title("Signature", "The practice CA signs anything. Nobody trusts it.")
        super().__init__(
            [
                layout.card(
                    head, self.picker, self.days, self.button, self.notice, self.files, outside
                )
            ]
        )
        self._redraw()

    def submit(self) -> SignedReply | None:
        """Sign the request in hand with the practice CA and offer the reply as files."""
        return self.notice.attempt(self._sign)

    def _sign(self) -> SignedReply | None:
        operation, vault = self.desk.current, self.desk.vault
        if vault is None or vault.authority is None or operation is None or operation.csr is None:
            self._redraw()
            return None
        reply = vault.authority.sign(operation.csr.der, days=self.days.value)
        for kind, button in self.downloads.items():
            button.content = reply.file(kind)
            button.filename = f"{steps.stem(operation.name)}.{kind}"
        self.files.layout.display = ""
        self.notice.done(
            "The practice CA has signed it.",
            "Download the .p7b, then merge it (notebook 03).",
        )
        return reply

    def _redraw(self, _change: Any = None) -> None:
        operation, vault = self.desk.current, self.desk.vault
        practising = vault is not None and vault.is_practice
        self.button.disabled = not practising or operation is None
        self.files.layout.display = "none"
        name = steps.stem(operation.name) if operation else "NAME"
        self.commands.fill(name, days=self.days.value)
        if vault is None:
            self.notice.info("No vault is open.", "Press Connect above.")
        elif not practising:
            self.notice.info("This is a real vault.", "Send the CSR to your CA.")
        elif operation is None:
            self.notice.info("No request is chosen.", "Choose one, or create one (notebook 01).")
        else:
            self.notice.clear()
