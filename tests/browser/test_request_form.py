"""The request form as a person meets it: by keyboard, while typing, two views at once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import lab
from tests.browser.steps import connect, opened, shot

TYPED = 'CN=www.contoso.com, O="Contoso, Inc.", OU=Web, OU=Shop, L=Redmond, S=WA, C=US'


@pytest.fixture(scope="module")
def one_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Starting one takes longer than any of these tests, which do not get in each other's way."""
    with lab.running(tmp_path_factory.mktemp("lab")) as url:
        yield url


@pytest.fixture
def form(page: Page, one_lab: str) -> Locator:
    """Notebook 01, run anew and connected to the practice vault."""
    page.goto(one_lab.replace("00-start-here", "01-create-the-csr"))
    notebook = opened(page, "01 · Create the CSR")
    connect(page, notebook)
    return notebook


def test_what_is_typed_fast_stays_as_it_was_typed_and_the_fields_follow(
    page: Page, form: Locator
) -> None:
    subject = form.get_by_label("Subject", exact=True)
    subject.press_sequentially(TYPED)

    expect(subject).to_have_value(TYPED)
    expect(form.get_by_label("Value 2")).to_have_value("Contoso, Inc.")
    expect(form.get_by_text(f"{len(TYPED)} of 200 characters")).to_be_visible()
    shot(page, "01-subject")

    form.get_by_label("Value 4").press("End")
    form.get_by_label("Value 4").press_sequentially("ping")
    expect(subject).to_have_value(TYPED.replace("OU=Shop", "OU=Shopping"))


def test_the_cursor_stays_where_a_correction_is_typed(form: Locator) -> None:
    subject = form.get_by_label("Subject", exact=True)
    subject.fill("CN=wwwcontoso.com, C=US")
    subject.press("Home")
    for _ in range(len("CN=www")):
        subject.press("ArrowRight")

    subject.press_sequentially(".a.")

    expect(subject).to_have_value("CN=www.a.contoso.com, C=US")


def test_everything_can_be_done_with_the_keyboard(page: Page, form: Locator) -> None:
    form.get_by_label("Template").focus()
    reached = tab_through(page, 40)

    for label in (
        "Issuer",
        "Certificate name",
        "Subject",
        "Names",
        "Validity (months)",
        "Key type",
        "Advanced policy",
        "Policy as JSON",
        "Create the CSR",
    ):
        assert label in reached, reached

    form.get_by_role("button", name="Advanced policy").focus()
    page.keyboard.press("Enter")
    expect(form.get_by_label("Lifetime action")).to_be_visible()
    form.get_by_role("button", name="Create the CSR").focus()
    page.keyboard.press("Enter")
    expect(form.get_by_label("Certificate name")).to_be_focused()
    page.keyboard.type("contacts")
    reserved = form.get_by_role("alert").filter(has_text="is an address of the vault itself")
    expect(reserved).to_be_visible()


def test_a_name_is_looked_up_and_a_new_version_starts_from_its_policy(
    page: Page, form: Locator
) -> None:
    form.get_by_label("Certificate name").fill("self")
    form.get_by_label("Issuer").select_option("the vault itself, self-signed (Self)")
    form.get_by_label("Subject", exact=True).fill("CN=old.contoso.com")
    form.get_by_label("Key type").select_option("EC")
    form.get_by_role("button", name="Create the certificate").click()
    expect(form.get_by_text("There is nothing to merge.").first).to_be_visible()

    form.get_by_label("Certificate name").fill("free")
    expect(form.get_by_text("“self” has a request")).to_have_count(0)
    form.get_by_label("Certificate name").fill("self")
    form.get_by_label("Validity (months)").fill("3")
    form.get_by_role("button", name="Start from its current policy").click()
    expect(form.get_by_role("row", name="Validity (months) 6 3")).to_be_visible()
    shot(page, "01-new-version")


def tab_through(page: Page, count: int) -> list[str]:
    """Press the tab key and tell what it reaches, by label or text."""
    reached = []
    for _ in range(count):
        reached.append(
            page.evaluate(
                """() => {
                  const at = document.activeElement;
                  const label = at.labels && at.labels.length ? at.labels[0].textContent : "";
                  return (label || at.ariaLabel || at.textContent || at.tagName).trim();
                }"""
            )
        )
        page.keyboard.press("Tab")
    return reached
