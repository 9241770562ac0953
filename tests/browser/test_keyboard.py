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
from tests.browser.steps import command

NAME = "www-contoso-com"
AT = """() => {
  const at = document.activeElement;
  const label = at.labels && at.labels.length ? at.labels[0].textContent : at.ariaLabel;
  return (label || at.textContent || at.tagName).trim();
}"""
"""What has the focus, by its label or text."""

SEEN = """() => {
  const at = document.activeElement;
  if (!at.closest(".jp-OutputArea-output")) return true;  // JupyterLab's own
  const style = getComputedStyle(at), box = at.getBoundingClientRect();
  const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1;
  const there = box.bottom > 0 && box.top < innerHeight && box.width > 0 && box.height > 0;
  return at.matches(":focus-visible") && ring && there;
}"""
"""Whether what has the focus shows it, within the window."""

MOST = 60
"""Presses of the Tab key from one control to any other."""


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
    page.keyboard.type("EC")
    go_to(page, "Create the CSR")
    press(page, "Space")
    expect(notebook.get_by_text(f"“{NAME}” is created")).to_be_visible()
    is_somewhere(page)
    with page.expect_download():
        go_to(page, "Download the CSR")
        press(page, "Enter")

    notebook = begin(page, home, "02-have-it-signed")
    go_to(page, "Open request")
    choose_by_arrow(page, notebook, "Open request", NAME)
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
    with page.expect_file_chooser() as chooser:
        press(page, "Enter")
    chooser.value.set_files(reply)
    expect(notebook.get_by_text("This certificate belongs to this request.")).to_be_visible()
    go_to(page, "Merge")
    press(page, "Enter")
    expect(notebook.get_by_text(f"Merged: “{NAME}” is enabled")).to_be_visible()
    is_somewhere(page)
    assert home.vault.certificate(NAME).enabled


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


def go_to(page: Page, label: str, key: str = "Tab") -> None:
    """Press the Tab key until the control of this label has the focus; it is seen all the way."""
    way = []
    for _ in range(MOST):
        press(page, key)
        way.append(page.evaluate(AT))
        if way[-1] == label:
            return
    pytest.fail(f"“{label}” is not reached by {key}: {way}")


def press(page: Page, key: str) -> None:
    """Press a key; what has the focus then can be seen."""
    page.keyboard.press(key)
    assert page.evaluate(SEEN), f"The focus is not seen: {page.evaluate(AT)}"


def is_somewhere(page: Page) -> None:
    """The focus was not lost by what was done: the next Tab goes on from there."""
    page.wait_for_function("document.activeElement !== document.body")


def choose_by_arrow(page: Page, notebook: Locator, label: str, name: str) -> None:
    """Choose from a choice that has the focus."""
    choice = notebook.get_by_label(label, exact=True)
    if choice.input_value() != name:
        page.keyboard.press("ArrowDown")
    expect(choice.locator("option:checked")).to_have_text(name)
