"""Which files were chosen, in a line under the button."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from kvcsr_widgets.panels import html
from kvcsr_widgets.pki import facts

MAX_SHOWN = 10
"""Files whose names are shown."""


def chosen(names: Sequence[str]) -> Markup:
    """The names of what was chosen, the first few of many; nothing for none."""
    if not names:
        return Markup("")
    more = f" and {len(names) - MAX_SHOWN:,} more" if len(names) > MAX_SHOWN else ""
    shown = ", ".join(facts.shown(name) for name in names[:MAX_SHOWN])
    return html.muted(f"Chosen: {shown}{more}")
