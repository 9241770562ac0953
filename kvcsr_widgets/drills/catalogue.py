"""All drills, in the order of the course."""

from __future__ import annotations

from kvcsr_widgets.drills import (
    chains,
    files,
    keys,
    policies,
    renewals,
    replies,
    requests,
    states,
    subjects,
    vaults,
)
from kvcsr_widgets.drills.drill import Drill

DRILLS: dict[str, Drill] = {
    drill.code: drill
    for drill in (
        *states.DRILLS,
        *subjects.DRILLS,
        *requests.DRILLS,
        *policies.DRILLS,
        *keys.DRILLS,
        *chains.DRILLS,
        *files.DRILLS,
        *replies.DRILLS,
        *renewals.DRILLS,
        *vaults.DRILLS,
    )
}
"""By their codes."""
