"""What was asked for with a request: what was sent from here, or else what the policy says."""

from __future__ import annotations

from collections.abc import Callable

from kvcsr_widgets.errors import ForbiddenError, NotFoundError
from kvcsr_widgets.pki.plan import CertificatePlan
from kvcsr_widgets.vault.client import Vault
from kvcsr_widgets.vault.records import Operation

PlanOf = Callable[[Operation], CertificatePlan | None]
"""From what a request was made here, None where that is not known."""


def not_known(_operation: Operation) -> None:
    """A ``PlanOf`` where nothing was made here."""


def policy_of(vault: Vault, name: str) -> CertificatePlan | None:
    """What the vault's policy asks for, None where there is none or the user may not read it.

    Raises VaultError where the vault does not answer as it should.
    """
    try:
        return vault.policy(name)
    except (ForbiddenError, NotFoundError):
        return None
