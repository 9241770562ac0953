"""What came back from the CA, in real JupyterLab: wrong replies, a heap of them, the ways back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from kvcsr_widgets.pki.plan import CertificatePlan, KeyChoice
from kvcsr_widgets.vault.client import Vault
from kvcsr_widgets.vault.session import practise
from tests.browser import lab
from tests.browser.steps import choose, connect, opened, panel, shot

HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Vault]:
    """The practice vault of the home in which JupyterLab runs, with three open requests."""
    data = tmp_path / "home" / ".local" / "share" / "kvcsr-widgets"
    data.mkdir(parents=True)
    opened_vault = practise(data / "practice-vault.sqlite")
    for name in ("alpha", "beta", "gamma"):
        opened_vault.create(CertificatePlan(name, f"CN={name}.example", key=KeyChoice.EC_P256))
    yield opened_vault
    opened_vault.close()


@pytest.fixture
def merge_url(vault: Vault, tmp_path: Path) -> Iterator[str]:
    """Notebook 03."""
    del vault
    with lab.running(tmp_path) as url:
        yield url.replace("00-start-here", "03-merge-the-signed-certificate")


def test_a_wrong_reply_is_foretold_and_a_good_one_merged(
    page: Page, merge_url: str, vault: Vault, tmp_path: Path
) -> None:
    page.goto(merge_url)
    notebook = opened(page, "03 · Merge the signed certificate")
    connect(page, notebook)
    card = panel(notebook, "Joins the CA's certificate")
    card.get_by_label("Request", exact=True).select_option(label="alpha - waits for the CA")

    choose(
        page,
        card.get_by_role("button", name="Choose the CA's files"),
        wrong(vault, tmp_path, "wrong-key"),
    )
    expect(card.get_by_text("the keys differ").first).to_be_visible()
    expect(card.get_by_text(re.compile("belongs to “(beta|gamma)” in practice"))).to_be_visible()
    expect(card.get_by_text("The vault would answer: The public key")).to_be_visible()
    expect(merge_button(card)).to_be_disabled()
    shot(page, "03-wrong-key")

    choose(
        page,
        card.get_by_role("button", name="Choose the CA's files"),
        wrong(vault, tmp_path, "web-page"),
    )
    expect(card.get_by_text("is a web page")).to_be_visible()
    shot(page, "03-web-page")

    choose(
        page,
        card.get_by_role("button", name="Choose the CA's files"),
        wrong(vault, tmp_path, "leaf-only"),
    )
    expect(card.get_by_text("Not in the file: clients")).to_be_visible()
    expect(merge_button(card)).to_be_disabled()
    shot(page, "03-leaf-only")
    card.get_by_label("I have read the point").check()
    expect(merge_button(card)).to_be_enabled()

    choose(
        page,
        card.get_by_role("button", name="Choose the CA's files"),
        good(vault, tmp_path, "alpha"),
    )
    expect(card.get_by_text("This certificate belongs to this request.")).to_be_visible()
    expect(card.get_by_label("I have read the point")).to_be_hidden()
    merge_button(card).click()
    expect(card.get_by_text("Merged: “alpha” is enabled")).to_be_visible()
    expect(card.get_by_role("row", name="Thumbprint yes")).to_be_visible()
    shot(page, "03-merged")


def test_a_heap_of_replies_is_merged_with_one_confirmation(
    page: Page, merge_url: str, vault: Vault, tmp_path: Path
) -> None:
    page.goto(merge_url)
    notebook = opened(page, "03 · Merge the signed certificate")
    connect(page, notebook)
    card = panel(notebook, "Finds the request that each of many replies belongs to.")
    hostile = tmp_path / "readme.txt"
    hostile.write_text(HOSTILE)
    files = [good(vault, tmp_path, name) for name in ("alpha", "beta")]

    choose(page, card.get_by_role("button", name="Choose files or a .zip"), *files, hostile)
    card.get_by_role("button", name="Find their requests").click()
    expect(card.get_by_text("2 replies can be merged.")).to_be_visible()
    expect(card.get_by_role("row", name="alpha.p7b")).to_contain_text("“alpha”, waits for the CA")
    shot(page, "03-heap")
    card.get_by_role("button", name="Merge 2 replies").click()

    expect(card.get_by_text("Merged: 2 replies.")).to_be_visible()
    expect(
        notebook.get_by_role("row", name=re.compile("beta completed (Merged and in|In) use"))
    ).to_be_visible()
    shot(page, "03-heap-merged")


def test_a_request_is_cancelled_deleted_and_started_again(page: Page, merge_url: str) -> None:
    page.goto(merge_url.replace("03-merge-the-signed-certificate", "04-monitor"))
    notebook = opened(page, "04 · Monitor and manage")
    connect(page, notebook)
    card = panel(notebook, "Cancelling keeps the key that the CSR was made with")
    card.get_by_label("Request", exact=True).select_option(label="gamma - waits for the CA")
    delete = card.get_by_role("button", name="Delete the request")

    expect(card.get_by_text("destroys the key")).to_be_visible()
    expect(delete).to_be_disabled()
    shot(page, "04-give-up")
    card.get_by_label("Confirm (request)").fill("gamma")
    delete.click()
    expect(card.get_by_text("deleted").first).to_be_visible()
    shot(page, "04-deleted")


def test_an_error_text_is_explained(page: Page, lab_url: str) -> None:
    page.goto(lab_url.replace("00-start-here", "06-troubles"))
    notebook = opened(page, "06 · Troubles")
    connect(page, notebook)
    notebook.get_by_label("Error text").fill(
        "Property x5c has invalid value X5C must has at least one valid item"
    )
    notebook.get_by_role("button", name="Explain", exact=True).click()

    expect(notebook.get_by_text("No certificate arrived").first).to_be_visible()
    link = notebook.get_by_role("link", name="03 · Merge the signed certificate").first
    expect(link).to_be_visible()
    shot(page, "06")


def merge_button(card: Locator) -> Locator:
    return card.get_by_role("button", name="Merge", exact=True)


def csr(vault: Vault, name: str) -> bytes:
    found = vault.operation(name).csr
    assert found is not None
    return found.der


def good(vault: Vault, folder: Path, name: str) -> Path:
    assert vault.authority is not None
    path = folder / f"{name}.p7b"
    path.write_bytes(vault.authority.sign(csr(vault, name), days=90).file("p7b"))
    return path


def wrong(vault: Vault, folder: Path, mistake: str) -> Path:
    """A wrong reply to “alpha”."""
    assert vault.authority is not None
    made = vault.authority.sign_wrong(csr(vault, "alpha"), mistake, days=90, name="alpha")
    path = folder / f"{mistake}-{made.filename}"
    path.write_bytes(made.content)
    return path
