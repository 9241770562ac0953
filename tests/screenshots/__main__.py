"""``python -m tests.screenshots [PANEL...]`` takes every scene's picture, as ``make screenshots``.

They go into ``screenshots/``: each in JupyterLab's three themes, in a wide and in a narrow window,
and ``index.html`` beside them shows all.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from markupsafe import Markup
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from tests.browser import lab, programs, server
from tests.browser.conftest import QUIET
from tests.browser.steps import menu
from tests.screenshots.scenes import SCENES, Scene

FOLDER = server.CLONE / "screenshots"
THEMES = {
    "light": "JupyterLab Light",
    "dark": "JupyterLab Dark",
    "contrast": "JupyterLab Dark High Contrast",
}
WIDTHS = {"wide": 1300, "narrow": 560}
"""Of the window, in pixels."""

HEIGHT = 4_000
"""What scrolls out of the window is in no picture: the tallest panel has room."""

SETTINGS = "home/.jupyter/lab/user-settings/@jupyterlab"
SECONDS = 120


def main(wanted: Sequence[str]) -> int:
    """Take the pictures of these panels, of all if none is named. Returns the exit status."""
    scenes = [each for each in SCENES if not wanted or each.panel in wanted]
    if not scenes:
        print(f"There is no panel {', '.join(wanted)}: see tests/screenshots/scenes.py.")
        return 1
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name, lab.running(Path(name)) as url, chromium() as found:
        for theme in THEMES:
            prepare(Path(name), theme, scenes)
            page = found.new_page(viewport={"width": WIDTHS["wide"], "height": HEIGHT})
            page.set_default_timeout(SECONDS * 1_000)
            page.goto(url.replace("/lab/tree", "/doc/tree").replace("00-start-here", theme))
            take(page, theme, scenes)
            page.close()
    (FOLDER / "index.html").write_text(index(), encoding="utf-8")
    print(f"{FOLDER / 'index.html'} shows them all.")
    return 0


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser of the tests."""
    path = programs.chromium()
    assert path, programs.MISSING
    root = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=[*QUIET, *root])
        yield started
        started.close()


def prepare(folder: Path, theme: str, scenes: Sequence[Scene]) -> None:
    """A notebook with a cell for each scene, and JupyterLab in this theme."""
    put(f"{folder}/{SETTINGS}/apputils-extension/themes.jupyterlab-settings", theme=THEMES[theme])
    whole = {"windowingMode": "none"}  # cells out of sight are there, too
    put(f"{folder}/{SETTINGS}/notebook-extension/tracker.jupyterlab-settings", **whole)
    kernel = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
    put(
        f"{folder}/clone/notebooks/{theme}.ipynb",
        cells=[cell(f"from tests.screenshots.show import show\nshow({s.name!r})") for s in scenes],
        metadata={"kernelspec": kernel},
        nbformat=4,
        nbformat_minor=4,
    )


def put(path: str, **content: Any) -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(json.dumps(content), encoding="utf-8")


def cell(source: str) -> dict[str, Any]:
    """A cell of which only what it shows is seen."""
    hidden = {"jupyter": {"source_hidden": True}}
    return {
        "cell_type": "code",
        "source": source,
        "metadata": hidden,
        "outputs": [],
        "execution_count": None,
    }


def take(page: Page, theme: str, scenes: Sequence[Scene]) -> None:
    """Run the notebook and take what each cell shows, in each width."""
    expect(page.get_by_text("Python 3 (ipykernel) | Idle")).to_be_visible(timeout=SECONDS * 1_000)
    menu(page, "Run", "Run All Cells")
    outputs = page.locator(".jp-Notebook .jp-Cell .jp-Cell-outputWrapper")
    for place, scene in enumerate(scenes):
        card = outputs.nth(place).locator(".kvcsr-card").first
        expect(card, scene.name).to_be_visible(timeout=SECONDS * 1_000)
    for size, width in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": HEIGHT})
        page.wait_for_timeout(2_000)  # what was wrapped anew is drawn
        for place, scene in enumerate(scenes):
            shoot(outputs.nth(place), f"{scene.name}-{theme}-{size}")


def shoot(output: Locator, name: str) -> None:
    output.screenshot(path=FOLDER / f"{name}.png")
    print(name)


def index() -> str:
    """A page with all pictures that are there."""
    figure = Markup(
        '<figure><img src="{0}.png" loading="lazy"><figcaption>{0}</figcaption></figure>'
    )
    names = sorted(path.stem for path in FOLDER.glob("*.png"))
    return Markup("<!doctype html><title>Screenshots</title>{}").format(
        Markup("").join(map(figure.format, names))
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
