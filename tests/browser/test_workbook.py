"""The one-page app in JupyterLab and Voilà: the whole job, anew at each stage, and by keyboard."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser import app_flow as flow
from tests.browser import lab, steps, voila
from tests.browser.steps import menu, opened, shot

TITLE = "The whole job on one page"
MANY_TABS = 60


@pytest.fixture
def app(page: Page, tmp_path: Path) -> Iterator[Page]:
    """The app's notebook in JupyterLab, run and not connected."""
    with lab.running(tmp_path / "lab") as url:
        page.goto(url.replace("00-start-here", "workbook"))
        run(page)
        yield page


def run(page: Page) -> None:
    """Run the notebook that was opened or loaded anew."""
    opened(page, TITLE)
    expect(page.get_by_text("Python 3 (ipykernel) | Idle")).to_be_visible()
    menu(page, "Run", "Run All Cells")
    flow.expect_states(page, "ready", *["to do"] * 5)


def reload(page: Page) -> None:
    """Load the page anew; the kernel runs on."""
    page.reload()
    run(page)


def restart(page: Page) -> None:
    """Restart the kernel: all that was known outside of the vault is gone."""
    steps.restart(page)
    flow.expect_states(page, "ready", *["to do"] * 5)


def load(page: Page) -> None:
    """Load the page anew in Voilà, which gives it a kernel of its own."""
    page.reload()
    flow.expect_states(page, "ready", *["to do"] * 5)


def test_the_whole_job_anew_at_each_stage(app: Page, tmp_path: Path) -> None:
    whole_job(app, tmp_path, (reload, restart))
    shot(app, "app-lab")


def test_the_whole_job_in_voila_anew_at_each_stage(page: Page, tmp_path: Path) -> None:
    with voila.running(tmp_path / "voila") as url:
        page.goto(url)
        whole_job(page, tmp_path, (load,))
        shot(page, "app-voila")


def whole_job(page: Page, folder: Path, anew: Sequence[Callable[[Page], None]]) -> None:
    """From nothing to a merged certificate; before each step the page is begun anew, each way."""
    waits = ("ready", "waiting for the CA", "to do")
    flow.connect(page)
    come_back(page, anew, "done", *["to do"] * 5)
    flow.create(page)

    come_back(page, anew, "done", "done", "ready", *waits)
    csr = flow.take(page, folder)

    come_back(page, anew, "done", "done", "done", *waits)
    reply = flow.sign_outside(csr)
    flow.put_in(page, reply)
    expect(page.get_by_text("This certificate belongs to this request.")).to_be_visible()

    come_back(page, anew, "done", "done", "done", *waits)
    flow.merge(page, reply)

    come_back(page, anew, "done", *["to do"] * 5)
    expect(page.get_by_label("Request", exact=True)).to_have_value(f"{flow.NAME} - completed")
    page.get_by_role("button", name="Go on with this request").click()
    flow.expect_merged(page)


def come_back(page: Page, anew: Sequence[Callable[[Page], None]], *states: str) -> None:
    """Begin the page anew in each way, connect, and find the steps so."""
    for again in anew:
        again(page)
        flow.connect(page)
        flow.expect_states(page, *states)


def test_an_edit_folds_what_depended_on_it(app: Page, tmp_path: Path) -> None:
    flow.connect(app)
    flow.create(app)
    flow.take(app, tmp_path)

    app.get_by_role("button", name="Look at step 2 again").click()
    subject = app.get_by_label("Subject", exact=True)
    subject.fill("CN=mail.contoso.com")

    flow.expect_states(app, "done", "blocked", *["to do"] * 4)  # its name is taken
    expect(subject).to_be_focused()  # nothing takes the cursor from who types
    expect(app.get_by_role("button", name="Choose the CA's file")).to_be_hidden()
    app.get_by_role("button", name="Go on with this request").click()
    expect(app.get_by_role("button", name="Choose the CA's file")).to_be_visible()


def test_the_keyboard_is_enough(app: Page, tmp_path: Path) -> None:
    app.get_by_role("button", name="Connect", exact=True).focus()
    app.keyboard.press("Enter")
    expect(app.get_by_label("Certificate name")).to_be_focused()
    app.keyboard.type(flow.NAME)
    tab_to(app, "Add a part of the subject")
    app.keyboard.press("Tab")
    app.keyboard.type("CN=www.contoso.com")
    press(app, "Create the CSR")

    expect(app.get_by_role("button", name="Download the CSR")).to_be_focused()
    with app.expect_download():
        app.keyboard.press("Enter")
    expect(app.get_by_role("button", name="Sign with the practice CA")).to_be_focused()
    app.keyboard.press("Enter")
    expect(app.get_by_role("button", name="Download .p7b")).to_be_visible()
    with app.expect_download() as download:
        press(app, "Download .p7b (with the chain)")
    reply = tmp_path / "reply.p7b"
    download.value.save_as(reply)
    with app.expect_file_chooser() as chooser:
        press(app, "Choose the CA's file")
    chooser.value.set_files(reply)
    expect(app.get_by_text("This certificate belongs to this request.")).to_be_visible()
    press(app, "Merge")

    expect(app.get_by_role("button", name="Begin the next request")).to_be_focused()
    flow.expect_merged(app)


def press(page: Page, name: str) -> None:
    """Go to a button with the Tab key, and press it."""
    tab_to(page, name)
    page.keyboard.press("Enter")


def tab_to(page: Page, name: str) -> None:
    for _ in range(MANY_TABS):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent").strip().startswith(name):
            return
    raise AssertionError(f"The Tab key does not reach “{name}”.")
