"""One reading of a vault's requests, beside what else is done in the kernel."""

from __future__ import annotations

import threading
from collections.abc import Callable

from kvcsr_widgets.panels.background import Background
from kvcsr_widgets.runbook.batch import Tell
from kvcsr_widgets.runbook.loading import NOTHING, Counts
from kvcsr_widgets.runbook.requests import Requests, requests
from kvcsr_widgets.vault.client import Vault


class DeskReading:
    """Reads once. Without a running loop, as in a script, ``run`` waits for it.

    ``counts`` tell how far it is.
    """

    def __init__(self, vault: Vault) -> None:
        self.vault = vault
        self.counts = NOTHING
        self._cancel = threading.Event()

    def stop(self) -> None:
        """End soon, with what was read."""
        self._cancel.set()

    def run(
        self, told: Callable[[], None], ended: Callable[[Callable[[], Requests]], None]
    ) -> None:
        """Begin. ``told`` is called as answers arrive, ``ended`` at the end, both in the loop.

        ``ended`` gets a function that returns what was read, or raises VaultError.
        """
        Background().run(self._read, lambda *_step: told(), ended, begun=lambda: None)

    def _read(self, tell: Tell) -> Requests:
        def progress(counts: Counts) -> None:
            self.counts = counts
            tell(counts.listed, 0)

        return requests(self.vault, progress=progress, cancel=self._cancel)
