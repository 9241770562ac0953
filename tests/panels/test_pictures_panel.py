"""The panel of the pictures: it follows a sheet, and does not draw too often."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from kvcsr_widgets.errors import ForbiddenError
from kvcsr_widgets.panels import later, pictures
from kvcsr_widgets.panels.pictures import InventoryPictures
from kvcsr_widgets.panels.sheet import Sheet
from kvcsr_widgets.runbook.inventory import Inventory
from tests.inventories import inventory, issued, many, refused, waiting
from tests.panels.parts import Parts


def sheet(found: Inventory | None = None) -> Sheet:
    made = Sheet()
    made.inventory = found
    return made


def shown(panel: InventoryPictures) -> str:
    return str(panel.picture.value)


def test_before_anything_was_read_it_says_what_to_do() -> None:
    panel = InventoryPictures(sheet())

    assert "Nothing was read yet." in shown(panel)
    assert "Read the vault with the table above" in shown(panel)


def test_it_draws_what_is_there_and_what_comes() -> None:
    held = sheet(inventory(issued()))
    panel = InventoryPictures(held)
    assert "Expired: 0 of 1 certificate." in shown(panel)
    assert "As read at 2026-06-01 12:00:00 UTC." in shown(panel)

    held.inventory = inventory(issued(), waiting())

    assert "1 request to bring to a CA or to merge." in shown(panel)


@pytest.mark.parametrize(
    ("stopped", "reading", "said"),
    [(True, False, "Reading was stopped: not everything is here."), (False, True, "goes on")],
)
def test_it_says_when_not_everything_is_there(stopped: bool, reading: bool, said: str) -> None:
    assert said in shown(
        InventoryPictures(sheet(inventory(issued(), stopped=stopped, reading=reading)))
    )


def test_it_says_when_a_vault_could_not_be_read() -> None:
    panel = InventoryPictures(sheet(inventory(refused(ForbiddenError("No.", hint="Ask.")))))

    assert "UTC, as far as it could be read." in shown(panel)


def test_two_panels_of_a_sheet_have_ids_of_their_own() -> None:
    held = sheet(inventory(*many(50)))
    ids = [Parts(shown(InventoryPictures(held))).ids for _ in range(2)]

    assert ids[0]
    assert not set(ids[0]) & set(ids[1])


class Loop:
    """Keeps what is to be called later, and how many seconds later; the test calls it."""

    def __init__(self) -> None:
        self.waiting: list[Call] = []

    def call_later(self, seconds: float, call: Callable[[], None]) -> Call:
        self.waiting.append(Call(self, seconds, call))
        return self.waiting[-1]


@dataclass(eq=False)
class Call:
    loop: Loop
    seconds: float
    call: Callable[[], None]

    def cancel(self) -> None:
        self.loop.waiting.remove(self)


def test_while_it_is_read_it_is_drawn_now_and_then_and_the_end_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    loop, seen, entries = Loop(), list[str](), tuple(many(400))
    monkeypatch.setattr(later, "running_loop", lambda: loop)
    monkeypatch.setattr(pictures, "EVERY", 600)
    held = sheet()
    panel = InventoryPictures(held)
    panel.picture.observe(lambda change: seen.append(change["new"]), "value")

    for step in range(10, 401, 10):
        held.inventory = inventory(*entries[:step], reading=True)
    assert seen == []
    (planned,) = loop.waiting
    assert 0 < planned.seconds <= 600

    planned.call()
    assert len(seen) == 1
    assert "40 requests to bring" in seen[0]

    held.inventory = inventory(*entries, waiting(name="last"), reading=True)
    assert (len(seen), len(loop.waiting)) == (1, 1)
    held.inventory = inventory(*entries, waiting(name="last"))
    assert "41 requests to bring" in seen[1]
    assert loop.waiting == []


def test_a_closed_panel_follows_no_more() -> None:
    held = sheet(inventory(issued()))
    panel = InventoryPictures(held)
    before = shown(panel)
    panel.close()

    held.inventory = inventory(waiting())

    assert shown(panel) == before
