"""A kernel that is slow, as on a far server: what was typed before a click counts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import lab
from tests.browser.steps import connect, opened

HEADING = "A slow kernel"
FORM = """\
import threading, time

from kvcsr_widgets.panels import ConnectPanel, CsrPanel, Desk, RequestForm

desk = Desk()
form = RequestForm(desk)
threads = set()


def slow(_change):
    threads.add(threading.current_thread())
    time.sleep(1)


for text in (form.fields.names.text, form.fields.subject.text):
    text.observe(slow, "value")
form.fields.names.add.on_click(slow)
ConnectPanel(desk)
"""
"""A form whose kernel takes a second over each message of a text."""

THREADS = 'print("Threads:", sorted(thread.name for thread in threads))'


@pytest.fixture(scope="module")
def one_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """JupyterLab with a notebook whose kernel is slow."""
    folder = tmp_path_factory.mktemp("lab")
    with lab.running(folder) as url:
        _write(folder / "clone/notebooks/slow.ipynb", FORM, "form", "CsrPanel(desk)", THREADS)
        yield url


@pytest.fixture
def form(page: Page, one_lab: str) -> Locator:
    page.goto(one_lab.replace("00-start-here", "slow"))
    notebook = opened(page, HEADING)
    connect(page, notebook)
    expect(notebook.get_by_label("Names", exact=True)).to_be_visible()
    return notebook


def test_what_was_typed_before_a_click_is_in_the_request(form: Locator) -> None:
    """ipywidgets holds a text back while the kernel is at work on it, but no click."""
    form.get_by_label("Certificate name").fill("fast")
    form.get_by_label("Key type").select_option("EC")
    form.get_by_label("Names", exact=True).press_sequentially("www.contoso.com")
    form.get_by_label("Subject", exact=True).press_sequentially("CN=www.contoso.com")
    form.get_by_role("button", name="Create the CSR").press("Enter")

    expect(form.get_by_text("“fast” is created")).to_be_visible()
    said = form.locator(".jp-Cell").filter(has_text="CsrPanel(desk)")
    expect(said.get_by_role("row", name="Subject CN=www.contoso.com")).to_be_visible()
    expect(said.get_by_role("row", name="DNS and other names www.contoso.com")).to_be_visible()


def test_the_kernel_does_one_thing_after_the_other(page: Page, form: Locator) -> None:
    """By default, JupyterLab has a thread of its own for widgets beside that of the cells."""
    names = form.get_by_label("Names", exact=True)
    form.get_by_label("Subject", exact=True).fill("CN=www.contoso.com")
    add = form.get_by_role("button", name="Add the CN, www.contoso.com")
    expect(add).to_be_visible()
    names.fill("contoso.com")
    add.press("Enter")
    expect(names).to_have_value("contoso.com\nwww.contoso.com")

    form.locator(".jp-Cell").filter(has_text=THREADS).locator(".cm-content").click()
    page.keyboard.press("Shift+Enter")
    expect(form.get_by_text("Threads: ['MainThread']")).to_be_visible()


def _write(path: Path, *sources: str) -> None:
    cells: list[dict[str, object]] = [
        {
            "cell_type": "code",
            "id": f"cell-{place}",
            "metadata": {},
            "execution_count": None,
            "outputs": [],
            "source": source,
        }
        for place, source in enumerate(sources)
    ]
    head = {"cell_type": "markdown", "id": "head", "metadata": {}, "source": f"# {HEADING}"}
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel}
    notebook = {"cells": [head, *cells], "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(notebook), encoding="utf-8")
