"""All drills, in the order of the course."""

from __future__ import annotations

from kvcsr_widgets.drills import chains, files, keys, replies, states, subjects
from kvcsr_widgets.drills.drill import Drill

DRILLS: dict[str, Drill] = {
    drill.code: drill
    for drill in (
        *states.DRILLS,
        *subjects.DRILLS,
        *keys.DRILLS,
        *chains.DRILLS,
        *files.DRILLS,
        *replies.DRILLS,
    )
}
"""By their codes."""
