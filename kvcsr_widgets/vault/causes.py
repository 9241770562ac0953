"""The catalogue of what goes wrong with a request, a merge, a sign-in or the network.

The files in the folder ``causes`` hold the causes, each under its id. A cause is recognised by

- ``codes``: the service's codes, those within, AADSTS and AKV numbers, any of which is sure;
- ``texts``: phrases, of which the longest found says most, and one of a status alone least; ``…``
  stands for a few words;
- ``statuses``: the HTTP statuses that it is bound to: 2 to 5 for all 2xx to 5xx, 0 for no answer;
- ``topic``: what a step is about that it is bound to.

It says what happened (``message``), ``why``, what to do now (``hint``), what to do besides with a
text that another program printed (``pasted``), and which ``notebook`` trains it; ``source`` is
where its texts were seen. A ``question`` is one that Microsoft's article answers.

In a sentence, ``[a “{name}”|b]`` is the first part where its values are known, else the second.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from kvcsr_widgets.vault.blanking import blanked
from kvcsr_widgets.vault.pasted import mended, one_line, read_part, within

MAX_VALUE = 200
"""Characters of a name, a host or an action that a sentence tells."""
GENERAL = "general"
"""The file with what is known by the status alone."""

_FILES = ("faq", "requests", "replies", "serving", "permissions", "signin", "network", GENERAL)
_SURE = 10_000
_CHOICE = re.compile(r"\[([^\[\]|]*)\|?([^\[\]|]*)\]")
_FIELD = re.compile(r"\{(\w+)\}")
_ACTION = re.compile(r"Action: '([\w./*-]{1,200})'")
_PERMISSION = re.compile(
    r"does not have (?P<objects>certificates|secrets|keys) (?P<permission>[a-z]{3,20}) permission",
    re.IGNORECASE,
)
_NAME = re.compile(
    r"(?:not found: |\(name/id\) |\bCertificate (?=\S+ is currently ))"
    r"([0-9A-Za-z-]{1,127})(?![\w.])"
)


@dataclass(frozen=True, slots=True)
class Mark:
    """What a cause is recognised by: a pattern for a text on one line, and how sure it makes.

    ``broken`` is for lines that were broken within a word, None where that would be a guess.
    """

    weight: int
    pattern: re.Pattern[str]
    broken: re.Pattern[str] | None


@dataclass(frozen=True, slots=True)
class Cause:
    """One thing that goes wrong; see the module for its fields.

    ``general`` is whether a status alone is enough for it.
    """

    id: str
    message: str
    why: str
    hint: str
    pasted: str
    notebook: str
    marks: tuple[Mark, ...]
    statuses: tuple[int, ...]
    topic: str
    question: str
    source: str
    general: bool

    def fits(self, status: int | None, topic: str) -> bool:
        """Whether it can be the cause of an answer with this status in a step about this topic.

        A status of None and an empty topic are ones that nobody knows.
        """
        if topic and self.topic not in ("", topic):
            return False
        if status is None:
            return True
        return not self.statuses or status in self.statuses or status // 100 in self.statuses

    def weight(self, line: str, *, broken: bool = False) -> tuple[int, int]:
        """How sure a text makes it: by the kind and length of what is found, then how early.

        ``broken`` is whether it is a text whose lines were joined as if broken within words.
        """
        patterns = ((m.weight, m.broken if broken else m.pattern) for m in self.marks)
        found = ((weight, p.search(line)) for weight, p in patterns if p is not None)
        return max(((weight, -at.start()) for weight, at in found if at), default=(0, 0))


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What happened, why, what to do now, and the file name of the notebook that trains it.

    ``cause`` is its id in the catalogue; ``text`` is what it was found in, without secrets.
    ``pasted`` is what to do besides where a person pasted the text; else it is not to be told.
    """

    cause: str
    message: str
    why: str
    hint: str
    notebook: str
    text: str = ""
    pasted: str = ""


def diagnose(text: str) -> Diagnosis | None:
    """What an error text from anywhere says: portal, PowerShell, Azure CLI, a CA's mail.

    What ``read_part`` takes of it is read. None for a text that the catalogue does not know.
    """
    part, _ = read_part(text)
    cause = find(part)
    return None if cause is None else told(cause, values_in(part), part)


def questions() -> tuple[tuple[str, Diagnosis], ...]:
    """The questions of Microsoft's article and their answers, in its order."""
    return tuple((each.question, told(each, {})) for each in catalogue() if each.question)


def find(text: str, *, status: int | None = None, topic: str = "") -> Cause | None:
    """The cause that a text, and the HTTP status of an answer if there is one, tell most about.

    Where that is none, or one of the status alone, the text is read once more, as one whose lines
    were quoted or broken within words.
    """
    part, _ = read_part(text)
    fitting = [cause for cause in catalogue() if cause.fits(status, topic)]
    best = _surest(fitting, one_line(part), broken=False)
    if best is None or best.general:
        return _surest(fitting, mended(part), broken=True) or best
    return best


def _surest(fitting: list[Cause], line: str, *, broken: bool) -> Cause | None:
    best, most = None, (0, 0)
    for cause in fitting:
        if (weight := cause.weight(line, broken=broken)) > most:
            best, most = cause, weight
    return best


def by_status(status: int) -> Cause:
    """What is known of an answer by its status alone."""
    general = (each for each in catalogue() if each.general and each.statuses)
    fitting = (each for each in general if each.fits(status, ""))
    return next(fitting, named("no-vault"))


def named(cause_id: str) -> Cause:
    """A cause by its id. Raises KeyError if there is none."""
    return {each.id: each for each in catalogue()}[cause_id]


def told(cause: Cause, values: Mapping[str, str], text: str = "") -> Diagnosis:
    """The cause in sentences.

    ``values`` are name, host, noun, role and permissions (what to ask for), code, wait (seconds),
    action, permission and objects (what was refused), where known.
    """
    known = _DEFAULTS | {field: value[:MAX_VALUE] for field, value in values.items() if value}
    message, why, hint = (_fill(each, known) for each in (cause.message, cause.why, cause.hint))
    return Diagnosis(cause.id, message, why, hint, cause.notebook, blanked(text), cause.pasted)


def values_in(text: str) -> dict[str, str]:
    """The certificate's name, the action or permission that is missing, as far as a text says."""
    part, _ = read_part(text)
    found = {"name": _NAME.search(part), "action": _ACTION.search(part)}
    missing = _PERMISSION.search(part)
    values = {field: match[1] for field, match in found.items() if match}
    return values | (missing.groupdict() if missing else {})


_DEFAULTS = {
    "noun": "certificate",
    "role": "Key Vault Certificates Officer",
    "permissions": "certificate permissions get, list, create and update",
    "code": "4xx",
}


def _fill(sentence: str, values: Mapping[str, str]) -> str:
    def choose(match: re.Match[str]) -> str:
        known = all(values.get(field) for field in _FIELD.findall(match[1]))
        return match[1] if known else match[2]

    return _FIELD.sub(lambda match: values[match[1]], _CHOICE.sub(choose, sentence))


@cache
def catalogue() -> tuple[Cause, ...]:
    """Every cause, those of one status alone last."""
    folder = resources.files("kvcsr_widgets.vault") / "causes"
    return tuple(
        cause
        for name in _FILES
        for cause in read(name, (folder / f"{name}.toml").read_text(encoding="utf-8"))
    )


def read(name: str, text: str) -> Iterator[Cause]:
    """The causes in a data file. Raises ValueError, with the file, for one that is wrong."""
    try:
        for cause_id, found in tomllib.loads(text).items():
            yield _cause(cause_id, found, general=name == GENERAL)
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{name}.toml: {error}") from error


def _cause(cause_id: str, found: dict[str, Any], *, general: bool) -> Cause:
    if unknown := set(found) - _MEMBERS:
        raise ValueError(f"{cause_id}: {', '.join(sorted(unknown))} unknown")
    codes, texts = found.get("codes", ()), found.get("texts", ())
    return Cause(
        id=cause_id,
        **{field: found[field] for field in ("message", "why", "hint", "source")},
        **{field: found.get(field, "") for field in ("pasted", "notebook", "topic", "question")},
        marks=(
            *(_mark(code, _SURE) for code in codes),
            *(_mark(phrase, 1 if general else len(phrase)) for phrase in texts),
        ),
        statuses=tuple(found.get("statuses", ())),
        general=general,
    )


_MEMBERS = {
    *("codes", "texts", "statuses", "topic", "question"),
    *("message", "why", "hint", "pasted", "notebook", "source"),
}


def _mark(phrase: str, weight: int) -> Mark:
    return Mark(weight, _pattern(phrase), within(phrase))


def _pattern(phrase: str) -> re.Pattern[str]:
    """A phrase at the edges of words, in upper or lower case, in a text on one line."""
    words = " ".join(phrase.split())
    before = r"(?<!\w)" if words[0].isalnum() else ""
    after = r"(?!\w)" if words[-1].isalnum() else ""
    return re.compile(before + re.escape(words).replace("…", ".{1,400}?") + after, re.IGNORECASE)
