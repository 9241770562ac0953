"""Other people's material: every file of ``cryptography-vectors`` that may be a reply."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cryptography_vectors
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import pkcs7, pkcs12

from kvcsr_widgets.errors import PrivateKeyError, SignedFileError
from kvcsr_widgets.pki.facts import UNREADABLE, spki, unwarned
from kvcsr_widgets.pki.signed import SignedFile, read_signed
from tests.work import work_below

FOLDER = Path(cryptography_vectors.__file__).parent
NO_DATA = {".py", ".pyc", ".typed"}
FILES = [
    path for path in sorted(FOLDER.rglob("*")) if path.is_file() and path.suffix not in NO_DATA
]

Outcomes = dict[Path, SignedFile | SignedFileError]


@pytest.fixture(scope="module")
def outcomes() -> Outcomes:
    """What became of each file, under a second each."""
    found: Outcomes = {}
    for path in FILES:
        data = path.read_bytes()
        with work_below(1):
            try:
                found[path] = read_signed(data, path.name)
            except SignedFileError as error:
                found[path] = error
    return found


def of(outcomes: Outcomes, folder: str, *suffixes: str) -> Outcomes:
    """The outcomes of a folder's files with these suffixes."""
    return {
        path: outcome
        for path, outcome in outcomes.items()
        if path.is_relative_to(FOLDER / folder) and path.suffix in suffixes
    }


def test_every_file_is_read_or_told_what_it_is(outcomes: Outcomes) -> None:
    assert len(outcomes) > 2000
    read = [outcome for outcome in outcomes.values() if isinstance(outcome, SignedFile)]
    assert len(read) > 500
    for path, outcome in outcomes.items():
        if isinstance(outcome, SignedFileError):
            assert path.name in outcome.message, path
            assert outcome.hint, path


def loaded(load: Callable[[bytes], list[x509.Certificate]], data: bytes) -> list[x509.Certificate]:
    """What the library's own loader finds, if all of it can be used."""
    try:
        with unwarned():
            found = load(data)
            for each in found:
                _ = (each.subject, each.issuer, spki(each.public_key()))
    except UNREADABLE:
        return []
    return found


def test_certificates_are_those_that_the_library_reads(outcomes: Outcomes) -> None:
    compared = 0
    for path, outcome in of(outcomes, "x509", ".pem", ".der", ".crt").items():
        data = path.read_bytes()
        of_pem = loaded(x509.load_pem_x509_certificates, data)
        of_der = loaded(lambda der: [x509.load_der_x509_certificate(der)], data)
        expected = of_pem or of_der
        if not expected or isinstance(outcome, PrivateKeyError):
            continue
        assert isinstance(outcome, SignedFile), path
        assert outcome.certificates == tuple(dict.fromkeys(expected)), path
        compared += 1
    assert compared > 500


def test_what_the_library_does_not_read_is_an_error(outcomes: Outcomes) -> None:
    checked = 0
    for path, outcome in of(outcomes, "x509/requests", ".pem", ".der").items():
        assert isinstance(outcome, SignedFileError), path
        assert "signing request" in outcome.message, path
        checked += 1
    for path, outcome in of(outcomes, "x509/PKITS_data/crls", ".crl").items():
        assert isinstance(outcome, SignedFileError), path
        assert "revocation list" in outcome.message, path
        checked += 1
    assert checked > 190


def test_pkcs7_files_are_read_as_the_library_does(outcomes: Outcomes) -> None:
    compared = 0
    for path, outcome in of(outcomes, "pkcs7", ".der", ".p7b", ".pem").items():
        data = path.read_bytes()
        pem = data.startswith(b"-----")
        load = pkcs7.load_pem_pkcs7_certificates if pem else pkcs7.load_der_pkcs7_certificates
        expected = loaded(load, data) or loaded(x509.load_pem_x509_certificates, data)
        if expected:
            assert isinstance(outcome, SignedFile), path
            assert set(outcome.certificates) == set(expected), path
            compared += 1
        else:
            assert isinstance(outcome, SignedFileError), path
            assert "encrypted message" in outcome.message, path
    assert compared >= 6


def test_a_pfx_with_a_key_is_refused_and_one_without_is_read(outcomes: Outcomes) -> None:
    with_key = without = 0
    for path, outcome in of(outcomes, "pkcs12", ".p12").items():
        found = opened(path.read_bytes())
        if found is not None and found.key is not None:
            assert isinstance(outcome, PrivateKeyError), path
            with_key += 1
        elif isinstance(outcome, SignedFile):
            without += 1
            assert set(outcome.certificates) == set(of_pfx(path.read_bytes())), path
    assert with_key >= 15
    assert without >= 5


def test_every_pfx_of_pkits_is_refused_for_its_key(outcomes: Outcomes) -> None:
    found = of(outcomes, "x509/PKITS_data/pkcs12", ".p12")

    assert len(found) > 400
    assert all(isinstance(outcome, PrivateKeyError) for outcome in found.values())


def opened(data: bytes) -> pkcs12.PKCS12KeyAndCertificates | None:
    for password in (None, b"password", b"cryptography"):
        try:
            with unwarned():  # of BER
                return pkcs12.load_pkcs12(data, password)
        except UNREADABLE:
            continue
    return None


def of_pfx(data: bytes) -> list[x509.Certificate]:
    found = opened(data)
    assert found is not None
    bags = [found.cert, *found.additional_certs]
    return [bag.certificate for bag in bags if bag is not None]


def test_a_signed_mail_is_not_taken_for_a_reply(outcomes: Outcomes) -> None:
    """Its certificates are those of the sender's signature."""
    mails = of(outcomes, "x509/PKITS_data/smime", ".eml")

    assert len(mails) > 200
    for path, outcome in mails.items():
        assert isinstance(outcome, SignedFileError), path
        assert "a mail without a certificate" in outcome.message, path
