"""Have a CSR signed: by the practice CA at hand, or outside, by openssl or AD CS."""

from __future__ import annotations

from typing import Any

import ipywidgets as w
import traitlets as t

from kvcsr_widgets.panels import html, layout
from kvcsr_widgets.panels.browser import DownloadButton
from kvcsr_widgets.panels.card import Card
from kvcsr_widgets.panels.desk import Desk
from kvcsr_widgets.panels.notice import Notice
from kvcsr_widgets.panels.outside import OutsideCommands
from kvcsr_widgets.panels.picker import RequestPicker
from kvcsr_widgets.panels.reply_choice import ReplyChoice
from kvcsr_widgets.panels.signing_days import SigningDays
from kvcsr_widgets.pki.csr import SigningRequest
from kvcsr_widgets.runbook.commands import steps
from kvcsr_widgets.runbook.step_rules import none_in_hand
from kvcsr_widgets.runbook.steps import StepState
from kvcsr_widgets.vault.client import CertificateAuthority, SignedReply, WrongReply

KINDS = {
    "p7b": "Download .p7b (with the chain)",
    "pem": "Download .pem (without the chain)",
    "cer": "Download .cer (without the chain)",
}


class SignPanel(w.VBox):
    """Plays the CA's part for the request in hand, or shows how to have it played outside.

    ``downloads`` offer a good reply in several forms, ``wrong`` one that is wrong on purpose.
    ``taken`` are the ids of the requests whose good reply was downloaded; ``made`` is whether one
    to the request in hand is there to download.
    """

    taken = t.Tuple(read_only=True)
    made = t.Bool(read_only=True)

    def __init__(self, desk: Desk, *, step: int | None = None) -> None:
        self.desk = desk
        self.picker = RequestPicker(desk)
        self.days = SigningDays(desk)
        self.reply = ReplyChoice()
        self.button = layout.primary("Sign with the practice CA")
        self.downloads = {kind: DownloadButton(label=label) for kind, label in KINDS.items()}
        self.wrong = DownloadButton()
        self.files = w.HBox(layout=w.Layout(flex_flow="row wrap"))
        self.commands = OutsideCommands()
        self.notice = Notice()
        self.button.on_click(lambda _button: self.submit())
        for button in self.downloads.values():
            button.observe(self._take, "saved")
        desk.observe(self._redraw, ["vault", "requests", "selected"])
        desk.observe(self._stand, "reading")
        self.days.observe(self._redraw, "value")
        self.reply.choice.observe(self._redraw, "value")
        outside = w.VBox(
            [w.HTML(html.muted("Or outside, without the practice CA:")), self.commands]
        )
        about = "The practice CA signs anything, well or wrong on purpose. Nobody trusts it."
        inside = [self.picker, self.days, self.reply, self.button, self.notice, self.files]
        self.card = Card("Signature", about, *inside, outside, step=step)
        super().__init__([self.card])
        self._redraw()

    def submit(self) -> SignedReply | WrongReply | None:
        """Sign the request in hand with the practice CA and offer the reply as files."""
        return self.notice.attempt(self._sign)

    def _sign(self) -> SignedReply | WrongReply | None:
        self._withdraw()
        operation, vault = self.desk.current, self.desk.vault
        if vault is None or vault.authority is None or operation is None or operation.csr is None:
            self._redraw()
            return None
        stem = steps.stem(operation.name)
        if self.reply.mistake:
            return self._sign_wrong(vault.authority, operation.csr, stem)
        return self._sign_well(vault.authority, operation.csr, stem)

    def _sign_well(self, ca: CertificateAuthority, csr: SigningRequest, stem: str) -> SignedReply:
        reply = ca.sign(csr.der, days=self.days.value)
        for kind, button in self.downloads.items():
            button.content = reply.file(kind)
            button.filename = f"{stem}.{kind}"
        self.files.children = tuple(self.downloads.values())
        self.set_trait("made", True)
        self.notice.done(
            "The practice CA has signed it.",
            "Download the .p7b, then merge it (notebook 03).",
        )
        self._stand()
        return reply

    def _sign_wrong(self, ca: CertificateAuthority, csr: SigningRequest, stem: str) -> WrongReply:
        mistake = self.reply.mistake
        reply = ca.sign_wrong(csr.der, mistake, days=self.days.value, name=f"{stem}.{mistake}")
        self.wrong.content = reply.content
        self.wrong.filename = reply.filename
        self.wrong.label = f"Download {reply.filename}"
        self.files.children = (self.wrong,)
        self.notice.done(
            f"Done, and wrong on purpose. {self.reply.label}.",
            "Download it, then see what notebook 03 says to it before a merge.",
        )
        self._stand()
        return reply

    def _take(self, _change: Any) -> None:
        if (operation := self.desk.current) is not None:
            self.set_trait("taken", (*self.taken, operation.request_id))

    def _withdraw(self) -> None:
        """Offer no reply: what was made is for another request, or for another choice."""
        self.files.children = ()
        self.set_trait("made", False)
        for button in (*self.downloads.values(), self.wrong):
            button.content = b""

    def _redraw(self, _change: Any = None) -> None:
        operation, vault = self.desk.current, self.desk.vault
        authority = vault.authority if vault is not None else None
        self._withdraw()
        self.days.suggest()
        self.reply.offer(authority.mistakes if authority is not None else {})
        self.button.disabled = authority is None or operation is None
        name = steps.stem(operation.name) if operation else "NAME"
        self.commands.fill(name, days=self.days.value)
        self.notice.clear()
        self._stand()

    def _stand(self, _change: Any = None) -> None:
        desk, vault = self.desk, self.desk.vault
        if vault is not None and vault.authority is None:
            waits = StepState.TO_DO if desk.current is None else StepState.WAITING
            self.card.stand(waits, "This is a real vault: send the CSR to your CA.")
        elif desk.current is None:
            is_open, some = vault is not None, bool(desk.requests)
            self.card.show(none_in_hand(vault_open=is_open, reading=desk.reading, some=some))
        else:
            self.card.stand(StepState.DONE if self.files.children else StepState.READY)
