"""A request as the vault has it, as far as the checks before a merge need it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from kvcsr_widgets.pki.csr import SigningRequest
from kvcsr_widgets.pki.plan import UNKNOWN, CertificatePlan


class Status(Enum):
    """The state of an operation, as the service spells it."""

    IN_PROGRESS = "inProgress"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class SentCsr:
    """The CSR that went to the CA: SHA-256 of itself and of its public key, in hexadecimal."""

    sha256: str
    key: str

    @classmethod
    def of(cls, csr: SigningRequest) -> SentCsr:
        """That of a CSR at hand."""
        return cls(csr.sha256, csr.fingerprint)


@dataclass(frozen=True)
class PendingRequest:
    """What a CA's reply is held against.

    ``request_id`` is the service's own name for the request, empty where it told none: a request
    that is made again has another one. ``plan`` is what was asked for, None where that was not
    read: a CSR tells no validity. ``enabled`` is whether the certificate was asked
    to be enabled, None where nobody knows: no policy tells. ``downloaded`` is the CSR that went to
    the CA, None where nobody knows. ``versions`` are the SHA-1 thumbprints (40
    upper-case digits) of the certificates that the vault has under this name. ``homes`` tells for
    the SHA-256 of a public key (``pki.facts.key_fingerprint``) where in the vaults it is at home,
    in words: the home finder fills it (``runbook.matching``).
    """

    name: str
    csr: SigningRequest
    status: Status = Status.IN_PROGRESS
    issuer: str = UNKNOWN
    cancellation_requested: bool = False
    preserve_order: bool = False
    plan: CertificatePlan | None = None
    enabled: bool | None = None
    downloaded: SentCsr | None = None
    versions: tuple[str, ...] = ()
    homes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    request_id: str = ""

    @property
    def by_hand(self) -> bool:
        """Whether a person merges the CA's reply; other issuers complete requests themselves."""
        return self.issuer.lower() == UNKNOWN.lower()

    def is_still(self, request_id: str, csr: SigningRequest | None) -> bool:
        """Whether what the vault has now under this name is the same request.

        A key that is kept says nothing: every renewal has it. What is not told is not compared.
        """
        told = bool(request_id and self.request_id)
        same_id = not told or request_id == self.request_id
        return same_id and (csr is None or csr.sha256 == self.csr.sha256)
