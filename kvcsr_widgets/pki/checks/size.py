"""Whether key and chain fit into the secret that the vault keeps them in."""

from __future__ import annotations

from collections.abc import Iterator

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding

from kvcsr_widgets.pki.checks.case import Case
from kvcsr_widgets.pki.finding import Entry, Finding, Level
from kvcsr_widgets.pki.plan import ContentType

MAX_SECRET = 25 * 1024
"""Characters of a secret: 25 KiB (Microsoft's documentation of secrets)."""

TOO_LARGE = Entry(
    "too-large",
    (Level.STOP, Level.TICK),
    about="Key and chain are more than the secret behind the certificate can hold.",
    why=(
        f"The vault keeps them as PFX or PEM in a secret of {MAX_SECRET:,} characters at most. "
        "Stops where the certificates alone are more; needs a tick where they are more with the "
        "key, whose size is estimated."
    ),
    source="Microsoft's documentation of secrets (25 KB); the answer to a merge is not recorded.",
    advice="Leave the root and what is superfluous out of the file, or ask for fewer names.",
)


def too_large(case: Case) -> Iterator[Finding]:
    """Measured as the shorter of both forms, then estimated with the key."""
    chain = case.chain.certificates
    ders = [certificate.public_bytes(Encoding.DER) for certificate in chain]
    alone = _base64(sum(map(len, ders)))
    plan = case.pending.plan
    kind = plan.content_type if plan else ContentType.PKCS12
    whole = _with_key(ders, _key_bytes(case.pending.csr.public_key), kind)
    if whole <= MAX_SECRET:
        return
    what = "chain" if len(chain) > 1 else "certificate"
    if alone > MAX_SECRET:
        title, level = f"The {what} has {alone:,} characters", Level.STOP
    else:
        title, level = f"Key and {what} have about {whole:,} characters", Level.TICK
    yield TOO_LARGE.finding(
        f"{title}; a secret of the vault holds {MAX_SECRET:,}.",
        "The limit is documented for secrets. No recording shows what the vault answers to such a "
        "merge.",
        level=level,
    )


def _with_key(ders: list[bytes], key: int, kind: ContentType) -> int:
    """Characters of the secret with a key of so many bytes."""
    if kind is ContentType.PEM:
        return sum(_pem(size) for size in (key, *map(len, ders)))
    return _base64(_PFX_FRAME + _PFX_BAG * (len(ders) + 1) + key + sum(map(len, ders)))


_PFX_FRAME, _PFX_BAG = 250, 60  # what RFC 7292 puts around everything, and around each part
_PEM_FRAME = len("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n")


def _base64(size: int) -> int:
    return -(-size // 3) * 4


def _pem(size: int) -> int:
    """Lines of 64 (RFC 7468 section 2) and the two around them."""
    digits = _base64(size)
    return digits + -(-digits // 64) + _PEM_FRAME


def _key_bytes(key: CertificatePublicKeyTypes) -> int:
    """About the bytes of a private key in PKCS #8: RSA holds its modulus 4.5 times."""
    if isinstance(key, RSAPublicKey):
        return key.key_size * 9 // 16 + 70
    return 250
