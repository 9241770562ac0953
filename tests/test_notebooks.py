"""Every notebook is clean and runs from top to bottom, changing nothing."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from kvcsr_widgets.vault import session
from tests.clean_notebooks import NOTEBOOKS, complaints

PATHS = sorted(NOTEBOOKS.rglob("*.ipynb"))


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::DeprecationWarning")
def test_a_notebook_runs_and_changes_nothing(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    notebook = nbformat.read(path, as_version=4)

    NotebookClient(notebook, timeout=60, kernel_name="python3").execute()

    kinds = {output.output_type for cell in notebook.cells for output in cell.get("outputs", ())}
    assert "error" not in kinds
    assert "stream" not in kinds
    assert not (tmp_path / session.practice_path().parent.name).exists()


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_a_notebook_is_clean(path: Path) -> None:
    assert list(complaints(nbformat.read(path, as_version=4))) == []


HEAD = ("Purpose", "Permission", "Time", "You will see")
COURSE = [path for path in PATHS if path.name[0].isdigit()]


@pytest.mark.parametrize("path", COURSE, ids=lambda path: path.stem)
class TestTheCourse:
    def test_a_notebook_says_first_what_it_is_for(self, path: Path) -> None:
        first = nbformat.read(path, as_version=4).cells[0].source

        assert tuple(re.findall(r"^- \*\*([^*:]+):\*\* \S", first, re.MULTILINE)) == HEAD

    def test_it_ends_in_a_check(self, path: Path) -> None:
        code = [cell.source for cell in cells(path, "code")]

        assert ["Finished." in source for source in code] == [False] * (len(code) - 1) + [True]

    def test_its_cards_are_numbered_in_their_order(self, path: Path) -> None:
        code = "\n".join(cell.source for cell in cells(path, "code"))
        steps = [int(number) for number in re.findall(r"step=(\d+)", code)]

        assert steps == sorted(set(steps))
        assert steps[:1] == [1]

    def test_its_links_lead_somewhere_and_on(self, path: Path) -> None:
        text = "\n".join(cell.source for cell in cells(path, "markdown"))
        links = re.findall(r"\]\(([^)\s]+\.ipynb)\)", text)

        assert links
        assert all((NOTEBOOKS / link).is_file() for link in links)
        assert path.name not in links


def cells(path: Path, kind: str) -> list[Any]:
    """The cells of a kind, in their order."""
    read = nbformat.read(path, as_version=4)
    return [cell for cell in read.cells if cell.cell_type == kind]


KERNEL = {"name": "python3", "display_name": "Python 3"}


def notebook(source: str = "desk", **metadata: Any) -> Any:
    made = nbformat.v4.new_notebook(metadata={"kernelspec": KERNEL} | metadata)
    made.cells.append(nbformat.v4.new_code_cell(source))
    return made


def test_an_output_is_a_complaint() -> None:
    made = notebook()
    made.cells[0].outputs.append(nbformat.v4.new_output("stream", text="x"))

    assert list(complaints(made)) == ["cell 1 has outputs"]


def test_an_execution_count_is_a_complaint() -> None:
    made = notebook()
    made.cells[0].execution_count = 1

    assert list(complaints(made)) == ["cell 1 has an execution count"]


@pytest.mark.parametrize("source", ["def f(): pass", "class A: pass", "f = lambda: 1"])
def test_a_definition_is_a_complaint(source: str) -> None:
    assert "defines something" in next(complaints(notebook(source)))


def test_a_missing_kernelspec_is_a_complaint() -> None:
    assert list(complaints(notebook(kernelspec=KERNEL | {"name": "julia"}))) == [
        "it has no kernelspec python3"
    ]


def test_saved_widgets_are_a_complaint() -> None:
    assert list(complaints(notebook(widgets={}))) == ["it holds the state of widgets"]
