"""Steps that many tests of the practice vault begin with, over the wire."""

from __future__ import annotations

import base64

from cryptography.hazmat.primitives.serialization import Encoding

from kvcsr_widgets.practice.authority import Reply
from kvcsr_widgets.practice.transport import Practice
from tests.practice.wire import Answer, Json, Wire

ISSUER = {
    "provider": "DigiCert",
    "credentials": {"account_id": "12345", "pwd": "a long API key"},
    "org_details": {"id": "54321"},
}


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def sign(practice: Practice, operation: Json) -> Reply:
    """What the practice CA makes of a request."""
    return practice.authority.sign(base64.b64decode(operation["csr"]))


def merge(wire: Wire, reply: Reply, name: str = "web", *, chain: bool = True) -> Answer:
    """Merge the CA's reply, by default with its chain."""
    above = [each.public_bytes(Encoding.DER) for each in reply.chain] if chain else []
    x5c = [b64(der) for der in (reply.cer, *above)]
    return wire.send("POST", f"/certificates/{name}/pending/merge", {"x5c": x5c})


def finish(wire: Wire, practice: Practice, name: str = "web", policy: Json | None = None) -> Json:
    """A certificate that was requested by hand and merged; its bundle."""
    created = wire.create(name, policy)
    assert created.status == 202, created.text
    answer = merge(wire, sign(practice, created.body), name)
    assert answer.status == 201, answer.text
    return answer.body


def status(wire: Wire, name: str = "web") -> str:
    """The state of a request."""
    answer = wire.send("GET", f"/certificates/{name}/pending")
    assert answer.status == 200, answer.text
    return str(answer.body["status"])


def with_issuer(wire: Wire, issuer: Json | None = None) -> Json:
    """A policy part for an integrated CA that the vault has from now on."""
    answer = wire.send("PUT", "/certificates/issuers/mydigicert", ISSUER | (issuer or {}))
    assert answer.status == 200, answer.text
    return {"issuer": {"name": "mydigicert", "cty": "OV-SSL"}}
