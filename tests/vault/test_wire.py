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
