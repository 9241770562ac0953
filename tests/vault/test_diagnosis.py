"""Refusals of the practice vault, which are the service's words, through our own client."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
import requests
from azure.core.exceptions import (
    ClientAuthenticationError,
    DecodeError,
    ServiceRequestError,
    ServiceResponseError,
)
from azure.identity import CredentialUnavailableError
from hypothesis import given
from hypothesis import strategies as st

from kvcsr_widgets.errors import (
    BusyError,
    ConflictError,
    ForbiddenError,
    NotFoundError,
    RefusedError,
    SignInError,
    UnreachableError,
    VaultError,
)
from kvcsr_widgets.pki.plan import CertificatePlan
from kvcsr_widgets.practice.faults import Fault, Faults
from kvcsr_widgets.practice.rules import Delays
from kvcsr_widgets.practice.transport import Practice
from kvcsr_widgets.vault.client import Vault
from kvcsr_widgets.vault.diagnosis import explain
from kvcsr_widgets.vault.session import practise
from tests.vault.error_texts import LOST, NETWORK, SECRETS, SERVICE, SIGN_IN
from tests.vault.test_client import CHALLENGE, raising, vault_that

PLAN = CertificatePlan(name="web", subject="CN=www.contoso.com")


def refusal(vault: Vault) -> VaultError:
    with pytest.raises(VaultError) as caught:
        vault.create(PLAN)
    assert caught.value.hint
    assert caught.value.request_id
    return caught.value


@pytest.mark.parametrize(
    ("delay", "message"),
    [
        (0, "A deleted certificate still holds the name “web”."),
        (60, "“web” is being deleted or recovered. Nothing was changed."),
    ],
)
def test_a_name_that_a_deletion_holds_is_explained(
    tmp_path: Path, delay: int, message: str
) -> None:
    vault = practise(tmp_path / "vault.sqlite", delays=Delays(delete=delay))
    vault.create(PLAN)
    other = Practice(tmp_path / "vault.sqlite", delays=Delays(delete=delay))
    other.vault.deletion.delete("web")
    other.close()

    error = refusal(vault)

    assert isinstance(error, ConflictError)
    assert error.message == message
    vault.close()


@pytest.fixture
def faults() -> Faults:
    return Faults()


@pytest.fixture
def vault(tmp_path: Path, faults: Faults) -> Vault:
    """A practice vault whose faults the test lays out; this fixture's tests close it."""
    return practise(tmp_path / "vault.sqlite", faults=faults)


def test_throttling_and_outage_say_to_wait(vault: Vault, faults: Faults) -> None:
    faults.add(Fault("throttled", times=10, retry_after=0))
    assert isinstance(refusal(vault), BusyError)
    vault.close()


def test_a_lost_answer_says_to_look_before_repeating(vault: Vault, faults: Faults) -> None:
    """The work was done, and the message does not deny it."""
    faults.add(Fault("drop-after", operation="create", times=10))

    with pytest.raises(UnreachableError, match="Whether the step was done is not known") as caught:
        vault.create(PLAN)

    assert "before you repeat" in caught.value.hint
    faults.clear()
    assert vault.operation("web").name == "web"
    vault.close()


def test_the_service_code_is_kept(vault: Vault) -> None:
    vault.create(PLAN)
    error = refusal(vault)
    assert (error.status, error.code) == (409, "Conflict")
    assert not isinstance(error, RefusedError)
    vault.close()


KINDS = {
    401: SignInError,
    403: ForbiddenError,
    404: NotFoundError,
    409: ConflictError,
    429: BusyError,
}
HEADERS = {"WWW-Authenticate": CHALLENGE, "x-ms-request-id": "the-request-id"}


def answered(status: int, body: str, **headers: str) -> VaultError:
    """Our error for an answer that the real client gets."""
    vault = vault_that(lambda: (status, body.encode(), HEADERS | headers))
    with pytest.raises(VaultError) as caught:
        vault.operation("web")
    vault.close()
    return caught.value


def envelope(code: str, text: str, inner: str = "") -> str:
    error: dict[str, object] = {"code": code, "message": text}
    return json.dumps({"error": error | ({"innererror": {"code": inner}} if inner else {})})


@pytest.mark.parametrize(("status", "code", "inner", "text", "cause"), SERVICE)
def test_each_answer_is_explained(
    status: int, code: str, inner: str, text: str, cause: str
) -> None:
    body = envelope(code, text, inner)

    error = answered(status, body)

    assert type(error) is KINDS.get(status, RefusedError)
    assert error.cause == cause
    assert error.why
    assert error.hint
    assert error.notebook.endswith(".ipynb")
    assert (error.status, error.code, error.inner_code) == (status, code, inner)
    assert error.service_text == text
    assert error.answer == body
    assert error.request_id == "the-request-id"


@pytest.mark.parametrize(("text", "cause"), SIGN_IN)
def test_each_failed_sign_in_is_explained(text: str, cause: str) -> None:
    for made in (CredentialUnavailableError, ClientAuthenticationError):
        error = explain(made(message=text), name="", host="contoso.vault.azure.net")
        assert type(error) is SignInError
        assert error.cause == cause
        assert error.service_text == text


@pytest.mark.parametrize("status", [400, 401])
def test_what_entra_answers_is_a_failed_sign_in(status: int) -> None:
    text = "AADSTS7000215: Invalid client secret provided."
    body = json.dumps({"error": "invalid_client", "error_description": text})
    response = SimpleNamespace(
        status_code=status, reason="no", headers={"x-ms-request-id": "id"}, text=lambda: body
    )

    error = explain(ClientAuthenticationError(text, response=response), name="", host="h")

    assert type(error) is SignInError
    assert (error.cause, error.request_id, error.answer) == ("bad-client-secret", "id", body)


def test_an_unknown_answer_of_entra_is_a_failed_sign_in() -> None:
    response = SimpleNamespace(status_code=400, reason="no", headers={}, text=lambda: "{}")

    error = explain(ClientAuthenticationError("Odd", response=response), name="", host="h")

    assert type(error) is SignInError
    assert error.message.startswith("Nobody is signed in")


@pytest.mark.parametrize(("text", "cause"), NETWORK)
def test_each_way_that_is_barred_is_explained(text: str, cause: str) -> None:
    error = explain(ServiceRequestError(text), name="web", host="contoso.vault.azure.net")

    assert type(error) is UnreachableError
    assert error.cause == cause
    assert error.status == 0
    assert error.service_text == text


@pytest.mark.parametrize("text", LOST)
def test_each_lost_answer_is_explained(text: str) -> None:
    error = explain(ServiceResponseError(text), name="web", host="contoso.vault.azure.net")

    assert type(error) is UnreachableError
    assert error.cause == "lost-answer"
    assert "Whether the step was done is not known" in error.message


def test_a_port_that_nobody_listens_at_is_explained() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(requests.ConnectionError) as refused:
        requests.get(f"https://127.0.0.1:{port}", timeout=5)
    vault = vault_that(raising(refused.value))

    with pytest.raises(UnreachableError, match="cannot be reached") as caught:
        vault.check()

    assert caught.value.cause == "refused"
    vault.close()


@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_a_web_page_is_no_vault(status: int) -> None:
    error = answered(status, "<!DOCTYPE html><html><script>1</script></html>")

    assert error.cause == "web-page"
    assert "no Key Vault, but a web page" in error.message
    assert "<script>" in error.answer


def test_a_web_page_with_success_is_no_vault() -> None:
    vault = vault_that(lambda: (200, b"<html>Sign in to the guests' network</html>", {}))

    with pytest.raises(UnreachableError, match="no Key Vault, but a web page") as caught:
        next(vault.certificates())

    assert caught.value.cause == "web-page"
    vault.close()


def test_json_that_is_no_answer_of_a_vault_is_said() -> None:
    error = explain(DecodeError("JSON is invalid"), name="web", host="contoso.vault.azure.net")

    assert error.message == "What answered at contoso.vault.azure.net is no Key Vault."


@pytest.mark.parametrize("status", [500, 502, 503, 504, 599])
def test_an_outage_says_to_look_before_repeating(status: int) -> None:
    error = answered(status, "<html>Bad Gateway</html>")

    assert type(error) is BusyError
    assert "look at the table" in error.hint


def test_what_a_service_does_not_have_is_not_to_be_repeated() -> None:
    error = answered(501, "")

    assert type(error) is RefusedError
    assert "does not help" in error.hint


@pytest.mark.parametrize(
    ("after", "says"),
    [
        ("7", "Wait 7 seconds"),
        ("0", "Wait a minute"),
        ("-1", "Wait a minute"),
        ("99999999999", "Wait a minute"),
        ("²", "Wait a minute"),
        ("Wed, 21 Oct 2015 07:28:00 GMT", "Wait a minute"),
    ],
)
def test_the_time_to_wait_is_the_one_that_the_service_names(after: str, says: str) -> None:
    error = answered(429, envelope("Throttled", "Too many"), **{"Retry-After": after})

    assert says in error.hint


def test_an_unknown_refusal_keeps_all_its_words() -> None:
    text = "An odd reason.\r\n" + "Details. " * 500
    error = answered(418, envelope("Teapot", text, "Short"))

    assert error.cause == ""
    assert "(Teapot)" in error.message
    assert (error.code, error.inner_code) == ("Teapot", "Short")
    assert error.service_text == text
    assert "An odd reason." in error.answer


@pytest.mark.parametrize("status", [400, 409])
def test_an_answer_to_us_is_not_said_to_be_powershells(status: int) -> None:
    error = answered(status, "")

    assert "PowerShell" not in error.why + error.hint


@pytest.mark.parametrize("role", ["none", "lister"])
def test_who_may_not_look_is_told_the_least_that_lets_him(tmp_path: Path, role: str) -> None:
    vault = practise(tmp_path / "vault.sqlite", role=role)
    steps: list[Callable[[], object]] = [
        lambda: vault.operation("web"),
        lambda: vault.bundle("web"),
        lambda: vault.certificate("web"),
        lambda: vault.policy("web"),
        lambda: vault.deleted.get("web"),
    ]
    for step in steps:
        with pytest.raises(ForbiddenError) as caught:
            step()
        assert "certificate permissions get and list" in caught.value.hint
        assert ("Key Vault Reader" in caught.value.hint) is (role == "none")
    vault.close()


@pytest.mark.parametrize("role", ["none", "reader"])
def test_who_may_not_change_is_told_the_officers_role(tmp_path: Path, role: str) -> None:
    vault = practise(tmp_path / "vault.sqlite", role=role)
    steps: list[Callable[[], object]] = [
        lambda: vault.create(PLAN),
        lambda: vault.cancel("web"),
        lambda: vault.set_enabled("web", enabled=True),
        lambda: vault.delete("web"),
    ]
    for step in steps:
        with pytest.raises(ForbiddenError, match="may not do this for “web”") as caught:
            step()
        assert "Key Vault Certificates Officer" in caught.value.hint
        assert "Reader" not in caught.value.hint
    vault.close()


def test_a_refusal_without_words_names_role_and_permissions() -> None:
    vault = vault_that(lambda: (403, b"", HEADERS))
    with pytest.raises(ForbiddenError) as caught:
        vault.operation("web")
    assert "Key Vault Reader" in caught.value.hint
    assert "certificate permissions get and list" in caught.value.hint
    vault.close()


def test_a_topic_has_its_own_words() -> None:
    body = envelope("CertificateIssuerNotFound", "Issuer not found")
    vault = vault_that(lambda: (404, body.encode(), HEADERS))
    with pytest.raises(NotFoundError, match="The vault has no issuer “DigiCertCA”"):
        vault.issuers.get("DigiCertCA")
    vault.close()


@pytest.mark.parametrize(("text", "secret"), SECRETS)
def test_no_secret_of_an_answer_is_kept(text: str, secret: str) -> None:
    for error in (
        answered(400, envelope("BadParameter", text)),
        explain(ServiceRequestError(text), name="web", host="h"),
        explain(CredentialUnavailableError(message=text), name="web", host="h"),
    ):
        assert secret not in repr(vars(error)) + str(error)


def test_a_name_that_looks_like_a_placeholder_is_a_name() -> None:
    body = envelope("CertificateNotFound", "Certificate not found: x")
    vault = vault_that(lambda: (404, body.encode(), HEADERS))

    with pytest.raises(NotFoundError, match=r"“\{host\}\[a\|b\]”"):
        vault.operation("{host}[a|b]")
    vault.close()


@given(st.text(), st.integers(400, 599), st.text(), st.text())
def test_any_answer_is_explained(text: str, status: int, code: str, inner: str) -> None:
    error = answered(status, envelope(code, text, inner))
    assert error.message
    assert error.hint


@given(st.integers(400, 599), st.binary(max_size=200))
def test_any_body_is_explained(status: int, body: bytes) -> None:
    vault = vault_that(lambda: (status, body, HEADERS))
    with pytest.raises(VaultError) as caught:
        vault.operation("web")
    assert caught.value.hint
    vault.close()


@given(
    st.sampled_from([ServiceRequestError, ServiceResponseError, ValueError, DecodeError]),
    st.text(),
)
def test_any_failure_is_explained(kind: type[Exception], text: str) -> None:
    assert explain(kind(text), name=text, host=text).hint
