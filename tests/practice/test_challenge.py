"""The 401 challenge and the tokens."""

from __future__ import annotations

from collections.abc import Callable

import jwt
import pytest
from azure.core.exceptions import ClientAuthenticationError
from azure.keyvault.certificates import CertificateClient

from kvcsr_widgets.practice.tokens import AUTHORITY, LIFETIME, resource_of
from kvcsr_widgets.practice.transport import Practice
from tests.practice.conftest import START, Clock, Credential

RESOURCE = resource_of("practice.vault.practice.invalid")
Connect = Callable[[Credential], CertificateClient]


def refusal(connect: Connect, token: Callable[[str], str]) -> tuple[str | None, str | None, str]:
    """Code, text and challenge of the answer to a client with this token."""
    client = connect(Credential(token))
    with pytest.raises(ClientAuthenticationError) as caught:
        client.get_certificate_operation("web")
    error = caught.value.error
    assert error is not None
    headers: dict[str, str] = getattr(caught.value.response, "headers", {})
    return error.code, error.message, headers["WWW-Authenticate"]


CHALLENGE = f'Bearer authorization="{AUTHORITY}", resource="{RESOURCE}"'


def test_the_first_answer_is_the_challenge(practice: Practice) -> None:
    answer = practice.session().get(f"{practice.url}/certificates?api-version=7.4")

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == CHALLENGE
    assert answer.json() == {
        "error": {
            "code": "Unauthorized",
            "message": "AKV10000: Request is missing a Bearer or PoP token.",
        }
    }


def test_the_sdk_asks_for_a_token_for_the_resource_of_the_challenge(
    practice: Practice, connect: Connect
) -> None:
    credential = Credential(lambda resource: practice.tokens.issue(resource)[0])

    assert list(connect(credential).list_properties_of_certificates()) == []

    assert credential.asked == [f"{RESOURCE}/.default"]


def test_a_token_for_another_audience_is_refused(practice: Practice, connect: Connect) -> None:
    token = practice.tokens.issue("https://management.practice.invalid")[0]

    assert refusal(connect, lambda _resource: token) == (
        "Unauthorized",
        f"AKV10022: Invalid audience. Expected {RESOURCE}, found: "
        "https://management.practice.invalid.",
        CHALLENGE,
    )


def test_an_expired_token_is_refused(practice: Practice, connect: Connect, clock: Clock) -> None:
    token = practice.tokens.issue(RESOURCE)[0]
    clock.now += LIFETIME

    code, message, challenge = refusal(connect, lambda _resource: token)

    assert message == "[TokenExpired] Error validating token: 'S2S12086'."
    assert (code, challenge) == ("Unauthorized", CHALLENGE)


def test_a_token_is_good_until_its_last_second(
    practice: Practice, connect: Connect, clock: Clock
) -> None:
    token = practice.tokens.issue(RESOURCE)[0]
    clock.now += LIFETIME - 1

    assert (
        list(connect(Credential(lambda _resource: token)).list_properties_of_certificates()) == []
    )


CLAIMS = {"aud": RESOURCE, "iss": f"{AUTHORITY}/", "exp": START + 60, "roles": ["officer"]}
OTHER_KEY = b"another key of thirty-two bytes."


@pytest.mark.parametrize(
    "token",
    [
        pytest.param(jwt.encode(CLAIMS, OTHER_KEY, algorithm="HS256"), id="another key"),
        pytest.param(jwt.encode(CLAIMS, "", algorithm="none"), id="no signature"),
        pytest.param("nonsense", id="no token at all"),
    ],
)
def test_a_token_that_this_vault_did_not_sign_is_refused(connect: Connect, token: str) -> None:
    code, message, _challenge = refusal(connect, lambda _resource: token)

    assert (code, message) == ("Unauthorized", "Error validating token: 'IDX10511'.")


def test_a_token_of_another_practice_vault_is_refused(
    connect: Connect, tmp_path_factory: pytest.TempPathFactory, clock: Clock
) -> None:
    other = Practice(tmp_path_factory.mktemp("other") / "vault.sqlite", clock)
    token = other.tokens.issue(RESOURCE)[0]
    other.close()

    assert refusal(connect, lambda _resource: token)[1] == "Error validating token: 'IDX10511'."


def test_a_token_of_another_issuer_is_refused(practice: Practice, connect: Connect) -> None:
    signed = jwt.encode(CLAIMS | {"iss": "https://x.example/"}, _key(practice), algorithm="HS256")

    assert refusal(connect, lambda _resource: signed)[1] == (
        f"AKV10032: Invalid issuer. Expected one of {AUTHORITY}/, found https://x.example/."
    )


@pytest.mark.parametrize("missing", ["aud", "iss", "exp", "roles"])
def test_a_token_without_a_claim_is_refused(
    practice: Practice, connect: Connect, missing: str
) -> None:
    claims = {name: value for name, value in CLAIMS.items() if name != missing}
    signed = jwt.encode(claims, _key(practice), algorithm="HS256")

    assert refusal(connect, lambda _resource: signed)[1] == "Error validating token: 'IDX10511'."


def _key(practice: Practice) -> bytes:
    key = practice.store.secret("token-key")
    assert key is not None
    return key
