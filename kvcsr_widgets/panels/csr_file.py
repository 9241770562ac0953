"""A CSR as a file: PEM, DER or bare base64, to copy or to download."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import ipywidgets as w

from kvcsr_widgets.panels import html, layout
from kvcsr_widgets.panels.browser import CopyButton, DownloadButton
from kvcsr_widgets.pki.csr import SigningRequest


@dataclass(frozen=True, slots=True)
class Form:
    """One way to write a CSR: the text that is shown and copied, and the file."""

    text: str
    content: bytes
    suffix: str
    media: str
    note: str


def forms(csr: SigningRequest) -> dict[str, Form]:
    """The forms by their labels. DER is shown as hexadecimal digits."""
    digits = "\n".join(textwrap.wrap(csr.der.hex(), 64))
    return {
        "PEM": Form(csr.pem, csr.pem.encode(), "csr", "application/pkcs10", "What most CAs take."),
        "DER": Form(
            digits, csr.der, "der", "application/pkcs10", "The bare bytes, here in hexadecimal."
        ),
        "base64": Form(
            csr.base64,
            csr.base64.encode(),
            "txt",
            "text/plain",
            "As the portal and PowerShell print it, without BEGIN and END.",
        ),
    }


class CsrFile(w.VBox):
    """Shows a CSR in the form that is chosen; ``taken`` is called when it is copied or saved."""

    def __init__(self, taken: Callable[[], object]) -> None:
        self.form = w.ToggleButtons(
            options=["PEM", "DER", "base64"],
            description="Form",
            style={"button_width": "auto", "description_width": "auto"},
            layout=layout.wide(),
        )
        self.note = w.HTML()
        self.text = w.HTML()
        self.copy = CopyButton(label="Copy the CSR")
        self.download = DownloadButton(label="Download the CSR", primary=True)
        self.copy.observe(lambda _change: taken(), "copied")
        self.download.observe(lambda _change: taken(), "saved")
        self._name = ""
        self._forms: dict[str, Form] = {}
        self.form.observe(self._redraw, "value")
        self.buttons = w.HBox([self.download, self.copy], layout=w.Layout(flex_flow="row wrap"))
        super().__init__([self.form, self.note, self.text, self.buttons])

    def show(self, name: str, csr: SigningRequest) -> None:
        """Show this CSR, as a file whose name begins with ``name``."""
        self._name, self._forms = name, forms(csr)
        self._redraw()

    def _redraw(self, _change: Any = None) -> None:
        form = self._forms.get(self.form.value)
        if form is not None:
            self.note.value = html.muted(form.note)
            self.text.value = html.code(form.text)
            self.copy.text = form.text
            self.download.content = form.content
            self.download.filename = f"{self._name}.{form.suffix}"
            self.download.media = form.media
