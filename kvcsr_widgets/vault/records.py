"""What a vault answers, as plain values. Times are aware, in UTC."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from kvcsr_widgets.pki.csr import SigningRequest
from kvcsr_widgets.pki.pending import Status


@dataclass(frozen=True, slots=True)
class Operation:
    """The request of a certificate: pending, or what became of it.

    ``csr`` is None where the service sends none, or one that cannot be read, as ``details`` tells.
    ``error`` is the service's text for a failed one. ``preserve_order`` is whether the chain was
    asked to keep its order. ``retry_after`` is how many seconds the service asks to wait before the
    next look, None where it does not.
    """

    name: str
    status: Status
    issuer: str
    csr: SigningRequest | None
    cancellation_requested: bool
    details: str
    error: str
    request_id: str
    preserve_order: bool = False
    retry_after: int | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate version, or the disabled placeholder of one that was never merged.

    ``thumbprint`` is SHA-1 in 40 upper-case hexadecimal digits, empty for a placeholder;
    ``der`` is the leaf, empty for a placeholder; ``version`` is empty in a list.
    """

    name: str
    version: str
    enabled: bool
    created: datetime | None
    updated: datetime | None
    not_before: datetime | None
    expires: datetime | None
    thumbprint: str
    der: bytes = field(default=b"", repr=False)
    tags: dict[str, str] = field(default_factory=dict)

    def as_listed(self) -> Certificate:
        """As a list of the vault has it: without its version and content."""
        return replace(self, version="", der=b"")


@dataclass(frozen=True, slots=True)
class Bundle:
    """A certificate with its policy, the JSON of the REST interface; empty where it has none."""

    certificate: Certificate
    policy: str = ""
