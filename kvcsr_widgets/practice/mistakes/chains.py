"""Mistakes in the certificates that come with the leaf.

The practice CA keeps no key of its root. Where a mistake needs one, it makes another hierarchy.
"""

from __future__ import annotations

import datetime as dt

from cryptography import x509
from cryptography.x509.oid import AuthorityInformationAccessOID

from kvcsr_widgets.pki.requested import NOT_A_CA
from kvcsr_widgets.practice import hierarchy
from kvcsr_widgets.practice.hierarchy import ISSUING, ROOT, Issuer
from kvcsr_widgets.practice.mistakes.mistake import Certificates, Job, Mistake, in_a_file

DAY = dt.timedelta(days=1)
ADDRESS = "http://ca.practice.invalid/issuing-ca.cer"
"""Where nothing ever answers (RFC 2606)."""
OTHER_ROOT, OTHER_ISSUING = "Practice Root CA G2", "Practice Issuing CA G2"


def leaf_only(job: Job) -> Certificates:
    """The leaf without any CA's certificate; it says where that could be had."""
    where = x509.AccessDescription(
        AuthorityInformationAccessOID.CA_ISSUERS, x509.UniformResourceIdentifier(ADDRESS)
    )
    draft = job.draft.having(x509.AuthorityInformationAccess([where]))
    return (draft.signed_by(job.issuer),)


def impostor(job: Job) -> Certificates:
    """With a CA of the right name that has another key."""
    other = hierarchy.below(hierarchy.new_root(ROOT, job.now), ISSUING, job.now)
    return job.leaf, other.certificate


def expired_issuer(job: Job) -> Certificates:
    """Below a CA that has expired."""
    root = hierarchy.new_root(OTHER_ROOT, job.now - hierarchy.INTERMEDIATE_LIFE)
    begin, end = job.now - 900 * DAY, job.now - 3 * DAY
    issuer = hierarchy.below(root, OTHER_ISSUING, job.now, begin=begin, end=end)
    return job.draft.signed_by(issuer), issuer.certificate


def coming_issuer(job: Job) -> Certificates:
    """Below a CA that is not valid yet."""
    root = hierarchy.new_root(OTHER_ROOT, job.now)
    issuer = hierarchy.below(root, OTHER_ISSUING, job.now, begin=job.now + 3 * DAY)
    return job.draft.signed_by(issuer), issuer.certificate


def no_ca(job: Job) -> Certificates:
    """Signed with a certificate that is none of a CA."""
    root, key = hierarchy.new_root(OTHER_ROOT, job.now), hierarchy.new_key()
    end = job.now + hierarchy.INTERMEDIATE_LIFE
    draft = hierarchy.for_ca("Practice Web Server", key, job.now - DAY, end, below=0)
    issuer = Issuer(draft.having(NOT_A_CA, critical=True).signed_by(root), key)
    return job.draft.signed_by(issuer), issuer.certificate


def too_deep(job: Job) -> Certificates:
    """Below a CA more than the one above it allows."""
    root = hierarchy.new_root(OTHER_ROOT, job.now)
    upper = hierarchy.below(root, OTHER_ISSUING, job.now)
    lower = hierarchy.below(upper, "Practice Department CA", job.now)
    return job.draft.signed_by(lower), lower.certificate, upper.certificate


def short_issuer(job: Job) -> Certificates:
    """Below a CA that ends half-way through the leaf's life."""
    end = job.now + job.days * DAY / 2
    root = hierarchy.new_root(OTHER_ROOT, job.now)
    issuer = hierarchy.below(root, OTHER_ISSUING, job.now, end=end)
    return job.draft.signed_by(issuer), issuer.certificate


def without_root(job: Job) -> Certificates:
    """The leaf and the CA below the root."""
    return job.leaf, job.issuer.certificate


def with_root(job: Job) -> Certificates:
    """The whole chain."""
    return job.leaf, job.issuer.certificate, job.root


def turned_round(job: Job) -> Certificates:
    """The whole chain, the leaf last."""
    return with_root(job)[::-1]


def root_first(job: Job) -> Certificates:
    """The root, then the leaf, then the CA between."""
    return job.root, job.leaf, job.issuer.certificate


def superfluous(job: Job) -> Certificates:
    """With a root that has nothing to do with it."""
    return *with_root(job), hierarchy.new_root(OTHER_ROOT, job.now).certificate


def reissued(job: Job) -> Certificates:
    """With two certificates of the CA: its own, and one under another root."""
    root = hierarchy.new_root(OTHER_ROOT, job.now)
    cross = hierarchy.below(root, ISSUING, job.now, key=job.issuer.key)
    return job.leaf, cross.certificate, job.issuer.certificate, job.root


MISTAKES: dict[str, Mistake] = {
    "leaf-only": Mistake(
        "Chain: the leaf alone",
        "No CA's certificate comes with it: services that need the chain will not work.",
        ("chain-incomplete",),
        in_a_file(leaf_only),
    ),
    "impostor": Mistake(
        "Chain: a CA of the same name did not sign",
        "The CA's certificate in the file has the right name and another key.",
        ("chain-broken",),
        in_a_file(impostor),
    ),
    "issuer-expired": Mistake(
        "Chain: the CA has expired",
        "The certificate of the CA that signed is no longer valid.",
        ("intermediate-expired",),
        in_a_file(expired_issuer),
    ),
    "issuer-not-yet-valid": Mistake(
        "Chain: the CA is not valid yet",
        "The certificate of the CA that signed begins in three days.",
        ("intermediate-not-yet-valid",),
        in_a_file(coming_issuer),
    ),
    "issuer-expires-first": Mistake(
        "Chain: the CA expires before the leaf",
        "The certificate of the CA that signed ends half-way through the leaf's life.",
        ("intermediate-expires-first",),
        in_a_file(short_issuer),
    ),
    "issuer-no-ca": Mistake(
        "Chain: signed by no CA",
        "The certificate that signed is one of a server, which may not sign others.",
        ("intermediate-not-ca",),
        in_a_file(no_ca),
    ),
    "too-deep": Mistake(
        "Chain: one CA more than allowed",
        "A CA that may have none below it has one: clients refuse what that signed.",
        ("path-too-long",),
        in_a_file(too_deep),
    ),
    "root-absent": Mistake(
        "Chain: without the root",
        "The file ends below the root, as most CAs send it.",
        ("root-absent",),
        in_a_file(without_root),
    ),
    "root-included": Mistake(
        "Chain: with the root",
        "The root comes along, which clients have already or should not trust.",
        ("root-included",),
        in_a_file(with_root),
    ),
    "reversed": Mistake(
        "Chain: the leaf last",
        "The file goes from the root down to the leaf.",
        ("reordered",),
        in_a_file(turned_round),
    ),
    "root-first": Mistake(
        "Chain: the root first",
        "The file begins with the root, then come the leaf and the CA between.",
        ("reordered",),
        in_a_file(root_first),
    ),
    "superfluous": Mistake(
        "Chain: a certificate too many",
        "One of the certificates has nothing to do with the leaf.",
        ("not-in-chain",),
        in_a_file(superfluous),
    ),
    "re-issued": Mistake(
        "Chain: the CA's certificate twice, under two roots",
        "The CA has two certificates over the same name and key, one of them cross-signed.",
        ("not-in-chain",),
        in_a_file(reissued),
    ),
}
