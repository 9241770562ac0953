"""Signatures and keys that are too weak."""

from __future__ import annotations

from collections.abc import Iterator

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa

from kvcsr_widgets.pki import facts
from kvcsr_widgets.pki.checks import words
from kvcsr_widgets.pki.checks.case import Case, every
from kvcsr_widgets.pki.finding import Entry, Finding, Level

MIN_RSA_BITS = 2048
MIN_EC_BITS = 256

_WEAK_HASHES = {"md5": "MD5", "sha1": "SHA-1"}
_MD2_WITH_RSA = "1.2.840.113549.1.1.2"
_MD4_WITH_RSA = "1.2.840.113549.1.1.3"
_WEAK_OIDS = {_MD2_WITH_RSA: "MD2", _MD4_WITH_RSA: "MD4"}

WEAK_SIGNATURE = Entry(
    "weak-signature",
    (Level.TICK,),
    about="A certificate of the chain is signed with MD2, MD4, MD5 or SHA-1.",
    why=(
        "Two certificates with one such signature can be made; every client of today refuses "
        "it. The signature of a root under itself does not matter: nobody verifies it."
    ),
    source="BR 7.1.3.2; RFC 8446 section 4.4.2.4; RFC 6194 section 3.",
    advice="Have the CA issue it with SHA-256 or better.",
)
WEAK_KEY = Entry(
    "weak-key",
    (Level.TICK,),
    about=f"A key in the chain is shorter than RSA {MIN_RSA_BITS} or EC {MIN_EC_BITS} bits.",
    why="Clients of today refuse such a key anywhere in the chain.",
    source="BR 6.1.5; NIST SP 800-131A.",
    advice="Create the request with a longer key, or ask the CA for a chain of today.",
)


def weak_signature(case: Case) -> Iterator[Finding]:
    """Of the certificate and each above it but the root."""
    told = [
        f"{what} is signed with {weak}."
        for what, certificate in every(case)
        if certificate is not case.root and (weak := weak_hash(certificate))
    ]
    if told:
        yield WEAK_SIGNATURE.finding(*words.gathered(told))


def weak_key(case: Case) -> Iterator[Finding]:
    """Of the certificate and each above it."""
    told = [
        f"{what} has a weak key: {label}."
        for what, certificate in every(case)
        if (label := weak_key_of(certificate))
    ]
    if told:
        yield WEAK_KEY.finding(*words.gathered(told))


def weak_hash(certificate: x509.Certificate) -> str:
    """The name of the hash that a certificate is signed with if it is weak, else empty."""
    oid = certificate.signature_algorithm_oid.dotted_string
    try:
        used = certificate.signature_hash_algorithm
    except facts.UNREADABLE:
        return _WEAK_OIDS.get(oid, "")
    return _WEAK_HASHES.get(used.name, "") if used else ""


def weak_key_of(certificate: x509.Certificate) -> str:
    """Kind and size of the key of a certificate if it is weak, else empty."""
    try:
        key = certificate.public_key()
    except facts.UNREADABLE:
        return ""  # said by checks.reading
    if isinstance(key, rsa.RSAPublicKey | dsa.DSAPublicKey):
        weak = key.key_size < MIN_RSA_BITS
    else:
        weak = isinstance(key, ec.EllipticCurvePublicKey) and key.key_size < MIN_EC_BITS
    if not weak:
        return ""
    return f"DSA {key.key_size}" if isinstance(key, dsa.DSAPublicKey) else facts.key_label(key)
