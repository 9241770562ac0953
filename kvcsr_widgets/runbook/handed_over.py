"""Which CSR left for the CA: kept between notebooks, as the reply comes back in another one.

A file in the user's data folder holds hashes alone, and the names of vaults and requests. Without
it, or where it cannot be read, nothing is known; the CSR itself, put beside the reply, tells the
same.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import platformdirs

from kvcsr_widgets.errors import InputError
from kvcsr_widgets.pki.csr import SigningRequest
from kvcsr_widgets.pki.pending import SentCsr

MAX_KEPT = 1_000
"""Requests that are remembered; the one that left first is forgotten first."""

MAX_BYTES = 1024 * 1024
"""The largest file that is read, in bytes; the largest that is written has a third of it."""


def notes_path() -> Path:
    """Where it is kept."""
    return platformdirs.user_data_path("kvcsr-widgets", appauthor=False) / "handed-over.json"


def hand_over(host: str, name: str, csr: SigningRequest) -> None:
    """The CSR of the request ``name`` in the vault ``host`` leaves for the CA.

    Raises InputError where that cannot be written down.
    """
    hand_over_all([(host, name, csr)])


def hand_over_all(left: Iterable[tuple[str, str, SigningRequest]]) -> None:
    """The same of many: vault, request and CSR of each. Only the last ``MAX_KEPT`` are kept."""
    kept = _read()
    for host, name, csr in left:
        kept.pop(_place(host, name), None)
        sent = SentCsr.of(csr)
        kept[_place(host, name)] = [sent.sha256, sent.key]
    try:
        _write(dict(list(kept.items())[-MAX_KEPT:]))
    except OSError as error:
        raise InputError(
            "It cannot be written down which CSR left for the CA.",
            why=f"{notes_path().parent}: {error.strerror}.",
            hint="Keep the CSR, and put it beside the CA's reply before the merge.",
        ) from error


@dataclass(frozen=True)
class HandedOver:
    """What is written down: for vault and request the hashes of the CSR that left last."""

    kept: Mapping[str, Sequence[str]]

    def of(self, host: str, name: str) -> SentCsr | None:
        """The CSR that left last for this request, None if nobody knows."""
        found = self.kept.get(_place(host, name))
        return SentCsr(*found) if found else None


def read() -> HandedOver:
    """All that is written down, read once."""
    return HandedOver(_read())


def _place(host: str, name: str) -> str:
    return f"{host}/{name}".lower()


def _read() -> dict[str, list[str]]:
    path = notes_path()
    try:
        if path.stat().st_size > MAX_BYTES:
            return {}
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(found, dict):
        return {}
    return {place: told for place, told in found.items() if _is_told(told)}


def _is_told(told: Any) -> bool:
    return isinstance(told, list) and len(told) == 2 and all(isinstance(one, str) for one in told)


def _write(kept: dict[str, list[str]]) -> None:
    """Whole or not at all: another notebook may read it meanwhile."""
    path = notes_path()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(kept, file)
    Path(name).replace(path)
