"""Signatures and keys that are too weak."""

from __future__ import annotations

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa

from kvcsr_widgets.pki.finding import Level
from tests import wrong_certificates as make
from tests.pki.checks.wrong import CA, ROOTED, USUAL, codes, look, only

OLD = make.key("Old CA", bits=2048)


def weak(certificate: x509.Certificate, how: str = "SHA-1") -> x509.Certificate:
    assert isinstance(OLD, rsa.RSAPrivateKey)
    return x509.load_der_x509_certificate(make.weakly_signed(certificate, OLD, how))


def test_a_weak_signature_is_called_by_its_name() -> None:
    found = look(weak(make.leaf(signer=OLD)), make.ca(owner=OLD))

    assert codes(found) == USUAL | {"weak-signature"}
    assert only(found, "weak-signature").title == "The certificate is signed with SHA-1."


@pytest.mark.parametrize("how", ["MD5", "MD2"])
def test_a_signature_that_nobody_checks_any_more_breaks_the_chain_too(how: str) -> None:
    found = look(weak(make.leaf(signer=OLD), how), make.ca(owner=OLD))

    assert {"weak-signature", "chain-broken"} < codes(found)
    assert only(found, "weak-signature").title == f"The certificate is signed with {how}."


def test_a_weak_signature_above_counts() -> None:
    found = look(make.leaf(), weak(make.ca(signer=OLD)))

    assert codes(found) == USUAL | {"weak-signature"}
    assert only(found, "weak-signature").title == "“CN=Issuing CA” is signed with SHA-1."


def test_a_roots_own_signature_does_not_count() -> None:
    found = look(make.leaf(), make.ca(signer=OLD), weak(make.root(owner=OLD)))

    assert codes(found) == ROOTED | {"root-included"}


def test_the_signature_of_a_self_signed_reply_counts() -> None:
    leaf = make.leaf(owner=OLD, issuer=make.SUBJECT, signer=OLD)
    found = look(weak(leaf), csr=make.request(owner=OLD))

    assert {"weak-signature", "self-signed-reply"} < codes(found)


def test_several_are_one_finding() -> None:
    found = look(weak(make.leaf(signer=OLD)), weak(make.ca(owner=OLD, signer=OLD)))
    finding = only(found, "weak-signature")

    assert finding.title == "The certificate is signed with SHA-1."
    assert finding.detail == "“CN=Issuing CA” is signed with SHA-1."


@pytest.mark.parametrize(("bits", "label"), [(192, "EC secp192r1"), (224, "EC secp224r1")])
def test_a_short_curve_is_weak(bits: int, label: str) -> None:
    owner = make.key("short", bits=bits)
    found = look(make.leaf(owner=owner), CA, csr=make.request(owner=owner))

    assert only(found, "weak-key").title == f"The certificate has a weak key: {label}."


def test_a_short_key_above_counts() -> None:
    signer = make.key("short", bits=1024)
    found = look(make.leaf(signer=signer), make.ca(owner=signer))

    assert codes(found) == USUAL | {"weak-key"}
    assert only(found, "weak-key").title == "“CN=Issuing CA” has a weak key: RSA 1024."
    assert only(found, "weak-key").level is Level.TICK


def test_2048_bits_are_enough() -> None:
    assert codes(look(make.leaf(owner=OLD), CA, csr=make.request(owner=OLD))) == USUAL
