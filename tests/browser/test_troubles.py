"""An error as a person meets it: its answer one key away, its notebook behind a link."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from tests.browser.steps import menu, opened, shot

MISMATCH = "does not match the public part of the specified private key. <img src=x>"


def test_an_error_text_is_explained_by_keyboard(page: Page, lab_url: str) -> None:
    page.goto(lab_url.replace("00-start-here", "06-troubles"))
    notebook = opened(page, "06 · Troubles")
    expect(page.get_by_text("Python 3 (ipykernel) | Idle")).to_be_visible()
    menu(page, "Run", "Run All Cells")

    notebook.get_by_label("Error text").fill(MISMATCH)
    notebook.get_by_role("button", name="Explain").press("Enter")
    expect(notebook.get_by_text("The certificate belongs to another key")).to_have_count(2)
    text = notebook.locator("details pre")
    expect(text).to_be_hidden()
    notebook.locator("details summary").press("Enter")
    expect(text).to_have_text(MISMATCH)
    shot(page, "06")

    question = notebook.get_by_role("button", name="Is the whole chain merged?")
    question.press("Enter")
    expect(
        notebook.get_by_text("The vault keeps every certificate that was merged")
    ).to_be_visible()

    follow(page, notebook, "03 · Merge the signed certificate")


def follow(page: Page, notebook: Locator, title: str) -> None:
    """The link opens the notebook in a tab of its own, and the page stays."""
    with page.context.expect_page() as opening:
        notebook.get_by_role("link", name=title).first.press("Enter")
    expect(opening.value.get_by_role("heading", name=title, exact=True)).to_be_visible()
    expect(opening.value.get_by_text("Python 3 (ipykernel) | Idle")).to_be_visible()
    expect(notebook.get_by_label("Error text")).to_have_value(MISMATCH)
