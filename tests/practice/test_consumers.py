"""What is said of the practice vault's secrets, held against them."""

from __future__ import annotations

import base64

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12

from kvcsr_widgets.pki.chain import Chain
from kvcsr_widgets.pki.consumers import Seen, seen, to_send
from kvcsr_widgets.practice.transport import Practice
from tests.practice.steps import b64, sign
from tests.practice.wire import Json, Wire

PEM = {"secret_props": {"contentType": "application/x-pem-file"}}


def merged(wire: Wire, practice: Practice, policy: Json, *, preserve: bool) -> tuple[Seen, bytes]:
    """What is foretold of a merge, and the secret that came of it."""
    body = {
        "policy": {"issuer": {"name": "Unknown"}, "x509_props": {"subject": "CN=web"}} | policy,
        "preserveCertOrder": preserve,
    }
    created = wire.send("POST", "/certificates/web/create", body)
    assert created.status == 202, created.text
    reply = sign(practice, created.body)
    chain = Chain((x509.load_der_x509_certificate(reply.cer), *reply.chain))
    x5c = [b64(each.public_bytes(Encoding.DER)) for each in to_send(chain, preserve)]
    answer = wire.send("POST", "/certificates/web/pending/merge", {"x5c": x5c})
    assert answer.status == 201, answer.text
    value: str = wire.send("GET", "/secrets/web").body["value"]
    secret = value.encode() if policy else base64.b64decode(value)
    return seen(chain, preserve, practice=True), secret


@pytest.mark.parametrize("preserve", [False, True])
def test_a_pem_secret_is_as_foretold(wire: Wire, practice: Practice, preserve: bool) -> None:
    foretold, secret = merged(wire, practice, PEM, preserve=preserve)

    assert tuple(x509.load_pem_x509_certificates(secret)) == foretold.pem


@pytest.mark.parametrize("preserve", [False, True])
def test_a_pfx_secret_is_as_foretold(wire: Wire, practice: Practice, preserve: bool) -> None:
    foretold, secret = merged(wire, practice, {}, preserve=preserve)

    loaded = pkcs12.load_pkcs12(secret, None)
    bags = [bag.certificate for bag in (loaded.cert, *loaded.additional_certs) if bag]
    assert tuple(bags) == foretold.pfx
