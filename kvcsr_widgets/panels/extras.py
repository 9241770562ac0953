"""What a person wants read beside the list and the requests: details, and how long chains are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets as w


class Extras(w.HBox):
    """Two boxes, the second of which goes with the first; ``changed`` is called once one is used.

    Neither is ticked at first: each takes one more request for a certificate.
    """

    def __init__(self, changed: Callable[[], object], layout: w.Layout) -> None:
        self.details = _box(
            "With subject, names, key and policy",
            "One more request for each certificate; the policy is in table.frame and in exports",
        )
        self.chains = _box(
            "And how long the chains are",
            "Where the secret holds no key: one more request, logged as SecretGet",
        )
        self._changed, self._clearing = changed, False
        for box in (self.details, self.chains):
            box.observe(self._used, "value")
        super().__init__([self.details, self.chains], layout=layout)
        self._redraw()

    @property
    def wants_details(self) -> bool:
        """Whether certificates and policies are to be read."""
        return bool(self.details.value)

    @property
    def wants_chains(self) -> bool:
        """Whether, with the details, secrets without a key are to be read."""
        return self.wants_details and bool(self.chains.value)

    def clear(self) -> None:
        """Want neither; nobody is told."""
        self._clearing = True
        self.details.value = self.chains.value = False
        self._clearing = False

    def _used(self, _change: Any) -> None:
        self._redraw()
        if not self._clearing:
            self._changed()

    def _redraw(self) -> None:
        self.chains.layout.display = "" if self.wants_details else "none"


def _box(label: str, hint: str) -> w.Checkbox:
    return w.Checkbox(description=label, tooltip=hint, indent=False, layout=w.Layout(width="auto"))
