"""Subject alternative names as a policy lists them and as X.509 holds them (RFC 5280 4.2.1.6)."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from typing import Any

from cryptography import x509
from cryptography.hazmat import asn1

UPN = x509.ObjectIdentifier("1.3.6.1.4.1.311.20.2.3")
"""Microsoft's user principal name: an otherName that holds a UTF8String."""

KINDS: dict[str, Callable[[str], x509.GeneralName]] = {
    "emails": x509.RFC822Name,
    "dns_names": x509.DNSName,
    "upns": lambda name: x509.OtherName(UPN, asn1.encode_der(name)),
    "uris": x509.UniformResourceIdentifier,
    "ipAddresses": lambda name: x509.IPAddress(ipaddress.ip_address(name)),
}
"""The members of ``sans`` as the SDKs send them, and how each name is made (or ValueError)."""


def extension(sans: dict[str, Any]) -> x509.SubjectAlternativeName | None:
    """The extension for a policy's ``sans``, kind by kind, or None for no names."""
    names = [make(name) for kind, make in KINDS.items() for name in sans.get(kind) or ()]
    return x509.SubjectAlternativeName(names) if names else None


def of_certificate(certificate: x509.Certificate) -> dict[str, list[str]]:
    """The ``sans`` of a policy for a certificate that is imported; other kinds are left out."""
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return {}
    upns = [name for name in names.get_values_for_type(x509.OtherName) if name.type_id == UPN]
    found = {
        "emails": names.get_values_for_type(x509.RFC822Name),
        "dns_names": names.get_values_for_type(x509.DNSName),
        "upns": [text for upn in upns if (text := _text(upn.value))],
        "uris": names.get_values_for_type(x509.UniformResourceIdentifier),
        "ipAddresses": [str(ip) for ip in names.get_values_for_type(x509.IPAddress)],
    }
    return {kind: values for kind, values in found.items() if values}


def _text(der: bytes) -> str:
    try:
        return asn1.decode_der(str, der)
    except ValueError:
        return ""
