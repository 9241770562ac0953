"""What cannot be read is said, and nothing else about it."""

from __future__ import annotations

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtensionOID

from tests import wrong_certificates as make
from tests.certificates import HOST
from tests.pki.checks.wrong import CA, USUAL, codes, look, only

BROKEN = ExtensionOID.SUBJECT_ALTERNATIVE_NAME


def test_names_are_not_compared_with_what_cannot_be_read() -> None:
    csr = make.request(names=(), extra=[make.garbled(BROKEN)])
    found = look(make.leaf(), CA, csr=csr)

    assert codes(found) == USUAL | {"unreadable-request"}
    assert only(found, "unreadable-request").title == (
        "The extensions of the CSR cannot be read, so nothing is compared."
    )


def test_the_certificate_with_unreadable_extensions_is_named() -> None:
    found = look(make.leaf(), make.ca(extra=[make.garbled(BROKEN)]))
    finding = only(found, "unreadable-certificate")

    assert codes(found) == USUAL | {"unreadable-certificate"}
    assert finding.title == "“CN=Issuing CA” cannot be read in full."
    assert finding.detail.startswith("“CN=Issuing CA”: ")


def test_a_key_of_a_kind_that_nobody_knows_is_told() -> None:
    """A curve that does not exist, in a CA: nobody can tell whether it signed."""
    der = CA.public_bytes(Encoding.DER).replace(
        bytes.fromhex("06082a8648ce3d030107"), bytes.fromhex("06082a8648ce3d03017f"), 1
    )
    found = look(make.leaf(), x509.load_der_x509_certificate(der))

    assert "chain-broken" in codes(found)


@pytest.mark.parametrize("notes", [[], ["It was UTF-16.", "One was there twice."]])
def test_notes_of_the_file_are_passed_on(notes: list[str]) -> None:
    found = look(make.leaf(), CA, notes=notes)

    assert ("file-notes" in codes(found)) is bool(notes)
    if notes:
        assert only(found, "file-notes").detail == "It was UTF-16. One was there twice."


def test_what_is_not_checked_is_said_of_any_file() -> None:
    title = "Not checked: revocation, trust, certificate transparency."

    for file in (make.leaf(), make.leaf(owner=make.key("another"))):
        assert only(look(file, CA), "not-checked").title == title
    assert only(look(), "not-checked").title == title


def test_an_empty_file_has_no_certificate_that_fits() -> None:
    assert codes(look()) == {"key-differs", "not-checked"}
    assert HOST not in only(look(), "key-differs").detail
