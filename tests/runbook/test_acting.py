"""Actions on rows, through the real client: one result a row, and what others did meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from kvcsr_widgets.errors import ForbiddenError, InputError, NotFoundError, PlanError, VaultError
from kvcsr_widgets.pki.pending import Status
from kvcsr_widgets.pki.plan import SELF, CertificatePlan, KeyChoice
from kvcsr_widgets.pki.signed import read_signed
from kvcsr_widgets.practice.clock import MovableClock
from kvcsr_widgets.runbook.acting import End, Result, act
from kvcsr_widgets.runbook.batch import AT_ONCE
from kvcsr_widgets.runbook.entries import Entry, Key
from kvcsr_widgets.runbook.inventory import load
from kvcsr_widgets.runbook.rows import Action, Gone, Row
from kvcsr_widgets.vault.client import Vault
from kvcsr_widgets.vault.deleted import Deleted
from kvcsr_widgets.vault.records import Operation
from kvcsr_widgets.vault.session import practise

PLAN = CertificatePlan("web", "CN=www.contoso.com", key=KeyChoice.EC_P256, tags={"a": "b"})

pytestmark = pytest.mark.usefixtures("no_pauses")


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def vault(tmp_path: Path, clock: MovableClock) -> Iterator[Vault]:
    (tmp_path / "vaults").mkdir()
    opened = practise(tmp_path / "vaults", name="contoso", clock=clock)
    yield opened
    opened.close()


@pytest.fixture
def second(vault: Vault, tmp_path: Path) -> Iterator[Vault]:
    """Another vault of the same team."""
    assert vault.is_practice
    opened = practise(tmp_path / "vaults", name="fabrikam")
    yield opened
    opened.close()


def create(vault: Vault, *names: str) -> None:
    for name in names:
        vault.create(replace(PLAN, name=name))


def merge(vault: Vault, name: str) -> None:
    operation = vault.operation(name)
    assert vault.authority is not None
    assert operation.csr is not None
    reply = vault.authority.sign(operation.csr.der).file("p7b")
    vault.merge(name, read_signed(reply).certificates)


def issue(vault: Vault, *names: str) -> None:
    create(vault, *names)
    for name in names:
        merge(vault, name)


def cancel(vault: Vault, clock: MovableClock, name: str = "web") -> None:
    create(vault, name)
    vault.cancel(name)
    clock.advance(11)


def rows(*vaults: Vault) -> list[Entry]:
    """What an inventory shows now."""
    return list(load(vaults).entries)


def row(vault: Vault, name: str = "web") -> Entry:
    return load(vault).by_key[Key(vault.host, name)]


def gone(vault: Vault, *names: str) -> list[Gone]:
    return [Gone(vault.host, vault.deleted.get(name)) for name in names]


def go_on(_done: int, _total: int) -> bool:
    return True


def acted(
    action: Action,
    found: Iterable[Row],
    *vaults: Vault,
    tell: Callable[[int, int], bool] = go_on,
) -> list[Result]:
    return act(action, found, {vault.host: vault for vault in vaults}, tell=tell)


def ends(results: Sequence[Result]) -> list[End]:
    return [result.end for result in results]


def said(result: Result) -> str:
    """What is said of one row."""
    if result.outcome is not None:
        return f"{result.outcome.title} {result.outcome.next_step}"
    assert result.error is not None
    return f"{result.error.message} {result.error.hint}"


def is_kept(vault: Vault, name: str = "web") -> bool:
    """Whether the certificate is live."""
    try:
        vault.certificate(name)
    except NotFoundError:
        return False
    return True


def test_each_row_has_its_result_in_its_order(vault: Vault) -> None:
    names = [f"web{number}" for number in range(6)]
    create(vault, *names)
    found = rows(vault)

    results = acted(Action.CANCEL, found, vault)

    assert [result.row for result in results] == found
    assert ends(results) == [End.DONE] * 6
    assert all(vault.operation(name).cancellation_requested for name in names)


def test_an_error_of_one_ends_no_other(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    create(vault, "a", "b", "c")
    found = rows(vault)
    cancelled = Vault.cancel

    def refused(self: Vault, name: str) -> Operation:
        if name == "b":
            raise ForbiddenError("You may not.", hint="Ask for update.")
        return cancelled(self, name)

    monkeypatch.setattr(Vault, "cancel", refused)
    results = acted(Action.CANCEL, found, vault)

    assert ends(results) == [End.DONE, End.FAILED, End.DONE]
    assert said(results[1]) == "You may not. Ask for update."
    assert vault.operation("b") == found[1].operation, "what failed leaves it as it was"


def test_the_rows_of_several_vaults_are_each_done_in_theirs(vault: Vault, second: Vault) -> None:
    create(vault, "web")
    create(second, "web")

    results = acted(Action.DELETE_REQUEST, rows(vault, second)[1:], vault, second)

    assert ends(results) == [End.DONE]
    assert vault.operation("web").status is Status.IN_PROGRESS
    with pytest.raises(NotFoundError):
        second.operation("web")


def test_a_vault_that_is_not_open_is_an_error_of_its_rows_alone(
    vault: Vault, second: Vault
) -> None:
    create(vault, "web")
    create(second, "web")

    results = acted(Action.CANCEL, rows(vault, second), vault)

    assert ends(results) == [End.DONE, End.FAILED]
    assert said(results[1]).startswith(f"The vault {second.host} is not open.")


def test_a_row_that_it_does_not_apply_to_is_refused(vault: Vault) -> None:
    issue(vault, "web")

    [result] = acted(Action.CANCEL, rows(vault), vault)

    assert isinstance(result.error, InputError)
    assert "nothing to cancel" in said(result)


def test_some_run_at_once_and_no_more(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    create(vault, *(f"web{number}" for number in range(9)))
    found, lock, now, most = rows(vault), threading.Lock(), [0], [0]
    cancelled = Vault.cancel
    together = threading.Barrier(AT_ONCE, timeout=10)

    def counted(self: Vault, name: str) -> Operation:
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        if name < "web4":
            together.wait()
        try:
            return cancelled(self, name)
        finally:
            with lock:
                now[0] -= 1

    monkeypatch.setattr(Vault, "cancel", counted)
    assert ends(acted(Action.CANCEL, found, vault)) == [End.DONE] * 9
    assert most == [AT_ONCE]


def test_a_stop_lets_no_more_begin(vault: Vault) -> None:
    names = [f"web{number:02}" for number in range(20)]
    create(vault, *names)
    told: list[tuple[int, int]] = []

    def stop(done: int, total: int) -> bool:
        told.append((done, total))
        return False

    results = acted(Action.CANCEL, rows(vault), vault, tell=stop)

    asked = [name for name in names if vault.operation(name).cancellation_requested]
    assert told == [(1, 20)]
    assert 1 <= len(results) < 20
    assert [result.row.name for result in results] == asked, "what was begun is told"


def test_it_is_told_how_far_it_is(vault: Vault) -> None:
    create(vault, "a", "b", "c")
    told: list[tuple[int, int]] = []

    acted(Action.CANCEL, rows(vault), vault, tell=lambda *step: told.append(step) or True)  # type: ignore[func-returns-value]

    assert told == [(1, 3), (2, 3), (3, 3)]


def test_who_may_only_read_is_told_what_is_missing(vault: Vault, tmp_path: Path) -> None:
    create(vault, "a")
    issue(vault, "b")
    reader = practise(tmp_path / "vaults", name="contoso", role="reader")
    found = rows(reader)

    results = acted(Action.CANCEL, found[:1], reader)
    results += acted(Action.DELETE, found[1:], reader)
    results += acted(Action.NEW_VERSION, found[1:], reader)
    results += acted(Action.DISABLE, found[1:], reader)
    reader.close()

    assert ends(results) == [End.FAILED] * 4
    for result in results:
        assert isinstance(result.error, ForbiddenError)
        assert "Key Vault Certificates Officer" in said(result)
    assert load(vault).entries == tuple(found)


def test_who_may_list_but_not_read_is_told_so(vault: Vault, tmp_path: Path) -> None:
    issue(vault, "web")
    lister = practise(tmp_path / "vaults", name="contoso", role="lister")

    [result] = acted(Action.DISABLE, rows(lister), lister)
    lister.close()

    assert isinstance(result.error, ForbiddenError)
    assert "free" not in said(result), "nobody has asked for a free name"


# One action after the other.


def test_a_csr_is_read_again(vault: Vault) -> None:
    create(vault, "web")

    [result] = acted(Action.DOWNLOAD, rows(vault), vault)

    assert result.outcome is not None
    assert result.outcome.operation == vault.operation("web")
    assert "waits for the CA" in said(result)


def test_the_csr_of_an_issued_one_is_had_though_the_list_does_not_show_it(vault: Vault) -> None:
    issue(vault, "web")
    found = row(vault)
    assert not found.read

    [result] = acted(Action.DOWNLOAD, [found], vault)

    assert result.outcome is not None
    assert result.outcome.operation is not None
    assert result.outcome.operation.csr is not None


def test_an_issued_one_without_a_request_has_no_csr(vault: Vault) -> None:
    issue(vault, "web")
    vault.delete_operation("web")

    results = acted(Action.DOWNLOAD, rows(vault), vault)
    results += acted(Action.DELETE_REQUEST, rows(vault), vault)

    assert ends(results) == [End.FAILED, End.NOTHING]
    assert "no CSR" in said(results[0])
    assert "has no request" in said(results[1])


def test_a_new_version_has_the_policy_of_the_certificate(vault: Vault) -> None:
    issue(vault, "web")
    before = vault.current("web").plan

    [result] = acted(Action.NEW_VERSION, rows(vault), vault)

    assert result.end is End.DONE
    assert result.outcome is not None
    assert result.outcome.plan == before
    assert vault.operation("web").status is Status.IN_PROGRESS
    assert vault.certificate("web").thumbprint, "the version in use stays"


def test_a_request_that_was_given_up_is_started_again(vault: Vault, clock: MovableClock) -> None:
    cancel(vault, clock)
    before = vault.operation("web")

    [result] = acted(Action.NEW_VERSION, rows(vault), vault)

    assert result.end is End.DONE
    assert vault.operation("web").request_id != before.request_id


def test_a_new_version_goes_to_the_issuer_of_the_policy_or_nowhere(vault: Vault) -> None:
    vault.create(replace(PLAN, issuer=SELF))
    assert vault.certificate("web").thumbprint

    [result] = acted(Action.NEW_VERSION, rows(vault), vault)

    assert result.end is End.DONE
    assert vault.operation("web").issuer == SELF


@pytest.mark.parametrize("what", ["losses", "refused"])
def test_a_policy_that_cannot_be_sent_as_it_is_makes_no_request(
    vault: Vault, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    issue(vault, "web")
    found, before = rows(vault), vault.operation("web")
    current = vault.current("web")
    changed = {
        "losses": replace(current, losses=("The policy names no issuer.",)),
        "refused": replace(current, plan=replace(current.plan, validity_months=0)),
    }[what]
    monkeypatch.setattr(Vault, "current", lambda *_args: changed)

    [result] = acted(Action.NEW_VERSION, found, vault)

    assert result.end is End.FAILED
    told = {"losses": "names no issuer", "refused": "validity must be between"}[what]
    assert told in said(result)
    assert isinstance(result.error, InputError if what == "losses" else PlanError)
    assert vault.operation("web") == before


def test_a_policy_that_cannot_be_read_makes_no_request(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    issue(vault, "web")
    found = rows(vault)

    def broken(*_args: object) -> None:
        raise VaultError("Its policy cannot be read.")

    monkeypatch.setattr(Vault, "current", broken)

    [result] = acted(Action.NEW_VERSION, found, vault)

    assert result.end is End.FAILED
    assert "Its policy cannot be read." in said(result)
    assert vault.operation("web").status is Status.COMPLETED


def test_what_is_issued_is_disabled_and_enabled(vault: Vault) -> None:
    issue(vault, "web")

    assert ends(acted(Action.DISABLE, rows(vault), vault)) == [End.DONE]
    assert not vault.certificate("web").enabled
    assert ends(acted(Action.ENABLE, rows(vault), vault)) == [End.DONE]
    assert vault.certificate("web").enabled


def test_a_deleted_request_is_gone_and_the_certificate_is_not(vault: Vault) -> None:
    create(vault, "web")

    [result] = acted(Action.DELETE_REQUEST, rows(vault), vault)

    assert result.end is End.DONE
    assert is_kept(vault)
    with pytest.raises(NotFoundError):
        vault.operation("web")


def test_a_deleted_certificate_goes_with_all_versions_and_comes_back(vault: Vault) -> None:
    issue(vault, "web")
    issue(vault, "web")
    before = vault.certificate("web")

    [result] = acted(Action.DELETE, rows(vault), vault)
    assert result.end is End.DONE
    assert "It can be recovered until" in said(result)
    assert not is_kept(vault)

    [result] = acted(Action.RECOVER, gone(vault, "web"), vault)
    assert result.end is End.DONE
    assert said(result) == "“web” is recovered. It is as it was before."
    assert vault.certificate("web") == before
    assert len(list(vault.versions("web"))) == 2


def test_what_was_never_merged_is_deleted_too(vault: Vault, clock: MovableClock) -> None:
    cancel(vault, clock)

    assert ends(acted(Action.DELETE, rows(vault), vault)) == [End.DONE]
    assert vault.deleted.get("web").thumbprint == ""


def test_what_is_purged_is_gone_for_good(vault: Vault) -> None:
    issue(vault, "a", "b")
    acted(Action.DELETE, rows(vault), vault)

    results = acted(Action.PURGE, gone(vault, "a", "b"), vault)

    assert ends(results) == [End.DONE] * 2
    with pytest.raises(NotFoundError):
        vault.deleted.get("a")


def test_all_that_is_known_is_shown(vault: Vault) -> None:
    issue(vault, "web")
    issue(vault, "web")

    [result] = acted(Action.SHOW, rows(vault), vault)

    assert result.end is End.DONE
    assert result.shown is not None
    facts = dict(result.shown.facts)
    assert (facts["Vault"], facts["Name"]) == (vault.host, "web")
    assert facts["Thumbprint"] == vault.certificate("web").thumbprint
    assert facts["Subject"] == facts["CSR: Subject"] == "CN=www.contoso.com"
    assert facts["Key"] == "EC P-256"
    assert facts["Tags"] == "a=b"
    assert '"issuer"' in result.shown.policy
    assert len(result.shown.versions) == 2
    assert result.shown.notes == ()


def test_what_of_it_may_not_be_read_is_told_beside_the_rest(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    create(vault, "web")
    found = rows(vault)

    def forbidden(*_args: object) -> None:
        raise ForbiddenError("You may not.", hint="Ask.")

    monkeypatch.setattr(Vault, "versions", forbidden)
    monkeypatch.setattr(Vault, "operation", forbidden)

    [result] = acted(Action.SHOW, found, vault)

    assert result.shown is not None
    assert result.shown.versions == ()
    assert "Its request could not be read. You may not. Ask." in result.shown.notes
    assert "Its versions could not be listed. You may not. Ask." in result.shown.notes


def test_a_deleted_one_is_shown_as_far_as_the_vault_tells(vault: Vault) -> None:
    issue(vault, "web")
    vault.delete("web")

    [result] = acted(Action.SHOW, gone(vault, "web"), vault)

    assert result.shown is not None
    assert dict(result.shown.facts)["Can be purged before"] == "yes"


def test_where_it_stands_is_looked_up_before_a_merge(vault: Vault) -> None:
    create(vault, "web")

    [result] = acted(Action.MERGE, rows(vault), vault)

    assert result.outcome is not None
    assert result.outcome.operation == vault.operation("web")


# What somebody else has done since the rows were read.


def made_anew(vault: Vault) -> None:
    vault.delete_operation("web")
    vault.create(PLAN)


def request_deleted(vault: Vault) -> None:
    vault.delete_operation("web")


def merged(vault: Vault) -> None:
    merge(vault, "web")


def deleted(vault: Vault) -> None:
    vault.delete("web")


def purged(vault: Vault) -> None:
    vault.delete("web")
    vault.deleted.purge("web")


OTHERS = [
    (made_anew, "another request than the row shows"),
    (request_deleted, "is gone: somebody has deleted it"),
    (merged, "another version in use than the row shows"),
    (deleted, "A certificate deleted on"),
    (purged, "There is no certificate “web” in this vault."),
]


@pytest.mark.parametrize("action", [Action.CANCEL, Action.DELETE_REQUEST, Action.DOWNLOAD])
@pytest.mark.parametrize(("other", "told"), OTHERS)
def test_an_open_request_that_others_changed_is_left_alone(
    vault: Vault, action: Action, other: Callable[[Vault], None], told: str
) -> None:
    create(vault, "web")
    found = rows(vault)
    other(vault)
    before = load(vault).entries

    [result] = acted(action, found, vault)

    assert result.end is End.NOTHING
    assert told in said(result)
    assert "Nothing was changed from here." in said(result)
    assert load(vault).entries == before


def new_request(vault: Vault) -> None:
    vault.create(PLAN)


def new_version(vault: Vault) -> None:
    issue(vault, "web")


def made_from_nothing(vault: Vault) -> None:
    purged(vault)
    vault.create(PLAN)


@pytest.mark.parametrize(
    "action", [Action.DELETE, Action.DISABLE, Action.NEW_VERSION, Action.DELETE_REQUEST]
)
@pytest.mark.parametrize(
    ("other", "told"),
    [
        (new_request, "has a request that the row does not show: waits for the CA"),
        (new_version, "another version in use than the row shows"),
        (made_from_nothing, "has no version in use any more: somebody has made it anew"),
        (deleted, "A certificate deleted on"),
    ],
)
def test_an_issued_one_that_others_changed_is_left_alone(
    vault: Vault, action: Action, other: Callable[[Vault], None], told: str
) -> None:
    issue(vault, "web")
    found = rows(vault)
    other(vault)
    before = load(vault).entries

    [result] = acted(action, found, vault)

    assert result.end is End.NOTHING
    assert told in said(result)
    assert load(vault).entries == before


def test_what_is_disabled_already_is_told(vault: Vault) -> None:
    issue(vault, "web")
    found = rows(vault)
    vault.set_enabled("web", False)

    [result] = acted(Action.DISABLE, found, vault)

    assert result.end is End.NOTHING
    assert "is disabled already" in said(result)


def recovered(vault: Vault) -> None:
    vault.deleted.recover("web")


def purged_too(vault: Vault) -> None:
    vault.deleted.purge("web")


@pytest.mark.parametrize("action", [Action.RECOVER, Action.PURGE])
@pytest.mark.parametrize(
    ("other", "told"), [(recovered, "“web” is in use"), (purged_too, "it was purged")]
)
def test_a_deleted_one_that_others_changed_is_left_alone(
    vault: Vault, action: Action, other: Callable[[Vault], None], told: str
) -> None:
    issue(vault, "web")
    vault.delete("web")
    found = gone(vault, "web")
    other(vault)
    kept = is_kept(vault)

    [result] = acted(action, found, vault)

    assert result.end is End.NOTHING
    assert told in said(result)
    assert is_kept(vault) is kept


def test_another_one_deleted_under_the_same_name_is_not_purged(
    vault: Vault, clock: MovableClock
) -> None:
    issue(vault, "web")
    vault.delete("web")
    found = gone(vault, "web")
    purged_too(vault)
    clock.advance(60)
    issue(vault, "web")
    vault.delete("web")

    [result] = acted(Action.PURGE, found, vault)

    assert result.end is End.NOTHING
    assert "Another certificate “web” was deleted" in said(result)
    assert isinstance(vault.deleted.get("web"), Deleted)


def test_two_people_press_at_the_same_time(vault: Vault, tmp_path: Path) -> None:
    create(vault, *(f"web{number}" for number in range(8)))
    other = practise(tmp_path / "vaults", name="contoso")
    found, results = rows(vault), list[list[Result]]()

    def press(with_vault: Vault) -> None:
        results.append(acted(Action.DELETE_REQUEST, found, with_vault))

    people = [threading.Thread(target=press, args=(each,)) for each in (vault, other)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    other.close()

    for one, two in zip(*results, strict=True):
        assert {one.end, two.end} == {End.DONE, End.NOTHING}, (said(one), said(two))
    assert all(entry.operation is None for entry in rows(vault))
