"""What strangers write is shown as text, everywhere: nothing of it becomes an element or runs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from kvcsr_widgets.practice.transport import Practice
from tests.browser import hostile
from tests.browser.homes import Home, at_home, practice_file
from tests.browser.hostile import IMG, LINK, SCRIPT, SVG, nothing_ran
from tests.browser.steps import choose, connect, panel, unfold

TITLED = f"note={IMG}, quote={SVG}, link={LINK}"
OUTPUTS = ".jp-OutputArea-output"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    folder = tmp_path_factory.mktemp("home")
    practice = Practice(practice_file(folder))
    hostile.refuse(practice)
    practice.close()
    with at_home(folder) as found:
        hostile.fill(found.vault)
        yield found


@pytest.fixture
def page(page: Page) -> Iterator[Page]:
    """At the end nothing ran, whatever was looked at."""
    yield page
    nothing_ran(page)
    expect(page.locator(OUTPUTS).first).to_be_visible()
    for shown in page.locator(OUTPUTS).all_inner_texts():
        assert "\u202e" not in shown, "a sign that turns letters around"


def test_a_csr(page: Page, home: Home) -> None:
    notebook = home.open(page, "01-create-the-csr")
    connect(page, notebook)
    card = panel(notebook, "It holds no secret")
    card.get_by_label("Request", exact=True).select_option(label="waiting - waits for the CA")
    expect(card.get_by_text("The signature is valid.")).to_be_visible()
    unfold(card)
    shows(card, f'CN="{IMG}"', f'OU="{LINK}"', r"L=\u202egpj.exe")
    expect(card.get_by_role("cell", name=IMG, exact=True).first).to_be_visible()

    form = panel(notebook, "Advanced policy")
    form.get_by_label("Certificate name").fill("merged")
    form.get_by_role("button", name="Start from its current policy").click()
    form.get_by_label("Subject", exact=True).fill(f'CN="{IMG}", O={SVG}')
    form.get_by_label("Names", exact=True).fill(f"{IMG}\n{LINK}\n{SVG}")
    unfold(form)
    shows(form, IMG, SVG, LINK)


def test_commands_to_sign(page: Page, home: Home) -> None:
    notebook = home.open(page, "02-have-it-signed")
    connect(page, notebook)
    card = panel(notebook, "The practice CA signs anything")
    card.get_by_label("Open request").select_option(label="waiting")
    card.get_by_role("button", name="Sign with the practice CA").click()
    expect(card.get_by_role("button", name="Download .p7b")).to_be_visible()
    unfold(card)


def test_a_reply_and_its_file(page: Page, home: Home) -> None:
    reply = home.file(f"{IMG}.pem", hostile.reply(home.vault, "waiting"))
    notebook = home.open(page, "03-merge-the-signed-certificate")
    connect(page, notebook)
    card = panel(notebook, "Joins the CA's certificate")
    card.get_by_label("Request", exact=True).select_option(label="waiting - waits for the CA")
    choose(page, card.get_by_role("button", name="Choose the CA's files"), reply)
    shows(card, f"Chosen: {IMG}.pem", f"The CA added names: {IMG}, URI:{LINK}", "<svg/onload=1>@x")
    expect(card.get_by_role("list", name="The chain, from the leaf up")).to_contain_text(SCRIPT)
    unfold(card)
    shows(card, f"'{IMG}.pem'")  # quoted for PowerShell

    finder = panel(notebook, "Finds the request that each of many")
    choose(page, finder.get_by_role("button", name="Choose files or a .zip"), reply)
    shows(finder, f"Chosen: {IMG}.pem")
    finder.get_by_role("button", name="Find their requests").click()
    expect(finder.get_by_role("row", name=f"{IMG}.pem")).to_contain_text("“waiting”")


def test_the_table_and_what_is_saved_of_it(page: Page, home: Home) -> None:
    notebook = home.open(page, "04-monitor")
    connect(page, notebook)
    notebook.get_by_label("With subject, names, key and policy").check()
    table = panel(notebook, "rows on a page")
    pick(page, table, "Tags")
    row = table.get_by_role("row").filter(has=page.get_by_label("Select merged"))
    expect(row.get_by_title(IMG).first).to_be_visible()
    expect(row.get_by_title(TITLED, exact=True)).to_be_visible()
    expect(table.get_by_role("row", name="refused")).to_contain_text(f"No: {IMG} {SVG} {LINK}")
    table.get_by_label("Search:").fill("onload")
    expect(row).to_be_visible()
    page.get_by_label("Select merged").check()
    unfold(notebook.locator(OUTPUTS))
    nothing_ran(page)


def test_issuers_and_contacts(page: Page, home: Home) -> None:
    notebook = home.open(page, "05-partnered-cas")
    connect(page, notebook)
    issuer = notebook.get_by_label("Issuer", exact=True).first  # the request has one, too
    issuer.select_option("digi")
    expect(notebook.get_by_label("Account ID")).to_have_value(IMG)
    unfold(notebook.locator(OUTPUTS))
    shows(notebook, IMG, SVG)


def test_an_error(page: Page, home: Home) -> None:
    notebook = home.open(page, "06-troubles")
    connect(page, notebook)
    notebook.get_by_label("Error text").fill(f"{SCRIPT} {IMG} {SVG}")
    notebook.get_by_role("button", name="Explain", exact=True).click()
    shows(notebook, f"{SCRIPT} {IMG} {SVG}")
    notebook.get_by_label("Or a request").select_option("refused")
    shows(notebook, f"No: {IMG} {SVG} {LINK}")


def shows(place: Locator, *texts: str) -> None:
    """The texts can be read there as they are."""
    for text in texts:
        expect(place.get_by_text(text).locator("visible=true").first).to_be_visible()


def pick(page: Page, table: Locator, column: str) -> None:
    """Show a column."""
    table.get_by_role("button", name="Columns").click()
    page.locator(".dt-button-collection").get_by_role("button", name=column).click()
    page.keyboard.press("Escape")


def report(page: Page, folder: Path) -> None:
    del page, folder
