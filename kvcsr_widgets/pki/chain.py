"""The order of a chain: which certificate vouches for which."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

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


@dataclass(frozen=True)
class Chain:
    """The certificates of a file in their places, as ``build`` finds them.

    ``certificates`` go from the leaf to where the file ends, a root last where it is there.
    ``missing`` is the issuer that the last of them names and the file lacks, None where the chain
    ends in itself; ``aia`` are the addresses where that issuer says it can be fetched (RFC 5280
    section 4.2.2.1): nothing here fetches it. ``superfluous`` are of no use to the leaf;
    ``alternatives`` could stand in the place of one in the chain: the same name and key, re-issued
    or cross-signed. ``broken`` carry the name of a missing issuer, but did not sign.
    """

    certificates: tuple[x509.Certificate, ...]
    missing: x509.Name | None = None
    aia: tuple[str, ...] = ()
    superfluous: tuple[x509.Certificate, ...] = ()
    alternatives: tuple[x509.Certificate, ...] = ()
    broken: tuple[x509.Certificate, ...] = ()

    @property
    def leaf(self) -> x509.Certificate:
        """The certificate over the request's key."""
        return self.certificates[0]

    @property
    def is_complete(self) -> bool:
        """Whether it reaches a certificate that names itself as its issuer."""
        return self.missing is None


def build(leaf: x509.Certificate, others: Sequence[x509.Certificate], now: dt.datetime) -> Chain:
    """Put certificates in their places above ``leaf``; ``now`` (aware) decides between two."""
    del now
    found = ordered(leaf, others)
    last = found[-1]
    return Chain(
        found,
        None if is_self_issued(last) else last.issuer,
        superfluous=tuple(each for each in others if each not in found),
    )


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
