"""The practice CA."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from azure.keyvault.certificates import CertificateClient
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from kvcsr_widgets.errors import InputError
from kvcsr_widgets.pki.signed import read_signed
from kvcsr_widgets.practice.authority import Authority
from kvcsr_widgets.practice.order import ordered
from kvcsr_widgets.practice.transport import Practice
from tests import certificates, openssl
from tests.practice.conftest import START, Clock
from tests.practice.test_create import create

CSR = certificates.csr(subject='CN=a, O="b, c"', names=("a.example", "b.example"))


@pytest.fixture
def authority(practice: Practice) -> Authority:
    return practice.authority


def test_the_leaf_has_what_the_request_asked_for(authority: Authority) -> None:
    leaf = authority.sign(CSR.der).leaf

    assert leaf.subject == CSR.x509.subject
    assert leaf.public_key() == CSR.public_key
    names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["a.example", "b.example"]


def test_the_leaf_is_valid_for_the_days_asked_for(authority: Authority) -> None:
    leaf = authority.sign(CSR.der, days=7).leaf

    assert leaf.not_valid_after_utc == dt.datetime.fromtimestamp(START, dt.UTC) + dt.timedelta(7)


def test_without_days_it_is_what_a_public_ca_may_issue_on_that_day(
    authority: Authority, clock: Clock
) -> None:
    assert _days(authority.sign(CSR.der).leaf) == 199
    clock.now = dt.datetime(2027, 4, 1, tzinfo=dt.UTC).timestamp()
    assert _days(authority.sign(CSR.der).leaf) == 99


def _days(leaf: x509.Certificate) -> int:
    return (leaf.not_valid_after_utc - leaf.not_valid_before_utc).days


def test_usages_are_taken_over(authority: Authority, client: CertificateClient) -> None:
    csr = create(client)
    leaf = authority.sign(csr.public_bytes(Encoding.DER)).leaf

    for kind in (x509.KeyUsage, x509.ExtendedKeyUsage):
        asked = csr.extensions.get_extension_for_class(kind)
        assert leaf.extensions.get_extension_for_class(kind) == asked


def test_the_files_hold_the_leaf_or_the_chain(authority: Authority) -> None:
    reply = authority.sign(CSR.der)

    assert reply.file("cer") == reply.leaf.public_bytes(Encoding.DER)
    assert reply.file("pem") == reply.leaf.public_bytes(Encoding.PEM)
    assert set(read_signed(reply.file("p7b")).certificates) == {reply.leaf, *reply.chain}


def test_openssl_trusts_the_chain_from_the_root(authority: Authority, tmp_path: Path) -> None:
    reply = authority.sign(CSR.der)
    (tmp_path / "leaf.pem").write_bytes(reply.pem)
    for name, each in zip(("issuing.pem", "root.pem"), reply.chain, strict=True):
        (tmp_path / name).write_bytes(each.public_bytes(Encoding.PEM))

    at = ("-attime", str(START))
    said = openssl.openssl(
        *("verify", *at, "-x509_strict", "-CAfile", "root.pem", "-untrusted", "issuing.pem"),
        "leaf.pem",
        cwd=tmp_path,
    )
    assert said.strip() == "leaf.pem: OK"


def test_the_hierarchy_is_made_once_for_a_vault(
    authority: Authority, practice: Practice, clock: Clock
) -> None:
    first = authority.sign(CSR.der).chain
    again = Practice(practice.store.path, clock)

    assert again.authority.sign(CSR.der).chain == first
    assert ordered(first[0], first) == first
    again.close()


def test_each_signature_has_a_serial_of_its_own(authority: Authority) -> None:
    serials = {authority.sign(CSR.der).leaf.serial_number for _ in range(5)}

    assert len(serials) == 5


def test_a_changed_request_is_not_signed(authority: Authority) -> None:
    with pytest.raises(InputError, match="signature is not valid"):
        authority.sign(CSR.der.replace(b"a.example", b"z.example"))


def test_what_is_no_request_is_not_signed(authority: Authority) -> None:
    with pytest.raises(InputError, match="no certificate signing request"):
        authority.sign(certificates.leaf().der)
