"""Cancel, delete, start again: what makes sense when, and what others did in between."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kvcsr_widgets.errors import ForbiddenError, InputError, NotFoundError, PlanError, VaultError
from kvcsr_widgets.pki.names import Names
from kvcsr_widgets.pki.pending import Status
from kvcsr_widgets.pki.plan import SELF, CertificatePlan, KeyChoice
from kvcsr_widgets.pki.signed import read_signed
from kvcsr_widgets.practice.clock import MovableClock
from kvcsr_widgets.practice.rules import Delays
from kvcsr_widgets.runbook import giving_up
from kvcsr_widgets.runbook.availability import State
from kvcsr_widgets.runbook.giving_up import Outcome
from kvcsr_widgets.runbook.standing import Standing, Step, offers, stand
from kvcsr_widgets.vault.client import Vault
from kvcsr_widgets.vault.records import Operation
from kvcsr_widgets.vault.session import practise

PLAN = CertificatePlan(
    "web",
    "CN=www.contoso.com",
    Names(dns=("www.contoso.com",)),
    KeyChoice.EC_P256,
    validity_months=3,
    tags={"owner": "web team"},
)
ACTS: dict[Step, Callable[[Vault, Standing], Outcome]] = {
    Step.CANCEL: giving_up.cancel,
    Step.DELETE: giving_up.delete_request,
    Step.DELETE_CERTIFICATE: giving_up.delete_certificate,
    Step.START: giving_up.start_again,
}


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def vault(tmp_path: Path, clock: MovableClock) -> Iterator[Vault]:
    """A practice vault whose issuers take a minute, and whose time can be moved."""
    opened = practise(tmp_path / "vault.sqlite", clock=clock, delays=Delays(issue=60))
    yield opened
    opened.close()


def merge(vault: Vault, operation: Operation) -> None:
    assert vault.authority is not None
    assert operation.csr is not None
    reply = vault.authority.sign(operation.csr.der).file("p7b")
    vault.merge(operation.name, read_signed(reply).certificates)


def merged(vault: Vault, plan: CertificatePlan = PLAN) -> None:
    merge(vault, vault.create(plan))


def cancelled(vault: Vault, clock: MovableClock, plan: CertificatePlan = PLAN) -> Operation:
    vault.create(plan)
    vault.cancel(plan.name)
    clock.advance(11)
    return vault.operation(plan.name)


def possible(standing: Standing) -> set[Step]:
    return {step for step, offer in offers(standing).items() if offer.possible}


def why(vault: Vault, step: Step) -> str:
    """What is said of a step."""
    offer = offers(stand(vault, "web"))[step]
    return f"{offer.loses} {offer.about}"


def lost(vault: Vault, step: Step) -> str:
    """What a step is said to destroy for good."""
    return offers(stand(vault, "web"))[step].loses


def test_what_waits_can_be_cancelled_or_deleted(vault: Vault) -> None:
    vault.create(PLAN)

    assert possible(stand(vault, "web")) == {Step.CANCEL, Step.DELETE}
    assert "can still be merged" in why(vault, Step.CANCEL)
    assert "does not know your CA" in why(vault, Step.CANCEL)
    assert "destroys the key" in why(vault, Step.DELETE)
    assert "holds the name" in why(vault, Step.DELETE)
    assert "Cancel it or delete it first." in why(vault, Step.START)
    assert "Delete the request first." in why(vault, Step.DELETE_CERTIFICATE)


def test_what_an_issuer_works_on_can_be_cancelled_too(vault: Vault) -> None:
    vault.create(replace(PLAN, issuer=SELF))

    assert possible(stand(vault, "web")) == {Step.CANCEL, Step.DELETE}
    assert "only Self knows" in why(vault, Step.CANCEL)


def test_what_is_being_cancelled_is_waited_for(vault: Vault) -> None:
    vault.create(PLAN)
    vault.cancel("web")

    assert possible(stand(vault, "web")) == {Step.DELETE}
    assert stand(vault, "web").sentence.startswith("“web”: being cancelled. That takes some")
    assert why(vault, Step.CANCEL).strip() == ""  # where it stands says it
    assert "Not before the request is cancelled." in why(vault, Step.START)


def test_what_is_cancelled_can_be_started_again(vault: Vault, clock: MovableClock) -> None:
    cancelled(vault, clock)

    assert possible(stand(vault, "web")) == {Step.DELETE, Step.DELETE_CERTIFICATE, Step.START}
    assert "Its key is still there" in why(vault, Step.CANCEL)
    assert "whose key is destroyed" in lost(vault, Step.START)
    assert "key are deleted with it" in why(vault, Step.DELETE_CERTIFICATE)


def test_what_failed_can_be_started_again(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    failed = replace(vault.create(PLAN), status=Status.FAILED, error="Request rejected: no.")
    monkeypatch.setattr(Vault, "operation", lambda *_args: failed)

    assert possible(stand(vault, "web")) == {Step.DELETE, Step.DELETE_CERTIFICATE, Step.START}
    assert why(vault, Step.CANCEL).startswith(" It is failed.")
    assert "can then never be merged" in lost(vault, Step.START)


def test_what_is_merged_stays(vault: Vault) -> None:
    merged(vault)

    assert possible(stand(vault, "web")) == {Step.DELETE, Step.START}
    assert "destroys" not in why(vault, Step.DELETE)
    assert "A version is in use" in why(vault, Step.DELETE_CERTIFICATE)
    assert "There is nothing to cancel." in why(vault, Step.CANCEL)
    assert "stays until the new one is merged" in why(vault, Step.START)


def test_the_version_in_use_is_no_part_of_the_next_ones_request(
    vault: Vault, clock: MovableClock
) -> None:
    merged(vault)
    cancelled(vault, clock)

    assert possible(stand(vault, "web")) == {Step.DELETE, Step.START}
    assert "destroys the key" in why(vault, Step.DELETE)
    assert "The version in use stays as it is." in why(vault, Step.DELETE)
    assert "whose key is destroyed" in lost(vault, Step.START)


def test_a_reused_key_is_not_lost_with_its_request(vault: Vault) -> None:
    plan = replace(PLAN, reuse_key=True)
    merged(vault, plan)
    vault.create(plan)

    standing = stand(vault, "web")
    assert standing.shares_key
    assert "destroys" not in why(vault, Step.DELETE)
    assert "The key stays" in why(vault, Step.DELETE)


@pytest.mark.parametrize("reuse_key", [True, False])
def test_starting_again_loses_no_key_that_is_kept(
    vault: Vault, clock: MovableClock, monkeypatch: pytest.MonkeyPatch, *, reuse_key: bool
) -> None:
    """It is reused, or the version in use has it and only the policy has changed since."""
    plan = replace(PLAN, reuse_key=True)
    merged(vault, plan)
    cancelled(vault, clock, plan)
    now = vault.current("web")
    changed = replace(now, plan=replace(now.plan, reuse_key=reuse_key))
    monkeypatch.setattr(Vault, "current", lambda *_args: changed)

    assert lost(vault, Step.START) == ""
    said = "may have the same key" if reuse_key else "whose key the version in use has"
    assert said in why(vault, Step.START)


def test_what_has_lost_its_request_still_holds_its_name(vault: Vault) -> None:
    vault.create(PLAN)
    vault.delete_operation("web")

    assert possible(stand(vault, "web")) == {Step.DELETE_CERTIFICATE, Step.START}
    assert lost(vault, Step.START) == ""
    assert "the old csr is of no use" in why(vault, Step.START).lower()
    assert "There is no request" in why(vault, Step.CANCEL) + why(vault, Step.DELETE)


def test_a_certificate_without_a_request_has_no_old_csr(vault: Vault) -> None:
    merged(vault)
    vault.delete_operation("web")

    assert possible(stand(vault, "web")) == {Step.START}
    assert lost(vault, Step.START) == ""
    assert "The new CSR has another key." in why(vault, Step.START)
    assert "old CSR" not in why(vault, Step.START)


def test_nothing_makes_sense_where_nothing_is(vault: Vault) -> None:
    assert possible(stand(vault, "web")) == set()
    assert "notebook 01" in why(vault, Step.START)

    vault.create(PLAN)
    vault.delete("web")
    assert possible(stand(vault, "web")) == set()
    assert "Recover it, purge it" in why(vault, Step.START)


def test_a_policy_that_cannot_be_read_is_not_started_from(
    vault: Vault, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    cancelled(vault, clock)

    def broken(*_args: object) -> None:
        raise VaultError("It cannot be read.", hint="Look at it.")

    monkeypatch.setattr(Vault, "current", broken)

    assert Step.START not in possible(stand(vault, "web"))
    assert "It cannot be read. Look at it." in why(vault, Step.START)


def test_a_name_that_none_can_have_is_refused(vault: Vault) -> None:
    with pytest.raises(PlanError):
        stand(vault, "www.contoso.com")


def test_cancel_then_start_again_then_merge(vault: Vault, clock: MovableClock) -> None:
    first = vault.create(PLAN)

    outcome = giving_up.cancel(vault, stand(vault, "web"))
    assert outcome.done
    assert outcome.operation is not None
    assert outcome.operation.cancellation_requested
    clock.advance(11)
    outcome = giving_up.start_again(vault, stand(vault, "web"))

    assert outcome.done
    assert "Its CSR has a new key" in outcome.title
    assert outcome.operation == vault.operation("web")
    assert outcome.plan is not None
    assert outcome.operation.request_id != first.request_id
    assert outcome.operation.csr is not None
    assert outcome.operation.csr.subject == "CN=www.contoso.com"
    merge(vault, outcome.operation)
    now = vault.current("web").plan
    assert (now.tags, now.enabled, now.validity_months) == ({"owner": "web team"}, True, 3)
    assert (now.names, now.key) == (PLAN.names, PLAN.key)


def test_a_deleted_request_can_be_started_again(vault: Vault) -> None:
    vault.create(PLAN)

    outcome = giving_up.delete_request(vault, stand(vault, "web"))
    assert outcome.done
    assert outcome.operation is None
    assert "holds the name" in outcome.next_step
    assert stand(vault, "web").found.state is State.ENDED

    assert giving_up.start_again(vault, stand(vault, "web")).done
    assert vault.operation("web").status is Status.IN_PROGRESS


def test_what_was_sent_is_sent_again(vault: Vault, clock: MovableClock) -> None:
    merged(vault)
    plan = replace(PLAN, tags={"owner": "shop"}, enabled=False, preserve_order=True)
    cancelled(vault, clock, plan)

    unknown = stand(vault, "web")
    assert unknown.plan is not None
    assert unknown.plan.tags == {"owner": "web team"}
    assert unknown.plan.preserve_order
    assert "Tags and “enabled” are those of the version in use" in why(vault, Step.START)
    known = stand(vault, "web", plan_of=lambda _operation: plan)
    assert known.plan is not None
    assert (known.plan.tags, known.plan.enabled) == ({"owner": "shop"}, False)
    assert giving_up.start_again(vault, known).operation is not None
    assert vault.operation("web").preserve_order


def test_a_reused_key_is_told(vault: Vault) -> None:
    merged(vault, replace(PLAN, reuse_key=True))

    assert "The new CSR has the same key." in why(vault, Step.START)
    outcome = giving_up.start_again(vault, stand(vault, "web"))
    assert "has the same key as the old one" in outcome.title


def test_what_an_issuer_makes_is_not_sent_to_a_ca(vault: Vault, clock: MovableClock) -> None:
    cancelled(vault, clock, replace(PLAN, issuer=SELF))

    assert "nothing to merge" in giving_up.start_again(vault, stand(vault, "web")).next_step


def test_an_empty_certificate_can_be_deleted_and_recovered(vault: Vault) -> None:
    vault.create(PLAN)
    vault.delete_operation("web")

    outcome = giving_up.delete_certificate(vault, stand(vault, "web"))

    assert outcome.done
    assert "It can be recovered until" in outcome.next_step
    assert vault.deleted.get("web").name == "web"


def made_anew(vault: Vault) -> None:
    vault.delete_operation("web")
    vault.create(PLAN)


def gone(vault: Vault) -> None:
    vault.delete_operation("web")


def removed(vault: Vault) -> None:
    vault.delete("web")


def finished(vault: Vault) -> None:
    merge(vault, vault.operation("web"))


def being_cancelled(vault: Vault) -> None:
    vault.cancel("web")


@pytest.mark.parametrize(
    ("step", "other", "told"),
    [
        (Step.CANCEL, being_cancelled, "is being cancelled already"),
        (Step.CANCEL, gone, "somebody else has deleted it"),
        (Step.CANCEL, finished, "is completed already"),
        (Step.CANCEL, made_anew, "somebody else has made it"),
        (Step.CANCEL, removed, "holds the name"),
        (Step.DELETE, gone, "somebody else has deleted it"),
        (Step.DELETE, finished, "is completed already"),
        (Step.DELETE, made_anew, "somebody else has made it"),
        (Step.DELETE, removed, "holds the name"),
    ],
)
def test_what_somebody_else_did_to_an_open_request_is_told(
    vault: Vault, step: Step, other: Callable[[Vault], None], told: str
) -> None:
    vault.create(PLAN)
    seen = stand(vault, "web")
    other(vault)
    before = stand(vault, "web")

    outcome = ACTS[step](vault, seen)

    assert not outcome.done
    assert told in outcome.title
    assert outcome.operation == before.operation
    assert stand(vault, "web").operation == before.operation


def started(vault: Vault) -> None:
    vault.create(PLAN)


def changed(vault: Vault) -> None:
    vault.create(replace(PLAN, validity_months=9))
    vault.delete_operation("web")


@pytest.mark.parametrize(
    ("step", "other", "told"),
    [
        (Step.DELETE_CERTIFICATE, started, "somebody else has made it"),
        (Step.DELETE_CERTIFICATE, removed, "holds the name"),
        (Step.START, started, "somebody else has made it"),
        (Step.START, removed, "holds the name"),
        (Step.START, changed, "or its policy was changed"),
    ],
)
def test_what_somebody_else_did_to_what_is_left_is_told(
    vault: Vault, step: Step, other: Callable[[Vault], None], told: str
) -> None:
    vault.create(PLAN)
    vault.delete_operation("web")
    seen = stand(vault, "web")
    other(vault)

    outcome = ACTS[step](vault, seen)

    assert not outcome.done
    assert told in outcome.title


def test_a_cancelled_request_can_be_deleted_though_it_was_seen_open(
    vault: Vault, clock: MovableClock
) -> None:
    vault.create(PLAN)
    seen = stand(vault, "web")
    vault.cancel("web")
    clock.advance(11)

    assert giving_up.delete_request(vault, seen).done


@pytest.mark.parametrize("step", [Step.CANCEL, Step.DELETE])
def test_somebody_may_be_quicker_by_a_hair(
    vault: Vault, step: Step, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault.create(PLAN)
    seen = stand(vault, "web")
    method = {Step.CANCEL: "cancel", Step.DELETE: "delete_operation"}[step]
    slow = getattr(Vault, method)
    gone_by = Vault.delete_operation

    def late(self: Vault, name: str) -> Operation:
        gone_by(self, name)
        found: Operation = slow(self, name)
        return found

    monkeypatch.setattr(Vault, method, late)

    assert "somebody else has deleted it" in ACTS[step](vault, seen).title


def test_who_may_not_is_told_so(vault: Vault, monkeypatch: pytest.MonkeyPatch) -> None:
    vault.create(PLAN)

    def forbidden(*_args: object) -> None:
        raise ForbiddenError("You may not.")

    monkeypatch.setattr(Vault, "cancel", forbidden)

    with pytest.raises(ForbiddenError, match="You may not"):
        giving_up.cancel(vault, stand(vault, "web"))


def test_a_policy_that_cannot_be_read_is_told_in_the_vaults_words(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault.create(PLAN)
    vault.delete_operation("web")

    def refused(*_args: object) -> None:
        raise VaultError("Refused.", hint="Look.", service_text="Odd.")

    monkeypatch.setattr(Vault, "current", refused)

    assert stand(vault, "web").notes == ("Refused.", "Look.", "In its own words: “Odd”.")


def test_nothing_is_done_to_what_cannot_be_looked_up(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault.create(PLAN)
    seen = stand(vault, "web")

    def silent(*_args: object) -> None:
        raise VaultError("It is busy.")

    with monkeypatch.context() as patched:
        patched.setattr(Vault, "operation", silent)
        with pytest.raises(InputError, match="Nothing was changed"):
            giving_up.delete_request(vault, seen)
    assert vault.operation("web") == seen.operation


def test_a_deletion_says_when_nothing_is_kept(
    vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault.create(PLAN)
    vault.delete_operation("web")
    monkeypatch.setattr(Vault, "delete", lambda *_args: None)

    outcome = giving_up.delete_certificate(vault, stand(vault, "web"))

    assert "the name is free" in outcome.next_step
    with pytest.raises(NotFoundError):
        vault.deleted.get("web")
