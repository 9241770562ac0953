"""The theme is switched while panels are shown: what was filled in stays, colours and pictures go
along.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.axes import OUTPUTS, violations
from tests.browser.homes import Home, at_home
from tests.browser.steps import choose, connect, panel, unfold, use_theme
from tests.runbook.stocked import create, finish

THEMES = ("JupyterLab Dark", "JupyterLab Dark High Contrast", "JupyterLab Light")
LEAST = 4.5
"""The contrast of a text that all can read (WCAG 2.2, 1.4.3)."""

CONTRASTS = """(places) => {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgb = (color) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const light = ([r, g, b]) => {
    const part = (c) => ((c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
  };
  const behind = (el) => {
    for (; el; el = el.parentElement) {
      const color = rgb(getComputedStyle(el).backgroundColor);
      if (color[3] === 255) return color;
    }
    return [255, 255, 255, 255];
  };
  return places.map((el) => {
    const [a, b] = [light(rgb(getComputedStyle(el).fill)), light(behind(el))].sort((a, b) => b - a);
    return (a + 0.05) / (b + 0.05);
  });
}"""
"""The contrasts of the texts in pictures with what is behind them."""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    with at_home(tmp_path_factory.mktemp("home")) as found:
        create(found.vault, "alpha")
        finish(found.vault, "merged", kind="p7b")
        yield found


def test_what_is_filled_in_stays(page: Page, home: Home) -> None:
    notebook = home.open(page, "01-create-the-csr")
    connect(page, notebook)
    notebook.get_by_label("Certificate name").fill("a.b")
    notebook.get_by_label("Subject", exact=True).fill("CN=www.contoso.com, X=1")
    notebook.get_by_role("button", name="Create the CSR").click()
    expect(notebook.get_by_label("Certificate name")).to_be_focused()
    unfold(notebook.locator(OUTPUTS))
    notebook.get_by_role("button", name="Create the CSR").focus()  # a field takes all keys itself
    colors = {color(notebook)}
    for theme in THEMES:
        use_theme(page, theme)
        expect(notebook.get_by_label("Certificate name")).to_have_value("a.b")
        expect(notebook.get_by_label("Subject", exact=True)).to_have_value(
            "CN=www.contoso.com, X=1"
        )
        expect(notebook.get_by_label("Lifetime action")).to_be_visible()
        expect(notebook.get_by_text("Nothing was sent: look at the fields above.")).to_be_visible()
        assert violations(page, OUTPUTS, rules=["color-contrast"]) == []
        colors.add(color(notebook))
    assert len(colors) > 1


def test_pictures_and_the_table_go_along(page: Page, home: Home) -> None:
    notebook = home.open(page, "04-monitor")
    connect(page, notebook)
    notebook.get_by_label("Select alpha").check()
    expect(notebook.get_by_text("1 selected", exact=True)).to_be_visible()
    for theme in THEMES:
        use_theme(page, theme)
        expect(notebook.get_by_label("Select alpha")).to_be_checked()
        expect(notebook.get_by_text("1 selected", exact=True)).to_be_visible()
        texts = notebook.locator(f"{OUTPUTS} svg text")
        assert min(texts.evaluate_all(CONTRASTS)) >= LEAST, theme
        assert violations(page, OUTPUTS, rules=["color-contrast"]) == []


def test_a_chosen_reply_and_its_chain_stay(page: Page, home: Home) -> None:
    notebook = home.open(page, "03-merge-the-signed-certificate")
    connect(page, notebook)
    card = panel(notebook, "Joins the CA's certificate")
    reply = home.file("alpha.p7b", home.signed("alpha"))
    choose(page, card.get_by_role("button", name="Choose the CA's files"), reply)
    expect(card.get_by_text("This certificate belongs to this request.")).to_be_visible()
    use_theme(page, THEMES[0])
    expect(card.get_by_text("This certificate belongs to this request.")).to_be_visible()
    expect(card.get_by_role("list", name="The chain, from the leaf up")).to_be_visible()
    expect(card.get_by_text("Chosen: alpha.p7b")).to_be_visible()
    assert violations(page, OUTPUTS, rules=["color-contrast"]) == []


def color(notebook: Locator) -> str:
    """The colour of a panel's title."""
    heading = notebook.locator(f"{OUTPUTS} [role=heading]").first
    return str(heading.evaluate("(el) => getComputedStyle(el).color"))
