"""The workbook: how long until something is there to press."""

from __future__ import annotations

import ast
import json
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser import lab, programs
from tests.browser.server import CLONE

NOTEBOOKS = CLONE / "notebooks"
ROUNDS = 15
THIRD_PARTY = re.compile(
    r"(anywidget|azure|cryptography|ipywidgets|itables|markupsafe|pandas|platformdirs|traitlets)\b"
)


def imports() -> None:
    """The slowest notebook's panels against the third-party modules that they load, in turns."""
    lines = {path.name: _imported(path) for path in sorted(NOTEBOOKS.glob("*.ipynb"))}
    slowest = max(lines, key=lambda name: _seconds(lines[name]))
    line = lines[slowest]
    loaded = _python(f"import sys; {line}; print('\\n'.join(sys.modules))")
    direct = [name for name in loaded.split() if THIRD_PARTY.match(name)]
    theirs = f"import {', '.join(direct)}"
    pairs = [(_seconds(line), _seconds(theirs)) for _ in range(ROUNDS)]
    ours, alone = (statistics.median(column) for column in zip(*pairs, strict=True))
    print(f"import of the panels of {slowest}, the slowest notebook")
    print(f"  {ours * 1000:.0f} ms; its third-party modules alone {alone * 1000:.0f} ms")
    print(f"  ratio {ours / alone:.3f} (target: at most 1.15)")


def _imported(notebook: Path) -> str:
    """What a notebook imports, as one line."""
    cells = json.loads(notebook.read_text())["cells"]
    source = "".join(cells[_first_code(cells)]["source"])
    [found] = [node for node in ast.parse(source).body if isinstance(node, ast.ImportFrom)]
    return ast.unparse(found)


def _first_code(cells: list[dict[str, str]]) -> int:
    return next(place for place, cell in enumerate(cells) if cell["cell_type"] == "code")


def first_panel() -> None:
    """From the start of JupyterLab to a press of Connect that was answered."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        args = ["--no-sandbox", "--disable-background-networking", "--disable-gpu"]
        browser = playwright.chromium.launch(executable_path=programs.chromium(), args=args)
        begin = time.perf_counter()
        with lab.running(Path(folder)) as url:
            served = time.perf_counter() - begin
            page = browser.new_page()
            page.goto(url)
            page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
            page.get_by_role("menuitem", name="Run", exact=True).click()
            page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
            page.get_by_role("button", name="Connect", exact=True).click()
            page.get_by_text("Connected to the practice vault.").wait_for()
            usable = time.perf_counter() - begin
        browser.close()
    print("make lab (installed) to the first panel used in Chromium")
    print(f"  {usable:.1f} s, of which {served:.1f} s until JupyterLab serves")


def _python(code: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout


def _seconds(statement: str) -> float:
    clock = "import time; t = time.perf_counter()"
    return float(_python(f"{clock}; {statement}; print(time.perf_counter() - t)"))
