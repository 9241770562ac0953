"""All drills, in the order of the course."""

from __future__ import annotations

from kvcsr_widgets.drills import keys, policies, renewals, requests, vaults
from kvcsr_widgets.drills.drill import Drill

DRILLS: dict[str, Drill] = {
    drill.code: drill
    for drill in (
        *keys.DRILLS,
        *requests.DRILLS,
        *policies.DRILLS,
        *renewals.DRILLS,
        *vaults.DRILLS,
    )
}
"""By their codes."""
