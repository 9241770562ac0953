"""What the check at the end of each notebook says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from kvcsr_widgets.pki.csr import SigningRequest
from kvcsr_widgets.pki.pending import SentCsr, Status
from kvcsr_widgets.runbook import finished
from kvcsr_widgets.runbook.finished import Point, Points
from kvcsr_widgets.runbook.handed_over import HandedOver
from kvcsr_widgets.runbook.steps import StepState
from kvcsr_widgets.vault.records import Operation
from tests import certificates

HOST = "contoso.vault.azure.net"
CSR = certificates.csr()
NOW = datetime(2026, 11, 26, tzinfo=UTC)


def request(name: str = "web", **other: Any) -> Operation:
    """A request that waits for a CA, but for ``other``."""
    made = Operation(
        name,
        Status.IN_PROGRESS,
        issuer="Unknown",
        csr=CSR,
        cancellation_requested=False,
        details="",
        error="",
        request_id=f"id of {name}",
    )
    return replace(made, **other)


def left(*names: str, csr: SigningRequest = CSR) -> HandedOver:
    """The notes after the CSR of these requests left."""
    sent = SentCsr.of(csr)
    return HandedOver({f"{HOST}/{name}": [sent.sha256, sent.key] for name in names})


def state(points: Points) -> StepState:
    return finished.standing(points).state


def said(points: Points) -> str:
    return " ".join(point.said for point in points)


class TestStanding:
    def test_all_points_make_it_done(self) -> None:
        assert state((Point("a", True), Point("b", True))) is StepState.DONE

    def test_nothing_looked_at_is_not_done(self) -> None:
        assert state(()) is StepState.TO_DO

    def test_a_ca_is_waited_for_only_if_nothing_else_is_missing(self) -> None:
        waits = Point("b", False, waits=True)
        assert state((Point("a", True), waits)) is StepState.WAITING
        assert state((Point("a", False), waits)) is StepState.TO_DO


class TestConnected:
    def test_an_open_vault_is_enough(self) -> None:
        assert state(finished.connected(HOST, practice=False)) is StepState.DONE
        assert HOST in said(finished.connected(HOST, practice=False))

    def test_without_one_it_says_what_to_press(self) -> None:
        assert state(finished.CLOSED) is StepState.TO_DO
        assert "press Connect" in said(finished.CLOSED)


class TestHandedOver:
    def check(self, *operations: Operation, selected: str = "", notes: HandedOver) -> Points:
        return finished.handed_over(operations, selected, HOST, notes)

    def test_a_request_whose_csr_left_is_done(self) -> None:
        assert state(self.check(request(), notes=left("web"))) is StepState.DONE

    def test_a_csr_that_stayed_is_missing(self) -> None:
        points = self.check(request(), notes=left())
        assert [point.done for point in points] == [True, False]
        assert "download it" in said(points)

    def test_the_csr_of_an_earlier_request_does_not_count(self) -> None:
        earlier = certificates.csr(owner="earlier")
        assert state(self.check(request(), notes=left("web", csr=earlier))) is StepState.TO_DO

    def test_the_request_in_hand_is_the_one(self) -> None:
        both = (request("a"), request("b"))
        assert state(self.check(*both, selected="a", notes=left("b"))) is StepState.TO_DO
        assert state(self.check(*both, notes=left("b"))) is StepState.DONE

    def test_what_is_merged_already_was_sent(self) -> None:
        assert state(self.check(request(status=Status.COMPLETED), notes=left())) is StepState.DONE

    @pytest.mark.parametrize(
        "other",
        [{"status": Status.CANCELLED}, {"status": Status.FAILED}, {"issuer": "DigiCertCA"}],
    )
    def test_what_no_ca_is_asked_for_is_no_request(self, other: dict[str, Any]) -> None:
        assert "No request waits" in said(self.check(request(**other), notes=left("web")))


class TestSigned:
    def check(
        self,
        *operations: Operation,
        taken: str = "",
        fits: Callable[[Operation], bool] = lambda _operation: False,
        practice: bool = True,
    ) -> Points:
        return finished.signed(operations, "", taken=[taken], fits=fits, practice=practice)

    def test_a_reply_that_was_downloaded_is_done(self) -> None:
        assert state(self.check(request(), taken="id of web")) is StepState.DONE

    def test_a_reply_to_another_request_is_not(self) -> None:
        points = self.check(request(), taken="id of another")
        assert state(points) is StepState.TO_DO
        assert "download the .p7b" in said(points)

    def test_a_file_that_fits_is_done(self) -> None:
        points = self.check(request(), fits=lambda each: each.name == "web", practice=False)
        assert state(points) is StepState.DONE

    def test_a_real_ca_is_waited_for(self) -> None:
        points = self.check(request(), practice=False)
        assert state(points) is StepState.WAITING
        assert "practice" not in said(points)

    def test_without_a_request_there_is_nothing_to_sign(self) -> None:
        assert "notebook 01" in said(self.check())

    def test_what_is_merged_was_signed(self) -> None:
        assert state(self.check(request(status=Status.COMPLETED))) is StepState.DONE


class TestMerged:
    def test_completed_and_enabled_is_done(self) -> None:
        points = finished.merged([request(status=Status.COMPLETED)], {"web": True})
        assert state(points) is StepState.DONE
        assert "“web” is enabled" in said(points)

    def test_a_disabled_one_is_to_be_enabled(self) -> None:
        points = finished.merged([request(status=Status.COMPLETED)], {"web": False})
        assert [point.done for point in points] == [True, False]
        assert "notebook 04" in said(points)

    def test_what_was_not_read_is_not_claimed(self) -> None:
        assert state(finished.merged([request(status=Status.COMPLETED)], {})) is StepState.TO_DO

    def test_a_waiting_request_wants_its_file(self) -> None:
        assert "press Merge" in said(finished.merged([request()], {"web": True}))

    def test_without_one_there_is_nothing_to_merge(self) -> None:
        assert "notebook 01" in said(finished.merged([], {}))

    def test_what_an_issuer_completed_was_not_merged_here(self) -> None:
        own = request(issuer="DigiCertCA", status=Status.COMPLETED)
        assert state(finished.merged([own], {"web": True})) is StepState.TO_DO

    def test_what_was_merged_last_goes_first(self) -> None:
        both = [request("a", status=Status.COMPLETED), request("b", status=Status.COMPLETED)]
        assert "“b” is disabled" in said(finished.merged(both, {"a": True, "b": False}, ["b"]))
        assert "“a” is enabled" in said(finished.merged(both, {"a": True, "b": False}))


class TestOrdered:
    ISSUED = request(issuer="DigiCertCA", status=Status.COMPLETED)

    def check(
        self, *operations: Operation, issuers: tuple[str, ...] = ("DigiCertCA",), contacts: int = 1
    ) -> Points:
        return finished.ordered(issuers, contacts, operations)

    def test_issuer_contact_and_an_issued_order_are_done(self) -> None:
        assert state(self.check(self.ISSUED)) is StepState.DONE

    def test_each_of_them_can_be_missing(self) -> None:
        assert "no issuer yet" in said(self.check(self.ISSUED, issuers=()))
        assert "no contact yet" in said(self.check(self.ISSUED, contacts=0))
        assert "Nothing was ordered" in said(self.check())

    @pytest.mark.parametrize("issuer", ["Unknown", "Self", "self"])
    def test_what_a_person_merged_or_the_vault_signed_was_not_ordered(self, issuer: str) -> None:
        assert "Nothing was ordered" in said(
            self.check(request(issuer=issuer, status=Status.COMPLETED))
        )

    def test_an_issuer_at_work_is_waited_for(self) -> None:
        assert state(self.check(request(issuer="DigiCertCA"))) is StepState.WAITING

    def test_a_failed_order_says_what_to_do(self) -> None:
        failed = request(issuer="DigiCertCA", status=Status.FAILED)
        assert "correct the issuer's account" in said(self.check(failed))
        assert state(self.check(failed, self.ISSUED)) is StepState.DONE


def test_every_drill_has_to_be_solved() -> None:
    some = finished.trained([("A", True), ("B", False)])
    assert "1 of 2 drills are solved. Not solved yet: “B”." in said(some)
    assert state(finished.trained([("A", True), ("B", False)])) is StepState.TO_DO
    assert state(finished.trained([("A", True), ("B", True)])) is StepState.DONE


def test_every_step_has_to_be_copied_and_nothing_be_wrong() -> None:
    assert state(finished.copied("bash", {"Sign in": True}, ())) is StepState.DONE
    assert state(finished.copied("bash", {"Sign in": False}, ())) is StepState.TO_DO
    assert "A name." in said(finished.copied("bash", {"Sign in": True}, ["A name."]))
