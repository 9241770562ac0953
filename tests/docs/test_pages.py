"""The pages hold what they promise: links, targets of make, the command, snippets."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path
from urllib.parse import unquote

import pytest

from kvcsr_widgets import cli
from kvcsr_widgets.vault.session import CLOUDS, SignIn
from tests.docs import snippets
from tests.docs.pages import (
    DOCS,
    NOTEBOOKS,
    PAGES,
    README,
    ROOT,
    anchors,
    codes,
    dead_links,
    links,
    prose,
    read,
    rows,
)

EVERY = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
TARGETS = set(re.findall(r"^([a-z]+):", MAKEFILE, flags=re.MULTILINE))
HEAD = MAKEFILE.partition("\n\n")[0]


@pytest.mark.parametrize("page", [*PAGES, *NOTEBOOKS], ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    assert list(dead_links(page)) == []


def test_a_dead_link_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.docs.pages.ROOT", tmp_path)
    page = tmp_path / "page.md"
    page.write_text(
        "# A `b`: c\n\n# A b: c\n\n[a](page.md#a-b-c) [b](#a-b-c-1) [c](#a-b-c-2) [d](none.md)\n"
        "[e](https://example.org/x) [f](/etc/passwd) `[g](none)`\n\n```\n# h\n[i](none)\n```\n",
        encoding="utf-8",
    )

    assert anchors(read(page)) == {"a-b-c", "a-b-c-1"}
    assert list(dead_links(page)) == ["#a-b-c-2", "none.md", "/etc/passwd"]


def test_every_page_can_be_reached_from_the_readme() -> None:
    reached, new = {README}, [README]
    while new:
        page = new.pop()
        for link in links(read(page)):
            target = (page.parent / link.partition("#")[0]).resolve()
            if target.suffix == ".md" and target not in reached and target.is_file():
                reached.add(target)
                new.append(target)
    assert set(PAGES) <= reached


def test_every_notebook_has_a_row_in_the_readme() -> None:
    first = " ".join(cells[0] for cells in rows(read(README)))
    assert [path.name for path in NOTEBOOKS if path.name not in first] == []


def test_the_badges_lead_to_notebooks_that_are_there() -> None:
    paths = [unquote(path) for path in re.findall(r"[?]urlpath=([^)\s]+)", read(README))]
    assert [path.partition("notebooks/")[0] for path in paths] == ["lab/tree/", "voila/render/"]
    for path in paths:
        assert (ROOT / "notebooks" / path.partition("notebooks/")[2]).is_file(), path


def test_every_picture_is_small_and_said_in_words() -> None:
    for page in PAGES:
        for words, target in re.findall(r"!\[([^\]]*)\]\(([^)\s]+)\)", prose(read(page))):
            assert words, target
            if not target.startswith("https://"):
                assert (page.parent / target).stat().st_size < 150_000, target


@EVERY
def test_make_has_every_target_that_is_told(page: Path) -> None:
    told = set(re.findall(r"\bmake ([a-z]+)\b(?! [a-z])", "\n".join(code_of(page))))
    assert told <= TARGETS


def code_of(page: Path) -> list[str]:
    """All that a page shows as code: lines that are no comments, and what stands in backticks."""
    blocks = [
        line.partition("#")[0] for code in codes(read(page)) for line in code.text.split("\n")
    ]
    return [*blocks, *re.findall(r"`([^`\n]+)`", prose(read(page)))]


def test_the_makefile_says_at_its_head_what_each_target_does() -> None:
    phony = re.search(r"^\.PHONY: (.+)$", MAKEFILE, flags=re.MULTILINE)
    assert phony
    said = re.findall(r"^# make ([a-z]+) +\S", HEAD, flags=re.MULTILINE)
    assert sorted(said) == sorted(phony[1].split())
    assert set(said) <= TARGETS


def subcommands() -> set[str]:
    """The words that ``kvcsr`` takes first, and those behind them."""
    tree = ast.parse((ROOT / "kvcsr_widgets" / "cli.py").read_text(encoding="utf-8"))
    return {
        call.args[0].value
        for call in ast.walk(tree)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr == "add_parser"
        and isinstance(call.args[0], ast.Constant)
        and isinstance(call.args[0].value, str)
    }


def test_every_subcommand_of_kvcsr_is_documented() -> None:
    found = subcommands()
    assert {"lab", "demo", "vault", "serve"} <= found
    told = set(" ".join(re.findall(r"`kvcsr ([a-z ]+)", read(DOCS / "commands.md"))).split())
    assert found <= told


def test_every_option_of_vault_serve_is_documented(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["vault", "serve", "--help"])
    options = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", capsys.readouterr().out)) - {"--help"}
    assert "--state" in options
    assert [each for each in options if f"`{each}" not in read(DOCS / "commands.md")] == []


def test_every_way_to_sign_in_is_documented() -> None:
    heads = re.findall(r"^### (.+)$", read(DOCS / "real-vaults.md"), flags=re.MULTILINE)
    for way in SignIn:
        assert way.value in [head[0].lower() + head[1:] for head in heads] + heads, way


def test_every_cloud_is_documented_with_its_sign_in() -> None:
    told = [" ".join(cells) for cells in rows(read(DOCS / "real-vaults.md"))]
    for domain, host in CLOUDS.items():
        assert [row for row in told if f"`{domain}`" in row and f"`{host}`" in row], domain


@EVERY
def test_python_of_the_pages_runs_on_the_practice_vault(page: Path, tmp_path: Path) -> None:
    done = snippets.run(page, tmp_path)
    assert done.returncode == 0, done.stderr


def test_a_snippet_that_fails_is_noticed(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("```python\nraise SystemExit(3)\n```\n```python\n1\n```\n", encoding="utf-8")

    assert snippets.run(page, tmp_path).returncode == 3


@EVERY
def test_python_of_the_pages_is_python(page: Path) -> None:
    for code in snippets.of(page):
        ast.parse(code.text)


@EVERY
def test_shell_of_the_pages_is_shell(page: Path) -> None:
    for code in codes(read(page)):
        if code.info.split(" ")[0] in ("sh", "bash"):
            done = subprocess.run(
                ["bash", "-n"], input=code.text, text=True, capture_output=True, check=False
            )
            assert done.returncode == 0, f"{page.name}:{code.line}: {done.stderr}"
