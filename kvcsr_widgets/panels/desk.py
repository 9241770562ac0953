"""What the panels of a notebook share: the vault, its requests, the one in hand."""

from __future__ import annotations

from dataclasses import replace

import traitlets as t

from kvcsr_widgets.pki.pending import Status
from kvcsr_widgets.pki.plan import CertificatePlan
from kvcsr_widgets.runbook.progress import requests, waits_for_merge
from kvcsr_widgets.vault.client import Vault
from kvcsr_widgets.vault.records import Operation


class Desk(t.HasTraits):
    """The state lies in the vault; this is only what was last read of it.

    ``operations`` are all requests that have a CSR, ``requests`` those of them that a person has
    to merge. ``revision`` counts up whenever something in the vault was changed from here or read
    anew.
    """

    vault = t.Instance(Vault, allow_none=True, read_only=True)
    operations = t.Tuple(read_only=True)
    requests = t.Tuple(read_only=True)
    selected = t.Unicode()
    revision = t.Int(read_only=True)

    def __init__(self) -> None:
        super().__init__()
        self._plans: dict[str, CertificatePlan] = {}

    @property
    def current(self) -> Operation | None:
        """The request in hand, if it waits for a merge."""
        return next((o for o in self.requests if o.name == self.selected), None)

    @property
    def looked_at(self) -> Operation | None:
        """The request in hand, whatever became of it."""
        return next((o for o in self.operations if o.name == self.selected), None)

    def plan_of(self, operation: Operation) -> CertificatePlan | None:
        """What was sent from here to make this request, if it was."""
        return self._plans.get(operation.request_id)

    def open(self, vault: Vault) -> None:
        """Work on this vault from now on. Raises VaultError, and then nothing is open."""
        self.leave()
        found = requests(vault)
        self.set_trait("vault", vault)
        self._put(found)

    def leave(self) -> None:
        """Close the vault, if one is open."""
        if self.vault is not None:
            self.vault.close()
        self.set_trait("vault", None)
        self._put([])

    def refresh(self) -> None:
        """Read the requests again. Raises VaultError and keeps what was read before."""
        if self.vault is not None:
            self._put(requests(self.vault))

    def add(self, operation: Operation, plan: CertificatePlan | None = None) -> None:
        """A request was made here, from ``plan``: take it in hand."""
        if plan is not None:
            self._plans[operation.request_id] = plan
        others = [o for o in self.operations if o.name != operation.name]
        self._put(sorted([*others, operation], key=lambda o: o.name.lower()), operation.name)

    def finish(self, name: str) -> None:
        """A request was merged here: it waits no more."""
        found = (
            replace(o, status=Status.COMPLETED) if o.name == name else o for o in self.operations
        )
        self._put(list(found), "")

    def drop(self, name: str) -> None:
        """A request was deleted: no other is taken in hand in its place."""
        selected = self.selected
        with self.hold_trait_notifications():
            self._put([each for each in self.operations if each.name != name])
            self.selected = "" if selected == name else selected

    def changed(self) -> None:
        """Something else than a request was changed here, such as an issuer."""
        self.set_trait("revision", self.revision + 1)

    def _put(self, operations: list[Operation], selected: str | None = None) -> None:
        wanted = self.selected if selected is None else selected
        open_names = [o.name for o in operations if waits_for_merge(o)]
        known = any(o.name == wanted for o in operations)
        with self.hold_trait_notifications():
            self.set_trait("operations", tuple(operations))
            self.set_trait("requests", tuple(o for o in operations if waits_for_merge(o)))
            self.selected = wanted if known else (open_names[0] if len(open_names) == 1 else "")
            self.set_trait("revision", self.revision + 1)
