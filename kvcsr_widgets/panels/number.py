"""A whole number, typed as text: what is none is said instead of mended."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import ipywidgets as w

from kvcsr_widgets.errors import Problem

_NUMBER = re.compile(r"[0-9]{1,9}", re.ASCII)


class WholeNumber:
    """The number for one field of a plan; ``asked`` is whether a person is asked for it now.

    ipywidgets' own number fields show fractions and keep their bounds without a word.
    """

    def __init__(self, member: str, value: int, most: int, **look: Any) -> None:
        self.box = w.Text(value=str(value), **look)
        self.asked = True
        self._member = member
        self._most = most

    @property
    def value(self) -> int:
        """The number: 0 for what is none, one more than the most for what is more than that.

        The plan's own bounds refuse both.
        """
        text = self.box.value.strip()
        return min(int(text), self._most + 1) if _NUMBER.fullmatch(text) else 0

    def put(self, value: int) -> None:
        """Show a number."""
        self.box.value = str(value)

    def problems(self) -> Iterator[Problem]:
        """That this is no number."""
        text = self.box.value.strip()
        if self.asked and not _NUMBER.fullmatch(text):
            said = f"“{text[:40]}” is no whole number." if text else "A number is missing."
            yield Problem(self._member, said, "Write it in digits, such as 6.")
