"""What a person does in the one-page app, in few words."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect

from tests import openssl
from tests.browser.steps import choose

NAME = "www-contoso-com"


def opened(page: Page, url: str) -> None:
    """Open a page of Voilà and wait until it is there."""
    page.goto(url)
    expect(page.locator("#loading")).to_have_count(0)
    expect(page.get_by_role("main")).to_be_visible()


def connect(page: Page) -> None:
    """Open the practice vault."""
    page.get_by_role("button", name="Connect", exact=True).click()
    expect(page.get_by_text("Connected to the practice vault.").first).to_be_visible()


def create(page: Page, folder: Path, name: str = NAME) -> Path:
    """Create a request, and download its CSR."""
    page.get_by_label("Certificate name").fill(name)
    page.get_by_label("Subject", exact=True).fill("CN=www.contoso.com")
    names = page.get_by_label("Names", exact=True)
    names.fill("contoso.com")
    page.get_by_role("button", name="Add the CN, www.contoso.com").click()
    expect(names).to_have_value("contoso.com\nwww.contoso.com")
    page.get_by_role("button", name="Create the CSR").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the CSR").click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def sign_and_merge(page: Page, csr: Path, name: str = NAME) -> None:
    """Let openssl sign the CSR, upload what it made, and merge it."""
    openssl.make_ca(csr.parent)
    choose(
        page,
        page.get_by_role("button", name="Choose the CA's file"),
        openssl.sign(csr.parent, csr.name),
    )
    expect(page.get_by_text("This certificate belongs to this request.")).to_be_visible()
    page.get_by_role("button", name="Merge", exact=True).click()
    expect(page.get_by_text(f"Merged: “{name}” is enabled").first).to_be_visible()
    expect(page.get_by_role("cell", name=name).first).to_be_visible()
