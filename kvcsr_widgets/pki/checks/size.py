"""Whether key and chain fit into the secret that the vault keeps them in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding

from kvcsr_widgets.pki.checks.case import Case
from kvcsr_widgets.pki.finding import Entry, Finding, Level

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
    advice=(
        "Ask the CA for a shorter chain or for fewer names. The root counts too: it can be left "
        "out of the file."
    ),
)


_FRAME, _PART = 250, 60  # bytes that RFC 7292 puts around everything, and around each part


def too_large(case: Case) -> Iterator[Finding]:
    """Measured without the key, then estimated with it."""
    chain = case.chain.certificates
    sizes = [len(certificate.public_bytes(Encoding.DER)) for certificate in chain]
    whole = estimate(sizes, case.pending.csr.public_key)
    if whole <= MAX_SECRET:
        return
    alone, what = in_base64(sum(sizes)), "chain" if len(chain) > 1 else "certificate"
    if alone > MAX_SECRET:
        title, level = f"The {what} has {alone:,} characters", Level.STOP
    else:
        title, level = f"Key and {what} have about {whole:,} characters", Level.TICK
    yield TOO_LARGE.finding(
        f"{title}; a secret of the vault holds {MAX_SECRET:,}.",
        "The limit is documented for secrets; how the vault words its refusal is not known.",
        level=level,
    )


def estimate(sizes: Sequence[int], key: CertificatePublicKeyTypes) -> int:
    """About the characters of a secret: a PFX in base64 (RFC 7292), and PEM is hardly longer.

    ``sizes`` are those of the certificates, in bytes.
    """
    return in_base64(_FRAME + _PART * (len(sizes) + 1) + _key_bytes(key) + sum(sizes))


def in_base64(size: int) -> int:
    """The characters that so many bytes take, without line breaks (RFC 4648 section 4)."""
    return -(-size // 3) * 4


def _key_bytes(key: CertificatePublicKeyTypes) -> int:
    """About the bytes of a private key in PKCS #8: RSA holds its modulus 4.5 times, EC 3 times."""
    if isinstance(key, RSAPublicKey):
        return key.key_size * 9 // 16 + 70
    return (key.key_size if isinstance(key, EllipticCurvePublicKey) else 0) * 3 // 8 + 45
