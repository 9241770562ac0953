"""The columns of the grid, and what its cells say: escaped text, ready for the browser."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import pandas as pd
from markupsafe import escape

from kvcsr_widgets.pki import facts
from kvcsr_widgets.runbook.entries import Key

Kind = Literal["text", "long", "host", "state", "time", "number", "thumbprint"]

PENDING = "Pending certificate created."
"""So begins what the service says of every request that is open (recorded): the state says it."""


@dataclass(frozen=True)
class Column:
    """A column: its name in the frame, its title, how it is shown and sorted.

    ``shown`` is whether it is there at first; ``details`` whether it takes a load with details,
    and is there only then.
    """

    name: str
    title: str
    kind: Kind = "text"
    shown: bool = False
    details: bool = False


COLUMNS = (
    Column("vault", "Vault", "host"),
    Column("name", "Name", shown=True),
    Column("state", "State", "state", shown=True),
    Column("next_step", "Next step", "long", shown=True),
    Column("enabled", "Enabled", shown=True),
    Column("expires", "Expires", "time", shown=True),
    Column("days_left", "Days left", "number", shown=True),
    Column("waiting_since", "Waiting since", "time"),
    Column("issuer", "Issuer"),
    Column("thumbprint", "Thumbprint", "thumbprint"),
    Column("said", "Error or status", "long", shown=True),
    Column("tags", "Tags", "long"),
    Column("created", "Created", "time"),
    Column("updated", "Updated", "time"),
    Column("not_before", "Valid from", "time"),
    Column("request_id", "Request id", "thumbprint"),
    Column("version", "Version", "thumbprint", details=True),
    Column("subject", "Subject", "long", shown=True, details=True),
    Column("names", "Names (SAN)", "long", shown=True, details=True),
    Column("key", "Key", shown=True, details=True),
    Column("serial", "Serial number", "thumbprint", details=True),
    Column("chain_length", "Chain length", "number", details=True),
)
"""What can be shown, in this order; ``said`` is the error, else what the request says."""

LONGEST = 1_000
"""Characters of a cell that are sent; the frame has all."""


def rows_of(frame: pd.DataFrame) -> dict[Key, str]:
    """Each row of an inventory's frame as a JSON array of escaped cells, by its key.

    Missing is an empty text, numbers are numbers, times are ``2026-01-31 12:00:00``.
    """
    cells = [_cells(frame, column) for column in COLUMNS]
    keys = map(Key, frame["vault"], frame["name"].fillna(""))
    return {
        key: json.dumps(row, ensure_ascii=False, separators=(",", ":"))
        for key, row in zip(keys, zip(*cells, strict=True), strict=True)
    }


def words_of(frame: pd.DataFrame) -> pd.Series[str]:
    """Of each row the error, else what the request says where the state does not say it."""
    words = frame["error"].fillna(frame["status_detail"]).fillna("")
    return words.where(~words.str.startswith(PENDING), "")


def _cells(frame: pd.DataFrame, column: Column) -> Sequence[str | int]:
    if column.name == "said":
        return _escaped(words_of(frame))
    if column.name not in frame:
        return [""] * len(frame)
    found = frame[column.name]
    if column.kind == "number":
        return ["" if number is pd.NA else int(number) for number in found]
    if column.kind == "time":
        return list(found.dt.strftime("%Y-%m-%d %H:%M:%S").fillna(""))
    if column.name == "enabled":
        return found.map({True: "enabled", False: "disabled"}).fillna("").to_list()
    if column.name == "tags":
        return _escaped(found.map(_tags))
    if column.name == "names":
        return _escaped(found.map(", ".join))
    return _escaped(found.astype("string").fillna(""))


def _escaped(texts: pd.Series[str]) -> list[str]:
    """As HTML, in which a stranger's text has no tag; long ones shortened."""
    return [str(escape(_plain(text[:LONGEST]) + "…" * (len(text) > LONGEST))) for text in texts]


def _plain(text: str) -> str:
    """No sign in it turns the letters around it; lines stay lines."""
    if text.isprintable():
        return text
    return "\n".join(map(facts.shown, text.split("\n")))


def _tags(tags: dict[str, str]) -> str:
    return ", ".join(f"{name}={value}" for name, value in tags.items())
