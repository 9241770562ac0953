"""The checks before a merge: what they cost beyond reading the file, per certificate."""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from kvcsr_widgets.pki.names import Names
from kvcsr_widgets.pki.pending import PendingRequest
from kvcsr_widgets.pki.plan import CertificatePlan
from kvcsr_widgets.pki.preflight import preflight
from kvcsr_widgets.pki.signed import read_signed
from tests import wrong_certificates as make
from tests.certificates import NOW

ROUNDS = 50
TARGET = 5
NAMES = tuple(f"host{number}.contoso.com" for number in range(100))


def checks() -> None:
    """A usual reply, the same with 100 names, and files of 100 certificates, keys of 2,048 bits."""
    print("pre-flight, beyond reading the file")
    owner, issuing, root = (make.key(name, bits=2048) for name in ("leaf", "issuing", "root"))
    chain = [
        make.ca(owner=issuing, signer=root),
        make.root(owner=root),
    ]
    for names in (make.NAMES, NAMES):
        leaf = make.leaf(owner=owner, signer=issuing, names=names)
        _tell(f"a reply of 3, {len(names)} names", owner, names, [leaf, *chain])
    leaf = make.leaf(owner=owner, signer=issuing)
    strangers = [
        make.leaf(owner=make.key(f"host {number}"), subject=f"CN=host{number}", signer=issuing)
        for number in range(97)
    ]
    _tell("a file of 100, 97 of them strangers", owner, make.NAMES, [*strangers, leaf, *chain])
    _tell("a file of 100, in a chain", owner, make.NAMES, _long_chain(owner))


def _long_chain(owner: make.Key) -> list[x509.Certificate]:
    """root -> CA 98 -> ... -> CA 1 -> leaf"""
    cas = [
        make.ca(
            name=f"CN=CA {place}",
            by=f"CN=CA {min(place + 1, 99)}",
            owner=_ca_key(place),
            signer=_ca_key(min(place + 1, 99)),
        )
        for place in range(1, 100)
    ]
    return [make.leaf(owner=owner, issuer="CN=CA 1", signer=_ca_key(1)), *cas]


def _ca_key(place: int) -> make.Key:
    """EC: making 99 RSA keys takes longer than all measurements."""
    return make.key(f"CA {place}")


def _tell(
    what: str, owner: make.Key, names: Sequence[str], certificates: Sequence[x509.Certificate]
) -> None:
    csr = make.request(owner=owner, names=names)
    plan = CertificatePlan("www", make.SUBJECT, Names(tuple(names)))
    pem = b"".join(each.public_bytes(Encoding.PEM) for each in certificates)
    took, findings = [], 0
    for _ in range(ROUNDS):
        pending = PendingRequest("www", csr, plan=plan)
        signed = read_signed(pem)
        begin = time.perf_counter()
        findings = len(preflight(pending, signed, NOW))
        took.append((time.perf_counter() - begin) * 1000 / len(certificates))
    print(
        f"  {what}: {statistics.median(took):.2f} ms a certificate (target: under {TARGET} ms), "
        f"{findings} findings"
    )
