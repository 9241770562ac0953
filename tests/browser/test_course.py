"""The course in JupyterLab: the check of each notebook turns to done by doing what it says."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import lab
from tests.browser.steps import connect, menu, opened, restart

START = "00-start-here"


@pytest.fixture(scope="module")
def course_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One JupyterLab for all of these: each has a notebook, and leaves its vault to the next."""
    with lab.running(tmp_path_factory.mktemp("course")) as url:
        yield url


def test_from_nothing_to_a_merged_certificate(page: Page, course_url: str, tmp_path: Path) -> None:
    page.goto(course_url)
    notebook = opened(page, "Start here")
    connect(page, notebook)
    expect_done(notebook, "The practice vault is open and answers.")

    notebook.get_by_role("link", name="01 · Create the CSR").first.click()
    notebook = opened(page, "01 · Create the CSR")
    connect(page, notebook)
    expect_missing(notebook, "No request waits for a CA")
    create(notebook)
    expect_missing(notebook, "The CSR of “www-contoso-com” has not left yet")
    saved(page, notebook, "Download the CSR", tmp_path)
    expect_done(notebook, "The CSR of “www-contoso-com” was downloaded or copied.")
    shot(notebook, "01-done")

    notebook = go_on(page, notebook, "02 · Have it signed")
    expect_missing(notebook, "There is no reply to “www-contoso-com” yet")
    notebook.get_by_role("button", name="Sign with the practice CA").click()
    reply = saved(page, notebook, "Download .p7b (with the chain)", tmp_path)
    expect_done(notebook, "and you have the file.")
    shot(notebook, "02-done")

    notebook = go_on(page, notebook, "03 · Merge the signed certificate")
    expect_missing(notebook, "choose the CA's file and press Merge")
    with page.expect_file_chooser() as chooser:
        notebook.get_by_role("button", name="Choose the CA's file").click()
    chooser.value.set_files(reply)
    expect(notebook.get_by_text("This certificate belongs to this request.")).to_be_visible()
    notebook.get_by_role("button", name="Merge", exact=True).click()
    expect_done(notebook, "The certificate “www-contoso-com” is enabled.")
    shot(notebook, "03-done")

    notebook = go_on(page, notebook, "04 · Monitor and manage")
    expect_done(notebook, "The table shows one certificate.")
    shot(notebook, "04-done")


def test_a_file_of_another_ca_is_seen_to_fit_or_not(
    page: Page, course_url: str, tmp_path: Path
) -> None:
    notebook = at(page, course_url, "01-create-the-csr", "01 · Create the CSR")
    connect(page, notebook)
    create(notebook, "other-contoso-com")
    notebook = go_on(page, notebook, "02 · Have it signed")
    notebook.get_by_role("button", name="You have a file from your CA?").click()
    notebook.get_by_role("button", name="Sign with the practice CA").click()
    pem = saved(page, notebook, "Download .pem (without the chain)", tmp_path)

    with page.expect_file_chooser() as chooser:
        notebook.get_by_role("button", name="Choose the CA's file").click()
    chooser.value.set_files(pem)

    expect_done(notebook, "Your file holds a certificate for “other-contoso-com”.")
    shot(notebook, "02-file")


def test_a_certificate_is_ordered_from_a_partnered_ca(page: Page, course_url: str) -> None:
    notebook = at(page, course_url, "05-partnered-cas", "05 · Partnered CAs")
    connect(page, notebook)
    expect_missing(notebook, "The vault has no issuer yet")
    issuer = card(notebook, "Issuers")
    issuer.get_by_label("Name", exact=True).fill("DigiCertCA")
    issuer.get_by_label("Provider").fill("DigiCert")
    issuer.get_by_label("Account ID").fill("12345")
    issuer.get_by_label("API key").fill("a practice key")
    issuer.get_by_label("Organization ID").fill("67890")
    issuer.get_by_role("button", name="Save", exact=False).first.click()
    expect(notebook.get_by_text("“DigiCertCA” is saved.")).to_be_visible()
    contacts = card(notebook, "Contacts")
    contacts.get_by_role("button", name="Add a contact").click()
    contacts.get_by_label("E-mail").fill("jane@contoso.com")
    contacts.get_by_role("button", name="Save the contacts").click()
    expect(notebook.get_by_text("The vault mails 1 contact.")).to_be_visible()

    form = card(notebook, "Request")
    form.get_by_label("Certificate name").fill("shop-contoso-com")
    form.get_by_label("Subject", exact=True).fill("CN=shop.contoso.com")
    form.get_by_label("Issuer").select_option("DigiCertCA")
    form.get_by_label("Key type").select_option("EC")
    form.get_by_role("button", name="Create the certificate").click()

    expect_done(notebook, "“shop-contoso-com” was ordered from DigiCertCA and is issued.")
    expect(notebook.get_by_role("row", name="shop-contoso-com completed")).to_be_visible()
    shot(notebook, "05-done")


def test_a_renewal_is_rehearsed(page: Page, course_url: str) -> None:
    notebook = at(page, course_url, "07-renewal", "07 · Renewal")
    menu(page, "Run", "Run All Cells")
    expect_missing(notebook, "There is no rehearsal yet")
    shot(notebook, "07-begin")
    notebook.get_by_role("button", name="Begin the rehearsal").click()
    expect(notebook.get_by_text("The rehearsal's vault is open.")).to_be_visible()

    notebook.get_by_role("button", name="To four fifths of its life").click()
    for name in ("www-self", "www-partner"):
        expect(
            notebook.get_by_text(f"the vault made version 2 of “{name}” by itself.")
        ).to_be_visible()
    expect(
        notebook.get_by_text("an e-mail to the contacts fell due for “www-by-hand”")
    ).to_be_visible()
    shot(notebook, "07-clock")

    renew(notebook)
    expect(notebook.get_by_text("This CSR has a new key.")).to_be_visible()
    answer(notebook)
    expect(notebook.get_by_text("Version 2 of “www-by-hand” is merged.")).to_be_visible()
    expect_missing(notebook, "not renewed with the same key yet")

    notebook.get_by_role("button", name="30 days on").click()
    renew(notebook, reuse_key=True)
    expect(notebook.get_by_text("This CSR has the key of version 2")).to_be_visible()
    notebook.get_by_label("Send it to").select_option("A CA that wants a new key each time")
    answer(notebook)
    expect(notebook.get_by_text("The CA refuses:")).to_be_visible()
    shot(notebook, "07-refused")
    notebook.get_by_label("Send it to").select_option("A CA that takes any key")
    answer(notebook)
    expect_done(notebook, "“www-by-hand” was renewed with the key that it had.")

    notebook.get_by_role("button", name="Renew as the sample does").click()
    expect(notebook.get_by_text("The vault has signed it by itself.")).to_be_visible()
    expect(card(notebook, "The trap").get_by_role("status").first).to_have_text("blocked")
    shot(notebook, "07-done")

    page.reload()
    notebook = opened(page, "07 · Renewal")
    restart(page)
    notebook.get_by_role("button", name="Go on with the rehearsal").click()
    expect_done(notebook, "“www-by-hand” was renewed with the key that it had.")


def test_the_job_is_copied_for_a_terminal(page: Page, course_url: str) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    notebook = at(page, course_url, "08-powershell-and-cli", "08 · PowerShell and CLI")
    menu(page, "Run", "Run All Cells")
    expect_missing(notebook, "Sign in: not copied yet.")
    tour = card(notebook, "The whole job")
    tour.get_by_label("Certificate name").fill("www.contoso.com")
    expect(tour.get_by_text("letters, digits and hyphens")).to_be_visible()
    shot(notebook, "08-errors")
    tour.get_by_label("Certificate name").fill("shop-contoso-com")
    tour.get_by_role("button", name="Azure CLI in bash").click()
    expect(tour.get_by_text("az keyvault certificate pending merge")).to_be_visible()

    buttons = tour.get_by_role("button", name="Copy the text")
    expect(buttons).to_have_count(6)
    for place in range(6):
        tour.locator("button", has_text="Cop").nth(place).click()

    expect_done(notebook, "Merge the CA's file: copied for Azure CLI in bash.")
    assert "shop-contoso-com" in page.evaluate("navigator.clipboard.readText()")
    shot(notebook, "08-done")


def at(page: Page, url: str, name: str, heading: str) -> Locator:
    """A notebook of the course, once its kernel is there."""
    page.goto(url.replace(START, name))
    notebook = opened(page, heading)
    expect(page.get_by_text("Python 3 (ipykernel) | Idle")).to_be_visible()
    return notebook


def go_on(page: Page, notebook: Locator, title: str) -> Locator:
    """Follow the link at the end, and connect there."""
    notebook.get_by_role("link", name=title).last.click()
    notebook = opened(page, title)
    connect(page, notebook)
    return notebook


def card(notebook: Locator, title: str) -> Locator:
    """The card with this title."""
    heading = notebook.page.get_by_role("heading", name=title, exact=True)
    return notebook.locator(".kvcsr-card", has=heading)


def expect_done(notebook: Locator, said: str) -> None:
    check = card(notebook, "Done?")
    expect(check.get_by_text(said)).to_be_visible()
    expect(check.get_by_role("status").first).to_have_text("done")


def expect_missing(notebook: Locator, said: str) -> None:
    check = card(notebook, "Done?")
    expect(check.get_by_text(said)).to_be_visible()
    expect(check.get_by_role("status").first).to_have_text("to do")


def create(notebook: Locator, name: str = "www-contoso-com") -> None:
    """Notebook 01, as its text says."""
    notebook.get_by_label("Template").select_option("Public web server (DV)")
    notebook.get_by_label("Certificate name").fill(name)
    host = name.replace("-", ".")
    notebook.get_by_label("Subject", exact=True).fill(f"CN={host}")
    notebook.get_by_role("button", name=f"Add the CN, {host}").click()
    notebook.get_by_role("button", name="Create the CSR").click()
    expect(notebook.get_by_text(f"“{name}” is created")).to_be_visible()


def saved(page: Page, notebook: Locator, button: str, folder: Path) -> Path:
    """What a button saves."""
    with page.expect_download() as download:
        notebook.get_by_role("button", name=button).click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def renew(notebook: Locator, *, reuse_key: bool = False) -> None:
    """A new version from the current policy, in the form of notebook 07."""
    form = card(notebook, "Request")
    if not reuse_key:  # the second time, the name stands there still
        form.get_by_label("Certificate name").fill("www-by-hand")
    form.get_by_role("button", name="Start from its current policy").click()
    expect(form.get_by_label("Subject", exact=True)).to_have_value("CN=www-by-hand.contoso.com")
    if reuse_key:
        form.get_by_role("button", name="Advanced policy").click()
        form.get_by_label("Reuse").check()
    form.get_by_role("button", name="Create the CSR").click()


def answer(notebook: Locator) -> None:
    notebook.get_by_role("button", name="Have it signed, and merge").click()


def shot(notebook: Locator, name: str) -> None:
    """Pictures of the cards for whoever asks for them with KVCSR_SHOTS=folder."""
    if folder := os.environ.get("KVCSR_SHOTS"):
        for place, each in enumerate(notebook.locator(".kvcsr-card").all(), 1):
            if each.is_visible():
                each.screenshot(path=Path(folder) / f"{name}-{place}.png")
