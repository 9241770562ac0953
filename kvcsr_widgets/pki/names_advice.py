"""What public TLS CAs do not take as a name. Nothing here stands against sending it.

CA/Browser Forum Baseline Requirements (BR) section 7.1.2.7.12: DNS names and IP addresses alone;
no internal names, no underscores, no reserved addresses. A CA of one's own takes them all.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator

from kvcsr_widgets.errors import Problem
from kvcsr_widgets.pki.names import Names, is_ip

INTERNAL = frozenset(
    (
        *("alt", "example", "invalid", "local", "localhost", "test"),  # reserved by RFC
        *("corp", "home", "internal", "mail"),  # ICANN delegates none of them
        *("domain", "intern", "intranet", "lan", "localdomain", "private"),  # usual in companies
    )
)
"""Last labels that are not in the public DNS: RFC 2606, 6761, 6762, 8375, 9476 and ICANN's.

A choice: the list of those that are there is long and changes.
"""

MAX_SHOWN = 3
"""Names that are told of each kind."""

_OWN = "A CA of your own may take them."


def names_advice(names: Names) -> Iterator[Problem]:
    """What a public TLS CA will refuse in these names, one sentence a reason."""
    single = [name for name in names.dns if "." not in name.removeprefix("*.")]
    inside = [name for name in names.dns if name not in single and _is_internal(name)]
    found = (
        ("a name of one label", single),
        ("an internal name, since nobody can prove to own it", inside),
        ("an underscore in a DNS name", [name for name in names.dns if "_" in name]),
        ("a private or reserved IP address", [ip for ip in names.ips if _is_reserved(ip)]),
        (
            "e-mail addresses, UPNs or URIs for a server",
            (*names.emails, *names.upns, *names.uris),
        ),
    )
    for what, refused in found:
        if refused:
            yield Problem("names", f"No public CA takes {what}: {_some(refused)}.", _OWN)


def _is_internal(name: str) -> bool:
    lowered = name.lower()
    return lowered.rpartition(".")[2] in INTERNAL or f".{lowered}".endswith(".home.arpa")


def _is_reserved(ip: str) -> bool:
    """Whether an address is none of the public internet (IANA's special-purpose registries)."""
    if not is_ip(ip):
        return False
    address = ipaddress.ip_address(ip)
    return not address.is_global or address.is_multicast


def _some(names: Iterable[str]) -> str:
    first = [name[:60] for name in names]
    return ", ".join(first[:MAX_SHOWN]) + (", …" if len(first) > MAX_SHOWN else "")
