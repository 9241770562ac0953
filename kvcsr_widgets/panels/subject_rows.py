"""The parts of a subject as rows of fields."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets as w

from kvcsr_widgets.errors import SubjectError
from kvcsr_widgets.panels import layout
from kvcsr_widgets.pki.attributes import LONG_NAMES, Attribute
from kvcsr_widgets.pki.subject import Subject

OTHER = ""
"""The choice of a key that is typed as an OID with dots."""

_KEYS = [(f"{key} ({name})", key) for key, name in LONG_NAMES.items()]
_CHOICES = [*_KEYS, ("another, by its OID", OTHER)]
_NEXT = ("CN", "O", "OU", "L", "S", "C")


class Look:
    """The layouts that the rows share: one of each instead of seven a row."""

    def __init__(self) -> None:
        self.key = w.Layout(width="330px", flex="0 1 auto")
        self.oid = w.Layout(width="170px", flex="0 1 auto")
        self.entry = w.Layout(width="auto", min_width="220px", flex="1 1 auto")
        self.button = w.Layout(width="auto", flex="0 0 auto")
        self.row = w.Layout(flex_flow="row wrap")
        self.label = layout.label_style()
        self.short = {"description_width": "initial"}


class PartRow(w.HBox):
    """One part. ``changed`` is called at every key press, ``act`` with what a button means."""

    def __init__(
        self, number: int, look: Look, changed: Callable[[], None], act: Callable[[int, str], None]
    ) -> None:
        self.key = w.Dropdown(
            options=_CHOICES, description=f"Part {number + 1}", layout=look.key, style=look.label
        )
        place = number + 1  # in words, since a tooltip is no name for those who cannot see
        self.oid = w.Text(
            description=f"OID {place}", placeholder="1.2.3.4", layout=look.oid, style=look.short
        )
        self.entry = w.Text(description=f"Value {place}", layout=look.entry, style=look.short)
        self.up = w.Button(description="Up", layout=look.button)
        self.down = w.Button(description="Down", layout=look.button)
        self.remove = w.Button(description="Remove", layout=look.button)
        for button, what in ((self.up, "up"), (self.down, "down"), (self.remove, "remove")):
            button.on_click(lambda _button, what=what: act(number, what))
        self._by_oid = False
        super().__init__([self.key, self.entry, self.up, self.down, self.remove], layout=look.row)
        self.key.observe(self._choose, "value")
        for box in (self.key, self.oid, self.entry):
            box.observe(lambda _change: changed(), "value")

    @property
    def part(self) -> tuple[str, str]:
        """Key and value as they stand in the fields."""
        return self.key.value or self.oid.value, self.entry.value

    def show(self, part: tuple[str, str]) -> None:
        """Put a part into the fields, unless they say the same already."""
        if _meaning(self.part) == part:
            return
        key, value = part
        known = key in LONG_NAMES
        self.oid.value = "" if known else key
        self.key.value = key if known else OTHER
        self.entry.value = value

    def _choose(self, _change: Any) -> None:
        by_oid = self.key.value == OTHER
        if by_oid != self._by_oid:
            self._by_oid = by_oid
            middle = (self.oid, self.entry) if by_oid else (self.entry,)
            self.children = (self.key, *middle, self.up, self.down, self.remove)


class SubjectRows(w.VBox):
    """The parts in the order of the text. ``changed`` is called when a person changed them."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self._changed = changed
        self._look = Look()
        self._pool: list[PartRow] = []
        self._filling = False
        self.rows: tuple[PartRow, ...] = ()
        self.add = w.Button(
            description="Add a part of the subject", icon="plus", layout=layout.fitting()
        )
        layout.indented(self.add)
        self.add.on_click(lambda _button: self.append())
        self._box = w.VBox()
        super().__init__([self._box, self.add])

    @property
    def parts(self) -> list[tuple[str, str]]:
        """Keys and values as they stand in the fields."""
        return [row.part for row in self.rows]

    def show(self, subject: Subject) -> None:
        """Put a subject into the fields; those that say the same already are not touched."""
        self._fill([(part.key, part.value) for part in subject.attributes])

    def append(self) -> None:
        """Add an empty part, the first of the usual ones that is not there."""
        used = {key for key, _ in self.parts}
        key = next((key for key in _NEXT if key not in used), "OU")
        self._fill([*map(_meaning, self.parts), (key, "")])
        self._changed()
        self.rows[-1].entry.focus()

    def act(self, number: int, what: str) -> None:
        """Move a part up or down, or remove it; the keyboard stays with the part."""
        parts = [_meaning(part) for part in self.parts]
        moved = parts.pop(number)
        target = number + {"up": -1, "down": 1, "remove": 0}[what]
        if what != "remove":
            parts.insert(target, moved)
        self._fill(parts)
        self._changed()
        if what != "remove":
            row = self.rows[target]
            at_the_end = target in (0, len(parts) - 1)
            (row.entry if at_the_end else getattr(row, what)).focus()

    def _fill(self, parts: list[tuple[str, str]]) -> None:
        self._filling = True
        try:
            while len(self._pool) < len(parts):
                self._pool.append(PartRow(len(self._pool), self._look, self._edited, self.act))
            for row, part in zip(self._pool, parts, strict=False):
                row.show(part)
        finally:
            self._filling = False
        if len(parts) != len(self.rows):
            self.rows = tuple(self._pool[: len(parts)])
            self._box.children = self.rows
            for row in self.rows:
                row.up.disabled = row is self.rows[0]
                row.down.disabled = row is self.rows[-1]

    def _edited(self) -> None:
        if not self._filling:
            self._changed()


def _meaning(part: tuple[str, str]) -> tuple[str, str]:
    """A part by the key that Key Vault prints for it, or as it is where it knows none."""
    try:
        known = Attribute.of(*part)
    except SubjectError:
        return part
    return known.key, known.value
