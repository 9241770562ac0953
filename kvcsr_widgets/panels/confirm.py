"""What destroys something is done only after its name was typed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets as w

from kvcsr_widgets.panels import layout


class Confirm(w.VBox):
    """A button that calls ``go`` once the name of what it destroys is typed beside it."""

    def __init__(self, label: str, purpose: str, go: Callable[[], object]) -> None:
        self.name = ""
        self._go = go
        self.typed = w.Text(description=purpose, layout=layout.wide(), style=layout.label_style())
        self.button = w.Button(
            description=label, button_style="danger", layout=layout.fitting(), disabled=True
        )
        self.typed.observe(self._redraw, "value")
        self.button.on_click(lambda _button: self.submit())
        super().__init__([self.typed, self.button])
        self.offer("")

    def offer(self, name: str) -> None:
        """Offer to destroy what has this name; nothing for an empty one."""
        self.name = name
        self.typed.value = ""
        self.typed.placeholder = f"type {name}"
        self.layout.display = "" if name else "none"
        self._redraw()

    def submit(self) -> None:
        """Do it, if the name was typed."""
        if self.name and self.typed.value.strip() == self.name:
            self._go()

    def _redraw(self, _change: Any = None) -> None:
        self.button.disabled = not self.name or self.typed.value.strip() != self.name
