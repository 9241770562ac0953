"""How a merge ended, and what the vault has now."""

from __future__ import annotations

import ipywidgets as w
import traitlets as t

from kvcsr_widgets.panels import html
from kvcsr_widgets.panels.notice import Notice
from kvcsr_widgets.runbook.merging import Merged

COLUMNS = ("Read back", "As expected", "In the vault")


class MergeResult(w.VBox):
    """A sentence on a merge, and the certificate as it was read back.

    ``merged`` is what is told, None for nothing.
    """

    merged = t.Instance(Merged, allow_none=True, read_only=True)

    def __init__(self) -> None:
        self.notice = Notice()
        self.table = w.HTML()
        super().__init__([self.notice, self.table])

    def clear(self) -> None:
        """Nothing was merged."""
        self.set_trait("merged", None)
        self.notice.clear()
        self.table.value = ""

    def tell(self, merged: Merged) -> None:
        """A certificate was merged."""
        self.set_trait("merged", merged)
        found = merged.certificate
        state = "enabled" if found.enabled else "disabled"
        until = f", valid until {found.expires:%Y-%m-%d}" if found.expires else ""
        title = f"Merged: “{found.name}” is {state}{until}."
        how = f"{_how(merged)}Next: see it in the table of certificates."
        if merged.ok:
            self.notice.done(title, how)
        else:
            self.notice.warn(f"{title} Not all is as expected.", how)
        rows = [
            (each.label, "yes" if each.ok else f"NO, expected: {each.expected}", each.found)
            for each in merged.checks
        ]
        self.table.value = html.grid(COLUMNS, rows)


def _how(merged: Merged) -> str:
    if merged.lost_answer:
        return "The vault's answer got lost, but it had done the work. "
    if merged.repeated:
        return "It was in the vault already: the same certificate was merged before. "
    return ""
