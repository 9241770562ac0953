"""The pages of the documentation, and what stands in them: links, headings, code, table rows."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

import nbformat

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
DOCS = ROOT / "docs"
PAGES = (README, *sorted(DOCS.glob("*.md")))
NOTEBOOKS = tuple(sorted((ROOT / "notebooks").glob("*.ipynb")))

_FENCE = re.compile(
    r"^ *(?P<mark>```+)(?P<info>[^\n`]*)\n(?P<code>.*?)^ *(?P=mark) *$", re.MULTILINE | re.DOTALL
)
_INLINE = re.compile(r"`[^`\n]*`")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_LINK = re.compile(r"\]\(\s*<?(?P<target>[^()\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)")
_HEADING = re.compile(r"^#{1,6}\s+(?P<text>.+?)\s*#*$", re.MULTILINE)
_WEB = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)


@dataclass(frozen=True)
class Code:
    """A block of code: the words after its fence, what it holds, and its line on the page."""

    info: str
    text: str
    line: int


def read(path: Path) -> str:
    """A page's or a notebook's text; of a notebook, its prose."""
    if path.suffix != ".ipynb":
        return path.read_text(encoding="utf-8")
    cells = nbformat.read(path, as_version=4).cells
    return "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")


def codes(text: str) -> Iterator[Code]:
    """The blocks of code, from top to bottom."""
    for found in _FENCE.finditer(text):
        line = text.count("\n", 0, found.start()) + 2
        yield Code(found["info"].strip(), textwrap.dedent(found["code"]), line)


def prose(text: str) -> str:
    """The text without blocks of code and without comments."""
    return _COMMENT.sub("", _FENCE.sub("", text))


def links(text: str) -> Iterator[str]:
    """Where the text links to on this disk: paths as they are written, anchors too."""
    for found in _LINK.finditer(_INLINE.sub("", prose(text))):
        if not _WEB.match(found["target"]):
            yield unquote(found["target"])


def anchors(text: str) -> set[str]:
    """The anchors of the headings, as GitHub makes them."""
    found: set[str] = set()
    for heading in _HEADING.finditer(prose(text)):
        words = re.sub(r"[^\w\- ]", "", heading["text"].lower()).replace(" ", "-")
        number, anchor = 0, words
        while anchor in found:
            number += 1
            anchor = f"{words}-{number}"
        found.add(anchor)
    return found


def notebook_anchors(text: str) -> set[str]:
    """The anchors of the headings, as JupyterLab makes them."""
    return {heading["text"].replace(" ", "-") for heading in _HEADING.finditer(prose(text))}


def dead_links(path: Path) -> Iterator[str]:
    """The links of a page or a notebook that lead nowhere."""
    for link in links(read(path)):
        file, _, anchor = link.partition("#")
        target = (path.parent / file).resolve() if file else path
        if (
            not target.is_relative_to(ROOT)
            or not target.exists()
            or (anchor and anchor not in _anchors_of(target))
        ):
            yield link


def _anchors_of(path: Path) -> set[str]:
    make = notebook_anchors if path.suffix == ".ipynb" else anchors
    return make(read(path)) if path.suffix in (".md", ".ipynb") else set()


def rows(text: str) -> Iterator[list[str]]:
    """The rows of the text's tables, as lists of cells; heads too, but no line of dashes."""
    for line in prose(text).splitlines():
        if line.startswith("|") and not re.fullmatch(r"[|\s:-]+", line):
            yield [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))]
