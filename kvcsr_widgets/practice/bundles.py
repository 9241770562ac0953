"""The JSON bodies of the answers: members in the recorded order, absent where recorded absent.

``base`` is the vault's URL as the client names it, such as ``https://contoso.vault.azure.net``.
"""

from __future__ import annotations

import base64
import hashlib
import json

from cryptography import x509

from kvcsr_widgets.pki.subject import name_text
from kvcsr_widgets.practice.fields import Json, is_by_hand
from kvcsr_widgets.practice.rows import Certificate, Issuer, Operation, Version

RECOVERY_LEVEL = "Recoverable+Purgeable"
RECOVERABLE_DAYS = 90

API_VERSIONS = (
    "2016-10-01",
    *(f"7.{minor}" for minor in range(4)),
    "7.4-preview.1",
    "7.4",
    "7.5-preview.1",
    "7.5",
    "7.6-preview.1",
    "7.6-preview.2",
    "7.6",
    "2025-06-01-preview",
    "2025-07-01",
    "2026-04-01",
)
"""Oldest first, with the previews that clients were seen to ask for."""

WITHOUT_RECOVERABLE_DAYS = ("2016-10-01", "7.0")
"""api-versions whose answers hold no ``recoverableDays`` (recorded for 7.0)."""

WITH_PRESERVE_ORDER = API_VERSIONS[API_VERSIONS.index("7.6-preview.1") :]
"""api-versions whose answers hold ``preserveCertOrder`` where it was asked for."""

BY_MERGE = "Pending certificate created. Please Perform Merge to complete the request."
BY_ISSUER = (
    "Pending certificate created. Certificate request is in progress. This may take some time "
    "based on the issuer provider. Please check again later."
)


def operation_bundle(base: str, operation: Operation, status: str, api_version: str) -> Json:
    """A CertificateOperation."""
    body: Json = {
        "id": f"{base}/certificates/{operation.name}/pending",
        "issuer": {"name": operation.issuer},
        "csr": base64.b64encode(operation.csr).decode(),
        "cancellation_requested": operation.cancellation_requested,
        "status": status,
    }
    if status == "inProgress":
        body["status_details"] = BY_MERGE if is_by_hand(operation.issuer) else BY_ISSUER
    if status == "completed":
        body["target"] = f"{base}/certificates/{operation.name}"
    if operation.failure is not None:
        body["error"] = json.loads(operation.failure)
    body |= _order(operation, api_version)
    return body | {"request_id": operation.request_id}


def certificate_bundle(
    base: str,
    version: Version,
    certificate: Certificate,
    api_version: str,
    *,
    pending: bool,
    policy: bool = True,
) -> Json:
    """A CertificateBundle as a GET without a version, an update and a merge answer it."""
    body = _head(base, version) | {"attributes": attributes(version, api_version)}
    body |= _tags(version)
    if policy:
        body["policy"] = policy_bundle(base, certificate)
    if pending:
        body["pending"] = {"id": f"{base}/certificates/{version.name}/pending"}
    return body | _order(version, api_version)


def version_bundle(base: str, version: Version, api_version: str) -> Json:
    """A CertificateBundle as a GET with a version answers it: no policy, but three fields more."""
    body = _head(base, version) | {"attributes": attributes(version, api_version)} | _tags(version)
    if version.cer is not None:
        leaf = x509.load_der_x509_certificate(version.cer)
        serial = f"{leaf.serial_number:X}"
        body |= {
            "subject": name_text(leaf.subject),
            "issuer": name_text(leaf.issuer),
            "serialnumber": serial.zfill(len(serial) + len(serial) % 2),
        }
    return body | _order(version, api_version)


def deleted_bundle(
    base: str, version: Version, certificate: Certificate, api_version: str, *, pending: bool
) -> Json:
    """A DeletedCertificateBundle."""
    bundle = certificate_bundle(base, version, certificate, api_version, pending=pending)
    return _deletion(base, certificate) | bundle


def policy_bundle(base: str, certificate: Certificate) -> Json:
    """A CertificatePolicy."""
    return {
        "id": f"{base}/certificates/{certificate.name}/policy",
        **json.loads(certificate.policy),
        "attributes": {
            "enabled": True,
            "created": certificate.policy_created,
            "updated": certificate.policy_updated,
        },
    }


def list_item(base: str, version: Version, *, versioned: bool) -> Json:
    """A CertificateItem of a list; the list of versions has versioned ids."""
    path = f"{version.name}/{version.id}" if versioned else version.name
    item: Json = {"id": f"{base}/certificates/{path}"}
    if version.cer is not None:
        item["x5t"] = thumbprint(version.cer)
    return item | {"attributes": times(version)} | _tags(version) | {"subject": ""}


def deleted_item(base: str, version: Version, certificate: Certificate) -> Json:
    """A DeletedCertificateItem of a list."""
    return _deletion(base, certificate) | list_item(base, version, versioned=False)


def issuer_bundle(base: str, issuer: Issuer) -> Json:
    """An IssuerBundle, which never holds the password."""
    body: Json = issuer_item(base, issuer)
    if issuer.account_id is not None:
        body["credentials"] = {"account_id": issuer.account_id}
    body["org_details"] = json.loads(issuer.organisation)
    dates = {"created": issuer.created, "updated": issuer.updated}
    return body | {"attributes": {"enabled": issuer.enabled} | dates}


def issuer_item(base: str, issuer: Issuer) -> Json:
    """An item of the list of issuers."""
    return {"id": f"{base}/certificates/issuers/{issuer.name}", "provider": issuer.provider}


def contacts_bundle(base: str, contacts: list[Json]) -> Json:
    """The contacts of the vault."""
    return {"id": f"{base}/certificates/contacts", "contacts": contacts}


def thumbprint(der: bytes) -> str:
    """SHA-1 of the certificate in base64url without padding (``x5t``, RFC 7517 section 4.8)."""
    digest = hashlib.sha1(der, usedforsecurity=False).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def times(version: Version) -> Json:
    """The attributes that lists show."""
    return {
        "enabled": version.enabled,
        "nbf": version.nbf,
        "exp": version.exp,
        "created": version.created,
        "updated": version.updated,
    }


def attributes(version: Version, api_version: str) -> Json:
    """The attributes of a bundle."""
    found = times(version) | {"recoveryLevel": RECOVERY_LEVEL}
    if api_version not in WITHOUT_RECOVERABLE_DAYS:
        found["recoverableDays"] = RECOVERABLE_DAYS
    return found


def _head(base: str, version: Version) -> Json:
    path = f"{version.name}/{version.id}"
    head: Json = {"id": f"{base}/certificates/{path}"}
    if version.cer is not None:
        head |= {
            "kid": f"{base}/keys/{path}",
            "sid": f"{base}/secrets/{path}",
            "x5t": thumbprint(version.cer),
            "cer": base64.b64encode(version.cer).decode(),
        }
    return head


def _tags(version: Version) -> Json:
    return {"tags": json.loads(version.tags)} if version.tags else {}


def _order(row: Version | Operation, api_version: str) -> Json:
    if row.preserve_order is None or api_version not in WITH_PRESERVE_ORDER:
        return {}
    return {"preserveCertOrder": row.preserve_order}


def _deletion(base: str, certificate: Certificate) -> Json:
    return {
        "recoveryId": f"{base}/deletedcertificates/{certificate.name}",
        "deletedDate": certificate.deleted_at,
        "scheduledPurgeDate": certificate.purge_at,
    }
