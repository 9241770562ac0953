"""From files, folders and zips to merged requests in several vaults."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kvcsr_widgets.errors import AddressError, InputError, StoppedError
from kvcsr_widgets.pki.pending import Status
from kvcsr_widgets.pki.plan import CertificatePlan, KeyChoice
from kvcsr_widgets.pki.replies import read_replies
from kvcsr_widgets.runbook.batch import AT_ONCE
from kvcsr_widgets.runbook.homes import Home
from kvcsr_widgets.runbook.matching import Kind
from kvcsr_widgets.runbook.search import (
    Found,
    Search,
    merge_found,
    opened,
    search,
)
from kvcsr_widgets.vault.client import Vault
from kvcsr_widgets.vault.records import Operation
from kvcsr_widgets.vault.session import practise

NOW = datetime.now(UTC)


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Vault]:
    folder = tmp_path / "vaults"
    folder.mkdir()
    practise(folder, name="fabrikam").close()
    vault = practise(folder, name="contoso")
    yield vault
    vault.close()


@pytest.fixture
def other(vault: Vault) -> Iterator[Vault]:
    beside = vault.beside("fabrikam")
    yield beside
    beside.close()


@pytest.fixture
def closed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The vaults that were closed, by name."""
    names: list[str] = []
    original = Vault.close

    def close(vault: Vault) -> None:
        names.append(vault.host.partition(".")[0])
        original(vault)

    monkeypatch.setattr(Vault, "close", close)
    return names


def reply(vault: Vault, name: str) -> bytes:
    operation = vault.create(CertificatePlan(name, f"CN={name}", key=KeyChoice.EC_P256))
    assert vault.authority is not None
    assert operation.csr is not None
    return vault.authority.sign(operation.csr.der).file("p7b")


def zipped(files: dict[str, bytes]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return data.getvalue()


def go_on(_done: int, _total: int) -> bool:
    return True


def wanted(*files: tuple[str, bytes], folder: str = "", others: tuple[str, ...] = ()) -> Search:
    """A search for files that were chosen."""
    return Search(tuple(read_replies(files)), folder, others=others)


def find(vault: Vault, looked_for: Search, tell: Callable[[int, int], bool] = go_on) -> Found:
    return search(
        vault,
        looked_for,
        NOW,
        plan_of=lambda _operation: None,
        downloaded_of=lambda _home: None,
        tell=tell,
    )


def test_a_zip_and_a_folder_are_searched_together(vault: Vault, tmp_path: Path) -> None:
    replies = {f"w{n}": reply(vault, f"w{n}") for n in range(4)}
    archive = zipped({f"mail/{name}.p7b": replies[name] for name in ("w0", "w1", "w2")})
    (tmp_path / "w3.p7b").write_bytes(replies["w3"])

    found = find(vault, wanted(("all.zip", archive), folder=str(tmp_path)))

    assert {each.filename: each.home.name for each in found.matches if each.home} == {
        "all.zip/mail/w0.p7b": "w0",
        "all.zip/mail/w1.p7b": "w1",
        "all.zip/mail/w2.p7b": "w2",
        "w3.p7b": "w3",
    }
    outcomes = merge_found(vault, found, found.matches, NOW, tell=go_on)
    assert all(each.merged and each.merged.ok for each in outcomes)
    again = find(vault, wanted(("all.zip", archive)))
    assert [each.kind for each in again.matches] == [Kind.MERGED] * 3


def test_what_is_known_from_here_is_asked_of_each_request(vault: Vault) -> None:
    asked: list[str] = []

    def plan_of(operation: Operation) -> None:
        asked.append(operation.name)

    def downloaded_of(home: Home) -> None:
        asked.append(home.name)

    looked_for = wanted(("web.p7b", reply(vault, "web")))
    search(vault, looked_for, NOW, plan_of=plan_of, downloaded_of=downloaded_of, tell=go_on)

    assert asked == ["web", "web"]


def test_a_request_from_elsewhere_is_held_against_its_policy(vault: Vault, other: Vault) -> None:
    """Nothing is known of it from here, as in notebook 03; its reply lasts 90 days."""
    plan = CertificatePlan("web", "CN=web", key=KeyChoice.EC_P256, validity_months=24)
    operation = other.create(plan)
    assert other.authority is not None
    assert operation.csr is not None
    data = other.authority.sign(operation.csr.der, days=90).file("p7b")

    found = find(vault, wanted(("web.p7b", data), others=("fabrikam",)))

    assert "shorter-than-asked" in {each.code for each in found.matches[0].findings}
    [end] = merge_found(vault, found, found.matches, NOW, tell=go_on)
    assert end.merged is not None
    states = {(each.label, each.expected) for each in end.merged.checks}
    assert ("State", "not known here") in states, "a policy does not tell"


def test_only_the_vaults_that_are_needed_are_opened_for_the_merge(
    vault: Vault, other: Vault, closed: list[str]
) -> None:
    files = (("web.p7b", reply(vault, "web")), ("mail.p7b", reply(other, "mail")))
    found = find(vault, wanted(*files, others=("fabrikam", "contoso", "fabrikam")))

    assert found.others == ((other.host, "fabrikam"),)
    closed.clear()
    by_name = {each.home.name: each for each in found.matches if each.home}
    merge_found(vault, found, [by_name["web"]], NOW, tell=go_on)
    assert closed == []
    [end] = merge_found(vault, found, [by_name["mail"]], NOW, tell=go_on)
    assert end.merged is not None
    assert closed == ["fabrikam"]


def test_vaults_are_closed_whatever_happens(vault: Vault, closed: list[str]) -> None:
    with pytest.raises(AddressError), opened(vault, ["fabrikam", "nowhere"]):
        pass
    assert closed == ["fabrikam"]
    with pytest.raises(ZeroDivisionError), opened(vault, ["fabrikam"]):
        raise ZeroDivisionError
    assert closed == ["fabrikam"] * 2


def test_a_vault_that_cannot_be_is_said_before_anything_is_read(vault: Vault) -> None:
    with pytest.raises(AddressError, match="no practice vault"):
        find(vault, wanted(("a.cer", b"x"), others=("nowhere",)))


def test_a_folder_that_is_none_is_said(vault: Vault) -> None:
    with pytest.raises(InputError, match="is no folder"):
        find(vault, Search(folder="/nowhere/at/all"))


def test_a_search_stops_when_it_is_told_to(vault: Vault) -> None:
    looked_for = wanted(("web.p7b", reply(vault, "web")))

    with pytest.raises(StoppedError, match="Nothing was changed"):
        find(vault, looked_for, lambda _done, _total: False)


def test_merging_stops_when_it_is_told_to_and_tells_what_was_done(vault: Vault) -> None:
    files = tuple((f"w{n}.p7b", reply(vault, f"w{n}")) for n in range(9))
    found = find(vault, wanted(*files))

    ends = merge_found(vault, found, found.matches, NOW, tell=lambda done, _total: done < 2)

    told = {end.match.home.name for end in ends if end.match.home}
    completed = {f"w{n}" for n in range(9) if vault.operation(f"w{n}").status is Status.COMPLETED}
    assert told == completed
    assert len(ends) == len(told) == AT_ONCE
    assert all(end.merged is not None for end in ends)


def test_what_is_searched_holds_no_contents() -> None:
    assert "secret" not in repr(wanted(("a.pem", b"secret")))
