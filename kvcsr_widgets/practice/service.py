"""What the vault does by itself as time passes: issue, reject, renew, purge.

There is no thread: ``settle`` does what has fallen due, at the vault's clock, before a request is
answered. What nobody asks for waits, and only its dates can tell.
"""

from __future__ import annotations

import json
from contextlib import suppress
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
        for each in dict.fromkeys(due):
            for _ in range(ROUNDS):
                with self.store.transaction():
                    if not self._settle(each, now):
                        break

    def _settle(self, name: str, now: int) -> bool:
        """One thing that is due for a certificate; False if there is none."""
        certificate = self.store.certificate(name)
        if certificate is None:
            return False
        if certificate.purge_at is not None and certificate.purge_at <= now:
            self.store.purge(name)
            return False
        operation = self.store.operation(name)
        if operation is not None and operation.due is not None and operation.due <= now:
            self._answer(operation)
            return True
        newest = self.store.newest(name)
        if newest is None or newest.renew_at is None or newest.renew_at > now:
            return False
        self.store.renew_none(name)
        if operation is None or self.shelf.status(operation) != "inProgress":
            options = Options(newest.enabled, newest.tags, newest.preserve_order)
            with suppress(Refusal):  # an imported policy may ask for what no CSR can hold
                self.rules.request(name, json.loads(certificate.policy), options, written=False)
        return True

    def _answer(self, operation: Operation) -> None:
        """The issuer's answer to a request: a certificate, or an error."""
        issuer = json.loads(operation.issuer)["name"]
        certificate = self.shelf.certificate(operation.name)
        waiting = self.shelf.version(operation.name, operation.version)
        props = json.loads(certificate.policy)["x509_props"]
        end = months_later(self.shelf.now, props["validity_months"])
        if issuer.lower() == "self":
            leaf = issuing.self_signed(waiting.key, props, self.shelf.now - issuing.BACKDATED, end)
            self.rules.finish(operation, waiting, leaf, [leaf])
            return
        failure = rejection(self.store.issuer(issuer))
        if failure is not None:
            self.store.put(replace(operation, due=None, failure=json.dumps(failure)))
            return
        reply = self.authority.sign(operation.csr, until=end)
        self.rules.finish(operation, waiting, reply.leaf, [reply.leaf, *reply.chain])
