"""The certificates that the merge sends, as a file for other tools and for the record."""

from __future__ import annotations

import ipywidgets as w
from cryptography.hazmat.primitives.serialization import Encoding

from kvcsr_widgets.panels import html
from kvcsr_widgets.panels.browser import DownloadButton
from kvcsr_widgets.pki.chain import Chain
from kvcsr_widgets.pki.signed import MAX_BYTES
from kvcsr_widgets.runbook.commands import steps

PLAIN = (".cer", ".crt", ".pem", ".der", ".p7b", ".p7c")
"""Endings of files that the other tools' texts can convert as they are."""


class SentFile(w.HBox):
    """Saves a chain as PEM, the leaf first."""

    def __init__(self) -> None:
        self._name = ""
        self.button = DownloadButton(
            label="Save the chain as PEM, in order", media="application/x-pem-file"
        )
        about = w.HTML(html.muted("For other tools, and for your records."))
        super().__init__(
            [self.button, about], layout=w.Layout(flex_flow="row wrap", align_items="center")
        )

    def show(self, name: str, chain: Chain | None) -> None:
        """Offer the chain for the request ``name``; nothing without one."""
        self._name = name if chain else ""
        self.layout.display = "" if chain else "none"
        if chain is not None:
            pem = (each.public_bytes(Encoding.PEM) for each in chain.certificates)
            self.button.content = b"".join(pem)
            self.button.filename = f"{steps.stem(name)}-chain.pem"

    def steps(self, files: list[tuple[str, bytes]]) -> list[steps.Step]:
        """The merge in other tools: with the file as it came where they can, else with this one."""
        if not self._name:
            return []
        if len(files) == 1 and files[0][0].lower().endswith(PLAIN):
            filename, data = files[0]
            form = steps.Form.read(data[:MAX_BYTES], filename)
            return [steps.Merge(self._name, filename, form)]
        return [steps.Merge(self._name, self.button.filename, steps.Form.PEM)]
