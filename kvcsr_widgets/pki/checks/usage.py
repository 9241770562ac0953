"""What the certificate may be used for: extended key usage (EKU), key usage, CA or not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from kvcsr_widgets.pki import facts
from kvcsr_widgets.pki.checks import words
from kvcsr_widgets.pki.checks.case import Case, basic_constraints
from kvcsr_widgets.pki.finding import Entry, Finding, Level
from kvcsr_widgets.pki.plan import CLIENT_AUTH, SERVER_AUTH

EKU_DROPPED = Entry(
    "eku-dropped",
    (Level.TICK, Level.INFO),
    about="The CA left out extended key usages.",
    why=(
        "Clients refuse a certificate for a purpose that it does not name. For information only "
        "where client authentication is gone and server authentication stays: public CAs stop "
        "issuing the former in 2026, and few servers need it. So it is where the certificate names "
        "no purpose at all, which allows every one, unless clients want this one named."
    ),
    source=(
        "RFC 5280 section 4.2.1.12; BR 7.1.2.7.10; the Chrome Root Program Policy; named must be: "
        "server authentication for Apple's clients (HT210176), time stamping (RFC 3161 section "
        "2.3), OCSP signing (RFC 6960 section 4.2.2.2)."
    ),
    advice=(
        "If a service needs it, ask the CA for another profile. For client authentication (mutual "
        "TLS) it takes a CA that is not for the public web."
    ),
)
KEY_USAGE_DROPPED = Entry(
    "key-usage-dropped",
    (Level.TICK, Level.INFO),
    about="The CA left out key usages.",
    why=(
        "Software that honours the key usage refuses the key for it. For information only where "
        "keyEncipherment is gone and digitalSignature stays, or where the certificate says "
        "nothing at all: EC keys must not have the former, and TLS 1.3 uses it for no key."
    ),
    source="RFC 5280 section 4.2.1.3; RFC 8813 section 3; BR 7.1.2.7.11.",
    advice="Ask the CA whether its profile can hold it.",
)
CA_AS_LEAF = Entry(
    "ca-as-leaf",
    (Level.TICK,),
    about="The certificate over the request's key is that of a CA.",
    why="Its key could sign certificates for any name, and many clients refuse a server with it.",
    source="RFC 5280 section 4.2.1.9; BR 7.1.2.7.8.",
    advice="Ask the CA for an end-entity certificate: it probably chose the wrong profile.",
)
SELF_SIGNED_REPLY = Entry(
    "self-signed-reply",
    (Level.TICK,),
    about="The certificate names itself as its issuer: no CA signed it.",
    why=(
        "Clients trust it only where somebody installed it by hand. It may be the file of another "
        "step, not the CA's answer."
    ),
    source="RFC 5280 section 3.2.",
    advice="Send the CSR to the CA and merge what comes back.",
)


_MUST_BE_NAMED = {
    SERVER_AUTH: "Apple's clients, and the rules of public CAs, want server authentication named",
    ExtendedKeyUsageOID.TIME_STAMPING.dotted_string: (
        "those who verify time stamps want time stamping named"
    ),
    ExtendedKeyUsageOID.OCSP_SIGNING.dotted_string: "clients want OCSP signing named",
}
"""Purposes for which a certificate without any does not do, and who minds."""


def eku_dropped(case: Case) -> Iterator[Finding]:
    """Purposes that were asked for and are not there."""
    if case.asked is None or case.held is None:
        return
    asked, held = _ekus(case.asked), _ekus(case.held)
    dropped = [oid for oid in asked if oid not in held]
    if not dropped:
        return
    usual = dropped == [CLIENT_AUTH] and SERVER_AUTH in asked
    detail, level = "", Level.TICK
    if usual:
        detail, level = "Public CAs stop issuing it in 2026. A server does not need it.", Level.INFO
    elif not held:
        detail, level = _unsaid(dropped)
    told = words.listed(map(facts.eku_label, dropped))
    yield EKU_DROPPED.finding(
        f"The CA left out of the extended key usage: {told}.", detail, level=level
    )


def _unsaid(wanted: Sequence[str]) -> tuple[str, Level]:
    """What it means that the certificate names no purpose, and how grave that is."""
    allows = "The certificate has no extended key usage at all, which allows every purpose"
    demanding = [oid for oid in wanted if oid in _MUST_BE_NAMED]
    if not demanding:
        return f"{allows}.", Level.INFO
    return f"{allows}; but {'; '.join(_MUST_BE_NAMED[oid] for oid in demanding)}.", Level.TICK


def key_usage_dropped(case: Case) -> Iterator[Finding]:
    """Key usages that were asked for and are not there."""
    if case.asked is None or case.held is None:
        return
    asked, held = facts.key_usages(case.asked), facts.key_usages(case.held)
    dropped = [usage for usage in asked if usage not in held]
    if not dropped:
        return
    unsaid = not held
    usual = dropped == ["keyEncipherment"] and "digitalSignature" in held
    detail = ""
    if unsaid:
        detail = "The certificate has no key usage at all: its key may be used for anything."
    elif usual:
        detail = "EC keys must not have it, and with RSA only old ways of TLS use it."
    yield KEY_USAGE_DROPPED.finding(
        f"The CA left out of the key usage: {', '.join(dropped)}.",
        detail,
        level=Level.INFO if usual or unsaid else Level.TICK,
    )


def ca_as_leaf(case: Case) -> Iterator[Finding]:
    """The basic constraints make a CA of it."""
    found = basic_constraints(case.leaf)
    if found is not None and found.ca:
        yield CA_AS_LEAF.finding("The certificate over the request's key is a CA's certificate.")


def self_signed_reply(case: Case) -> Iterator[Finding]:
    """The chain begins and ends with it."""
    if case.chain.is_complete and not case.above:
        yield SELF_SIGNED_REPLY.finding(
            "No CA signed this: the certificate names itself as its issuer."
        )


def _ekus(extensions: x509.Extensions) -> tuple[str, ...]:
    """As dotted OIDs."""
    try:
        found = extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return ()
    return tuple(oid.dotted_string for oid in found)
