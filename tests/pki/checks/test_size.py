"""Whether key and chain fit into a secret, measured against secrets that are really made."""

from __future__ import annotations

import base64

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)

from kvcsr_widgets.pki.checks import size
from kvcsr_widgets.pki.finding import Level
from kvcsr_widgets.pki.plan import ContentType
from tests import wrong_certificates as make
from tests.pki.checks.wrong import CA, ROOT, USUAL, codes, look, only


def many(count: int) -> list[str]:
    return [f"host-{number}.contoso.com" for number in range(count)]


def secret(kind: ContentType, owner: make.Key, *certificates: x509.Certificate) -> int:
    """Characters of the secret that holds these, as the vault keeps it."""
    if kind is ContentType.PEM:
        key = owner.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return len(key + b"".join(each.public_bytes(Encoding.PEM) for each in certificates))
    pfx = pkcs12.serialize_key_and_certificates(
        None, owner, certificates[0], certificates[1:], NoEncryption()
    )
    return len(base64.b64encode(pfx))


@pytest.mark.parametrize("kind", ContentType)
@pytest.mark.parametrize("bits", [256, 2048, 4096])
@pytest.mark.parametrize("names", [1, 400])
def test_the_estimate_is_close(kind: ContentType, bits: int, names: int) -> None:
    owner = make.key("sized", bits=bits)
    chain = (make.leaf(owner=owner, names=many(names)), CA, ROOT)
    sizes = [len(each.public_bytes(Encoding.DER)) for each in chain]

    estimated = size.estimate(sizes, owner.public_key())

    assert abs(estimated - secret(kind, owner, *chain)) < size.MAX_SECRET * 0.02


def test_certificates_that_do_not_fit_stop_the_merge() -> None:
    names = many(1_000)
    finding = only(look(make.leaf(names=names), CA, csr=make.request(names=names)), "too-large")

    assert finding.level is Level.STOP
    assert finding.answer == ""
    assert "is not known" in finding.detail


def test_what_does_not_fit_with_its_key_needs_a_tick() -> None:
    owner = make.key("sized", bits=4096)
    names = many(750)
    leaf = make.leaf(owner=owner, names=names)
    found = look(leaf, CA, csr=make.request(owner=owner, names=names))

    assert min(secret(kind, owner, leaf, CA) for kind in ContentType) > size.MAX_SECRET
    assert codes(found) == USUAL | {"too-large"}
    assert only(found, "too-large").level is Level.TICK


def test_what_is_left_out_of_the_merge_does_not_count() -> None:
    names = many(600)
    found = look(
        make.leaf(names=names),
        CA,
        make.leaf(owner=make.key("b"), names=names),
        csr=make.request(names=names),
    )

    assert codes(found) == USUAL | {"not-in-chain"}
