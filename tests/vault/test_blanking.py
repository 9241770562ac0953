"""No token, password or key of an error text is shown."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kvcsr_widgets.vault.blanking import BLANKED, MAX_KEPT, MAX_READ, blanked
from tests.vault.error_texts import PASTED, SECRETS, SERVICE


@pytest.mark.parametrize(("text", "secret"), SECRETS)
def test_a_secret_is_blanked(text: str, secret: str) -> None:
    for around in (text, f"before {text}\nafter"):
        plain = blanked(around)
        assert secret not in plain
        assert BLANKED in plain
        assert blanked(plain) == plain


@pytest.mark.parametrize("text", [*(each[3] for each in SERVICE), *(each[0] for each in PASTED)])
def test_what_is_no_secret_stays(text: str) -> None:
    assert blanked(text) == text


@pytest.mark.parametrize(
    "text",
    [
        'Bearer authorization="https://login.microsoftonline.com/x", resource="https://vault"',
        "Check the password. The secret was not found.",
        "/secrets/web?api-version=7.4",
        "MIICijCCAXICAQAwRTELMAkGA1UEBhMCQVUxEzARBgNVBAgMClNvbWUtU3RhdGUx",
        "x-ms-request-id: 11111111-2222-3333-4444-555555555555",
    ],
)
def test_words_about_secrets_stay(text: str) -> None:
    assert blanked(text) == text


def test_a_long_text_is_cut_with_a_sign() -> None:
    assert blanked("x" * MAX_KEPT) == "x" * MAX_KEPT
    cut = blanked("x" * (MAX_KEPT + 1))
    assert len(cut) == MAX_KEPT
    assert cut.endswith("x…")


def test_a_secret_at_the_cut_is_not_shown_in_part() -> None:
    token = "eyJhbGciOiJSUzI1NiJ9." + "c2ln" * 50

    assert "c2ln" not in blanked("x " * (MAX_KEPT // 2 - 20) + token)
    assert "c2ln" not in blanked(" " * (MAX_READ - 60) + token, MAX_READ + 100)


@pytest.mark.parametrize(
    "part", ["eyJ", "eyJ.", "secret=", "secret:\\", "-----BEGIN PRIVATE KEY-----", "a.~", "\\"]
)
def test_a_long_text_takes_no_second(part: str) -> None:
    started = time.perf_counter()
    blanked(part * 1_000_000)
    assert time.perf_counter() - started < 1


@settings(deadline=None)
@given(st.text())
def test_any_text_can_be_blanked(text: str) -> None:
    assert len(blanked(text)) <= MAX_KEPT
