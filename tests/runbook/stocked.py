"""Practice vaults with something in them."""

from __future__ import annotations

from typing import Any

from kvcsr_widgets.pki.plan import CertificatePlan, KeyChoice
from kvcsr_widgets.pki.signed import read_signed
from kvcsr_widgets.vault.client import Vault
from kvcsr_widgets.vault.records import Operation

DAYS = 30
"""How long what is finished lives."""


def create(vault: Vault, name: str, **options: Any) -> Operation:
    """A request that waits for a CA; ``options`` are a plan's."""
    plan: dict[str, Any] = {"subject": f"CN={name}.contoso.com", "key": KeyChoice.EC_P256} | options
    return vault.create(CertificatePlan(name, **plan))


def finish(vault: Vault, name: str, *, kind: str = "cer", **options: Any) -> None:
    """A certificate that lives for ``DAYS``; of kind ``p7b`` with its chain."""
    operation = create(vault, name, **options)
    assert vault.authority is not None
    assert operation.csr is not None
    reply = vault.authority.sign(operation.csr.der, days=DAYS)
    vault.merge(name, read_signed(reply.file(kind)).certificates)


def tag(vault: Vault, name: str, **tags: str) -> None:
    """Change a certificate so that the list tells it."""
    vault._client.update_certificate_properties(name, tags=tags)
