"""Where this runs: on a machine of one's own, or on a Binder, which others operate."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from kvcsr_widgets.errors import PlaceError

BINDER_VARIABLES = (
    "BINDER_LAUNCH_HOST",
    "BINDER_REQUEST",
    "BINDER_PERSISTENT_REQUEST",
    "BINDER_REPO_URL",
    "BINDER_REF_URL",
)
"""What BinderHub puts into the environment of each server (``binderspawner_mixin``)."""


@dataclass(frozen=True)
class Binder:
    """A Binder; ``host`` is the hub's name, such as mybinder.org, or empty where it is not told."""

    host: str


def where_we_run(environment: Mapping[str, str] = os.environ) -> Binder | None:
    """The Binder that this runs on, or None elsewhere.

    Each Binder counts as public: nothing in the environment tells one that is not.
    """
    if not any(environment.get(name) for name in BINDER_VARIABLES):
        return None
    try:
        host = urlsplit(environment.get("BINDER_LAUNCH_HOST", "")).hostname
    except ValueError:
        host = None
    return Binder((host or "")[:100])


def refuse_on_binder() -> None:
    """Raises PlaceError on a Binder: nobody signs in to a real vault there by accident."""
    if where_we_run() is not None:
        raise PlaceError(
            "This runs on a public Binder, so no real vault is opened. Nothing was sent.",
            why="Others operate this machine, and could read what you sign in with.",
            hint="Run the workbook on a machine of your own, or say that you insist: tick the box, "
            "in Python connect(…, insist=True).",
        )
