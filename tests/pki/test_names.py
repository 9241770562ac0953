"""One name of each kind, and what is none."""

from __future__ import annotations

import pytest

from kvcsr_widgets.pki.names import is_dns_name, is_email, name_problem


@pytest.mark.parametrize("name", ["\u017f.example", "\u212a.example", "\u0131.example"])
def test_letters_that_only_fold_to_ascii_are_no_dns_name(name: str) -> None:
    assert not is_dns_name(name)
    assert not is_email(f"web@{name}")
    assert not is_email(f"{name[0]}@a.example")


def test_a_name_that_cannot_be_sent_is_said_with_what_to_write() -> None:
    problem = name_problem("dns_names", "a b")

    assert problem is not None
    assert problem.message == "“a b” is no DNS name."
    assert problem.hint
    assert name_problem("dns_names", "a.example") is None
