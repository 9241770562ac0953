"""Certificates that were deleted and that the vault still keeps: look up, recover, purge."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from azure.keyvault.certificates import CertificateClient, DeletedCertificate

from kvcsr_widgets.vault import wire
from kvcsr_widgets.vault.diagnosis import DELETED, DELETED_READ, ask
from kvcsr_widgets.vault.paging import PENDING, Lists


@dataclass(frozen=True, slots=True)
class Deleted:
    """A deleted certificate, which holds its name until it is recovered or purged.

    ``deleted`` and ``purge`` say when it was deleted and when the vault purges it by itself;
    ``purgeable`` is False where the answer tells of purge protection; a list tells nothing of it.
    ``thumbprint`` is SHA-1 in upper-case hexadecimal, empty for one that was never merged, and so
    is ``expires`` None then.
    """

    name: str
    deleted: datetime | None
    purge: datetime | None
    purgeable: bool
    thumbprint: str
    expires: datetime | None


class DeletedCertificates:
    """The deleted certificates of a vault. Every method raises VaultError."""

    def __init__(self, client: CertificateClient, host: str) -> None:
        self._client = client
        self._host = host
        self._lists = Lists(client, host, DELETED_READ)

    def list(self) -> Iterator[Deleted]:
        """Every deleted certificate, page by page, those that were never merged among them."""
        return self._lists.walk("/deletedcertificates", _listed, query=PENDING)

    def get(self, name: str) -> Deleted:
        """The deleted certificate that holds a name. Raises NotFoundError if none does.

        None does either while its deletion or recovery is going on: 5 to 8 seconds (recorded).
        """
        found = ask(
            lambda: self._client.get_deleted_certificate(name),
            name=name,
            host=self._host,
            about=DELETED_READ,
        )
        return _deleted(found)

    def recover(self, name: str) -> None:
        """Begin to bring a certificate back as it was; it may take some seconds to show."""
        ask(
            lambda: self._client.begin_recover_deleted_certificate(name),
            name=name,
            host=self._host,
            about=DELETED,
        )

    def purge(self, name: str) -> None:
        """Remove a deleted certificate with all its keys, for good."""
        ask(
            lambda: self._client.purge_deleted_certificate(name),
            name=name,
            host=self._host,
            about=DELETED,
        )


def _deleted(found: DeletedCertificate) -> Deleted:
    properties = found.properties
    assert properties is not None
    thumbprint = properties.x509_thumbprint
    return Deleted(
        name=found.name or "",
        deleted=found.deleted_on,
        purge=found.scheduled_purge_date,
        purgeable=_purgeable(properties.recovery_level),
        thumbprint=thumbprint.hex().upper() if thumbprint else "",
        expires=properties.expires_on if thumbprint else None,
    )


def _listed(found: Mapping[str, Any]) -> Deleted:
    """A deleted certificate from a DeletedCertificateItem. Raises ValueError for what is none."""
    certificate = wire.item(found)
    return Deleted(
        name=certificate.name,
        deleted=wire.moment(found.get("deletedDate")),
        purge=wire.moment(found.get("scheduledPurgeDate")),
        purgeable=_purgeable((found.get("attributes") or {}).get("recoveryLevel")),
        thumbprint=certificate.thumbprint,
        expires=certificate.expires if certificate.thumbprint else None,
    )


def _purgeable(level: str | None) -> bool:
    """Whether a recovery level, such as Recoverable+Purgeable, admits a purge."""
    return level is None or "purgeable" in level.lower()
