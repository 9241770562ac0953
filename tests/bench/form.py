"""The request form: what a key press costs, in the kernel and on the page."""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

from kvcsr_widgets.panels import Desk, RequestForm
from kvcsr_widgets.panels.request import FILES
from kvcsr_widgets.vault.session import practise
from tests.browser import lab, programs

SUBJECT = 'CN=www.contoso.com, O="Contoso, Inc.", OU=Web, OU=Shop, L=Redmond, S=WA, C=US, '
PARTS = "STREET=One Way, DC=contoso, DC=com"
NAMES = "\n".join(f"host{number}.contoso.com" for number in range(100))
PRESSES = 100
TYPED = 50
TARGET = 50

_TYPE = """
(async presses => {
  let longest = 0;
  new PerformanceObserver(list => {
    for (const task of list.getEntries()) longest = Math.max(longest, task.duration);
  }).observe({entryTypes: ["longtask"]});
  const box = document.activeElement, took = [];
  for (let press = 0; press < presses; press++) {
    const answer = `${box.value.length + 1} of 200 characters`;
    const answered = new Promise(resolve => {
      const watch = new MutationObserver(() => {
        if (document.body.innerText.includes(answer)) { watch.disconnect(); resolve(); }
      });
      watch.observe(document.body, {childList: true, subtree: true, characterData: true});
    });
    const begin = performance.now();
    box.value += "x";
    box.dispatchEvent(new Event("input", {bubbles: true}));
    await answered;
    took.push(performance.now() - begin);
    await new Promise(resolve => setTimeout(resolve, 150));
  }
  return {took, longest};
})
"""
"""Key presses in the box that has the cursor, each timed to the kernel's answer on the page.

``longest`` is the longest task of the page's main thread; those under 50 ms are not told.
"""


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
            subject.focus()
            found = page.evaluate(_TYPE, TYPED)
        browser.close()
    print("A key press in the subject of the full form, in Chromium")
    _tell("to the kernel's answer on the page", found["took"])
    longest = found["longest"]
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


def _tell(where: str, took: list[float]) -> None:
    middle, most = statistics.median(took), max(took)
    print(f"  {where}: {middle:.1f} ms, at most {most:.1f} ms (target: under {TARGET})")
