"""The subject alternative names of an imported certificate, as a policy lists them."""

from __future__ import annotations

from cryptography import x509
from cryptography.hazmat import asn1

from kvcsr_widgets.pki.names import UPN


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
