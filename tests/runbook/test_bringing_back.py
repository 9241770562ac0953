"""Recovering takes its time; what was asked for is waited for, but not for ever."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kvcsr_widgets.errors import ForbiddenError, NotFoundError
from kvcsr_widgets.pki.plan import CertificatePlan, KeyChoice
from kvcsr_widgets.practice.clock import MovableClock
from kvcsr_widgets.practice.rules import Delays
from kvcsr_widgets.runbook import bringing_back
from kvcsr_widgets.vault.client import Vault
from kvcsr_widgets.vault.deleted import Deleted
from kvcsr_widgets.vault.deleted import DeletedCertificates as VaultsDeleted
from kvcsr_widgets.vault.records import Certificate
from kvcsr_widgets.vault.session import practise


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def vault(tmp_path: Path, clock: MovableClock) -> Iterator[Vault]:
    """A vault that takes seconds to delete and to recover, as the real one does."""
    opened = practise(tmp_path / "vault.sqlite", clock=clock, delays=Delays(delete=6))
    yield opened
    opened.close()


@pytest.fixture
def gone(vault: Vault, clock: MovableClock) -> Deleted:
    vault.create(CertificatePlan("web", "CN=web", key=KeyChoice.EC_P256))
    vault.delete("web")
    clock.advance(7)
    return vault.deleted.get("web")


def test_a_recovery_is_waited_for(vault: Vault, gone: Deleted, clock: MovableClock) -> None:
    moved: list[float] = []

    outcome = bringing_back.recover(
        vault, gone, sleep=lambda pause: moved.append(clock.advance(pause))
    )

    assert outcome.done
    assert outcome.title == "“web” is recovered."
    assert moved
    assert outcome.operation == vault.operation("web")


def test_a_recovery_that_takes_long_is_told_to_go_on(vault: Vault, gone: Deleted) -> None:
    pauses: list[float] = []

    outcome = bringing_back.recover(vault, gone, sleep=pauses.append)

    assert outcome.done
    assert outcome.title == "“web” is being recovered."
    assert sum(pauses) >= 8


def test_who_may_recover_but_not_read_is_told_that_it_was_asked_for(
    vault: Vault, gone: Deleted, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forbidden(*_args: object) -> Certificate:
        raise ForbiddenError("You may not.")

    monkeypatch.setattr(Vault, "certificate", forbidden)

    outcome = bringing_back.recover(vault, gone, sleep=lambda _pause: None)

    assert outcome.done
    assert "is being recovered" in outcome.title


def test_what_is_being_recovered_by_others_is_told(vault: Vault, gone: Deleted) -> None:
    vault.deleted.recover("web")

    outcome = bringing_back.purge(vault, gone)

    assert not outcome.done
    assert "is not among the deleted ones" in outcome.title


def test_others_may_be_quicker_by_a_hair(
    vault: Vault, gone: Deleted, monkeypatch: pytest.MonkeyPatch
) -> None:
    purge = VaultsDeleted.purge

    def late(self: VaultsDeleted, name: str) -> None:
        purge(self, name)
        purge(self, name)

    monkeypatch.setattr(VaultsDeleted, "purge", late)

    assert "it was purged" in bringing_back.purge(vault, gone).title


def test_what_the_vault_refuses_is_raised(
    vault: Vault, gone: Deleted, monkeypatch: pytest.MonkeyPatch
) -> None:
    def odd(*_args: object) -> None:
        raise NotFoundError("It is not there, says the vault.")

    monkeypatch.setattr(VaultsDeleted, "recover", odd)

    with pytest.raises(NotFoundError, match="says the vault"):
        bringing_back.recover(vault, gone, sleep=lambda _pause: None)


def test_what_then_cannot_be_looked_up_is_raised(
    vault: Vault, gone: Deleted, monkeypatch: pytest.MonkeyPatch
) -> None:
    purge = VaultsDeleted.purge
    purge(vault.deleted, "web")

    def forbidden(*_args: object) -> Certificate:
        raise ForbiddenError("You may not read it.")

    monkeypatch.setattr(Vault, "certificate", forbidden)

    with pytest.raises(ForbiddenError, match="may not read"):
        bringing_back.purge(vault, gone)
