"""An inventory's frame as a file: CSV for spreadsheets, JSON for programs."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

import pandas as pd

BOM = "\ufeff"
"""Without it, Excel takes a CSV file for one in the machine's old code page."""

_BLANK = r"\s\x00-\x1f\u200b-\u200f\u2060\ufeff"
_SIGNS = r"[=+\-@'＝＋－＠]"  # noqa: RUF001
_START = re.compile(rf"[{_BLANK}]*{_SIGNS}|[\t\r\n]")
_AFTER = re.compile(rf"([;\t\r\n][{_BLANK}\"]*)(?={_SIGNS})")
"""Where a spreadsheet may take what follows for a formula (OWASP, CSV Injection).

That is a cell's begin. Where lists are separated by semicolons, it is also what follows one within
a cell: quotes do not hold there. An apostrophe counts too, so that each one that was added can be
told from one that was there.
"""


def to_csv(frame: pd.DataFrame) -> bytes:
    """A frame, or some of its rows and columns, as a table for spreadsheets.

    RFC 4180 in UTF-8 with a byte order mark; times as ISO 8601 in UTC; booleans as true and false;
    what is missing is empty. Tags are ``key=value``, names as they are, both joined by ``; `` with
    a backslash before a backslash or semicolon that belongs to them, and before a ``=`` of a key.
    Text that a spreadsheet could take for a formula has an apostrophe before it: vaults, tags and
    certificates are filled by strangers.
    """
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow([harmless(str(name)) for name in frame.columns])
    writer.writerows([_cell(value) for value in row] for row in _rows(frame))
    return (BOM + file.getvalue()).encode("utf-8", "backslashreplace")


def to_json(frame: pd.DataFrame) -> bytes:
    """A frame, or some of its rows and columns, as a JSON list of an object for each row.

    UTF-8, an object a line, its keys in the order of the columns; times as ISO 8601 in UTC; what
    is missing is null; tags are an object, names a list, and a policy is an object, too.
    """
    columns = [str(name) for name in frame.columns]
    lines = (_line(dict(zip(columns, row, strict=True))) for row in _rows(frame))
    body = ",\n".join(lines)
    return f"[\n{body}\n]\n".encode("utf-8", "backslashreplace")


def harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    inside = _AFTER.sub(r"\1'", text)
    return f"'{inside}" if _START.match(text) else inside


def _rows(frame: pd.DataFrame) -> Iterable[tuple[Any, ...]]:
    """The rows as plain values; None for what is missing."""
    if not len(frame.columns):
        return iter(())
    return zip(*([_plain(each) for each in frame[name]] for name in frame.columns), strict=True)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): str(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [str(each) for each in value]
    if pd.isna(value):
        return None
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return value.item() if hasattr(value, "item") else value


def _cell(value: Any) -> str:
    if isinstance(value, dict):
        pairs = (f"{_marked(key, ';=')}={_marked(each, ';')}" for key, each in value.items())
        return harmless("; ".join(pairs))
    if isinstance(value, list):
        return harmless("; ".join(_marked(each, ";") for each in value))
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return harmless(value) if isinstance(value, str) else str(value)


def _marked(text: str, marks: str) -> str:
    """With a backslash before each of the marks, and before a backslash."""
    return re.sub(rf"([\\{marks}])", r"\\\1", text)


def _line(row: dict[str, Any]) -> str:
    policy = row.get("policy")
    if isinstance(policy, str):
        row["policy"] = _parsed(policy)
    return json.dumps(row, ensure_ascii=False, allow_nan=False)


def _parsed(text: str) -> Any:
    """What a text is as JSON, where it is an object; otherwise the text."""
    try:
        found = json.loads(text)
        json.dumps([[found]], allow_nan=False)
    except (ValueError, RecursionError):
        return text
    return found if isinstance(found, dict) else text
