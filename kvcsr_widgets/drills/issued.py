"""Requests, replies and certificates as drills stage and judge them."""

from __future__ import annotations

from cryptography import x509

from kvcsr_widgets.drills.drill import Verdict
from kvcsr_widgets.drills.scene import Scene
from kvcsr_widgets.errors import NotFoundError
from kvcsr_widgets.pki import altnames, facts
from kvcsr_widgets.pki.leaf import key_of
from kvcsr_widgets.pki.pending import Status
from kvcsr_widgets.pki.plan import CertificatePlan
from kvcsr_widgets.pki.signed import read_signed
from kvcsr_widgets.runbook.reading import request_of
from kvcsr_widgets.vault.client import Vault
from kvcsr_widgets.vault.records import Certificate, Operation

NOTED = "thumbprint"
"""The note with the thumbprint of the certificate that is to be in use."""

DAYS = 90
"""For how long the practice CA signs in drills."""


def reply(scene: Scene, operation: Operation, kind: str = "p7b", *, days: int = DAYS) -> bytes:
    """What the practice CA answers to a request: a ``cer``, ``pem`` or ``p7b`` file."""
    assert operation.csr is not None  # the vault sends it with every request of its own
    return scene.authority.sign(operation.csr.der, days=days).file(kind)


def merge(scene: Scene, name: str, signed: bytes) -> Certificate:
    """Merge a file of the practice CA, its leaf first. Raises VaultError."""
    return scene.vault.merge(name, read_signed(signed).certificates)


def issue(
    scene: Scene, plan: CertificatePlan, kind: str = "p7b", *, days: int = DAYS
) -> Certificate:
    """Create, have it signed, and merge."""
    return merge(scene, plan.name, reply(scene, scene.vault.create(plan), kind, days=days))


def thumbprint(signed: bytes) -> str:
    """The thumbprint of the leaf of a file of the practice CA, SHA-1 in hexadecimal."""
    return facts.thumbprint(read_signed(signed).certificates[0])


def in_use(vault: Vault, name: str) -> Certificate | None:
    """The newest version that was issued, if it is enabled; None where there is none."""
    try:
        found = vault.certificate(name)
    except NotFoundError:
        return None
    return found if found.der and found.enabled else None


def in_use_by_a_ca(vault: Vault, name: str) -> Certificate | None:
    """As ``in_use``, unless it signs itself: no client trusts such a one."""
    found = in_use(vault, name)
    return None if found is None or is_self_signed(found) else found


def judge_noted(scene: Scene, name: str, *, missing: str, other: str, mended: str) -> Verdict:
    """Whether the certificate whose thumbprint was noted is in use, in the sentence that fits."""
    found = in_use(scene.vault, name)
    if found is None:
        return Verdict(False, missing)
    is_it = found.thumbprint == scene.notes[NOTED]
    return Verdict(is_it, mended if is_it else other)


def is_open(vault: Vault, name: str) -> bool:
    """Whether a request of this name is in progress."""
    found = request_of(vault, name)
    return found is not None and found.status is Status.IN_PROGRESS


def leaf(found: Certificate) -> x509.Certificate:
    """A certificate that was issued, parsed."""
    return x509.load_der_x509_certificate(found.der)


def key(found: Certificate) -> str:
    """The fingerprint of its key, as ``SigningRequest.fingerprint``."""
    return key_of(leaf(found))


def names(found: Certificate) -> frozenset[str]:
    """Its subject alternative names, as text."""
    return _texts(leaf(found).extensions)


def asked_names(operation: Operation) -> frozenset[str]:
    """The subject alternative names that a request's CSR asks for, as text."""
    return _texts(operation.csr.extensions) if operation.csr is not None else frozenset()


def is_self_signed(found: Certificate) -> bool:
    """Whether it names itself as its issuer, as certificates of the issuer Self do."""
    parsed = leaf(found)
    return parsed.issuer == parsed.subject


def _texts(extensions: x509.Extensions) -> frozenset[str]:
    return frozenset(each.value for each in altnames.held(extensions))
