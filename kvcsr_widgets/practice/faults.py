"""Faults on demand: what a network and a busy service do, at the call that a drill names."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from kvcsr_widgets.errors import InputError
from kvcsr_widgets.practice.routes import ROUTES

OPERATIONS = frozenset(handler.__name__ for _method, _path, handler, _action in ROUTES)
"""The names of what can be asked of a vault."""

KINDS = ("latency", "throttled", "error", "drop-before", "drop-after")
MAX_SECONDS = 60
MAX_CALLS = 1_000_000
MAX_FAULTS = 100


class Dropped(Exception):  # noqa: N818 - an event on the wire, not a fault of the program
    """The connection breaks without an answer."""


@dataclass(frozen=True)
class Fault:
    """One fault. Raises InputError for a field out of its bounds.

    ``kind`` is ``latency`` (``seconds`` long), ``throttled`` (429, with ``Retry-After`` where
    ``retry_after`` is given in seconds), ``error`` (``status`` 500 or 503), ``drop-before`` or
    ``drop-after``: the connection breaks before or after the work was done.

    ``operation`` is the name of a route, such as ``merge``, or ``*`` for all. The fault hits from
    the ``call``-th such call on, counted from 1, and ``times`` times.
    """

    kind: str
    operation: str = "*"
    call: int = 1
    times: int = 1
    seconds: float = 1
    status: int = 503
    retry_after: int | None = None

    def __post_init__(self) -> None:
        whole = (self.call, self.times, self.status)
        wait = 0 if self.retry_after is None else self.retry_after
        if (
            self.kind not in KINDS
            or self.operation not in ("*", *OPERATIONS)
            or not all(type(number) is int for number in (*whole, wait))
            or not all(1 <= number <= MAX_CALLS for number in (self.call, self.times))
            or type(self.seconds) not in (int, float)
            or not 0 <= self.seconds <= MAX_SECONDS
            or self.status not in (500, 503)
            or not 0 <= wait <= MAX_SECONDS
        ):
            raise InputError(
                "This is no fault that the practice vault knows.",
                hint=f"kind is one of {', '.join(KINDS)}; operation is * or one of "
                f"{', '.join(sorted(OPERATIONS))}; call and times count from 1; status is "
                f"500 or 503; seconds and retry_after are at most {MAX_SECONDS}.",
            )

    @classmethod
    def from_json(cls, value: object) -> Fault:
        """A fault from the JSON object of a control call."""
        known = {field.name for field in fields(cls)}
        if not isinstance(value, Mapping) or not {"kind"} <= set(value) <= known:
            raise InputError(
                "A fault is an object with kind and, if need be, other fields.",
                hint=f"The fields are {', '.join(sorted(known))}.",
            )
        return cls(**value)

    def to_json(self) -> dict[str, Any]:
        """The fault as the JSON object that ``from_json`` reads."""
        return asdict(self)


class Faults:
    """The faults that wait for their call. Any thread may add and hit."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[tuple[Fault, int]] = []

    def add(self, fault: Fault) -> None:
        """Lay a fault in wait; its calls count from now. Raises InputError for too many."""
        with self._lock:
            if len(self._waiting) >= MAX_FAULTS:
                raise InputError(
                    f"{MAX_FAULTS} faults wait already.", hint="Clear them before adding more."
                )
            self._waiting.append((fault, 0))

    def lay(self, kind: str, operation: str = "*", **more: Any) -> None:
        """Lay a fault in wait that is told by its fields. Raises InputError as ``Fault`` does."""
        self.add(Fault(kind, operation, **more))

    def clear(self) -> None:
        """Forget all."""
        with self._lock:
            self._waiting.clear()

    def waiting(self) -> tuple[Fault, ...]:
        """Those that have not run out."""
        with self._lock:
            return tuple(fault for fault, _calls in self._waiting)

    def hit(self, operation: str) -> list[Fault]:
        """Count one call and give the faults that it meets."""
        if not self._waiting:
            return []
        with self._lock:
            counted = [
                (fault, calls + (fault.operation in ("*", operation)))
                for fault, calls in self._waiting
            ]
            met = [
                fault
                for (fault, calls), (_same, before) in zip(counted, self._waiting, strict=True)
                if calls > before and calls >= fault.call
            ]
            self._waiting = [
                (fault, calls) for fault, calls in counted if calls < fault.call + fault.times - 1
            ]
        return met
