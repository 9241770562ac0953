"""Merge a CA's reply into the request that waits for it."""

from __future__ import annotations

from collections.abc import Mapping

from kvcsr_widgets.errors import InputError
from kvcsr_widgets.pki.pending import PendingRequest
from kvcsr_widgets.pki.plan import CertificatePlan
from kvcsr_widgets.vault.records import Operation


def pending_request(
    operation: Operation,
    *,
    plan: CertificatePlan | None = None,
    downloaded: str = "",
    versions: tuple[str, ...] = (),
    homes: Mapping[str, tuple[str, ...]] | None = None,
) -> PendingRequest:
    """The request as the checks before a merge need it; see there for the arguments.

    Raises InputError for a request without a CSR.
    """
    if operation.csr is None:
        raise InputError(f"The request “{operation.name}” has no CSR: there is nothing to merge.")
    return PendingRequest(
        operation.name,
        operation.csr,
        status=operation.status,
        issuer=operation.issuer,
        cancellation_requested=operation.cancellation_requested,
        preserve_order=operation.preserve_order,
        plan=plan,
        downloaded=downloaded,
        versions=versions,
        homes=homes or {},
    )
