"""The panel that plays the CA."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from cryptography import x509
from markupsafe import escape

from kvcsr_widgets.panels import Desk, SignPanel
from kvcsr_widgets.panels.reply_choice import GOOD
from kvcsr_widgets.pki import altnames, lifetimes
from kvcsr_widgets.pki.catalogue import CATALOGUE
from kvcsr_widgets.pki.leaf import fitting
from kvcsr_widgets.pki.names import Names
from kvcsr_widgets.pki.plan import CertificatePlan, KeyChoice
from kvcsr_widgets.pki.preflight import preflight
from kvcsr_widgets.pki.signed import read_signed
from kvcsr_widgets.runbook.merging import pending_request
from kvcsr_widgets.vault import session
from kvcsr_widgets.vault.client import Vault
from kvcsr_widgets.vault.records import Operation

PLAN = CertificatePlan("web", "CN=a.example", Names(dns=("a.example",)), key=KeyChoice.EC_P256)


@pytest.fixture
def desk(vault: Vault) -> Iterator[Desk]:
    """A desk on a fresh practice vault with one request."""
    made = Desk()
    made.open(vault)
    made.add(vault.create(PLAN), PLAN)
    yield made
    made.leave()


def offered(panel: SignPanel) -> list[str]:
    """The names of the files that can be downloaded now."""
    return [button.filename for button in panel.files.children]


def leaf_in(file: bytes, operation: Operation | None) -> x509.Certificate | None:
    assert operation is not None
    assert operation.csr is not None
    return next(iter(fitting(operation.csr, read_signed(file))), None)


def test_a_good_reply_is_offered_in_three_forms(desk: Desk) -> None:
    panel = SignPanel(desk)

    panel.button.click()

    assert panel.reply.choice.label == GOOD
    assert offered(panel) == ["web.p7b", "web.pem", "web.cer"]
    assert all(button.content for button in panel.downloads.values())


def test_every_mistake_can_be_chosen_by_its_label(desk: Desk) -> None:
    panel = SignPanel(desk)
    assert desk.vault is not None
    assert desk.vault.authority is not None

    labels = [label for label, _name in panel.reply.choice.options]

    assert labels == [GOOD, *(each.label for each in desk.vault.authority.mistakes.values())]
    assert len(set(labels)) == len(labels)


def test_a_wrong_reply_is_offered_as_its_own_file(desk: Desk) -> None:
    panel = SignPanel(desk)
    panel.reply.choice.value = "names-dropped"

    panel.button.click()

    assert offered(panel) == ["web.names-dropped.pem"]
    assert "wrong on purpose. Names: one left out." in panel.notice.value
    leaf = leaf_in(panel.wrong.content, desk.current)
    assert leaf is not None
    assert altnames.held(leaf.extensions) == ()


def test_what_will_be_wrong_and_what_should_be_found_is_said(desk: Desk) -> None:
    panel = SignPanel(desk)

    panel.reply.choice.value = "wrong-key"
    assert "two replies are mixed up" in panel.reply.help.value
    assert f"{escape(CATALOGUE['key-differs'].about)} (stops the merge)" in panel.reply.help.value
    panel.reply.choice.value = "web-page"
    assert "should refuse this file" in panel.reply.help.value


def test_a_wrong_reply_takes_its_days_from_the_panel(desk: Desk) -> None:
    panel = SignPanel(desk)
    panel.days.value = 11
    panel.reply.choice.value = "leaf-only"

    panel.button.click()

    (leaf,) = read_signed(panel.wrong.content).certificates
    assert (leaf.not_valid_after_utc - leaf.not_valid_before_utc).days == 11


def test_another_choice_withdraws_what_was_made(desk: Desk) -> None:
    panel = SignPanel(desk)
    panel.button.click()

    panel.reply.choice.value = "expired"
    assert offered(panel) == []
    assert panel.notice.value == ""
    panel.button.click()
    panel.days.value = 5

    assert offered(panel) == []
    assert panel.wrong.content == b""


def test_another_request_withdraws_what_was_made(desk: Desk) -> None:
    assert desk.vault is not None
    panel = SignPanel(desk)
    panel.reply.choice.value = "expired"
    panel.button.click()

    desk.add(desk.vault.create(CertificatePlan("other", "CN=b", key=KeyChoice.EC_P256)))

    assert offered(panel) == []
    assert panel.reply.mistake == "expired"
    panel.button.click()
    assert offered(panel) == ["other.expired.pem"]


def test_a_mistake_that_this_request_gives_no_occasion_for_is_said(desk: Desk) -> None:
    assert desk.vault is not None
    desk.add(desk.vault.create(CertificatePlan("bare", "CN=The shop", key=KeyChoice.EC_P256)))
    panel = SignPanel(desk)
    panel.button.click()
    panel.reply.choice.value = "names-dropped"

    panel.button.click()

    assert "This request has no names" in panel.notice.value
    assert offered(panel) == []


def test_no_mistake_is_offered_for_a_real_vault(desk: Desk) -> None:
    panel = SignPanel(desk)
    panel.reply.choice.value = "expired"
    real = session.connect("https://contoso.vault.azure.net", session.SignIn.AZURE_CLI)
    desk.leave()

    desk.set_trait("vault", real)

    assert [label for label, _name in panel.reply.choice.options] == [GOOD]
    assert panel.submit() is None
    assert offered(panel) == []


def test_without_a_request_the_days_are_what_a_public_ca_may_sign_today(desk: Desk) -> None:
    limit = lifetimes.public_limit(datetime.now(UTC).date())
    desk.leave()

    panel = SignPanel(desk)

    assert panel.days.value == limit - 1
    assert f"-days {limit - 1} " in panel.commands.openssl.text


def asks_for(desk: Desk, months: int, name: str = "asks") -> CertificatePlan:
    """A request for so many months, in hand."""
    assert desk.vault is not None
    plan = CertificatePlan(name, "CN=b", key=KeyChoice.EC_P256, validity_months=months)
    desk.add(desk.vault.create(plan), plan)
    return plan


def test_the_days_are_what_the_policy_asks_for(desk: Desk) -> None:
    asks_for(desk, 1)
    panel = SignPanel(desk)
    today = datetime.now(UTC).date()

    assert panel.days.value == lifetimes.asked_days(1, today)
    asks_for(desk, 24, "longer")
    assert panel.days.value == lifetimes.days_within(today)


def test_a_request_that_was_made_elsewhere_is_signed_as_the_vaults_policy_says(desk: Desk) -> None:
    asks_for(desk, 1)
    another = Desk()
    assert desk.vault is not None
    another.open(desk.vault)
    another.selected = "asks"

    assert SignPanel(another).days.value == lifetimes.asked_days(1, datetime.now(UTC).date())


def test_a_good_reply_by_default_lasts_as_asked(desk: Desk) -> None:
    plan = asks_for(desk, 6)
    panel = SignPanel(desk)
    panel.button.click()
    operation = desk.current
    assert operation is not None

    request = pending_request(operation, plan=plan, versions=(), homes={})
    found = preflight(request, read_signed(panel.downloads["p7b"].content), datetime.now(UTC))

    assert not {each.code for each in found} & {"longer-than-asked", "shorter-than-asked"}


def test_days_that_were_typed_stay_for_the_next_request(desk: Desk) -> None:
    panel = SignPanel(desk)
    panel.days.value = 11

    asks_for(desk, 1)

    assert panel.days.value == 11


def test_what_holds_no_chain_says_so(desk: Desk) -> None:
    labels = {kind: button.label for kind, button in SignPanel(desk).downloads.items()}

    assert "(with the chain)" in labels["p7b"]
    assert "(without the chain)" in labels["pem"]
    assert "(without the chain)" in labels["cer"]
