"""What is said of the practice vault's secrets, held against them."""

from __future__ import annotations

import base64

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12

from kvcsr_widgets.pki.consumers import Seen, seen
from kvcsr_widgets.practice.transport import Practice
from tests.practice.steps import b64, sign
from tests.practice.wire import Json, Wire

PEM = {"secret_props": {"contentType": "application/x-pem-file"}}
ORDERS = [(0, 1, 2), (2, 1, 0), (1, 0, 2)]
"""Leaf first, root first, intermediate first."""


def merged(
    wire: Wire, practice: Practice, order: tuple[int, ...], policy: Json, *, preserve: bool
) -> tuple[Seen, bytes]:
    """What is foretold of a merge in an order, and the secret that came of it."""
    body = {
        "policy": {"issuer": {"name": "Unknown"}, "x509_props": {"subject": "CN=web"}} | policy,
        "preserveCertOrder": preserve,
    }
    created = wire.send("POST", "/certificates/web/create", body)
    assert created.status == 202, created.text
    reply = sign(practice, created.body)
    leaf = x509.load_der_x509_certificate(reply.cer)
    sent = [(leaf, *reply.chain)[place] for place in order]
    x5c = [b64(each.public_bytes(Encoding.DER)) for each in sent]
    answer = wire.send("POST", "/certificates/web/pending/merge", {"x5c": x5c})
    assert answer.status == 201, answer.text
    value: str = wire.send("GET", "/secrets/web").body["value"]
    foretold = seen(leaf, sent, preserve, practice=True)
    return foretold, value.encode() if policy else base64.b64decode(value)


@pytest.mark.parametrize("preserve", [False, True])
@pytest.mark.parametrize("order", ORDERS)
def test_a_pem_secret_is_as_foretold(
    wire: Wire, practice: Practice, order: tuple[int, ...], preserve: bool
) -> None:
    foretold, secret = merged(wire, practice, order, PEM, preserve=preserve)

    assert tuple(x509.load_pem_x509_certificates(secret)) == foretold.pem


@pytest.mark.parametrize("preserve", [False, True])
@pytest.mark.parametrize("order", ORDERS)
def test_a_pfx_secret_is_as_foretold(
    wire: Wire, practice: Practice, order: tuple[int, ...], preserve: bool
) -> None:
    foretold, secret = merged(wire, practice, order, {}, preserve=preserve)

    loaded = pkcs12.load_pkcs12(secret, None)
    bags = [bag.certificate for bag in (loaded.cert, *loaded.additional_certs) if bag]
    assert tuple(bags) == foretold.pfx
