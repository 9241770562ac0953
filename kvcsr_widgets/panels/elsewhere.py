"""The same step in the tools that a team has beside this one, to be copied."""

from __future__ import annotations

from typing import Any

import ipywidgets as w
from markupsafe import Markup

from kvcsr_widgets.panels import html
from kvcsr_widgets.panels.browser import CopyButton
from kvcsr_widgets.panels.notice import Notice
from kvcsr_widgets.panels.sections import Sections
from kvcsr_widgets.runbook.commands import Command, Tool, commands, steps

EXAMPLE = "https://your-vault.vault.azure.net"
"""The vault in the texts while none is open."""


class Elsewhere(w.VBox):
    """A step as text for Azure PowerShell, Azure CLI and Python; folded until it is opened.

    Nothing is written while it is folded, so that a step may change at every key press.
    """

    def __init__(self, what: str = "The same step") -> None:
        self.tool = w.ToggleButtons(
            options=[(tool.value, tool) for tool in Tool],
            tooltips=[f"The step in {tool.value}" for tool in Tool],
            style={"button_width": "auto"},
        )
        self.text = w.HTML()
        self.copy = CopyButton(label="Copy the text")
        self.about = w.HTML()
        self.notice = Notice()
        self._step: steps.Step | None = None
        self._vault_url = ""
        content = w.VBox([self.tool, self.notice, self.about, self.text, self.copy])
        title = f"{what} in PowerShell, Azure CLI, Python"
        self.fold = Sections({title: content})
        self.toggle = self.fold.toggles[title]
        self.toggle.observe(self._redraw, "value")
        self.tool.observe(self._redraw, "value")
        super().__init__([self.fold])

    def show(self, step: steps.Step | None, vault_url: str = "") -> None:
        """The step to write, in the vault at this URL; None for none yet."""
        self._step, self._vault_url = step, vault_url
        self._redraw()

    @property
    def is_open(self) -> bool:
        """Whether it is unfolded."""
        return bool(self.toggle.value)

    def _redraw(self, _change: Any = None) -> None:
        if not self.is_open:
            return
        self.notice.clear()
        command = self.notice.attempt(self._command)
        self.text.value = "" if command is None else html.code(command.text)
        self.about.value = "" if command is None else _about(command)
        self.copy.text = "" if command is None else command.text
        self.copy.disabled = command is None

    def _command(self) -> Command | None:
        if self._step is None:
            self.notice.info("There is no step to write yet.", "Fill in or choose above.")
            return None
        if not self._vault_url:
            self.notice.info("No vault is open.", "Write your vault's name for “your-vault”.")
        found = commands(self._step, self._vault_url or EXAMPLE)
        return next(command for command in found if command.tool is self.tool.value)


def _about(command: Command) -> Markup:
    warnings = Markup("").join(html.note("look", warning) for warning in command.warnings)
    return warnings + Markup("").join(html.muted(note) for note in command.notes)
