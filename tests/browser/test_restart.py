"""A page that is loaded again and a kernel that starts anew, at every stage: nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from kvcsr_widgets.vault.records import Operation
from tests.browser.homes import Home, at_home
from tests.browser.steps import choose, connect, in_front, panel, press_connect, restart

NAME = "www-contoso-com"
FITS = "This certificate belongs to this request."
NOTHING = "No request waits for a CA: create one."
ONE = "One request waits for a CA."


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    with at_home(tmp_path_factory.mktemp("home")) as found:
        yield found


def test_everything_may_be_closed_between_two_steps(page: Page, home: Home) -> None:
    notebook = home.open(page, "01-create-the-csr")
    connect(page, notebook)
    notebook = loaded_again(page)
    expect(notebook.get_by_text(NOTHING)).to_be_visible()
    started_anew(page, notebook)
    expect(notebook.get_by_text(NOTHING)).to_be_visible()
    made = created(page, notebook, home)
    csr_is_taken(page, notebook, made)
    reply = signed(page, home)
    merged(page, home, reply)
    assert home.vault.operation(NAME).csr == made.csr


def created(page: Page, notebook: Locator, home: Home) -> Operation:
    """A request is made; the page and the kernel begin anew, and it is there."""
    notebook.get_by_label("Certificate name").fill(NAME)
    notebook.get_by_label("Subject", exact=True).fill("CN=www.contoso.com")
    notebook.get_by_label("Key type").select_option("EC")
    notebook.get_by_role("button", name="Create the CSR").click()
    expect(notebook.get_by_text(f"“{NAME}” is created")).to_be_visible()
    made = home.vault.operation(NAME)
    notebook = loaded_again(page)
    expect(notebook.get_by_text(f"“{NAME}” is created")).to_be_visible()
    started_anew(page, notebook)
    expect(notebook.get_by_text(ONE)).to_be_visible()
    assert home.vault.operation(NAME) == made
    return made


def csr_is_taken(page: Page, notebook: Locator, made: Operation) -> None:
    """The CSR can be downloaded before and after, and is the same."""
    assert downloaded(page, notebook, "Download the CSR") == pem(made)
    notebook = loaded_again(page)
    expect(csr_card(notebook).locator("pre").first).to_have_text(pem(made).decode())
    started_anew(page, notebook)
    assert downloaded(page, notebook, "Download the CSR") == pem(made)


def signed(page: Page, home: Home) -> bytes:
    """A signature that was not taken is there as long as the kernel; the CA signs it again."""
    notebook = home.open(page, "02-have-it-signed")
    connect(page, notebook)
    sign = notebook.get_by_role("button", name="Sign with the practice CA")
    in_hand(notebook, "Open request", NAME)
    sign.click()
    download = notebook.get_by_role("button", name="Download .p7b")
    expect(download).to_be_visible()
    notebook = loaded_again(page)
    downloaded(page, notebook, "Download .p7b")
    started_anew(page, notebook)
    expect(notebook.get_by_text(ONE)).to_be_visible()
    expect(download).to_have_count(0)
    in_hand(notebook, "Open request", NAME)
    sign.click()
    return downloaded(page, notebook, "Download .p7b")


def merged(page: Page, home: Home, content: bytes) -> None:
    """A reply that was chosen stays as long as the kernel; what was merged stays in the vault."""
    reply = home.file("reply.p7b", content)
    notebook = home.open(page, "03-merge-the-signed-certificate")
    connect(page, notebook)
    choose(page, notebook.get_by_role("button", name="Choose the CA's files"), reply)
    expect(notebook.get_by_text(FITS)).to_be_visible()
    notebook = loaded_again(page)
    expect(notebook.get_by_text(FITS)).to_be_visible()
    started_anew(page, notebook)
    expect(notebook.get_by_text(ONE)).to_be_visible()
    expect(notebook.get_by_text(FITS)).to_have_count(0)
    merge = notebook.get_by_role("button", name="Merge", exact=True)
    expect(merge).to_be_disabled()

    choose(page, notebook.get_by_role("button", name="Choose the CA's files"), reply)
    expect(notebook.get_by_text(FITS)).to_be_visible()
    merge.click()
    expect(notebook.get_by_text(f"Merged: “{NAME}” is enabled")).to_be_visible()
    notebook = loaded_again(page)
    expect(notebook.get_by_text(f"Merged: “{NAME}” is enabled")).to_be_visible()
    started_anew(page, notebook)
    expect(notebook.get_by_text(NOTHING)).to_be_visible()
    expect(notebook.get_by_role("row", name=f"{NAME} completed")).to_be_visible()
    assert home.vault.certificate(NAME).enabled


def loaded_again(page: Page) -> Locator:
    """Save the notebook and load the page again: its kernel goes on."""
    page.keyboard.press("ControlOrMeta+S")
    expect(page.locator(".jp-mod-dirty")).to_have_count(0)
    page.reload()
    return in_front(page)


def started_anew(page: Page, notebook: Locator) -> None:
    """Restart the kernel, run all cells and connect."""
    restart(page)
    expect(notebook.get_by_text("Connected to the practice vault.")).to_have_count(0)
    press_connect(notebook)


def csr_card(notebook: Locator) -> Locator:
    return panel(notebook, "It holds no secret")


def in_hand(notebook: Locator, label: str, name: str) -> None:
    """Choose a request, where it is not chosen yet."""
    notebook.get_by_label(label, exact=True).select_option(name)


def downloaded(page: Page, notebook: Locator, button: str) -> bytes:
    """What a button saves."""
    with page.expect_download() as download:
        notebook.get_by_role("button", name=button).click()
    return Path(download.value.path()).read_bytes()


def pem(made: Operation) -> bytes:
    assert made.csr is not None
    return made.csr.pem.encode()
