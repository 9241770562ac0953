from __future__ import annotations

import base64
from typing import Any

import pytest

from kvcsr_widgets.vault import wire
from tests import certificates

CSR = certificates.csr()


def answer(**members: Any) -> dict[str, Any]:
    """What a vault says of the request “web”, but for ``members``."""
    good = {
        "id": "https://contoso.vault.azure.net/certificates/web/pending",
        "issuer": {"name": "Unknown"},
        "csr": base64.b64encode(CSR.der).decode(),
        "cancellation_requested": False,
        "status": "inProgress",
        "status_details": "It waits.",
        "request_id": "1",
    }
    return good | members


def test_a_request_is_read() -> None:
    found = wire.operation(answer())

    assert (found.name, found.csr, found.details) == ("web", CSR, "It waits.")


@pytest.mark.parametrize("csr", ["not base64", base64.b64encode(b"no CSR").decode()])
def test_a_csr_that_cannot_be_read_is_said_and_hides_no_other_request(csr: str) -> None:
    found = wire.operation(answer(csr=csr))

    assert found.csr is None
    assert found.details.startswith("It waits. Its CSR cannot be read: ")


def test_what_is_no_operation_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="no certificate operation"):
        wire.operation({"id": None})


def test_a_secret_in_what_a_request_says_of_itself_is_blanked() -> None:
    said = wire.operation(
        answer(status_details="password=S3cret", error={"code": "x", "message": "pwd=S3cret"})
    )
    assert "S3cret" not in said.details + said.error


def listed(**members: Any) -> dict[str, Any]:
    """A certificate as a list tells it, but for ``members``."""
    good = {
        "id": "https://contoso.vault.azure.net/certificates/web",
        "x5t": "AQIDBAUGBwgJCgsMDQ4PEBESExQ",
        "attributes": {"enabled": True, "nbf": 1, "exp": 2, "created": 3, "updated": 4},
        "tags": {"team": "a"},
        "subject": "",
    }
    return good | members


def test_a_certificate_of_a_list_is_read() -> None:
    found = wire.item(listed())

    assert (found.name, found.version, found.enabled, found.tags) == (
        "web",
        "",
        True,
        {"team": "a"},
    )
    assert found.thumbprint == "0102030405060708090A0B0C0D0E0F1011121314"
    times = (found.not_before, found.expires, found.created, found.updated)
    assert [each and each.timestamp() for each in times] == [1, 2, 3, 4]


def test_a_placeholder_of_a_list_has_no_thumbprint() -> None:
    placeholder = listed(attributes={"enabled": False}, tags=None)
    del placeholder["x5t"]

    found = wire.item(placeholder)

    assert (found.enabled, found.thumbprint, found.expires, found.tags) == (False, "", None, {})


def test_a_version_of_a_list_has_its_id() -> None:
    found = wire.item(listed(id="https://contoso.vault.azure.net/certificates/web/0123"))
    assert (found.name, found.version) == ("web", "0123")


@pytest.mark.parametrize(
    "members",
    [
        {"id": None},
        {"id": 7},
        {"id": "https://contoso.vault.azure.net/certificates/"},
        {"id": "https://contoso.vault.azure.net/keys/web"},
        {"attributes": 7},
        {"attributes": {"exp": "soon"}},
        {"attributes": {"exp": 10**30}},
        {"attributes": {"exp": [1]}},
        {"x5t": 7},
        {"x5t": "a"},
        {"tags": 7},
    ],
)
def test_what_is_no_certificate_is_a_value_error(members: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="no certificate"):
        wire.item(listed(**members))


@pytest.mark.parametrize("found", [{}, [], None, listed(cer="a"), listed(cer=7)])
def test_what_is_no_bundle_is_a_value_error(found: Any) -> None:
    with pytest.raises(ValueError, match="no certificate"):
        wire.bundle(found)
