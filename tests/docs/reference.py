"""``python -m tests.docs.reference FOLDER``: the reference of the modules, from their docstrings.

The pages ask for nothing on a network; formulas and diagrams, for which pdoc would ask a CDN, stay
off.
"""

from __future__ import annotations

import ast
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

import pdoc

from kvcsr_widgets import __version__
from tests.docs.pages import ROOT

PUBLIC_PRACTICE = ("clock", "faults", "roles")
"""What a drill of one's own takes of the practice vault; the rest of that room is its inside."""

SPECS = (
    "kvcsr_widgets",
    r"!kvcsr_widgets\.(cli|__main__|panels|voila)(\..*)?",
    rf"!kvcsr_widgets\.practice\.(?!({'|'.join(PUBLIC_PRACTICE)})$).*",
)
"""The modules that are documented, and those that are not, as pdoc reads it."""

ROOMS = ("pki", "vault", "runbook", "drills")
"""The rooms of which every module is documented."""


def build(folder: Path) -> None:
    """Write the reference. What pdoc warns of is an error."""
    pdoc.render.configure(
        docformat="restructuredtext",
        show_source=False,
        footer_text=f"kvcsr-widgets {__version__}",
    )
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        pdoc.pdoc(*SPECS, output_directory=folder)


def sources() -> Iterator[Path]:
    """The files of the modules that are documented."""
    package = ROOT / "kvcsr_widgets"
    yield package / "errors.py"
    for room in ROOMS:
        yield from sorted((package / room).rglob("*.py"))
    yield from (package / "practice" / f"{name}.py" for name in ("__init__", *PUBLIC_PRACTICE))


def without_docstring(tree: ast.Module) -> Iterator[str]:
    """The public classes, functions and methods of a module that say nothing of themselves."""
    if not ast.get_docstring(tree):
        yield "the module"
    for node in tree.body:
        yield from _silent(node, "")


def _silent(node: ast.stmt, within: str) -> Iterator[str]:
    if not isinstance(node, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
        return
    if node.name.startswith("_"):
        return
    if not ast.get_docstring(node) and not _is_overload(node):
        yield f"{within}{node.name}"
    if isinstance(node, ast.ClassDef):
        for member in node.body:
            yield from _silent(member, f"{node.name}.")


def _is_overload(node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any(ast.unparse(mark).endswith("overload") for mark in node.decorator_list)


if __name__ == "__main__":
    build(Path(sys.argv[1]))
