"""The subject editor, driven as a browser drives it but without one."""

from __future__ import annotations

import statistics
import time

import ipywidgets as w
import pytest

from kvcsr_widgets.errors import Problem
from kvcsr_widgets.panels.subject import SubjectEditor
from kvcsr_widgets.panels.subject_rows import OTHER, PartRow

TEXT = 'CN=www.contoso.com, O="Contoso, Inc.", OU=a, OU=b, C=US'
PARTS = [("CN", "www.contoso.com"), ("O", "Contoso, Inc."), ("OU", "a"), ("OU", "b"), ("C", "US")]
HOSTILE = "<img src=x onerror=alert(1)>"


def write(box: w.Widget, value: str) -> None:
    """Type as the browser does."""
    box.set_state({"value": value})


def choose(row: PartRow, key: str) -> None:
    """Choose a key as the browser does."""
    row.key.set_state({"index": [value for _label, value in row.key.options].index(key)})


@pytest.fixture
def editor() -> SubjectEditor:
    made = SubjectEditor()
    write(made.text, TEXT)
    return made


def test_the_fields_follow_the_text(editor: SubjectEditor) -> None:
    assert editor.rows.parts == PARTS
    write(editor.text, "O=Contoso")
    assert editor.rows.parts == [("O", "Contoso")]
    assert editor.value == "O=Contoso"
    write(editor.text, "")
    assert editor.rows.parts == []


def test_the_text_follows_the_fields(editor: SubjectEditor) -> None:
    write(editor.rows.rows[0].entry, "a, b")
    choose(editor.rows.rows[4], "L")

    assert editor.text.value == 'CN="a, b", O="Contoso, Inc.", OU=a, OU=b, L=US'
    assert editor.value == editor.text.value


def test_value_is_set_from_outside_and_fills_both_views(editor: SubjectEditor) -> None:
    editor.value = "  C=US; CN=x "

    assert (editor.value, editor.text.value) == ("C=US; CN=x", "C=US; CN=x")
    assert editor.rows.parts == [("C", "US"), ("CN", "x")]
    assert SubjectEditor("CN=x").rows.parts == [("CN", "x")]


def test_value_is_the_text_without_blanks_around_it(editor: SubjectEditor) -> None:
    seen: list[str] = []
    editor.observe(lambda change: seen.append(change.new), "value")

    write(editor.text, " CN=a ")
    write(editor.text, "CN=a ")
    write(editor.text, "CN=a, O")

    assert seen == ["CN=a", "CN=a, O"]


@pytest.mark.parametrize(
    "text", ["cn = a", "  CN=a;", 'ST="WA"', "OID.2.5.4.3=a", "CN=a, O", "Self"]
)
def test_what_is_typed_is_never_rewritten(text: str) -> None:
    editor = SubjectEditor()
    for end in range(len(text) + 1):
        write(editor.text, text[:end])
        assert editor.text.value == text[:end]


def test_a_field_is_not_rewritten_while_it_is_typed(editor: SubjectEditor) -> None:
    row = editor.rows.rows[0]
    choose(row, OTHER)
    typed = "2.5.4.3"
    for end in range(len(typed) + 1):
        write(row.oid, typed[:end])
        assert (row.key.value, row.oid.value) == (OTHER, typed[:end])

    assert editor.text.value.startswith("CN=www.contoso.com")
    write(row.entry, " a ")
    assert row.entry.value == " a "
    assert editor.text.value.startswith('CN=" a ",')


def test_a_dotted_oid_has_a_field_of_its_own(editor: SubjectEditor) -> None:
    write(editor.text, "1.2.3.4=x, OID.2.5.4.15=y")
    first, second = editor.rows.rows

    assert (first.key.value, first.oid.value) == (OTHER, "1.2.3.4")
    assert first.oid in first.children
    assert second.key.value == "2.5.4.15"
    assert second.oid not in second.children


def test_a_text_that_is_wrong_is_said_and_the_fields_wait(editor: SubjectEditor) -> None:
    write(editor.text, TEXT + ", Inc")

    assert editor.rows.parts == PARTS
    assert "last text that could be read" in editor.waiting.value
    assert editor.field.problem is not None
    assert f"(character {len(TEXT) + 3})." in editor.field.problem.message
    assert ">I</span>nc" in editor.where.value
    write(editor.text, TEXT)
    assert editor.field.problem is None
    assert (editor.waiting.value, editor.where.value) == ("", "")


def test_a_field_that_is_wrong_is_said_at_the_text(editor: SubjectEditor) -> None:
    choose(editor.rows.rows[0], OTHER)
    write(editor.rows.rows[0].oid, "1.2.")

    assert editor.value.startswith("1.2.=www.contoso.com, O=")
    assert editor.field.problem is not None
    assert "does not know the key" in editor.field.problem.message
    assert editor.waiting.value == ""


def test_parts_are_added_moved_and_removed(editor: SubjectEditor) -> None:
    editor.rows.add.click()
    write(editor.rows.rows[5].entry, "Redmond")
    assert editor.value == TEXT + ", L=Redmond"

    editor.rows.rows[5].up.click()
    assert editor.value.endswith("OU=b, L=Redmond, C=US")
    editor.rows.rows[0].down.click()
    assert editor.value.startswith('O="Contoso, Inc.", CN=www')
    for _ in range(3):
        editor.rows.rows[0].remove.click()
    assert editor.value == "OU=b, L=Redmond, C=US"
    assert editor.rows.rows[0].up.disabled
    assert not editor.rows.rows[0].down.disabled
    assert editor.rows.rows[2].down.disabled


def test_the_keyboard_stays_with_a_part_that_is_moved(
    editor: SubjectEditor, monkeypatch: pytest.MonkeyPatch
) -> None:
    focused: list[w.Widget] = []
    monkeypatch.setattr(w.DOMWidget, "focus", lambda box: focused.extend([box]))
    rows = editor.rows.rows

    rows[2].up.click()
    rows[1].up.click()

    assert focused == [rows[1].up, rows[0].entry]


def test_every_control_has_a_name_to_be_read_aloud(editor: SubjectEditor) -> None:
    row = editor.rows.rows[1]

    assert row.key.description == "Part 2"
    assert (row.entry.description, row.oid.description) == ("Value 2", "OID 2")
    buttons = [row.up.description, row.down.description, row.remove.description]
    assert buttons == ["Up", "Down", "Remove"]


def test_another_tools_form_is_offered_and_never_put_in_by_itself(editor: SubjectEditor) -> None:
    text = "/C=US/O=Contoso, Inc./CN=x"
    write(editor.text, text)

    assert editor.text.value == text
    assert editor.offer.layout.display == ""
    assert "This looks like OpenSSL." in editor.translated.value
    assert "CN=x, O=&#34;Contoso, Inc.&#34;, C=US" in editor.translated.value
    assert "The order is turned round" in editor.translated.value

    editor.use.click()
    assert editor.value == 'CN=x, O="Contoso, Inc.", C=US'
    assert editor.offer.layout.display == "none"
    assert len(editor.rows.parts) == 3


def test_length_order_and_quotes_are_shown(editor: SubjectEditor) -> None:
    assert f"{len(TEXT)} of 200 characters" in editor.facts.value
    order = "C=US, OU=b, OU=a, O=&#34;Contoso, Inc.&#34;, CN=www.contoso.com"
    assert order in editor.facts.value
    assert "-SubjectName &#39;CN=www.contoso.com, O=&#34;Contoso, Inc.&#34;" in editor.tools.value
    write(editor.text, "CN=" + "a" * 198)
    assert "201 of 200 characters" in editor.facts.value
    assert "C=US" not in editor.facts.value + editor.tools.value


def test_an_empty_subject_has_no_order(editor: SubjectEditor) -> None:
    write(editor.text, "")

    assert "0 of 200 characters" in editor.facts.value
    assert "Order in the CSR" not in editor.facts.value


def test_the_forms_findings_stand_at_the_text_unless_it_cannot_be_read(
    editor: SubjectEditor,
) -> None:
    editor.show(Problem("subject", "The CA says no."), Problem("subject", "Think."))
    assert editor.field.problem == Problem("subject", "The CA says no.")
    write(editor.text, "CN")
    assert "no KEY=value" in editor.field.problem.message
    write(editor.text, "CN=a")
    assert editor.field.problem == Problem("subject", "The CA says no.")
    editor.show(None, None)
    assert editor.field.problem is None


def test_what_strangers_wrote_is_shown_as_text(editor: SubjectEditor) -> None:
    for text in (f'CN="{HOSTILE}"', f"CN={HOSTILE}, Self", f"/C=US/CN={HOSTILE}"):
        write(editor.text, text)
        places = (editor.where, editor.translated, editor.facts, editor.tools, editor.waiting)
        assert not any("<img" in place.value for place in places)


def test_a_key_press_changes_no_field_but_the_one_that_is_meant(editor: SubjectEditor) -> None:
    changed: list[str] = []
    for row in editor.rows.rows:
        row.observe(lambda change: changed.append(change.name), "children")
        for box in (row.key, row.oid, row.entry, row.up, row.down):
            box.observe(lambda change: changed.append(str(change.new)))

    write(editor.text, TEXT.replace("www", "ww"))

    assert changed == ["ww.contoso.com"]


def test_a_key_press_takes_little_time() -> None:
    """Ten parts; the bound leaves room for a busy machine, half a millisecond is usual."""
    editor = SubjectEditor()
    text = "CN=x, " + ", ".join(f'OU="unit, {number}"' for number in range(9))
    write(editor.text, text)
    taken = []
    for end in range(20):
        start = time.perf_counter()
        write(editor.text, text + ", O=Contoso, Ltd."[:end])
        write(editor.rows.rows[0].entry, "w" * end)
        taken.append((time.perf_counter() - start) / 2)

    assert statistics.median(taken) < 0.01
