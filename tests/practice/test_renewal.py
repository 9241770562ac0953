"""Lifetime actions: what is accepted, when a certificate renews itself, and months."""

from __future__ import annotations

import datetime as dt

import pytest
from cryptography import x509
from hypothesis import given
from hypothesis import strategies as st

from kvcsr_widgets.practice import issuing
from kvcsr_widgets.practice.renewal import months_between, months_later
from kvcsr_widgets.practice.service import BATCH
from kvcsr_widgets.practice.transport import Practice
from tests.practice.conftest import START, Clock
from tests.practice.steps import finish, status, with_issuer
from tests.practice.test_import import LEAF, issued, packed, send
from tests.practice.wire import Json, Wire

DAY = 86400


def action(kind: str = "AutoRenew", **trigger: object) -> Json:
    return {"trigger": trigger, "action": {"action_type": kind}}


def versions(wire: Wire) -> list[str]:
    return [each["id"] for each in wire.send("GET", "/certificates/web/versions").body["value"]]


def self_signed(wire: Wire, *actions: Json, **changes: object) -> Json:
    policy: Json = {"issuer": {"name": "Self"}, "x509_props": {"subject": "CN=a"}}
    if actions:
        policy["lifetime_actions"] = list(actions)
    assert wire.create(policy=policy | changes).status == 202
    return wire.send("GET", "/certificates/web").body


@pytest.mark.parametrize(("issuer", "kind"), [("Self", "AutoRenew"), ("Unknown", "EmailContacts")])
def test_the_default_is_at_80_percent_and_by_the_issuer(wire: Wire, issuer: str, kind: str) -> None:
    wire.create(policy={"issuer": {"name": issuer}})

    policy = wire.send("GET", "/certificates/web/policy").body
    assert policy["lifetime_actions"] == [action(kind, lifetime_percentage=80)]


@pytest.mark.parametrize(
    "actions",
    [
        [],
        [action(lifetime_percentage=1)],
        [action(lifetime_percentage=99)],
        [action("EmailContacts", days_before_expiry=1)],
        [action(days_before_expiry=12 * 27)],
    ],
)
def test_actions_are_echoed(wire: Wire, actions: list[Json]) -> None:
    wire.create(policy={"lifetime_actions": actions, "issuer": {"name": "Self"}})

    assert wire.send("GET", "/certificates/web/policy").body["lifetime_actions"] == actions


BAD = "Property policy.lifetime_actions has invalid value\r\n"


@pytest.mark.parametrize(
    ("actions", "message"),
    [
        ([action(lifetime_percentage=0)], BAD),
        ([action(lifetime_percentage=100)], BAD),
        ([action(days_before_expiry=0)], BAD),
        ([action(days_before_expiry=12 * 27 + 1)], BAD),
        ([action(lifetime_percentage=True)], BAD),
        ([action(lifetime_percentage="80")], BAD),
        ([action(lifetime_percentage=80, days_before_expiry=1)], BAD),
        ([action()], BAD),
        ([action("Explode", lifetime_percentage=80)], BAD),
        ([{"trigger": {"lifetime_percentage": 80}}], BAD),
        ([action(lifetime_percentage=80) | {"more": 1}], BAD),
        (5, BAD),
        ([5], BAD),
        ([action(lifetime_percentage=80)] * 2, "At most one action is allowed"),
    ],
)
def test_bad_actions_are_refused(wire: Wire, actions: object, message: str) -> None:
    answer = wire.create(policy={"lifetime_actions": actions})

    assert answer.error == (400, "BadParameter", message)


def test_a_certificate_renews_itself_at_a_share_of_its_life(wire: Wire, clock: Clock) -> None:
    attributes = self_signed(wire, action(lifetime_percentage=50))["attributes"]
    renew_at = (attributes["nbf"] + attributes["exp"]) // 2
    clock.now = renew_at - 1
    assert len(versions(wire)) == 1
    clock.now = renew_at

    renewed = wire.send("GET", "/certificates/web").body
    assert len(versions(wire)) == 2
    assert renewed["attributes"]["nbf"] == renew_at - 600
    assert status(wire) == "completed"


def test_a_certificate_renews_itself_days_before_its_end(wire: Wire, clock: Clock) -> None:
    end = self_signed(wire, action(days_before_expiry=30))["attributes"]["exp"]
    clock.now = end - 30 * DAY - 1
    assert len(versions(wire)) == 1
    clock.now += 1
    assert len(versions(wire)) == 2


def test_a_renewal_keeps_tags_and_leaves_the_policy_as_it_is(wire: Wire, clock: Clock) -> None:
    self_signed(wire, action(lifetime_percentage=50))
    wire.send("PATCH", "/certificates/web", {"tags": {"a": "b"}})
    policy = wire.send("GET", "/certificates/web/policy").body
    clock.now += 200 * DAY

    assert wire.send("GET", "/certificates/web").body["tags"] == {"a": "b"}
    assert wire.send("GET", "/certificates/web/policy").body == policy


def test_renewals_go_on(wire: Wire, clock: Clock) -> None:
    self_signed(
        wire, action(lifetime_percentage=50), x509_props={"subject": "CN=a", "validity_months": 1}
    )
    for number in range(2, 6):
        clock.now += 16 * DAY
        assert len(versions(wire)) == number


@pytest.mark.parametrize(
    "policy",
    [
        pytest.param({"issuer": {"name": "Unknown"}}, id="by hand"),
        pytest.param(
            {"lifetime_actions": [action("EmailContacts", lifetime_percentage=50)]}, id="by mail"
        ),
        pytest.param({"lifetime_actions": []}, id="no action"),
    ],
)
def test_nothing_renews_itself_otherwise(
    wire: Wire, clock: Clock, practice: Practice, policy: Json
) -> None:
    if policy.get("issuer"):
        finish(wire, practice, policy={"lifetime_actions": [action(lifetime_percentage=50)]})
    else:
        self_signed(wire, **policy)
    clock.now += 360 * DAY

    assert len(versions(wire)) == 1


def test_a_disabled_certificate_does_not_renew_itself(wire: Wire, clock: Clock) -> None:
    self_signed(wire, action(lifetime_percentage=50))
    wire.send("PATCH", "/certificates/web", {"attributes": {"enabled": False}})
    clock.now += 360 * DAY
    assert len(versions(wire)) == 1

    wire.send("PATCH", "/certificates/web", {"attributes": {"enabled": True}})
    assert len(versions(wire)) == 2


def test_a_changed_policy_counts_at_once(wire: Wire, clock: Clock) -> None:
    self_signed(wire)
    clock.now += 100 * DAY
    assert len(versions(wire)) == 1

    change = {"lifetime_actions": [action(lifetime_percentage=10)]}
    wire.send("PATCH", "/certificates/web/policy", change)
    assert len(versions(wire)) == 2


def test_a_request_by_hand_in_progress_is_left_alone(wire: Wire, clock: Clock) -> None:
    self_signed(wire, action(lifetime_percentage=50))
    wire.send("PATCH", "/certificates/web/policy", {"issuer": {"name": "Unknown"}})
    waiting = wire.send("POST", "/certificates/web/create", {}).body
    wire.send("PATCH", "/certificates/web/policy", {"issuer": {"name": "Self"}})
    clock.now += 360 * DAY

    assert wire.send("GET", "/certificates/web/pending").body == waiting
    assert len(versions(wire)) == 1


def test_a_renewal_waits_for_a_request_by_hand_and_comes_after_it(wire: Wire, clock: Clock) -> None:
    self_signed(wire, action(lifetime_percentage=50))
    wire.send("PATCH", "/certificates/web/policy", {"issuer": {"name": "Unknown"}})
    wire.send("POST", "/certificates/web/create", {})
    wire.send("PATCH", "/certificates/web/policy", {"issuer": {"name": "Self"}})
    clock.now += 200 * DAY
    assert len(versions(wire)) == 1

    wire.send("DELETE", "/certificates/web/pending")
    assert len(versions(wire)) == 2


def test_two_kernels_renew_once(
    wire: Wire, clock: Clock, practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    self_signed(wire, action(lifetime_percentage=50))
    clock.now += 200 * DAY
    other = Practice(practice.store.path, clock)
    original = issuing.new_csr
    first = [other.vault.service.settle]

    def meanwhile(key: bytes, props: Json) -> bytes:
        if first:
            first.pop()()
        return original(key, props)

    monkeypatch.setattr(issuing, "new_csr", meanwhile)
    assert len(versions(wire)) == 2
    other.close()


def test_a_renewal_is_not_lost_when_the_policy_changes_while_its_key_is_made(
    wire: Wire, clock: Clock, practice: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    self_signed(wire, action(lifetime_percentage=50))
    clock.now += 200 * DAY
    original = issuing.new_csr
    changes: list[Json] = [{"x509_props": {"validity_months": 5}}]

    def meanwhile(key: bytes, props: Json) -> bytes:
        if changes:
            practice.vault.shelf.update_policy("web", changes.pop())
        return original(key, props)

    monkeypatch.setattr(issuing, "new_csr", meanwhile)
    newest = wire.send("GET", "/certificates/web").body

    assert len(versions(wire)) == 2
    life = newest["attributes"]["exp"] - newest["attributes"]["nbf"]
    assert life < 160 * DAY


def test_an_imported_policy_that_no_csr_can_hold_does_not_renew(
    wire: Wire, clock: Clock, practice: Practice
) -> None:
    names = [x509.NameAttribute(x509.NameOID.PSEUDONYM, "p" * 201)]
    odd = issued(LEAF.key, subject=x509.Name(names))
    policy = {"issuer": {"name": "Self"}}
    assert send(wire, packed(LEAF.key, odd), policy=policy).status == 200
    clock.now += 100 * DAY

    assert len(versions(wire)) == 1
    assert practice.store.due(int(clock.now), 10) == []


def test_no_more_than_a_batch_is_renewed_before_one_answer(
    wire: Wire, clock: Clock, practice: Practice
) -> None:
    names = [f"c{number:02}" for number in range(BATCH + 5)]
    for name in names:
        wire.create(name, {"issuer": {"name": "Self"}})
        wire.send("GET", f"/certificates/{name}")
    clock.now += 300 * DAY
    wire.send("GET", "/certificates/c14")

    due = practice.store.due(int(clock.now), 100)
    assert len(due) == 5 - ("c14" not in names[:BATCH])
    assert "c14" not in due


def test_a_shorter_life_needs_a_trigger_that_fits_it(wire: Wire, clock: Clock) -> None:
    self_signed(wire, action(days_before_expiry=300))

    change = {"x509_props": {"subject": "CN=a", "validity_months": 1}}
    assert wire.send("PATCH", "/certificates/web/policy", change).error[2] == BAD
    change["lifetime_actions"] = [action(days_before_expiry=20)]  # type: ignore[assignment]
    assert wire.send("PATCH", "/certificates/web/policy", change).status == 200
    clock.now += 350 * DAY
    assert [len(versions(wire)) for _ in range(3)] == [2, 2, 2]


def test_an_integrated_issuer_renews_too(wire: Wire, clock: Clock) -> None:
    self_signed(wire, action(lifetime_percentage=50), **with_issuer(wire))
    clock.now += 200 * DAY
    assert len(versions(wire)) == 2


def test_far_in_the_future_there_is_a_new_ca(wire: Wire, clock: Clock, practice: Practice) -> None:
    finish(wire, practice)
    clock.now += 3651 * DAY

    bundle = finish(wire, practice)
    assert bundle["attributes"]["nbf"] > START + 3650 * DAY
    chain = practice.authority.sign(practice.vault.shelf.pending("web").csr).chain
    assert all(each.not_valid_after_utc.timestamp() > clock.now for each in chain)


moments = st.integers(0, 4_000_000_000).map(lambda at: dt.datetime.fromtimestamp(at, dt.UTC))


@given(moments, st.integers(0, 1200))
def test_months_later_are_that_many_months(begin: dt.datetime, months: int) -> None:
    end = dt.datetime.fromtimestamp(months_later(int(begin.timestamp()), months), dt.UTC)

    assert (end.year - begin.year) * 12 + end.month - begin.month == months
    assert end.time() == begin.time()
    assert end.day == begin.day or (end + dt.timedelta(days=1)).day == 1
    if end.day == begin.day:
        assert months_between(begin, end) == months
        assert months_between(begin, end + dt.timedelta(seconds=1)) == months + 1


def test_a_begun_month_counts_as_a_whole_one() -> None:
    """The recorded import: 29 April 2015 to 31 December 2039 are 297 months."""
    begin = dt.datetime(2015, 4, 29, 21, 53, 41, tzinfo=dt.UTC)
    assert months_between(begin, dt.datetime(2039, 12, 31, 23, 59, 59, tzinfo=dt.UTC)) == 297
