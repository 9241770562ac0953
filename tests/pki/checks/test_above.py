"""The certificates above the leaf."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from cryptography import x509

from kvcsr_widgets.pki.finding import Level
from tests import certificates
from tests import wrong_certificates as make
from tests.certificates import DAY, NOW
from tests.pki.checks.wrong import CA, ROOT, ROOTED, USUAL, codes, look, only

LEAF = make.leaf()
SECOND = dt.timedelta(seconds=1)


def test_the_missing_issuer_is_named_with_the_address_that_the_ca_offers() -> None:
    aia = certificates.aia("http://ca.example/issuing.cer")
    finding = only(look(make.leaf(extra=[aia])), "chain-incomplete")

    assert finding.detail == (
        "Missing: CN=Issuing CA. The CA offers it at http://ca.example/issuing.cer."
    )


def test_a_root_that_signed_the_leaf_itself_makes_it_complete() -> None:
    leaf = make.leaf(issuer="CN=Root CA", signer=make.key("Root CA"))

    assert codes(look(leaf, ROOT)) == ROOTED | {"root-included"}


def test_one_that_did_not_sign_is_told_in_place_of_what_is_missing() -> None:
    impostor = make.ca(owner=make.key("impostor"))
    finding = only(look(LEAF, impostor), "chain-broken")

    assert finding.title.startswith(f"“CN=Issuing CA” (serial number {impostor.serial_number:X})")


def test_one_that_did_not_sign_does_no_harm_beside_the_one_that_did() -> None:
    found = look(LEAF, CA, make.ca(owner=make.key("impostor")))

    assert codes(found) == USUAL | {"not-in-chain"}


def test_a_re_issued_certificate_stands_in_for_one_that_expired() -> None:
    expired = make.ca(begin=NOW - 9 * DAY, end=NOW - DAY)
    found = look(LEAF, expired, CA)

    assert codes(found) == USUAL | {"not-in-chain"}
    assert only(found, "not-in-chain").detail == (
        "CN=Issuing CA. 1 of them could stand in the place of another."
    )


@pytest.mark.parametrize(
    ("begin", "end", "told"),
    [
        (NOW, LEAF.not_valid_after_utc, set()),
        (NOW + SECOND, make.LONG_AFTER, {"intermediate-not-yet-valid"}),
        (NOW - DAY, NOW - SECOND, {"intermediate-expired"}),
        (NOW - DAY, NOW, {"intermediate-expires-first"}),
        (NOW - DAY, LEAF.not_valid_after_utc - SECOND, {"intermediate-expires-first"}),
    ],
)
def test_an_intermediate_is_valid_from_its_first_to_its_last_second(
    begin: dt.datetime, end: dt.datetime, told: set[str]
) -> None:
    assert codes(look(LEAF, make.ca(begin=begin, end=end))) == USUAL | told


def test_an_intermediate_that_expired_is_told_once() -> None:
    upper = make.ca(name="CN=Upper CA", begin=NOW - 9 * DAY, end=NOW - DAY)
    found = look(LEAF, make.ca(by="CN=Upper CA", begin=NOW - 9 * DAY, end=NOW - DAY), upper)
    finding = only(found, "intermediate-expired")

    assert finding.title == "“CN=Issuing CA” above it expired on 2026-05-31 12:00 UTC."
    assert finding.detail == "“CN=Upper CA” above it expired on 2026-05-31 12:00 UTC."


OVER: dict[str, Any] = {"begin": NOW - 9 * DAY, "end": NOW - DAY}


def test_an_old_root_on_top_matters_to_those_alone_who_trust_none_below_it() -> None:
    """leaf <- issuing CA <- a newer root, cross-signed by <- an old root that is over"""
    newer = make.ca(name="CN=Newer root", by="CN=Old root")
    old = make.ca(name="CN=Old root", by="CN=Old root", **OVER)
    finding = only(look(LEAF, make.ca(by="CN=Newer root"), newer, old), "intermediate-expired")

    assert finding.level is Level.INFO
    assert finding.title == ("The root “CN=Old root” above it expired on 2026-05-31 12:00 UTC.")
    assert finding.detail == (
        "Clients that trust “CN=Newer root” below it look no further up; those that do not refuse "
        "the chain."
    )


@pytest.mark.parametrize(
    ("issuing", "newer", "old"),
    [
        pytest.param({}, OVER, {}, id="between"),
        pytest.param({}, OVER, OVER, id="the newer one too"),
        pytest.param(OVER, {}, OVER, id="the leaf's issuer too"),
        pytest.param({}, {"is_ca": False}, OVER, id="the newer one is no CA"),
        pytest.param({}, {"begin": NOW + SECOND}, OVER, id="the newer one has not begun"),
    ],
)
def test_what_nobody_gets_round_needs_a_tick(
    issuing: dict[str, Any], newer: dict[str, Any], old: dict[str, Any]
) -> None:
    found = look(
        LEAF,
        make.ca(by="CN=Newer root", **issuing),
        make.ca(name="CN=Newer root", by="CN=Old root", **newer),
        make.ca(name="CN=Old root", by="CN=Old root", **old),
    )

    assert only(found, "intermediate-expired").level is Level.TICK


def test_a_root_that_is_over_right_above_the_issuer_needs_a_tick() -> None:
    root = make.ca(name="CN=Root CA", by="CN=Root CA", **OVER)
    finding = only(look(LEAF, CA, root), "intermediate-expired")

    assert finding.level is Level.TICK
    assert finding.title.startswith("The root “CN=Root CA” above it expired")


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"is_ca": False}, "its basic constraints do not say that it is a CA"),
        ({"is_ca": None}, "its basic constraints do not say that it is a CA"),
        ({"usages": ("digitalSignature",)}, "its key usage lacks keyCertSign"),
    ],
)
def test_an_intermediate_may_sign_certificates(wrong: dict[str, object], reason: str) -> None:
    found = look(LEAF, make.ca(**wrong))  # type: ignore[arg-type]

    assert codes(found) == USUAL | {"intermediate-not-ca"}
    assert only(found, "intermediate-not-ca").title == (
        f"“CN=Issuing CA” may not sign certificates: {reason}."
    )


def test_an_intermediate_without_a_key_usage_may() -> None:
    assert codes(look(LEAF, make.ca(usages=()))) == USUAL


def test_an_old_root_need_not_say_what_it_is() -> None:
    old = make.ca(name="CN=Root CA", by="CN=Root CA", is_ca=None, usages=())

    assert codes(look(LEAF, CA, old)) == ROOTED | {"root-included"}


@pytest.mark.parametrize(("allowed", "told"), [(None, False), (1, False), (0, True)])
def test_a_ca_says_how_many_cas_there_are_below_it(allowed: int | None, told: bool) -> None:
    upper = make.ca(name="CN=Upper CA", path_length=allowed)
    found = look(LEAF, make.ca(by="CN=Upper CA"), upper)

    assert ("path-too-long" in codes(found)) is told


@pytest.mark.parametrize(
    ("allowed", "told"), [(0, "0 CAs below it, not 2"), (1, "1 CA below it, not 2")]
)
def test_the_limit_of_a_ca_is_told(allowed: int, told: str) -> None:
    upper = make.ca(name="CN=Upper CA", path_length=allowed)
    middle = make.ca(name="CN=Middle CA", by="CN=Upper CA")
    found = look(LEAF, make.ca(by="CN=Middle CA"), middle, upper)

    assert only(found, "path-too-long").title == f"“CN=Upper CA” allows {told}."


def test_the_last_ca_needs_none_below_it() -> None:
    assert codes(look(LEAF, make.ca(path_length=0))) == USUAL


def test_a_ca_that_changed_its_key_does_not_count() -> None:
    """upper (path length 0) -> upper with its new key -> leaf"""
    new = make.key("new key")
    upper = make.ca(name="CN=Upper CA", path_length=0)
    rolled = make.ca(name="CN=Upper CA", by="CN=Upper CA", owner=new)
    leaf = make.leaf(issuer="CN=Upper CA", signer=new)

    assert codes(look(leaf, rolled, upper)) == USUAL


def test_a_chain_that_ends_below_a_root_says_below_which() -> None:
    finding = only(look(LEAF, CA), "root-absent")

    assert finding.title == "The chain ends below “CN=Root CA”, which is not in the file."
    assert finding.level is Level.INFO


def test_cas_that_signed_each_other_are_a_loop_and_nothing_that_is_missing() -> None:
    one = make.ca(by="CN=Other CA")
    other = make.ca(name="CN=Other CA", by="CN=Issuing CA")
    found = look(LEAF, one, other)

    assert codes(found) == USUAL
    assert only(found, "root-absent").title == (
        "The chain ends in a loop: “CN=Issuing CA” is in it already, and there is no root."
    )


@pytest.mark.parametrize("order", [(CA, LEAF), (ROOT, CA, LEAF), (LEAF, ROOT, CA)])
def test_another_order_than_from_the_leaf_up_is_told(order: tuple[x509.Certificate, ...]) -> None:
    assert "reordered" in codes(look(*order))


def test_strangers_between_are_no_other_order() -> None:
    stranger = make.root(name="CN=Another CA")
    found = look(LEAF, stranger, CA)

    assert codes(found) == USUAL | {"not-in-chain"}
    assert only(found, "not-in-chain").title == ("1 of 3 certificates are left out of the merge.")
