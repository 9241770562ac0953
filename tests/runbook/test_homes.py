"""Reading the keys of vaults: requests, versions, and what cannot be read."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kvcsr_widgets.errors import (
    BusyError,
    ForbiddenError,
    KvcsrError,
    RefusedError,
    UnreachableError,
)
from kvcsr_widgets.pki.pending import Status
from kvcsr_widgets.pki.plan import CertificatePlan, KeyChoice
from kvcsr_widgets.pki.signed import read_signed
from kvcsr_widgets.practice.faults import Fault, Faults
from kvcsr_widgets.runbook import homes
from kvcsr_widgets.runbook.homes import Home, Index, index_of_requests, read_index
from kvcsr_widgets.vault.client import Vault
from kvcsr_widgets.vault.records import Certificate, Operation
from kvcsr_widgets.vault.session import practise
from tests.vault.test_client import saying, vault_that

pytestmark = pytest.mark.usefixtures("no_pauses")


@pytest.fixture
def faults() -> Faults:
    return Faults()


@pytest.fixture
def vault(tmp_path: Path, faults: Faults) -> Iterator[Vault]:
    opened = practise(tmp_path, name="contoso", faults=faults)
    yield opened
    opened.close()


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Vault]:
    opened = practise(tmp_path, name="fabrikam")
    yield opened
    opened.close()


def create(vault: Vault, name: str) -> Operation:
    return vault.create(CertificatePlan(name, "CN=a", key=KeyChoice.EC_P256))


def finish(vault: Vault, name: str) -> Certificate:
    operation = create(vault, name)
    assert vault.authority is not None
    assert operation.csr is not None
    reply = vault.authority.sign(operation.csr.der, days=30)
    return vault.merge(name, read_signed(reply.file("cer")).certificates)


def found(index: Index) -> set[tuple[str, str, str, str]]:
    return {
        (home.vault.partition(".")[0], home.name, home.version, home.state)
        for at in index.homes.values()
        for home in at
    }


def home_of(index: Index, name: str) -> Home:
    [home] = [home for at in index.homes.values() for home in at if home.name == name]
    return home


def test_the_requests_of_all_vaults_are_read(vault: Vault, other: Vault) -> None:
    waiting = create(vault, "web")
    create(other, "web")
    done = finish(other, "done")

    index = read_index([vault, other])

    assert found(index) == {
        ("contoso", "web", "", "waits for the CA"),
        ("fabrikam", "web", "", "waits for the CA"),
        ("fabrikam", "done", "", "completed"),
    }
    assert index.notes == ()
    assert waiting.csr is not None
    [home] = index.at(waiting.csr.public_key)
    assert home.operation == waiting
    assert (home.takes_a_reply, home.thumbprint, home.thumbprints) == (True, "", ())
    merged = home_of(index, "done")
    assert (merged.takes_a_reply, merged.thumbprint) == (False, done.thumbprint)


def test_a_vault_that_refuses_is_noted_in_its_own_words() -> None:
    vault = vault_that(saying(400, "BadParameter", "Something odd."))

    assert read_index([vault]).notes == (
        f"{vault.host}: The vault refused this (BadParameter). In its own words: “Something odd”.",
    )
    vault.close()


def test_finished_versions_are_read_when_asked(vault: Vault) -> None:
    first, second = finish(vault, "web"), finish(vault, "web")
    waiting = create(vault, "web")

    index = read_index([vault], versions=True)

    assert found(index) == {
        ("contoso", "web", first.version, "enabled"),
        ("contoso", "web", second.version, "enabled"),
        ("contoso", "web", "", "waits for the CA"),
    }
    assert waiting.csr is not None
    [home] = index.at(waiting.csr.public_key)
    assert set(home.thumbprints) == {first.thumbprint, second.thumbprint}
    assert home.thumbprint == ""  # those are of other keys


def test_a_request_that_is_gone_has_no_home(vault: Vault) -> None:
    create(vault, "gone")
    vault.delete_operation("gone")

    assert read_index([vault], versions=True) == Index({})


def test_progress_is_told(vault: Vault, other: Vault) -> None:
    for name in ("a", "b"):
        create(vault, name)
    create(other, "c")
    told: list[tuple[int, int]] = []

    read_index([vault, other], progress=lambda *step: told.append(step))

    assert told == [(1, 3), (2, 3), (3, 3)]


def test_what_progress_raises_ends_the_reading(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(30):
        create(vault, f"web{number}")
    monkeypatch.setattr(homes, "READERS", 1)
    read: list[str] = []
    original = vault.operation

    def counted(name: str) -> Operation:
        read.append(name)
        return original(name)

    monkeypatch.setattr(vault, "operation", counted)

    def stop(_done: int, _total: int) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        read_index([vault], progress=stop)
    assert len(read) < 30


def test_a_vault_that_fails_is_a_note_and_no_end(vault: Vault, other: Vault) -> None:
    create(vault, "web")
    other.close()

    index = read_index([other, vault])

    assert found(index) == {("contoso", "web", "", "waits for the CA")}
    [note] = index.notes
    assert note.startswith("fabrikam.vault.practice.invalid: ")


def test_a_request_that_fails_is_a_note_and_no_end(vault: Vault, faults: Faults) -> None:
    for name in ("a", "b", "c"):
        create(vault, name)
    faults.add(Fault("error", operation="get_pending", call=1, times=4))  # with the SDK's retries

    index = read_index([vault])

    assert len(found(index)) + len(index.notes) == 3
    assert all("The vault is busy" in note for note in index.notes)


def test_what_a_reply_is_held_against_is_read_with_its_request(vault: Vault) -> None:
    plan = CertificatePlan("web", "CN=web", key=KeyChoice.EC_P256, validity_months=3)
    vault.create(plan)
    finish(vault, "done")

    index = read_index([vault])

    policy = home_of(index, "web").policy
    assert policy is not None
    assert (policy.subject, policy.validity_months) == ("CN=web", 3)
    assert home_of(index, "done").policy is None  # its reply is there


@pytest.mark.parametrize(
    ("error", "noted"), [(ForbiddenError("You may not."), 0), (BusyError("It is busy."), 1)]
)
def test_a_policy_that_cannot_be_read_keeps_the_request(
    vault: Vault, monkeypatch: pytest.MonkeyPatch, error: KvcsrError, noted: int
) -> None:
    create(vault, "web")

    def fail(_name: str) -> Any:
        raise error

    monkeypatch.setattr(vault, "policy", fail)
    index = read_index([vault])

    assert found(index) == {("contoso", "web", "", "waits for the CA")}
    assert home_of(index, "web").policy is None
    assert [error.message in note for note in index.notes] == [True] * noted


@pytest.mark.parametrize("operation", ["list_versions", "get_version"])
def test_versions_that_fail_keep_the_request(vault: Vault, faults: Faults, operation: str) -> None:
    finish(vault, "web")
    faults.add(Fault("error", operation=operation, times=100))

    index = read_index([vault], versions=True)

    assert found(index) == {("contoso", "web", "", "completed")}
    assert len(index.notes) == 1


def test_a_version_that_is_no_certificate_is_a_note(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = finish(vault, "web")
    broken = Certificate("web", there.version, True, None, None, None, None, "", b"nonsense")
    monkeypatch.setattr(vault, "certificate", lambda _name, _version: broken)

    index = read_index([vault], versions=True)

    assert found(index) == {("contoso", "web", "", "completed")}
    assert f"Version {there.version} cannot be read" in index.notes[0]


@pytest.mark.parametrize(
    ("error", "read"),
    [(UnreachableError("It does not answer."), 3), (RefusedError("This one not."), 10)],
    ids=["a silent vault", "odd certificates"],
)
def test_a_vault_that_went_silent_is_not_asked_forever(
    vault: Vault, monkeypatch: pytest.MonkeyPatch, error: KvcsrError, read: int
) -> None:
    for number in range(10):
        create(vault, f"web{number}")
    monkeypatch.setattr(homes, "READERS", 1)
    monkeypatch.setattr(homes, "MAX_FAILURES", 3)

    def fail(_name: str) -> Any:
        raise error

    monkeypatch.setattr(vault, "operation", fail)

    notes = read_index([vault]).notes

    assert sum(error.message in note for note in notes) == read
    assert any(f"{10 - read} certificates were not read" in note for note in notes) == (read < 10)


def test_a_home_takes_a_reply_until_it_is_completed() -> None:
    operation = Operation("web", Status.CANCELLED, "Unknown", None, False, "", "", "")

    assert Home("h", "web", operation=operation).takes_a_reply
    assert not Home("h", "web", "v1").takes_a_reply


def test_requests_that_were_read_before_need_no_vault(vault: Vault) -> None:
    operation = create(vault, "web")
    without = Operation("odd", Status.IN_PROGRESS, "Unknown", None, False, "", "", "")

    index = index_of_requests(vault.host, [without, operation])

    assert operation.csr is not None
    assert index.homes_by_fingerprint == {
        operation.csr.fingerprint: (f"“web” in {vault.host} (waits for the CA)",)
    }
    assert found(index) == found(read_index([vault]))
