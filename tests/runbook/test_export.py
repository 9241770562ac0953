"""An inventory as CSV and JSON: read back, it is the same, and no spreadsheet runs it."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import UTC, datetime
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvcsr_widgets.errors import ForbiddenError
from kvcsr_widgets.pki.pending import Status
from kvcsr_widgets.runbook.details import Details
from kvcsr_widgets.runbook.export import BOM, harmless, to_csv, to_json
from kvcsr_widgets.runbook.frame import COLUMNS, DETAILS
from tests.certificates import NOW
from tests.inventories import VAULT, frame, issued, refused, waiting

BLANKS = r"[\s\x00-\x1f\u200b-\u200f\u2060\ufeff]*"
AFTER = r"[\s\x00-\x1f\u200b-\u200f\u2060\ufeff\"]*"
SIGNS = "=+-@'＝＋－＠"  # noqa: RUF001
HOSTILE = st.text(st.sampled_from([*SIGNS, *' ;,\t\r\n"\\ab=|\x00\u200b\u202e\ufeffé']))
ANY = st.text() | HOSTILE


def cells(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def plain(cell: str) -> str:
    """A cell as it was before it was made harmless."""
    return re.sub(rf"([;\t\r\n]{AFTER})'", r"\1", cell.removeprefix("'"))


def parted(cell: str) -> list[str]:
    """What was joined by ``; ``; a backslash tells what does not join."""
    found = [""]
    for token in re.findall(r"\\.|; |[^\\]", cell, re.DOTALL):
        if token == "; ":
            found.append("")
        else:
            found[-1] += token
    return found


def bare(text: str) -> str:
    """Without the backslashes."""
    return re.sub(r"\\(.)", r"\1", text, flags=re.DOTALL)


def pair(text: str) -> tuple[str, str]:
    """Key and value of a tag."""
    found = re.fullmatch(r"((?:\\.|[^\\=])*)=(.*)", text, re.DOTALL)
    assert found
    return bare(found[1]), bare(found[2])


def objects(data: bytes) -> Any:
    return json.loads(data)


def test_a_csv_file_has_a_mark_for_excel_and_a_line_for_each_row() -> None:
    data = to_csv(frame(issued(), waiting()))

    assert data.startswith(BOM.encode())
    assert data.count(b"\r\n") == 3
    assert data.decode("utf-8-sig").splitlines()[0].split(",") == list(COLUMNS)


def test_pandas_and_csv_read_what_was_written() -> None:
    found = pd.read_csv(io.BytesIO(to_csv(frame(issued(), waiting()))))

    assert list(found["name"]) == ["web", "new"]
    assert found["expires"].isna().to_list() == [False, True]
    assert pd.to_datetime(found["expires"])[0] == pd.Timestamp(NOW + pd.Timedelta(days=200))


def test_values_are_those_that_programs_read() -> None:
    row = cells(to_csv(frame(issued(tags={"env": "prod", "team": "web"}))))[0]

    assert row["vault"] == VAULT
    assert row["state"] == "completed"
    assert row["enabled"] == "true"
    assert row["expires"] == "2026-12-18T12:00:00Z"
    assert row["days_left"] == "200"
    assert row["tags"] == "env=prod; team=web"
    assert (row["error"], row["issuer"], row["waiting_since"]) == ("", "", "")


def test_a_negative_number_stays_a_number() -> None:
    row = cells(to_csv(frame(issued(expires=NOW - pd.Timedelta(days=5)))))[0]

    assert row["days_left"] == "-5"


@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize("before", ["", " ", "\t", "\r\n", "\ufeff", "\u200b", "\x00"])
def test_what_a_spreadsheet_takes_for_a_formula_has_an_apostrophe(sign: str, before: str) -> None:
    assert harmless(f"{before}{sign}cmd|' /C calc'!A0").startswith("'")


@pytest.mark.parametrize("mark", ["\t", "\r", "\n"])
def test_a_tab_or_the_end_of_a_line_begins_no_cell(mark: str) -> None:
    assert harmless(f"{mark}text").startswith("'")


@pytest.mark.parametrize("between", [";", "; ", ";\t ", "\n", "\r\n", ";\u200b", ';"', '; "" '])
def test_where_semicolons_part_cells_none_begins_with_a_formula(between: str) -> None:
    """Excel in half of Europe parts cells there, and quotes within a cell do not hold it back."""
    assert harmless(f"a{between}=1+1") == f"a{between}'=1+1"


@pytest.mark.parametrize("text", ["web", "CN=web, O=Contoso", "a-b", "x@y.z", "1+1", "", "O'Neil"])
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert harmless(text) == text


def test_formulas_are_harmless_in_every_column() -> None:
    evil = "=HYPERLINK(1)"
    details = Details("v", subject=evil, names=(evil,), key=evil, serial=evil, policy=evil)
    entry = issued(name=evil, vault=evil, failure=evil, status=Status.FAILED, details=details)
    row = cells(to_csv(frame(entry, details=True)))[0]

    assert [name for name, cell in row.items() if cell.startswith("=")] == []
    for name in ("name", "vault", "error", "subject", "names", "key", "serial", "policy"):
        assert plain(row[name]) == evil


def test_a_column_that_the_user_added_is_harmless_too() -> None:
    mine = frame(issued()).assign(**{"=note": ["@SUM(1)"]})

    assert cells(to_csv(mine))[0]["'=note"] == "'@SUM(1)"


@given(ANY)
def test_what_was_made_harmless_can_be_undone(text: str) -> None:
    assert plain(harmless(text)) == text


@given(ANY)
def test_no_cell_begins_as_a_formula_whatever_parts_the_cells(text: str) -> None:
    first, *others = re.split(r"[;\t\r\n]", harmless(text))
    assert re.sub(BLANKS, "", first)[:1] not in set("=+-@")
    for part in others:
        assert re.sub(AFTER, "", part)[:1] not in set("=+-@")


@given(ANY, ANY, st.lists(ANY, max_size=4), st.dictionaries(ANY, ANY, max_size=4))
def test_csv_reads_back_as_it_was(
    name: str, error: str, names: list[str], tags: dict[str, str]
) -> None:
    details = Details("v", names=tuple(names))
    entry = issued(name=name, failure=error, status=Status.FAILED, tags=tags, details=details)
    row = cells(to_csv(frame(entry, details=True)))[0]

    assert (plain(row["name"]), plain(row["error"])) == (name, error)
    assert [bare(each) for each in parted(plain(row["names"]))] == (names or [""])
    told = [each for each in parted(plain(row["tags"])) if each]
    assert dict(map(pair, told)) == tags


@given(ANY, ANY, st.lists(ANY, max_size=4), st.dictionaries(ANY, ANY, max_size=4))
def test_json_reads_back_as_it_was(
    name: str, error: str, names: list[str], tags: dict[str, str]
) -> None:
    details = Details("v", names=tuple(names))
    entry = issued(name=name, failure=error, status=Status.FAILED, tags=tags, details=details)
    found = objects(to_json(frame(entry, details=True)))[0]

    assert (found["name"], found["error"]) == (name, error or None)
    assert (found["names"], found["tags"]) == (names, tags)


def test_json_has_an_object_a_row_with_its_keys_in_order() -> None:
    data = to_json(frame(issued(), waiting(), details=True))
    found = objects(data)

    assert [list(each) for each in found] == [[*COLUMNS, *DETAILS]] * 2
    assert len(data.splitlines()) == 2 + 2  # brackets and rows


def test_json_tells_times_in_utc_and_null_for_what_is_missing() -> None:
    found = objects(to_json(frame(waiting(days=2))))[0]

    assert found["created"] == "2026-05-30T12:00:00Z"
    assert found["waiting_since"] == "2026-05-30T12:00:00Z"
    assert found["enabled"] is False
    assert {found[name] for name in ("expires", "days_left", "thumbprint", "error")} == {None}
    assert found["tags"] == {}


def test_json_keeps_numbers_and_booleans() -> None:
    found = objects(to_json(frame(issued(details=Details("v", chain_length=2)), details=True)))[0]

    assert (found["days_left"], found["enabled"], found["chain_length"]) == (200, True, 2)


def test_times_of_another_zone_are_told_in_utc() -> None:
    moved = frame(issued()).assign(expires=lambda f: f["expires"].dt.tz_convert("Asia/Tokyo"))

    assert objects(to_json(moved))[0]["expires"] == "2026-12-18T12:00:00Z"


@pytest.mark.parametrize(
    ("policy", "told"),
    [
        ('{"key_props": {"kty": "RSA"}}', {"key_props": {"kty": "RSA"}}),
        ('{"a": [1, true, null]}', {"a": [1, True, None]}),
        ("[1]", "[1]"),
        ("no JSON", "no JSON"),
        ('{"a": NaN}', '{"a": NaN}'),
        ('{"a": 1e999}', '{"a": 1e999}'),
        ('{"a": ' + "9" * 5000 + "}", '{"a": ' + "9" * 5000 + "}"),
        ("[" * 100_000, "[" * 100_000),
    ],
    ids=["object", "values", "list", "text", "NaN", "infinite", "long number", "deep"],
)
def test_a_policy_is_an_object_where_it_is_one(policy: str, told: object) -> None:
    found = objects(to_json(frame(issued(details=Details("v", policy=policy)), details=True)))[0]

    assert found["policy"] == told


@pytest.mark.parametrize("write", [to_csv, to_json])
def test_half_a_character_stops_nothing(write: Any) -> None:
    """JSON of a service may have one half of a pair (RFC 8259 section 8.2)."""
    data = write(frame(waiting(status=Status.FAILED, failure="a\ud800b")))

    assert b"a\\ud800b" in data
    assert data.decode()


def test_half_a_character_is_the_same_when_json_is_read() -> None:
    data = to_json(frame(waiting(status=Status.FAILED, failure="a\ud800b")))

    assert objects(data)[0]["error"] == "a\ud800b"


@pytest.mark.parametrize("write", [to_csv, to_json])
def test_some_rows_and_columns_can_be_written(write: Any) -> None:
    some = frame(issued(), waiting()).iloc[1:][["name", "days_left"]]
    data = write(some)

    assert b"new" in data
    assert b"web" not in data
    assert b"vault" not in data


def test_nothing_is_a_file_all_the_same() -> None:
    assert objects(to_json(frame())) == []
    assert cells(to_csv(frame())) == []
    assert to_csv(frame()).startswith(f"{BOM}vault,name,".encode())


def test_a_vault_that_could_not_be_listed_is_a_row() -> None:
    found = objects(to_json(frame(refused(ForbiddenError("Not allowed.", status=403)))))[0]

    assert (found["vault"], found["name"], found["error"]) == (VAULT, None, "Not allowed.")


def test_old_years_have_four_digits() -> None:
    entry = issued(expires=datetime(1001, 1, 2, tzinfo=UTC))

    assert objects(to_json(frame(entry)))[0]["expires"] == "1001-01-02T00:00:00Z"
