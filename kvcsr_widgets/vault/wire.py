"""From the vault's answers to our records: JSON for requests, the SDK's values for certificates."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from azure.keyvault.certificates import CertificateProperties, KeyVaultCertificate

from kvcsr_widgets.errors import InputError
from kvcsr_widgets.pki.csr import SigningRequest
from kvcsr_widgets.pki.pending import Status
from kvcsr_widgets.vault.blanking import blanked
from kvcsr_widgets.vault.records import Certificate, Operation


def operation(found: Mapping[str, Any]) -> Operation:
    """A request, from a CertificateOperation as it goes over the wire.

    Raises ValueError for what is none.
    """
    try:
        return _operation(found)
    except (AttributeError, LookupError, TypeError) as error:
        raise ValueError(f"no certificate operation: {error}") from None


def _operation(found: Mapping[str, Any]) -> Operation:
    (csr, unreadable), error = _csr(found.get("csr")), found.get("error")
    return Operation(
        name=found["id"].rstrip("/").split("/")[-2],  # https://…/certificates/NAME/pending
        status=Status(found["status"]),
        issuer=(found.get("issuer") or {}).get("name") or "",
        csr=csr,
        cancellation_requested=bool(found.get("cancellation_requested")),
        details=blanked(" ".join(filter(None, (found.get("status_details"), unreadable)))),
        error=blanked(f"{error.get('code')}: {error.get('message')}") if error else "",
        request_id=found.get("request_id") or "",
        preserve_order=bool(found.get("preserveCertOrder")),
    )


def _csr(text: str | None) -> tuple[SigningRequest | None, str]:
    """The CSR, or a sentence on why there is none: one bad request must not hide the others."""
    if not text:
        return None, ""
    try:
        return SigningRequest.from_der(base64.b64decode(text)), ""
    except (binascii.Error, InputError) as error:
        return None, f"Its CSR cannot be read: {error}"


def certificate(found: KeyVaultCertificate) -> Certificate:
    """A certificate with its content."""
    assert found.properties is not None
    return listed(found.properties, der=bytes(found.cer or b""))


def listed(properties: CertificateProperties, der: bytes = b"") -> Certificate:
    """A certificate as a list tells it, without its content."""
    thumbprint = properties.x509_thumbprint
    return Certificate(
        name=properties.name or "",
        version=properties.version or "",
        enabled=bool(properties.enabled),
        created=properties.created_on,
        updated=properties.updated_on,
        not_before=properties.not_before,
        expires=properties.expires_on,
        thumbprint=thumbprint.hex().upper() if thumbprint else "",
        der=der,
        tags=dict(properties.tags or {}),
    )
