"""How many certificates the secret behind a certificate holds. Nothing else of it is kept.

The secret of a certificate whose key cannot be exported holds certificates alone
(about-certificates.md): only such a one is to be read.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from azure.keyvault.certificates import CertificateClient
from cryptography import x509
from cryptography.hazmat.primitives.serialization import pkcs12

from kvcsr_widgets.vault.diagnosis import SECRET, ask
from kvcsr_widgets.vault.paging import send

API_VERSION = "7.4"
"""One that secrets have in every cloud; that of certificates may be newer."""

MAX_VALUE = 65_536
"""Characters of a secret that are read; the service takes 25 KiB."""

_PEM, _PFX = "application/x-pem-file", "application/x-pkcs12"
_KEY = re.compile(r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----")


def chain_length(client: CertificateClient, host: str, name: str, version: str) -> int | None:
    """How many certificates the secret of a version holds; None where that cannot be told.

    Raises VaultError; ForbiddenError where secrets may not be read.
    """
    path = f"/secrets/{quote(name, safe='')}/{quote(version, safe='')}?api-version={API_VERSION}"

    def read() -> int | None:
        return count(send(client, "GET", path).json())

    return ask(read, name=name, host=host, about=SECRET)


def count(secret: Mapping[str, Any]) -> int | None:
    """How many certificates a SecretBundle holds.

    None for a content type other than the two of certificates, for what cannot be read, and where
    a private key is in it all the same: no number shall come from there.
    """
    if not isinstance(secret, Mapping):
        return None
    kind, value = secret.get("contentType"), secret.get("value")
    if not isinstance(value, str) or len(value) > MAX_VALUE:
        return None
    try:
        return {_PEM: _in_pem, _PFX: _in_pfx}[str(kind)](value)
    except (LookupError, TypeError, ValueError):
        return None  # with no word of what it was


def _in_pem(value: str) -> int | None:
    if _KEY.search(value):
        return None
    return len(x509.load_pem_x509_certificates(value.encode()))


def _in_pfx(value: str) -> int | None:
    found = pkcs12.load_pkcs12(base64.b64decode(value), None)
    if found.key is not None:
        return None
    return len(found.additional_certs) + (found.cert is not None)
