"""The whole job, as a person does it, in real JupyterLab."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests import openssl
from tests.browser.steps import connect, opened, press_connect, restart, shot

NAME = "www-contoso-com"


def test_from_a_fresh_vault_to_an_enabled_certificate(
    page: Page, lab_url: str, tmp_path: Path
) -> None:
    page.goto(lab_url)
    notebook = opened(page, "Start here")
    expect(page.locator(".jp-Dialog")).to_have_count(0)
    expect(page.locator(".jp-toastContainer, .Toastify__toast")).to_have_count(0)
    connect(page, notebook)
    expect(notebook.get_by_text("No request waits for a CA: create one.")).to_be_visible()
    shot(page, "00")

    notebook.get_by_role("link", name="01 · Create the CSR").last.click()
    csr = create(page, opened(page, "01 · Create the CSR"), tmp_path)
    reply = sign_outside(csr)

    page.get_by_role("link", name="02 · Have it signed").click()
    notebook = opened(page, "02 · Have it signed")
    notebook.get_by_role("link", name="03 · Merge the signed certificate").click()
    notebook = opened(page, "03 · Merge the signed certificate")
    merge(page, notebook, reply)
    expect_enabled(notebook)
    shot(page, "03")

    page.reload()
    notebook = opened(page, "03 · Merge the signed certificate")
    restart(page)
    expect(notebook.get_by_text("Connected to the practice vault.")).to_have_count(0)
    press_connect(notebook)
    expect_enabled(notebook)
    expect(notebook.get_by_text("No request is waiting.")).to_be_visible()


def create(page: Page, notebook: Locator, folder: Path) -> Path:
    """Notebook 01: fill the form, create, download the CSR through the browser."""
    connect(page, notebook)
    notebook.get_by_label("Certificate name").fill("www.contoso.com")
    subject = notebook.get_by_label("Subject", exact=True)
    subject.fill("CN=www.contoso.com, O=Contoso, Inc.")
    notebook.get_by_role("button", name="Create the CSR").click()
    expect(notebook.get_by_text("Nothing was sent: look at the fields above.")).to_be_visible()
    expect(notebook.get_by_text("letters, digits and hyphens as a name (here: .)")).to_be_visible()
    expect(notebook.get_by_text("“Inc.” is no KEY=value (character 32).")).to_be_visible()
    expect(notebook.get_by_label("Certificate name")).to_be_focused()
    shot(page, "01-errors")

    notebook.get_by_label("Certificate name").fill(NAME)
    notebook.get_by_role("button", name="Use the translation").click()
    expect(subject).to_have_value('CN=www.contoso.com, O="Contoso, Inc."')
    expect(subject).to_be_focused()  # by the kernel: what is typed before that lands in it
    names = notebook.get_by_label("Names", exact=True)
    names.fill("contoso.com")
    notebook.get_by_role("button", name="Add the CN, www.contoso.com").click()
    expect(names).to_have_value("contoso.com\nwww.contoso.com")
    notebook.get_by_label("Key type").select_option("EC")
    expect(notebook.get_by_role("row", name="Key EC P-256, made in the vault")).to_be_visible()
    notebook.get_by_role("button", name="Create the CSR").click()
    expect(notebook.get_by_text(f"“{NAME}” is created")).to_be_visible()
    expect(notebook.get_by_text("The signature is valid.")).to_be_visible()
    expect(notebook.get_by_text("The CSR holds what was asked for.")).to_be_visible()
    shot(page, "01")

    with page.expect_download() as download:
        notebook.get_by_role("button", name="Download the CSR").click()
    assert download.value.suggested_filename == f"{NAME}.csr"
    path = folder / f"{NAME}.csr"
    download.value.save_as(path)
    return path


def sign_outside(csr: Path) -> Path:
    """The openssl program checks the CSR and signs it under a CA of its own."""
    said = openssl.openssl("req", "-in", csr.name, "-noout", "-verify", "-text", cwd=csr.parent)
    assert "verify OK" in said
    assert "DNS:contoso.com, DNS:www.contoso.com" in said
    openssl.make_ca(csr.parent)
    return openssl.sign(csr.parent, csr.name)


def merge(page: Page, notebook: Locator, reply: Path) -> None:
    """Notebook 03: choose the file, see that it fits, merge."""
    connect(page, notebook)
    with page.expect_file_chooser() as chooser:
        notebook.get_by_role("button", name="Choose the CA's file").click()
    chooser.value.set_files(reply)
    expect(notebook.get_by_text("This certificate belongs to this request.")).to_be_visible()
    shot(page, "03-fits")
    notebook.get_by_role("button", name="Merge", exact=True).click()
    expect(notebook.get_by_text(f"Merged: “{NAME}” is enabled")).to_be_visible()


def expect_enabled(notebook: Locator) -> None:
    """The table shows the certificate, merged and enabled."""
    row = re.compile(f"{NAME} completed (Merged and in|In) use. enabled")
    expect(notebook.get_by_role("row", name=row)).to_be_visible()
