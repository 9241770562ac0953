"""Which certificate of a file is for a request: one over its key, and of several the best."""

from __future__ import annotations

import datetime as dt
import hashlib

from cryptography import x509

from kvcsr_widgets.pki import facts
from kvcsr_widgets.pki.csr import SigningRequest
from kvcsr_widgets.pki.pending import PendingRequest
from kvcsr_widgets.pki.signed import SignedFile


def key_of(certificate: x509.Certificate) -> str:
    """SHA-256 of the public key as ``facts.key_fingerprint``, empty if that cannot be read."""
    key = facts.spki_of(certificate)
    return hashlib.sha256(key).hexdigest() if key is not None else ""


def fitting(csr: SigningRequest, signed: SignedFile) -> tuple[x509.Certificate, ...]:
    """The certificates of the file that are over the key of the CSR, in its order."""
    key = csr.fingerprint
    return tuple(each for each in signed.certificates if key_of(each) == key)


def choose_leaf(
    pending: PendingRequest, signed: SignedFile, now: dt.datetime
) -> x509.Certificate | None:
    """The certificate of the file to merge into this request, None if none is over its key.

    Where a key is kept, last year's certificate is over it too. One that the vault does not have
    yet goes first, then one that is valid at ``now`` (aware), then the one that begins last, then
    the first of the file.
    """

    def rank(certificate: x509.Certificate) -> tuple[bool, bool, float]:
        begin, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
        merged = facts.thumbprint(certificate) in pending.versions
        return merged, not begin <= now <= end, -begin.timestamp()

    return min(fitting(pending.csr, signed), key=rank, default=None)
