"""Files come in pieces and are no state of the widget; what is too much is not kept."""

from __future__ import annotations

import pytest

from kvcsr_widgets.panels.upload import MAX_NAME, Upload
from kvcsr_widgets.pki.replies import MAX_FILES
from tests.panels.uploads import PIECE, begin, bring, choose, end

LONG = bytes(range(250)) * 10


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What the browser is told."""
    told: list[object] = []
    monkeypatch.setattr(Upload, "send", lambda _upload, content: told.append(content))
    return told


def test_the_pieces_of_several_files_are_put_together() -> None:
    upload = Upload("Choose", multiple=True)
    told: list[object] = []
    upload.observe(lambda change: told.append(change["new"]), "value")

    choose(upload, ("a.cer", LONG), ("empty.cer", b""), ("b.cer", b"b"))

    assert len(LONG) > 2 * PIECE
    assert upload.value == (("a.cer", LONG), ("empty.cer", b""), ("b.cer", b"b"))
    assert told == [upload.value]  # once, when all is there


def test_another_choice_takes_the_place_of_the_last() -> None:
    upload = Upload("Choose")
    choose(upload, ("a.cer", b"a"))

    choose(upload)

    assert upload.value == ()


def test_a_choice_that_was_broken_off_leaves_nothing() -> None:
    upload = Upload("Choose")
    begin(upload, ("a.cer", 5))
    bring(upload, 0, b"half")

    choose(upload, ("a.cer", b"whole"))

    assert upload.value == (("a.cer", b"whole"),)


def test_what_another_page_still_brings_is_not_mixed_in() -> None:
    upload = Upload("Choose")
    begin(upload, ("old.cer", 6), choice="old")
    begin(upload, ("new.cer", 3), choice="new")

    bring(upload, 0, b"old", choice="old")
    bring(upload, 0, b"new", choice="new")
    end(upload, choice="old")
    assert not upload.value
    end(upload, choice="new")

    assert upload.value == (("new.cer", b"new"),)


def test_a_file_of_which_something_was_lost_is_not_read_by_half(sent: list[object]) -> None:
    upload = Upload("Choose")
    choose(upload, ("a.cer", b"before"))
    begin(upload, ("a.cer", 8))
    bring(upload, 0, b"half")

    end(upload)

    assert upload.value == ()
    assert sent == [{"do": "lost"}]


def test_more_than_is_allowed_is_not_kept(sent: list[object]) -> None:
    upload = Upload("Choose", most=PIECE)

    choose(upload, ("a.cer", LONG))

    assert upload.value == ()
    assert sent == [{"do": "lost"}]


def test_a_browser_does_not_raise_what_is_allowed() -> None:
    upload = Upload("Choose", most=PIECE)
    upload.set_state({"most": 10 * len(LONG)})

    choose(upload, ("a.cer", LONG))

    assert upload.value == ()


def test_pieces_without_end_take_no_room() -> None:
    upload = Upload("Choose")
    begin(upload, ("a.cer", PIECE))

    for _piece in range(10):
        bring(upload, 0, bytes(PIECE))
    end(upload)

    assert upload.value == (("a.cer", bytes(PIECE)),)


@pytest.mark.parametrize(
    "files",
    [
        pytest.param([(f"{number}.cer", 0) for number in range(MAX_FILES + 1)], id="too-many"),
        pytest.param([("a.cer", -5), ("b.cer", 5)], id="negative"),
    ],
)
def test_what_no_button_announces_is_refused(
    files: list[tuple[str, int]], sent: list[object]
) -> None:
    upload = Upload("Choose", multiple=True)
    begin(upload, *files)
    end(upload)
    assert upload.value == ()
    assert sent == [{"do": "lost"}]


def test_of_a_long_name_the_beginning_is_kept() -> None:
    upload = Upload("Choose")
    choose(upload, ("n" * 5_000, b"a"))
    assert upload.value == (("n" * MAX_NAME, b"a"),)


def test_a_piece_of_no_file_is_left_out() -> None:
    upload = Upload("Choose")
    for number in (-1, 0, 7):
        bring(upload, number, b"stray")
    begin(upload, ("a.cer", 0))
    for place in (-1, 0, 7, "0", None):
        bring(upload, place, b"stray")
    end(upload)

    assert upload.value == (("a.cer", b""),)


def test_a_saved_notebook_holds_no_file() -> None:
    upload = Upload("Choose")

    choose(upload, ("a.cer", b"content"))

    assert "value" not in upload.get_state()
    assert "content" not in repr(upload.get_state())
