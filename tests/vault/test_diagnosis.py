"""Refusals of the practice vault, which are the service's words, through our own client."""

from __future__ import annotations

from pathlib import Path

import pytest

from kvcsr_widgets.errors import (
    BusyError,
    ConflictError,
    RefusedError,
    UnreachableError,
    VaultError,
)
from kvcsr_widgets.pki.plan import CertificatePlan
from kvcsr_widgets.practice.faults import Fault, Faults
from kvcsr_widgets.practice.rules import Delays
from kvcsr_widgets.practice.transport import Practice
from kvcsr_widgets.vault.client import Vault
from kvcsr_widgets.vault.session import practise

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
