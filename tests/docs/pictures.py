"""``python -m tests.docs.pictures``: the pictures of the README, taken from the app as it is now.

They show the whole job on a fresh practice vault, on one page.
"""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from playwright.sync_api import Locator, Page, ViewportSize, expect, sync_playwright

from kvcsr_widgets.practice.mistakes import MISTAKES
from tests.browser import programs, voila
from tests.docs.pages import DOCS

FOLDER = DOCS / "pictures"
SIZE = ViewportSize(width=1000, height=780)
WAIT = 60_000
"""Milliseconds for a busy machine to start a kernel."""


def main() -> None:
    """Do the job in a browser and take its pictures on the way."""
    with tempfile.TemporaryDirectory() as found, sync_playwright() as playwright:
        folder, browser = (
            Path(found),
            playwright.chromium.launch(executable_path=programs.chromium()),
        )
        with voila.running(folder) as url:
            page = browser.new_page(viewport=SIZE)
            page.set_default_timeout(WAIT)
            page.goto(url)
            _create(page)
            _sign(page, "As it should be")
            _shot(page, "workbook", page.get_by_text("1 Connect", exact=True))
            _sign(page, MISTAKES["names-dropped"].label)
            _choose(page, folder)
            _shot(page, "merge", page.get_by_text("Merge the reply", exact=True))
        browser.close()


def _create(page: Page) -> None:
    page.get_by_role("button", name="Connect", exact=True).click()
    page.get_by_label("Certificate name").fill("www-contoso-com")
    page.get_by_label("Subject", exact=True).fill('CN=www.contoso.com, O="Contoso, Inc.", C=US')
    page.get_by_label("Names", exact=True).fill("contoso.com")
    page.get_by_role("button", name="Add the CN, www.contoso.com").click()
    page.get_by_role("button", name="Create the CSR").click()
    with page.expect_download():
        page.get_by_role("button", name="Download the CSR").first.click()


def _sign(page: Page, reply: str) -> None:
    page.get_by_label("Reply", exact=True).select_option(reply)
    page.get_by_role("button", name="Sign with the practice CA").click()
    expect(
        page.get_by_text(re.compile(r"The practice CA has signed it\.|Done, and wrong on purpose"))
    ).to_be_visible()


def _choose(page: Page, folder: Path) -> None:
    with page.expect_download() as download:
        page.get_by_role("button", name="Download www-contoso-com.").click()
    reply = folder / download.value.suggested_filename
    download.value.save_as(reply)
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose the CA's files").click()
    chooser.value.set_files(reply)
    expect(page.get_by_text("This certificate belongs to this request.")).to_be_visible()


def _shot(page: Page, name: str, at: Locator) -> None:
    at.first.evaluate("found => { found.style.scrollMarginTop = '32px'; found.scrollIntoView(); }")
    page.mouse.move(0, 0)
    page.screenshot(path=FOLDER / f"{name}.png")
    print(f"{name}.png")


if __name__ == "__main__":
    main()
