"""What a person does again and again in JupyterLab, in few words."""

from __future__ import annotations

import os
import re
from pathlib import Path

from playwright.sync_api import Locator, Page, expect


def in_front(page: Page) -> Locator:
    """The notebook in front, once its kernel is ready and its cells are there."""
    notebook = page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)")
    expect(page.get_by_text("Python 3 (ipykernel) | Idle")).to_be_visible()
    expect(notebook.get_by_role("heading", level=1)).to_be_visible()
    return notebook


def run_all(page: Page) -> None:
    """Run all cells; nothing happens in the vault by that."""
    menu(page, "Run", "Run All Cells")


def command(page: Page, name: str) -> None:
    """Find a command of JupyterLab by its name and run it, with the keyboard."""
    page.keyboard.press("ControlOrMeta+Shift+C")
    expect(page.locator(".lm-CommandPalette-input:focus")).to_have_count(1)
    page.keyboard.type(name)
    found = page.locator(".lm-CommandPalette-item.lm-mod-active .lm-CommandPalette-itemLabel")
    expect(found).to_have_text(re.compile(re.escape(name) + "$"))
    page.keyboard.press("Enter")


def use_theme(page: Page, name: str) -> None:
    """Switch JupyterLab's theme, such as ``JupyterLab Dark``."""
    command(page, f"Use Theme: {name}")
    expect(page.locator(f'body[data-jp-theme-name="{name}"]')).to_have_count(1)
    expect(page.locator("#jupyterlab-splash")).to_have_count(0)


def choose(page: Page, button: Locator, *files: Path) -> None:
    """Upload files as a person does."""
    with page.expect_file_chooser() as chooser:
        button.click()
    chooser.value.set_files(list(files))


def unfold(panels: Locator) -> None:
    """Open every section that is folded."""
    panels.evaluate_all(
        """(panels) => {
          const folded = ".widget-toggle-button:not(.mod-active)";
          for (const panel of panels) {
            for (const button of panel.querySelectorAll(folded)) {
              if (!button.closest(".widget-toggle-buttons")) button.click();
            }
            for (const details of panel.querySelectorAll("details")) details.open = true;
          }
        }"""
    )


def offer(choice: Locator, begins: str) -> Locator:
    """The offer of a choice that begins like this; ipywidgets' blanks are no plain ones."""
    pattern = re.escape(begins).replace("\\ ", r"\s")
    return choice.locator("option").filter(has_text=re.compile(f"^{pattern}"))


def take(choice: Locator, begins: str) -> None:
    """Choose what begins like this among the offers of a choice."""
    choice.select_option(label=offer(choice, begins).inner_text())


def panel(notebook: Locator, text: str) -> Locator:
    """The panel in which this text stands."""
    outputs = notebook.locator(".jp-OutputArea-output")
    return outputs.filter(has=notebook.page.get_by_text(text)).first


def connect(page: Page, notebook: Locator) -> None:
    """Run all cells, then press Connect for the practice vault."""
    expect(page.get_by_text("Python 3 (ipykernel) | Idle")).to_be_visible()
    menu(page, "Run", "Run All Cells")
    press_connect(notebook)


def press_connect(notebook: Locator) -> None:
    notebook.get_by_role("button", name="Connect", exact=True).click()
    expect(notebook.get_by_text("Connected to the practice vault.")).to_be_visible()


def restart(page: Page) -> None:
    """Restart the kernel of the notebook in front, which is connected to it, and run all cells."""
    expect(page.get_by_text("Python 3 (ipykernel) | Idle")).to_be_visible()
    menu(page, "Kernel", "Restart Kernel and Run All Cells…")
    page.get_by_role("button", name="Confirm Kernel Restart").click()


def opened(page: Page, heading: str) -> Locator:
    """The notebook in front, once its heading is there."""
    page.mouse.move(0, 0)  # a heading under the pointer has a link to itself in its name
    notebook = page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)")
    expect(notebook.get_by_role("heading", name=heading, exact=True)).to_be_visible()
    return notebook


def menu(page: Page, name: str, entry: str) -> None:
    page.get_by_role("menuitem", name=name, exact=True).click()
    page.get_by_role("menuitem", name=entry, exact=True).click()


def shot(page: Page, name: str) -> None:
    """A picture for whoever asks for one with KVCSR_SHOTS=folder."""
    if folder := os.environ.get("KVCSR_SHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png")
