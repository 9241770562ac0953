"""Every notebook is clean and runs from top to bottom, changing nothing."""

from __future__ import annotations

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
    assert not list(tmp_path.rglob(session.practice_path().name))


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_a_notebook_is_clean(path: Path) -> None:
    assert list(complaints(nbformat.read(path, as_version=4))) == []


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
