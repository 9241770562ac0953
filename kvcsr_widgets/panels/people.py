"""People in rows: some boxes each, what is wrong with them, and buttons to add and remove."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import ipywidgets as w

from kvcsr_widgets.errors import Problem
from kvcsr_widgets.panels import html, layout


class Person(w.VBox):
    """One row; ``value`` is the text of each part. Only what was touched complains."""

    def __init__(
        self, labels: Mapping[str, str], person: Mapping[str, str], changed: Callable[[], object]
    ) -> None:
        self._labels = labels
        self._changed = changed
        self.boxes = {part: _box(label, person.get(part, "")) for part, label in labels.items()}
        self.remove_button = w.Button(description="Remove", layout=layout.fitting())
        self.below = w.HTML()
        self._touched: set[str] = set()
        for part, box in self.boxes.items():
            box.observe(lambda _change, part=part: self._touch(part), "value")
        row = w.HBox([*self.boxes.values(), self.remove_button])
        row.layout.flex_flow = "row wrap"
        super().__init__([row, self.below])

    @property
    def value(self) -> dict[str, str]:
        """What is filled in."""
        return {part: box.value.strip() for part, box in self.boxes.items()}

    def touch_all(self) -> None:
        """From now on every box complains."""
        self._touched = set(self.boxes)

    def show(self, problems: Sequence[tuple[str, Problem]]) -> None:
        """Say what is wrong with parts of this row."""
        said = "".join(
            html.field_error(f"{self._labels[part]}: {problem.message}", problem.hint)
            for part, problem in problems
            if part in self._touched
        )
        if self.below.value != said:  # what stays is not sent to the browser again
            self.below.value = said

    def disable(self, disabled: bool) -> None:
        """Switch the boxes off or on."""
        for control in (*self.boxes.values(), self.remove_button):
            control.disabled = disabled

    def _touch(self, part: str) -> None:
        self._touched.add(part)
        self._changed()


class People(w.VBox):
    """Rows of people. ``field`` is the name that problems have: ``field`` or ``field.0.part``.

    ``parts`` names the boxes of a row and their labels; ``changed`` is called after every change.
    """

    def __init__(
        self, field: str, noun: str, parts: Mapping[str, str], changed: Callable[[], object]
    ) -> None:
        self._field = field
        self._parts = dict(parts)
        self._changed = changed
        self._list = w.VBox()
        self._below = w.HTML()
        self.add_button = w.Button(description=f"Add {noun}", layout=layout.fitting())
        self.add_button.on_click(lambda _button: self.add())
        super().__init__([self._list, self._below, self.add_button])

    @property
    def rows(self) -> tuple[Person, ...]:
        """All rows, empty ones included."""
        return tuple(self._list.children)

    @property
    def value(self) -> tuple[dict[str, str], ...]:
        """The rows that hold something."""
        return tuple(row.value for row in self._filled())

    def put(self, people: Iterable[Mapping[str, str]]) -> None:
        """Show these people instead."""
        self._list.children = [self._row(person) for person in people]
        self.show(())

    def add(self) -> None:
        """Add an empty row and put the cursor into it."""
        row = self._row({})
        self._list.children = [*self.rows, row]
        next(iter(row.boxes.values())).focus()
        self._changed()

    def remove(self, row: Person) -> None:
        """Take a row away."""
        self._list.children = [each for each in self.rows if each is not row]
        self._changed()

    def touch_all(self) -> None:
        """From now on every box complains."""
        for row in self.rows:
            row.touch_all()

    def show(self, problems: Iterable[Problem]) -> None:
        """Say what is wrong, each at its row; problems of other fields are passed over."""
        ours = [p for p in problems if p.field.split(".")[0] == self._field]
        whole = [p for p in ours if p.field == self._field]
        self._below.value = html.field_error(whole[0].message, whole[0].hint) if whole else ""
        for number, row in enumerate(self._filled()):
            place = f"{self._field}.{number}."
            row.show([(p.field.removeprefix(place), p) for p in ours if p.field.startswith(place)])
        for row in set(self.rows) - set(self._filled()):
            row.show(())

    def focus(self, field: str) -> None:
        """Put the cursor to where a problem is."""
        _field, *place = field.split(".")
        if place:
            self._filled()[int(place[0])].boxes[place[1]].focus()
        else:
            self.add_button.focus()

    def disable(self, disabled: bool) -> None:
        """Switch everything off or on."""
        self.add_button.disabled = disabled
        for row in self.rows:
            row.disable(disabled)

    def _filled(self) -> list[Person]:
        return [row for row in self.rows if any(row.value.values())]

    def _row(self, person: Mapping[str, str]) -> Person:
        row = Person(self._parts, person, self._changed)
        row.remove_button.on_click(lambda _button: self.remove(row))
        return row


def _box(label: str, value: str) -> w.Text:
    return w.Text(
        value=value,
        description=label,
        continuous_update=False,
        style={"description_width": "initial"},
        layout=w.Layout(width="min(100%, 290px)"),
    )
