"""Choose the vault: the practice vault, or a real one and how to sign in."""

from __future__ import annotations

from typing import Any

import ipywidgets as w

from kvcsr_widgets.panels import layout
from kvcsr_widgets.panels.desk import Desk
from kvcsr_widgets.panels.elsewhere import Elsewhere
from kvcsr_widgets.panels.notice import Notice
from kvcsr_widgets.runbook.commands import steps
from kvcsr_widgets.vault.client import Vault
from kvcsr_widgets.vault.session import SignIn, connect, practise

PRACTICE, REAL = "Practice vault", "Azure Key Vault"


class ConnectPanel(w.VBox):
    """Opens a vault for the desk."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.where = w.ToggleButtons(
            options=[PRACTICE, REAL],
            tooltips=["On this machine, offline; nothing is real", "Your own vault in Azure"],
            description="Vault",
            style=layout.label_style(),
        )
        self.url = w.Text(
            description="Vault URL",
            placeholder="https://contoso.vault.azure.net",
            layout=layout.wide(),
            style=layout.label_style(),
        )
        self.sign_in = w.Dropdown(
            description="Sign in with",
            options=[(choice.value, choice) for choice in SignIn],
            layout=layout.wide(),
            style=layout.label_style(),
        )
        self.button = layout.primary("Connect")
        self.notice = Notice()
        self.elsewhere = Elsewhere()
        self.url.observe(self._redraw, "value")
        self.where.observe(self._redraw, "value")
        self.button.on_click(lambda _button: self.submit())
        head = layout.title("Connect", "Practise on this machine first, or work on your own vault.")
        super().__init__(
            [
                layout.card(
                    head,
                    self.where,
                    self.url,
                    self.sign_in,
                    self.button,
                    self.notice,
                    self.elsewhere,
                )
            ]
        )
        self._redraw()

    def submit(self) -> None:
        """Open the chosen vault and see whether it answers."""
        self.notice.info("Connecting…")
        self.notice.attempt(self._connect)

    def _connect(self) -> None:
        self.desk.leave()
        vault = self._open()
        try:
            vault.check()
            self.desk.open(vault)
        except BaseException:
            vault.close()
            raise
        kind = "the practice vault" if vault.is_practice else vault.host
        waiting = len(self.desk.requests)
        self.notice.done(
            f"Connected to {kind}.",
            "No request waits for a CA: create one."
            if not waiting
            else f"{waiting} request{'s' if waiting > 1 else ''} waiting for a CA.",
        )

    def _open(self) -> Vault:
        if self.where.value == PRACTICE:
            return practise()
        return connect(self.url.value, self.sign_in.value, show_code=self.notice.info)

    def _redraw(self, _change: Any = None) -> None:
        display = "none" if self.where.value == PRACTICE else ""
        self.url.layout.display = display
        self.sign_in.layout.display = display
        self.elsewhere.layout.display = display
        self.elsewhere.show([steps.SignIn()], self.url.value.strip())
