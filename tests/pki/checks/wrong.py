"""For each code of the catalogue a reply that is wrong in exactly that way.

The default is ``root -> issuing CA -> leaf`` with the root left out, and nothing but information.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtensionOID

from kvcsr_widgets.pki.csr import SigningRequest
from kvcsr_widgets.pki.facts import thumbprint
from kvcsr_widgets.pki.finding import Finding, Level
from kvcsr_widgets.pki.pending import PendingRequest, SentCsr, Status
from kvcsr_widgets.pki.plan import CLIENT_AUTH, CertificatePlan
from kvcsr_widgets.pki.preflight import preflight
from kvcsr_widgets.pki.signed import SignedFile
from tests import wrong_certificates as make
from tests.certificates import DAY, HOST, NOW

CSR = make.request()
CA = make.ca()
ROOT = make.root()
USUAL = frozenset({"key-fits", "root-absent", "not-checked"})
"""What is always said of a good reply."""


def look(
    *certificates: x509.Certificate, csr: SigningRequest = CSR, notes: Any = (), **pending: Any
) -> list[Finding]:
    """The findings for a file of these, against a request that deviates in ``pending``."""
    signed = SignedFile(certificates, tuple(notes))
    return preflight(PendingRequest("www", csr, **pending), signed, NOW)


def only(findings: list[Finding], code: str) -> Finding:
    """The one finding of this code."""
    (found,) = [finding for finding in findings if finding.code == code]
    return found


def codes(findings: list[Finding]) -> set[str]:
    return {finding.code for finding in findings}


@dataclass(frozen=True)
class Wrong:
    """What was looked at, the level that is due, and what else cannot be avoided."""

    findings: Callable[[], list[Finding]]
    level: Level
    also: frozenset[str] = field(default_factory=frozenset)
    usual: frozenset[str] = USUAL


def plan(months: int) -> CertificatePlan:
    return CertificatePlan("www", validity_months=months)


def _already_merged() -> list[Finding]:
    leaf = make.leaf()
    return look(leaf, CA, status=Status.COMPLETED, versions=(thumbprint(leaf),))


def _too_large() -> list[Finding]:
    names = [f"host-{number}.contoso.com" for number in range(1_000)]
    return look(make.leaf(names=names), CA, csr=make.request(names=names))


def _unreadable_request() -> list[Finding]:
    csr = make.request(usages=(), extra=[make.garbled(ExtensionOID.KEY_USAGE)])
    return look(make.leaf(), CA, csr=csr)


def _unreadable_certificate() -> list[Finding]:
    return look(make.leaf(usages=(), extra=[make.garbled(ExtensionOID.KEY_USAGE)]), CA)


def _self_signed_reply() -> list[Finding]:
    return look(make.leaf(issuer=make.SUBJECT, signer=make.LEAF_KEY))


def _weak_signature() -> list[Finding]:
    signer = make.key("Old CA", bits=2048)
    assert isinstance(signer, rsa.RSAPrivateKey)
    der = make.weakly_signed(make.leaf(signer=signer), signer, "SHA-1")
    return look(x509.load_der_x509_certificate(der), make.ca(owner=signer))


def _weak_key() -> list[Finding]:
    owner = make.key("short", bits=1024)
    return look(make.leaf(owner=owner), CA, csr=make.request(owner=owner))


def _path_too_long() -> list[Finding]:
    upper = make.ca(name="CN=Upper CA", path_length=0)
    return look(make.leaf(), make.ca(by="CN=Upper CA"), upper)


def _leaf(**wrong: Any) -> Callable[[], list[Finding]]:
    return lambda: look(make.leaf(**wrong), CA)


def _request(**wrong: Any) -> Callable[[], list[Finding]]:
    return lambda: look(make.leaf(), CA, **wrong)


def _above(**wrong: Any) -> Callable[[], list[Finding]]:
    return lambda: look(make.leaf(), make.ca(**wrong))


STOP, TICK, INFO = Level
ROOTED = USUAL - {"root-absent"}

CASES: dict[str, Wrong] = {
    "already-merged": Wrong(_already_merged, STOP),
    "not-in-progress": Wrong(_request(status=Status.COMPLETED), STOP),
    "issuer-at-work": Wrong(_request(issuer="DigiCert"), STOP),
    "key-differs": Wrong(_leaf(owner=make.key("another")), STOP, usual=frozenset({"not-checked"})),
    "too-large": Wrong(_too_large, STOP),
    "request-cancelled": Wrong(_request(status=Status.CANCELLED), TICK),
    "request-failed": Wrong(_request(status=Status.FAILED), TICK),
    "request-remade": Wrong(_request(downloaded=SentCsr("0" * 64, CSR.fingerprint)), TICK),
    "several-fit": Wrong(
        lambda: look(make.leaf(), CA, make.leaf()), TICK, also=frozenset({"not-in-chain"})
    ),
    "unreadable-request": Wrong(_unreadable_request, TICK),
    "key-fits": Wrong(_leaf(), INFO),
    "unreadable-certificate": Wrong(_unreadable_certificate, TICK),
    "subject-dropped": Wrong(_leaf(subject=f"CN={HOST}, C=US"), INFO),
    "subject-changed": Wrong(_leaf(subject=f"CN={HOST}, O=Fabrikam, C=US"), TICK),
    "subject-added": Wrong(_leaf(subject=f"{make.SUBJECT}, SERIALNUMBER=7"), INFO),
    "names-dropped": Wrong(_leaf(names=(HOST,)), TICK),
    "names-changed": Wrong(_leaf(names=(HOST, "fabrikam.com")), TICK),
    "names-added": Wrong(_leaf(names=(*make.NAMES, "mail.contoso.com")), INFO),
    "eku-dropped": Wrong(_leaf(ekus=(CLIENT_AUTH,)), TICK),
    "key-usage-dropped": Wrong(_leaf(usages=("keyEncipherment",)), TICK),
    "ca-as-leaf": Wrong(_leaf(is_ca=True), TICK),
    "self-signed-reply": Wrong(_self_signed_reply, TICK, usual=ROOTED),
    "not-yet-valid": Wrong(_leaf(begin=NOW + DAY), TICK),
    "expired": Wrong(_leaf(begin=NOW - 9 * DAY, end=NOW - DAY), TICK),
    "shorter-than-asked": Wrong(_request(plan=plan(12)), INFO),
    "longer-than-asked": Wrong(_request(plan=plan(1)), INFO),
    "over-public-limit": Wrong(_leaf(end=NOW + 300 * DAY), INFO),
    "weak-signature": Wrong(_weak_signature, TICK),
    "weak-key": Wrong(_weak_key, TICK),
    "chain-incomplete": Wrong(lambda: look(make.leaf()), TICK, usual=ROOTED),
    "chain-broken": Wrong(
        lambda: look(make.leaf(), make.ca(owner=make.key("impostor"))),
        TICK,
        also=frozenset({"not-in-chain"}),
        usual=ROOTED,
    ),
    "intermediate-expired": Wrong(_above(begin=NOW - 9 * DAY, end=NOW - DAY), TICK),
    "intermediate-not-yet-valid": Wrong(_above(begin=NOW + DAY), TICK),
    "intermediate-expires-first": Wrong(_above(end=NOW + 89 * DAY), INFO),
    "intermediate-not-ca": Wrong(_above(is_ca=False), TICK),
    "path-too-long": Wrong(_path_too_long, TICK),
    "root-absent": Wrong(_leaf(), INFO),
    "root-included": Wrong(lambda: look(make.leaf(), CA, ROOT), INFO, usual=ROOTED),
    "reordered": Wrong(lambda: look(CA, make.leaf()), INFO),
    "not-in-chain": Wrong(lambda: look(make.leaf(), CA, make.root(name="CN=Another CA")), INFO),
    "file-notes": Wrong(_request(notes=["It was UTF-16."]), INFO),
    "not-checked": Wrong(_leaf(), INFO),
}
"""By code; as many as the catalogue has."""
