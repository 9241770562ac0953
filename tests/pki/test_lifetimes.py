from __future__ import annotations

import itertools
from datetime import date

import pytest

from kvcsr_widgets.pki import lifetimes


@pytest.mark.parametrize(
    ("on", "days"),
    [
        (date(2026, 3, 14), 398),
        (date(2026, 3, 15), 200),
        (date(2027, 3, 14), 200),
        (date(2027, 3, 15), 100),
        (date(2029, 3, 14), 100),
        (date(2029, 3, 15), 47),
    ],
)
def test_a_public_certificate_lasts_as_the_baseline_requirements_say(on: date, days: int) -> None:
    assert lifetimes.public_limit(on) == days


def test_a_day_less_is_safe() -> None:
    assert lifetimes.days_within(date(2026, 11, 24)) == 199


def test_the_limits_are_told_in_words() -> None:
    words = lifetimes.limits_in_words(date(2026, 11, 24))

    assert words == "200 days now, 100 from 2027-03-15, 47 from 2029-03-15"


def test_months_are_told_against_the_limits() -> None:
    assert lifetimes.in_words(1, date(2030, 1, 1)) == "31 days. Public TLS may last 47 days now."


def test_the_last_limit_has_none_after_it() -> None:
    assert lifetimes.limits_in_words(date(2030, 1, 1)) == "47 days now"


@pytest.mark.parametrize(
    ("months", "on", "days"),
    [
        (1, date(2026, 1, 31), 28),
        (12, date(2027, 3, 1), 366),
        (50, date(2019, 11, 7), 1522),
        (1200, date(2026, 1, 1), 36524),
    ],
)
def test_months_are_counted_by_the_calendar(months: int, on: date, days: int) -> None:
    assert lifetimes.asked_days(months, on) == days


@pytest.mark.parametrize(
    ("on", "months"),
    [(date(2026, 11, 24), 6), (date(2028, 1, 10), 3), (date(2029, 6, 1), 1)],
)
def test_the_most_months_stay_within_the_limit(on: date, months: int) -> None:
    assert lifetimes.most_months(on) == months


def test_a_name_is_certified_anew_ever_more_often() -> None:
    begin, end = date(2026, 11, 26), date(2030, 1, 1)

    made = list(lifetimes.public_renewals(begin, end, 0.8))

    assert made[:2] == [(begin, 200), (date(2027, 5, 5), 100)]  # 160 days later
    assert made[-1][1] == 47
    assert all(days == lifetimes.public_limit(on) for on, days in made)
    gaps = [(after - before).days for (before, _), (after, _) in itertools.pairwise(made)]
    assert gaps == [int(days * 0.8) for _on, days in made[:-1]]
    assert made[-1][0] < end


def test_who_waits_for_the_last_day_renews_less_often() -> None:
    span = date(2027, 3, 15), date(2029, 3, 15)

    assert len(list(lifetimes.public_renewals(*span, 1.0))) == 8  # 731 days of 100 each
    assert len(list(lifetimes.public_renewals(*span, 0.8))) == 10
