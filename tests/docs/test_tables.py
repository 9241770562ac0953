"""Every check, drill, command and mistake is documented, and as the code has it now."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from kvcsr_widgets.drills.catalogue import DRILLS
from kvcsr_widgets.pki.catalogue import CATALOGUE
from kvcsr_widgets.practice.mistakes import MISTAKES
from kvcsr_widgets.runbook.commands import Tool, steps
from tests.docs import tables
from tests.docs.pages import DOCS, PAGES, README, codes, read, rows


def first_cells(page: str) -> list[str]:
    """What stands in the first column of a page's tables as code."""
    found = (re.fullmatch(r"`([^`]+)`", cells[0]) for cells in rows(read(DOCS / page)))
    return [code[1] for code in found if code]


def test_every_check_is_documented() -> None:
    assert first_cells("checks.md") == list(CATALOGUE)


def test_the_readme_tells_their_number() -> None:
    assert f"[{len(CATALOGUE)} checks](docs/checks.md)" in read(README)


def test_every_drill_is_documented() -> None:
    assert first_cells("drills.md") == list(DRILLS)


def test_every_mistake_of_the_practice_ca_is_documented() -> None:
    assert set(first_cells("practice-vault.md")) >= set(MISTAKES)


def sections(page: str) -> Iterator[tuple[str, str]]:
    """The parts of a page below its headings of the third rank, by heading."""
    for part in re.split(r"^### ", read(DOCS / page), flags=re.MULTILINE)[1:]:
        head, _, text = part.partition("\n")
        yield head, text


def test_every_command_is_documented_in_every_tool() -> None:
    found = dict(sections("commands.md"))

    for step in get_args(steps.Step):
        told = re.findall(r"^\*\*(.+)\*\*$", found[step.__name__], flags=re.MULTILINE)
        assert told == [tool.value for tool in Tool], step.__name__
        assert len([*codes(found[step.__name__])]) == len(Tool), step.__name__


def test_each_part_is_on_one_page() -> None:
    assert sorted(name for page in PAGES for name in tables.parts_of(read(page))) == sorted(
        tables.PARTS
    )


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_comes_from_the_code_is_as_the_code_has_it(page: Path) -> None:
    text = read(page)
    assert tables.written(text) == text, "“make docs” writes it anew"


def test_an_old_part_is_noticed() -> None:
    page = "<!-- begin: checks -->\n\n| Code |\n\n<!-- end: checks -->\n"

    assert tables.parts_of(page) == ["checks"]
    assert tables.written(page) != page
    assert tables.written(tables.written(page)) == tables.written(page)


def test_a_text_of_the_code_breaks_no_table() -> None:
    assert tables._cell("a | b\n<c> *d*") == r"a \| b &lt;c> \*d\*"
