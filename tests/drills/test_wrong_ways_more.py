"""What tempts in a drill and mends nothing does not solve it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kvcsr_widgets.drills import issued
from kvcsr_widgets.drills.catalogue import DRILLS
from kvcsr_widgets.drills.play import Play, begin
from kvcsr_widgets.drills.policies import FILES, MX, ORDERS, WWW
from kvcsr_widgets.drills.renewals import GATEWAY, INTRANET, STATUS
from kvcsr_widgets.drills.requests import BILLING, MAIL, PAY, VPN
from kvcsr_widgets.drills.vaults import BARE, PORTAL, QUARTER, SIGNERS, SOUGHT
from kvcsr_widgets.pki.names import Names
from kvcsr_widgets.pki.plan import SELF, UNKNOWN, Action, KeyChoice, LifetimeAction
from kvcsr_widgets.vault.contacts import Contact
from tests.drills.mending_more import MENDS, cancel, merge_handed, sign_and_merge

Begin = Callable[[str], Play]


@pytest.fixture
def staged(tmp_path: Path) -> Iterator[Begin]:
    """Stages a drill by its code."""
    plays: list[Play] = []

    def stage(code: str) -> Play:
        plays.append(begin(DRILLS[code], below=tmp_path))
        return plays[-1]

    yield stage
    for play in plays:
        play.close()


def missing(play: Play) -> str:
    """What the drill says is missing; it must not be mended."""
    verdict = play.judge()
    assert not verdict.mended, verdict.said
    return verdict.said


@pytest.mark.parametrize("code", MENDS)
def test_deleting_everything_mends_nothing(staged: Begin, code: str) -> None:
    play = staged(code)
    for each in list(play.scene.vault.certificates()):
        play.scene.vault.delete(each.name)
    assert missing(play)


def test_merging_the_old_csr_brings_no_second_name(staged: Begin) -> None:
    play = staged("open-request")
    sign_and_merge(play.scene, PAY.name)
    assert "lacks api.pay.contoso.com" in missing(play)


def test_an_open_request_that_is_cancelled_alone_is_half_of_the_way(staged: Begin) -> None:
    play = staged("open-request")
    cancel(play.scene, PAY.name)
    assert "now create" in missing(play)


def test_asking_for_it_twice_does_not_finish_what_the_script_began(staged: Begin) -> None:
    play = staged("created-none")
    play.scene.vault.delete_operation(BILLING.name)
    play.scene.vault.create(BILLING)
    sign_and_merge(play.scene, BILLING.name)
    assert "another key" in missing(play)


def test_a_new_request_loses_the_reply_that_the_ca_had_issued(staged: Begin) -> None:
    play = staged("cancelled-meanwhile")
    play.scene.vault.delete_operation(VPN.name)
    play.scene.vault.create(VPN)
    sign_and_merge(play.scene, VPN.name)
    assert "another certificate" in missing(play)


def test_a_lost_answer_is_no_reason_to_ask_for_both_again(staged: Begin) -> None:
    play = staged("lost-answer")
    first, second = (plan.name for plan in MAIL)
    merge_handed(play.scene, second)
    play.scene.vault.create(MAIL[0])
    assert "request that nobody needs" in missing(play)
    sign_and_merge(play.scene, first)
    assert "another certificate" in missing(play)


def test_hyphens_in_the_host_name_are_a_mistake_too(staged: Begin) -> None:
    play = staged("dotted-name")
    wrong = "www-contoso-com"
    play.scene.vault.create(
        replace(WWW, name=wrong, subject=f"CN={wrong}", names=Names(dns=(wrong,)))
    )
    assert "No CSR has the name www.contoso.com" in missing(play)


def test_starting_again_from_the_vaults_policy_asks_for_no_address(staged: Begin) -> None:
    play = staged("dropped-names")
    vault = play.scene.vault
    vault.delete_operation(FILES.name)
    assert "Now create" in missing(play)
    vault.create(vault.policy(FILES.name))
    assert "lacks 10.20.0.4" in missing(play)


def test_retyping_half_of_the_policy_is_not_all_that_it_says(staged: Begin) -> None:
    play = staged("policy-shape")
    play.scene.vault.create(replace(MX, key=KeyChoice.RSA_2048, lifetime_action=None))
    assert missing(play).endswith(": Key, Lifetime action.")


def test_a_certificate_that_signs_itself_is_no_order_at_a_ca(staged: Begin) -> None:
    play = staged("issuer-rejects")
    play.scene.vault.create(replace(ORDERS, issuer=SELF))
    assert "signs itself" in missing(play)


def test_ordering_again_with_the_same_account_fails_again(staged: Begin) -> None:
    play = staged("issuer-rejects")
    play.scene.vault.create(ORDERS)
    assert "no certificate yet" in missing(play)


def test_an_order_may_be_signed_elsewhere(staged: Begin) -> None:
    play = staged("issuer-rejects")
    play.scene.vault.create(replace(ORDERS, issuer=UNKNOWN))
    sign_and_merge(play.scene, ORDERS.name)
    assert play.judge().mended


def test_the_samples_policy_with_another_issuer_lacks_the_names(staged: Begin) -> None:
    play = staged("self-signed-renewal")
    vault = play.scene.vault
    vault.create(replace(vault.policy(INTRANET.name), issuer=UNKNOWN))
    sign_and_merge(play.scene, INTRANET.name)
    assert "lacks wiki.contoso.com" in missing(play)


def test_a_new_version_of_the_current_policy_signs_itself_again(staged: Begin) -> None:
    play = staged("self-signed-renewal")
    vault = play.scene.vault
    vault.create(vault.policy(INTRANET.name))
    assert "still signs itself" in missing(play)


def test_contacts_alone_get_no_mail(staged: Begin) -> None:
    play = staged("nobody-told")
    play.scene.vault.contacts.put([Contact("pki@contoso.com")], ())
    assert "does not say that anybody is mailed" in missing(play)


def test_the_same_policy_again_mails_nobody(staged: Begin) -> None:
    play = staged("nobody-told")
    play.scene.vault.contacts.put([Contact("pki@contoso.com")], ())
    play.scene.vault.create(STATUS)
    sign_and_merge(play.scene, STATUS.name)
    assert "does not say that anybody is mailed" in missing(play)


def test_a_policy_that_mails_does_not_mend_what_has_expired(staged: Begin) -> None:
    play = staged("nobody-told")
    play.scene.vault.contacts.put([Contact("pki@contoso.com")], ())
    play.scene.vault.create(replace(STATUS, lifetime_action=None))
    assert "has expired still" in missing(play)


def test_a_version_that_signs_itself_does_not_bring_the_page_back(staged: Begin) -> None:
    play = staged("nobody-told")
    play.scene.vault.contacts.put([Contact("pki@contoso.com")], ())
    mail = LifetimeAction(Action.EMAIL, percentage=80)
    play.scene.vault.create(replace(STATUS, issuer=SELF, lifetime_action=mail))
    assert "signs itself" in missing(play)


def test_a_new_policy_frees_no_key_that_is_there(staged: Begin) -> None:
    play = staged("not-exportable")
    play.scene.vault.create(replace(GATEWAY, exportable=True))
    assert "must not leave the vault" in missing(play)


def test_reusing_the_key_frees_it_no_more(staged: Begin) -> None:
    play = staged("not-exportable")
    play.scene.vault.create(replace(GATEWAY, exportable=True, reuse_key=True))
    sign_and_merge(play.scene, GATEWAY.name)
    assert "must not leave the vault" in missing(play)


def test_a_key_that_signs_itself_is_not_what_the_gateway_needs(staged: Begin) -> None:
    play = staged("not-exportable")
    play.scene.vault.create(replace(GATEWAY, exportable=True, issuer=SELF))
    assert "not signed by the CA" in missing(play)


def test_a_new_request_does_not_find_the_old_one(staged: Begin) -> None:
    play = staged("second-page")
    play.scene.vault.create(replace(MX, name="node-60"))
    sign_and_merge(play.scene, "node-60")
    assert "not in use yet" in missing(play)


def test_the_list_lacks_open_requests_of_later_pages_only(staged: Begin) -> None:
    scene = staged("second-page").scene
    told = scene.files["list.txt"].decode().split()
    there = [each.name for each in scene.vault.certificates()]
    lost = [name for name in there if name not in told]
    assert SOUGHT in lost
    assert len(lost) == 7
    assert not set(lost) & set(there[:25])
    assert all(not each.thumbprint for each in scene.vault.certificates() if each.name in lost)


def test_merging_the_leaf_alone_leaves_the_chain_away_again(staged: Begin) -> None:
    play = staged("chain-unread")
    vault = play.scene.vault
    request = vault.create(vault.policy(BARE))
    assert "still in use" in missing(play)
    issued.merge(play.scene, BARE, issued.reply(play.scene, request, "cer"))
    assert "without its chain, too" in missing(play)


def test_making_all_three_anew_is_not_finding_out(staged: Begin) -> None:
    play = staged("chain-unread")
    vault = play.scene.vault
    for name in SIGNERS:
        vault.create(vault.policy(name))
        sign_and_merge(play.scene, name)
    assert "had its chain, and was made anew" in missing(play)


def test_what_is_purged_does_not_come_back(staged: Begin) -> None:
    play = staged("name-deleted")
    play.scene.vault.deleted.purge(PORTAL.name)
    play.scene.vault.create(PORTAL)
    assert "No certificate" in missing(play)
    sign_and_merge(play.scene, PORTAL.name)
    assert "another certificate" in missing(play)


def test_who_begins_again_for_a_429_loses_the_reply(staged: Begin) -> None:
    play = staged("throttled")
    play.scene.faults.clear()
    play.scene.vault.delete_operation(QUARTER.name)
    play.scene.vault.create(QUARTER)
    sign_and_merge(play.scene, QUARTER.name)
    assert "not the certificate of the reply" in missing(play)
