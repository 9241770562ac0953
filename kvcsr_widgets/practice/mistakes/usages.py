"""Mistakes in what the certificate may be used for."""

from __future__ import annotations

from collections.abc import Sequence

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID

from kvcsr_widgets.pki.facts import key_usages
from kvcsr_widgets.pki.requested import key_usage
from kvcsr_widgets.practice.hierarchy import Draft
from kvcsr_widgets.practice.mistakes.mistake import (
    Certificates,
    Job,
    Mistake,
    in_a_file,
    no_occasion,
)

_OF_KEY_AGREEMENT = ("encipherOnly", "decipherOnly")


def eku_dropped(job: Job) -> Certificates:
    """Without the first extended key usage."""
    asked = _ekus(job)
    if not asked:
        raise no_occasion("no extended key usage")
    return job.chain(_having_ekus(job.draft, asked[1:]))


def client_auth_dropped(job: Job) -> Certificates:
    """Without client authentication, for servers."""
    asked = _ekus(job)
    kept = [oid for oid in asked if oid != ExtendedKeyUsageOID.CLIENT_AUTH]
    if kept == asked or ExtendedKeyUsageOID.SERVER_AUTH not in kept:
        raise no_occasion("not both client and server authentication")
    return job.chain(_having_ekus(job.draft, kept))


def _ekus(job: Job) -> list[x509.ObjectIdentifier]:
    try:
        return list(job.csr.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value)
    except x509.ExtensionNotFound:
        return []


def _having_ekus(draft: Draft, ekus: Sequence[x509.ObjectIdentifier]) -> Draft:
    if not ekus:
        return draft.lacking(ExtensionOID.EXTENDED_KEY_USAGE)
    return draft.having(x509.ExtendedKeyUsage(ekus))


def key_usage_dropped(job: Job) -> Certificates:
    """Without the first key usage, and what means nothing without it (RFC 5280 4.2.1.3)."""
    asked = key_usages(job.csr.extensions)
    if not asked:
        raise no_occasion("no key usage")
    gone = (asked[0], *(_OF_KEY_AGREEMENT if asked[0] == "keyAgreement" else ()))
    kept = [usage for usage in asked if usage not in gone]
    if not kept:
        return job.chain(job.draft.lacking(ExtensionOID.KEY_USAGE))
    return job.chain(job.draft.having(key_usage(kept), critical=True))


def ca_as_leaf(job: Job) -> Certificates:
    """One with which anybody could sign others."""
    constraints = x509.BasicConstraints(ca=True, path_length=0)
    return job.chain(job.draft.having(constraints, critical=True))


MISTAKES: dict[str, Mistake] = {
    "eku-dropped": Mistake(
        "Usages: an extended key usage left out",
        "The CA left out the first extended key usage that was asked for.",
        ("eku-dropped",),
        in_a_file(eku_dropped),
    ),
    "client-auth-dropped": Mistake(
        "Usages: client authentication left out",
        "The CA left out client authentication, as public CAs do from 2026 on.",
        ("eku-dropped",),
        in_a_file(client_auth_dropped),
    ),
    "key-usage-dropped": Mistake(
        "Usages: a key usage left out",
        "The CA left out a key usage.",
        ("key-usage-dropped",),
        in_a_file(key_usage_dropped),
    ),
    "ca-as-leaf": Mistake(
        "Usages: a CA's certificate",
        "The certificate is one of a CA: whoever has its key could sign others.",
        ("ca-as-leaf",),
        in_a_file(ca_as_leaf),
    ),
}
