"""The certificates that the secret behind a certificate holds. Nothing else of it is kept.

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


def chain(
    client: CertificateClient, host: str, name: str, version: str
) -> tuple[x509.Certificate, ...] | None:
    """The certificates in the secret of a version; None where they cannot be told.

    Raises VaultError; ForbiddenError where secrets may not be read.
    """
    path = f"/secrets/{quote(name, safe='')}/{quote(version, safe='')}?api-version={API_VERSION}"

    def read() -> tuple[x509.Certificate, ...] | None:
        return certificates(send(client, "GET", path).json())

    return ask(read, name=name, host=host, about=SECRET)


def certificates(secret: Mapping[str, Any]) -> tuple[x509.Certificate, ...] | None:
    """The certificates that a SecretBundle holds; those of a PEM in its order.

    None for a content type other than the two of certificates, for what cannot be read, and where
    a private key is in it all the same: nothing shall come from there.
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


def _in_pem(value: str) -> tuple[x509.Certificate, ...] | None:
    if _KEY.search(value):
        return None
    return tuple(x509.load_pem_x509_certificates(value.encode()))


def _in_pfx(value: str) -> tuple[x509.Certificate, ...] | None:
    found = pkcs12.load_pkcs12(base64.b64decode(value), None)
    if found.key is not None:
        return None
    bags = [*([found.cert] if found.cert is not None else []), *found.additional_certs]
    return tuple(bag.certificate for bag in bags)
