"""Each finding with a certificate that is wrong in exactly that way."""

from __future__ import annotations

import pytest

from kvcsr_widgets.pki.catalogue import CATALOGUE, Entry
from kvcsr_widgets.pki.finding import Level
from kvcsr_widgets.pki.pending import SentCsr, Status
from kvcsr_widgets.pki.plan import SERVER_AUTH
from tests import wrong_certificates as make
from tests.certificates import DAY, NOW
from tests.pki.checks.wrong import CA, CASES, CSR, ROOT, USUAL, codes, look, only, plan

OLDER = SentCsr("0" * 64, "1" * 64)


def test_every_code_has_a_case() -> None:
    assert list(CASES) == list(CATALOGUE)


@pytest.mark.parametrize("code", CASES)
def test_what_is_wrong_in_one_way_is_found_in_that_way_alone(code: str) -> None:
    wrong = CASES[code]
    found = wrong.findings()

    assert codes(found) == {code} | wrong.also | wrong.usual
    assert only(found, code).level is wrong.level


@pytest.mark.parametrize("code", CASES)
def test_a_finding_has_a_level_and_advice_of_the_catalogue(code: str) -> None:
    finding = only(CASES[code].findings(), code)

    assert finding.level in CATALOGUE[code].levels
    assert finding.hint == CATALOGUE[code].advice
    assert finding.title.endswith((".", ":"))


@pytest.mark.parametrize("entry", CATALOGUE.values(), ids=CATALOGUE)
def test_an_entry_says_what_why_whence_and_what_to_do(entry: Entry) -> None:
    assert entry.about.endswith(".")
    assert entry.why.endswith(".")
    assert entry.source.endswith(".")
    assert entry.advice.endswith((".", "?")) or entry.levels == (Level.INFO,)


def test_a_good_reply_with_its_root_has_only_information() -> None:
    found = look(make.leaf(), CA, ROOT)

    assert [finding.code for finding in found] == ["key-fits", "root-included", "not-checked"]
    assert {finding.level for finding in found} == {Level.INFO}


def test_what_every_public_ca_does_needs_no_tick() -> None:
    """A DV certificate: the CN alone, www added, no client authentication, 47 days."""
    csr = make.request(names=("contoso.com",), subject="CN=contoso.com, O=Contoso, L=Here, C=US")
    leaf = make.leaf(
        subject="CN=contoso.com",
        names=("contoso.com", "www.contoso.com"),
        ekus=(SERVER_AUTH,),
        usages=("digitalSignature",),
        end=NOW + 46 * DAY,
    )
    found = look(leaf, CA, csr=csr, plan=plan(12))

    assert {finding.level for finding in found} == {Level.INFO}
    assert codes(found) == USUAL | {
        *("subject-dropped", "names-added", "eku-dropped"),
        *("key-usage-dropped", "shorter-than-asked"),
    }


def test_what_stops_comes_first_then_what_needs_a_tick() -> None:
    leaf = make.leaf(begin=NOW - 9 * DAY, end=NOW - DAY, names=("a.example",))
    kept = SentCsr("0" * 64, CSR.fingerprint)
    found = look(leaf, status=Status.COMPLETED, downloaded=kept)

    assert [finding.code for finding in found] == [
        "not-in-progress",
        "request-remade",
        "names-changed",
        "expired",
        "chain-incomplete",
        "key-fits",
        "not-checked",
    ]


def test_the_order_of_the_file_changes_nothing_but_that_it_is_said() -> None:
    leaf = make.leaf(names=())
    straight, backwards = look(leaf, CA, ROOT), look(ROOT, CA, leaf)

    assert [each for each in backwards if each.code != "reordered"] == straight


def test_without_a_certificate_that_fits_only_the_request_is_told_of() -> None:
    leaf = make.leaf(owner=make.key("another"), end=NOW - DAY, begin=NOW - 9 * DAY)
    found = look(leaf, status=Status.FAILED, downloaded=OLDER, notes=["It was UTF-16."])

    assert [finding.code for finding in found] == [
        "key-differs",
        "request-failed",
        "file-notes",
        "not-checked",
    ]


def test_only_what_stops_the_merge_has_the_vaults_answer() -> None:
    answered = {code for code, wrong in CASES.items() if only(wrong.findings(), code).answer}

    assert answered == {"already-merged", "not-in-progress", "issuer-at-work", "key-differs"}
