"""Many merges with one confirmation: each with its own end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kvcsr_widgets.errors import ConflictError, InputError, NotFoundError
from kvcsr_widgets.pki.pending import Status
from kvcsr_widgets.pki.plan import CertificatePlan, KeyChoice
from kvcsr_widgets.pki.replies import ReplyFile
from kvcsr_widgets.pki.signed import read_signed
from kvcsr_widgets.practice.faults import Fault, Faults
from kvcsr_widgets.runbook import batch, merging
from kvcsr_widgets.runbook.batch import Outcome
from kvcsr_widgets.runbook.homes import read_index
from kvcsr_widgets.runbook.matching import Match, match
from kvcsr_widgets.vault.client import Vault
from kvcsr_widgets.vault.session import practise

NOW = datetime.now(UTC)

pytestmark = pytest.mark.usefixtures("no_pauses")


@pytest.fixture(autouse=True)
def no_pauses_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merging, "PAUSES", (0,))


@pytest.fixture
def faults() -> Faults:
    return Faults()


@pytest.fixture
def vaults(tmp_path: Path, faults: Faults) -> Iterator[dict[str, Vault]]:
    opened = [practise(tmp_path, name=name, faults=faults) for name in ("contoso", "fabrikam")]
    yield {vault.host: vault for vault in opened}
    for vault in opened:
        vault.close()


def reply(vault: Vault, name: str) -> ReplyFile:
    operation = vault.create(CertificatePlan(name, f"CN={name}", key=KeyChoice.EC_P256))
    assert vault.authority is not None
    assert operation.csr is not None
    data = vault.authority.sign(operation.csr.der).file("p7b")
    return ReplyFile(f"{name}.p7b", read_signed(data), None)


def matches(vaults: dict[str, Vault], count: int = 6) -> list[Match]:
    """Requests in turn in both vaults, and a reply for each."""
    opened = list(vaults.values())
    replies = [reply(opened[number % 2], f"web{number}") for number in range(count)]
    return match(replies, read_index(opened), NOW)


def merge_all(
    found: list[Match],
    vaults: dict[str, Vault],
    tell: Callable[[int, int], bool] = lambda _done, _total: True,
) -> list[Outcome]:
    return batch.merge_all(found, vaults, NOW, tell=tell)


def test_all_are_merged_in_their_order_each_in_its_vault(vaults: dict[str, Vault]) -> None:
    found = matches(vaults)

    ends = merge_all(found, vaults)

    assert [end.match for end in ends] == found
    assert all(end.merged is not None and end.merged.ok for end in ends)
    for each in found:
        assert each.home is not None
        operation = vaults[each.home.vault].operation(each.home.name)
        assert operation.status is Status.COMPLETED


def test_an_error_of_one_ends_no_other(vaults: dict[str, Vault]) -> None:
    found = matches(vaults)
    assert found[2].home is not None
    vaults[found[2].home.vault].delete_operation("web2")

    ends = merge_all(found, vaults)

    assert [end.error is None for end in ends] == [True, True, False, True, True, True]
    assert isinstance(ends[2].error, NotFoundError)


def test_a_lost_answer_among_many_is_recognised(vaults: dict[str, Vault], faults: Faults) -> None:
    found = matches(vaults)
    faults.add(Fault("drop-after", operation="merge", call=3))

    ends = merge_all(found, vaults)

    assert sum(end.merged is not None and end.merged.lost_answer for end in ends) == 1
    assert all(end.error is None for end in ends)


def test_repeating_all_is_harmless(vaults: dict[str, Vault]) -> None:
    found = matches(vaults)
    merge_all(found, vaults)

    assert all(end.merged and end.merged.repeated for end in merge_all(found, vaults))


def test_a_request_that_was_made_again_meanwhile_is_left_alone(vaults: dict[str, Vault]) -> None:
    found = matches(vaults, 1)
    [vault, *_] = vaults.values()
    vault.delete_operation("web0")
    reply(vault, "web0")

    [end] = merge_all(found, vaults)

    assert isinstance(end.error, ConflictError)
    assert vault.operation("web0").status is Status.IN_PROGRESS


def test_what_cannot_be_merged_is_not_sent(vaults: dict[str, Vault]) -> None:
    found = matches(vaults, 2)
    stranger = match([reply(next(iter(vaults.values())), "late")], read_index([]), NOW)

    assert [end.match for end in merge_all([*stranger, *found], vaults)] == found


def test_a_vault_that_is_closed_by_then_is_said(vaults: dict[str, Vault]) -> None:
    found = matches(vaults, 2)
    assert found[0].home is not None
    open_still = {host: vault for host, vault in vaults.items() if host != found[0].home.vault}

    ends = merge_all(found, open_still)

    assert isinstance(ends[0].error, InputError)
    assert ends[1].merged is not None


@pytest.mark.parametrize("stop_after", [1, batch.AT_ONCE, batch.AT_ONCE + 1])
def test_after_a_stop_those_told_are_those_merged(
    vaults: dict[str, Vault], stop_after: int
) -> None:
    found = matches(vaults, batch.AT_ONCE * 3)
    told: list[tuple[int, int]] = []

    def tell(done: int, total: int) -> bool:
        told.append((done, total))
        return done != stop_after  # asked once more, it would go on

    outcomes = merge_all(found, vaults, tell=tell)

    completed = [
        each
        for each in found
        if each.home
        and vaults[each.home.vault].operation(each.home.name).status is Status.COMPLETED
    ]
    groups = -(-stop_after // batch.AT_ONCE)
    assert [each.match for each in outcomes] == completed == found[: groups * batch.AT_ONCE]
    assert told == [(number + 1, len(found)) for number in range(len(completed))]


def test_a_match_without_a_request_is_an_error_and_no_crash(vaults: dict[str, Vault]) -> None:
    [found] = matches(vaults, 1)

    [end] = merge_all([replace(found, request=None)], vaults)

    assert isinstance(end.error, InputError)
