"""Merging: once, again, with a lost answer, and two people at the same time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from kvcsr_widgets.errors import (
    BusyError,
    ConflictError,
    ForbiddenError,
    InputError,
    NotFoundError,
    SignInError,
    UnreachableError,
    VaultError,
)
from kvcsr_widgets.pki.chain import Chain, build
from kvcsr_widgets.pki.facts import thumbprint
from kvcsr_widgets.pki.leaf import choose_leaf
from kvcsr_widgets.pki.pending import PendingRequest, Status
from kvcsr_widgets.pki.plan import CertificatePlan, KeyChoice
from kvcsr_widgets.pki.signed import read_signed
from kvcsr_widgets.practice.faults import Fault, Faults
from kvcsr_widgets.runbook.merging import PAUSES, Merged, merge, pending_request
from kvcsr_widgets.vault.client import Vault
from kvcsr_widgets.vault.session import practise
from tests import certificates

PLAN = CertificatePlan("web", "CN=www.contoso.com", key=KeyChoice.EC_P256)
Certificates = tuple[x509.Certificate, ...]

pytestmark = pytest.mark.usefixtures("no_pauses")


@pytest.fixture
def faults() -> Faults:
    return Faults()


@pytest.fixture
def vault(tmp_path: Path, faults: Faults) -> Iterator[Vault]:
    opened = practise(tmp_path / "vault.sqlite", faults=faults)
    yield opened
    opened.close()


@pytest.fixture
def other(vault: Vault, tmp_path: Path) -> Iterator[Vault]:
    """Somebody else at the same vault."""
    assert vault
    opened = practise(tmp_path / "vault.sqlite")
    yield opened
    opened.close()


def create(vault: Vault, plan: CertificatePlan = PLAN) -> PendingRequest:
    return pending_request(vault.create(plan), plan=plan, enabled=plan.enabled)


def signed(vault: Vault, request: PendingRequest, *, days: int = 30) -> Chain:
    assert vault.authority is not None
    file = read_signed(vault.authority.sign(request.csr.der, days=days).file("p7b"))
    now = datetime.now(UTC)
    leaf = choose_leaf(request, file, now)
    assert leaf is not None
    return build(leaf, file.certificates, now)


def never(_seconds: float) -> None:
    raise AssertionError("nobody has to wait here")


class Pauses(list[float]):
    """Counts the pauses and does something at one of them."""

    def __init__(self, act: Callable[[], object] = lambda: None, *, at: int = 0) -> None:
        super().__init__()
        self.act, self.at = act, at

    def __call__(self, seconds: float) -> None:
        self.append(seconds)
        if len(self) == self.at:
            self.act()


def count_merges(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> list[Certificates]:
    """What goes out to the vault from now on."""
    sent: list[Certificates] = []
    original = vault.merge

    def counted(name: str, certificates: Any) -> Any:
        sent.append(tuple(certificates))
        return original(name, certificates)

    monkeypatch.setattr(vault, "merge", counted)
    return sent


def test_a_merge_is_read_back(vault: Vault) -> None:
    request = create(vault)
    reply = signed(vault, request)

    merged = merge(vault, request, reply, sleep=never)

    assert merged.ok
    assert not merged.repeated
    assert not merged.lost_answer
    assert vault.operation("web").status is Status.COMPLETED
    assert merged.certificate == vault.certificate("web")
    assert {check.label: check.found for check in merged.checks} == {
        "Thumbprint": thumbprint(reply.leaf),
        "Key (SHA-256)": request.csr.fingerprint,
        "State": "enabled",
        "Valid from": f"{reply.leaf.not_valid_before_utc:%Y-%m-%d %H:%M:%S} UTC",
        "Valid until": f"{reply.leaf.not_valid_after_utc:%Y-%m-%d %H:%M:%S} UTC",
        "Request": "completed",
        "Version": merged.certificate.version,
    }


def test_a_certificate_that_was_asked_disabled_is_expected_so(vault: Vault) -> None:
    request = create(vault, replace(PLAN, enabled=False))

    merged = merge(vault, request, signed(vault, request))

    assert merged.ok
    assert [(c.expected, c.found) for c in merged.checks if c.label == "State"] == [
        ("disabled", "disabled")
    ]


def test_what_nobody_knows_to_be_asked_is_only_told(vault: Vault) -> None:
    request = replace(create(vault, replace(PLAN, enabled=False)), enabled=None)

    merged = merge(vault, request, signed(vault, request))

    assert merged.ok
    assert ("State", "not known here", "disabled") in [
        (c.label, c.expected, c.found) for c in merged.checks
    ]


@pytest.mark.parametrize(
    ("label", "change"),
    [
        ("Thumbprint", {"thumbprint": "AB" * 20}),
        ("Key (SHA-256)", {"der": certificates.leaf().der}),
        ("Key (SHA-256)", {"der": b"no certificate"}),
        ("State", {"enabled": False}),
        ("Valid from", {"not_before": certificates.NOW}),
        ("Valid until", {"expires": None}),
        ("Version", {"version": "another"}),
    ],
)
def test_what_the_vault_has_otherwise_is_reported_and_not_raised(
    vault: Vault, monkeypatch: pytest.MonkeyPatch, label: str, change: dict[str, Any]
) -> None:
    request = create(vault)
    reply = signed(vault, request)
    original = vault.certificate
    monkeypatch.setattr(vault, "certificate", lambda name: replace(original(name), **change))

    merged = merge(vault, request, reply)

    assert not merged.ok
    assert [check.label for check in merged.checks if not check.ok] == [label]


def test_a_merge_that_cannot_be_read_back_is_still_a_merge(vault: Vault, faults: Faults) -> None:
    request = create(vault)
    reply = signed(vault, request)
    faults.add(Fault("drop-before", operation="get_certificate", times=100))

    merged = merge(vault, request, reply, sleep=never)

    assert merged.certificate.thumbprint == thumbprint(reply.leaf)
    assert [(check.label, check.ok) for check in merged.checks] == [("Read back", False)]


@pytest.mark.parametrize("preserve_order", [False, True])
def test_the_order_is_the_one_that_the_request_was_made_with(
    vault: Vault, monkeypatch: pytest.MonkeyPatch, preserve_order: bool
) -> None:
    request = create(vault, replace(PLAN, preserve_order=preserve_order))
    stale = replace(request, preserve_order=not preserve_order)
    reply = signed(vault, request)
    sent = count_merges(vault, monkeypatch)

    merge(vault, stale, reply)

    leaf_first = reply.certificates
    assert len(leaf_first) == 3
    assert sent == [leaf_first[::-1] if preserve_order else leaf_first]


def test_repeating_a_merge_is_harmless_and_sends_nothing(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = create(vault)
    reply = signed(vault, request)
    first = merge(vault, request, reply)
    sent = count_merges(vault, monkeypatch)

    again = merge(vault, request, reply, sleep=never)

    assert again.repeated
    assert again.ok
    assert again.certificate == first.certificate
    assert sent == []


def test_repeating_is_harmless_after_the_request_was_deleted(vault: Vault) -> None:
    request = create(vault)
    reply = signed(vault, request)
    merge(vault, request, reply)
    vault.delete_operation("web")

    again = merge(vault, request, reply)

    assert again.repeated
    assert again.ok
    assert ("Request", "completed, then deleted") in [(c.label, c.found) for c in again.checks]


def test_a_deleted_request_is_said_by_the_vaults_words(vault: Vault) -> None:
    request = create(vault)
    reply = signed(vault, request)
    vault.delete_operation("web")

    with pytest.raises(NotFoundError, match="has no request"):
        merge(vault, request, reply)


def test_a_request_that_was_made_again_is_not_merged(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = create(vault)
    reply = signed(vault, request)
    vault.delete_operation("web")
    create(vault)
    sent = count_merges(vault, monkeypatch)

    with pytest.raises(ConflictError, match="was made again") as caught:
        merge(vault, request, reply)

    assert "new CSR" in caught.value.hint
    assert sent == []
    assert vault.operation("web").status is Status.IN_PROGRESS


KEPT = replace(PLAN, reuse_key=True)


@pytest.mark.parametrize("waits", [True, False], ids=["that waits", "that was merged"])
def test_a_merged_leaf_completes_no_renewal_over_the_same_key(
    vault: Vault, other: Vault, monkeypatch: pytest.MonkeyPatch, waits: bool
) -> None:
    request = create(vault, KEPT)
    reply = signed(vault, request)
    first = merge(vault, request, reply)
    renewal = create(other, KEPT)
    assert renewal.csr.fingerprint == request.csr.fingerprint
    if not waits:
        merge(other, renewal, signed(vault, renewal, days=60))
    sent = count_merges(vault, monkeypatch)

    again = merge(vault, request, reply, sleep=never)

    assert again.repeated
    assert again.ok
    assert again.certificate.version == first.certificate.version
    assert ("Request", "completed, then made again") in [(c.label, c.found) for c in again.checks]
    assert sent == []
    assert (vault.operation("web").status is Status.IN_PROGRESS) is waits


def test_a_leaf_for_an_earlier_csr_completes_no_request_over_the_same_key(
    vault: Vault, other: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    merge(vault, old := create(vault, KEPT), signed(vault, old))
    stale = create(vault, KEPT)
    reply = signed(vault, stale, days=60)
    other.delete_operation("web")
    create(other, KEPT)
    sent = count_merges(vault, monkeypatch)

    with pytest.raises(ConflictError, match="kept the key and has a new CSR") as caught:
        merge(vault, stale, reply, sleep=never)

    assert "new CSR" in caught.value.hint
    assert sent == []
    assert vault.operation("web").status is Status.IN_PROGRESS


def test_who_may_not_list_versions_is_told_that_the_request_was_made_again(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = create(vault, KEPT)
    reply = signed(vault, request)
    merge(vault, request, reply)
    renewal = create(vault, KEPT)
    merge(vault, renewal, signed(vault, renewal, days=60))

    def forbidden(_name: str) -> None:
        raise ForbiddenError("Not you.", status=403)

    monkeypatch.setattr(vault, "versions", forbidden)

    with pytest.raises(ConflictError, match="was made again"):
        merge(vault, request, reply, sleep=never)


def test_another_certificate_that_was_merged_before_is_told(vault: Vault) -> None:
    request = create(vault)
    theirs, ours = signed(vault, request, days=20), signed(vault, request)
    there = merge(vault, request, theirs).certificate

    with pytest.raises(ConflictError, match="Somebody else merged another") as caught:
        merge(vault, request, ours)

    assert there.created is not None
    assert f"{there.created:%Y-%m-%d at %H:%M:%S} UTC" in caught.value.message
    assert thumbprint(theirs.leaf) in caught.value.why
    assert vault.certificate("web") == there


@pytest.mark.parametrize("reply", [Chain(()), Chain((certificates.leaf().certificate,))])
def test_a_leaf_over_another_key_is_not_sent(vault: Vault, reply: Chain) -> None:
    request = create(vault)

    with pytest.raises(InputError, match="another key"):
        merge(vault, request, reply)


LOST = [
    Fault("drop-after", operation="merge"),
    Fault("drop-after", operation="merge", times=100),
]


@pytest.mark.parametrize("fault", LOST, ids=["once", "always"])
def test_a_lost_answer_is_recognised(vault: Vault, faults: Faults, fault: Fault) -> None:
    request = create(vault)
    reply = signed(vault, request)
    faults.add(fault)

    merged = merge(vault, request, reply, sleep=(pauses := Pauses()))

    assert merged.lost_answer
    assert merged.ok
    assert merged.certificate.thumbprint == thumbprint(reply.leaf)
    assert pauses == [PAUSES[0]]


def test_a_gateway_that_fails_after_the_work_is_recognised(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = create(vault)
    reply = signed(vault, request)
    original = vault.merge

    def lost(name: str, certificates: Any) -> Any:
        original(name, certificates)
        raise BusyError("The vault is out of order.", status=504)

    monkeypatch.setattr(vault, "merge", lost)

    assert merge(vault, request, reply, sleep=Pauses()).lost_answer


def test_a_lost_answer_is_recognised_after_the_request_was_deleted(
    vault: Vault, other: Vault, faults: Faults
) -> None:
    request = create(vault)
    reply = signed(vault, request)
    faults.add(LOST[0])

    merged = merge(vault, request, reply, sleep=Pauses(lambda: other.delete_operation("web"), at=1))

    assert merged.lost_answer
    assert merged.certificate.thumbprint == thumbprint(reply.leaf)


def test_a_vault_that_comes_back_late_is_asked_again(vault: Vault, faults: Faults) -> None:
    request = create(vault)
    reply = signed(vault, request)
    faults.add(LOST[0])
    away = Fault("drop-before", operation="get_pending", call=2, times=100)
    faults.add(away)

    pauses = Pauses(faults.clear, at=len(PAUSES))
    merged = merge(vault, request, reply, sleep=pauses)

    assert merged.lost_answer
    assert merged.ok
    assert tuple(pauses) == PAUSES


NOT_DONE = [
    Fault("drop-before", operation="merge"),
    Fault("error", operation="merge", status=503, times=100),
    Fault("error", operation="merge", status=500, times=100),
]


@pytest.mark.parametrize("fault", NOT_DONE, ids=lambda fault: f"{fault.kind} {fault.status}")
def test_a_merge_that_was_not_done_is_said_and_can_be_repeated(
    vault: Vault, faults: Faults, fault: Fault
) -> None:
    request = create(vault)
    reply = signed(vault, request)
    faults.add(fault)

    with pytest.raises(UnreachableError, match="still waits") as caught:
        merge(vault, request, reply, sleep=(pauses := Pauses()))

    assert "repeating it is harmless" in caught.value.hint
    assert caught.value.service_text
    assert tuple(pauses) == PAUSES
    faults.clear()
    assert merge(vault, request, reply).ok


def test_work_that_ends_after_the_connection_broke_is_waited_for(
    vault: Vault, other: Vault, faults: Faults
) -> None:
    request = create(vault)
    reply = signed(vault, request)
    faults.add(NOT_DONE[0])

    slow = Pauses(lambda: other.merge("web", reply.certificates), at=2)
    merged = merge(vault, request, reply, sleep=slow)

    assert merged.lost_answer
    assert tuple(slow) == PAUSES[:2]


def test_what_cannot_be_looked_for_is_not_known(vault: Vault, faults: Faults) -> None:
    request = create(vault)
    reply = signed(vault, request)
    faults.add(LOST[0])
    faults.add(Fault("drop-before", operation="get_pending", call=2, times=100))

    with pytest.raises(UnreachableError, match="is not known") as caught:
        merge(vault, request, reply, sleep=Pauses())

    assert "refresh" in caught.value.hint
    faults.clear()
    assert merge(vault, request, reply).repeated


def test_a_sign_in_that_ends_after_a_lost_answer_leaves_it_unknown(
    vault: Vault, faults: Faults, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = create(vault)
    reply = signed(vault, request)
    faults.add(LOST[0])

    def signed_out(_name: str) -> None:
        raise SignInError("Nobody is signed in.", status=401)

    pauses = Pauses(lambda: monkeypatch.setattr(vault, "operation", signed_out), at=1)
    with pytest.raises(UnreachableError, match="is not known"):
        merge(vault, request, reply, sleep=pauses)


def test_a_request_that_is_gone_after_a_lost_connection_is_said(
    vault: Vault, other: Vault, faults: Faults
) -> None:
    request = create(vault)
    reply = signed(vault, request)
    faults.add(NOT_DONE[0])

    with pytest.raises(NotFoundError, match="did not confirm the merge") as caught:
        merge(vault, request, reply, sleep=Pauses(lambda: other.delete_operation("web"), at=1))
    assert "“web” has no request" in caught.value.message
    assert "somebody deleted" in caught.value.why
    assert caught.value.status == 404


def test_throttling_is_told_at_once(vault: Vault, faults: Faults) -> None:
    request = create(vault)
    reply = signed(vault, request)
    faults.add(Fault("throttled", operation="merge", times=100))

    with pytest.raises(BusyError) as caught:
        merge(vault, request, reply, sleep=never)

    assert caught.value.status == 429
    assert vault.operation("web").status is Status.IN_PROGRESS


def test_a_vault_that_lets_nobody_merge_says_so(vault: Vault, tmp_path: Path) -> None:
    request = create(vault)
    reply = signed(vault, request)
    reader = practise(tmp_path / "vault.sqlite", role="reader")

    with pytest.raises(ForbiddenError, match="may not do this"):
        merge(reader, request, reply, sleep=never)
    reader.close()


def test_a_refusal_stays_when_nothing_can_be_read_afterwards(
    vault: Vault, faults: Faults, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = create(vault)
    reply = signed(vault, request)

    def refuse(_name: str, _certificates: object) -> None:
        faults.add(Fault("drop-before", operation="get_pending", times=100))
        raise ForbiddenError("Not now.", status=403)

    monkeypatch.setattr(vault, "merge", refuse)

    with pytest.raises(ForbiddenError, match="Not now"):
        merge(vault, request, reply, sleep=never)


@pytest.mark.parametrize("days", [30, 20], ids=["the same", "another"])
def test_somebody_who_is_faster_between_look_and_merge(
    vault: Vault, other: Vault, monkeypatch: pytest.MonkeyPatch, days: int
) -> None:
    request = create(vault)
    ours = signed(vault, request)
    theirs = ours if days == 30 else signed(vault, request, days=days)
    original = vault.merge

    def late(name: str, certificates: Any) -> Any:
        other.merge("web", theirs.certificates)
        return original(name, certificates)

    monkeypatch.setattr(vault, "merge", late)

    if theirs is ours:
        merged = merge(vault, request, ours, sleep=never)
        assert merged.repeated
        assert merged.ok
    else:
        with pytest.raises(ConflictError, match="Somebody else") as caught:
            merge(vault, request, ours, sleep=never)
        assert thumbprint(theirs.leaf) in caught.value.why


def test_somebody_who_makes_the_request_again_between_look_and_merge(
    vault: Vault, other: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = create(vault)
    reply = signed(vault, request)
    original = vault.merge

    def late(name: str, certificates: Any) -> Any:
        other.delete_operation("web")
        create(other)
        return original(name, certificates)

    monkeypatch.setattr(vault, "merge", late)

    with pytest.raises(ConflictError, match="was made again"):
        merge(vault, request, reply, sleep=never)
    assert vault.operation("web").status is Status.IN_PROGRESS


def race(vaults: list[Vault], request: PendingRequest, replies: list[Chain]) -> list[Any]:
    """Merge at the same moment, one reply a vault; results and errors in the order of vaults."""
    start = threading.Barrier(len(vaults))
    ends: dict[int, Merged | VaultError] = {}

    def run(number: int) -> None:
        start.wait()
        try:
            ends[number] = merge(vaults[number], request, replies[number])
        except VaultError as error:
            ends[number] = error

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(vaults))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return [ends[number] for number in range(len(vaults))]


def test_two_people_merge_different_certificates_at_once(vault: Vault, other: Vault) -> None:
    for number in range(5):
        request = create(vault, replace(PLAN, name=f"web{number}"))
        replies = [signed(vault, request), signed(vault, request, days=20)]

        ends = race([vault, other], request, replies)

        [won] = [number for number, end in enumerate(ends) if isinstance(end, Merged)]
        lost = ends[1 - won]
        assert ends[won].certificate.thumbprint == thumbprint(replies[won].leaf)
        assert isinstance(lost, ConflictError)
        assert thumbprint(replies[won].leaf) in lost.why


def test_two_people_merge_the_same_certificate_at_once(vault: Vault, other: Vault) -> None:
    for number in range(5):
        request = create(vault, replace(PLAN, name=f"web{number}"))
        reply = signed(vault, request)

        ends = race([vault, other], request, [reply, reply])

        assert all(end.ok for end in ends)
        assert sorted(end.repeated for end in ends) == [False, True]
