"""The order of a chain: which certificate vouches for which."""

from __future__ import annotations

from collections.abc import Sequence

from cryptography import x509
from cryptography.exceptions import InvalidSignature

from kvcsr_widgets.pki.facts import UNREADABLE


def is_issued_by(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    """Whether ``issuer`` signed ``certificate``: by name and by signature (RFC 5280 6.1.3)."""
    try:
        certificate.verify_directly_issued_by(issuer)
    except (InvalidSignature, *UNREADABLE):
        return False
    return True


def ordered(
    leaf: x509.Certificate, others: Sequence[x509.Certificate]
) -> tuple[x509.Certificate, ...]:
    """``leaf`` first, then its issuer, and so on as far as ``others`` reach.

    What belongs to no one is left out. A root is the last where it is there.
    """
    chain = [leaf]
    rest = [certificate for certificate in others if certificate != leaf]
    while not is_self_issued(chain[-1]):
        issuer = next((c for c in rest if is_issued_by(chain[-1], c)), None)
        if issuer is None:
            break
        chain.append(issuer)
        rest.remove(issuer)
    return tuple(chain)


def is_self_issued(certificate: x509.Certificate) -> bool:
    """Whether a certificate names itself as its issuer, as a root does."""
    return certificate.issuer == certificate.subject
