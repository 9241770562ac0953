"""What a mistake of the practice CA is, and what it works on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding

from kvcsr_widgets.errors import InputError
from kvcsr_widgets.practice import hierarchy
from kvcsr_widgets.practice.hierarchy import Draft, Issuer, Key

Certificates = Sequence[x509.Certificate]


@dataclass(frozen=True)
class Job:
    """A request at the practice CA, the CA's own means, and what the vault knows of the request.

    ``months`` is the validity that the policy asks for. ``own_key`` is the private key of the
    request, None for one that is not of this vault; ``other`` is the public key of another request
    that waits.
    """

    csr: x509.CertificateSigningRequest
    now: dt.datetime
    days: int
    issuer: Issuer
    root: x509.Certificate
    months: int = 12
    own_key: Key | None = field(default=None, repr=False)
    other: CertificatePublicKeyTypes | None = None

    @property
    def draft(self) -> Draft:
        """The certificate as it should be."""
        return self.lasting(self.days)

    def lasting(self, days: int) -> Draft:
        """The certificate, valid from now on for so many days."""
        end = self.now + dt.timedelta(days=days)
        return hierarchy.for_request(self.csr, self.now - hierarchy.BACKDATED, end)

    @property
    def leaf(self) -> x509.Certificate:
        """The certificate as it should be, signed as it should be."""
        return self.draft.signed_by(self.issuer)

    def chain(self, draft: Draft) -> tuple[x509.Certificate, ...]:
        """A leaf with the certificates above it, as the CA sends them, without the root."""
        return draft.signed_by(self.issuer), self.issuer.certificate


@dataclass(frozen=True)
class Made:
    """The bytes of a file and the ending that its name has."""

    kind: str
    content: bytes


@dataclass(frozen=True)
class WrongFile:
    """A file that the CA sends, wrong on purpose."""

    filename: str
    content: bytes = field(repr=False)

    @property
    def kind(self) -> str:
        """The ending of the name, such as ``pem`` or ``zip``."""
        return self.filename.rpartition(".")[2]


@dataclass(frozen=True)
class Mistake:
    """One way to be wrong.

    ``label`` is what a person chooses, ``about`` one sentence on it. ``codes`` are those of
    ``pki.catalogue`` that it must show; none for a file in which nothing can be read.
    """

    label: str
    about: str
    codes: tuple[str, ...]
    make: Callable[[Job], Made] = field(repr=False)


def in_a_file(certificates: Callable[[Job], Certificates]) -> Callable[[Job], Made]:
    """Sends certificates as PEM, which keeps their order."""
    return lambda job: Made("pem", pem(certificates(job)))


def pem(certificates: Certificates) -> bytes:
    """Certificates as PEM, one after the other."""
    return b"".join(each.public_bytes(Encoding.PEM) for each in certificates)


def no_occasion(lacks: str) -> InputError:
    """The error for a mistake that a request leaves no room for."""
    return InputError(
        f"This request has {lacks}, so the CA cannot get that wrong.",
        hint="Choose another mistake, or a request that asks for it.",
    )
