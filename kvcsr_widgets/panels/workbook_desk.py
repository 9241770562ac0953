"""The desk of the one-page app: one request at a time, from its beginning to its end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import traitlets as t

from kvcsr_widgets.panels.desk import Desk
from kvcsr_widgets.vault.records import Operation


class JobDesk(Desk):
    """A request stays in hand when it is merged, as the job ends with a look at it.

    ``beginning`` is whether a person begins a new request: no other comes in hand by itself then.
    """

    beginning = t.Bool(read_only=True)

    def __init__(self) -> None:
        super().__init__()
        self.observe(self._has_begun, ["vault", "selected"])

    def begin(self) -> None:
        """Begin a new request. The one in hand stays in the vault as it is."""
        with self.hold_trait_notifications():
            self.selected = ""
            self.set_trait("beginning", self.vault is not None)

    def finish(self, *names: str) -> None:
        """Requests were merged here: they wait no more."""
        self.edit(self._known.merged(names))

    def _only(self, waiting: Sequence[Operation]) -> str:
        return "" if self.beginning else super()._only(waiting)

    def _has_begun(self, _change: Any) -> None:
        if self.selected or self.vault is None:
            self.set_trait("beginning", False)
