"""What is told of an answer where there is little room."""

from __future__ import annotations

import pytest

from kvcsr_widgets.errors import InputError, KvcsrError, RefusedError
from kvcsr_widgets.vault.report import MAX_WORDS, own_words


def test_an_answer_that_nobody_knows_is_told_in_its_own_words() -> None:
    error = RefusedError("No.", service_text="Something\n odd.")
    assert own_words(error) == "In its own words: “Something odd”."


@pytest.mark.parametrize(
    "error",
    [
        InputError("Not the vault's."),
        RefusedError("No.", service_text="Known.", cause="asn1"),
        RefusedError("No.", service_text=" "),
    ],
)
def test_there_are_no_other_words(error: KvcsrError) -> None:
    assert own_words(error) == ""


def test_its_words_are_few_and_without_secrets() -> None:
    error = RefusedError("No.", service_text="password=S3cretValue " + "x" * 1_000)

    assert "S3cret" not in own_words(error)
    assert len(own_words(error)) < MAX_WORDS + 30
