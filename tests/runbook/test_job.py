"""The steps of the job: which is open, done or blocked, by what is known of the vault."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kvcsr_widgets.pki.pending import Status
from kvcsr_widgets.runbook.job import Facts, JobStep, current, job
from kvcsr_widgets.runbook.merging import Merged
from kvcsr_widgets.runbook.readback import Checked
from kvcsr_widgets.runbook.steps import StepStanding, StepState
from kvcsr_widgets.vault.records import Certificate, Operation

CONNECT, REQUEST, CSR, SIGNATURE, MERGE, CERTIFICATE = JobStep
TO_DO, READY, WAITING, DONE, BLOCKED = StepState

WEB = Operation("web", Status.IN_PROGRESS, "Unknown", None, False, "", "", "id-1")
MERGED = replace(WEB, status=Status.COMPLETED)
OPEN = Facts(vault="the practice vault")
FOUND = replace(OPEN, in_hand=WEB, waiting=1)


def states(facts: Facts) -> list[StepState]:
    return [place.standing.state for place in job(facts).values()]


def unfolded(facts: Facts) -> set[JobStep]:
    return {step for step, place in job(facts).items() if place.unfolded}


def opened(facts: Facts) -> set[JobStep]:
    return {step for step, place in job(facts).items() if place.is_open}


def certificate(*, enabled: bool = True) -> Certificate:
    return Certificate("web", "v1", enabled, None, None, None, None, "A" * 40)


def test_every_step_but_the_first_waits_for_a_vault() -> None:
    assert states(Facts()) == [READY, TO_DO, TO_DO, TO_DO, TO_DO, TO_DO]
    assert opened(Facts()) == {CONNECT}
    assert current(job(Facts())) is CONNECT


def test_in_an_open_vault_a_request_is_chosen_or_made() -> None:
    assert states(OPEN) == [DONE, READY, TO_DO, TO_DO, TO_DO, TO_DO]
    assert unfolded(OPEN) == {REQUEST}
    assert job(OPEN)[CONNECT].result == "Connected to the practice vault."
    assert "create one" in job(OPEN)[REQUEST].result


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        (replace(OPEN, reading=True), "are being read"),
        (replace(OPEN, waiting=1), "One request waits for a CA"),
        (replace(OPEN, waiting=2_000), "2,000 requests wait for a CA"),
    ],
)
def test_what_there_is_to_choose_is_said(facts: Facts, said: str) -> None:
    assert said in job(facts)[REQUEST].standing.why


def test_the_table_of_the_vault_can_be_looked_at_any_time() -> None:
    assert CERTIFICATE in opened(OPEN)
    assert CERTIFICATE not in unfolded(OPEN)


def test_what_could_not_be_read_keeps_the_first_step_in_sight() -> None:
    facts = replace(FOUND, unread=True)

    assert CONNECT in unfolded(facts)
    assert "Not all of its requests could be read." in job(facts)[CONNECT].result


def test_a_request_that_was_made_here_opens_its_csr_and_no_more() -> None:
    facts = replace(FOUND, fresh=True)

    assert states(facts) == [DONE, DONE, READY, TO_DO, TO_DO, TO_DO]
    assert unfolded(facts) == {CSR}
    assert opened(facts) == {CONNECT, REQUEST, CSR, CERTIFICATE}


def test_once_the_csr_has_left_the_signature_and_the_merge_open() -> None:
    facts = replace(FOUND, fresh=True, left=True)

    assert states(facts) == [DONE, DONE, DONE, WAITING, TO_DO, TO_DO]
    assert unfolded(facts) == {SIGNATURE, MERGE}
    assert current(job(facts)) is SIGNATURE


def test_a_request_that_was_found_in_the_vault_goes_on_wherever_it_stands() -> None:
    """Somebody else may have taken its CSR to a CA."""
    assert states(FOUND) == [DONE, DONE, READY, WAITING, TO_DO, TO_DO]
    assert unfolded(FOUND) == {CSR, SIGNATURE, MERGE}


def test_a_reply_that_fits_ends_the_wait_for_the_ca() -> None:
    facts = replace(FOUND, left=True, fits=True)

    assert job(facts)[SIGNATURE].standing.state is DONE
    assert current(job(facts)) is MERGE


def test_once_it_is_signed_here_the_merge_waits_for_no_ca() -> None:
    waits, signed = StepStanding(WAITING, "Waits for the CA."), StepStanding(DONE)
    facts = replace(FOUND, left=True, said={SIGNATURE: StepStanding(READY), MERGE: waits})
    assert job(facts)[MERGE].standing is waits

    facts = replace(facts, said={SIGNATURE: signed, MERGE: waits})

    assert states(facts) == [DONE, DONE, DONE, DONE, READY, TO_DO]


def test_a_merged_request_is_done_from_its_first_step_to_its_last() -> None:
    facts = replace(OPEN, in_hand=MERGED)

    assert states(facts) == [DONE] * 6
    assert unfolded(facts) == {CERTIFICATE}
    assert current(job(facts)) is CERTIFICATE
    assert "“web” is in the vault." in job(facts)[CERTIFICATE].result


def test_what_was_read_back_after_the_merge_is_told() -> None:
    ok = Merged(certificate(), (Checked("Thumbprint", "A", "A", ok=True),))
    facts = replace(OPEN, in_hand=MERGED, merged=ok)

    assert "Merged: “web” is enabled." in job(facts)[MERGE].result
    assert MERGE not in unfolded(facts)


def test_a_merge_that_is_not_as_expected_stays_in_sight() -> None:
    odd = Merged(certificate(enabled=False), (Checked("Enabled", "yes", "no", ok=False),))
    facts = replace(OPEN, in_hand=MERGED, merged=odd)

    assert MERGE in unfolded(facts)
    assert "“web” is disabled. Not all is as expected." in job(facts)[MERGE].standing.why


def test_the_merge_of_another_request_is_none_of_this_one() -> None:
    ok = Merged(certificate(), ())
    facts = replace(OPEN, in_hand=replace(MERGED, name="mail"), merged=ok)

    assert job(facts)[MERGE].result == "The reply is merged."


@pytest.mark.parametrize(
    "change",
    [
        {"status": Status.FAILED, "error": "The CA said no."},
        {"cancellation_requested": True},
        {"status": Status.CANCELLED, "issuer": "digicert"},
    ],
    ids=["failed", "being cancelled", "cancelled at an issuer"],
)
def test_a_request_that_goes_no_further_says_why_and_closes_the_rest(
    change: dict[str, object],
) -> None:
    facts = replace(OPEN, in_hand=replace(WEB, **change))  # type: ignore[arg-type]

    assert states(facts) == [DONE, BLOCKED, TO_DO, TO_DO, TO_DO, TO_DO]
    assert unfolded(facts) == {REQUEST}
    assert job(facts)[REQUEST].standing.why
    assert "see step 2" in job(facts)[CSR].result


def test_a_cancelled_request_still_takes_its_reply() -> None:
    facts = replace(OPEN, in_hand=replace(WEB, status=Status.CANCELLED))

    assert job(facts)[REQUEST].standing.state is BLOCKED
    assert unfolded(facts) == {REQUEST, MERGE}


def test_an_issuer_that_completes_its_requests_leaves_nothing_to_carry() -> None:
    facts = replace(OPEN, in_hand=replace(WEB, issuer="digicert"))
    found = job(facts)

    assert states(facts) == [DONE, DONE, DONE, WAITING, TO_DO, WAITING]
    assert unfolded(facts) == {CERTIFICATE}
    assert "“digicert” has it" in found[CSR].result
    assert "Nothing to merge" in found[MERGE].result
    assert current(found) is CERTIFICATE


def test_what_an_issuer_has_issued_was_never_merged() -> None:
    facts = replace(OPEN, in_hand=replace(MERGED, issuer="digicert"))

    assert states(facts) == [DONE] * 6
    assert job(facts)[MERGE].result == "There was nothing to merge."


def test_a_panel_says_more_of_its_open_step_than_is_known_without_it() -> None:
    said = StepStanding(BLOCKED, "Another key.")
    facts = replace(FOUND, said={MERGE: said})

    assert job(facts)[MERGE].standing == said
    assert MERGE in unfolded(facts)


@pytest.mark.parametrize(
    "facts", [OPEN, replace(OPEN, in_hand=MERGED)], ids=["not open yet", "done"]
)
def test_what_a_panel_says_of_a_step_that_is_closed_or_done_counts_for_nothing(
    facts: Facts,
) -> None:
    said = StepStanding(BLOCKED, "Of another request.")

    assert job(replace(facts, said={MERGE: said})) == job(facts)


def test_the_overview_has_short_words() -> None:
    assert [step.short for step in JobStep] == [
        *("Connect", "Request", "CSR", "Signature", "Merge", "Certificate")
    ]
