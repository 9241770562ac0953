"""What drills on replies stage, and what their judges look at."""

from __future__ import annotations

from cryptography import x509

from kvcsr_widgets.drills.drill import Verdict
from kvcsr_widgets.drills.issued import in_use, reply
from kvcsr_widgets.drills.scene import Scene
from kvcsr_widgets.pki import facts
from kvcsr_widgets.pki.chain import build
from kvcsr_widgets.pki.leaf import key_of
from kvcsr_widgets.pki.names import Names
from kvcsr_widgets.pki.plan import CertificatePlan, KeyChoice
from kvcsr_widgets.pki.signed import read_signed
from kvcsr_widgets.vault.records import Operation

REPLY = "reply"
"""The note with the thumbprint of the certificate that is to be merged."""

CANCELLED_WITHIN = 11
"""Seconds after which the practice vault has cancelled a request."""

NOT_EXPORTABLE = (
    "(The key of this drill cannot be exported: so its chain can be looked at without reading a "
    "key.)"
)


def plan(name: str, host: str, *others: str) -> CertificatePlan:
    """A request for a host, over a key whose chain can be read back."""
    return CertificatePlan(
        name,
        f"CN={host}",
        names=Names(dns=(host, *others)),
        key=KeyChoice.EC_P256,
        key_usage=KeyChoice.EC_P256.fitting_usage,
        exportable=False,
    )


def hand_over(scene: Scene, filename: str, content: bytes, operation: Operation) -> None:
    """Give the reader a file of the CA, and note which certificate in it is this request's."""
    assert operation.csr is not None  # the vault sends it with every request of its own
    key = operation.csr.fingerprint
    leaf = next(each for each in read_signed(content).certificates if key_of(each) == key)
    scene.hand(filename, content)
    scene.note(REPLY, facts.thumbprint(leaf))


def signed(scene: Scene, operation: Operation) -> tuple[x509.Certificate, ...]:
    """What the practice CA makes of a request: the leaf, its CA, the root."""
    assert operation.csr is not None  # as above
    found = read_signed(reply(scene, operation)).certificates  # a .p7b has an order of its own
    leaf = next(each for each in found if key_of(each) == operation.csr.fingerprint)
    return build(leaf, found, leaf.not_valid_before_utc).certificates


def cancel(scene: Scene, name: str) -> None:
    """Cancel a request, and wait until it is."""
    scene.vault.cancel(name)
    scene.clock.advance(CANCELLED_WITHIN)


def wrong(scene: Scene, operation: Operation, mistake: str) -> bytes:
    """What the practice CA sends where it errs in this way."""
    assert operation.csr is not None  # as above
    return scene.authority.sign_wrong(operation.csr.der, mistake, days=90).content


def chain(scene: Scene, name: str) -> tuple[x509.Certificate, ...]:
    """The certificates in the secret of the newest version; none where they cannot be told."""
    found = in_use(scene.vault, name)
    return (found and scene.vault.chain(name, found.version)) or ()


def judge_reply(scene: Scene, name: str, *, least: int = 1) -> Verdict:
    """Whether the reply that was handed over is in use, with ``least`` certificates in all."""
    found = in_use(scene.vault, name)
    if found is None:
        return Verdict(False, f"“{name}” is not in use yet: its request has no certificate.")
    if found.thumbprint != scene.notes[REPLY]:
        return Verdict(
            False, f"“{name}” is in use, but with another certificate than the CA sent you first."
        )
    length = len(chain(scene, name))
    if length < least:
        return Verdict(
            False,
            f"“{name}” is in use, but its secret lacks the CA: it holds {length} "
            f"certificate{'s' * (length != 1)}. To add a chain, a new version is needed; here, "
            "stage the drill again.",
        )
    return Verdict(True, f"“{name}” is in use with the CA's reply.")
