"""The merge of one request, right below the table in which it was selected."""

from __future__ import annotations

import ipywidgets as w

from kvcsr_widgets import panels
from kvcsr_widgets.panels import layout
from kvcsr_widgets.panels.desk import Desk
from kvcsr_widgets.vault.records import Operation


class MergeHere(w.VBox):
    """Nothing until a request is opened; ``panel`` is loaded and made then."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.panel: panels.MergePanel | None = None
        self.button = w.Button(description="Close the merge", layout=layout.fitting())
        self.button.on_click(lambda _button: self.hide())
        super().__init__()
        self.hide()

    def take(self, operation: Operation) -> None:
        """Take a request of the desk's vault in hand and show the merge."""
        if operation in self.desk.operations:
            self.desk.selected = operation.name
        else:
            self.desk.add(operation)
        if self.panel is None:
            self.panel = panels.MergePanel(self.desk)
            self.children = [self.panel, self.button]
        self.layout.display = ""

    def hide(self) -> None:
        """Hide the merge; what was chosen in it stays."""
        self.layout.display = "none"
