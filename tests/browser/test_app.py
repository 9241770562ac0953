"""The one-page app for everybody: without a mouse, in both themes, loaded anew between any steps.

Voilà gives each page a kernel of its own, so that a page that is loaded anew begins with nothing
but what the vault has.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser import hostile, voila
from tests.browser.app_steps import connect, opened
from tests.browser.axes import violations
from tests.browser.homes import Home, at_home
from tests.browser.hostile import IMG, LINK, nothing_ran
from tests.browser.keyboard import go_to, is_somewhere, press, upload
from tests.browser.steps import choose, unfold

NAME = "www-contoso-com"
FITS = "This certificate belongs to this request."


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Home]:
    with at_home(tmp_path, voila.running) as found:
        yield found


def test_the_job_needs_no_mouse_and_no_memory(page: Page, app: Home, tmp_path: Path) -> None:
    anew(page, app, "light")
    go_to(page, "Certificate name")
    page.keyboard.type(NAME)
    go_to(page, "Subject")
    page.keyboard.type("CN=www.contoso.com")
    go_to(page, "Create the CSR")
    press(page, "Enter")
    expect(page.get_by_text("The signature is valid.")).to_be_visible()
    is_somewhere(page)
    made = app.vault.operation(NAME)

    anew(page, app, "dark")
    go_to(page, "Download the CSR")
    with page.expect_download() as download:
        press(page, "Enter")
    assert made.csr is not None
    assert Path(download.value.path()).read_text() == made.csr.pem

    anew(page, app, "light")
    reply = tmp_path / "reply.p7b"
    go_to(page, "Sign with the practice CA")
    press(page, "Enter")
    with page.expect_download() as download:
        go_to(page, "Download .p7b (with the chain)")
        press(page, "Enter")
    download.value.save_as(reply)

    anew(page, app, "dark")
    go_to(page, "Choose the CA's files")
    upload(page, reply)
    expect(page.get_by_text(FITS)).to_be_visible()
    nothing_is_bad(page)
    go_to(page, "Merge")
    press(page, "Space")
    expect(page.get_by_text(f"Merged: “{NAME}” is enabled").first).to_be_visible()
    is_somewhere(page)

    anew(page, app, "light")
    assert app.vault.certificate(NAME).enabled
    assert app.vault.operation(NAME).csr == made.csr


def anew(page: Page, app: Home, theme: str) -> None:
    """Load the page anew and connect, by the keyboard."""
    opened(page, app.page_of("workbook", theme=theme))
    expect(page.get_by_role("button", name="Connect", exact=True)).to_be_visible()
    nothing_is_bad(page)
    go_to(page, "Connect")
    press(page, "Enter")
    first = page.get_by_role("list", name="The steps of the job").get_by_role("listitem").first
    expect(first).to_have_text(re.compile(r"1 Connect\s*done"))
    is_somewhere(page)
    nothing_is_bad(page)


def nothing_is_bad(page: Page) -> None:
    """The whole page is ours."""
    assert violations(page, "html") == []


def test_what_strangers_write_is_text(page: Page, app: Home) -> None:
    hostile.fill(app.vault)
    opened(page, app.page_of("workbook"))
    connect(page)
    reply = app.file(f"{IMG}.pem", hostile.reply(app.vault, "waiting"))
    choose(page, page.get_by_role("button", name="Choose the CA's files"), reply)
    unfold(page.locator(".kvcsr-card").filter(has_text="Joins the CA's certificate"))
    expect(page.get_by_text(f"The CA added names: {IMG}, URI:{LINK}")).to_be_visible()
    nothing_ran(page)
    nothing_is_bad(page)
