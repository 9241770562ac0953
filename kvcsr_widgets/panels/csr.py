"""The CSR of an open request: read it, copy it, download it."""

from __future__ import annotations

from typing import Any

import ipywidgets as w

from kvcsr_widgets.panels import html, layout
from kvcsr_widgets.panels.browser import CopyButton, DownloadButton
from kvcsr_widgets.panels.desk import Desk
from kvcsr_widgets.panels.notice import Notice
from kvcsr_widgets.panels.picker import RequestPicker


class CsrPanel(w.VBox):
    """Shows the request in hand as it lies in the vault."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.picker = RequestPicker(desk)
        self.button = w.Button(description="Look again", layout=layout.fitting())
        self.facts = w.HTML()
        self.pem = w.Textarea(
            description="CSR (PEM)",
            disabled=True,
            rows=8,
            layout=layout.wide(),
            style=layout.label_style(),
        )
        self.copy = CopyButton(label="Copy the CSR")
        self.download = DownloadButton(label="Download the CSR", media="application/pkcs10")
        self.notice = Notice()
        self.button.on_click(lambda _button: self.submit())
        desk.observe(self._redraw, ["vault", "requests", "selected"])
        self.content = w.VBox([self.facts, self.pem, w.HBox([self.download, self.copy])])
        head = layout.title("CSR", "What the CA will be asked to sign. It holds no secret.")
        super().__init__([layout.card(head, self.picker, self.button, self.content, self.notice)])
        self._redraw()

    def submit(self) -> None:
        """Read the open requests from the vault again."""
        self.notice.clear()
        self.notice.attempt(self.desk.refresh)

    def _redraw(self, _change: Any = None) -> None:
        self.notice.clear()
        operation = self.desk.current
        csr = operation.csr if operation else None
        self.content.layout.display = "" if csr else "none"
        if operation is None or csr is None:
            if self.desk.vault is None:
                self.notice.info("No vault is open.", "Press Connect above.")
            return
        self.facts.value = html.facts(csr.rows())
        self.pem.value = csr.pem
        self.copy.text = csr.pem
        self.download.content = csr.pem.encode("ascii")
        self.download.filename = f"{operation.name}.csr"
        self.notice.info(
            "Next: have your CA sign this CSR.", "Ask for a .p7b: it brings the chain."
        )
