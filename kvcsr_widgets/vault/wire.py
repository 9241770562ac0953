"""From the vault's answers to our records: JSON for requests, the SDK's values for certificates."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from azure.keyvault.certificates import KeyVaultCertificate

from kvcsr_widgets.errors import InputError
from kvcsr_widgets.pki.csr import SigningRequest
from kvcsr_widgets.pki.pending import Status
from kvcsr_widgets.vault.blanking import blanked
from kvcsr_widgets.vault.records import Bundle, Certificate, Operation

MAX_WAIT = 86_400
"""Seconds of a Retry-After that are believed."""


def operation(found: Mapping[str, Any], retry_after: str | None = None) -> Operation:
    """A request, from a CertificateOperation as it goes over the wire.

    ``retry_after`` is the header of that name. Raises ValueError for what is none.
    """
    try:
        return replace(_operation(found), retry_after=seconds(retry_after))
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


def seconds(retry_after: str | None) -> int | None:
    """A Retry-After in seconds; None for a date, for none and for more than ``MAX_WAIT``."""
    found = (retry_after or "").strip()
    plain = found.isascii() and found.isdecimal() and len(found) <= len(str(MAX_WAIT))
    return int(found) if plain and 0 < int(found) <= MAX_WAIT else None


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
    properties = found.properties
    assert properties is not None
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
        der=bytes(found.cer or b""),
        tags=dict(properties.tags or {}),
    )


def bundle(found: Mapping[str, Any]) -> Bundle:
    """A certificate with its policy, from a CertificateBundle as it goes over the wire.

    Raises ValueError for what is none.
    """
    try:
        der = base64.b64decode(found.get("cer") or "")
        policy = found.get("policy")
        text = json.dumps(policy, ensure_ascii=False, separators=(",", ":")) if policy else ""
    except (AttributeError, TypeError, ValueError) as error:
        raise ValueError(f"no certificate bundle: {error}") from None
    return Bundle(item(found, der), text)


def item(found: Mapping[str, Any], der: bytes = b"") -> Certificate:
    """A certificate from what a list and a bundle have in common; ``der`` is its content.

    ``id`` is https://…/certificates/NAME, with the version behind it in a bundle and in a list of
    versions. Raises ValueError for what is none.
    """
    try:
        return _item(found, der)
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        raise ValueError(f"no certificate: {error}") from None


def _item(found: Mapping[str, Any], der: bytes) -> Certificate:
    name, _slash, version = found["id"].partition("/certificates/")[2].partition("/")
    if not name:
        raise ValueError("it has no name")
    said = found.get("attributes") or {}
    thumbprint = found.get("x5t") or ""
    return Certificate(
        name=name,
        version=version,
        enabled=bool(said.get("enabled")),
        created=moment(said.get("created")),
        updated=moment(said.get("updated")),
        not_before=moment(said.get("nbf")),
        expires=moment(said.get("exp")),
        thumbprint=base64.urlsafe_b64decode(thumbprint + "==").hex().upper(),
        der=der,
        tags=dict(found.get("tags") or {}),
    )


def moment(since_1970: int | None) -> datetime | None:
    """A time from Unix seconds; None for none. Raises ValueError for what is none."""
    try:
        return None if since_1970 is None else datetime.fromtimestamp(since_1970, UTC)
    except (OSError, OverflowError, TypeError) as error:
        raise ValueError(f"no time: {error}") from None
