"""Mistakes in how long the certificate is valid, and in how strong its signature and keys are."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from kvcsr_widgets.pki.lifetimes import asked_days, public_limit
from kvcsr_widgets.practice import hierarchy
from kvcsr_widgets.practice.hierarchy import Issuer
from kvcsr_widgets.practice.mistakes.mistake import Certificates, Job, Mistake, in_a_file

DAY = dt.timedelta(days=1)
SHORT = 7
"""Days: shorter than any policy can ask for."""
WEAK_BITS = 1024

_SHA256_WITH_RSA = bytes.fromhex("06092a864886f70d01010b")
_SHA1_WITH_RSA = bytes.fromhex("06092a864886f70d010105")
"""Object identifiers of RFC 8017 appendix C, in DER: both have the same length."""


def not_yet_valid(job: Job) -> Certificates:
    """Valid from in a month on."""
    begin = job.now + 30 * DAY
    return job.chain(replace(job.draft, begin=begin, end=begin + job.days * DAY))


def expired(job: Job) -> Certificates:
    """Valid until yesterday."""
    end = job.now - DAY
    return job.chain(replace(job.draft, begin=end - job.days * DAY, end=end))


def shorter(job: Job) -> Certificates:
    """Valid for a week."""
    return job.chain(job.lasting(SHORT))


def longer(job: Job) -> Certificates:
    """Valid for two months more than the policy asks for."""
    return job.chain(job.lasting(asked_days(job.months, job.now.date()) + 60))


def over_limit(job: Job) -> Certificates:
    """Valid for a month more than public CAs may issue today."""
    return job.chain(job.lasting(public_limit(job.now.date()) + 30))


def weak_signature(job: Job) -> Certificates:
    """Signed with SHA-1."""
    return with_sha1(job.leaf, job.issuer), job.issuer.certificate


def with_sha1(certificate: x509.Certificate, issuer: Issuer) -> x509.Certificate:
    """A certificate that an RSA key signed, with SHA-1 in the place of SHA-256.

    ``cryptography`` makes no such certificate any more: the two algorithms' identifiers are
    exchanged in the encoded one, and it is signed anew.
    """
    assert isinstance(issuer.key, rsa.RSAPrivateKey)
    body = certificate.tbs_certificate_bytes.replace(_SHA256_WITH_RSA, _SHA1_WITH_RSA)
    signature = issuer.key.sign(body, padding.PKCS1v15(), hashes.SHA1())  # noqa: S303 - meant
    der = certificate.public_bytes(Encoding.DER).replace(_SHA256_WITH_RSA, _SHA1_WITH_RSA)
    return x509.load_der_x509_certificate(der[: -len(signature)] + signature)


def weak_key(job: Job) -> Certificates:
    """Below a CA with an RSA key of 1024 bits."""
    root = hierarchy.new_root("Practice Root CA with a weak CA", job.now)
    key = hierarchy.new_key(WEAK_BITS)
    issuer = hierarchy.below(root, "Practice CA with a weak key", job.now, key=key)
    return job.draft.signed_by(issuer), issuer.certificate


MISTAKES: dict[str, Mistake] = {
    "not-yet-valid": Mistake(
        "Validity: begins in a month",
        "The certificate is dated ahead.",
        ("not-yet-valid",),
        in_a_file(not_yet_valid),
    ),
    "expired": Mistake(
        "Validity: over since yesterday",
        "The certificate has expired, as when last year's file is sent again.",
        ("expired",),
        in_a_file(expired),
    ),
    "shorter": Mistake(
        "Validity: a week only",
        "The certificate ends long before the policy's months are over.",
        ("shorter-than-asked",),
        in_a_file(shorter),
    ),
    "longer": Mistake(
        "Validity: two months more than asked",
        "The certificate ends later than the policy asks.",
        ("longer-than-asked",),
        in_a_file(longer),
    ),
    "over-limit": Mistake(
        "Validity: longer than public CAs may issue",
        "The certificate lasts a month longer than a public one may: browsers would refuse it.",
        ("over-public-limit",),
        in_a_file(over_limit),
    ),
    "weak-signature": Mistake(
        "Strength: signed with SHA-1",
        "The signature is one that can be forged.",
        ("weak-signature",),
        in_a_file(weak_signature),
    ),
    "weak-key": Mistake(
        "Strength: a CA with an RSA key of 1024 bits",
        "The key of the CA that signed is too short.",
        ("weak-key",),
        in_a_file(weak_key),
    ),
}
