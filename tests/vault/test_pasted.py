"""How much of a pasted text is read, and how broken lines are mended."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kvcsr_widgets.vault.pasted import MAX_TEXT, mended, read_part, within

KEY = "-----BEGIN PRIVATE KEY-----\nMIIS3cret\n-----END PRIVATE KEY-----\n"


def test_a_text_of_some_length_is_read_whole() -> None:
    text = "x" * (2 * MAX_TEXT)
    assert read_part(text) == (text, "")


def test_the_end_begins_with_a_whole_line() -> None:
    part, told = read_part("a" * MAX_TEXT + "secret=S3cret\n" + "b" * (MAX_TEXT - 9))

    assert part == "a" * MAX_TEXT + "\n…\n" + "b" * (MAX_TEXT - 9)
    assert told == "The first and the last 20,000 characters were read."


def test_one_line_of_any_length_is_read_at_its_start() -> None:
    part, told = read_part("x" * 1_000_000)

    assert part == "x" * MAX_TEXT
    assert told == "The first 20,000 characters were read."


def test_the_end_does_not_begin_within_a_private_key() -> None:
    tail = "z\n" * ((MAX_TEXT - 40) // 2)  # so that the key is cut in its middle

    part, _ = read_part("a\n" * MAX_TEXT + KEY + tail)

    assert "MIIS3cret" not in part
    assert part.endswith(tail)


def test_what_follows_a_key_without_an_end_is_not_read() -> None:
    part, told = read_part("a\n" * MAX_TEXT + KEY.partition("-----END")[0] + "z\n" * 15_000)

    assert "MIIS3cret" not in part
    assert told == "The first 20,000 characters were read."


def test_a_whole_key_is_left_to_be_blanked() -> None:
    part, _ = read_part("a\n" * MAX_TEXT + "b\n" * 100 + KEY)
    assert part.endswith(KEY)


def test_marks_of_quoting_and_breaks_go() -> None:
    assert mended("> a va\r\n> > lid  na=\n  | me\n") == "a valid name"


def test_a_short_phrase_is_not_looked_for_in_broken_lines() -> None:
    assert within("duplicate CSR") is None


@given(st.text())
def test_any_text_is_mended(text: str) -> None:
    assert "\n" not in mended(text)
    part, _ = read_part(text * 1_000)
    assert len(part) <= 2 * MAX_TEXT
    assert read_part(part) == (part, "")
