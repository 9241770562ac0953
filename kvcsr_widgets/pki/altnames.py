"""The subject alternative names (SAN) that a request or a certificate holds, each with its kind."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat import asn1
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from kvcsr_widgets.pki.facts import hexadecimal
from kvcsr_widgets.pki.idn import u_labels
from kvcsr_widgets.pki.names import UPN, Names, is_dns_name
from kvcsr_widgets.pki.subject import name_text

DNS, EMAIL, UPN_KIND, URI, IP = "DNS", "e-mail", "UPN", "URI", "IP"
_POLICY_KINDS = {
    "emails": EMAIL,
    "dns_names": DNS,
    "upns": UPN_KIND,
    "uris": URI,
    "ipAddresses": IP,
}


@dataclass(frozen=True, slots=True)
class AlternativeName:
    """One name: its kind in words (``DNS``, ``e-mail``, ``UPN``, ``URI``, ``IP``, ...), its text.

    The text is as the certificate holds it: a domain in its ``xn--`` form.
    """

    kind: str
    value: str

    def __str__(self) -> str:
        return self.value if self.kind == DNS else f"{self.kind}:{self.value}"

    @property
    def unicode(self) -> str:
        """The text with its ``xn--`` labels decoded (RFC 5891), or empty where it has none."""
        if self.kind not in (DNS, EMAIL):
            return ""
        user, at, domain = self.value.rpartition("@")
        decoded = u_labels(domain)
        return user + at + decoded if decoded else ""

    @property
    def canonical(self) -> tuple[str, str]:
        """The kind and one spelling for all that mean the same name.

        Case does not count in a domain (RFC 4343), in a UPN (Active Directory) and in a URI's
        scheme (RFC 3986 section 3.1); an IP address has many spellings (RFC 5952).
        """
        value = self.value
        if self.kind in (DNS, UPN_KIND):
            value = value.lower()
        elif self.kind == EMAIL:
            user, at, domain = value.rpartition("@")
            value = user + at + domain.lower()
        elif self.kind == URI:
            scheme, colon, rest = value.partition(":")
            value = scheme.lower() + colon + rest
        elif self.kind == IP:
            value = _one_spelling(value)
        return self.kind, value


def held(extensions: x509.Extensions) -> tuple[AlternativeName, ...]:
    """The names in their order; none without the extension."""
    try:
        names = extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ()
    return tuple(_read(name) for name in names)


def cn_hosts(subject: x509.Name, extensions: x509.Extensions) -> tuple[str, ...]:
    """The host names that a request asks for in its CN alone, having no alternative names.

    Clients of a TLS server do not look at the CN (RFC 9525 section 6.3), and public CAs put each
    into the alternative names (BR 7.1.2.7.12). A CN may be a person's name or a program's as well:
    without a word on what the certificate is for, only one with a dot counts.
    """
    purposes = _purposes(extensions)
    server = ExtendedKeyUsageOID.SERVER_AUTH in purposes
    if held(extensions) or (purposes and not server):
        return ()
    texts = (each.value for each in subject.get_attributes_for_oid(NameOID.COMMON_NAME))
    return tuple(
        text
        for text in dict.fromkeys(texts)
        if isinstance(text, str) and is_dns_name(text) and (server or "." in text)
    )


def _purposes(extensions: x509.Extensions) -> tuple[x509.ObjectIdentifier, ...]:
    try:
        return tuple(extensions.get_extension_for_class(x509.ExtendedKeyUsage).value)
    except x509.ExtensionNotFound:
        return ()


def asked(names: Names) -> tuple[AlternativeName, ...]:
    """The names of a plan, each once, in the order in which the CSR will hold them."""
    found: dict[tuple[str, str], AlternativeName] = {}
    for kind, values in names.sans.items():
        for value in values:
            name = AlternativeName(_POLICY_KINDS[kind], value)
            found.setdefault(name.canonical, name)
    return tuple(found.values())


def _read(name: x509.GeneralName) -> AlternativeName:
    if isinstance(name, x509.DNSName):
        return AlternativeName(DNS, name.value)
    if isinstance(name, x509.RFC822Name):
        return AlternativeName(EMAIL, name.value)
    if isinstance(name, x509.UniformResourceIdentifier):
        return AlternativeName(URI, name.value)
    if isinstance(name, x509.IPAddress):
        return AlternativeName(IP, str(name.value))
    if isinstance(name, x509.DirectoryName):
        return AlternativeName("directory name", name_text(name.value))
    if isinstance(name, x509.RegisteredID):
        return AlternativeName("registered ID", name.value.dotted_string)
    assert isinstance(name, x509.OtherName)  # cryptography reads no other kind
    return _other(name)


def _other(name: x509.OtherName) -> AlternativeName:
    if name.type_id == UPN:
        try:
            return AlternativeName(UPN_KIND, asn1.decode_der(str, name.value))
        except ValueError:
            pass  # no UTF8String: shown as what it is
    return AlternativeName(f"other name {name.type_id.dotted_string}", hexadecimal(name.value))


def _one_spelling(address: str) -> str:
    try:
        return str(ipaddress.ip_address(address))
    except ValueError:
        return address.lower()
