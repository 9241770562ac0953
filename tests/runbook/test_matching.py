"""The home finder: each reply finds its request, wherever both lie."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvcsr_widgets.errors import SignedFileError
from kvcsr_widgets.pki import facts
from kvcsr_widgets.pki.facts import thumbprint
from kvcsr_widgets.pki.pending import SentCsr, Status
from kvcsr_widgets.pki.plan import CertificatePlan
from kvcsr_widgets.pki.replies import ReplyFile
from kvcsr_widgets.pki.signed import SignedFile
from kvcsr_widgets.runbook import matching
from kvcsr_widgets.runbook.homes import Entry, Home, Index, index_of
from kvcsr_widgets.runbook.matching import Kind, Match
from kvcsr_widgets.vault.records import Operation
from tests import certificates
from tests.certificates import NOW, Issued

HOST, OTHER = "contoso.vault.azure.net", "fabrikam.vault.azure.net"
ABOVE = (certificates.intermediate(), certificates.root())


def operation(name: str, owner: str = "leaf", **changes: Any) -> Operation:
    waiting = Operation(
        name, Status.IN_PROGRESS, "Unknown", certificates.csr(owner=owner), False, "", "", name
    )
    return replace(waiting, **changes)


def request(name: str = "web", owner: str = "leaf", *, vault: str = HOST, **changes: Any) -> Entry:
    """A request that waits, over the key of ``owner``."""
    found = operation(name, owner, **changes)
    assert found.csr is not None
    state = found.status.value
    return found.csr.public_key, Home(vault, name, state=state, operation=found)


def completed(name: str, leaf: Issued, owner: str = "leaf", *, vault: str = HOST) -> Entry:
    key, home = request(name, owner, vault=vault, status=Status.COMPLETED)
    return key, replace(home, thumbprint=thumbprint(leaf.certificate))


def version(name: str, leaf: Issued, number: str = "v1", *, vault: str = HOST) -> Entry:
    digest = thumbprint(leaf.certificate)
    home = Home(vault, name, number, "enabled", digest, thumbprints=(digest,))
    return leaf.certificate.public_key(), home


def reply(*found: Issued, name: str = "reply.pem") -> ReplyFile:
    return ReplyFile(name, SignedFile(tuple(each.certificate for each in found)), None)


def match(replies: Sequence[ReplyFile], *entries: Entry) -> list[Match]:
    return matching.match(replies, index_of(entries), NOW)


def kinds(found: Sequence[Match]) -> list[tuple[str, Kind]]:
    return [(each.filename, each.kind) for each in found]


def test_a_reply_finds_the_request_of_its_key() -> None:
    leaf = certificates.leaf(owner="b")
    [found] = match(
        [reply(leaf, *ABOVE)], request("a", "a"), request("b", "b"), request("c", "c", vault=OTHER)
    )

    assert found.kind is Kind.FITS
    assert found.home is not None
    assert (found.home.vault, found.home.name) == (HOST, "b")
    assert found.verdict == f"Belongs to “b” in {HOST} (inProgress)."
    assert found.leaf == leaf.certificate
    assert found.chain(NOW).certificates == (
        leaf.certificate,
        *(each.certificate for each in ABOVE),
    )
    assert found.can_be_merged
    assert "key-fits" in {each.code for each in found.findings}


def test_a_reply_for_another_vault_says_so() -> None:
    [found] = match([reply(certificates.leaf())], request(vault=OTHER))

    assert found.kind is Kind.FITS
    assert OTHER in found.verdict


def test_the_leaf_is_found_wherever_it_stands_in_the_file() -> None:
    leaf = certificates.leaf()

    for order in permutations([leaf, *ABOVE]):
        [found] = match([reply(*order)], request())
        assert found.leaf == leaf.certificate


def test_a_file_with_replies_to_several_requests_has_a_line_for_each() -> None:
    a, b = certificates.leaf(owner="a"), certificates.leaf(owner="b")
    found = match([reply(a, b, *ABOVE)], request("a", "a"), request("b", "b"))

    assert [each.home.name for each in found if each.home] == ["a", "b"]
    assert all(each.can_be_merged for each in found)


def test_the_pre_flight_is_included_and_what_it_stops_is_not_merged() -> None:
    old = certificates.leaf(end=NOW - certificates.DAY)
    [found] = match([reply(old, *ABOVE)], request())
    assert "expired" in {each.code for each in found.ticks}
    assert found.can_be_merged

    at_work = request(issuer="DigiCert")
    [stopped] = match([reply(certificates.leaf(), *ABOVE)], at_work)
    assert "issuer-at-work" in {each.code for each in stopped.stops}
    assert not stopped.can_be_merged


def test_what_was_asked_for_is_held_against_the_reply() -> None:
    plan = CertificatePlan("web", "CN=a", validity_months=24)
    found = matching.match(
        [reply(certificates.leaf(), *ABOVE)], index_of([request()]), NOW, plan_of=lambda _op: plan
    )

    assert found[0].request is not None
    assert found[0].request.plan is plan


@pytest.mark.parametrize("sent", [None, CertificatePlan("web", "CN=a", validity_months=3)])
def test_the_policy_counts_where_it_is_not_known_what_was_sent(
    sent: CertificatePlan | None,
) -> None:
    key, home = request()
    policy = CertificatePlan("web", "CN=a", validity_months=24)
    index = index_of([(key, replace(home, policy=policy))])

    [found] = matching.match(
        [reply(certificates.leaf(), *ABOVE)], index, NOW, plan_of=lambda _op: sent
    )

    assert found.request is not None
    assert found.request.plan is (sent or policy)
    assert ("shorter-than-asked" in {each.code for each in found.findings}) == (sent is None)


def test_a_stranger_is_nobodys() -> None:
    [found] = match([reply(certificates.leaf(owner="stranger"), *ABOVE)], request())

    assert found.kind is Kind.NOBODYS
    assert not found.can_be_merged
    assert found.findings == ()


def test_a_file_that_cannot_be_read_says_why() -> None:
    broken = ReplyFile("page.cer", None, SignedFileError("“page.cer” is a web page."))
    found = match([broken, reply(certificates.leaf())], request())

    assert kinds(found) == [("page.cer", Kind.UNREADABLE), ("reply.pem", Kind.FITS)]
    assert "is a web page" in found[0].verdict


def test_a_certificate_that_is_there_is_merged_already() -> None:
    leaf = certificates.leaf()

    [newest] = match([reply(leaf, *ABOVE)], completed("web", leaf))
    assert (newest.kind, newest.verdict) == (
        Kind.MERGED,
        f"Merged already, as the newest version of “web” in {HOST}.",
    )
    [known] = match([reply(leaf, *ABOVE)], completed("web", leaf), version("web", leaf, "abc"))
    assert known.verdict == f"Merged already, as “web” in {HOST}, version abc."


def test_another_certificate_over_the_key_of_a_finished_one_is_told() -> None:
    there = certificates.leaf(end=NOW + certificates.DAY)
    [found] = match([reply(certificates.leaf(), *ABOVE)], completed("web", there))

    assert found.kind is Kind.FINISHED
    assert thumbprint(there.certificate) in found.verdict
    assert not found.can_be_merged


def test_a_key_that_is_used_again_is_at_home_twice() -> None:
    last_year = certificates.leaf(end=NOW - certificates.DAY)
    entries = (version("web", last_year), request("web"))

    [new] = match([reply(certificates.leaf(), *ABOVE)], *entries)
    [old] = match([reply(last_year, *ABOVE)], *entries)

    assert (new.kind, old.kind) == (Kind.FITS, Kind.MERGED)


def test_a_request_that_was_cancelled_or_failed_can_still_be_merged() -> None:
    for status in (Status.CANCELLED, Status.FAILED):
        [found] = match([reply(certificates.leaf(), *ABOVE)], request(status=status))
        assert found.kind is Kind.FITS
        assert found.can_be_merged
        assert {each.code for each in found.ticks} >= {f"request-{status.value}"}


def test_an_issuer_whose_certificate_the_vault_has_hides_no_leaf() -> None:
    """A company's own CA may lie in the same vault."""
    ca = version("our-ca", certificates.intermediate())
    leaf = certificates.leaf()

    assert kinds(match([reply(leaf, *ABOVE)], ca, request())) == [("reply.pem", Kind.FITS)]
    [done] = match([reply(leaf, *ABOVE)], ca, completed("web", leaf))
    assert (done.kind, done.leaf) == (Kind.MERGED, leaf.certificate)
    [alone] = match([reply(certificates.intermediate())], ca)
    assert alone.home is not None
    assert alone.home.name == "our-ca"


def test_of_the_same_certificate_the_longer_chain_is_taken() -> None:
    leaf, stray = certificates.leaf(), certificates.leaf(owner="stranger")
    found = match(
        [
            reply(leaf, stray, name="bare.cer"),
            reply(leaf, *ABOVE, name="chain.p7b"),
            reply(leaf, certificates.root(), name="root.pem"),
        ],
        request(),
    )

    assert kinds(found) == [
        ("bare.cer", Kind.SAME),
        ("chain.p7b", Kind.FITS),
        ("root.pem", Kind.SAME),
    ]
    assert [each.filename for each in found if each.can_be_merged] == ["chain.p7b"]
    assert "“chain.p7b”" in found[0].verdict


def test_of_different_certificates_none_is_chosen() -> None:
    one, two = certificates.leaf(), certificates.leaf(end=NOW + certificates.DAY)
    found = match(
        [reply(one, *ABOVE, name="a"), reply(two, *ABOVE, name="b"), reply(one, name="c")],
        request(),
    )

    assert {each.kind for each in found} == {Kind.CONFLICT}
    assert not any(each.can_be_merged for each in found)
    assert "2 different certificates" in found[0].verdict


def test_the_certificate_that_is_merged_is_the_one_that_was_checked() -> None:
    """The old one was merged before; the new one is for somebody else's name."""
    old = certificates.leaf()
    new = certificates.leaf(subject="CN=evil.example", names=("evil.example",))
    key, home = request()
    home = replace(home, thumbprints=(thumbprint(old.certificate),))
    [found] = match([reply(old, new, *ABOVE)], version("web", old), (key, home))

    assert found.chain(NOW).leaf == found.leaf == new.certificate
    assert {"several-fit", "names-changed"} <= {each.code for each in found.ticks}
    assert "already-merged" not in {each.code for each in found.findings}


def test_of_last_years_certificate_and_the_new_one_in_a_file_the_new_one_is_taken() -> None:
    old = certificates.leaf(begin=NOW - 400 * certificates.DAY, end=NOW - certificates.DAY)
    new = certificates.leaf()
    for order in ([old, new], [new, old]):
        [found] = match([reply(*order, *ABOVE)], request())

        assert found.leaf == new.certificate
        assert {each.code for each in found.ticks} == {"several-fit"}


def test_a_request_that_was_made_again_since_its_csr_left_is_told() -> None:
    key = facts.key_fingerprint(certificates.key("leaf").public_key())
    sent = {"web": SentCsr("0" * 64, key)}
    [found] = matching.match(
        [reply(certificates.leaf(), *ABOVE)],
        index_of([request()]),
        NOW,
        downloaded_of=lambda home: sent[home.name],
    )

    assert "request-remade" in {each.code for each in found.ticks}


def test_requests_of_the_same_name_in_two_vaults_are_two() -> None:
    found = match(
        [reply(certificates.leaf(owner="a"), name="a"), reply(certificates.leaf(owner="b"))],
        request("web", "a"),
        request("web", "b", vault=OTHER),
    )

    assert [each.kind for each in found] == [Kind.FITS, Kind.FITS]


def test_the_chain_is_completed_from_other_files_without_their_root() -> None:
    leaf = certificates.leaf()
    found = match([reply(leaf, name="leaf.crt"), reply(*ABOVE, name="bundle.crt")], request())

    assert kinds(found) == [("leaf.crt", Kind.FITS), ("bundle.crt", Kind.CHAIN)]
    assert found[0].chain(NOW).certificates == (leaf.certificate, ABOVE[0].certificate)
    assert found[0].signed is not None
    assert found[0].signed.notes == ("CN=Issuing CA was taken from “bundle.crt”.",)
    assert found[0].signed.certificates == found[0].chain(NOW).certificates


def test_an_issuer_of_the_same_name_that_did_not_sign_is_not_taken() -> None:
    leaf = certificates.leaf()
    impostor = certificates._issue(
        "CN=Issuing CA",
        certificates.key("impostor"),
        "CN=Root CA",
        certificates.key("Root CA"),
        ca=True,
        names=(),
    )
    found = match([reply(leaf), reply(impostor, name="impostor.crt")], request())

    assert found[0].chain(NOW).certificates == (leaf.certificate,)
    assert found[0].signed == reply(leaf).signed


def test_a_root_alone_is_nobodys() -> None:
    [found] = match([reply(certificates.root())], request())
    assert found.kind is Kind.NOBODYS


def test_a_file_name_of_a_stranger_is_only_quoted() -> None:
    hostile = "<img src=x>\u202e.cer"
    found = match([reply(certificates.leaf(), name=hostile)], request())
    assert found[0].filename == hostile


def test_a_file_name_in_a_verdict_turns_no_text_around() -> None:
    hostile = "web\u202e.cer"
    leaf = certificates.leaf()
    _short, same = match([reply(leaf, *ABOVE, name=hostile), reply(leaf, name="b")], request())
    assert "“web\\u202e.cer”" in same.verdict

    intermediate = reply(certificates.intermediate(), name=hostile)
    borrower, _issuers = match([reply(leaf), intermediate], request())
    assert borrower.signed is not None
    assert any("“web\\u202e.cer”" in note for note in borrower.signed.notes)


OWNERS = ("a", "b", "c", "d")


@given(
    asked=st.sets(st.sampled_from(OWNERS)),
    files=st.lists(st.lists(st.sampled_from(OWNERS), unique=True, min_size=1), max_size=6),
)
def test_every_reply_finds_its_home_and_no_other(asked: set[str], files: list[list[str]]) -> None:
    leaves = {owner: certificates.leaf(owner=owner, subject=f"CN={owner}") for owner in OWNERS}
    replies = [
        reply(*(leaves[owner] for owner in file), name=f"{number}")
        for number, file in enumerate(files)
    ]
    found = match(replies, *(request(owner, owner) for owner in sorted(asked)))

    wanted = {owner for file in files for owner in file} & asked
    merged = [each for each in found if each.can_be_merged]
    assert {each.home.name for each in merged if each.home} == wanted
    for number, file in enumerate(files):
        homes = [each for each in found if each.filename == f"{number}"]
        assert {each.home.name for each in homes if each.home} == set(file) & asked
        assert homes, "every file has a line"


def test_the_index_tells_homes_in_words_by_fingerprint() -> None:
    leaf = certificates.leaf()
    index: Index = index_of([request(), version("old", leaf, "v9", vault=OTHER)], ["a note"])

    fingerprint = certificates.csr().fingerprint
    assert index.homes_by_fingerprint == {
        fingerprint: (f"“web” in {HOST} (inProgress)", f"“old” in {OTHER}, version v9")
    }
    assert index.notes == ("a note",)
    assert index.at(certificates.key("stranger").public_key()) == ()
