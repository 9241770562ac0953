"""The commands that have a CSR signed outside of this workbook."""

from __future__ import annotations

from collections.abc import Sequence

import ipywidgets as w
from markupsafe import Markup

from kvcsr_widgets.panels import html
from kvcsr_widgets.panels.browser import CopyButton
from kvcsr_widgets.panels.sections import Sections
from kvcsr_widgets.pki.signing import (
    CERTREQ_NOTES,
    OPENSSL_NOTES,
    certreq_commands,
    openssl_commands,
)


class CopyText(w.VBox):
    """A text as it is, a button that copies it, and notes under it."""

    def __init__(self, label: str, notes: Sequence[str] = ()) -> None:
        self.view = w.HTML()
        self.copy = CopyButton(label=label)
        below = Markup("").join(html.muted(note) for note in notes)
        super().__init__([self.view, self.copy, w.HTML(below)])

    @property
    def text(self) -> str:
        """What is shown and copied."""
        return str(self.copy.text)

    @text.setter
    def text(self, text: str) -> None:
        self.view.value = html.code(text)
        self.copy.text = text


class OutsideCommands(Sections):
    """Sections for openssl and for certreq (AD CS)."""

    def __init__(self) -> None:
        self.openssl = CopyText("Copy the openssl commands", OPENSSL_NOTES)
        self.certreq = CopyText("Copy the certreq commands", CERTREQ_NOTES)
        super().__init__(
            {
                "Sign it with openssl": self.openssl,
                "Have AD CS sign it (certreq)": self.certreq,
            }
        )

    def fill(self, name: str, *, days: int) -> None:
        """Show the commands for the CSR in ``name``.csr."""
        self.openssl.text = openssl_commands(name, days=days)
        self.certreq.text = certreq_commands(name)
