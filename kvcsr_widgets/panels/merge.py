"""Bring back what the CA sent: look into it, see whether it fits, merge it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import ipywidgets as w

from kvcsr_widgets.errors import InputError
from kvcsr_widgets.panels import layout
from kvcsr_widgets.panels.card import Card
from kvcsr_widgets.panels.chain_view import ChainView
from kvcsr_widgets.panels.desk import Desk
from kvcsr_widgets.panels.elsewhere import Elsewhere
from kvcsr_widgets.panels.findings import FindingsView, checks
from kvcsr_widgets.panels.merge_result import MergeResult
from kvcsr_widgets.panels.notice import Notice
from kvcsr_widgets.panels.picker import RequestPicker
from kvcsr_widgets.panels.reply import Reply, ReplyInput
from kvcsr_widgets.panels.sections import Sections
from kvcsr_widgets.panels.sent import SentFile
from kvcsr_widgets.pki.chain import Chain, build
from kvcsr_widgets.pki.leaf import choose_leaf, key_of
from kvcsr_widgets.pki.pending import PendingRequest, SentCsr
from kvcsr_widgets.pki.preflight import preflight
from kvcsr_widgets.runbook import handed_over
from kvcsr_widgets.runbook.merging import Merged, merge
from kvcsr_widgets.runbook.review import Known, read_request
from kvcsr_widgets.runbook.step_rules import none_in_hand, of_merge
from kvcsr_widgets.runbook.steps import FAILED, StepState

CHECKS = "What is checked before the merge"


class MergePanel(w.VBox):
    """Merges what a CA sent into the request in hand."""

    def __init__(self, desk: Desk, *, step: int | None = None) -> None:
        self.desk = desk
        self.picker = RequestPicker(desk, every=True)
        self.input = ReplyInput(self._read)
        self.reading = Notice()
        self.findings = FindingsView(self._weigh)
        self.go_there = w.Button(layout=layout.fitting())
        self.button = layout.primary("Merge")
        self.result = MergeResult()
        self.chain = ChainView()
        self.sent = SentFile()
        self.elsewhere = Elsewhere()
        self.reply: Reply | None = None
        self.pending: PendingRequest | None = None
        self.found: Chain | None = None  # as it is shown and was checked: this is merged
        self._seen: tuple[object, ...] = ()
        desk.observe(self._follow, ["vault", "readings", "reading", "selected"])
        self.button.on_click(lambda _button: self.submit())
        self.go_there.on_click(lambda _button: self._choose(self._only_fit()))
        about = "Joins the CA's certificate with the private key that waits in the vault."
        self.below = Sections({CHECKS: w.HTML(checks())})
        said = (self.reading, self.findings, self.go_there, self.button, self.result)
        shown = (self.chain, self.sent, self.elsewhere, self.below)
        self.card = Card("Merge", about, self.picker, self.input, *said, *shown, step=step)
        super().__init__([self.card])
        self._show()

    def submit(self) -> Merged | None:
        """Merge the reply into the request. Returns what came of it, or None if it failed."""
        return self.result.notice.attempt(self._merge)

    @property
    def fits(self) -> bool:
        """Whether a reply was put in that has the key of the request in hand."""
        return bool(self.desk.selected) and self.desk.selected in self._fits()

    def withdraw(self) -> None:
        """Put a reply away, unless it fits the request in hand."""
        if self.input.files and not self.fits:
            self.input.clear()
            self.reply = None
            self.result.clear()
            self._look(keep_notice=False)

    def _merge(self) -> Merged:
        vault, pending = self.desk.vault, self.pending
        if vault is None or pending is None or self.reply is None:
            raise InputError(
                "There is nothing to merge yet.",
                hint="Connect, choose the request, and choose the CA's file.",
            )
        if self.found is None or not self.findings.may_go_on:
            raise InputError("The checks above stand against the merge.", hint="See there.")
        merged = merge(vault, pending, self.found)
        self.input.clear()
        self.reply = None
        self.desk.finish(pending.name)
        self.reading.clear()  # the result says what comes next
        self.result.tell(merged)
        self.card.stand(StepState.DONE)
        self.picker.focus()  # the button that had the focus is off now
        return merged

    def _read(self) -> None:
        """There is something else in the input."""
        self.result.clear()
        given = bool(self.input.files)
        self.reply = self.reading.attempt(self.input.read)
        failed = self.reply is None and given
        if not self.desk.selected:
            self.desk.selected = self._only_fit()
        self._look(keep_notice=failed)

    def _only_fit(self) -> str:
        """The name of the one request that the reply fits, empty if there is none or several."""
        fits = self._fits()
        return fits[0] if len(fits) == 1 else ""

    def _fits(self) -> list[str]:
        keys = {key_of(each) for each in self.reply.signed.certificates} if self.reply else set()
        return [
            each.name
            for each in self.desk.operations
            if each.csr is not None and each.csr.fingerprint in keys
        ]

    def _follow(self, _change: Any = None) -> None:
        desk = self.desk
        seen = (desk.revision, desk.selected, desk.looked_at, not desk.requests, self._early)
        if seen != self._seen:  # several changes at once are told one by one
            self._seen = seen
            self.result.clear()
            self._look(keep_notice=False)

    def _look(self, *, keep_notice: bool) -> None:
        """Read the request anew and hold the reply against it."""
        self.pending = None
        if self.desk.vault is not None and self.desk.looked_at is not None and self.reply:
            self.pending = self.reading.attempt(self._request)
            keep_notice = keep_notice or self.pending is None
        self._show(keep_notice=keep_notice)

    def _request(self) -> PendingRequest:
        operation, vault, reply = self.desk.looked_at, self.desk.vault, self.reply
        assert operation is not None  # asked before
        assert vault is not None
        assert operation.csr is not None  # the desk holds no other
        sent = reply.sent if reply and reply.sent else operation.csr
        left = None if reply and reply.sent else handed_over.read().of(vault.host, operation.name)
        known = Known(self.desk.plan_of(operation), left or SentCsr.of(sent), self.desk.operations)
        return read_request(vault, operation.name, known)

    def _show(self, *, keep_notice: bool = False) -> None:
        now = datetime.now(UTC)
        pending, signed = self.pending, self.reply.signed if self.reply else None
        leaf = choose_leaf(pending, signed, now) if signed and pending else None
        self.found = build(leaf, signed.certificates, now) if signed and leaf else None
        self.chain.show(
            self.found,
            now,
            preserve_order=bool(pending and pending.preserve_order),
            practice=bool(self.desk.vault and self.desk.vault.is_practice),
        )
        self.findings.show(preflight(pending, signed, now, leaf=leaf) if pending and signed else ())
        self.sent.show(pending.name if pending else "", self.found)
        self.elsewhere.show(
            self.sent.steps(self.input.files), self.desk.vault.url if self.desk.vault else ""
        )
        self._weigh()
        if not keep_notice:
            self._say_what_is_missing()

    @property
    def _early(self) -> bool:
        """Whether there may be requests that were not read yet."""
        return self.desk.reading and not self.desk.requests

    def _choose(self, name: str) -> None:
        self.desk.selected = name
        self.picker.focus()

    def _weigh(self) -> None:
        fit = self._only_fit()
        elsewhere = bool(fit) and fit != self.desk.selected
        self.go_there.description = f"Go to the request “{fit}”"
        self.go_there.layout.display = "" if elsewhere else "none"
        self.button.disabled = self.pending is None or not self.findings.may_go_on
        self._stand()

    def _say_what_is_missing(self) -> None:
        desk = self.desk
        if desk.vault is not None and desk.looked_at is None and self.reply and not self._fits():
            self.reading.info(
                "No request of this vault has the key of the CA's file.",
                "The home finder searches other vaults too.",
            )
        else:
            self.reading.clear()  # the card says where it stands

    def _stand(self) -> None:
        desk, operation = self.desk, self.desk.looked_at
        if operation is None:
            self.card.show(
                none_in_hand(
                    vault_open=desk.vault is not None,
                    reading=desk.reading,
                    some=bool(desk.requests),
                )
            )
        elif self.input.files and (self.reply is None or self.pending is None):
            self.card.show(FAILED)
        else:
            self.card.show(
                of_merge(operation, self.findings.found, may_go_on=self.findings.may_go_on)
            )
