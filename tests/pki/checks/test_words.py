"""Strangers' texts stay on one line and never fill the page."""

from __future__ import annotations

from kvcsr_widgets.pki.checks import words


def test_a_text_is_cut_after_it_was_escaped() -> None:
    assert words.text("a\nb") == "a\\nb"
    assert words.text("x" * words.MAX_TEXT) == "x" * words.MAX_TEXT
    assert words.text("\n" * words.MAX_TEXT) == "\\n" * (words.MAX_TEXT // 2) + "…"


def test_a_list_tells_how_many_more_there_are() -> None:
    assert words.listed(["a", "b"]) == "a, b"
    assert words.listed("abcdefghijkl") == "a, b, c, d, e, f, g, h, i, j and 2 more"


def test_one_finding_tells_of_several() -> None:
    many = [f"{number}." for number in range(12)]

    assert words.gathered(["0."]) == ("0.", "")
    assert words.gathered(many[:3]) == ("0.", "1. 2.")
    assert words.gathered(many) == ("0.", "1. 2. 3. 4. 5. 6. 7. 8. 9. And 2 more.")


def test_one_is_not_many() -> None:
    assert [words.counted(count, "day") for count in (1, 2, 1_000)] == [
        "1 day",
        "2 days",
        "1,000 days",
    ]
