"""What is quoted comes back unchanged, and nothing in it is run."""

from __future__ import annotations

import ast
import os
import subprocess
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kvcsr_widgets.errors import InputError
from kvcsr_widgets.runbook import quoting
from tests.runbook import powershell

SHELL = "'\"\\$`!@%&|<>^();,#~*?[]{}=+- \n\t\r\x1b\x07\x7f"
CURLY = "\u2018\u2019\u201a\u201b\u201c\u201d\u202e"
texts = st.text(
    st.one_of(
        st.sampled_from(SHELL + CURLY + "aé\u0111\u65e5\U0001f600"),
        st.characters(exclude_categories=["Cs"], exclude_characters="\0"),
    ),
    max_size=40,
)
BREAKOUTS = [
    "'; touch broken; '",
    "\u2019; New-Item broken; \u2019",
    "$(touch broken)",
    "`touch broken`",
    '"; touch broken; "',
    "!!",
    "a\ntouch broken\n",
    "a\x1b[201~\ntouch broken\n",
    "-n",
    "@/etc/passwd",
    'CN=www.contoso.com, O="Contoso, Inc.", C=US',
    'O="Contoso & Sons"',
    "%PATH%",
    "tail\\",
    "",
]


def through_bash(words: list[str], folder: Path) -> list[str]:
    """The arguments that bash makes of words, in a locale that knows ASCII alone."""
    done = subprocess.run(
        ["bash", "-c", "printf '%s\\0' " + " ".join(words)],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "LC_ALL": "C"},
        capture_output=True,
        check=True,
        timeout=30,
    )
    return [part.decode() for part in done.stdout.split(b"\0")[:-1]]


def test_bash_gets_every_hostile_text_unchanged(tmp_path: Path) -> None:
    assert through_bash([quoting.bash(text) for text in BREAKOUTS], tmp_path) == BREAKOUTS
    assert list(tmp_path.iterdir()) == []


@settings(max_examples=60)
@given(st.lists(texts, min_size=1, max_size=8))
def test_bash_gets_any_text_unchanged(found: list[str]) -> None:
    assert through_bash([quoting.bash(text) for text in found], Path.cwd()) == found


def test_an_interactive_bash_takes_nothing_from_its_history(tmp_path: Path) -> None:
    lines = [f"printf '%s|' {quoting.bash(text)}" for text in ("a!!b", "a!b\nc", "'!$'", "!-1")]
    done = subprocess.run(
        ["bash", "--norc", "-i", "-o", "histexpand", "-o", "history"],
        input="\n".join([*lines, ""]),
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "HISTFILE": str(tmp_path / "history"), "PS1": ""},
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert done.stdout == "a!!b|a!b\nc|'!$'|!-1|"


@given(texts)
def test_bash_text_is_one_line_that_can_be_seen(text: str) -> None:
    assert quoting.bash(text).isprintable()


@given(texts)
@example("it's")
@example("it\u2019s \u2018so\u2019")
@example("a\u2019; calc; \u2019b")
@example("a\0b\ud800")
def test_powershell_reads_any_text_unchanged(text: str) -> None:
    quoted = quoting.powershell(text)

    assert powershell.unquoted(quoted) == text
    assert quoted.isascii()
    assert quoted.isprintable()


def test_powershell_text_is_plain_where_it_can_be() -> None:
    assert quoting.powershell('CN=a, O="b, c" $(x) `n it\'s') == "'CN=a, O=\"b, c\" $(x) `n it''s'"
    assert quoting.powershell("M\xfcller") == "('M' + [char]0xFC + 'ller')"
    assert quoting.powershell("\n") == "('' + [char]0xA)"


@given(texts)
@example('CN=www.contoso.com, O="Contoso, Inc.", C=US')
@example('O="a&b"')
@example('"')
@example("")
def test_az_gets_any_text_from_powershell_unchanged_or_the_text_is_refused(text: str) -> None:
    try:
        quoted = quoting.cli_in_powershell(text)
    except InputError:
        assert not quoting.passes_everywhere(text)
        return
    line = powershell.handed_over(powershell.unquoted(quoted))

    assert powershell.argument_of(line) == text
    assert not set(powershell.outside_quotes(line)) & set("&|<>^()\r\n")
    assert "%" not in line
    if quoting.passes_everywhere(text):
        assert powershell.unquoted(quoted) == text  # as newer versions hand it over


@pytest.mark.parametrize("text", ["100%", "a\nb", "tail\\", '\\"', "\x1b"])
def test_what_cmd_would_change_is_refused_for_az_in_powershell(text: str) -> None:
    with pytest.raises(InputError, match="cannot be given to az"):
        quoting.cli_in_powershell(text)


def test_az_in_powershell_has_its_quotes_doubled() -> None:
    assert quoting.cli_in_powershell("@policy.json") == "'@policy.json'"
    assert quoting.cli_in_powershell('O="Contoso, Inc."') == '\'"O=""Contoso, Inc."""\''


@given(st.text(max_size=40))
def test_python_reads_any_text_unchanged(text: str) -> None:
    quoted = quoting.python(text)

    assert ast.literal_eval(quoted) == text
    assert quoted.isprintable()


def test_the_portal_takes_the_text_without_quotes() -> None:
    assert quoting.portal('OU="Docs,Contoso"') == 'OU="Docs,Contoso"'
    with pytest.raises(InputError, match="line end"):
        quoting.portal("a\nb")


@pytest.mark.parametrize("tool", [quoting.bash, quoting.cli_in_powershell, quoting.portal])
@pytest.mark.parametrize("text", ["a\0b", "\ud800"])
def test_what_no_command_line_holds_is_refused(tool: object, text: str) -> None:
    assert callable(tool)
    with pytest.raises(InputError):
        tool(text)
