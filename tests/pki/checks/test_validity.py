"""Against the clock, what was asked for, and what public CAs may issue."""

from __future__ import annotations

import datetime as dt

import pytest

from kvcsr_widgets.pki import lifetimes
from kvcsr_widgets.pki.checks.validity import TOLERANCE
from kvcsr_widgets.pki.plan import CLIENT_AUTH, SERVER_AUTH
from tests import wrong_certificates as make
from tests.certificates import DAY, NOW
from tests.pki.checks.wrong import CA, USUAL, codes, look, only, plan

SECOND = dt.timedelta(seconds=1)
ASKED = lifetimes.asked_days(3, (NOW - DAY).date())


def lasting(days: int, begin: dt.datetime = NOW - DAY) -> dt.datetime:
    """The last second of so many days, both ends included."""
    return begin + days * DAY - SECOND


@pytest.mark.parametrize("begin", [NOW, NOW - SECOND])
def test_the_first_second_is_valid(begin: dt.datetime) -> None:
    assert codes(look(make.leaf(begin=begin), CA)) == USUAL


def test_a_second_later_is_not_yet_valid() -> None:
    found = look(make.leaf(begin=NOW + SECOND), CA)

    assert only(found, "not-yet-valid").title == (
        "The certificate is not valid before 2026-06-01 12:00 UTC."
    )


def test_the_last_second_is_valid() -> None:
    assert "expired" not in codes(look(make.leaf(end=NOW), CA))
    assert "expired" in codes(look(make.leaf(end=NOW - SECOND), CA))


@pytest.mark.parametrize(
    ("days", "told"),
    [
        (ASKED - TOLERANCE - 1, {"shorter-than-asked"}),
        (ASKED - TOLERANCE, set()),
        (ASKED, set()),
        (ASKED + TOLERANCE, set()),
        (ASKED + TOLERANCE + 1, {"longer-than-asked"}),
    ],
)
def test_some_days_more_or_less_than_asked_are_as_asked(days: int, told: set[str]) -> None:
    found = look(make.leaf(end=lasting(days)), CA, plan=plan(3))

    assert codes(found) == USUAL | told


def test_both_lifetimes_are_told() -> None:
    finding = only(look(make.leaf(end=lasting(46)), CA, plan=plan(3)), "shorter-than-asked")

    assert finding.title == "The certificate lasts shorter than asked: 46 days."
    assert finding.detail == (
        f"The policy asks for 3 months ({ASKED} days). It ends on 2026-07-16 11:59 UTC."
    )


def test_one_month_is_one_month() -> None:
    finding = only(look(make.leaf(end=lasting(46)), CA, plan=plan(1)), "longer-than-asked")

    assert finding.detail.startswith("The policy asks for 1 month (")


@pytest.mark.parametrize("days", [30, 46])
def test_what_a_ca_dates_back_is_no_day_more(days: int) -> None:
    """A CA that is asked for so many days from now begins some minutes ago."""
    leaf = make.leaf(begin=NOW - 300 * SECOND, end=NOW + days * DAY)

    finding = only(look(leaf, CA, plan=plan(3)), "shorter-than-asked")

    assert finding.title == f"The certificate lasts shorter than asked: {days} days."


def test_nobody_cares_how_long_an_expired_certificate_lasted() -> None:
    leaf = make.leaf(begin=NOW - 9 * DAY, end=NOW - DAY)

    assert codes(look(leaf, CA, plan=plan(12))) == USUAL | {"expired"}


def test_a_lifetime_past_the_year_9999_is_compared_with_nothing() -> None:
    begin = dt.datetime(9_990, 1, 1, tzinfo=dt.UTC)
    found = look(make.leaf(begin=begin, end=begin + DAY), CA, plan=plan(1_200))

    assert codes(found) == USUAL | {"not-yet-valid", "intermediate-expires-first"}


@pytest.mark.parametrize(
    ("begin", "limit"),
    [
        (dt.datetime(2026, 3, 14, 12, tzinfo=dt.UTC), 398),
        (dt.datetime(2026, 3, 15, 0, tzinfo=dt.UTC), 200),
    ],
)
def test_the_limit_is_that_of_the_day_of_issuance(begin: dt.datetime, limit: int) -> None:
    within = make.leaf(begin=begin, end=lasting(limit, begin))
    over = make.leaf(begin=begin, end=lasting(limit, begin) + SECOND)

    assert codes(look(within, CA)) == USUAL
    finding = only(look(over, CA), "over-public-limit")
    assert finding.title == (
        f"The certificate lasts {limit + 1} days; a public CA may issue {limit} days."
    )


@pytest.mark.parametrize(
    ("ekus", "limited"), [((SERVER_AUTH,), True), ((), True), ((CLIENT_AUTH,), False)]
)
def test_the_limit_is_for_tls_servers(ekus: tuple[str, ...], limited: bool) -> None:
    found = look(make.leaf(ekus=ekus, end=NOW + 900 * DAY), CA, csr=make.request(ekus=ekus))

    assert ("over-public-limit" in codes(found)) is limited


def test_before_there_was_a_limit_there_is_none() -> None:
    leaf = make.leaf(begin=dt.datetime(2018, 1, 1, tzinfo=dt.UTC))

    assert "over-public-limit" not in codes(look(leaf, CA))
