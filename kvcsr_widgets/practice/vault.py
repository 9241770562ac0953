"""One practice vault: its file and the rules over it, put together."""

from __future__ import annotations

from pathlib import Path

from kvcsr_widgets.practice.authority import Authority
from kvcsr_widgets.practice.backups import Backups
from kvcsr_widgets.practice.clock import Clock
from kvcsr_widgets.practice.deletion import Deletion
from kvcsr_widgets.practice.imports import Imports
from kvcsr_widgets.practice.issuers import Issuers
from kvcsr_widgets.practice.rules import Delays, Rules
from kvcsr_widgets.practice.service import Service
from kvcsr_widgets.practice.shelf import Shelf
from kvcsr_widgets.practice.store import Store


class PracticeVault:
    """The open vault ``name``; ``backup_key`` is that of its state."""

    def __init__(
        self, name: str, path: Path, clock: Clock, delays: Delays, backup_key: bytes
    ) -> None:
        self.name = name
        self.store = Store(path)
        self.authority = Authority(self.store, clock)
        self.shelf = Shelf(self.store, clock)
        self.rules = Rules(self.shelf, delays)
        self.service = Service(self.rules, self.authority)
        self.imports = Imports(self.shelf)
        self.deletion = Deletion(self.rules)
        self.backups = Backups(self.shelf, backup_key)
        self.issuers = Issuers(self.shelf)

    def close(self) -> None:
        """Close the file."""
        self.store.close()
