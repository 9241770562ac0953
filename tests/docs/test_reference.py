"""The reference is built from docstrings that are there, and asks for nothing on a network."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

from kvcsr_widgets.runbook import commands
from tests.docs import reference
from tests.docs.pages import ROOT

SOURCES = tuple(reference.sources())


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_everything_public_says_what_it_is(source: Path) -> None:
    assert list(reference.without_docstring(ast.parse(source.read_text(encoding="utf-8")))) == []


def test_what_is_silent_is_noticed() -> None:
    tree = ast.parse("class A:\n    def b(self): ...\n    def _c(self): ...\ndef d(): ...\n")
    assert list(reference.without_docstring(tree)) == ["the module", "A", "A.b", "d"]


class Fetches(HTMLParser):
    """What a browser would load by itself with a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in ("src", "srcset", "data") or (tag == "link" and name == "href"):
                self.found.append(value or "")

    def handle_data(self, data: str) -> None:
        if self.lasttag == "style":
            self.found += re.findall(r"(?:url\(|@import )\s*[\"']?([^\"')\s]+)", data)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reference")
    reference.build(folder)
    return folder


BEHIND = "kvcsr_widgets/runbook/commands/"
"""A room whose ``__init__`` says what of it is for others; the rest has no page."""


def modules() -> Iterator[str]:
    """The paths of the documented modules, without an ending."""
    for source in SOURCES:
        path = source.relative_to(ROOT).with_suffix("").as_posix().removesuffix("/__init__")
        if not path.startswith(BEHIND) or path.removeprefix(BEHIND) in commands.__all__:
            yield path


def test_every_module_has_a_page(built: Path) -> None:
    pages = {page.relative_to(built).with_suffix("").as_posix() for page in built.rglob("*.html")}
    assert pages == {"index", "kvcsr_widgets", *modules()}


def test_a_page_fetches_nothing_of_elsewhere(built: Path) -> None:
    for page in built.rglob("*.html"):
        fetches = Fetches()
        fetches.feed(page.read_text(encoding="utf-8"))
        away = [each for each in fetches.found if re.match(r"(?:\w+:)?//", each)]
        assert away == [], page


def test_what_is_fetched_is_noticed() -> None:
    fetches = Fetches()
    fetches.feed("<script src='//a'></script><style>@import 'https://b';</style><a href='//c'>")
    assert fetches.found == ["//a", "https://b"]
