"""A drill as a person plays it in a browser: chosen, staged, diagnosed, mended, solved."""

from __future__ import annotations

import json
import re
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from kvcsr_widgets.drills.drill import Diagnosis, Drill
from tests.browser import steps
from tests.browser.steps import menu, opened

HEADING = "Drills for a test"


def write_notebook(path: Path) -> None:
    """A notebook that shows the panel with all drills."""
    cells = [
        {"cell_type": "markdown", "id": "a", "metadata": {}, "source": f"# {HEADING}"},
        {
            "cell_type": "code",
            "id": "b",
            "metadata": {},
            "execution_count": None,
            "outputs": [],
            "source": "from kvcsr_widgets.panels import DrillPanel\n\nDrillPanel()",
        },
    ]
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    notebook = {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4}
    path.write_text(json.dumps({**notebook, "nbformat_minor": 5}), encoding="utf-8")


def open_panel(page: Page, url: str) -> Locator:
    """Open the notebook and run its cell."""
    page.goto(url)
    notebook = opened(page, HEADING)
    expect(page.get_by_text("Python 3 (ipykernel) | Idle")).to_be_visible()
    menu(page, "Run", "Run All Cells")
    expect(notebook.get_by_label("Drill", exact=True)).to_be_visible()
    return notebook


def open_app_panel(page: Page, url: str) -> Locator:
    """Open the notebook in Voilà, which runs it."""
    page.goto(url)
    notebook = page.get_by_role("main")
    expect(notebook.get_by_label("Drill", exact=True)).to_be_visible()
    return notebook


def choose_drill(panel: Locator, drill: Drill) -> None:
    """Choose a drill in the list."""
    listed = panel.get_by_label("Drill", exact=True)
    label = listed.locator("option").filter(has_text=drill.title).text_content()
    listed.select_option(label=label)
    expect(panel.get_by_role("heading", name=drill.title)).to_be_visible()


def stage(panel: Locator, drill: Drill) -> None:
    """Choose a drill in the list, and stage it."""
    choose_drill(panel, drill)
    panel.get_by_role("button", name="Stage it", exact=True).click()
    expect(panel.get_by_role("heading", name="What is wrong?")).to_be_visible()


def right(drill: Drill) -> Diagnosis:
    """The diagnosis that is right."""
    return next(each for each in drill.diagnoses if each.right)


def diagnose(panel: Locator, drill: Drill) -> None:
    """Give a wrong answer, read why it is, and give the right one."""
    wrong = next(each for each in drill.diagnoses if not each.right)
    for answer in (wrong, right(drill)):
        panel.get_by_role("radio", name=answer.text).check()
        panel.get_by_role("button", name="That is it").click()
        expect(panel.get_by_text(answer.why)).to_be_visible()


def diagnose_by_keyboard(panel: Locator, drill: Drill) -> None:
    """Go to the right answer and on to the button with the tab key."""
    keyboard, button = panel.page.keyboard, panel.get_by_role("button", name="That is it")
    place = drill.diagnoses.index(right(drill))
    panel.get_by_role("radio").first.focus()
    for _ in range(place):
        keyboard.press("Tab")
    keyboard.press("Space")
    expect(panel.get_by_role("radio", name=right(drill).text)).to_be_checked()
    expect(button).to_be_enabled()
    for _ in range(len(drill.diagnoses) - place):
        keyboard.press("Tab")
    expect(button).to_be_focused()
    keyboard.press("Enter")
    expect(panel.get_by_text(right(drill).why)).to_be_visible()


def restart(page: Page) -> None:
    """Restart the kernel and run the notebook anew."""
    steps.restart(page)
    expect(page.get_by_role("heading", name="What is wrong?")).to_have_count(0)
    expect(page.get_by_role("button", name="Go on", exact=True)).to_be_visible()


def expect_solved(panel: Locator, drill: Drill) -> None:
    """The panel says so, with the lesson, and the list counts it."""
    expect(panel.get_by_text("Solved.", exact=True)).to_be_visible()
    expect(panel.get_by_text(drill.lesson)).to_be_visible()
    option = panel.get_by_label("Drill", exact=True).locator("option")
    expect(option.filter(has_text=f"✓ solved: {drill.title}")).to_have_count(1)


def use(panel: Locator, *filenames: str) -> None:
    """Put files of the desk into the tools, by their buttons."""
    for each in filenames:
        panel.get_by_role("button", name=f"Use {each} here").click()


def download(page: Page, panel: Locator, label: str, folder: Path) -> Path:
    """Save what a button offers."""
    with page.expect_download() as saving:
        panel.get_by_role("button", name=label).click()
    path = folder / saving.value.suggested_filename
    saving.value.save_as(path)
    return path


def choose(page: Page, panel: Locator, *paths: Path, label: str = "Choose the CA's files") -> None:
    """Choose files in an upload, through the browser's own dialog."""
    with page.expect_file_chooser() as chooser:
        panel.get_by_role("button", name=label).click()
    chooser.value.set_files(list(paths))


def merge(panel: Locator) -> None:
    """Press Merge, with the tick where something stands out."""
    expect(panel.get_by_text("This certificate belongs to this request.")).to_be_visible()
    tick = panel.get_by_label("I have looked at")
    if tick.is_visible():
        tick.check()
    button = panel.locator("button.mod-primary").filter(has_text=re.compile("^Merge$"))
    expect(button).to_be_enabled()
    button.press("Enter")


def unfold(panel: Locator, title: str) -> None:
    """Unfold a tool, if it is not."""
    toggles = panel.locator("button.widget-toggle-button")
    toggle = toggles.filter(has_text=re.compile(rf"^{title}$"))
    if "mod-active" not in str(toggle.get_attribute("class")):
        toggle.press("Enter")


def sign(page: Page, panel: Locator, request: str, folder: Path) -> None:
    """Have the practice CA sign a request, and choose what it sends for the merge."""
    unfold(panel, "Signature")
    panel.get_by_label("Open request").select_option(label=request)
    panel.get_by_role("button", name="Sign with the practice CA").click()
    reply = download(page, panel, "Download .p7b", folder)
    unfold(panel, "Merge")
    choose(page, panel, reply)
    merge(panel)
