"""When each pending request is looked at next, and what there is to tell of the answers."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from kvcsr_widgets.errors import ForbiddenError, KvcsrError
from kvcsr_widgets.pki.pending import Status
from kvcsr_widgets.runbook.changes import Change, Look, change
from kvcsr_widgets.runbook.entries import Key
from kvcsr_widgets.vault.records import Operation

USUAL = 10
"""Seconds from one look to the next where the vault names none; it names 10 (recorded)."""

LEAST, MOST = 5, 3_600
"""Bounds of those seconds."""

LONGEST_PAUSE = 300
"""Seconds at most from one look to the next at a vault in trouble."""

A_SECOND = 50
"""Looks a second, of all requests together; the service takes 400."""

AT_ONCE = 16
"""Looks that are under way at once."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something about the watch itself: a vault (``key`` has no name) or a request is not told of.

    ``at`` is when, an aware time; ``sentence`` is for a person.
    """

    key: Key
    at: datetime
    sentence: str


News = Change | Trouble


@dataclass(slots=True)
class _Watched:
    """A request as it was seen last; ``due`` is when it is looked at next."""

    operation: Operation
    due: float
    under_way: bool = False


@dataclass(slots=True)
class _Pause:
    """A vault that does not answer as it should; one look at a time finds out whether it does."""

    over: float
    failures: int = 1


class Schedule:
    """Whom to look at when, and what the answers mean. It asks nobody and has no clock.

    ``now`` is in seconds, of a clock that never goes back; ``at`` is an aware time.
    """

    def __init__(self) -> None:
        self._watched: dict[Key, _Watched] = {}
        self._pauses: dict[str, _Pause] = {}

    def __len__(self) -> int:
        return len(self._watched)

    @property
    def under_way(self) -> int:
        """How many looks are under way."""
        return sum(each.under_way for each in self._watched.values())

    def add(self, pending: Mapping[Key, Operation], now: float) -> None:
        """Watch more requests. What is watched stays so until a look shows that it is over."""
        fresh = {key: each for key, each in pending.items() if key not in self._watched}
        self._watched |= {key: _Watched(operation, now) for key, operation in fresh.items()}
        self._spread(fresh, now)

    def due(self, now: float) -> list[Key]:
        """Those to be looked at now; their looks are under way from here on."""
        room = AT_ONCE - self.under_way
        waiting = sorted(
            (each.due, place, key)
            for place, (key, each) in enumerate(self._watched.items())
            if not each.under_way and each.due <= now
        )
        chosen: list[Key] = []
        for _due, _place, key in waiting:
            if len(chosen) < room and self._may_ask(key.vault, now):
                self._watched[key].under_way = True
                chosen.append(key)
        return chosen

    def next_due(self) -> float | None:
        """When the next look is due, None where none is or all are under way."""
        return min(
            (
                max(each.due, pause.over if (pause := self._pauses.get(key.vault)) else each.due)
                for key, each in self._watched.items()
                if not each.under_way
            ),
            default=None,
        )

    def forget(self, key: Key) -> None:
        """Watch it no longer: its vault is not open any more."""
        self._watched.pop(key, None)

    def answered(self, key: Key, found: Look, now: float, at: datetime) -> list[News]:
        """A look came back. Gives what is to be told of it."""
        watched = self._watched.get(key)
        if watched is None:
            return []
        news: list[News] = []
        if self._pauses.pop(key.vault, None) is not None:
            news.append(Trouble(Key(key.vault, ""), at, f"{key.vault} answers again."))
            self._spread([each for each in self._watched if each.vault == key.vault], now)
        changed = change(key, watched.operation, found, at)
        if changed is not None:
            news.append(changed)
        after = found.operation
        if after is None or after.status is not Status.IN_PROGRESS:
            del self._watched[key]
        else:
            self._watched[key] = _Watched(after, now + self._seconds(after))
        return news

    def failed(self, key: Key, error: KvcsrError, now: float, at: datetime) -> list[News]:
        """A look failed. Gives what is to be told of it."""
        watched = self._watched.get(key)
        if watched is None:
            return []
        if isinstance(error, ForbiddenError):
            del self._watched[key]
            said = f"The request of “{key.name}” is watched no longer: {error.message}"
            return [Trouble(key, at, f"{said} {error.hint}".rstrip())]
        watched.under_way = False
        watched.due = now + self._seconds(watched.operation)  # the others of its vault go first
        pause = self._pauses.get(key.vault)
        if pause is None:
            self._pauses[key.vault] = _Pause(now + USUAL)
            said = f"{key.vault} is watched with longer pauses: {error.message}"
            return [Trouble(Key(key.vault, ""), at, said)]
        if now >= pause.over:  # else the look was under way when the pause began
            wait = min(USUAL * 2**pause.failures, LONGEST_PAUSE)
            self._pauses[key.vault] = _Pause(now + wait, pause.failures + 1)
        return []

    def _may_ask(self, vault: str, now: float) -> bool:
        pause = self._pauses.get(vault)
        if pause is None:
            return True
        asked = any(each.under_way for key, each in self._watched.items() if key.vault == vault)
        return now >= pause.over and not asked

    def _seconds(self, operation: Operation) -> float:
        """From one look at a request to the next: longer where there are very many of them."""
        told = min(max(operation.retry_after or USUAL, LEAST), MOST)
        return max(told, len(self._watched) / A_SECOND)

    def _spread(self, keys: Collection[Key], now: float) -> None:
        """Let looks be due one after another, not all at once."""
        for place, key in enumerate(keys, 1):
            watched = self._watched[key]
            watched.due = now + self._seconds(watched.operation) * place / len(keys)
