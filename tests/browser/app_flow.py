"""The whole job in the one-page app, a step a function, wherever the page is served from."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests import openssl

NAME = "www-contoso-com"


def expect_states(page: Page, *states: str) -> None:
    """The overview says this of the steps."""
    items = page.get_by_role("list", name="The steps of the job").get_by_role("listitem")
    expect(items).to_contain_text(list(states))


def connect(page: Page) -> None:
    page.get_by_role("button", name="Connect", exact=True).click()
    expect(page.get_by_text("Connected to the practice vault.").first).to_be_attached()
    expect_states(page, "done", "", "", "", "", "")


def create(page: Page, name: str = NAME) -> None:
    """Fill the form and send it; what is wrong is said first."""
    field = page.get_by_label("Certificate name")
    expect(field).to_be_focused()
    field.fill("www.contoso.com")
    page.get_by_role("button", name="Create the CSR").click()
    expect(page.get_by_text("letters, digits and hyphens as a name (here: .)")).to_be_visible()
    expect_states(page, "done", "blocked", "to do", "to do", "to do", "to do")
    field.fill(name)
    page.get_by_label("Subject", exact=True).fill('CN=www.contoso.com, O="Contoso, Inc."')
    page.get_by_label("Names", exact=True).fill("contoso.com, www.contoso.com")
    page.get_by_label("Key type").select_option("EC")
    page.get_by_role("button", name="Create the CSR").click()
    expect(page.get_by_text("The signature is valid.")).to_be_visible()
    expect_states(page, "done", "done", "ready", "to do", "to do", "to do")
    expect(page.get_by_role("button", name="Download the CSR")).to_be_focused()


def take(page: Page, folder: Path, name: str = NAME) -> Path:
    """Download the CSR; the next steps open."""
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the CSR").click()
    assert download.value.suggested_filename == f"{name}.csr"
    path = folder / f"{name}.csr"
    download.value.save_as(path)
    expect(page.get_by_role("button", name="Choose the CA's file")).to_be_visible()
    return path


def sign_outside(csr: Path) -> Path:
    """The openssl program signs it under a CA of its own."""
    openssl.make_ca(csr.parent)
    return openssl.sign(csr.parent, csr.name)


def put_in(page: Page, reply: Path) -> None:
    """Choose the CA's file."""
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose the CA's file").click()
    chooser.value.set_files(reply)


def merge(page: Page, reply: Path, name: str = NAME) -> None:
    """Put the reply in, see that it fits, merge it, see the certificate."""
    put_in(page, reply)
    expect(page.get_by_text("This certificate belongs to this request.")).to_be_visible()
    expect_states(page, "done", "done", "done", "done", "ready", "to do")
    page.get_by_role("button", name="Merge", exact=True).click()
    expect_merged(page, name)
    expect(page.get_by_role("button", name="Begin the next request")).to_be_focused()


def expect_merged(page: Page, name: str = NAME) -> None:
    """Every step is done, and the table shows the certificate."""
    expect_states(page, *["done"] * 6)
    row = re.compile(f"{name} completed (Merged and in|In) use. enabled")
    expect(page.get_by_role("row", name=row)).to_be_visible()
