"""What a load reads of certificates and chains, and what it takes from an earlier one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from kvcsr_widgets.pki.plan import SELF
from kvcsr_widgets.pki.signed import read_signed
from kvcsr_widgets.practice.rules import Delays
from kvcsr_widgets.runbook.details import Details
from kvcsr_widgets.runbook.entries import Part, State
from kvcsr_widgets.runbook.inventory import Inventory, load
from kvcsr_widgets.runbook.loading import Counts
from kvcsr_widgets.runbook.reading import REFUSALS
from kvcsr_widgets.vault.client import Vault
from kvcsr_widgets.vault.session import practise
from tests.runbook.stocked import DAYS, create, finish, tag
from tests.runbook.traffic import Traffic


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "vault.sqlite"


@pytest.fixture
def vault(path: Path) -> Iterator[Vault]:
    opened = practise(path, delays=Delays(cancel=0))
    yield opened
    opened.close()


def details_of(found: Inventory, name: str) -> Details:
    known = {each.name: each.details for each in found.entries}[name]
    assert known is not None
    return known


def chain_of(found: Inventory, name: str = "web") -> int | None:
    return details_of(found, name).chain_length


def test_details_are_those_of_the_certificate_or_of_the_csr(vault: Vault) -> None:
    finish(vault, "done")
    create(vault, "waiting")

    found = load(vault, details=True)
    done, waiting = details_of(found, "done"), details_of(found, "waiting")

    leaf = vault.certificate("done")
    assert (done.version, waiting.version) == (leaf.version, "")
    assert done.subject == "CN=done.contoso.com"
    assert waiting.subject == "CN=waiting.contoso.com"
    assert done.key == waiting.key == "EC P-256"
    assert (bool(done.serial), waiting.serial) == (True, "")
    assert '"issuer":{"name":"Unknown"}' in done.policy
    assert (found.counts.details, found.counts.details_due) == (2, 2)


def test_only_what_changed_is_read_again(vault: Vault, traffic: Traffic) -> None:
    for number in range(30):
        finish(vault, f"c{number:02}")
    create(vault, "waiting")
    before = load(vault, details=True)
    tag(vault, "c03", owner="a")
    finish(vault, "c07")
    finish(vault, "new")
    traffic.asked.clear()

    after = load(vault, details=True, before=before)

    assert traffic.of("certificate") == ["c03", "c07", "new"]
    assert traffic.of("pending") == ["waiting"]
    assert after.counts.details == 3
    assert after.by_key.keys() - before.by_key.keys() == {after.entries[-2].key}
    for entry in after.entries:
        fresh = vault.bundle(entry.name).certificate
        assert entry.details is not None
        assert entry.details.version == (fresh.version if fresh.thumbprint else "")


def test_an_earlier_inventory_without_details_gives_none(vault: Vault, traffic: Traffic) -> None:
    finish(vault, "web")
    before = load(vault)
    traffic.asked.clear()

    after = load(vault, details=True, before=before)

    assert traffic.of("certificate") == ["web"]
    assert details_of(after, "web").serial


def test_what_could_not_be_read_before_is_read_again(vault: Vault, traffic: Traffic) -> None:
    finish(vault, "web")
    traffic.answers["/certificates/web"] = (200, b"{}")
    before = load(vault, details=True)
    traffic.answers.clear()

    after = load(vault, details=True, before=before)

    assert (before.entries[0].failed, before.entries[0].details) == (Part.CERTIFICATE, None)
    assert after.entries[0].error is None
    assert details_of(after, "web").serial


def test_a_request_that_was_made_again_has_the_details_of_its_own_csr(vault: Vault) -> None:
    create(vault, "web", subject="CN=old")
    before = load(vault, details=True)
    vault.cancel("web")
    create(vault, "web", subject="CN=new")

    after = load(vault, details=True, before=before)

    assert details_of(before, "web").subject == "CN=old"
    assert details_of(after, "web").subject == "CN=new"


def test_known_details_stay_where_the_request_cannot_be_read(
    vault: Vault, traffic: Traffic
) -> None:
    create(vault, "web", subject="CN=old")
    before = load(vault, details=True)
    traffic.answers["/certificates/web/pending"] = (200, b"{}")

    after = load(vault, details=True, before=before)

    assert after.entries[0].failed is Part.REQUEST
    assert after.entries[0].state is None
    assert details_of(after, "web").subject == "CN=old"


def test_a_request_that_was_read_is_kept_where_its_certificate_is_not(
    vault: Vault, traffic: Traffic
) -> None:
    create(vault, "web")
    traffic.answers["/certificates/web"] = (200, b"[]")

    entry = load(vault, details=True).entries[0]

    assert (entry.state, entry.failed, entry.details) == (State.PENDING, Part.CERTIFICATE, None)
    assert entry.error is not None


def test_an_issued_certificate_is_completed_though_its_details_failed(
    vault: Vault, traffic: Traffic
) -> None:
    finish(vault, "web")
    traffic.answers["/certificates/web"] = (200, b"[]")

    assert load(vault, details=True).entries[0].state is State.COMPLETED


def test_a_chain_is_counted_where_the_key_cannot_be_exported(
    vault: Vault, traffic: Traffic
) -> None:
    finish(vault, "web", kind="p7b", exportable=False)
    finish(vault, "alone", exportable=False)
    traffic.asked.clear()

    found = load(vault, details=True, chains=True)

    assert traffic.of("secret") == ["alone", "web"]
    assert (chain_of(found, "alone"), chain_of(found)) == (1, 3)
    assert list(found.frame["chain_length"]) == [1, 3]
    assert found.counts.details == found.counts.details_due == 4
    assert found.counts.ended


@pytest.mark.parametrize(
    ("plan", "options"),
    [
        ({"exportable": True}, {"details": True, "chains": True}),
        ({"exportable": False}, {"details": True}),
        ({"exportable": False}, {"chains": True}),
        ({"exportable": False, "enabled": False}, {"details": True, "chains": True}),
    ],
)
def test_a_secret_is_read_only_where_asked_for_and_without_a_key(
    vault: Vault, traffic: Traffic, plan: dict[str, Any], options: dict[str, bool]
) -> None:
    finish(vault, "web", **plan)

    found = load(vault, details=options.get("details", False), chains=options.get("chains", False))

    assert traffic.of("secret") == []
    assert found.entries[0].error is None


def test_a_secret_is_not_read_once_its_policy_was_changed(vault: Vault, traffic: Traffic) -> None:
    """The version in use was made when its key could still be exported."""
    finish(vault, "web", exportable=True)
    clock = vault._practice.state.clock  # type: ignore[union-attr]
    clock.advance(60)
    policy = vault._client.get_certificate_policy("web")
    policy._exportable = False
    vault._client.update_certificate_policy("web", policy)

    found = load(vault, details=True, chains=True)

    assert '"exportable":false' in details_of(found, "web").policy
    assert traffic.of("secret") == []


def test_a_key_that_is_in_a_secret_all_the_same_makes_it_not_known(
    vault: Vault, traffic: Traffic
) -> None:
    """The policy was changed between the request and its merge: no date tells that."""
    operation = create(vault, "web", exportable=True)
    policy = vault._client.get_certificate_policy("web")
    policy._exportable = False
    vault._client.update_certificate_policy("web", policy)
    assert vault.authority is not None
    assert operation.csr is not None
    reply = vault.authority.sign(operation.csr.der).file("p7b")
    vault.merge("web", read_signed(reply).certificates)

    found = load(vault, details=True, chains=True)

    assert traffic.of("secret") == ["web"]
    assert chain_of(found) is None
    assert found.entries[0].error is None


def test_a_self_signed_certificate_is_a_chain_of_one(vault: Vault, traffic: Traffic) -> None:
    create(vault, "web", issuer=SELF, exportable=False)

    assert chain_of(load(vault, details=True, chains=True)) == 1
    assert traffic.of("secret") == []


def test_a_chain_is_known_from_an_earlier_inventory(vault: Vault, traffic: Traffic) -> None:
    finish(vault, "web", kind="p7b", exportable=False)
    plain = load(vault, details=True)
    before = load(vault, details=True, chains=True, before=plain)
    traffic.asked.clear()

    after = load(vault, details=True, chains=True, before=before)

    assert (chain_of(plain), chain_of(before), chain_of(after)) == (None, 3, 3)
    assert traffic.of("secret") == traffic.of("certificate") == []


def test_a_chain_that_cannot_be_told_is_not_asked_for_again(vault: Vault, traffic: Traffic) -> None:
    finish(vault, "web", exportable=False)
    version = vault.certificate("web").version
    traffic.answers[f"/secrets/web/{version}"] = (200, b'{"contentType":"text/plain","value":"x"}')
    before = load(vault, details=True, chains=True)
    traffic.asked.clear()

    after = load(vault, details=True, chains=True, before=before)

    assert chain_of(after) is None
    assert traffic.of("secret") == []


def test_who_may_not_read_secrets_gets_all_else_and_the_role(
    vault: Vault, path: Path, traffic: Traffic
) -> None:
    for number in range(40):
        finish(vault, f"c{number:02}", exportable=False)
    reader = practise(path, role="reader")

    found = load(reader, details=True, chains=True, at_once=4)
    reader.close()

    assert {entry.failed for entry in found.entries} == {Part.CHAIN}
    assert {entry.state for entry in found.entries} == {State.COMPLETED}
    assert all(entry.details is not None and entry.details.serial for entry in found.entries)
    assert found.missing == (
        f"{vault.host}: the secrets of 40 certificates may not be read, so how long their chains "
        "are is not known. The permission “get” for secrets gives it, or the role Key Vault "
        "Secrets User.",
    )
    assert len(traffic.of("secret")) <= REFUSALS + 4


@pytest.mark.parametrize(
    "counts",
    [
        Counts(vaults=1),
        Counts(operations_due=1),
        Counts(details_due=1),
    ],
)
def test_a_load_has_not_ended_while_something_is_due(counts: Counts) -> None:
    assert not counts.ended
    assert Counts().ended


def test_the_life_of_what_the_tests_finish_is_as_they_say(vault: Vault) -> None:
    finish(vault, "web")
    leaf = vault.certificate("web")
    assert leaf.expires is not None
    assert leaf.not_before is not None
    assert abs(leaf.expires - leaf.not_before - timedelta(days=DAYS)) < timedelta(days=1)
