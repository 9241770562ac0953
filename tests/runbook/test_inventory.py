"""Every certificate of a vault and where its request stands, over the real client."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from azure.keyvault.certificates import CertificatePolicy
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from kvcsr_widgets.errors import BusyError, ForbiddenError, NotFoundError, VaultError
from kvcsr_widgets.pki.plan import CertificatePlan, KeyChoice
from kvcsr_widgets.practice.faults import Fault, Faults
from kvcsr_widgets.practice.rules import Delays
from kvcsr_widgets.runbook import loading
from kvcsr_widgets.runbook.entries import Key, Part, State
from kvcsr_widgets.runbook.inventory import Inventory, Progress, load
from kvcsr_widgets.runbook.loading import AT_ONCE
from kvcsr_widgets.runbook.reading import REFUSALS
from kvcsr_widgets.runbook.refresh import reread
from kvcsr_widgets.vault.client import Vault
from kvcsr_widgets.vault.issuers import Issuer
from kvcsr_widgets.vault.session import practise
from tests import certificates
from tests.runbook.stocked import DAYS, create, finish
from tests.runbook.traffic import Traffic

Open = Callable[..., Vault]


def late() -> datetime:
    """A time at which what ``finish`` makes is in its last fifth."""
    return datetime.now(UTC) + timedelta(days=DAYS * 0.9)


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Open]:
    """Opens the vault of the test, or one of another name, with the options of ``practise``."""
    vaults: list[Vault] = []

    def open_(name: str = "one", **options: Any) -> Vault:
        vaults.append(practise(f"{tmp_path / 'vaults'}/", name=name, **options))
        return vaults[-1]

    yield open_
    for vault in vaults:
        vault.close()


def states(found: Inventory) -> dict[str, State | None]:
    return {each.name: each.state for each in found.entries}


def errors(found: Inventory) -> dict[str, type[VaultError]]:
    return {each.name: type(each.error) for each in found.entries if each.error is not None}


def test_the_inventory_has_a_row_for_each_certificate(vault: Vault) -> None:
    finish(vault, "done")
    create(vault, "waiting")
    create(vault, "gone")
    vault.delete_operation("gone")

    found = load(vault)
    frame = found.frame.set_index("name")

    assert dict(frame["state"]) == {"done": "completed", "gone": "none", "waiting": "pending"}
    assert dict(frame["enabled"]) == {"done": True, "gone": False, "waiting": False}
    assert frame.loc["done", "days_left"] in (DAYS - 1, DAYS)
    assert list(frame["days_left"].isna()) == [False, True, True]
    assert list(frame["expires"].isna()) == [False, True, True]
    assert not found.stopped
    assert found.counts.ended
    assert (found.counts.listed, found.counts.operations) == (3, 2)
    assert list(states(found).values()).count(State.PENDING) == 1


def test_a_disabled_certificate_has_the_words_of_its_operation(opened: Open) -> None:
    """As the article's FAQ says: the Certificate Operation tells why."""
    vault = opened(delays=Delays(issue=0, cancel=0))
    create(vault, "waiting")
    create(vault, "given-up")
    vault.cancel("given-up")
    finish(vault, "done")
    finish(vault, "merged", enabled=False)
    finish(vault, "no-request", enabled=False)
    vault.delete_operation("no-request")
    vault.issuers.add(Issuer("own", "DigiCert", account_id="1", organization_id="1"), "short")
    vault.create(CertificatePlan("refused", "CN=a", key=KeyChoice.EC_P256, issuer="own"))

    found = load(vault)
    frame = found.frame.set_index("name")
    frame["says"] = frame["error"].fillna(frame["status_detail"]).fillna("")
    says, steps = (dict(frame[column].astype(str)) for column in ("says", "next_step"))

    assert states(found) == {
        "done": State.COMPLETED,
        "given-up": State.CANCELLED,
        "merged": State.COMPLETED,
        "no-request": State.NONE,
        "refused": State.FAILED,
        "waiting": State.PENDING,
    }
    assert not frame.loc["refused", "enabled"]
    assert "Request rejected: The call to DigiCert failed" in says["refused"]
    assert steps["refused"].startswith("Failed. Read the CA's words")
    assert "Please Perform Merge" in says["waiting"]
    assert says["given-up"] == ""
    assert steps["given-up"].startswith("Cancelled.")
    assert says["done"] == ""
    assert not frame.loc["merged", "enabled"]
    assert says["merged"] == ""
    assert steps["merged"].startswith("Merged, but disabled: by hand, or as was asked; there was")
    assert not frame.loc["no-request", "enabled"]
    assert steps["no-request"].startswith("Disabled: by hand")
    assert errors(found) == {}


def test_only_requests_that_matter_are_read(vault: Vault, traffic: Traffic) -> None:
    finish(vault, "done")
    finish(vault, "off", enabled=False)
    create(vault, "waiting")
    traffic.asked.clear()

    load(vault)

    assert traffic.of("pending") == ["off", "waiting"]
    assert traffic.of("certificate") == []
    assert traffic.asked.count("/certificates") == 1


def test_a_renewal_is_found_once_its_certificate_is_late(vault: Vault, traffic: Traffic) -> None:
    finish(vault, "web")
    create(vault, "web")
    traffic.asked.clear()

    early = load(vault)
    assert traffic.of("pending") == []
    assert states(early) == {"web": State.COMPLETED}
    assert states(load(vault, now=late())) == {"web": State.PENDING}


def test_an_open_request_that_is_known_is_read_again(vault: Vault, traffic: Traffic) -> None:
    """The list does not tell of the new version of a young certificate."""
    finish(vault, "web")
    finish(vault, "other")
    create(vault, "web")
    before = reread(load(vault), [Key(vault.host, "web")], {vault.host: vault})
    traffic.asked.clear()

    assert states(load(vault, before=before)) == {
        "web": State.PENDING,
        "other": State.COMPLETED,
    }
    assert traffic.of("pending") == ["web"]


def test_what_was_imported_has_no_request(vault: Vault) -> None:
    brought = certificates.leaf(end=datetime.now(UTC) + timedelta(days=90))
    key = brought.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    policy = CertificatePolicy("Unknown", content_type="application/x-pem-file")
    vault._client.import_certificate("brought", brought.pem + key, policy=policy)

    assert states(load(vault)) == {"brought": State.COMPLETED}
    assert states(load(vault, now=datetime.now(UTC) + timedelta(days=99_999))) == {
        "brought": State.NONE
    }


def test_a_vault_of_more_than_one_page_is_read_whole(vault: Vault) -> None:
    for number in range(30):
        create(vault, f"c{number:02}")

    found = load(vault)

    assert list(found.frame["name"]) == [f"c{number:02}" for number in range(30)]
    assert set(found.frame["state"]) == {"pending"}


def test_a_vault_that_refuses_is_one_row_beside_the_others(opened: Open) -> None:
    create(opened("good"), "web")
    opened("closed")
    good, closed = opened("good"), opened("closed", role="none")

    found = load([closed, good])

    assert [(each.vault, each.name, each.failed) for each in found.entries] == [
        (closed.host, "", Part.LIST),
        (good.host, "web", None),
    ]
    assert isinstance(found.entries[0].error, ForbiddenError)
    assert found.by_key.keys() == {Key(good.host, "web")}
    assert found.missing == (
        f"{closed.host}: the certificates may not be listed. The permission “list” for "
        "certificates gives it, or the role Key Vault Reader.",
    )
    assert found.counts.ended


@pytest.mark.usefixtures("no_pauses")
def test_a_vault_that_does_not_answer_is_one_row(opened: Open) -> None:
    faults = Faults()
    create(opened("good"), "web")
    gone = opened("gone", faults=faults)
    faults.add(Fault("drop-before", "list_certificates", times=100))

    found = load([gone, opened("good")])

    assert states(found) == {"": None, "web": State.PENDING}
    assert isinstance(found.entries[0].error, VaultError)
    assert found.missing == ()


@pytest.mark.usefixtures("no_pauses")
def test_a_list_that_breaks_off_keeps_what_came(opened: Open) -> None:
    faults = Faults()
    vault = opened(faults=faults)
    for number in range(30):
        create(vault, f"c{number:02}")
    faults.add(Fault("error", "list_certificates", call=2, times=100))

    found = load(vault)

    assert len(found.by_key) == 25
    assert errors(found) == {"": BusyError}


@pytest.mark.usefixtures("no_pauses")
def test_one_request_that_fails_is_a_row_with_its_error(vault: Vault, traffic: Traffic) -> None:
    for name in ("a", "b", "c"):
        create(vault, name)
    traffic.answers["/certificates/b/pending"] = (500, b'{"error":{"code":"X","message":"y"}}')

    found = load(vault)

    assert states(found) == {"a": State.PENDING, "b": None, "c": State.PENDING}
    assert errors(found) == {"b": BusyError}
    row = found.frame.set_index("name").loc["b"]
    assert row["error"] == str(found.entries[1].error)
    assert row[["state", "next_step", "issuer"]].isna().all()


@pytest.mark.parametrize(
    "body",
    [b"[]", b"{}", b"\xff", b'{"id":"x","status":"odd"}', b"null", b"[" * 100_000],
)
def test_one_request_that_cannot_be_read_is_a_row_with_its_error(
    vault: Vault, traffic: Traffic, body: bytes
) -> None:
    create(vault, "a")
    create(vault, "b")
    traffic.answers["/certificates/b/pending"] = (200, body)

    found = load(vault)

    assert states(found) == {"a": State.PENDING, "b": None}
    assert list(errors(found)) == ["b"]


def test_who_may_list_and_not_read_gets_a_table_and_the_role(
    opened: Open, traffic: Traffic
) -> None:
    for number in range(40):
        create(opened(), f"c{number:02}")
    finish(opened(), "done")
    vault = opened(role="lister")
    traffic.asked.clear()

    found = load(vault)

    assert len(found.by_key) == 41
    assert states(found)["done"] is State.COMPLETED
    assert states(found)["c00"] is None
    assert found.missing == (
        f"{vault.host}: the requests of 40 certificates may not be read, so where they stand is "
        "not known. The permission “get” for certificates gives it, or the role Key Vault Reader.",
    )
    assert len(traffic.of("pending")) <= REFUSALS + AT_ONCE
    assert all(each.error and each.error.hint for each in found.entries if each.name != "done")
    named = [str(each.error) for each in found.entries if "“" in str(each.error)]
    assert len(named) == len(traffic.of("pending"))  # no row speaks of another one


def test_details_that_may_not_be_read_are_told(opened: Open) -> None:
    finish(opened(), "done")

    found = load(opened(role="lister"), details=True)

    assert states(found) == {"done": State.COMPLETED}
    assert found.entries[0].failed is Part.CERTIFICATE
    assert "one certificate may not be read, so their details" in found.missing[0]


def test_a_firewall_is_no_missing_permission(vault: Vault, traffic: Traffic) -> None:
    traffic.answers["/certificates"] = (
        403,
        b'{"error":{"code":"Forbidden","message":"Client address is not authorized and caller is '
        b'not a trusted service.","innererror":{"code":"ForbiddenByFirewall"}}}',
    )

    found = load(vault)

    assert errors(found) == {"": ForbiddenError}
    assert found.missing == ()


def test_progress_tells_growing_rows_in_the_thread_of_the_load(
    vault: Vault, traffic: Traffic
) -> None:
    for number in range(60):
        create(vault, f"c{number:02}")
    traffic.meanwhile = lambda path: time.sleep(0.3) if path == "/certificates" else None
    told: list[tuple[int, int, int]] = []

    def progress(now: Progress) -> None:
        rows = now.so_far()
        told.append((threading.get_ident(), len(rows.entries), len(rows.frame)))
        assert rows.stopped is False

    found = load(vault, progress=progress)

    assert {thread for thread, *_ in told} == {threading.get_ident()}
    rows = [each for _thread, each, _frame in told]
    assert rows == sorted(rows)
    assert rows[0] == 25
    assert rows[-1] == 60 == len(found.entries)
    assert all(entries == frame for _thread, entries, frame in told)


def test_what_is_there_so_far_may_be_asked_for_in_any_thread(
    vault: Vault, traffic: Traffic
) -> None:
    for number in range(60):
        create(vault, f"c{number:02}")
    traffic.slow(0.02)
    seen: list[int] = []

    def look(now: Progress) -> None:
        while not seen or seen[-1] < 60:
            seen.append(len(now.so_far().frame))
            time.sleep(0.01)  # a thread that never waits holds up all others

    def progress(now: Progress) -> None:
        if not threads:
            threads.append(threading.Thread(target=look, args=(now,)))
            threads[0].start()

    threads: list[threading.Thread] = []
    load(vault, progress=progress)
    threads[0].join(10)

    assert seen == sorted(seen)
    assert seen[-1] == 60


def test_what_the_callers_own_progress_raises_ends_the_load(vault: Vault, traffic: Traffic) -> None:
    for number in range(60):
        create(vault, f"c{number:02}")

    def broken(_now: Progress) -> None:
        raise LookupError("own")

    traffic.asked.clear()
    traffic.slow(0.05)
    with pytest.raises(LookupError, match="own"):
        load(vault, progress=broken)
    there = len(traffic.asked)
    time.sleep(0.3)

    assert len(traffic.asked) == there  # no thread goes on


def test_a_fault_of_our_own_is_no_row_and_no_endless_load(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_self: Vault) -> Iterator[list[Any]]:
        raise LookupError("own")

    monkeypatch.setattr(Vault, "pages", broken)
    with pytest.raises(LookupError, match="own"):
        load(vault)


def test_a_stop_before_asks_for_nothing(vault: Vault, traffic: Traffic) -> None:
    stop = threading.Event()
    stop.set()

    found = load(vault, cancel=stop)

    assert traffic.asked == []
    assert (found.entries, found.stopped) == ((), True)


def test_a_stop_keeps_what_was_read(
    monkeypatch: pytest.MonkeyPatch, vault: Vault, traffic: Traffic
) -> None:
    monkeypatch.setattr(loading, "PATIENCE", 30)
    for number in range(60):
        create(vault, f"c{number:02}")
    traffic.slow(0.05)
    stop = threading.Event()

    begin = time.monotonic()
    found = load(vault, cancel=stop, progress=lambda _now: stop.set())

    assert time.monotonic() - begin < 5  # nothing hangs: there is nothing to be patient for
    assert found.stopped
    assert 25 <= len(found.entries) < 60
    assert errors(found) == {}
    assert found.missing == ()
    assert found.counts.operations < found.counts.operations_due


def test_a_stop_comes_through_though_answers_hang(vault: Vault, traffic: Traffic) -> None:
    for name in ("a", "b", "c"):
        create(vault, name)
    stop, never = threading.Event(), threading.Event()
    traffic.hold("/certificates/b/pending", never)
    threading.Timer(0.5, stop.set).start()

    begin = time.monotonic()
    found = load(vault, cancel=stop)
    took = time.monotonic() - begin
    never.set()

    assert 0.5 <= took < 2.5  # the answer hangs for ten seconds
    assert states(found) == {"a": State.PENDING, "b": None, "c": State.PENDING}
    assert found.stopped
    assert errors(found) == {}


def test_a_stop_does_not_wait_for_reads_that_never_began(
    monkeypatch: pytest.MonkeyPatch, vault: Vault, traffic: Traffic
) -> None:
    monkeypatch.setattr(loading, "PATIENCE", 30)
    for number in range(60):
        create(vault, f"web{number:02}")
    traffic.slow(0.02)
    stop = threading.Event()
    stopped: list[float] = []

    def tell(progress: Progress) -> None:
        if progress.counts.operations and not stopped:
            stopped.append(time.monotonic())
            stop.set()

    found = load(vault, progress=tell, cancel=stop, at_once=2)

    assert found.counts.operations < found.counts.operations_due
    assert time.monotonic() - stopped[0] < 5


def test_a_stop_ends_the_pause_of_a_busy_vault(opened: Open) -> None:
    faults = Faults()
    vault = opened(faults=faults)
    create(vault, "web")
    faults.add(Fault("throttled", "get_pending", times=1000, retry_after=30))
    stop = threading.Event()
    threading.Timer(0.5, stop.set).start()

    begin = time.monotonic()
    found = load(vault, cancel=stop)

    assert time.monotonic() - begin < 2.5  # the pause is of thirty seconds
    assert (states(found), errors(found)) == ({"web": None}, {})


def test_a_busy_vault_is_read_whole(opened: Open) -> None:
    faults = Faults()
    vault = opened(faults=faults)
    for number in range(20):
        create(vault, f"c{number:02}")
    faults.add(Fault("throttled", "get_pending", call=3, times=2, retry_after=1))

    begin = time.monotonic()
    found = load(vault)

    assert time.monotonic() - begin >= 1
    assert set(states(found).values()) == {State.PENDING}
    assert errors(found) == {}


def test_no_more_than_the_bound_are_asked_at_once(vault: Vault, traffic: Traffic) -> None:
    for number in range(25):
        create(vault, f"c{number:02}")
    traffic.slow(0.02)
    traffic.most = 0

    load(vault, at_once=3)
    few = traffic.most
    load(vault)

    assert few == 3
    assert 3 < traffic.most <= AT_ONCE


def test_several_vaults_are_read_at_once(opened: Open, traffic: Traffic) -> None:
    vaults = [opened(name) for name in ("one", "two", "three")]
    for vault in vaults:
        create(vault, "web")
    lists = threading.Barrier(3)
    traffic.meanwhile = lambda path: lists.wait(10) if path == "/certificates" else None

    found = load(vaults)

    assert [each.vault for each in found.entries] == [vault.host for vault in vaults]
    assert len(set(found.frame["vault"])) == 3


def test_a_busy_vault_keeps_no_other_waiting(opened: Open) -> None:
    faults = Faults()
    busy, other = opened(faults=faults), opened("two")
    for vault in (busy, other):
        for number in range(AT_ONCE + 4):
            create(vault, f"c{number:02}")
    faults.add(Fault("throttled", "get_pending", times=1000, retry_after=30))
    stop = threading.Event()

    def tell(progress: Progress) -> None:
        if progress.counts.operations == AT_ONCE + 4:
            stop.set()

    threading.Timer(5, stop.set).start()
    found = load([busy, other], progress=tell, cancel=stop)

    read = {each.vault for each in found.entries if each.read}
    assert read == {other.host}
    assert found.counts.operations == AT_ONCE + 4


def test_a_vault_that_is_named_twice_is_read_once(vault: Vault, traffic: Traffic) -> None:
    create(vault, "web")
    traffic.asked.clear()

    found = load([vault, vault])

    assert len(found.entries) == 1
    assert traffic.asked.count("/certificates") == 1


def test_no_vaults_are_an_empty_inventory() -> None:
    assert load([]).entries == ()


def test_what_is_deleted_meanwhile_is_no_end(vault: Vault, traffic: Traffic) -> None:
    finish(vault, "a")
    finish(vault, "b")
    traffic.answers["/certificates/b"] = (
        404,
        b'{"error":{"code":"CertificateNotFound","message":"A certificate with (name/id) b was '
        b'not found in this key vault."}}',
    )

    found = load(vault, details=True)

    assert errors(found) == {"b": NotFoundError}
    assert found.entries[0].details is not None


def test_a_name_that_the_list_tells_twice_is_one_row(vault: Vault, traffic: Traffic) -> None:
    create(vault, "web")
    host = vault.host
    item = f'{{"id":"https://{host}/certificates/web","attributes":{{"enabled":false}}}}'
    traffic.answers["/certificates"] = (200, f'{{"value":[{item},{item}]}}'.encode())
    traffic.asked.clear()

    found = load(vault)

    assert states(found) == {"web": State.PENDING}
    assert found.counts.listed == 1
    assert traffic.of("pending") == ["web"]


def test_a_certificate_that_comes_while_the_pages_are_read_does_no_harm(
    vault: Vault, traffic: Traffic
) -> None:
    for number in range(30):
        create(vault, f"c{number:02}")
    added: list[str] = []

    def add(path: str) -> None:
        if path == "/certificates" and len(added) < 2:
            added.append("")
            if len(added) == 2:  # between the first page and the second
                create(vault, "a-new-one")
                create(vault, "z-new-one")

    traffic.meanwhile = add
    found = load(vault)

    assert set(states(found)) == {f"c{number:02}" for number in range(30)} | {"z-new-one"}


def test_names_keep_their_case(vault: Vault) -> None:
    create(vault, "WEB-Server")

    assert states(load(vault)) == {"WEB-Server": State.PENDING}
