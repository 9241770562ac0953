from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import ipywidgets as w
import pytest
from itables.widget import ITable

from kvcsr_widgets.panels.cells import COLUMNS, LONGEST, rows_of
from kvcsr_widgets.panels.datatable import table
from kvcsr_widgets.panels.grid import AT_ONCE, Grid
from kvcsr_widgets.pki.pending import Status
from kvcsr_widgets.runbook.entries import Entry, Key
from kvcsr_widgets.runbook.inventory import Inventory
from tests.certificates import DAY, NOW
from tests.inventories import VAULT, inventory, issued, waiting

HOSTILE = '<img src=x onerror="alert(1)">&'
ESCAPED = "&lt;img src=x onerror=&#34;alert(1)&#34;&gt;&amp;"


def cells(entry: Entry) -> dict[str, Any]:
    """The only row, by the names of its columns."""
    (row,) = rows_of(inventory(entry).frame).values()
    return dict(zip((column.name for column in COLUMNS), json.loads(row), strict=True))


class Page:
    """A page as the kernel knows it: it says that it is there, and takes what is sent."""

    def __init__(self, grid: Grid, monkeypatch: pytest.MonkeyPatch) -> None:
        self.grid = grid
        self.sent: list[dict[str, Any]] = []
        monkeypatch.setattr(grid.feed, "send", self._take)

    def _take(self, content: dict[str, Any], buffers: list[bytes] | None = None) -> None:
        for buffer in buffers or ():
            content = {**content, "cells": json.loads(buffer)}
        self.sent.append(content)

    def opens(self) -> None:
        self.grid.feed._handle_custom_msg({"ready": True}, [])

    def rows(self) -> list[list[Any]]:
        """The rows that came in since the last look."""
        found = [row for content in self.sent for row in content.get("cells", ())]
        self.sent.clear()
        return found

    def names(self) -> list[str]:
        return [row[2 + 1] for row in self.rows()]


@pytest.fixture
def grid() -> Grid:
    return Grid()


@pytest.fixture
def page(grid: Grid, monkeypatch: pytest.MonkeyPatch) -> Page:
    return Page(grid, monkeypatch)


def show(grid: Grid, now: Inventory) -> None:
    grid.apply(grid.update(now))


def test_the_browser_hears_of_a_table_only_once_it_is_complete(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A page that draws it while it is empty may keep it so."""
    heard: list[bool] = []
    open_ = w.Widget.open

    def told(widget: w.Widget) -> None:
        if isinstance(widget, ITable):
            heard.append("columnDefs" in widget.get_state()["_dt_args"])
        open_(widget)

    monkeypatch.setattr(w.Widget, "open", told)
    made = table(select=True)

    assert heard == [True]
    assert made.comm is not None


class TestCells:
    def test_a_certificate_in_use(self) -> None:
        row = cells(
            issued(name="web", expires=NOW + 9.5 * DAY, tags={"owner": "web team", "ticket": "1"})
        )

        assert row["name"] == "web"
        assert row["state"] == "completed"
        assert row["enabled"] == "enabled"
        assert row["expires"] == "2026-06-11 00:00:00"
        assert row["days_left"] == 9
        assert row["thumbprint"] == "AB" * 20
        assert row["tags"] == "owner=web team, ticket=1"
        assert row["waiting_since"] == row["said"] == row["issuer"] == row["subject"] == ""

    def test_what_an_open_request_says_is_left_to_the_next_step(self) -> None:
        row = cells(waiting(name="web", said="Pending certificate created. Please Perform Merge."))

        assert row["said"] == ""
        assert "have the CSR signed" in row["next_step"]
        assert row["waiting_since"] == "2026-05-29 12:00:00"

    def test_what_a_failed_request_says_is_shown(self) -> None:
        assert cells(waiting(name="web", status=Status.FAILED, failure="Not yours."))["said"] == (
            "Not yours."
        )

    def test_a_strangers_text_is_no_html(self) -> None:
        row = cells(waiting(name="web", status=Status.FAILED, failure=HOSTILE))
        assert row["said"] == ESCAPED
        assert cells(issued(name=HOSTILE))["name"] == ESCAPED
        assert cells(issued(name="web", tags={HOSTILE: "a"}))["tags"] == f"{ESCAPED}=a"
        assert cells(issued(name="web", vault=HOSTILE))["vault"] == ESCAPED

    def test_a_sign_that_turns_the_letters_around_is_written_out(self) -> None:
        row = cells(waiting(name="web", status=Status.FAILED, failure="No.\n\u202egpj.exe"))

        assert row["said"] == "No.\n\\u202egpj.exe"

    def test_a_text_without_end_has_one(self) -> None:
        said = cells(waiting(name="web", status=Status.FAILED, failure="<" * 1_000_000))["said"]

        assert said == "&lt;" * LONGEST + "…"


class TestGrid:
    def test_only_what_changed_is_sent_again(self, grid: Grid, page: Page) -> None:
        first = [issued(name="a"), issued(name="b")]
        show(grid, inventory(*first))
        (before_a, before_b) = page.rows()

        show(grid, inventory(first[0], issued(name="b", enabled=False), issued(name="c")))
        (after_b, after_c) = page.rows()

        assert after_b[0] == before_b[0]  # the same id: the row stays where it is
        assert after_b != before_b
        assert after_c[0] not in (before_a[0], before_b[0])

    def test_nothing_is_sent_for_nothing_new(self, grid: Grid, page: Page) -> None:
        now = inventory(issued(name="a"))
        show(grid, now)
        page.sent.clear()
        show(grid, replace(now))

        assert page.sent == []

    def test_a_page_that_opens_later_gets_everything(self, grid: Grid, page: Page) -> None:
        show(grid, inventory(issued(name="a"), issued(name="b")))
        show(grid, inventory(issued(name="b")))
        grid.show([0])
        page.sent.clear()
        page.opens()

        (shown,) = (each["shown"] for each in page.sent if "shown" in each)
        (row,) = page.rows()
        assert row[3] == "b"
        assert shown == [row[0]]

    def test_a_message_from_elsewhere_is_nothing(self, grid: Grid, page: Page) -> None:
        for content in (None, "ready", {"else": 1}):
            grid.feed._handle_custom_msg(content, [])

        assert page.sent == []

    def test_many_rows_come_in_heaps(self, grid: Grid, page: Page) -> None:
        show(grid, inventory(*(issued(name=f"c{number}") for number in range(AT_ONCE + 1))))

        assert [each["rows"] for each in page.sent] == [AT_ONCE, 1]

    def test_what_is_gone_goes(self, grid: Grid, page: Page) -> None:
        show(grid, inventory(issued(name="a"), issued(name="b")))
        (row, _other) = page.rows()
        show(grid, inventory(issued(name="b")))

        assert {"gone": [row[0]]} in page.sent
        grid.clear()
        page.sent.clear()
        page.opens()
        assert page.rows() == []

    def test_the_saved_widgets_hold_no_rows(self, grid: Grid) -> None:
        show(grid, inventory(issued(name="secret-project")))

        states = [each.get_state() for each in (grid, grid.table, grid.feed)]
        assert "secret-project" not in str(states)

    def test_selected_rows_are_told_by_their_keys(self, grid: Grid, page: Page) -> None:
        show(grid, inventory(issued(name="a"), issued(name="b")))
        (a, b) = page.rows()

        grid.feed.set_state({"selected": [b[0], a[0], 99, -1]})

        assert grid.selected == (Key(VAULT, "b"), Key(VAULT, "a"))

    def test_a_selection_survives_new_rows_and_not_its_own_end(self, grid: Grid) -> None:
        show(grid, inventory(issued(name="b"), issued(name="c")))
        grid.select([Key(VAULT, "b"), Key(VAULT, "c"), Key(VAULT, "unknown")])
        show(grid, inventory(issued(name="a"), issued(name="c", enabled=False)))

        assert grid.selected == (Key(VAULT, "c"),)
        show(grid, inventory(issued(name="a"), issued(name="b"), issued(name="c")))
        assert grid.selected == (Key(VAULT, "c"),)

    def test_a_filter_sends_ids_and_only_when_it_changes(self, grid: Grid, page: Page) -> None:
        show(grid, inventory(issued(name="a"), issued(name="b")))
        ids = [row[0] for row in page.rows()]
        grid.show([1])
        grid.show([1])
        grid.show(None)

        assert page.sent == [{"shown": ids[1:]}, {"shown": None}]

    def test_columns_that_would_be_empty_are_not_offered(self, grid: Grid, page: Page) -> None:
        grid.offer(vaults=False, details=False)
        page.opens()
        (few,) = (each["columns"]["offered"] for each in page.sent if "columns" in each)
        page.sent.clear()
        grid.offer(vaults=True, details=True)
        (columns,) = (each["columns"] for each in page.sent)

        assert len(columns["offered"]) == len(COLUMNS)
        assert len(few) == len([each for each in COLUMNS if not each.details]) - 1
        assert columns["show"] == [
            2 + place
            for place, each in enumerate(COLUMNS)
            if each.name in ("vault", "subject", "names", "key")
        ]
        assert columns["hide"] == []

    def test_nothing_is_sampled_away_and_no_html_let_through(self, grid: Grid) -> None:
        options = grid.table._dt_args

        assert "downsampling_warning" not in options
        titles = [column.title for column in COLUMNS]
        assert [title for title in titles if f"<th>{title}</th>" not in options["table_html"]] == []
        assert options["deferRender"] is True
