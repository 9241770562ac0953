"""The requests of the desk's vault, as they were read and as was done and seen since."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from kvcsr_widgets.pki.pending import Status
from kvcsr_widgets.runbook.requests import Requests
from kvcsr_widgets.vault.records import Operation

Found = Mapping[str, Operation | None]
"""Requests by name; None is one that is gone."""


class DeskRequests:
    """Those that have a CSR. What is learned while they are read is newer than the reading."""

    def __init__(self) -> None:
        self._here: dict[str, Operation] = {}
        self._newer: set[str] = set()

    @property
    def all(self) -> tuple[Operation, ...]:
        """By name."""
        return tuple(sorted(self._here.values(), key=lambda each: each.name.lower()))

    def put(self, operations: Iterable[Operation]) -> None:
        """These and no others: another vault is open, or none."""
        self._here = {each.name: each for each in operations}

    def begin(self) -> None:
        """They are about to be read."""
        self._newer.clear()

    def learn(self, found: Found) -> None:
        """Some were found to stand otherwise, or changed."""
        self._newer.update(found)
        self._here |= {name: each for name, each in found.items() if each is not None and each.csr}
        for name, each in found.items():
            if each is None or not each.csr:
                self._here.pop(name, None)

    def take(self, found: Requests) -> None:
        """They were read. What was not, and what was learned meanwhile, stays as it is."""
        names = {*(self._here if found.stopped else found.unknown), *self._newer}
        kept = {name: self._here[name] for name in names if name in self._here}
        read = {each.name: each for each in found.operations if each.name not in self._newer}
        self._here = read | kept

    def merged(self, names: Iterable[str]) -> Found:
        """Those of these names that are here, as they are after their merge."""
        known = {name: self._here[name] for name in names if name in self._here}
        return {name: replace(each, status=Status.COMPLETED) for name, each in known.items()}
