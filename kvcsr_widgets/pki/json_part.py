"""JSON objects of strangers: members by any of their spellings, types checked, none swallowed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NoReturn

from kvcsr_widgets.errors import InputError

MAX_SHOWN = 10
"""Members that one sentence names; more are counted."""

Members = Mapping[str, tuple[str, ...]]
"""Each member of an object as the wire spells it, and its other spellings."""


def load_object(text: str, *, limit: int) -> dict[str, object]:
    """The JSON object of a text of at most ``limit`` bytes. Raises InputError."""
    try:
        if len(text.encode()) > limit:
            raise InputError(
                f"This JSON is longer than {limit // 1024} KiB.",
                hint="Take the policy alone, without what stands around it.",
            )
        found = json.loads(
            text.removeprefix("\ufeff"), parse_constant=_refuse, object_pairs_hook=_once
        )
        json.dumps(found, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        raise InputError(
            f"This is no JSON: {error.msg} (line {error.lineno}, column {error.colno}).",
            hint="JSON takes double quotes, and no comma after the last member.",
        ) from None
    except RecursionError:
        raise InputError("This JSON is nested too deeply for a policy.") from None
    except ValueError as error:  # half a character, NaN, a number of thousands of digits
        raise InputError(f"This JSON cannot be used: {str(error)[:80]}.") from None
    if not isinstance(found, dict):
        raise InputError("This JSON is no object.", hint="A policy begins with { and ends with }.")
    return found


@dataclass
class Notes:
    """What is to be said about a reading; ``lost`` is what of it changes what is asked for."""

    unknown: list[str] = field(default_factory=list)
    defaults: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)

    def lose(self, remark: str) -> None:
        """Something was read that nothing here can say."""
        self.remarks.append(remark)
        self.lost.append(remark)

    def sentences(self) -> tuple[str, ...]:
        """One sentence each: remarks, what was not known, what was not said."""
        found = list(self.remarks)
        found += self._unknown()
        if self.defaults:
            found.append(f"Not said, and set as the vault would: {_listed(self.defaults)}.")
        return tuple(found)

    def losses(self) -> tuple[str, ...]:
        """One sentence each: what was read and is not in the result as it was."""
        return (*self.lost, *self._unknown())

    def _unknown(self) -> list[str]:
        return [f"Not known here and left out: {_listed(self.unknown)}."] if self.unknown else []


class Part:
    """One object and where it stands. Every getter gives None for what is absent or null.

    They raise InputError, with the path, for a value of another type.
    """

    def __init__(
        self, value: Mapping[str, object], path: str, members: Members, notes: Notes
    ) -> None:
        self._path = path
        self._notes = notes
        self._values: dict[str, object] = {}
        self._spelled: dict[str, str] = {}
        names = {_fold(each): name for name, more in members.items() for each in (name, *more)}
        for spelled, inner in value.items():
            name = names.get(_fold(spelled))
            if name is None:
                notes.unknown.append(self._under(spelled))
            elif name in self._spelled:
                _bad(self._under(spelled), f"it is said already as {self._spelled[name]}")
            else:
                self._spelled[name] = spelled
                self._values[name] = inner

    def __contains__(self, name: str) -> bool:
        return self._values.get(name) is not None

    @property
    def spellings(self) -> tuple[str, ...]:
        """The members that are known, as they were spelled."""
        return tuple(self._spelled.values())

    def path(self, name: str) -> str:
        """Where a member stands, as it was spelled."""
        return self._under(self._spelled.get(name, name))

    def text(self, name: str) -> str | None:
        """A member that is text."""
        value = self._values.get(name)
        if value is not None and not isinstance(value, str):
            _bad(self.path(name), "it must be text in double quotes")
        return value

    def number(self, name: str) -> int | None:
        """A member that is a whole number."""
        value = self._values.get(name)
        if value is not None and (not isinstance(value, int) or isinstance(value, bool)):
            _bad(self.path(name), "it must be a whole number without quotes")
        return value

    def flag(self, name: str) -> bool | None:
        """A member that is true or false."""
        value = self._values.get(name)
        if value is not None and not isinstance(value, bool):
            _bad(self.path(name), "it must be true or false")
        return value

    def texts(self, name: str) -> tuple[str, ...] | None:
        """A member that is a list of texts."""
        found = []
        for each in self._list(name) or ():
            if not isinstance(each, str):
                _bad(self.path(name), "it must hold texts in double quotes")
            found.append(each)
        return tuple(found) if name in self else None

    def part(self, name: str, members: Members) -> Part:
        """A member that is an object; without members where it is absent."""
        value = self._values.get(name)
        if value is not None and not isinstance(value, dict):
            _bad(self.path(name), "it must be an object in braces")
        return Part(value or {}, self.path(name), members, self._notes)

    def parts(self, name: str, members: Members) -> Iterator[Part]:
        """A member that is a list of objects."""
        for index, each in enumerate(self._list(name) or ()):
            path = f"{self.path(name)}[{index}]"
            if not isinstance(each, dict):
                _bad(path, "it must be an object in braces")
            yield Part(each, path, members, self._notes)

    def text_by_text(self, name: str) -> dict[str, str]:
        """A member that is an object of texts."""
        value = self._values.get(name)
        if value is None:
            return {}
        if not isinstance(value, dict) or not all(isinstance(v, str) for v in value.values()):
            _bad(self.path(name), "it must be an object of texts in double quotes")
        return dict(value)

    def _list(self, name: str) -> list[object] | None:
        value = self._values.get(name)
        if value is not None and not isinstance(value, list):
            _bad(self.path(name), "it must be a list in brackets")
        return value

    def _under(self, spelled: str) -> str:
        return f"{self._path}.{spelled[:40]}" if self._path else spelled[:40]


def _bad(path: str, why: str) -> NoReturn:
    raise InputError(f"{path} in the policy cannot be used: {why}.")


def _fold(spelled: str) -> str:
    return spelled.replace("_", "").lower()


def _listed(words: list[str]) -> str:
    more = len(words) - MAX_SHOWN
    return ", ".join(words[:MAX_SHOWN]) + (f" and {more} more" if more > 0 else "")


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no number")  # RFC 8259 section 6


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"“{twice[:40]}” stands there twice")
    return found
