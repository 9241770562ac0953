"""The JSON bodies of the answers: members in the recorded order, absent where recorded absent."""

from __future__ import annotations

import base64
import json

from cryptography import x509
from cryptography.hazmat.primitives import hashes

from kvcsr_widgets.pki.subject import name_text
from kvcsr_widgets.practice.policy import Json
from kvcsr_widgets.practice.store import Certificate, Operation, Version
from kvcsr_widgets.practice.tokens import HOST

BASE = f"https://{HOST}"
RECOVERY_LEVEL = "Recoverable+Purgeable"
RECOVERABLE_DAYS = 90
WITHOUT_RECOVERABLE_DAYS = ("2016-10-01", "7.0")
"""api-versions whose answers hold no ``recoverableDays`` (recorded for 7.0)."""

_DETAILS = "Pending certificate created. Please Perform Merge to complete the request."


def operation_bundle(operation: Operation, status: str) -> Json:
    """A CertificateOperation."""
    body: Json = {
        "id": f"{BASE}/certificates/{operation.name}/pending",
        "issuer": json.loads(operation.issuer),
        "csr": base64.b64encode(operation.csr).decode(),
        "cancellation_requested": operation.cancellation_requested,
        "status": status,
    }
    if status == "inProgress":
        body["status_details"] = _DETAILS
    if status == "completed":
        body["target"] = f"{BASE}/certificates/{operation.name}"
    return body | {"request_id": operation.request_id}


def certificate_bundle(
    version: Version, certificate: Certificate, api_version: str, *, pending: bool
) -> Json:
    """A CertificateBundle as a GET without a version and a merge answer it."""
    body = _head(version) | {"attributes": _attributes(version, api_version)}
    if version.tags:
        body["tags"] = json.loads(version.tags)
    body["policy"] = policy_bundle(certificate)
    if pending:
        body["pending"] = {"id": f"{BASE}/certificates/{version.name}/pending"}
    return body


def version_bundle(version: Version, api_version: str) -> Json:
    """A CertificateBundle as a GET with a version answers it: no policy, but three fields more."""
    body = _head(version) | {"attributes": _attributes(version, api_version)}
    if version.tags:
        body["tags"] = json.loads(version.tags)
    if version.cer is not None:
        leaf = x509.load_der_x509_certificate(version.cer)
        serial = f"{leaf.serial_number:X}"
        body |= {
            "subject": name_text(leaf.subject),
            "issuer": name_text(leaf.issuer),
            "serialnumber": serial.zfill(len(serial) + len(serial) % 2),
        }
    return body


def policy_bundle(certificate: Certificate) -> Json:
    """A CertificatePolicy."""
    return {
        "id": f"{BASE}/certificates/{certificate.name}/policy",
        **json.loads(certificate.policy),
        "attributes": {
            "enabled": True,
            "created": certificate.policy_created,
            "updated": certificate.policy_updated,
        },
    }


def list_item(version: Version, *, versioned: bool) -> Json:
    """A CertificateItem of a list; the list of versions has versioned ids."""
    path = f"{version.name}/{version.id}" if versioned else version.name
    item: Json = {"id": f"{BASE}/certificates/{path}"}
    if version.cer is not None:
        item["x5t"] = thumbprint(version.cer)
    item["attributes"] = _times(version)
    if version.tags:
        item["tags"] = json.loads(version.tags)
    return item | {"subject": ""}


def thumbprint(der: bytes) -> str:
    """SHA-1 of the certificate in base64url without padding (``x5t``, RFC 7517 section 4.8)."""
    digest = hashes.Hash(hashes.SHA1())  # noqa: S303 - the format asks for it
    digest.update(der)
    return base64.urlsafe_b64encode(digest.finalize()).rstrip(b"=").decode()


def _head(version: Version) -> Json:
    path = f"{version.name}/{version.id}"
    head: Json = {"id": f"{BASE}/certificates/{path}"}
    if version.cer is not None:
        head |= {
            "kid": f"{BASE}/keys/{path}",
            "sid": f"{BASE}/secrets/{path}",
            "x5t": thumbprint(version.cer),
            "cer": base64.b64encode(version.cer).decode(),
        }
    return head


def _times(version: Version) -> Json:
    return {
        "enabled": version.enabled,
        "nbf": version.nbf,
        "exp": version.exp,
        "created": version.created,
        "updated": version.updated,
    }


def _attributes(version: Version, api_version: str) -> Json:
    attributes = _times(version) | {"recoveryLevel": RECOVERY_LEVEL}
    if api_version not in WITHOUT_RECOVERABLE_DAYS:
        attributes["recoverableDays"] = RECOVERABLE_DAYS
    return attributes
