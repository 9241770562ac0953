"""The keyboard: what has the focus, whether it is seen, and the way from one control to another."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.steps import offer

AT = """() => {
  const at = document.activeElement;
  const label = at.labels && at.labels.length ? at.labels[0].textContent : at.ariaLabel;
  return (label || at.textContent || at.tagName).trim();
}"""
"""What has the focus, by its label or text."""

SEEN = """() => {
  const at = document.activeElement;
  if (!at.closest(".jp-OutputArea-output")) return true;  // JupyterLab's own
  const style = getComputedStyle(at), box = at.getBoundingClientRect();
  const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1;
  const there = box.bottom > 0 && box.top < innerHeight && box.width > 0 && box.height > 0;
  return at.matches(":focus-visible") && ring && there;
}"""
"""Whether what has the focus shows it, within the window."""

MOST = 60
"""Presses of the Tab key from one control to any other."""


def go_to(page: Page, label: str, key: str = "Tab") -> None:
    """Press the Tab key until the control of this label has the focus; it is seen all the way."""
    way = []
    for _ in range(MOST):
        press(page, key)
        way.append(page.evaluate(AT))
        if way[-1] == label:
            return
    pytest.fail(f"“{label}” is not reached by {key}: {way}")


def press(page: Page, key: str) -> None:
    """Press a key; what has the focus then can be seen, however the page grows meanwhile."""
    page.keyboard.press(key)
    page.wait_for_function(SEEN)


def upload(page: Page, file: Path) -> None:
    """Press the button that has the focus, and choose a file."""
    with page.expect_file_chooser() as chooser:
        assert page.evaluate(SEEN)  # what is asked of the browser before is done by then
        press(page, "Enter")
    chooser.value.set_files(file)


def is_somewhere(page: Page) -> None:
    """The focus was not lost by what was done: the next Tab goes on from there."""
    page.wait_for_function("document.activeElement !== document.body")


def choose(page: Page, choice: Locator, begins: str) -> None:
    """Choose by the arrow keys from a choice that has the focus, once it is offered."""
    wanted = offer(choice, begins)
    expect(choice).to_be_focused()
    expect(wanted).to_have_count(1)
    page.keyboard.press("Home")
    for _ in range(choice.locator("option").count()):
        if wanted.evaluate("(option) => option.selected"):
            return
        page.keyboard.press("ArrowDown")
    pytest.fail(f"The arrows do not lead to “{begins}”.")
