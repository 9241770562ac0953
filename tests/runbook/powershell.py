"""PowerShell's documented rules for strings, read back: what a shell would make of our text.

It knows the forms that ``runbook.quoting`` and ``runbook.commands`` write and no others, so that
anything that left its quotes is an error here.
"""

from __future__ import annotations

import re

SINGLE = "'\u2018\u2019\u201a\u201b"
"""What PowerShell takes for a single quote (its tokenizer; about_Quoting_Rules: smart quotes)."""

_CHAR = re.compile(r"\[char\]0x([0-9A-F]+)|\[char\]::ConvertFromUtf32\(0x([0-9A-F]+)\)")


def string(source: str, at: int = 0) -> tuple[str, int]:
    """The string that begins at ``at``, and where it ends."""
    if source[at] == "(":
        return _sum(source, at + 1)
    assert source[at] in SINGLE, source[at:]
    found = ""
    at += 1
    while True:
        assert at < len(source), "the string is not closed"
        if source[at] in SINGLE:
            if source[at + 1 : at + 2] not in SINGLE or at + 1 == len(source):
                return found, at + 1
            at += 1
        found += source[at]
        at += 1


def _sum(source: str, at: int) -> tuple[str, int]:
    found, at = string(source, at)
    while source[at] != ")":
        assert source.startswith(" + ", at), source[at:]
        at += 3
        if char := _CHAR.match(source, at):
            found += chr(int(char[1] or char[2], 16))
            at = char.end()
        else:
            part, at = string(source, at)
            found += part
    return found, at + 1


def unquoted(source: str) -> str:
    """What one whole argument means."""
    found, end = string(source)
    assert end == len(source), f"left its quotes: {source[end:]}"
    return found


def handed_over(argument: str) -> str:
    """What Windows PowerShell puts on a batch file's command line for an argument.

    Quotes around it only for a blank that does not stand between quotes; quotes inside it are
    not escaped (PowerShell's NativeCommandParameterBinder, "Legacy").
    """
    quotes, blank, escaped = 0, False, False
    for mark in argument:
        if mark == '"' and not escaped:
            quotes += 1
        elif mark.isspace() and quotes % 2 == 0:
            blank = True
        escaped = mark == "\\"
    return f'"{argument}"' if blank else argument


def outside_quotes(line: str) -> str:
    """What cmd.exe reads outside of double quotes, where ``& | < > ^ ( )`` mean something."""
    return "".join(line.split('"')[::2])


def argument_of(line: str) -> str:
    """The one argument that Microsoft's C runtime makes of a command line (2008 and later)."""
    found, quoted, at = "", False, 0
    while at < len(line):
        slashes = len(line[at:]) - len(line[at:].lstrip("\\"))
        at += slashes
        if line[at : at + 1] != '"':
            found += "\\" * slashes
            if at < len(line):
                assert quoted or not line[at].isspace(), "two arguments"
                found += line[at]
        else:
            found += "\\" * (slashes // 2)
            if slashes % 2:
                found += '"'
            elif quoted and line[at + 1 : at + 2] == '"':
                found += '"'
                at += 1
            else:
                quoted = not quoted
        at += 1
    assert not quoted, "the argument is not closed"
    return found


HERE = re.compile(r"@'\n(.*?)\n'@", re.DOTALL)
"""A here-string in single quotes; a JSON line cannot begin with what ends it."""


def words(line: str) -> list[str]:
    """The words of a command line of bare words and strings, what each means."""
    found, at = [], 0
    while at < len(line):
        if line[at] == " ":
            at += 1
        elif line[at] in SINGLE + "(":
            word, at = string(line, at)
            assert line[at : at + 1] in ("", " "), line[at:]
            found.append(word)
        else:
            word = line[at:].split(" ", 1)[0]
            assert re.fullmatch(r"[A-Za-z0-9-]+", word), word
            found.append(word)
            at += len(word)
    return found


def without_strings(source: str) -> tuple[str, list[str]]:
    """A script with each string as ``'_'``, and what the strings mean, here-strings first."""
    strings = HERE.findall(source)
    source, kept, at = HERE.sub("_", source), "", 0
    while at < len(source):
        if source[at] in SINGLE or re.match(r"\('[^\n]*?' \+ \[char\]", source[at:]):
            value, at = string(source, at)
            strings.append(value)
            kept += "'_'"
        else:
            kept += source[at]
            at += 1
    return kept, strings
