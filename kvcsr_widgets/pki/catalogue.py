"""Every check before a merge: its code, its levels, what it is about, and what to do.

What the checks cannot know is said by ``not-checked``. The levels are ``pki.finding.Level``.
"BR" in a source are the CA/Browser Forum's Baseline Requirements for TLS server certificates.
"""

from __future__ import annotations

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
from kvcsr_widgets.pki.finding import Entry

__all__ = ["CATALOGUE", "Entry"]

_ENTRIES = (
    # the request
    request.ALREADY_MERGED,
    request.NOT_IN_PROGRESS,
    request.ISSUER_AT_WORK,
    request.KEY_DIFFERS,
    size.TOO_LARGE,
    request.REQUEST_CANCELLED,
    request.REQUEST_FAILED,
    request.REQUEST_REMADE,
    request.SEVERAL_FIT,
    reading.UNREADABLE_REQUEST,
    request.KEY_FITS,
    # what the CA made of it
    reading.UNREADABLE_CERTIFICATE,
    names.SUBJECT_DROPPED,
    names.SUBJECT_CHANGED,
    names.SUBJECT_ADDED,
    names.NAMES_DROPPED,
    names.NAMES_CHANGED,
    names.NAMES_ADDED,
    usage.EKU_DROPPED,
    usage.KEY_USAGE_DROPPED,
    usage.CA_AS_LEAF,
    usage.SELF_SIGNED_REPLY,
    # validity
    validity.NOT_YET_VALID,
    validity.EXPIRED,
    validity.SHORTER_THAN_ASKED,
    validity.LONGER_THAN_ASKED,
    validity.OVER_PUBLIC_LIMIT,
    # strength
    strength.WEAK_SIGNATURE,
    strength.WEAK_KEY,
    # the chain
    above.CHAIN_INCOMPLETE,
    above.CHAIN_BROKEN,
    above.INTERMEDIATE_EXPIRED,
    above.INTERMEDIATE_NOT_YET_VALID,
    above.INTERMEDIATE_EXPIRES_FIRST,
    above.INTERMEDIATE_NOT_CA,
    above.PATH_TOO_LONG,
    above.ROOT_ABSENT,
    above.ROOT_INCLUDED,
    above.REORDERED,
    above.NOT_IN_CHAIN,
    # the file
    reading.FILE_NOTES,
    reading.NOT_CHECKED,
)

CATALOGUE: dict[str, Entry] = {entry.code: entry for entry in _ENTRIES}
"""By code, in the order of the findings."""
