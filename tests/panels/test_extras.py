"""The boxes for what is read beside the list: off at first, the second with the first alone."""

from __future__ import annotations

import ipywidgets as w
import pytest

from kvcsr_widgets.panels.extras import Extras


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def extras(told: list[str]) -> Extras:
    return Extras(lambda: told.append("changed"), w.Layout())


def test_nothing_is_wanted_at_first(extras: Extras, told: list[str]) -> None:
    assert (extras.wants_details, extras.wants_chains, told) == (False, False, [])


def test_each_choice_is_told(extras: Extras, told: list[str]) -> None:
    extras.details.value = True
    extras.chains.value = True

    assert (extras.wants_details, extras.wants_chains) == (True, True)
    assert len(told) == 2


def test_chains_go_with_the_details(extras: Extras) -> None:
    assert extras.chains.layout.display == "none"
    extras.details.value = True
    assert extras.chains.layout.display == ""
    extras.chains.value = True

    extras.details.value = False

    assert extras.chains.layout.display == "none"
    assert not extras.wants_chains


def test_what_is_cleared_is_not_told(extras: Extras, told: list[str]) -> None:
    extras.details.value = True

    extras.clear()

    assert not extras.wants_details
    assert len(told) == 1
