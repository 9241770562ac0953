from __future__ import annotations

from kvcsr_widgets.panels.filters import Filters
from kvcsr_widgets.runbook.entries import UNKNOWN
from kvcsr_widgets.runbook.filtering import Filter
from tests.certificates import NOW
from tests.inventories import inventory, issued, waiting


def test_nothing_chosen_wants_every_row() -> None:
    assert Filters().wanted == Filter()


def test_each_choice_is_wanted() -> None:
    filters = Filters()
    filters.states["pending"].value = True
    filters.states[UNKNOWN].value = True
    filters.left.choice.value = "at most"
    filters.left.number.value = 14
    filters.waiting.choice.value = "more than"
    filters.enabled.value = "no"

    assert filters.wanted == Filter(
        frozenset({"pending", UNKNOWN}), within=14, waiting=14, enabled=False
    )
    filters.left.choice.value = "expired"
    assert (filters.wanted.expired, filters.wanted.within) == (True, None)


def test_a_number_shows_where_it_counts() -> None:
    filters = Filters()

    assert filters.left.number.layout.display == "none"
    filters.left.choice.value = "at most"
    assert filters.left.number.layout.display == ""


def test_clear_wants_every_row_again() -> None:
    filters = Filters()
    for box in filters.states.values():
        box.value = True
    filters.left.choice.value = "at most"
    filters.waiting.choice.value = "more than"
    filters.enabled.value = "yes"
    filters.clear_button.click()

    assert filters.wanted == Filter()


def test_the_rows_that_are_wanted_are_given_and_counted() -> None:
    filters = Filters()
    frame = inventory(issued(name="a"), waiting(name="b")).frame
    filters.states["pending"].value = True

    assert list(filters.of(frame, NOW)["name"]) == ["b"]
    filters.tell(1, 2_000)
    assert "1 of 2,000 rows" in filters.count.value
    filters.tell(0, 0)
    assert filters.count.value == ""
