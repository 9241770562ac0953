"""Where a step stands, for everything that a panel may know."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kvcsr_widgets.pki.finding import Finding, Level
from kvcsr_widgets.pki.pending import Status
from kvcsr_widgets.runbook import step_rules
from kvcsr_widgets.runbook.availability import Availability, State
from kvcsr_widgets.runbook.heap import Heap
from kvcsr_widgets.runbook.matching import Kind, Match
from kvcsr_widgets.runbook.search import Found
from kvcsr_widgets.runbook.steps import NO_VAULT, StepState
from kvcsr_widgets.vault.records import Operation

WAITS = Operation("web", Status.IN_PROGRESS, "Unknown", None, False, "", "", "r1")
AT_WORK = replace(WAITS, issuer="DigiCertCA")
CANCELLING = replace(WAITS, cancellation_requested=True)
MERGED = replace(WAITS, status=Status.COMPLETED)
FAILED = replace(WAITS, status=Status.FAILED, error="No.")

STOP = Finding("key-differs", Level.STOP, "The keys differ")
TICK = Finding("names", Level.TICK, "A name is missing")
NOBODYS = Match("web.cer", Kind.NOBODYS, "It belongs to no request.")
INFO = Finding("not-checked", Level.INFO, "Not checked: trust")


@pytest.mark.parametrize(
    ("vault_open", "reading", "some", "says"),
    [
        (False, False, False, NO_VAULT.why),
        (True, True, False, "The requests are being read."),
        (True, True, True, "Choose a request."),
        (True, False, False, "No request is waiting. Create one first"),
    ],
)
def test_a_step_without_a_request_says_what_is_missing(
    vault_open: bool, reading: bool, some: bool, says: str
) -> None:
    found = step_rules.none_in_hand(vault_open=vault_open, reading=reading, some=some)

    assert found.state is StepState.TO_DO
    assert says in found.why


@pytest.mark.parametrize(
    ("operation", "taken", "state"),
    [
        (WAITS, False, StepState.READY),
        (WAITS, True, StepState.WAITING),
        (AT_WORK, False, StepState.WAITING),
        (CANCELLING, True, StepState.BLOCKED),
        (FAILED, False, StepState.BLOCKED),
        (MERGED, True, StepState.DONE),
    ],
)
def test_a_csr_is_taken_then_it_is_the_cas_turn(
    operation: Operation, taken: bool, state: StepState
) -> None:
    found = step_rules.of_csr(operation, taken=taken)

    assert found.state is state
    assert found.why


@pytest.mark.parametrize(
    ("found", "may_go_on", "state", "says"),
    [
        ((), False, StepState.WAITING, "Waits for the CA"),
        ((INFO,), True, StepState.READY, ""),
        ((TICK,), False, StepState.BLOCKED, "tick it"),
        ((TICK,), True, StepState.READY, ""),
        ((STOP, TICK), False, StepState.BLOCKED, "The keys differ."),
        ((STOP, STOP), False, StepState.BLOCKED, "And 1 more below."),
    ],
)
def test_what_stands_against_a_merge_is_said(
    found: tuple[Finding, ...], may_go_on: bool, state: StepState, says: str
) -> None:
    standing = step_rules.of_merge(WAITS, found, may_go_on=may_go_on)

    assert standing.state is state
    assert says in standing.why


@pytest.mark.parametrize(
    ("found", "made", "unsaid", "problems", "state"),
    [
        (None, "", 2, 2, StepState.TO_DO),
        (None, "", 1, 2, StepState.BLOCKED),
        (None, "", 0, 0, StepState.READY),
        (
            Availability("web", State.PENDING, "Taken.", operation=WAITS),
            "",
            0,
            0,
            StepState.BLOCKED,
        ),
        (Availability("web", State.PENDING, "Made.", operation=WAITS), "r1", 0, 0, StepState.DONE),
        (Availability("web", State.IN_USE, "In use."), "", 0, 0, StepState.READY),
    ],
)
def test_a_form_stands_by_its_fields_and_by_what_holds_its_name(
    found: Availability | None, made: str, unsaid: int, problems: int, state: StepState
) -> None:
    standing = step_rules.creating(
        vault_open=True, found=found, made=made, unsaid=unsaid, problems=problems
    )

    assert standing.state is state
    assert standing.why or state is not StepState.BLOCKED


def test_a_form_without_a_vault_asks_for_one() -> None:
    found = step_rules.creating(vault_open=False, found=None, made="", unsaid=0, problems=0)

    assert found == NO_VAULT


@pytest.mark.parametrize(
    ("heap", "busy", "some", "state"),
    [
        (Heap(), False, False, StepState.TO_DO),
        (Heap(), False, True, StepState.READY),
        (Heap(), True, True, StepState.TO_DO),
        (Heap(Found((NOBODYS,))), False, True, StepState.BLOCKED),
    ],
    ids=["empty", "chosen", "at-work", "fits-nowhere"],
)
def test_a_heap_stands_by_what_was_found(
    heap: Heap, state: StepState, *, busy: bool, some: bool
) -> None:
    found = step_rules.of_heap(heap, vault_open=True, busy=busy, some=some)

    assert found.state is state
    assert bool(found.why) is (state is not StepState.READY)


def test_a_heap_without_a_vault_asks_for_one() -> None:
    assert step_rules.of_heap(Heap(), vault_open=False, busy=False, some=True) == NO_VAULT


def test_where_no_way_can_be_gone_that_is_said() -> None:
    found = step_rules.of_ways([])

    assert found.state is StepState.BLOCKED
    assert found.why
