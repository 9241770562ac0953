"""Where text becomes HTML."""

from __future__ import annotations

import re

from markupsafe import Markup

from kvcsr_widgets.panels import html, links
from tests.clean_notebooks import NOTEBOOKS


def test_only_short_cells_stay_on_one_line() -> None:
    """On a narrow screen, a table whose cells all stay on one line is cut off."""
    table = html.grid(("a", "b"), [("2026-11-25 10:00 UTC", "www.a-long-name.contoso.com")])
    short, long = table.partition("<tbody>")[2].split("</td>")[:2]

    assert "white-space:nowrap" in short
    assert "white-space:nowrap" not in long
    assert "overflow-wrap:anywhere" in long


def test_what_comes_from_outside_is_escaped() -> None:
    assert "<img" not in html.grid(("<img>",), [("<img>",)])


def test_a_notebook_that_is_named_is_a_link() -> None:
    said = links.linked("Sign it (notebook 02), then <merge> it: Notebook 03, not notebook 09.")

    assert 'href="02-have-it-signed.ipynb"' in said
    assert ">notebook 02</a></span>)" in said
    assert ">Notebook 03</a></span>, not notebook 09." in said
    assert said.count("<a ") == 2
    assert "&lt;merge&gt;" in said


def test_on_one_page_the_steps_are_named_instead_of_notebooks() -> None:
    said = links.linked("Sign it (notebook 02). Notebook 03 takes it; notebook 06 explains errors.")
    hidden = re.findall(r'<span class="kvcsr-one-page" hidden>(.*?)</span>', said)

    assert hidden == ["step 4", "Step 5"]  # the troubles are no step: that stays a link
    assert said.count('<span class="kvcsr-notebooks"><a ') == 2
    assert ".kvcsr-workbook .kvcsr-notebooks{display:none}" in links.ON_ONE_PAGE
    assert ".kvcsr-workbook .kvcsr-one-page{display:inline}" in links.ON_ONE_PAGE


def test_what_is_html_already_stays_as_it_is() -> None:
    made = Markup("<b>notebook 03</b>")

    assert links.linked(made) == made


def test_the_notebooks_are_there() -> None:
    assert sorted(path.name for path in NOTEBOOKS.glob("[0-9]*.ipynb")) == list(links.NOTEBOOKS)


def test_a_csr_over_an_rsa_key_of_2048_bits_is_shown_to_its_last_line() -> None:
    """Twenty lines, of 1.4 em each."""
    assert "max-height:28em" in html.code("-----BEGIN CERTIFICATE REQUEST-----")


def test_a_table_that_is_too_wide_scrolls_in_its_panel() -> None:
    assert "overflow-x:auto;width:0;min-width:100%" in html.grid(("a",), [("b",)])
