"""axe finds nothing bad in our panels: in every notebook, in both themes, empty, filled or wrong."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from kvcsr_widgets.practice.transport import Practice
from tests.browser.axes import OUTPUTS, violations
from tests.browser.homes import Home, at_home, practice_file
from tests.browser.server import CLONE
from tests.browser.steps import run_all, unfold, use_theme
from tests.filled import fail
from tests.runbook.stocked import create, finish

NOTEBOOKS = sorted(path.stem for path in (CLONE / "notebooks").glob("*.ipynb"))
LIGHT, DARK = "JupyterLab Light", "JupyterLab Dark"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """A vault with a request in each state."""
    folder = tmp_path_factory.mktemp("home")
    practice = Practice(practice_file(folder))
    fail(practice, "refused", "The domain contoso.example is not yours.")
    practice.close()
    with at_home(folder) as found:
        for name in ("alpha", "beta", "cancelled"):
            create(found.vault, name)
        found.vault.cancel("cancelled")
        for name in ("gone", "merged"):
            finish(found.vault, name, kind="p7b")
        found.vault.delete("gone")
        yield found


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_before_and_after_connecting(page: Page, home: Home, name: str) -> None:
    notebook = home.open(page, name)
    run_all(page)
    expect(notebook.locator(OUTPUTS).last).to_be_visible()
    nothing_is_bad(page)
    for button in notebook.get_by_role("button", name="Connect", exact=True).all():
        button.click()
        expect(notebook.get_by_text("Connected to the practice vault.")).to_be_visible()
    unfold(notebook.locator(OUTPUTS))
    expect(page.get_by_text("Python 3 (ipykernel) | Idle")).to_be_visible()
    nothing_is_bad(page)


def nothing_is_bad(page: Page) -> None:
    """In the theme that is in use, and in the other."""
    assert violations(page, OUTPUTS) == []
    is_light = page.locator("body[data-jp-theme-light=true]").count() == 1
    use_theme(page, DARK if is_light else LIGHT)
    assert violations(page, OUTPUTS) == []
