"""No token, password or key of an error text is shown."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kvcsr_widgets.vault.blanking import BLANKED, MAX_KEPT, MAX_READ, blanked
from tests.vault.error_texts import PASTED, SECRETS, SERVICE
from tests.work import work_below, work_of


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
        'Bearer authorization_uri="https://login.windows.net/x"',
        "Basic certificate-requirements are met",
        "argument --password/-p: one argument is expected; --client-secret is required",
        "az login --service-principal -u <app-id> -p <password-or-cert> --tenant <tenant>",
        "--password --tenant x --client-secret -t x",
        'password="", name="x", secret=\'\'',
        "https://vault.azure.net:443/certificates?maxresults=25, mail to pki@contoso.com",
        "https://[::1]:8443/a@b and https://host:8443/a@b",
        "error invalid_token: the token is over",
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
    ("text", "plain"),
    [
        ('{"password": "S3cret", "code": "x"}', '{"password": "[blanked]", "code": "x"}'),
        (r'"{\"pwd\":\"S3cret\",\"a\":1}"', r'"{\"pwd\":\"[blanked]\",\"a\":1}"'),
        ("a --password S3cret --tenant x", "a --password [blanked] --tenant x"),
        ("GET http://me:S3cret@proxy:80/x failed", "GET http://me:[blanked]@proxy:80/x failed"),
        ("(see 'password=S3cret')", "(see 'password=[blanked]')"),
        ("<pwd>S3cret</pwd>", "<pwd>[blanked]</pwd>"),
    ],
)
def test_only_the_secret_is_blanked(text: str, plain: str) -> None:
    assert blanked(text) == plain


@given(st.text(), st.sampled_from(["password", "client_secret", "refresh_token", "AccountKey"]))
def test_any_secret_in_json_is_blanked_to_its_end(text: str, name: str) -> None:
    """However often the JSON was put into a string of JSON."""
    answer = json.dumps({name: f"{text}S3cret"})
    for _ in range(3):
        plain = blanked(answer)
        assert "S3cret" not in plain
        assert blanked(plain) == plain
        answer = json.dumps({"message": answer})


@given(st.text(st.characters(exclude_categories=["Z", "C"], exclude_characters="\"'&;<>")))
def test_any_secret_on_a_command_line_is_blanked_to_its_end(text: str) -> None:
    for said in (f"x --password a{text}S3cret -o json", f"x password=a{text}S3cret -o json"):
        plain = blanked(said)
        assert "S3cret" not in plain
        assert plain.endswith(" -o json")


ORDINARY = (
    *("password", "the secret", "token", "--password", "is", "Bearer", "client-secret", "pass"),
    *("https://web.vault.azure.net/certificates/web/pending?api-version=7.4", "CN=a,O=b", "--name"),
    *("http://localhost:8888/lab", "pki@contoso.com", "certificate's", "“web”", "(BadParameter)"),
    *("MIICijCCAXICAQAwRTELMAkGA1UEBhMCQVUx", "11111111-2222-3333-4444-555555555555", "basic"),
    *("-----BEGIN CERTIFICATE-----", "AADSTS50076:", '"code":', '"Forbidden"', "…", "\\", "-p"),
    *("sha256=AB:CD:EF", "key=value", "status: 403", "'inProgress'", "az login", "-u", "www.a.b"),
)


@given(st.lists(st.sampled_from(ORDINARY)))
def test_words_without_a_secret_stay_in_any_order(words: list[str]) -> None:
    """A full stop after each, as a flag and a word after it are a password."""
    text = ".\n".join(words)
    assert blanked(text, MAX_READ) == text


@given(st.text(st.characters(exclude_characters="=:>-?&")))
def test_a_text_that_sets_nothing_stays(text: str) -> None:
    assume(not re.search("bearer|basic|pop|negotiate|eyJ|Q~|securestring", text, re.IGNORECASE))
    assert blanked(text, MAX_READ) == text


HOSTILE = (
    *("eyJ", "eyJ.", "secret=", "secret:\\", "-----BEGIN PRIVATE KEY-----", "a.~", "\\", "'", '"'),
    *("://a:", "://a:b", "://a", "a:b@", "_proxy=", "_proxy ", "_proxy=a:", "--password ", "--a"),
    *("-", "--password", "--password --a ", "secret ", "secret>", 'secret="', "secret='", "abc8Q~"),
    *('secret=\\"', "secret=a'", "az login ", "az login -p", "az  ", "bearer ", "bearer a"),
    *("basic ", "ConvertTo-SecureString ", "secret=(ConvertTo-SecureString ", "-pass ", "--token,"),
    *("secret\n", "password" + " " * 999, "secret=" + " " * 999, "is ", "--keypass is "),
    *("bearer " + "a" * 99, "az login" + " " * 299, "://" + "a" * 199, "://a:" + "b" * 199),
)


@pytest.mark.parametrize("part", HOSTILE)
def test_a_long_text_takes_no_second(part: str) -> None:
    text = part * (4 * MAX_READ // len(part))
    with work_below(1):
        blanked(text)


@pytest.mark.parametrize("part", HOSTILE)
def test_four_times_the_text_takes_no_sixteen_times_the_time(part: str) -> None:
    def taken(length: int) -> float:
        text = (part * length)[:length]
        return work_of(lambda: blanked(text, MAX_READ))

    short, long = (min(taken(length) for _ in range(3)) for length in (15_000, 60_000))
    assert long < 0.05 + 8 * short


@given(st.text())
def test_any_text_can_be_blanked(text: str) -> None:
    assert len(blanked(text)) <= MAX_KEPT
