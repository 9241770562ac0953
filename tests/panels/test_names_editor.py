"""The names editor, driven as a browser drives it but without one."""

from __future__ import annotations

import statistics
import time

import ipywidgets as w
import pytest

from kvcsr_widgets.errors import Problem
from kvcsr_widgets.panels.names import NamesEditor
from kvcsr_widgets.pki.names import Names

HOSTILE = "<img src=x onerror=alert(1)>"


def write(box: w.Widget, value: str) -> None:
    """Type as the browser does."""
    box.set_state({"value": value})


@pytest.fixture
def editor() -> NamesEditor:
    return NamesEditor()


def test_a_pasted_list_is_the_value(editor: NamesEditor) -> None:
    seen: list[Names] = []
    editor.observe(lambda change: seen.append(change.new), "value")

    write(editor.text, "a.example, web@a.example\tUPN:u@a.example; 192.0.2.1 urn:a")

    assert seen == [
        Names(
            dns=("a.example",),
            emails=("web@a.example",),
            upns=("u@a.example",),
            ips=("192.0.2.1",),
            uris=("urn:a",),
        )
    ]
    assert editor.text.value.startswith("a.example, web")
    assert editor.problems() == ()


def test_it_is_shown_how_each_name_is_read(editor: NamesEditor) -> None:
    write(editor.text, "bücher.example *.a.example 2001:DB8::1 A.example a.example")

    table = editor.table.value
    assert ">DNS name</td>" in table
    assert ">xn--bcher-kva.example</td>" in table
    assert ">bücher.example</td>" in table
    assert "* is one label" in table
    assert ">2001:db8::1</td>" in table
    assert "4 names. 1 folded, being there already: a.example." in table


def test_what_cannot_be_read_is_said_at_the_list(editor: NamesEditor) -> None:
    write(editor.text, "a.example\nb.example:443 c..example")

    assert editor.value == Names(dns=("a.example",))
    assert editor.field.problem == editor.problems()[0]
    assert "“b.example:443” is no DNS name (character 11)." in editor.field.problem.message
    assert ">b</span>.example" in editor.where.value
    assert "2 not read: see above." in editor.table.value
    assert editor.where.value.count("<tr>") == 3
    assert ">c..example</td>" in editor.where.value
    write(editor.text, "a.example\nc..example")
    assert "<table" not in editor.where.value
    write(editor.text, "a.example")
    assert editor.field.problem is None
    assert editor.where.value == ""


def test_the_forms_findings_stand_at_the_list_unless_it_cannot_be_read(editor: NamesEditor) -> None:
    theirs = Problem("names", "Too many.")
    editor.show(theirs)
    assert editor.field.problem == theirs
    write(editor.text, "a..b")
    assert editor.field.problem == editor.problems()[0]
    write(editor.text, "a.b")
    assert editor.field.problem == theirs


def test_value_is_set_from_outside(editor: NamesEditor) -> None:
    names = Names(dns=("a.example",), upns=('a b"@c',))

    editor.value = names

    assert editor.text.value == 'a.example\nUPN:"a b\\"@c"'
    assert editor.value == names
    assert NamesEditor(names).value == names


def test_what_is_set_is_held_to_what_can_be_sent(editor: NamesEditor) -> None:
    editor.value = Names(dns=("a.example", "A.example"))
    assert editor.value == Names(dns=("a.example",))

    editor.value = Names(dns=("a b",))
    assert editor.value == Names()
    assert "“a b” is no DNS name" in editor.problems()[0].message


def test_a_list_that_is_typed_is_not_written_anew(editor: NamesEditor) -> None:
    text = "B.example, bücher.example. 2001:DB8::1"
    for end in range(len(text) + 1):
        write(editor.text, text[:end])
        assert editor.text.value == text[:end]


@pytest.mark.parametrize(
    ("cn", "added"),
    [
        ("www.contoso.com", "a.example\nwww.contoso.com"),
        ("bücher.example", "a.example\nxn--bcher-kva.example"),
        ("192.0.2.1", "a.example\n192.0.2.1"),
    ],
)
def test_a_cn_that_is_a_host_is_offered(editor: NamesEditor, cn: str, added: str) -> None:
    write(editor.text, "a.example\n")
    editor.offer(cn)

    assert editor.add.layout.display == ""
    assert editor.host in editor.add.description
    editor.add.click()
    assert editor.text.value == added
    assert editor.add.layout.display == "none"


@pytest.mark.parametrize("cn", ["", "Jane Doe", "A.EXAMPLE", HOSTILE])
def test_a_cn_that_is_there_or_no_host_is_not_offered(editor: NamesEditor, cn: str) -> None:
    editor.offer("www.contoso.com")
    write(editor.text, "a.example")
    editor.offer(cn)

    assert editor.add.layout.display == "none"
    editor.add.click()
    assert editor.text.value == "a.example"


def test_an_offer_follows_the_list(editor: NamesEditor) -> None:
    editor.offer("www.contoso.com")
    write(editor.text, "www.contoso.com")
    assert editor.add.layout.display == "none"
    write(editor.text, "www.contoso.co")
    assert editor.add.layout.display == ""


def test_what_strangers_wrote_is_shown_as_text(editor: NamesEditor) -> None:
    write(editor.text, f'{HOSTILE} UPN:"{HOSTILE}@a" URI:urn:{HOSTILE.replace(" ", "")} {HOSTILE}')

    shown = editor.table.value + editor.where.value + editor.field.children[1].value
    assert "&lt;img" in shown
    assert "<img" not in shown


def test_a_key_press_takes_little_time(editor: NamesEditor) -> None:
    """A hundred names; the bound leaves room for a busy machine, five milliseconds are usual."""
    text = "\n".join(f"host{number}.bücher.example" for number in range(99))
    write(editor.text, text)
    taken = []
    for end in range(20):
        start = time.perf_counter()
        write(editor.text, text + "\nwww.contoso.example"[:end])
        taken.append(time.perf_counter() - start)

    assert statistics.median(taken) < 0.03
