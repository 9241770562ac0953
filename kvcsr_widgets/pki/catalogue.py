"""Every check before a merge: its code, its level, and what it is about.

What the checks cannot know is said by ``not-checked``. The levels are ``pki.finding.Level``.
"""

from __future__ import annotations

from dataclasses import dataclass

from kvcsr_widgets.pki.finding import Level


@dataclass(frozen=True, slots=True)
class Entry:
    """What a finding of this code is about, and where the rule comes from."""

    level: Level
    about: str


CATALOGUE: dict[str, Entry] = {
    # the request
    "key-differs": Entry(Level.STOP, "No certificate in the file is over the request's key."),
    "already-merged": Entry(Level.STOP, "This very certificate was merged before."),
    "not-in-progress": Entry(Level.STOP, "The request was completed with another certificate."),
    "issuer-at-work": Entry(Level.STOP, "An integrated CA completes this request by itself."),
    "request-cancelled": Entry(Level.TICK, "The request was cancelled, or is being cancelled."),
    "request-failed": Entry(Level.TICK, "The request failed; the vault would still merge."),
    "request-remade": Entry(Level.TICK, "The request was made again since its CSR was sent."),
    "too-large": Entry(Level.STOP, "More than the vault takes."),
    "unreadable-request": Entry(Level.TICK, "What the CSR asks for cannot be read."),
    "key-fits": Entry(Level.INFO, "The certificate is over the request's key."),
    # what the CA made of it
    "unreadable-certificate": Entry(Level.TICK, "The certificate's extensions cannot be read."),
    "subject-dropped": Entry(Level.INFO, "The CA left out parts of the subject."),
    "subject-changed": Entry(Level.TICK, "The CA changed parts of the subject."),
    "subject-added": Entry(Level.INFO, "The CA added parts to the subject."),
    "names-dropped": Entry(Level.TICK, "The CA left out names."),
    "names-changed": Entry(Level.TICK, "The CA put other names in the place of those asked."),
    "names-added": Entry(Level.INFO, "The CA added names."),
    "eku-dropped": Entry(Level.TICK, "The CA left out extended key usages."),
    "key-usage-dropped": Entry(Level.TICK, "The CA left out key usages."),
    "ca-as-leaf": Entry(Level.TICK, "The certificate over the request's key is a CA's."),
    "self-signed-reply": Entry(Level.TICK, "The certificate is signed with its own key."),
    # validity
    "not-yet-valid": Entry(Level.TICK, "The certificate is not valid yet."),
    "expired": Entry(Level.TICK, "The certificate is valid no more."),
    "shorter-than-asked": Entry(Level.INFO, "It ends earlier than the policy asked."),
    "longer-than-asked": Entry(Level.INFO, "It ends later than the policy asked."),
    "over-public-limit": Entry(Level.INFO, "It lasts longer than public CAs may issue."),
    # strength
    "weak-signature": Entry(Level.TICK, "Signed with MD5 or SHA-1."),
    "weak-key": Entry(Level.TICK, "A key in the chain is too short."),
    # the chain
    "chain-incomplete": Entry(Level.TICK, "The certificate that signed the leaf is missing."),
    "chain-broken": Entry(Level.TICK, "One that names itself the issuer did not sign."),
    "intermediate-expired": Entry(Level.TICK, "A certificate above the leaf is valid no more."),
    "intermediate-expires-first": Entry(Level.INFO, "One above ends before the leaf does."),
    "root-absent": Entry(Level.INFO, "The chain ends below a root."),
    "root-included": Entry(Level.INFO, "The root goes into the vault too."),
    "reordered": Entry(Level.INFO, "The file's order is not the chain's; it is sent in order."),
    "not-in-chain": Entry(Level.INFO, "Certificates of the file are left out of the merge."),
    "file-notes": Entry(Level.INFO, "What reading the file had to get over."),
    "not-checked": Entry(Level.INFO, "Revocation and trust are not checked."),
}
"""By code, in the order of the findings."""
