"""A renewal on a clock that moves, over the practice vault."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kvcsr_widgets.errors import InputError
from kvcsr_widgets.pki.plan import CertificatePlan
from kvcsr_widgets.runbook import finished, renewal
from kvcsr_widgets.runbook.renewal import BY_HAND, BY_ITSELF, BY_PARTNER, Line, Seen
from kvcsr_widgets.runbook.steps import StepState
from kvcsr_widgets.vault.session import Rehearsal, rehearse

DAYS = 100


@pytest.fixture
def staged(tmp_path: Path) -> Iterator[Rehearsal]:
    """A rehearsal of certificates that last a hundred days."""
    made = rehearse(tmp_path / "vault.sqlite")
    renewal.stage(made.vault, DAYS)
    yield made
    made.vault.close()


def now(staged: Rehearsal) -> datetime:
    return datetime.fromtimestamp(staged.clock(), UTC)


def look(staged: Rehearsal) -> Seen:
    return renewal.look(staged.vault, now(staged))


def line(staged: Rehearsal, name: str = BY_HAND) -> Line:
    found = look(staged).line(name)
    assert found is not None
    return found


def move(staged: Rehearsal, days: float) -> tuple[str, ...]:
    return renewal.move_on(staged.vault, lambda: now(staged), staged.clock.advance, days)[1]


def renew(staged: Rehearsal, *, reuse_key: bool = False, days: int = DAYS) -> None:
    """A new version of the one by hand, from its current policy."""
    ask(staged, reuse_key=reuse_key)
    renewal.answer(staged.vault, line(staged), days=days, now=now(staged), strict=False)


def ask(staged: Rehearsal, *, reuse_key: bool) -> None:
    plan = staged.vault.current(BY_HAND).plan
    staged.vault.create(replace(plan, reuse_key=reuse_key))


def points(staged: Rehearsal) -> list[bool]:
    return [point.done for point in renewal.rehearsed(look(staged))]


def test_it_begins_with_one_version_of_each(staged: Rehearsal) -> None:
    seen = look(staged)

    assert [each.name for each in seen.lines] == [BY_HAND, BY_PARTNER, BY_ITSELF]
    assert [len(each.versions) for each in seen.lines] == [1, 1, 1]
    assert [each.versions[0].self_signed for each in seen.lines] == [False, False, True]
    assert line(staged).versions[0].expires.date() == (seen.now + timedelta(days=DAYS)).date()
    assert seen.waiting == ()


def test_what_the_vault_will_do_is_said_with_its_day(staged: Rehearsal) -> None:
    due = line(staged).acts_at
    assert due is not None
    assert abs(due - look(staged).now - timedelta(days=80)) < timedelta(days=1)
    mail = f"An e-mail to the contacts falls due on {due:%Y-%m-%d}. The vault does nothing else"
    assert line(staged).by_itself(now(staged)).startswith(mail)
    assert "fell due" in line(staged).by_itself(due)
    for name in (BY_ITSELF, BY_PARTNER):
        assert "makes the next version by itself" in line(staged, name).by_itself(now(staged))


def test_a_policy_without_an_action_does_nothing(staged: Rehearsal) -> None:
    without = replace(line(staged), plan=CertificatePlan("web", "CN=a"))
    assert without.acts_at is None
    assert without.by_itself(now(staged)) == "The vault does nothing by itself."


def test_a_week_changes_nothing(staged: Rehearsal) -> None:
    before = look(staged)

    assert move(staged, 7) == ()

    assert look(staged).lines == before.lines
    assert look(staged).now - before.now >= timedelta(days=7)


def test_the_vault_renews_what_has_an_issuer_that_it_knows_and_no_other(
    staged: Rehearsal,
) -> None:
    told = move(staged, 81)

    assert len(line(staged).versions) == 1
    assert line(staged).waiting is None
    for name in (BY_ITSELF, BY_PARTNER):
        assert len(line(staged, name).versions) == 2
        assert any(f"made version 2 of “{name}” by itself" in each for each in told)
    (mail,) = (each for each in told if BY_HAND in each)
    assert "an e-mail to the contacts fell due" in mail


def test_each_renewal_happens_on_its_own_day(staged: Rehearsal) -> None:
    first = line(staged, BY_ITSELF).acts_at
    assert first is not None

    move(staged, 400)

    versions = line(staged, BY_ITSELF).versions
    assert versions[1].made.date() == first.date()
    for before, after in itertools.pairwise(versions):
        share = (after.made - before.begins) / (before.expires - before.begins)
        assert 0.8 <= share < 0.82
    assert len(versions) > 3


def test_what_nobody_renewed_expires(staged: Rehearsal) -> None:
    told = move(staged, DAYS + 1)

    assert any(f"“{BY_HAND}” expired" in each for each in told)
    assert not any(f"“{BY_ITSELF}” expired" in each for each in told)
    days = [each[:10] for each in told]
    assert days == sorted(days)


@pytest.mark.parametrize("days", [0, -1, renewal.MAX_DAYS + 1, float("nan")])
def test_the_clock_takes_no_other_step(staged: Rehearsal, days: float) -> None:
    with pytest.raises(InputError, match="moves by 1 to"):
        move(staged, days)


def test_a_new_key_is_told_from_the_same_one(staged: Rehearsal) -> None:
    ask(staged, reuse_key=False)
    assert line(staged).waiting is not None
    assert line(staged).same_key_as is None
    staged.vault.delete_operation(BY_HAND)

    ask(staged, reuse_key=True)
    assert line(staged).same_key_as == 1


def test_a_strict_ca_refuses_a_key_that_it_knows(staged: Rehearsal) -> None:
    ask(staged, reuse_key=True)

    with pytest.raises(InputError, match="has already been used") as refused:
        renewal.answer(staged.vault, line(staged), days=9, now=now(staged), strict=True)

    assert "reuse key" in refused.value.hint
    assert len(line(staged).versions) == 1


def test_a_strict_ca_signs_a_new_key(staged: Rehearsal) -> None:
    ask(staged, reuse_key=False)

    renewal.answer(staged.vault, line(staged), days=9, now=now(staged), strict=True)

    assert len(line(staged).versions) == 2
    assert line(staged).waiting is None


def test_nothing_is_answered_where_nothing_waits(staged: Rehearsal) -> None:
    with pytest.raises(InputError, match="waits for a CA"):
        renewal.answer(staged.vault, line(staged), days=9, now=now(staged), strict=False)


def test_the_sample_leads_to_a_certificate_that_nobody_vouches_for(staged: Rehearsal) -> None:
    move(staged, 1)
    renewal.follow_the_sample(staged.vault, line(staged))

    fallen = line(staged)
    assert [each.self_signed for each in fallen.versions] == [False, True]
    assert fallen.plan.issuer == "Self"
    assert fallen.renews


def test_a_reply_is_merged_at_a_later_date(staged: Rehearsal) -> None:
    move(staged, 85)

    renew(staged, days=50)

    newest = line(staged).versions[-1]
    assert abs(newest.expires - now(staged) - timedelta(days=50)) < timedelta(days=1)


def test_the_rehearsal_is_done_with_a_new_key_and_with_the_same_one(staged: Rehearsal) -> None:
    assert points(staged) == [False, False, False]
    move(staged, 81)
    assert points(staged) == [True, False, False]
    renew(staged, reuse_key=True)
    assert points(staged) == [True, False, True]
    move(staged, 1)

    renew(staged, reuse_key=False)

    assert points(staged) == [True, True, True]
    assert finished.standing(renewal.rehearsed(look(staged))).state is StepState.DONE


def test_a_version_that_the_vault_signed_itself_is_no_renewal(staged: Rehearsal) -> None:
    move(staged, 81)
    renewal.follow_the_sample(staged.vault, line(staged))

    assert points(staged) == [True, False, False]


def test_before_a_rehearsal_that_is_what_is_missing() -> None:
    (point,) = renewal.rehearsed(None)

    assert not point.done
    assert "begin one above" in point.said
