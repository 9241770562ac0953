"""What the comparison says of the workbook is proven by tests that exist."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from tests.docs.pages import DOCS, README, ROOT, prose, read, rows

PAGES = (README, DOCS / "comparison.md")
_PROOF = re.compile(r"\[`(?P<name>test_\w+)`\]\((?P<file>[^)\s]+)\)")


@cache
def functions_of(path: Path) -> frozenset[str]:
    """The names of the tests in a file."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, kinds))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_test_that_is_named_exists(page: Path) -> None:
    proofs = list(_PROOF.finditer(prose(read(page))))
    assert proofs
    for proof in proofs:
        file = (page.parent / proof["file"]).resolve()
        assert file.is_relative_to(ROOT / "tests"), proof["file"]
        assert proof["name"] in functions_of(file), proof[0]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_test_is_named_without_its_file(page: Path) -> None:
    text = prose(read(page))
    assert len(re.findall(r"\btest_\w+`", text)) == len(_PROOF.findall(text))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_each_claim_of_the_workbook_has_a_proof(page: Path) -> None:
    claims = [cells for cells in rows(read(page)) if "**yes**" in cells]
    assert claims
    assert [cells[0] for cells in claims if not _PROOF.search(cells[-1])] == []
