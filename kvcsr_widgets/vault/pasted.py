"""A text as people paste it: how much of it is read, and the lines that something else broke."""

from __future__ import annotations

import re

MAX_TEXT = 20_000
"""Characters that are read at the start of a text, and again at its end."""
MIN_PHRASE = 15
"""Letters and signs of a phrase that is looked for in lines that were broken within a word."""

_SEAM = "\n…\n"
_MARKS = " \t>|│┃"
_KEY_MARKS = re.compile(r"-----(BEGIN|END) [A-Z ]{0,40}PRIVATE KEY-----")


def read_part(text: str) -> tuple[str, str]:
    """What is read of a text, and a sentence that says so where it is not all of it.

    The start and the end: programs that tell all they do have the error last. The end begins with
    a whole line, and not within a private key, so that no secret is parted from what it is known
    by.
    """
    if len(text) <= 2 * MAX_TEXT:
        return text, ""
    end = _end(text)
    if not end:
        return text[:MAX_TEXT], f"The first {MAX_TEXT:,} characters were read."
    told = f"The first and the last {MAX_TEXT:,} characters were read."
    return f"{text[:MAX_TEXT]}{_SEAM}{end}", told


def _end(text: str) -> str:
    """The end of a text from a whole line on, and after a private key that began before it.

    Nobody has a key of more than ``MAX_TEXT`` characters.
    """
    start = text.find("\n", len(text) - MAX_TEXT + len(_SEAM)) + 1
    if not start:
        return ""
    *_, last = ("END", *(mark[1] for mark in _KEY_MARKS.finditer(text, start - MAX_TEXT, start)))
    if last == "END":
        return text[start:]
    ends = (mark.end() for mark in _KEY_MARKS.finditer(text, start) if mark[1] == "END")
    return text[next(ends, len(text)) :]


def one_line(text: str) -> str:
    """The text on one line, with one blank between words."""
    return " ".join(text.split())


def mended(text: str) -> str:
    """The text on one line, without what wrapping or quoting put at the breaks of its lines.

    Breaks leave nothing behind: whether one stood between two words or within one is not known,
    and ``within`` finds a phrase either way.
    """
    lines = (each.strip().removesuffix("=").lstrip(_MARKS) for each in text.splitlines())
    return one_line("".join(lines))


def within(phrase: str) -> re.Pattern[str] | None:
    """A phrase in a mended text; None for one that is too short to be sure of."""
    words = phrase.split()
    if len("".join(words)) < MIN_PHRASE:
        return None
    last = r"(?!\d)" if words[-1][-1].isdigit() else ""
    found = " ?".join(re.escape(word) for word in words)
    return re.compile(found.replace("…", ".{1,400}?") + last, re.IGNORECASE)
