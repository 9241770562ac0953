"""Thumbprints and versions in tables, where only some of their digits find a place."""

from __future__ import annotations

BEGIN, END = 8, 4
"""Characters that are shown."""


def short(digits: str) -> str:
    """Begin and end of so many hexadecimal digits: ``0A1B2C3D…4E5F``."""
    return digits if len(digits) <= BEGIN + END else f"{digits[:BEGIN]}…{digits[-END:]}"
