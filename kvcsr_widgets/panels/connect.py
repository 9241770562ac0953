"""Choose the vault: the practice vault, or a real one and how to sign in."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import ipywidgets as w

from kvcsr_widgets.panels import later, layout
from kvcsr_widgets.panels.card import Card
from kvcsr_widgets.panels.desk import Desk
from kvcsr_widgets.panels.desk_progress import DeskProgress
from kvcsr_widgets.panels.elsewhere import Elsewhere
from kvcsr_widgets.panels.notice import Notice
from kvcsr_widgets.panels.public import PublicPlace
from kvcsr_widgets.runbook.commands import steps
from kvcsr_widgets.runbook.requests import Requests
from kvcsr_widgets.runbook.steps import StepState
from kvcsr_widgets.vault.client import Vault
from kvcsr_widgets.vault.session import SignIn, connect, practise

PRACTICE, REAL = "Practice vault", "Azure Key Vault"


class ConnectPanel(w.VBox):
    """Opens a vault for the desk."""

    def __init__(self, desk: Desk, *, step: int | None = None) -> None:
        self.desk = desk
        self.where = w.ToggleButtons(
            options=[PRACTICE, REAL],
            tooltips=["On this machine, offline; nothing is real", "Your own vault in Azure"],
            description="Vault",
            layout=layout.wide(),
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
        self.public = PublicPlace()
        self.button = layout.primary("Connect")
        self.notice = Notice()
        self.progress = DeskProgress(desk)
        self.elsewhere = Elsewhere()
        self.url.observe(self._redraw, "value")
        self.where.observe(self._redraw, "value")
        self.public.insist.observe(self._redraw, "value")
        self.button.on_click(lambda _button: self.submit())
        asked = (self.where, self.public, self.url, self.sign_in, self.button)
        told = (self.notice, self.progress, self.elsewhere)
        about = "Practise on this machine first, or work on your own vault."
        self.card = Card("Connect", about, *asked, *told, step=step)
        desk.observe(self._stand, "vault")
        desk.observe(self._count, "requests")
        self._said: Vault | None = None
        super().__init__([self.card])
        self._redraw()
        self._stand()

    def submit(self) -> None:
        """Open the chosen vault and see whether it answers."""
        self.notice.info("Connecting…")
        self.notice.attempt(self._connect)

    def _connect(self) -> None:
        self.desk.leave()
        vault = self._open()
        try:
            vault.check()
            if later.running_loop() is not None:
                self.notice.done(_connected(vault), "Its requests are being read. Go on meanwhile.")
            self.desk.open(vault, partial(self._opened, vault))
        except BaseException:
            vault.close()
            raise

    def _opened(self, vault: Vault, end: Callable[[], object]) -> None:
        """The requests were read, or could not be."""

        def tell() -> None:
            end()
            self._say(vault)

        if self.desk.vault is None:
            tell()  # nothing is open yet: whoever opens it hears of an error
        else:
            self.notice.attempt(tell)

    def _count(self, _change: Any = None) -> None:
        """Requests were made or merged since: what is said of their number follows."""
        if self._said is not None and self._said is self.desk.vault and not self.desk.reading:
            self._say(self._said)

    def _say(self, vault: Vault) -> None:
        self._said = vault
        waiting, last = len(self.desk.requests), self.desk.last
        some = "One request waits" if waiting == 1 else f"{waiting:,} requests wait"
        said = f"{some if waiting else 'No request waits'} for a CA"
        title = _connected(vault)
        if last.stopped:
            self.notice.warn(title, f"{said}, as far as was read before the stop.")
        elif last.errors:
            self.notice.warn(title, f"{said}, as far as is known. {_not_read(last)}")
        else:
            self.notice.done(title, f"{said}." if waiting else f"{said}: create one.")

    def _open(self) -> Vault:
        if self.where.value == PRACTICE:
            return practise()
        insist = self.public.insist.value
        return connect(
            self.url.value, self.sign_in.value, show_code=self.notice.info, insist=insist
        )

    def _stand(self, _change: Any = None) -> None:
        self.card.stand(StepState.READY if self.desk.vault is None else StepState.DONE)

    def _redraw(self, _change: Any = None) -> None:
        real = self.where.value == REAL
        self.public.ask(real=real)
        self.button.disabled = real and self.public.holds_back
        display = "" if real and not self.public.holds_back else "none"
        self.url.layout.display = display
        self.sign_in.layout.display = display
        self.elsewhere.layout.display = display
        self.elsewhere.show([steps.SignIn()], self.url.value.strip())


def _connected(vault: Vault) -> str:
    return f"Connected to {'the practice vault' if vault.is_practice else vault.host}."


def _not_read(last: Requests) -> str:
    """How many requests could not be read, and why the first of them."""
    count, first = len(last.errors), last.errors[0]
    some = "One request" if count == 1 else f"{count:,} requests"
    return f"{some} could not be read: {first.message} {first.hint}".rstrip()
