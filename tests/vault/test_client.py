"""Our vault: plans in, records out, errors with advice."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import requests
from azure.core.credentials import AccessToken
from azure.core.pipeline.transport import RequestsTransport
from azure.identity import CredentialUnavailableError
from azure.keyvault.certificates import CertificateClient
from requests.adapters import BaseAdapter

from kvcsr_widgets.errors import (
    BusyError,
    ConflictError,
    ForbiddenError,
    NotFoundError,
    PlanError,
    RefusedError,
    SignInError,
    UnreachableError,
    VaultError,
)
from kvcsr_widgets.pki.altnames import AlternativeName
from kvcsr_widgets.pki.names import Names
from kvcsr_widgets.pki.pending import Status
from kvcsr_widgets.pki.plan import CertificatePlan, KeyChoice
from kvcsr_widgets.pki.signed import read_signed
from kvcsr_widgets.vault.client import Vault
from kvcsr_widgets.vault.records import Operation
from tests import certificates

PLAN = CertificatePlan("web", "CN=www.contoso.com", Names(("www.contoso.com",)), KeyChoice.EC_P256)


def sign(vault: Vault, operation: Operation) -> list[Any]:
    assert vault.authority is not None
    assert operation.csr is not None
    return list(read_signed(vault.authority.sign(operation.csr.der).file("cer")).certificates)


@pytest.mark.parametrize("key", KeyChoice)
def test_a_plan_becomes_a_request(vault: Vault, key: KeyChoice) -> None:
    operation = vault.create(CertificatePlan("web", "CN=a", Names(("a.example",)), key))

    assert (operation.name, operation.status) == ("web", Status.IN_PROGRESS)
    assert operation.csr is not None
    assert operation.csr.key == key.label
    assert operation.csr.names == (AlternativeName("DNS", "a.example"),)
    assert vault.policy("web").key is key


def test_a_bad_plan_is_not_sent(vault: Vault) -> None:
    with pytest.raises(PlanError):
        vault.create(CertificatePlan("a.b", "CN=a"))

    assert list(vault.certificates()) == []


def test_from_request_to_certificate(vault: Vault) -> None:
    operation = vault.create(PLAN)
    (leaf,) = sign(vault, operation)

    merged = vault.merge("web", [leaf])

    assert merged.enabled
    assert merged == vault.certificate("web")
    assert [each.version for each in vault.versions("web")] == [merged.version]
    by_version = vault.certificate("web", merged.version)
    assert (by_version.der, by_version.thumbprint) == (merged.der, merged.thumbprint)
    assert len(merged.thumbprint) == 40
    assert vault.operation("web").status is Status.COMPLETED
    assert vault.policy("web").names == PLAN.names


def test_a_request_can_be_cancelled_and_deleted(vault: Vault) -> None:
    vault.create(PLAN)

    assert vault.cancel("web").cancellation_requested
    assert vault.delete_operation("web").name == "web"
    with pytest.raises(NotFoundError, match="has no request in this vault"):
        vault.operation("web")


@pytest.mark.parametrize("enabled", [False, True])
def test_a_certificate_is_disabled_and_enabled_and_nothing_else(
    vault: Vault, enabled: bool
) -> None:
    operation = vault.create(replace(PLAN, tags={"team": "a"}, enabled=not enabled))
    vault.merge("web", sign(vault, operation))
    before, bundle = vault.certificate("web"), vault.bundle("web")

    found = vault.set_enabled("web", enabled)

    assert before.enabled is not enabled
    assert found == replace(before, enabled=enabled, updated=found.updated)
    assert found.tags == {"team": "a"}
    assert vault.certificate("web") == found
    assert vault.bundle("web").policy == bundle.policy


def test_what_is_not_there_is_not_enabled(vault: Vault) -> None:
    with pytest.raises(NotFoundError):
        vault.set_enabled("web", enabled=True)


def test_a_second_create_is_a_conflict(vault: Vault) -> None:
    before = vault.create(PLAN)

    with pytest.raises(ConflictError, match="already has a request") as caught:
        vault.create(PLAN)

    assert (caught.value.status, caught.value.code) == (409, "Conflict")
    assert caught.value.service_text.startswith("A new key vault certificate can not be created")
    assert len(caught.value.request_id) == 36
    assert vault.operation("web") == before


def test_a_certificate_for_another_key_leaves_the_request(vault: Vault) -> None:
    before = vault.create(PLAN)

    with pytest.raises(RefusedError, match="belongs to another key"):
        vault.merge("web", [certificates.leaf().certificate])

    assert vault.operation("web") == before


def test_a_second_merge_is_explained(vault: Vault) -> None:
    leaf = sign(vault, vault.create(PLAN))
    vault.merge("web", leaf)

    with pytest.raises(
        ForbiddenError, match="is not in progress any more: it was merged or cancelled"
    ):
        vault.merge("web", leaf)


def test_a_request_or_token_is_in_no_part_of_an_error(vault: Vault) -> None:
    with pytest.raises(NotFoundError) as caught:
        vault.certificate("nobody")

    assert caught.value.__context__ is None
    assert caught.value.__cause__ is None


class Answers(BaseAdapter):
    """Answers every request the same way: with a response, or by raising."""

    def __init__(self, answer: Callable[[], tuple[int, bytes, dict[str, str]]]) -> None:
        super().__init__()
        self.answer = answer

    def send(self, request: Any, *_args: Any, **_options: Any) -> requests.Response:
        response = requests.Response()
        response.request, response.url = request, request.url
        response.status_code, body, headers = self.answer()
        response.raw = io.BytesIO(body)
        response.headers.update({"Content-Type": "application/json"} | headers)
        return response

    def close(self) -> None:
        """Nothing to close."""


class Token:
    def get_token(self, *_scopes: str, **_options: Any) -> AccessToken:
        return AccessToken("token", 4_000_000_000)


class NoToken:
    def get_token(self, *_scopes: str, **_options: Any) -> AccessToken:
        raise CredentialUnavailableError(message="Please run 'az login'")


CHALLENGE = 'Bearer authorization="https://login.example/t", resource="https://vault.azure.net"'


def vault_that(
    answer: Callable[[], tuple[int, bytes, dict[str, str]]], credential: Any = None
) -> Vault:
    session = requests.Session()
    session.mount("https://", Answers(answer))
    client = CertificateClient(
        "https://contoso.vault.azure.net",
        credential or Token(),
        transport=RequestsTransport(session=session),
        retry_total=0,
    )
    return Vault(client)


def raising(error: Exception) -> Callable[[], tuple[int, bytes, dict[str, str]]]:
    def answer() -> tuple[int, bytes, dict[str, str]]:
        raise error

    return answer


def saying(status: int, code: str, text: str) -> Callable[[], tuple[int, bytes, dict[str, str]]]:
    body = f'{{"error":{{"code":"{code}","message":"{text}"}}}}'.encode()
    return lambda: (status, body, {"WWW-Authenticate": CHALLENGE, "x-ms-request-id": "id"})


CLOSED = "Client address is not authorized and caller is not a trusted service."


@pytest.mark.parametrize(
    ("answer", "kind", "says"),
    [
        (raising(requests.ConnectionError("no route")), UnreachableError, "cannot be reached"),
        (raising(requests.ReadTimeout("slow")), UnreachableError, "did not answer in time"),
        (lambda: (200, b"<html>", {}), UnreachableError, "is no Key Vault"),
        (saying(401, "Unauthorized", "no"), SignInError, "does not accept the sign-in"),
        (saying(403, "Forbidden", "Caller is not authorized"), ForbiddenError, "may not do this"),
        (saying(403, "Forbidden", CLOSED), ForbiddenError, "firewall"),
        (saying(429, "Throttled", "too many"), BusyError, "busy"),
        (saying(503, "Unavailable", "down"), BusyError, "busy"),
        (saying(400, "BadParameter", "odd"), RefusedError, "refused this"),
        (saying(409, "Conflict", "being deleted"), ConflictError, "cannot do this now"),
    ],
)
def test_a_vault_in_trouble_is_explained(
    answer: Callable[[], tuple[int, bytes, dict[str, str]]], kind: type[VaultError], says: str
) -> None:
    vault = vault_that(answer)

    with pytest.raises(kind, match=says) as caught:
        vault.operation("web")

    assert caught.value.hint
    assert "token" not in repr(vars(caught.value))
    vault.close()


def test_a_challenge_of_something_else_is_explained() -> None:
    challenge = CHALLENGE.replace("vault.azure.net", "example.com")
    vault = vault_that(lambda: (401, b"{}", {"WWW-Authenticate": challenge}))

    with pytest.raises(VaultError, match=r"is not the vault of this address|does not accept"):
        vault.check()
    vault.close()


def test_no_sign_in_is_explained() -> None:
    vault = vault_that(saying(401, "Unauthorized", "no"), NoToken())

    with pytest.raises(SignInError, match="Nobody is signed in") as caught:
        vault.check()

    assert "az login" in caught.value.hint + caught.value.service_text
    vault.close()
