"""Bring back what the CA sent: look into it, see whether it fits, merge it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import ipywidgets as w

from kvcsr_widgets.errors import InputError
from kvcsr_widgets.panels import html, layout
from kvcsr_widgets.panels.chain_view import ChainView
from kvcsr_widgets.panels.desk import Desk
from kvcsr_widgets.panels.elsewhere import Elsewhere
from kvcsr_widgets.panels.findings import FindingsView, checks
from kvcsr_widgets.panels.notice import Notice
from kvcsr_widgets.panels.picker import RequestPicker
from kvcsr_widgets.panels.reply import Reply, ReplyInput
from kvcsr_widgets.panels.sections import Sections
from kvcsr_widgets.panels.sent import SentFile
from kvcsr_widgets.pki import chain
from kvcsr_widgets.pki.pending import PendingRequest
from kvcsr_widgets.pki.preflight import preflight
from kvcsr_widgets.runbook.merging import Merged, merge
from kvcsr_widgets.runbook.progress import next_step, waits_for_merge
from kvcsr_widgets.runbook.review import Known, read_request

CHECKS = "What is checked before the merge"


class MergePanel(w.VBox):
    """Merges what a CA sent into the request in hand."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.picker = RequestPicker(desk, every=True)
        self.input = ReplyInput(self._read)
        self.chain = ChainView()
        self.findings = FindingsView(self._weigh)
        self.button = layout.primary("Merge")
        self.notice = Notice()
        self.result = w.HTML()
        self.sent = SentFile()
        self.elsewhere = Elsewhere()
        self.reply: Reply | None = None
        self.pending: PendingRequest | None = None
        self._seen: tuple[int, str] | None = None
        desk.observe(self._follow, ["vault", "revision", "selected"])
        self.button.on_click(lambda _button: self.submit())
        head = layout.title(
            "Merge", "Joins the CA's certificate with the private key that waits in the vault."
        )
        parts = (self.chain, self.findings, self.button, self.notice, self.result, self.sent)
        self.below = Sections({CHECKS: w.HTML(checks())})
        card = layout.card(head, self.picker, self.input, *parts, self.elsewhere, self.below)
        super().__init__([card])
        self._show()

    def submit(self) -> Merged | None:
        """Merge the reply into the request. Returns what came of it, or None if it failed."""
        return self.notice.attempt(self._merge)

    def _merge(self) -> Merged:
        vault, pending, reply = self.desk.vault, self.pending, self.reply
        if vault is None or pending is None or reply is None:
            raise InputError(
                "There is nothing to merge yet.",
                hint="Connect, choose the request, and choose the CA's file.",
            )
        leaf = reply.signed.leaf_for(pending.csr.public_key)
        if leaf is None or not self.findings.may_go_on:
            raise InputError("The checks above stand against the merge.", hint="See there.")
        found = chain.build(leaf, reply.signed.certificates, datetime.now(UTC))
        merged = merge(vault, pending, found)
        self.input.clear()
        self.reply = None
        self.desk.finish(pending.name)
        self._tell(merged)
        return merged

    def _tell(self, merged: Merged) -> None:
        found = merged.certificate
        state = "enabled" if found.enabled else "disabled"
        until = f", valid until {found.expires:%Y-%m-%d}" if found.expires else ""
        title = f"Merged: “{found.name}” is {state}{until}."
        how = f"{_how(merged)}Next: see it in the table, below or in notebook 04."
        if merged.ok:
            self.notice.done(title, how)
        else:
            self.notice.warn(f"{title} Not all is as expected.", how)
        rows = [
            (each.label, each.expected, each.found, "as expected" if each.ok else "DIFFERS")
            for each in merged.checks
        ]
        self.result.value = html.grid(("Read back", "Expected", "In the vault", ""), rows)

    def _read(self) -> None:
        """There is something else in the input."""
        self.notice.clear()
        self.result.value = ""
        given = bool(self.input.files)
        self.reply = self.notice.attempt(self.input.read)
        failed = self.reply is None and given
        if not self.desk.selected:
            self.desk.selected = self._only_fit()
        self._look(keep_notice=failed)

    def _only_fit(self) -> str:
        """The name of the one request that the reply fits, empty if there is none or several."""
        signed = self.reply.signed if self.reply else None
        fits = [
            each.name
            for each in self.desk.operations
            if signed and each.csr and signed.leaf_for(each.csr.public_key)
        ]
        return fits[0] if len(fits) == 1 else ""

    def _follow(self, _change: Any = None) -> None:
        seen = (self.desk.revision, self.desk.selected)
        if seen != self._seen:  # several changes at once are told one by one
            self._seen = seen
            self.result.value = ""
            self._look(keep_notice=False)

    def _look(self, *, keep_notice: bool) -> None:
        """Read the request anew and hold the reply against it."""
        self.pending = None
        if self.desk.vault is not None and self.desk.looked_at is not None and self.reply:
            self.pending = self.notice.attempt(self._request)
            keep_notice = keep_notice or self.pending is None
        self._show(keep_notice=keep_notice)

    def _request(self) -> PendingRequest:
        operation, vault, reply = self.desk.looked_at, self.desk.vault, self.reply
        assert operation is not None  # asked before
        assert vault is not None
        assert operation.csr is not None  # the desk holds no other
        sent = reply.sent.sha256 if reply and reply.sent else ""
        handed_over = self.desk.handed_over(operation.name)
        known = Known(
            self.desk.plan_of(operation),
            sent or handed_over or operation.csr.sha256,
            self.desk.operations,
        )
        return read_request(vault, operation.name, known)

    def _show(self, *, keep_notice: bool = False) -> None:
        now = datetime.now(UTC)
        pending, signed = self.pending, self.reply.signed if self.reply else None
        leaf = signed.leaf_for(pending.csr.public_key) if signed and pending else None
        found = chain.build(leaf, signed.certificates, now) if signed and leaf else None
        self.chain.show(found, bool(pending and pending.preserve_order), now)
        self.findings.show(preflight(pending, signed, now) if pending and signed else ())
        self.sent.show(pending.name if pending else "", found)
        self.elsewhere.show(
            self.sent.steps(self.input.files), self.desk.vault.url if self.desk.vault else ""
        )
        self._weigh()
        if not keep_notice:
            self._say_what_is_missing()

    def _weigh(self) -> None:
        self.button.disabled = self.pending is None or not self.findings.may_go_on

    def _say_what_is_missing(self) -> None:
        operation = self.desk.looked_at
        if self.desk.vault is None:
            self.notice.info("No vault is open.", "Press Connect above.")
        elif operation is not None and waits_for_merge(operation):
            self.notice.clear()
        elif operation is not None:
            self.notice.info(next_step(operation, enabled=None))
        elif not self.desk.requests:
            self.notice.info("No request is waiting.", "Create one first (notebook 01).")
        else:
            self.notice.info(
                "Choose the request that the CA's file belongs to.",
                "No request of this vault has its key: the home finder searches other vaults too."
                if self.reply
                else "",
            )


def _how(merged: Merged) -> str:
    if merged.lost_answer:
        return "The vault's answer got lost, but it had done the work. "
    if merged.repeated:
        return "It was there already: somebody merged the same certificate, and nothing was sent. "
    return ""
