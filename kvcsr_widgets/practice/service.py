"""What the vault does by itself as time passes: issue, reject, renew, purge.

There is no thread: ``settle`` does what has fallen due, at the vault's clock, before a request is
answered. What nobody asks for waits, and only its dates can tell.
"""

from __future__ import annotations

import json
import time
from dataclasses import replace

from kvcsr_widgets.practice import issuing
from kvcsr_widgets.practice.authority import Authority
from kvcsr_widgets.practice.issuers import rejection
from kvcsr_widgets.practice.refusals import Refusal
from kvcsr_widgets.practice.renewal import months_later
from kvcsr_widgets.practice.rows import Operation
from kvcsr_widgets.practice.rules import Options, Rules

BATCH = 10
"""The most certificates that are settled before one request, besides the one that it names."""

MAX_SECONDS = 0.5
"""How long the others may take altogether; keys of RSA 4096 take long."""

ROUNDS = 3
"""Renewal and issue of one certificate, and one more for short-lived ones."""


class Service:
    """Settles what is due; ``authority`` signs for the integrated issuers."""

    def __init__(self, rules: Rules, authority: Authority) -> None:
        self.rules = rules
        self.shelf = rules.shelf
        self.store = rules.store
        self.authority = authority

    def settle(self, name: str | None = None) -> None:
        """Do what is due: for the certificate of this name, and for some others."""
        now = self.shelf.now
        due = self.store.due(now, BATCH)
        if name is not None and due:
            due = [*self.store.due(now, 1, name), *due]
        end = time.monotonic() + MAX_SECONDS
        for each in dict.fromkeys(due):
            if each != name and time.monotonic() > end:
                break
            for _ in range(ROUNDS):
                if not (self._finish(each, now) or self._renew(each, now)):
                    break

    def _finish(self, name: str, now: int) -> bool:
        """Purge, or let the issuer answer, where that is due."""
        with self.store.transaction():
            certificate, operation = self.store.certificate(name), self.store.operation(name)
            if certificate is None:
                return False
            if certificate.purge_at is not None and certificate.purge_at <= now:
                self.store.purge(name)
            elif operation is not None and operation.due is not None and operation.due <= now:
                self._answer(operation)
            else:
                return False
        return True

    def _renew(self, name: str, now: int) -> bool:
        """Start the renewal that is due; the key is made before the vault is held up."""
        certificate, newest = self.store.certificate(name), self.store.newest(name)
        if certificate is None or newest is None:
            return False
        if newest.renew_at is None or newest.renew_at > now or not self.store.due(now, 1, name):
            return False
        options = Options(newest.enabled, newest.tags, newest.preserve_order, renews=newest.id)
        try:
            self.rules.request(name, json.loads(certificate.policy), options, written=False)
        except Refusal as refusal:
            if refusal.status == 400:  # an imported policy asks for what no CSR can hold
                self.store.renew_none(name)
            return False
        return True

    def _answer(self, operation: Operation) -> None:
        """The issuer's answer to a request: a certificate, or an error."""
        waiting = self.shelf.version(operation.name, operation.version)
        props = json.loads(waiting.policy)["x509_props"]
        end = months_later(self.shelf.now, props["validity_months"])
        if operation.issuer.lower() == "self":
            leaf = issuing.self_signed(waiting.key, props, self.shelf.now - issuing.BACKDATED, end)
            self.rules.finish(operation, waiting, leaf, [leaf])
            return
        failure = rejection(self.store.issuer(operation.issuer))
        if failure is not None:
            self.store.put(replace(operation, due=None, failure=json.dumps(failure)))
            return
        reply = self.authority.sign(operation.csr, until=end)
        self.rules.finish(operation, waiting, reply.leaf, [reply.leaf, *reply.chain])
