"""Subject alternative names (SAN): the host names, addresses and people of a certificate.

A name is kept as a certificate holds it (RFC 5280 section 4.2.1.6): a domain in its ``xn--`` form,
an IP address as text. Key Vault groups them by kind and puts them into the CSR in the order of
``KINDS``.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat import asn1

from kvcsr_widgets.errors import Problem

MAX_NAMES = 100
"""Names of one kind in one request, a bound of ours: public CAs take at most 100 to 250."""

MAX_LENGTH = 255
"""Characters of one name, a bound of ours: a DNS name has at most 253."""

UPN = x509.ObjectIdentifier("1.3.6.1.4.1.311.20.2.3")
"""Microsoft's user principal name: an otherName that holds a UTF8String."""

KINDS: dict[str, Callable[[str], x509.GeneralName]] = {
    "emails": x509.RFC822Name,
    "dns_names": x509.DNSName,
    "upns": lambda name: x509.OtherName(UPN, asn1.encode_der(name)),
    "uris": x509.UniformResourceIdentifier,
    "ipAddresses": lambda name: x509.IPAddress(ipaddress.ip_address(name)),
}
"""The members of a policy's ``sans`` as they go over the wire, and how each name is made.

Each maker raises ValueError for a name that its kind cannot hold.
"""

_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)", re.IGNORECASE | re.ASCII)
_LOCAL_PART = re.compile(r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, slots=True)
class Names:
    """The subject alternative names that are asked for, each kind in the order given."""

    dns: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    upns: tuple[str, ...] = ()
    ips: tuple[str, ...] = ()
    uris: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return any(self.sans.values())

    @property
    def sans(self) -> dict[str, tuple[str, ...]]:
        """The names as a policy's ``sans`` groups them; kinds without names are there, empty."""
        return {
            "emails": self.emails,
            "dns_names": self.dns,
            "upns": self.upns,
            "uris": self.uris,
            "ipAddresses": self.ips,
        }

    @property
    def extension(self) -> x509.SubjectAlternativeName | None:
        """The extension that the CSR will hold, or None without names. Raises ValueError."""
        return extension(self.sans)

    def problems(self) -> Iterator[Problem]:
        """What stands against sending these names, one sentence each."""
        for kind, names in self.sans.items():
            if len(names) > MAX_NAMES:
                yield Problem("names", f"{len(names)} {_PLURAL[kind]} are too many; 100 fit.")
            for name in names[:MAX_NAMES]:
                if problem := name_problem(kind, name):
                    yield problem


def name_problem(kind: str, name: str) -> Problem | None:
    """What stands against sending one name; ``kind`` is one of ``KINDS``."""
    if _IS[kind](name):
        return None
    return Problem("names", f"“{name[:80]}” is no {KIND_NAMES[kind]}.", _HINT[kind])


def extension(sans: Mapping[str, Sequence[str] | None]) -> x509.SubjectAlternativeName | None:
    """The extension for a policy's ``sans``, kind by kind, or None for no names."""
    names = [make(name) for kind, make in KINDS.items() for name in sans.get(kind) or ()]
    return x509.SubjectAlternativeName(names) if names else None


def is_dns_name(name: str) -> bool:
    """Whether a CA could take this as a DNS name; ``*`` may stand for the leftmost label.

    RFC 5280 section 4.2.1.6, RFC 1034 section 3.5; an underscore is let through, as CAs for
    internal names do. The last label is no number (RFC 3696 section 2).
    """
    labels = name.removeprefix("*.").split(".")
    plain = len(name) <= 253 and all(_LABEL.fullmatch(label) for label in labels)
    return plain and not labels[-1].isdecimal()


def is_email(name: str) -> bool:
    """Whether this is an ASCII mailbox ``local@domain`` (RFC 5280: rfc822Name is an IA5String)."""
    local, at, domain = name.rpartition("@")
    return (
        bool(at and _LOCAL_PART.fullmatch(local))
        and is_dns_name(domain)
        and not domain.startswith("*")
    )


def is_upn(name: str) -> bool:
    """Whether this is a user principal name, ``user@domain`` of printable characters."""
    user, at, domain = name.rpartition("@")
    return bool(at and user and domain) and name.isprintable() and len(name) <= MAX_LENGTH


def is_ip(name: str) -> bool:
    """Whether this is an IPv4 or IPv6 address without a zone."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return "%" not in name


def is_uri(name: str) -> bool:
    """Whether this is an absolute ASCII URI (RFC 5280: with a scheme and what follows it)."""
    try:
        parts = urlsplit(name)
    except ValueError:
        return False
    plain = name.isascii() and name.isprintable() and " " not in name
    return plain and bool(parts.scheme) and len(name) <= MAX_LENGTH and name[-1:] != ":"


_IS: dict[str, Callable[[str], bool]] = {
    "emails": is_email,
    "dns_names": is_dns_name,
    "upns": is_upn,
    "uris": is_uri,
    "ipAddresses": is_ip,
}
KIND_NAMES = {
    "emails": "e-mail address",
    "dns_names": "DNS name",
    "upns": "user principal name",
    "uris": "URI",
    "ipAddresses": "IP address",
}
"""What a person calls the ``KINDS``."""
_PLURAL = {kind: word + ("es" if word.endswith("s") else "s") for kind, word in KIND_NAMES.items()}
_HINT = {
    "emails": "Write user@contoso.com, in ASCII.",
    "dns_names": "Write a host name such as www.contoso.com or *.contoso.com.",
    "upns": "Write user@contoso.com.",
    "uris": "Write it with its scheme, such as spiffe://contoso.com/web.",
    "ipAddresses": "Write it such as 192.0.2.10 or 2001:db8::10, without a network mask.",
}
