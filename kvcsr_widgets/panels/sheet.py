"""What the widgets of an inventory share: what was read, what is shown of it, what is selected."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd
import traitlets as t

from kvcsr_widgets.runbook.entries import Entry, Key
from kvcsr_widgets.runbook.inventory import Inventory
from kvcsr_widgets.vault.client import Vault


class Sheet(t.HasTraits):
    """``inventory`` is what was read last, None before; ``selected`` are the rows taken in hand.

    ``vaults`` are open, by host. ``revision`` counts up when something in a vault was changed from
    here, so that the table reads it again: ``touched`` alone, where that says which certificates.
    """

    inventory = t.Instance(Inventory, allow_none=True)
    selected = t.Tuple()
    revision = t.Int(read_only=True)

    def __init__(self) -> None:
        super().__init__()
        self.vaults: dict[str, Vault] = {}
        self.touched: frozenset[Key] = frozenset()

    @property
    def frame(self) -> pd.DataFrame | None:
        """The inventory as a DataFrame, None before one was read."""
        return self.inventory.frame if self.inventory is not None else None

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The selected certificates that are still there, in the order of the table."""
        known = self.inventory.by_key if self.inventory is not None else {}
        return tuple(known[key] for key in self.selected if key in known)

    def select(self, keys: Iterable[Key]) -> None:
        """Take rows in hand."""
        self.selected = tuple(keys)

    def changed(self, keys: Iterable[Key] = ()) -> None:
        """Something in a vault was changed from here: these certificates, or who knows what."""
        self.touched = frozenset(keys)
        self.set_trait("revision", self.revision + 1)
