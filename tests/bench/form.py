"""The request form: what a key press costs, in the kernel and on the page."""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from kvcsr_widgets.panels import Desk, RequestForm
from kvcsr_widgets.panels.request import FILES
from kvcsr_widgets.vault.session import practise
from tests.browser import lab, programs

SUBJECT = 'CN=www.contoso.com, O="Contoso, Inc.", OU=Web, OU=Shop, L=Redmond, S=WA, C=US, '
PARTS = "STREET=One Way, DC=contoso, DC=com"
NAMES = "\n".join(f"host{number}.contoso.com" for number in range(100))
PRESSES = 100
TARGET = 50

_WATCH = """
window.longest = 0;
new PerformanceObserver(list => {
  for (const task of list.getEntries()) window.longest = Math.max(window.longest, task.duration);
}).observe({entryTypes: ["longtask"]});
"""
"""The longest task of the page's main thread; tasks under 50 ms are not told."""


def keystrokes() -> None:
    """A key press in each text of the full form: 10 parts, 100 names, all sections open."""
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk()
        desk.open(practise(Path(folder) / "vault.sqlite"))
        form = _full(desk)
        boxes = {
            "name": form.fields.inputs["name"].watched[0],
            "subject": form.fields.subject.text,
            "a part of the subject": form.fields.subject.rows.rows[1].entry,
            "names": form.fields.names.text,
            "tags": form.fields.inputs["tags"].watched[0],
        }
        print("A key press in the full form, in Python alone")
        for where, box in boxes.items():
            if where != "name":  # without a loop, a name is looked up at once
                _tell(where, [_press(box) for _ in range(PRESSES)])
        desk.leave()
        _tell("name, no vault open", [_press(boxes["name"]) for _ in range(PRESSES)])


def typing() -> None:
    """A key press in Chromium, to the answer of the kernel on the page."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        args = ["--no-sandbox", "--disable-background-networking", "--disable-gpu"]
        browser = playwright.chromium.launch(executable_path=programs.chromium(), args=args)
        with lab.running(Path(folder)) as url:
            page = browser.new_page()
            page.goto(url.replace("00-start-here", "01-create-the-csr"))
            page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
            page.get_by_role("menuitem", name="Run", exact=True).click()
            page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
            page.get_by_role("button", name="Connect", exact=True).click()
            page.get_by_text("Connected to the practice vault.").wait_for()
            page.get_by_label("Certificate name").fill("web")
            page.get_by_label("Names", exact=True).fill(NAMES)
            subject = page.get_by_label("Subject", exact=True)
            subject.fill(SUBJECT + PARTS)
            page.get_by_text(f"{len(SUBJECT + PARTS)} of 200 characters").wait_for()
            page.evaluate(_WATCH)
            subject.press("End")
            took = [_typed(page, len(SUBJECT + PARTS) + n) for n in range(1, 31)]
            longest = page.evaluate("window.longest")
        browser.close()
    print("A key press in the subject of the full form, in Chromium")
    _tell("to the kernel's answer on the page", took)
    said = f"{longest:.0f} ms" if longest else "under 50 ms"
    print(f"  longest task of the page's main thread while typing: {said}")


def _full(desk: Desk) -> RequestForm:
    form = RequestForm(desk)
    form.fields.inputs["name"].watched[0].value = "web"
    form.fields.subject.text.value = SUBJECT + PARTS
    form.fields.names.text.value = NAMES
    form.files.unfold(FILES)
    form.elsewhere.toggle.value = True
    return form


def _press(box: object) -> float:
    begin = time.perf_counter()
    box.value += "x"  # type: ignore[attr-defined]  # any text widget
    took = time.perf_counter() - begin
    box.value = box.value[:-1]  # type: ignore[attr-defined]
    return took * 1000


def _typed(page: Page, length: int) -> float:
    begin = time.perf_counter()
    page.keyboard.press("x")
    page.get_by_text(f"{length} of 200 characters").wait_for()
    return (time.perf_counter() - begin) * 1000


def _tell(where: str, took: list[float]) -> None:
    middle, most = statistics.median(took), max(took)
    print(f"  {where}: {middle:.1f} ms, at most {most:.1f} ms (target: under {TARGET})")
