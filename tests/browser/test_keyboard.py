"""The whole job with the keyboard alone: every control is reached, seen, and keeps the focus.

In JupyterLab the Tab key leads from the selected cell into the panels below it, as it does from
one panel to the next; nothing is clicked here, and no control is focused by the test.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.homes import Home, at_home
from tests.browser.keyboard import choose, go_to, is_somewhere, press, upload
from tests.browser.steps import command, panel
from tests.runbook.stocked import create

NAME = "www-contoso-com"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    with at_home(tmp_path_factory.mktemp("home")) as found:
        yield found


def test_the_whole_job_needs_no_mouse(page: Page, home: Home, tmp_path: Path) -> None:
    notebook = begin(page, home, "01-create-the-csr")
    go_to(page, "Certificate name")
    page.keyboard.type(NAME)
    go_to(page, "Subject")
    page.keyboard.type("CN=www.contoso.com")
    go_to(page, "Key type")
    page.keyboard.type("EC")  # C would copy the cell, X cut it out, an arrow leave it
    expect(notebook.get_by_label("Key type")).to_have_value("EC")
    page.keyboard.press("x")
    page.keyboard.press("x")
    go_to(page, "Create the CSR")
    press(page, "Space")
    expect(notebook.get_by_text(f"“{NAME}” is created")).to_be_visible()
    is_somewhere(page)
    with page.expect_download():
        go_to(page, "Download the CSR")
        press(page, "Enter")

    notebook = begin(page, home, "02-have-it-signed")
    go_to(page, "Open request")
    choose(page, notebook.get_by_label("Open request"), NAME)
    go_to(page, "Sign with the practice CA")
    press(page, "Enter")
    expect(notebook.get_by_role("button", name="Download .p7b")).to_be_visible()
    with page.expect_download() as download:
        go_to(page, "Download .p7b (with the chain)")
        press(page, "Enter")
    reply = tmp_path / "reply.p7b"
    download.value.save_as(reply)

    notebook = begin(page, home, "03-merge-the-signed-certificate")
    go_to(page, "Choose the CA's files")
    upload(page, reply)
    expect(notebook.get_by_text("This certificate belongs to this request.")).to_be_visible()
    go_to(page, "Merge")
    press(page, "Enter")
    expect(notebook.get_by_text(f"Merged: “{NAME}” is enabled")).to_be_visible()
    is_somewhere(page)
    assert home.vault.certificate(NAME).enabled


def test_the_table_needs_no_mouse(page: Page, home: Home) -> None:
    create(home.vault, "alpha")
    notebook = begin(page, home, "04-monitor")
    expect(notebook.get_by_label("Select alpha")).to_be_visible()
    go_to(page, "Search:")
    page.keyboard.type("alp")
    go_to(page, "Select alpha")
    press(page, "Space")
    expect(notebook.get_by_text("1 selected", exact=True)).to_be_visible()
    go_to(page, "Search:", "Shift+Tab")
    go_to(page, "File")
    choose(page, notebook.get_by_label("File", exact=True), "JSON")
    go_to(page, "Save the file")
    with page.expect_download():
        press(page, "Enter")
    is_somewhere(page)
    go_to(page, "Action", "Shift+Tab")
    table = panel(notebook, "rows on a page")
    choose(page, table.get_by_label("Action", exact=True), "Delete the request")
    expect(notebook.get_by_label("To confirm").locator("visible=true")).to_have_count(1)
    go_to(page, "To confirm")
    page.keyboard.type("alpha")
    delete = table.get_by_role("button", name="Delete the request")
    expect(delete).to_be_enabled()
    go_to(page, "Delete the request")
    press(page, "Space")
    expect(notebook.get_by_role("row", name="alpha none")).to_be_visible()
    is_somewhere(page)
    expect(page.locator(".jp-Dialog")).to_have_count(0)


def begin(page: Page, home: Home, name: str) -> Locator:
    """Open a notebook, run all its cells and connect, by the keyboard."""
    notebook = home.open(page, name)
    command(page, "Run All Cells")
    expect(notebook.get_by_role("button", name="Connect", exact=True)).to_be_visible()
    expect(page.get_by_text("Python 3 (ipykernel) | Idle")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("ControlOrMeta+Home")
    go_to(page, "Connect")
    press(page, "Enter")
    expect(notebook.get_by_text("Connected to the practice vault.")).to_be_visible()
    is_somewhere(page)
    return notebook
