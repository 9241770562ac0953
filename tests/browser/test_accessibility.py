"""axe finds nothing bad in our panels: in every notebook, in both themes, filled or wrong."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from kvcsr_widgets.practice.transport import Practice
from tests.browser.axes import OUTPUTS, violations
from tests.browser.homes import Home, at_home, practice_file
from tests.browser.server import CLONE
from tests.browser.steps import choose, connect, panel, run_all, take, unfold, use_theme
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


def test_axe_is_at_work(page: Page) -> None:
    page.set_content("<main><button></button><img src='data:,'></main>")

    assert [line.split(":")[0] for line in violations(page, "main")] == ["button-name", "image-alt"]


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_before_and_after_connecting(page: Page, home: Home, name: str) -> None:
    notebook = home.open(page, name)
    run_all(page)
    expect(notebook.locator(OUTPUTS).last).to_be_visible()
    nothing_is_bad(page)
    for button in notebook.get_by_role("button", name="Connect", exact=True).all():
        button.click()
        expect(notebook.get_by_text("Connected to the practice vault.").first).to_be_visible()
    unfold(notebook.locator(OUTPUTS))
    expect(page.get_by_text("Python 3 (ipykernel) | Idle")).to_be_visible()
    nothing_is_bad(page)


def nothing_is_bad(page: Page) -> None:
    """In the theme that is in use, and in the other."""
    assert violations(page, OUTPUTS) == []
    is_light = page.locator("body[data-jp-theme-light=true]").count() == 1
    use_theme(page, DARK if is_light else LIGHT)
    assert violations(page, OUTPUTS) == []


def test_what_is_wrong_is_told_to_all(page: Page, home: Home) -> None:
    """Errors at the fields of a form, of an address and of a text that nobody knows."""
    notebook = home.open(page, "01-create-the-csr")
    connect(page, notebook)
    notebook.get_by_label("Certificate name").fill("www.contoso.com")
    notebook.get_by_label("Subject", exact=True).fill("CN=www.contoso.com, O=Contoso, Inc.")
    notebook.get_by_label("Names", exact=True).fill("a b, *.*.c")
    notebook.get_by_role("button", name="Create the CSR").click()
    expect(notebook.get_by_label("Certificate name")).to_be_focused()
    notebook.get_by_role("button", name="Azure Key Vault").click()
    notebook.get_by_label("Vault URL").fill("http://contoso.example")
    notebook.get_by_role("button", name="Connect", exact=True).click()
    expect(
        notebook.get_by_role("alert").filter(has_text="A vault's URL begins with")
    ).to_be_visible()
    nothing_is_bad(page)


def test_what_is_found_in_a_reply_is_told_to_all(page: Page, home: Home) -> None:
    """A reply that needs a tick, with its chain; one of another request; a heap of both."""
    notebook = home.open(page, "03-merge-the-signed-certificate")
    connect(page, notebook)
    card = panel(notebook, "Joins the CA's certificate")
    files = [home.file(f"{name}.cer", home.signed(name, "cer")) for name in ("alpha", "beta")]
    take(card.get_by_label("Request", exact=True), "alpha")
    choose(page, card.get_by_role("button", name="Choose the CA's files"), files[0])
    expect(card.get_by_label("I have read the point")).to_be_visible()
    finder = panel(notebook, "Finds the request that each of many")
    choose(page, finder.get_by_role("button", name="Choose files or a .zip"), *files)
    expect(finder.get_by_text("Chosen: alpha.cer, beta.cer")).to_be_visible()
    finder.get_by_role("button", name="Find their requests").click()
    expect(finder.get_by_role("row", name="alpha.cer")).to_be_visible()
    nothing_is_bad(page)
    choose(page, card.get_by_role("button", name="Choose the CA's files"), files[1])
    expect(card.get_by_text("the keys differ").first).to_be_visible()
    nothing_is_bad(page)
