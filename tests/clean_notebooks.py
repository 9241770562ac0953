"""``python -m tests.clean_notebooks``: the notebooks as they are committed.

No outputs, no execution counts, no definitions, and a kernelspec, so that JupyterLab asks nothing.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


def complaints(notebook: Any) -> Iterator[str]:
    """What keeps a notebook from being committed."""
    if notebook.metadata.get("kernelspec", {}).get("name") != "python3":
        yield "it has no kernelspec python3"
    if "widgets" in notebook.metadata:
        yield "it holds the state of widgets"
    for number, cell in enumerate(notebook.cells, 1):
        if cell.cell_type != "code":
            continue
        if cell.outputs:
            yield f"cell {number} has outputs"
        if cell.execution_count is not None:
            yield f"cell {number} has an execution count"
        if any(isinstance(node, DEFINITIONS) for node in ast.walk(ast.parse(cell.source))):
            yield f"cell {number} defines something: notebooks hold no logic"


def main() -> int:
    """Print every complaint; 0 if there is none."""
    paths = sorted(NOTEBOOKS.rglob("*.ipynb"))
    found = [
        f"{path.name}: {complaint}"
        for path in paths
        for complaint in complaints(nbformat.read(path, as_version=4))
    ]
    print("\n".join(found) or f"{len(paths)} notebooks are clean")
    return 1 if found or not paths else 0


if __name__ == "__main__":
    sys.exit(main())
