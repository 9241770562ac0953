"""The panel that saves an inventory: what is asked for is made, and nothing is kept."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from kvcsr_widgets.panels import export
from kvcsr_widgets.panels.browser import Download, MakingButton
from kvcsr_widgets.panels.export import Exports, Form, Rows
from kvcsr_widgets.panels.sheet import Sheet
from kvcsr_widgets.runbook.entries import Key
from kvcsr_widgets.runbook.inventory import Inventory
from tests.inventories import VAULT, inventory, issued, waiting

BOTH = inventory(issued(), waiting())


def panel(
    found: Inventory | None = BOTH, *, shown: Callable[[], pd.DataFrame | None] | None = None
) -> Exports:
    sheet = Sheet()
    sheet.inventory = found
    return Exports(sheet, shown=shown)


def made(exports: Exports) -> Download:
    file = exports.submit()
    assert file is not None, exports.notice.value
    return file


@pytest.mark.parametrize(
    ("form", "ending", "media", "begin"),
    [
        (Form.CSV, "csv", "text/csv", b"\xef\xbb\xbfvault,name"),
        (Form.JSON, "json", "application/json", b"[\n{"),
        (Form.REPORT, "html", "text/html", b"<!DOCTYPE html>"),
    ],
)
def test_each_form_is_made(form: Form, ending: str, media: str, begin: bytes) -> None:
    exports = panel()
    exports.form.value = form
    file = made(exports)

    assert file.filename == f"vault-inventory-20260601T120000Z.{ending}"
    assert file.media == media
    assert file.content.startswith(begin)
    assert b"web" in file.content
    assert b"new" in file.content
    assert f"{file.filename}: 2 rows." in exports.notice.value


def test_before_anything_was_read_there_is_nothing_to_save() -> None:
    exports = panel(None)

    assert exports.button.disabled
    assert exports.submit() is None
    assert "Nothing was read yet." in exports.notice.value

    exports.sheet.inventory = BOTH

    assert not exports.button.disabled
    assert exports.notice.value == ""


def test_rows_that_the_table_shows_can_be_taken() -> None:
    exports = panel(shown=lambda: BOTH.frame.iloc[1:])
    exports.form.value = Form.JSON
    assert len(json.loads(made(exports).content)) == 2

    exports.rows.value = Rows.SHOWN

    assert [row["name"] for row in json.loads(made(exports).content)] == ["new"]
    assert "one row." in exports.notice.value


def test_a_table_that_hides_nothing_shows_all() -> None:
    exports = panel(shown=lambda: None)
    exports.rows.value = Rows.SHOWN

    assert b"web" in made(exports).content


def test_without_a_table_that_hides_rows_it_is_no_choice() -> None:
    assert Rows.SHOWN not in [value for _label, value in panel().rows.options]


def test_selected_rows_can_be_taken() -> None:
    exports = panel()
    exports.form.value, exports.rows.value = Form.JSON, Rows.SELECTED
    exports.sheet.select([Key(VAULT, "web")])

    assert [row["name"] for row in json.loads(made(exports).content)] == ["web"]


def test_with_no_row_selected_it_is_said() -> None:
    exports = panel()
    exports.rows.value = Rows.SELECTED

    assert exports.submit() is None
    assert "No row is selected." in exports.notice.value


def test_the_report_names_vaults_without_certificates() -> None:
    exports = panel(inventory())
    exports.form.value = Form.REPORT
    exports.sheet.vaults["empty.vault.azure.net"] = None  # type: ignore[assignment]

    assert b"Certificates of empty.vault.azure.net" in made(exports).content


def test_half_a_character_stops_no_report() -> None:
    exports = panel(inventory(issued(tags={"a": "b\ud800"})))
    exports.form.value = Form.REPORT

    assert made(exports).content.decode()


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, Any]]:
    found: list[tuple[Any, Any]] = []
    monkeypatch.setattr(
        MakingButton, "send", lambda _self, said, buffers=None: found.append((said, buffers))
    )
    return found


def test_the_browser_gets_the_file_once_when_it_asks(sent: list[tuple[Any, Any]]) -> None:
    exports = panel()
    exports.button.answer({"other": True})
    assert sent == []

    exports.button.answer({"wanted": True})

    (said, (content,)) = sent[0]
    assert said == {"filename": "vault-inventory-20260601T120000Z.csv", "media": "text/csv"}
    assert content == made(exports).content


def test_nothing_of_it_is_in_the_state_that_a_notebook_may_save(
    sent: list[tuple[Any, Any]],
) -> None:
    exports = panel()
    exports.button.answer({"wanted": True})

    assert len(sent) == 1
    state = exports.button.get_state()
    assert not [value for name, value in state.items() if isinstance(value, bytes)]
    assert "new" not in json.dumps({name: str(v) for name, v in state.items() if name != "_esm"})


def test_when_it_fails_the_browser_is_told(sent: list[tuple[Any, Any]]) -> None:
    exports = panel(None)
    exports.button.answer({"wanted": True})

    assert sent == [({"filename": ""}, None)]


def test_nothing_is_made_before_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[pd.DataFrame] = []

    def write(frame: pd.DataFrame) -> bytes:
        asked.append(frame)
        return b"x"

    monkeypatch.setattr(export, "to_csv", write)
    exports = panel()
    exports.sheet.inventory = inventory(issued())
    assert asked == []

    made(exports)

    assert len(asked) == 1


def test_a_file_shows_no_content_in_its_repr() -> None:
    assert "content" not in repr(made(panel()))
