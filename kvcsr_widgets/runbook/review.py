"""Everything that is known of a request before the CA's reply is merged into it."""

from __future__ import annotations

from dataclasses import dataclass

from kvcsr_widgets.errors import ForbiddenError, NotFoundError
from kvcsr_widgets.pki.pending import PendingRequest, SentCsr
from kvcsr_widgets.pki.plan import CertificatePlan
from kvcsr_widgets.runbook.asked import policy_of
from kvcsr_widgets.runbook.homes import index_of_requests
from kvcsr_widgets.runbook.merging import pending_request
from kvcsr_widgets.vault.client import Vault
from kvcsr_widgets.vault.records import Operation


@dataclass(frozen=True)
class Known:
    """What is known beside the vault.

    ``plan`` is what was sent from here, ``downloaded`` the CSR that went to the CA;
    ``operations`` are the requests that were read of this vault, to tell whose a stray
    certificate is.
    """

    plan: CertificatePlan | None = None
    downloaded: SentCsr | None = None
    operations: tuple[Operation, ...] = ()


def read_request(vault: Vault, name: str, known: Known) -> PendingRequest:
    """Read a request anew, with its policy and with what was merged under its name before.

    What the user may not read is left out. Raises VaultError where the request itself cannot be
    read, InputError where it has no CSR.
    """
    operation = vault.operation(name)
    return pending_request(
        operation,
        plan=known.plan or policy_of(vault, name),
        enabled=known.plan.enabled if known.plan else None,
        downloaded=known.downloaded,
        versions=_thumbprints(vault, name),
        homes=index_of_requests(vault.host, known.operations).homes_by_fingerprint,
    )


def _thumbprints(vault: Vault, name: str) -> tuple[str, ...]:
    try:
        return tuple(version.thumbprint for version in vault.versions(name) if version.thumbprint)
    except (ForbiddenError, NotFoundError):
        return ()
