"""Whether the file fits the request, and whether the request still takes it."""

from __future__ import annotations

import pytest

from kvcsr_widgets.pki import answers, facts
from kvcsr_widgets.pki.facts import thumbprint
from kvcsr_widgets.pki.finding import Level
from kvcsr_widgets.pki.pending import PendingRequest, SentCsr, Status
from kvcsr_widgets.pki.preflight import preflight
from kvcsr_widgets.pki.signed import SignedFile
from tests import wrong_certificates as make
from tests.certificates import DAY, NOW
from tests.pki.checks.wrong import CA, CSR, ROOT, codes, look, only

LEAF = make.leaf()
STRANGER = make.leaf(owner=make.key("another"), subject="CN=mail.contoso.com")
THIRD = make.leaf(owner=make.key("a third"), subject="CN=ftp.contoso.com")


def home(certificate: object, *places: str) -> dict[str, tuple[str, ...]]:
    return {facts.key_fingerprint(certificate.public_key()): places}  # type: ignore[attr-defined]


def test_another_key_is_told_in_the_title() -> None:
    finding = only(look(STRANGER, CA), "key-differs")

    assert finding.title == "No certificate in the file belongs to this request: the keys differ."
    assert finding.detail == (
        "In the file: CN=mail.contoso.com. Wanted: a certificate over the key with "
        f"SHA-256 {CSR.fingerprint[:16]}…."
    )
    assert finding.answer == answers.KEY_DIFFERS
    assert "home finder" in finding.hint


def test_the_request_that_a_stray_certificate_fits_is_named() -> None:
    homes = home(STRANGER, "the request “mail” in contoso-kv", "version 2 of “old”")
    finding = only(look(STRANGER, CA, homes=homes), "key-differs")

    assert finding.detail.startswith(
        "“CN=mail.contoso.com” belongs to the request “mail” in contoso-kv, version 2 of “old”. "
        "In the file: "
    )


def test_each_stray_certificate_with_a_home_is_named() -> None:
    homes = home(STRANGER, "the request “mail”") | home(THIRD, "the request “ftp”")
    finding = only(look(STRANGER, CA, THIRD, homes=homes), "key-differs")

    assert finding.detail.startswith(
        "“CN=mail.contoso.com” belongs to the request “mail”. "
        "“CN=ftp.contoso.com” belongs to the request “ftp”. In the file: "
    )


def test_a_file_with_the_cas_own_certificates_alone_is_told() -> None:
    assert "your" in only(look(CA, ROOT), "key-differs").detail
    assert "your" not in only(look(STRANGER, CA, ROOT), "key-differs").detail


def test_the_certificate_that_fits_is_found_anywhere_in_the_file() -> None:
    finding = only(look(ROOT, STRANGER, CA, LEAF), "key-fits")

    assert finding.title == "This certificate belongs to this request."
    assert finding.detail.startswith("“CN=www.contoso.com, O=Contoso, C=US” has the public key")


def test_a_certificate_is_merged_once() -> None:
    done = look(LEAF, CA, status=Status.COMPLETED, versions=("0" * 40, thumbprint(LEAF)))
    finding = only(done, "already-merged")

    assert finding.answer == answers.NOT_IN_PROGRESS
    assert thumbprint(LEAF) in finding.detail
    assert "not-in-progress" not in codes(done)


def test_last_years_certificate_over_a_key_that_was_kept_needs_a_tick() -> None:
    finding = only(look(LEAF, CA, versions=(thumbprint(LEAF),)), "already-merged")

    assert finding.level is Level.TICK
    assert finding.answer == ""


def test_another_version_is_no_reason_not_to_merge() -> None:
    assert "already-merged" not in codes(look(LEAF, CA, versions=(thumbprint(STRANGER),)))


def test_a_finished_request_takes_no_other_certificate() -> None:
    found = look(LEAF, CA, status=Status.COMPLETED, versions=(thumbprint(STRANGER),))

    assert only(found, "not-in-progress").answer == answers.NOT_IN_PROGRESS
    assert "is not known" in only(found, "not-in-progress").detail


@pytest.mark.parametrize(
    ("status", "stops"),
    [
        (Status.IN_PROGRESS, True),
        (Status.COMPLETED, False),
        (Status.CANCELLED, False),
        (Status.FAILED, False),
    ],
)
def test_an_issuer_is_at_work_until_it_is_done(status: Status, stops: bool) -> None:
    found = look(LEAF, CA, status=status, issuer="DigiCert")

    assert ("issuer-at-work" in codes(found)) is stops


def test_no_issuer_is_at_work_on_what_a_person_merges() -> None:
    assert "issuer-at-work" not in codes(look(LEAF, CA, issuer="unknown"))


@pytest.mark.parametrize("status", Status)
def test_a_cancellation_under_way_is_told_while_it_matters(status: Status) -> None:
    found = codes(look(LEAF, CA, status=status, cancellation_requested=True))

    cancelled = status in (Status.IN_PROGRESS, Status.CANCELLED)
    assert ("request-cancelled" in found) is cancelled


@pytest.mark.parametrize("downloaded", [None, SentCsr.of(CSR)])
def test_the_csr_that_was_downloaded_is_no_news(downloaded: SentCsr | None) -> None:
    assert "request-remade" not in codes(look(LEAF, CA, downloaded=downloaded))


def test_a_request_made_again_is_told_with_and_without_its_key() -> None:
    kept = SentCsr("0" * 64, CSR.fingerprint)
    lost = SentCsr("0" * 64, "1" * 64)

    assert "The key was kept" in only(look(LEAF, CA, downloaded=kept), "request-remade").detail
    assert "request-remade" not in codes(look(LEAF, CA, downloaded=lost)), "it answers the new one"
    found = look(STRANGER, CA, downloaded=lost)
    assert "request-remade" not in codes(found)
    assert only(found, "key-differs").detail.startswith("The request was made again since its CSR")


def test_a_reply_to_the_older_csr_is_told_as_one() -> None:
    older = SentCsr("0" * 64, facts.key_fingerprint(STRANGER.public_key()))
    finding = only(look(STRANGER, CA, downloaded=older), "key-differs")

    assert finding.title == "The CA answered an older CSR of this request: the keys differ."


def test_where_nothing_that_was_read_has_the_key_it_is_said() -> None:
    finding = only(look(STRANGER, CA, homes=home(CA, "somebody's")), "key-differs")
    alone = only(look(STRANGER, homes=home(CA, "somebody's")), "key-differs")

    assert finding.title == "The reply belongs to another request: the keys differ."
    assert alone.detail.startswith("No request that was read of this vault has its key.")


def test_of_several_that_fit_the_one_to_be_merged_is_named() -> None:
    old = make.leaf(begin=NOW - 365 * DAY, end=NOW + DAY)
    finding = only(look(old, LEAF, CA), "several-fit")

    assert finding.title == "2 certificates in the file are over the request's key."
    assert f"{LEAF.serial_number:X}" in finding.detail


def test_the_one_that_was_chosen_before_is_the_one_that_is_checked() -> None:
    old = make.leaf(begin=NOW - 365 * DAY, end=NOW - DAY)
    found = preflight(PendingRequest("www", CSR), SignedFile((LEAF, old, CA)), NOW, leaf=old)

    assert f"{old.serial_number:X}" in only(found, "several-fit").detail
    assert "expired" in codes(found)
