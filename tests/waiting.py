"""Wait in a test for what happens in another thread."""

from __future__ import annotations

import time
from collections.abc import Callable

LONG = 30.0
"""Seconds after which something did not happen; a busy machine may take some."""


def until(so: Callable[[], bool]) -> None:
    """Return as soon as something is so; fail if it takes too long."""
    end = time.monotonic() + LONG
    while not so():
        assert time.monotonic() < end, "it takes too long"
        time.sleep(0.01)
