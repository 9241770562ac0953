"""The same step in the tools that a team has beside this one, to be copied."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ipywidgets as w
from markupsafe import Markup

from kvcsr_widgets.panels import html, layout
from kvcsr_widgets.panels.browser import CopyButton
from kvcsr_widgets.panels.notice import Notice
from kvcsr_widgets.panels.sections import Sections
from kvcsr_widgets.runbook.commands import Command, Tool, commands, steps

IN = "in PowerShell, Azure CLI, Python"
LABELS: dict[type[steps.Step], str] = {
    steps.Create: "Create the request",
    steps.NewVersion: "Create a new version",
    steps.ShowOperation: "Look at the request",
    steps.DownloadCsr: "Download the CSR",
    steps.Merge: "Merge the CA's file",
    steps.Cancel: "Cancel the request",
    steps.DeleteOperation: "Delete the request, with its key",
    steps.ListCertificates: "List the certificates",
    steps.ShowCertificate: "Look at the certificate",
    steps.ShowPolicy: "Look at the policy",
    steps.DeleteCertificate: "Delete the certificate",
    steps.RecoverCertificate: "Recover the certificate",
    steps.PurgeCertificate: "Purge the certificate for good",
    steps.SetIssuer: "Save the issuer",
    steps.RemoveIssuer: "Remove the issuer",
    steps.SetContacts: "Save the contacts",
    steps.SignIn: "Sign in",
}
"""The steps as they are offered."""

EXAMPLE = "https://your-vault.vault.azure.net"
"""The vault in the texts while none is open."""


class Elsewhere(w.VBox):
    """Steps as text for Azure PowerShell, Azure CLI and Python; folded until it is opened.

    ``what`` names them, where a notebook has several. Nothing is written while it is folded, so
    that a step may change at every key press.
    """

    def __init__(self, what: str = "The same step") -> None:
        self.choice = w.Dropdown(
            description="Step", layout=layout.wide(), style=layout.label_style()
        )
        self.tool = w.ToggleButtons(
            options=[(tool.value, tool) for tool in Tool],
            tooltips=[f"The step in {tool.value}" for tool in Tool],
            style={"button_width": "auto"},
        )
        self.text = w.HTML()
        self.copy = CopyButton(label="Copy the text")
        self.about = w.HTML()
        self.notice = Notice()
        self._steps: dict[str, steps.Step] = {}
        self._vault_url = ""
        self._drawing = False
        content = w.VBox([self.choice, self.tool, self.notice, self.about, self.text, self.copy])
        title = f"{what} {IN}"
        self.fold = Sections({title: content})
        self.toggle = self.fold.toggles[title]
        self.choice.observe(self._redraw, "value")
        self.toggle.observe(self._redraw, "value")
        self.tool.observe(self._redraw, "value")
        super().__init__([self.fold])

    def show(self, found: Sequence[steps.Step], vault_url: str = "") -> None:
        """The steps to offer, each of another kind, in the vault at this URL; none for none yet."""
        self._steps = {LABELS[type(step)]: step for step in found}
        self._vault_url = vault_url
        labels, chosen = tuple(self._steps), self.choice.value
        self._drawing = True  # new options reset the value, which is no choice
        if self.choice.options != labels:
            self.choice.options = labels
            self.choice.value = chosen if chosen in labels else next(iter(labels), None)
        self._drawing = False
        self.choice.layout.display = "" if len(found) > 1 else "none"
        self._redraw()

    @property
    def is_open(self) -> bool:
        """Whether it is unfolded."""
        return bool(self.toggle.value)

    def _redraw(self, _change: Any = None) -> None:
        if self._drawing or not self.is_open:
            return
        self.notice.clear()
        command = self.notice.attempt(self._command)
        self.text.value = "" if command is None else html.code(command.text)
        self.about.value = "" if command is None else told(command)
        self.copy.text = "" if command is None else command.text
        self.copy.disabled = command is None

    def _command(self) -> Command | None:
        step = self._steps.get(self.choice.value or "")
        if step is None:
            self.notice.info("There is no step to write yet.", "Fill in or choose above.")
            return None
        if not self._vault_url:
            self.notice.info("No vault is open.", "Write your vault's name for “your-vault”.")
        found = commands(step, self._vault_url or EXAMPLE)
        return next(command for command in found if command.tool is self.tool.value)


def told(command: Command) -> Markup:
    """What to know of a command, its warnings first."""
    warnings = Markup("").join(html.note("look", warning) for warning in command.warnings)
    return warnings + Markup("").join(html.muted(note) for note in command.notes)
