"""Checks before a merge: what stands against it, what to know, as a list of findings.

Nothing here asks the network, so neither trust nor revocation is checked; ``pki.catalogue`` tells
what is.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

from cryptography import x509

from kvcsr_widgets.pki import chain, facts
from kvcsr_widgets.pki.catalogue import CATALOGUE
from kvcsr_widgets.pki.checks import (
    above,
    names,
    reading,
    request,
    size,
    strength,
    usage,
    validity,
)
from kvcsr_widgets.pki.checks.case import Case
from kvcsr_widgets.pki.finding import Finding, Level
from kvcsr_widgets.pki.leaf import choose_leaf
from kvcsr_widgets.pki.pending import PendingRequest
from kvcsr_widgets.pki.signed import SignedFile

CHECKS: tuple[Callable[[Case], Iterator[Finding]], ...] = (
    request.key_fits,
    request.several_fit,
    size.too_large,
    reading.unreadable_request,
    reading.unreadable_certificate,
    names.subject_dropped,
    names.subject_changed,
    names.subject_added,
    names.names_dropped,
    names.names_changed,
    names.names_added,
    usage.eku_dropped,
    usage.key_usage_dropped,
    usage.ca_as_leaf,
    usage.self_signed_reply,
    validity.not_yet_valid,
    validity.expired,
    validity.shorter_than_asked,
    validity.longer_than_asked,
    validity.over_public_limit,
    strength.weak_signature,
    strength.weak_key,
    above.chain_incomplete,
    above.chain_broken,
    above.intermediate_expired,
    above.intermediate_not_yet_valid,
    above.intermediate_expires_first,
    above.intermediate_not_ca,
    above.path_too_long,
    above.root_absent,
    above.root_included,
    above.reordered,
    above.not_in_chain,
)
"""The checks of a reply that fits the request; findings are sorted, so their order is free."""

_LEVELS = list(Level)
_CODES = list(CATALOGUE)


def preflight(
    pending: PendingRequest,
    signed: SignedFile,
    now: dt.datetime,
    *,
    leaf: x509.Certificate | None = None,
) -> list[Finding]:
    """Hold a CA's reply against the request; ``now`` is an aware time. Nothing raises.

    ``leaf`` is the certificate to merge where that was chosen before; else ``choose_leaf`` does.
    What stops the merge comes first, then what needs a tick, then what is for information, each in
    the order of the catalogue.
    """
    with facts.unwarned():
        chosen = leaf or choose_leaf(pending, signed, now)
        found = list(_findings(pending, signed, chosen, now))
    return sorted(found, key=lambda each: (_LEVELS.index(each.level), _CODES.index(each.code)))


def _findings(
    pending: PendingRequest,
    signed: SignedFile,
    leaf: x509.Certificate | None,
    now: dt.datetime,
) -> Iterator[Finding]:
    for look in request.STATE:
        yield from look(pending, leaf)
    if leaf is None:
        yield from request.key_differs(pending, signed)
    else:
        case = Case(pending, signed, leaf, chain.build(leaf, signed.certificates, now), now)
        for check in CHECKS:
            yield from check(case)
    yield from reading.file_notes(signed)
    yield from reading.not_checked()
