"""Which requests of a vault are read, on a practice vault."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from kvcsr_widgets.errors import BusyError, ForbiddenError, VaultError
from kvcsr_widgets.pki.plan import CertificatePlan, KeyChoice
from kvcsr_widgets.pki.signed import read_signed
from kvcsr_widgets.practice.clock import MovableClock
from kvcsr_widgets.practice.faults import Fault, Faults
from kvcsr_widgets.runbook import requests as reading
from kvcsr_widgets.runbook.loading import Counts
from kvcsr_widgets.runbook.reading import REFUSALS
from kvcsr_widgets.runbook.requests import Requests, requests
from kvcsr_widgets.vault.client import Vault
from kvcsr_widgets.vault.records import Operation
from kvcsr_widgets.vault.session import practise


def create(vault: Vault, name: str) -> Operation:
    return vault.create(CertificatePlan(name, "CN=a", key=KeyChoice.EC_P256))


def finish(vault: Vault, name: str) -> None:
    operation = create(vault, name)
    assert vault.authority is not None
    assert operation.csr is not None
    reply = vault.authority.sign(operation.csr.der, days=30)
    vault.merge(name, read_signed(reply.file("cer")).certificates)


def names(found: Requests) -> list[str]:
    return [each.name for each in found.operations]


def asked(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names whose requests are read from now on."""
    read, original = list[str](), vault.operation

    def operation(name: str) -> Operation:
        read.append(name)
        return original(name)

    monkeypatch.setattr(vault, "operation", operation)
    return read


def failing(vault: Vault, monkeypatch: pytest.MonkeyPatch, error: VaultError, *only: str) -> None:
    """Reading requests fails, those of ``only`` or all."""
    original = vault.operation

    def operation(name: str) -> Operation:
        if not only or name in only:
            raise error
        return original(name)

    monkeypatch.setattr(vault, "operation", operation)


def test_a_small_vault_is_read_whole_and_each_request_once(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    finish(vault, "b-done")
    create(vault, "a-waits")
    create(vault, "gone")
    vault.delete_operation("gone")
    read = asked(vault, monkeypatch)

    found = requests(vault)

    assert found.errors == ()
    assert not found.stopped
    assert names(found) == ["a-waits", "b-done"]
    assert sorted(read) == ["a-waits", "b-done", "gone"]


def test_of_finished_requests_only_the_newest_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "RECENT", 2)
    clock = MovableClock()
    vault = practise(tmp_path / "vault.sqlite", clock=clock)
    create(vault, "waits")
    for name in ("d", "a", "c", "b"):
        clock.advance(60)
        finish(vault, name)
    read = asked(vault, monkeypatch)

    found = requests(vault)
    assert names(found) == sorted(read) == ["b", "c", "waits"]
    assert found.unknown == {"a", "d"}
    vault.close()


def test_a_vault_that_cannot_be_listed_raises_its_error(tmp_path: Path) -> None:
    vault = practise(tmp_path / "vault.sqlite", role="none")

    with pytest.raises(ForbiddenError):
        requests(vault)
    vault.close()


@pytest.mark.parametrize("name", ["waits", "done"])
def test_one_that_cannot_be_read_hides_no_other(
    vault: Vault, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    create(vault, "waits")
    finish(vault, "done")
    create(vault, "too")
    failing(vault, monkeypatch, BusyError("The vault is busy."), name)

    found = requests(vault)

    assert names(found) == [each for each in ("done", "too", "waits") if each != name]
    assert [each.message for each in found.errors] == ["The vault is busy."]
    assert found.unknown == {name}


def test_who_may_read_no_request_is_not_refused_for_each(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    create(vault, "waits")
    finish(vault, "done")
    failing(vault, monkeypatch, ForbiddenError("You may not."))
    read = asked(vault, monkeypatch)

    found = requests(vault)

    assert found.operations == ()
    assert [str(each) for each in found.errors] == ["You may not."]
    assert read == ["waits"]


def test_the_counts_tell_of_the_newest_too(vault: Vault) -> None:
    create(vault, "waits")
    finish(vault, "done")
    told: list[Counts] = []

    requests(vault, progress=told.append)

    last = told[-1]
    assert (last.listed, last.operations, last.operations_due) == (2, 2, 2)


def test_a_stop_leaves_what_was_read(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    create(vault, "waits")
    finish(vault, "done")
    stop = threading.Event()
    read = asked(vault, monkeypatch)

    def told(counts: Counts) -> None:
        if counts.operations == 1:
            stop.set()

    found = requests(vault, progress=told, cancel=stop)

    assert found.stopped
    assert names(found) == ["waits"]
    assert read == ["waits"]


def test_a_stop_ends_the_pause_of_a_busy_vault(tmp_path: Path) -> None:
    faults, stop = Faults(), threading.Event()
    vault = practise(tmp_path / "vault.sqlite", faults=faults)
    finish(vault, "done")
    faults.add(Fault("throttled", "get_pending", times=1000, retry_after=30))
    threading.Timer(0.5, stop.set).start()

    begin = time.monotonic()
    found = requests(vault, cancel=stop)

    assert time.monotonic() - begin < 2.5  # the pause is of thirty seconds
    assert found.stopped
    assert found.errors == ()
    assert found.unknown == {"done"}
    vault.close()


def test_where_all_is_finished_who_may_read_no_request_is_not_refused_for_each(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "AT_ONCE", 1)
    for number in range(REFUSALS + 3):
        finish(vault, f"done{number}")
    failing(vault, monkeypatch, ForbiddenError("You may not."))
    read = asked(vault, monkeypatch)

    found = requests(vault)

    assert len(read) == REFUSALS
    assert len(found.errors) == len(found.unknown) == REFUSALS + 3
