"""Files come in pieces and are no state of the widget; what is too much is not kept."""

from __future__ import annotations

from kvcsr_widgets.panels.upload import Upload
from tests.panels.uploads import PIECE, choose

LONG = bytes(range(250)) * 10


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
    upload._handle_custom_msg({"begin": ["a.cer"]}, [])
    upload._handle_custom_msg({"piece": 0}, [b"half"])

    choose(upload, ("a.cer", b"whole"))

    assert upload.value == (("a.cer", b"whole"),)


def test_more_than_is_allowed_is_not_kept() -> None:
    upload = Upload("Choose", most=PIECE)

    choose(upload, ("a.cer", LONG))

    assert upload.value == (("a.cer", LONG[:PIECE]),)


def test_a_piece_of_no_file_is_left_out() -> None:
    upload = Upload("Choose")

    for number in (-1, 0, 7):
        upload._handle_custom_msg({"piece": number}, [b"stray"])
    upload._handle_custom_msg({"end": True}, [])

    assert upload.value == ()


def test_a_saved_notebook_holds_no_file() -> None:
    upload = Upload("Choose")

    choose(upload, ("a.cer", b"content"))

    assert "value" not in upload.get_state()
    assert "content" not in repr(upload.get_state())
