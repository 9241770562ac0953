"""What the panels of a notebook share: the vault, its open requests, the one in hand."""

from __future__ import annotations

import traitlets as t

from kvcsr_widgets.runbook.progress import open_requests
from kvcsr_widgets.vault.client import Vault
from kvcsr_widgets.vault.records import Operation


class Desk(t.HasTraits):
    """The state lies in the vault; this is only what was last read of it.

    ``revision`` counts up whenever something in the vault was changed from here or read anew.
    """

    vault = t.Instance(Vault, allow_none=True, read_only=True)
    requests = t.Tuple(read_only=True)
    selected = t.Unicode()
    revision = t.Int(read_only=True)

    @property
    def current(self) -> Operation | None:
        """The request in hand."""
        return next((o for o in self.requests if o.name == self.selected), None)

    def open(self, vault: Vault) -> None:
        """Work on this vault from now on. Raises VaultError, and then nothing is open."""
        self.leave()
        requests = open_requests(vault)
        self.set_trait("vault", vault)
        self._put(requests)

    def leave(self) -> None:
        """Close the vault, if one is open."""
        if self.vault is not None:
            self.vault.close()
        self.set_trait("vault", None)
        self._put([])

    def refresh(self) -> None:
        """Read the open requests again. Raises VaultError and keeps what was read before."""
        if self.vault is not None:
            self._put(open_requests(self.vault))

    def add(self, operation: Operation) -> None:
        """A request was made here: take it in hand."""
        others = [o for o in self.requests if o.name != operation.name]
        self._put(sorted([*others, operation], key=lambda o: o.name.lower()), operation.name)

    def remove(self, name: str) -> None:
        """A request was finished here."""
        self._put([o for o in self.requests if o.name != name])

    def changed(self) -> None:
        """Something else than a request was changed here, such as an issuer."""
        self.set_trait("revision", self.revision + 1)

    def _put(self, requests: list[Operation], selected: str | None = None) -> None:
        wanted = self.selected if selected is None else selected
        names = [operation.name for operation in requests]
        with self.hold_trait_notifications():
            self.set_trait("requests", tuple(requests))
            self.selected = wanted if wanted in names else (names[0] if len(names) == 1 else "")
            self.set_trait("revision", self.revision + 1)
