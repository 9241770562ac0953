"""The catalogue of causes: every text that is known finds its own, and nothing makes it fail."""

from __future__ import annotations

import re
import tomllib
from importlib import resources
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvcsr_widgets.vault import causes
from kvcsr_widgets.vault.causes import Cause, catalogue, diagnose, find, questions, read
from kvcsr_widgets.vault.pasted import MAX_TEXT
from tests.practice.recordings import load, where_they_are
from tests.vault.error_texts import INNOCENT, LOST, NETWORK, PASTED, SERVICE, SIGN_IN
from tests.work import work_below

DATA = Path(causes.__file__).with_suffix("")
NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
TEXTS = [*((text, cause) for *_, text, cause in SERVICE if text[:8] != "The user"), *PASTED]
TEXTS += [*SIGN_IN, *NETWORK, *((text, "lost-answer") for text in LOST)]


@pytest.mark.parametrize(("status", "code", "inner", "text", "cause"), SERVICE)
def test_an_answer_has_a_cause_of_its_own(
    status: int, code: str, inner: str, text: str, cause: str
) -> None:
    found = find(f"{code} {inner} {text}", status=status, topic="certificate")

    assert found is not None
    assert found.id == cause
    assert not found.general


@pytest.mark.parametrize(("text", "cause"), TEXTS)
def test_a_pasted_text_is_explained(text: str, cause: str) -> None:
    found = diagnose(text)

    assert found is not None
    assert found.cause == cause
    assert found.text == text


@pytest.mark.parametrize("text", INNOCENT)
def test_a_text_of_something_else_is_not_explained_away(text: str) -> None:
    assert diagnose(text) is None


def test_a_certificate_that_is_made_is_not_called_deleted() -> None:
    found = diagnose("Operation failed. Code: Conflict. web is currently being created.")

    assert found is not None
    assert found.cause == "conflict"


def test_a_status_alone_says_less_than_any_reason() -> None:
    found = find("Operation returned an invalid status 'Forbidden' <!DOCTYPE html>", status=403)

    assert found is not None
    assert found.id == "web-page"


@pytest.mark.parametrize("status", [429, 500, 503])
def test_what_waiting_may_mend_is_not_called_refused(status: int) -> None:
    assert causes.by_status(status).id == "busy"


def test_a_request_that_ended_without_a_certificate_is_still_said_to_take_one() -> None:
    """As the checks before a merge and the panel that cancels say."""
    found = diagnose("Pending status must be in progress to allow update.")

    assert found is not None
    assert "cancelled or failed, the CA's reply to its CSR can still be merged" in found.hint
    assert "merged" not in found.why


@where_they_are
def test_every_recorded_error_has_a_cause_of_its_own() -> None:
    for error in load("errors.json")["errors"]:
        inner = error.get("innererror", {}).get("code", "")
        found = find(f"{error['code']} {inner} {error['message']}", status=error["status"])
        assert found is not None, error
        assert not found.general, error
        pasted = diagnose(error["message"])
        assert pasted is not None, error
        assert pasted.cause == found.id, error


def test_the_innermost_code_is_enough() -> None:
    found = find("Forbidden ForbiddenByFirewall in other words", status=403)

    assert found is not None
    assert found.id == "firewall"


def test_a_surer_sign_counts_more_than_a_longer_text() -> None:
    """az says what to run after the reason, which is shorter."""
    found = diagnose("AADSTS50076: no. Interactive authentication is needed. Please run: az login")

    assert found is not None
    assert found.cause == "mfa"


def test_of_two_sure_signs_the_first_counts() -> None:
    found = diagnose("AADSTS53003 and AADSTS50076")

    assert found is not None
    assert found.cause == "conditional-access"


@pytest.mark.parametrize("text", ["AADSTS500760: odd", "xAADSTS50076", "AKV100001"])
def test_a_code_is_not_found_within_another(text: str) -> None:
    assert diagnose(text) is None


def test_a_status_excludes_what_it_cannot_be() -> None:
    assert find("is currently being deleted", status=409) is not None
    assert find("invalid status 'Too Many Requests'", status=409) is None


def test_a_cause_of_certificates_is_none_of_issuers() -> None:
    found = find("Issuer not found", status=404, topic="issuer")

    assert found is not None
    assert found.id == "no-issuer"


def test_line_ends_and_upper_case_make_no_difference() -> None:
    found = diagnose("asn1 BAD\r\n  tag value\nmet")

    assert found is not None
    assert found.cause == "asn1"


@pytest.mark.parametrize("text", ["", "   ", "hello", "Property"])
def test_what_nobody_knows_is_said_to_be_unknown(text: str) -> None:
    assert diagnose(text) is None


def test_the_name_and_the_action_are_read_from_the_text() -> None:
    assert "“web”" in str(diagnose("Pending certificate not found: web"))
    rbac = diagnose("ForbiddenByRbac Action: 'Microsoft.KeyVault/vaults/certificates/read'")
    assert rbac is not None
    assert "Microsoft.KeyVault/vaults/certificates/read" in rbac.why


@pytest.mark.parametrize("objects", ["certificates", "secrets", "keys"])
@pytest.mark.parametrize("permission", ["get", "list", "managecontacts"])
def test_the_permission_that_is_missing_is_read_from_the_text(
    objects: str, permission: str
) -> None:
    found = diagnose(
        f"The user, group or application 'appid=1;oid=2;iss=3' does not have {objects} "
        f"{permission} permission on key vault 'contoso;location=westeurope'."
    )
    assert found is not None
    assert f"“{permission}” for {objects}" in found.why
    assert "certificate permissions get, list, create and update" in found.hint


def test_a_permission_that_is_not_named_is_left_to_the_answer() -> None:
    found = diagnose("ForbiddenByPolicy")
    assert found is not None
    assert "the permission that the answer names" in found.why


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("> The subject name provided is not a valid\n> X500 name.", "x500-name"),
        ("The subject name provided is not a valid X500 na\r\nme.", "x500-name"),
        (">> (BadParameter) ASN1 bad\n>>   tag va\n>> lue met", "asn1"),
        ("│ ForbiddenBy\n│ Firewall", "firewall"),
        ("The CSR used to get your certificate has alr=\neady been used.", "csr-used"),
        (
            "Code: Conflict\nMessage: A new key vault certificate can not be cre\nated or imported "
            "while a pending key vault certificate's sta\ntus is inProgress.",
            "request-open",
        ),
    ],
)
def test_lines_that_were_quoted_or_broken_are_read(text: str, cause: str) -> None:
    found = diagnose(text)

    assert found is not None
    assert found.cause == cause
    assert found.text == text


def test_every_phrase_of_some_length_is_found_at_any_break() -> None:
    phrase = "The public key does not match the public part of the specified private key."
    for at in range(phrase.index("does"), len(phrase)):
        found = diagnose(f"> {phrase[:at]}\n> {phrase[at:]}")
        assert found is not None, at
        assert found.cause == "key-mismatch", at


def test_a_long_text_is_read_at_both_ends() -> None:
    padding = "x \n" * MAX_TEXT
    text = "ASN1 bad tag value met\n"

    assert diagnose(f"{text}{padding}") is not None
    assert diagnose(f"{padding}{text}") is not None
    assert diagnose(f"{padding}{text}{padding}") is None


@pytest.mark.parametrize(
    "part",
    [
        *("The user, group or application ", "UnicodeDecodeError ", "Connection to ", "eyJ", "{["),
        *(" ", "\n", "\n>", "> ", "=\n", "A n e w"),
    ],
)
def test_a_long_text_takes_no_second(part: str) -> None:
    with work_below(1):
        diagnose(part * 1_000_000)


@given(st.text(), st.none() | st.integers(-1, 1000), st.sampled_from(["", "certificate", "issuer"]))
def test_any_text_can_be_looked_up(text: str, status: int | None, topic: str) -> None:
    found = find(text, status=status, topic=topic)
    assert found is None or found in catalogue()


@given(st.dictionaries(st.sampled_from(["name", "host", "wait", "code", "action"]), st.text()))
def test_any_values_can_be_told(values: dict[str, str]) -> None:
    """What stands in a value is no placeholder."""
    for cause in catalogue():
        causes.told(cause, values)


@pytest.mark.parametrize("cause", catalogue(), ids=lambda cause: cause.id)
class TestEveryCause:
    def test_it_says_what_happened_why_and_what_to_do(self, cause: Cause) -> None:
        for values in ({}, {"name": "web", "host": "h", "wait": "7", "action": "a/b"}):
            said = causes.told(cause, values)
            for sentence in filter(None, (said.message, said.why, said.hint, said.pasted)):
                assert re.fullmatch(r"[A-Z“h].*[.)]", sentence), sentence
                assert not re.search(r"[{}|]|  |\[|\]", sentence), sentence
            assert len(said.message) <= 160

    def test_its_notebook_is_there(self, cause: Cause) -> None:
        assert not cause.notebook or (NOTEBOOKS / cause.notebook).is_file()

    def test_it_can_be_recognised_and_says_where_from(self, cause: Cause) -> None:
        assert cause.marks or cause.general
        assert cause.source


def marks() -> list[tuple[str, str, int | None, str]]:
    """Every code and text of the data files, with its cause, status and topic."""
    return [
        (mark.replace("…", " some words "), name, *found.get("statuses", (None,))[:1], topic)
        for path in sorted(DATA.glob("*.toml"))
        for name, found in tomllib.loads(path.read_text(encoding="utf-8")).items()
        for topic in [found.get("topic", "")]
        for mark in (*found.get("codes", ()), *found.get("texts", ()))
    ]


@pytest.mark.parametrize(("mark", "cause", "status", "topic"), marks())
def test_no_cause_hides_a_mark_of_another(
    mark: str, cause: str, status: int | None, topic: str
) -> None:
    found = find(mark, status=status, topic=topic)

    assert found is not None
    assert found.id == cause


def test_every_file_of_the_folder_is_read_and_there() -> None:
    """A file that nobody names would be left unread, without a word."""
    folder = resources.files("kvcsr_widgets.vault") / "causes"
    assert sorted(each.name for each in folder.iterdir()) == sorted(
        f"{name}.toml" for name in causes._FILES
    )


def test_no_two_causes_share_an_id() -> None:
    ids = [cause.id for cause in catalogue()]
    assert len(ids) == len(set(ids))


def test_the_questions_are_those_of_the_article() -> None:
    asked = {found.cause: found for _question, found in questions()}

    assert list(asked) == [
        *("monitor", "key-mismatch", "whole-chain", "disabled", "x500-name", "csr-used"),
    ]
    assert "notebook 04" in asked["monitor"].hint
    assert ".p7b" in asked["whole-chain"].hint
    assert "Certificate Operation" in asked["disabled"].why
    assert "“reuse key” off" in asked["csr-used"].hint


@pytest.mark.parametrize("found", [found for _question, found in questions()])
def test_every_answer_says_why_what_now_and_where_it_is_trained(found: causes.Diagnosis) -> None:
    assert found.message
    assert found.why
    assert found.hint
    assert (NOTEBOOKS / found.notebook).is_file()


PANELS = {
    r"cancel it|cancel the request|start it again": ("notebook 04", "04-monitor.ipynb"),
    r"\bmerge\b.*\brequest|home finder": ("notebook 03", "03-merge-the-signed-certificate.ipynb"),
}
"""What is advised, and the notebook whose panel does it."""


@pytest.mark.parametrize("cause", catalogue(), ids=lambda cause: cause.id)
def test_what_is_advised_is_done_in_the_notebook_that_is_named(cause: Cause) -> None:
    for advice, (number, filename) in PANELS.items():
        if re.search(advice, cause.hint):
            assert number in cause.hint or cause.notebook == filename, (cause.id, advice)


def test_nothing_is_told_to_be_below_where_nothing_is() -> None:
    """Sentences stand in table cells and in a terminal, too."""
    for cause in catalogue():
        assert "below" not in f"{cause.message} {cause.why} {cause.hint}", cause.id


def test_where_deleting_a_request_is_spoken_of_its_key_is_too() -> None:
    for cause in catalogue():
        if re.search(r"\bdelete it\b|delete the request", cause.hint, re.IGNORECASE):
            assert "key" in cause.hint, cause.id


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[a]\nmessage = 'A.'", "x.toml: 'why'"),
        ("[a]\nmesage = 'A.'", "x.toml: a: mesage unknown"),
        ("a = 1", "x.toml: "),
        ("[", "x.toml: "),
    ],
)
def test_a_wrong_file_is_named(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        list(read("x", text))
