"""Each finding with a certificate that is wrong in exactly that way."""

from __future__ import annotations

from kvcsr_widgets.pki.finding import Finding, Level
from kvcsr_widgets.pki.pending import PendingRequest
from kvcsr_widgets.pki.preflight import preflight
from kvcsr_widgets.pki.signed import SignedFile
from tests import certificates
from tests.certificates import DAY, HOST, NOW, Issued

CSR = certificates.csr()
INTERMEDIATE = certificates.intermediate()
ROOT = certificates.root()


def findings(*files: Issued) -> dict[str, Finding]:
    signed = SignedFile(tuple(issued.certificate for issued in files))
    return {finding.code: finding for finding in preflight(PendingRequest("www", CSR), signed, NOW)}


def test_a_good_reply_has_only_information() -> None:
    found = findings(certificates.leaf(), INTERMEDIATE, ROOT)

    assert list(found) == ["key-fits", "chain"]
    assert {finding.level for finding in found.values()} == {Level.INFO}
    assert found["chain"].detail == f"CN={HOST} ← CN=Issuing CA ← CN=Root CA"


def test_a_certificate_over_another_key_stops_the_merge() -> None:
    found = findings(certificates.leaf(owner="another"), INTERMEDIATE)

    assert list(found) == ["key-differs"]
    assert found["key-differs"].level is Level.STOP
    assert found["key-differs"].detail.startswith(f"In the file: CN={HOST}; CN=Issuing CA.")


def test_a_certificate_that_has_expired_is_a_warning() -> None:
    found = findings(certificates.leaf(begin=NOW - 9 * DAY, end=NOW - DAY), INTERMEDIATE)

    assert found["expired"].level is Level.TICK


def test_a_certificate_that_is_not_valid_yet_is_a_warning() -> None:
    found = findings(certificates.leaf(begin=NOW + DAY), INTERMEDIATE)

    assert found["not-yet-valid"].level is Level.TICK


def test_a_name_that_the_ca_left_out_is_a_warning() -> None:
    found = findings(certificates.leaf(names=("other.example",)), INTERMEDIATE)

    assert found["names-dropped"].level is Level.TICK
    assert found["names-dropped"].detail == HOST


def test_names_are_compared_without_case() -> None:
    assert "names-dropped" not in findings(certificates.leaf(names=(HOST.upper(),)), INTERMEDIATE)


def test_a_leaf_alone_is_information() -> None:
    found = findings(certificates.leaf())

    assert found["leaf-only"].level is Level.INFO
    assert found["leaf-only"].detail == "Issued by CN=Issuing CA."


def test_what_is_left_out_of_the_merge_is_said() -> None:
    found = findings(certificates.leaf(), INTERMEDIATE, certificates.root(name="Another CA"))

    assert found["not-in-chain"].title == "1 of the 3 certificates are left out of the merge."


def test_a_self_signed_reply_needs_no_issuer() -> None:
    assert list(findings(certificates.self_signed())) == ["key-fits"]
