"""The vault's own look at what it was sent: the leaf for its key, and the order it keeps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding

from kvcsr_widgets.pki import facts
from kvcsr_widgets.pki.chain import is_self_issued
from kvcsr_widgets.pki.links import is_issued_by


def leaf_for(
    key: CertificatePublicKeyTypes, certificates: Iterable[x509.Certificate]
) -> x509.Certificate | None:
    """The first certificate over this public key."""
    wanted = facts.spki(key)
    return next((each for each in certificates if facts.spki_of(each) == wanted), None)


def ordered(
    leaf: x509.Certificate, others: Sequence[x509.Certificate]
) -> tuple[x509.Certificate, ...]:
    """``leaf`` first, then its issuer, and so on as far as ``others`` reach.

    What belongs to no one is left out. A root is the last where it is there. Of several that fit,
    the first that was sent.
    """
    chain = [leaf]
    rest = [certificate for certificate in others if certificate != leaf]
    while not is_self_issued(chain[-1]):
        issuer = next((each for each in rest if is_issued_by(chain[-1], each)), None)
        if issuer is None:
            break
        chain.append(issuer)
        rest.remove(issuer)
    return tuple(chain)


def chain_pem(
    leaf: x509.Certificate, certificates: Sequence[x509.Certificate], *, reverse: bool
) -> bytes:
    """Every certificate as PEM: the leaf, its chain, then what belongs to no one.

    ``reverse`` is what a merge with ``preserveCertOrder`` leads to: the order sent, reversed.
    """
    if reverse:
        return to_pem(certificates[::-1])
    found = ordered(leaf, certificates)
    return to_pem([*found, *(each for each in certificates if each not in found)])


def to_pem(certificates: Sequence[x509.Certificate]) -> bytes:
    """Certificates as PEM, one after the other."""
    return b"".join(certificate.public_bytes(Encoding.PEM) for certificate in certificates)
