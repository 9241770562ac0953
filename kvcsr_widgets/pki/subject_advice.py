"""What to think of in a subject: nothing here stops a request, a CA may.

Sources: "BR" are the CA/Browser Forum's Baseline Requirements for TLS certificates, version 2,
which bind public CAs. What concerns a server is said only where serverAuth is asked for.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from ipaddress import ip_address

from kvcsr_widgets.errors import Problem
from kvcsr_widgets.pki.countries import countries, likely_country
from kvcsr_widgets.pki.idn import a_labels
from kvcsr_widgets.pki.names import Names, is_dns_name, is_ip
from kvcsr_widgets.pki.plan import DEFAULT_EKUS, SERVER_AUTH
from kvcsr_widgets.pki.subject import Subject


def subject_advice(
    subject: Subject, names: Names, ekus: Collection[str] = DEFAULT_EKUS
) -> Iterator[Problem]:
    """What a CA or a client may take offence at, one sentence each, for the field ``subject``.

    ``names`` are the subject alternative names, ``ekus`` the dotted OIDs that are asked for.
    """
    for code in subject.values("C"):
        yield from _country(code)
    yield from _repeated(subject)
    yield from _serial_number(subject)
    if SERVER_AUTH in ekus:
        for cn in subject.values("CN"):
            yield from _host(cn, names)
        yield from _not_for_servers(subject)


def _country(code: str) -> Iterator[Problem]:
    """ISO 3166-1 alpha-2, as BR 7.1.4.2 and RFC 5280 appendix A ask for."""
    if code in countries() or not code:
        return
    meant = likely_country(code)
    if meant and meant == code.upper():
        yield _advice(f"Country codes have capital letters: C={meant}.")
    elif meant:
        yield _advice(
            f"“{code}” is no country code of ISO 3166.",
            f"Did you mean C={meant} ({countries()[meant]})?",
        )
    else:
        yield _advice(f"“{code}” is no country code of ISO 3166.", "Write one such as US or DE.")


def _repeated(subject: Subject) -> Iterator[Problem]:
    """BR 7.1.4.1: no attribute more than once; DC and STREET may be repeated (BR 7.1.4.2)."""
    for key in ("CN", "C", "O", "L", "S", "SERIALNUMBER"):
        count = len(subject.values(key))
        if count > 1:
            yield _advice(
                f"{key} is there {count} times; public CAs take it once (BR 7.1.4.1).",
                "More host names belong into the DNS names." if key == "CN" else "",
            )


def _serial_number(subject: Subject) -> Iterator[Problem]:
    """RFC 4519 section 2.32: sn is the surname."""
    for value in subject.values("SN"):
        if any(character.isdigit() for character in value):
            yield _advice("SN is the surname.", f"A number is SERIALNUMBER={value}.")


def _host(cn: str, names: Names) -> Iterator[Problem]:
    """BR 7.1.4.3: a CN is one of the names. RFC 9525 section 2: clients look at the names only."""
    host = host_name(cn)
    if not host:
        yield _advice(
            f"CN “{cn[:64]}” is no host name, and a server's certificate is asked for.",
            "Write the host name: CN=www.contoso.com. A company's name belongs into O.",
        )
    elif not cn.isascii():
        yield _advice(
            "A host name in a certificate is written in ASCII (RFC 5280 section 7.2).",
            f"Write CN={host}.",
        )
    elif host.lower() not in {name.lower() for name in (*names.dns, *names.ips)}:
        yield _advice(
            f"{host} is not among the names, and clients do not look at CN (RFC 9525).",
            "Add it to the names; many CAs do so by themselves.",
        )


def host_name(cn: str) -> str:
    """The host name or IP address that a CN is, as a certificate holds it, or nothing."""
    if is_ip(cn):
        return str(ip_address(cn))
    try:
        host = a_labels(cn)
    except ValueError:
        return ""
    return host if is_dns_name(host) else ""


def _not_for_servers(subject: Subject) -> Iterator[Problem]:
    """BR 7.1.2.7 and ballot SC47 for OU; RFC 5280 section 4.1.2.6 for E."""
    if subject.values("OU"):
        yield _advice(
            "Public CAs take no OU for TLS since 2022-09-01 (CA/Browser Forum ballot SC47).",
            "Leave OU out, unless your own CA wants it.",
        )
    if subject.values("E"):
        yield _advice(
            "An e-mail address in a server's subject is left out or refused by most CAs.",
            "Leave E out; where it is needed, it is a name (RFC 5280 section 4.1.2.6).",
        )


def _advice(message: str, hint: str = "") -> Problem:
    return Problem("subject", message, hint)
