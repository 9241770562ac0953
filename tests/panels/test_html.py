"""Where text becomes HTML."""

from __future__ import annotations

from kvcsr_widgets.panels import html


def test_only_short_cells_stay_on_one_line() -> None:
    """On a narrow screen, a table whose cells all stay on one line is cut off."""
    table = html.grid(("a", "b"), [("2026-11-25 10:00 UTC", "www.a-long-name.contoso.com")])
    short, long = table.partition("<tbody>")[2].split("</td>")[:2]

    assert "white-space:nowrap" in short
    assert "white-space:nowrap" not in long
    assert "overflow-wrap:anywhere" in long


def test_what_comes_from_outside_is_escaped() -> None:
    assert "<img" not in html.grid(("<img>",), [("<img>",)])
