"""Checks before a merge: what stands against it, what to know, as a list of findings.

Not checked here: whether the CA is trusted, and whether a certificate is revoked.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from cryptography import x509

from kvcsr_widgets.pki import altnames, chain, facts
from kvcsr_widgets.pki.csr import SigningRequest
from kvcsr_widgets.pki.finding import Finding, Level
from kvcsr_widgets.pki.pending import PendingRequest
from kvcsr_widgets.pki.signed import SignedFile
from kvcsr_widgets.pki.subject import name_text


def preflight(pending: PendingRequest, signed: SignedFile, now: dt.datetime) -> list[Finding]:
    """Hold a CA's reply against the request; ``now`` is an aware time. Nothing raises."""
    request = pending.csr
    leaf = signed.leaf_for(request.public_key)
    if leaf is None:
        return [_key_differs(request, signed)]
    found = [
        Finding(
            "key-fits",
            Level.INFO,
            "This certificate belongs to this request.",
            f"Its public key is the one of the CSR (SHA-256 {request.fingerprint[:16]}…).",
        )
    ]
    found.extend(_validity(leaf, now))
    found.extend(_names(request, leaf))
    found.extend(_chain(leaf, signed))
    return found


def _key_differs(request: SigningRequest, signed: SignedFile) -> Finding:
    subjects = "; ".join(name_text(c.subject) or "(no subject)" for c in signed.certificates[:3])
    return Finding(
        "key-differs",
        Level.STOP,
        "No certificate in the file belongs to this request: the keys differ.",
        f"In the file: {subjects}. Wanted: a certificate over the key with SHA-256 "
        f"{request.fingerprint[:16]}….",
        "Choose the request that this certificate was made for. If the request was deleted and "
        "created again, its key is a new one: have the new CSR signed.",
    )


def _validity(leaf: x509.Certificate, now: dt.datetime) -> Iterator[Finding]:
    begin, end = leaf.not_valid_before_utc, leaf.not_valid_after_utc
    if now < begin:
        yield Finding(
            "not-yet-valid",
            Level.TICK,
            f"The certificate is not valid before {begin:%Y-%m-%d %H:%M} UTC.",
            hint="Check this machine's clock, or wait before you put it to use.",
        )
    if now > end:
        yield Finding(
            "expired",
            Level.TICK,
            f"The certificate expired on {end:%Y-%m-%d %H:%M} UTC.",
            hint="Is this last year's file? Ask the CA for the new one.",
        )


def _names(request: SigningRequest, leaf: x509.Certificate) -> Iterator[Finding]:
    try:
        asked = request.names
    except facts.UNREADABLE as error:
        yield Finding(
            "unreadable-request",
            Level.TICK,
            "The names of the CSR cannot be read, so they cannot be compared.",
            f"{error}.",
        )
        return
    try:
        got = {name.canonical for name in altnames.held(leaf.extensions)}
    except facts.UNREADABLE as error:
        yield Finding(
            "unreadable-extensions",
            Level.TICK,
            "The certificate's extensions cannot be read.",
            f"{error}.",
            "Have the CA look at it: some clients will refuse such a certificate.",
        )
        return
    dropped = [str(name) for name in asked if name.canonical not in got]
    if dropped:
        yield Finding(
            "names-dropped",
            Level.TICK,
            "The CA left out names that were asked for.",
            ", ".join(dropped),
            "Clients will refuse the certificate for these names. Ask the CA, or merge knowingly.",
        )


def _chain(leaf: x509.Certificate, signed: SignedFile) -> Iterator[Finding]:
    found = chain.ordered(leaf, signed.certificates)
    if len(found) == 1 and not chain.is_self_issued(leaf):
        yield Finding(
            "leaf-only",
            Level.INFO,
            "The file holds the certificate without its issuer.",
            f"Issued by {name_text(leaf.issuer)}.",
            "The merge works. Services that need the whole chain want the CA's .p7b instead.",
        )
    elif len(found) > 1:
        path = " ← ".join(name_text(certificate.subject) for certificate in found)
        yield Finding("chain", Level.INFO, f"A chain of {len(found)} will be merged.", path)
    extra = len(signed.certificates) - len(found)
    if extra:
        yield Finding(
            "not-in-chain",
            Level.INFO,
            f"{extra} of the {len(signed.certificates)} certificates are left out of the merge.",
            "They belong to no one in the chain.",
        )
