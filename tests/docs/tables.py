"""What the code itself says of checks, drills and commands, as parts of the pages.

A page marks such a part with ``<!-- begin: NAME -->`` and ``<!-- end: NAME -->``; ``make docs``
writes it anew, and a test fails while a page holds an old one.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator

from kvcsr_widgets.drills.catalogue import DRILLS
from kvcsr_widgets.drills.drill import Drill
from kvcsr_widgets.pki.catalogue import CATALOGUE, Entry
from kvcsr_widgets.practice.mistakes import MISTAKES
from kvcsr_widgets.runbook.commands import Command, Tool, commands, steps
from kvcsr_widgets.vault.causes import questions
from tests.runbook.as_run import STEPS, URL

LANGUAGES = {
    Tool.POWERSHELL: "powershell",
    Tool.CLI_BASH: "bash",
    Tool.CLI_POWERSHELL: "powershell",
    Tool.PYTHON: "python (an example)",
}
"""What stands behind the fence of a tool's text."""

_MARKED = re.compile(
    r"(<!-- begin: (?P<name>[a-z-]+) -->\n).*?(<!-- end: (?P=name) -->)", re.DOTALL
)


def checks() -> str:
    """The checks before a merge, a row each."""
    body = (
        _row(f"`{code}`", _levels(entry), _cell(entry.about), _cell(entry.advice))
        for code, entry in CATALOGUE.items()
    )
    return _table(("Code", "What it does", "What is found", "What to do"), body)


def _levels(entry: Entry) -> str:
    return " or ".join(level.value for level in entry.levels)


def mistakes() -> str:
    """The mistakes that the practice CA makes on demand, a row each."""
    body = (
        _row(f"`{name}`", _cell(mistake.label), ", ".join(f"`{code}`" for code in mistake.codes))
        for name, mistake in MISTAKES.items()
    )
    return _table(("Name", "The reply", "Found by"), body)


def drills() -> str:
    """The drills, a row each."""
    asked = {diagnosis.cause: question for question, diagnosis in questions()}
    body = (
        _row(f"`{drill.code}`", _cell(drill.title), _trained(drill, asked), _met(drill))
        for drill in DRILLS.values()
    )
    return _table(("Code", "The trouble", "The article's question", "Met at"), body)


def _trained(drill: Drill, asked: dict[str, str]) -> str:
    return "<br>".join(_cell(asked[code]) for code in drill.faq)


def _met(drill: Drill) -> str:
    return ", ".join(f"[{_short(address)}]({address})" for address in drill.met_at)


def _short(address: str) -> str:
    """A thread's address as people write it: ``owner/name#1``; of another page its host."""
    thread = re.fullmatch(
        r"https://github\.com/([\w.-]+/[\w.-]+)/(?:issues|pull|discussions)/(\d+)(?:#.*)?", address
    )
    return f"{thread[1]}#{thread[2]}" if thread else address.split("/")[2]


def texts() -> str:
    """Every step in every tool, filled with an example."""
    return "\n\n".join(_step(step) for step in STEPS)


def _step(step: steps.Step) -> str:
    kind = type(step)
    about = " ".join(inspect.cleandoc(kind.__doc__ or "").replace("``", "`").split())
    shown = (_shown(command) for command in commands(step, URL))
    return "\n\n".join(
        (
            f"### {kind.__name__}",
            about,
            "<details><summary>the text in each tool</summary>",
            *shown,
            "</details>",
        )
    )


def _shown(command: Command) -> str:
    said = "\n".join(f"- {_cell(note)}" for note in (*command.warnings, *command.notes))
    code = f"```{LANGUAGES[command.tool]}\n{command.text.rstrip()}\n```"
    return "\n\n".join(filter(None, (f"**{command.tool.value}**", code, said)))


def _table(head: tuple[str, ...], body: Iterator[str]) -> str:
    return "\n".join((_row(*head), _row(*("---" for _ in head)), *body))


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(text: str) -> str:
    """A text of the code as Markdown that shows it as it is."""
    plain = " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;")
    return re.sub(r"([|*\[\]\\])", r"\\\1", plain)


PARTS: dict[str, Callable[[], str]] = {
    "checks": checks,
    "mistakes": mistakes,
    "drills": drills,
    "commands": texts,
}
"""The parts by their names."""


def parts_of(page: str) -> list[str]:
    """The names of the parts that a page marks."""
    return [found["name"] for found in _MARKED.finditer(page)]


def written(page: str) -> str:
    """The page with its parts as the code says them now."""
    return _MARKED.sub(
        lambda found: f"{found[1]}\n{PARTS[found['name']]()}\n\n{found[3]}",
        page,
    )
