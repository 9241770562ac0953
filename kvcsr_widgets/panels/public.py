"""A word of warning on a public Binder, and the box to tick for a real vault all the same."""

from __future__ import annotations

import ipywidgets as w

from kvcsr_widgets.panels import html
from kvcsr_widgets.vault.place import where_we_run


class PublicPlace(w.VBox):
    """Says that this is a public Binder; empty elsewhere. ``insist`` is the box to tick."""

    def __init__(self) -> None:
        self.binder = where_we_run()
        self.insist = w.Checkbox(
            description="I insist on signing in to a real vault here",
            indent=False,
            layout=w.Layout(width="auto"),
        )
        told = w.HTML(_told(self.binder.host)) if self.binder else None
        super().__init__([told, self.insist] if told else [])

    @property
    def holds_back(self) -> bool:
        """Whether a real vault is refused as things are."""
        return self.binder is not None and not self.insist.value

    def ask(self, *, real: bool) -> None:
        """Offer the box where a real vault is chosen."""
        self.insist.layout.display = "" if real else "none"


def _told(host: str) -> str:
    where = f"You are on a public Binder ({host})." if host else "You are on a public Binder."
    return html.note(
        "look",
        where,
        (
            "It is good for practising. It goes away when you pause, with all that you made here.",
            "Do not sign in to a real vault: others operate this machine and could read what you "
            "sign in with. Run the workbook on a machine of your own for that.",
        ),
    )
