from __future__ import annotations

import time
import warnings
from concurrent.futures import ThreadPoolExecutor

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes

from kvcsr_widgets.pki import facts
from tests import certificates


@pytest.mark.parametrize(
    ("key", "label"),
    [
        (rsa.generate_private_key(65537, 2048).public_key(), "RSA 2048"),
        (ec.generate_private_key(ec.SECP521R1()).public_key(), "EC P-521"),
        (ec.generate_private_key(ec.BrainpoolP256R1()).public_key(), "EC brainpoolP256r1"),
        (ed25519.Ed25519PrivateKey.generate().public_key(), "Ed25519"),
        (ed448.Ed448PrivateKey.generate().public_key(), "Ed448"),
    ],
)
def test_a_key_is_called_by_its_name(key: CertificatePublicKeyTypes, label: str) -> None:
    assert facts.key_label(key) == label


def test_a_thumbprint_is_the_sha_1_of_the_certificate_as_azure_writes_it() -> None:
    leaf = certificates.leaf().certificate

    assert facts.thumbprint(leaf) == leaf.fingerprint(hashes.SHA1()).hex().upper()


def test_warnings_are_as_before_whatever_threads_ran() -> None:
    before = list(warnings.filters)

    def parse(_each: int) -> None:
        for _again in range(50):
            with facts.unwarned():
                time.sleep(0.0001)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(parse, range(8)))

    assert warnings.filters == before


def test_absent_extensions_have_no_values() -> None:
    none = x509.Extensions([])

    assert facts.key_usages(none) == ()
    assert facts.extended_key_usages(none) == ()


def test_key_usages_have_key_vaults_spelling() -> None:
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=True,
        key_cert_sign=False,
        crl_sign=True,
        encipher_only=True,
        decipher_only=False,
    )
    extensions = x509.Extensions([x509.Extension(usage.oid, critical=True, value=usage)])

    assert facts.key_usages(extensions) == (
        "digitalSignature",
        "nonRepudiation",
        "keyAgreement",
        "cRLSign",
        "encipherOnly",
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Contoso, Inc.", "Contoso, Inc."),
        ("Zürich", "Zürich"),
        ("a\nb\tc\x00", "a\\nb\\tc\\x00"),
        ("moc\u202e.evil", "moc\\u202e.evil"),
        ("\u2028", "\\u2028"),
    ],
)
def test_what_does_not_print_is_escaped(text: str, shown: str) -> None:
    assert facts.shown(text) == shown


def test_a_key_that_cannot_be_read_is_none() -> None:
    leaf = certificates.leaf()

    assert facts.spki_of(leaf.certificate) == facts.spki(leaf.key.public_key())
    assert facts.spki_of(certificates.of_unknown_key()) is None


@pytest.mark.parametrize("value", ["Z\u00fcrich  AG", "z\u00dcRICH ag ", "Zu\u0308rich\u00a0AG"])
def test_values_of_a_name_compare_without_case_and_blanks(value: str) -> None:
    assert facts.folded(value) == "z\u00fcrich ag"
