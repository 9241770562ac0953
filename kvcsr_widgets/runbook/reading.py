"""What is read of one certificate beside the list: its request, itself, its chain."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from typing import Any

from kvcsr_widgets.errors import ForbiddenError, NotFoundError, VaultError
from kvcsr_widgets.runbook.entries import Part
from kvcsr_widgets.vault.client import Vault
from kvcsr_widgets.vault.records import Bundle, Certificate, Operation

REFUSALS = 5
"""Once so many reads of a vault were refused and none was allowed, no more are asked for."""


@dataclass(frozen=True, slots=True)
class Due:
    """What is to be read of one certificate: ``parts``, one after another.

    ``version`` is whose chain is read. ``after`` is the time of ``time.monotonic`` from which on.
    """

    vault: Vault
    certificate: Certificate
    parts: tuple[Part, ...]
    version: str = ""
    after: float = 0.0


@dataclass(frozen=True, slots=True)
class Read:
    """What was read of it. ``error`` is why not all of it, and ``failed`` the part that it met."""

    due: Due
    operation: Operation | None = None
    bundle: Bundle | None = None
    chain_length: int | None = None
    error: VaultError | None = None
    failed: Part | None = None

    @property
    def knows_request(self) -> bool:
        """Whether the vault told which request there is, or that there is none."""
        return Part.REQUEST in self.due.parts and self.failed is not Part.REQUEST

    @property
    def knows_chain(self) -> bool:
        """Whether the vault was asked for the chain and said what it says of it."""
        return Part.CHAIN in self.due.parts and self.error is None


class Reader:
    """Reads certificates, in any threads. An error ends the reading of one certificate only.

    Who may not read the first ones of a vault may not read the others: they are not asked for.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._refused: dict[tuple[str, bool], list[ForbiddenError]] = {}
        self._allowed: set[tuple[str, bool]] = set()

    def read(self, due: Due) -> Read:
        """What is due of one certificate, as far as it can be read."""
        found = Read(due)
        for part in due.parts:
            try:
                found = replace(found, **self._answer(due, part))
            except VaultError as error:
                return replace(found, error=error, failed=part)
        return found

    def _answer(self, due: Due, part: Part) -> dict[str, Any]:
        what = (due.vault.host, part is Part.CHAIN)  # a chain takes a permission of its own
        self._check(what)
        try:
            answer = _ask(due, part)
        except ForbiddenError as error:
            with self._lock:
                self._refused.setdefault(what, []).append(error)
            raise
        with self._lock:
            self._allowed.add(what)
        return answer

    def _check(self, what: tuple[str, bool]) -> None:
        """Raises ForbiddenError for what was refused so often that it is not asked for."""
        with self._lock:
            refused = self._refused.get(what, [])
            if len(refused) < REFUSALS or what in self._allowed:
                return
        first = refused[0]
        raise ForbiddenError(
            f"This was not read: {what[0]} refused the same for other certificates.",
            why=first.why,
            hint=first.hint,
            notebook=first.notebook,
            status=first.status,
            code=first.code,
            inner_code=first.inner_code,
            cause=first.cause,
        )


def _ask(due: Due, part: Part) -> dict[str, Any]:
    """The answer by the field of ``Read`` that it is for."""
    name = due.certificate.name
    if part is Part.REQUEST:
        return {"operation": request_of(due.vault, name)}
    if part is Part.CERTIFICATE:
        return {"bundle": due.vault.bundle(name)}
    return {"chain_length": due.vault.chain_length(name, due.version)}


def request_of(vault: Vault, name: str) -> Operation | None:
    """The request of a certificate, None where it has none. Raises VaultError."""
    try:
        return vault.operation(name)
    except NotFoundError:
        return None
