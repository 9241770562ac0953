"""A CA's reply that fits a request, as the checks look at it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from cryptography import x509

from kvcsr_widgets.pki.attributes import Attribute
from kvcsr_widgets.pki.chain import Chain
from kvcsr_widgets.pki.checks import words
from kvcsr_widgets.pki.facts import UNREADABLE
from kvcsr_widgets.pki.pending import PendingRequest
from kvcsr_widgets.pki.signed import SignedFile
from kvcsr_widgets.pki.subject import Subject


@dataclass(frozen=True)
class Case:
    """The request, the file, the certificate in it that fits, its chain, and the time (aware).

    What cannot be read of a hostile certificate or request is None here: the checks that need it
    say nothing, ``checks.reading`` says why.
    """

    pending: PendingRequest
    signed: SignedFile
    leaf: x509.Certificate
    chain: Chain
    now: dt.datetime

    @cached_property
    def asked_subject(self) -> tuple[Attribute, ...] | None:
        """The parts of the subject that the CSR asks for."""
        return parts(self.pending.csr.x509)

    @cached_property
    def subject(self) -> tuple[Attribute, ...] | None:
        """The parts of the subject that the CA made of it."""
        return parts(self.leaf)

    @cached_property
    def asked(self) -> x509.Extensions | None:
        """The extensions that the CSR asks for."""
        return extensions(self.pending.csr.x509)

    @cached_property
    def held(self) -> x509.Extensions | None:
        """The extensions of the certificate."""
        return extensions(self.leaf)

    @property
    def above(self) -> tuple[x509.Certificate, ...]:
        """The chain without the certificate itself, its issuer first."""
        return self.chain.certificates[1:]

    @property
    def root(self) -> x509.Certificate | None:
        """The root above the certificate, None where the chain ends below one."""
        return self.above[-1] if self.above and self.chain.is_complete else None


def parts(
    of: x509.Certificate | x509.CertificateSigningRequest,
) -> tuple[Attribute, ...] | None:
    """A subject part by part, None if it cannot be read."""
    try:
        return Subject.from_name(of.subject).attributes
    except UNREADABLE:
        return None


def extensions(
    of: x509.Certificate | x509.CertificateSigningRequest,
) -> x509.Extensions | None:
    """The extensions, None if they cannot be read."""
    try:
        return of.extensions
    except UNREADABLE:
        return None


def basic_constraints(certificate: x509.Certificate) -> x509.BasicConstraints | None:
    """Whether it is a CA, and how far it reaches; None where that is not said or unreadable."""
    found = extensions(certificate)
    if found is None:
        return None
    try:
        return found.get_extension_for_class(x509.BasicConstraints).value
    except x509.ExtensionNotFound:
        return None


def every(case: Case) -> Iterator[tuple[str, x509.Certificate]]:
    """Each certificate of the chain, and what to call it."""
    yield "The certificate", case.leaf
    yield from ((f"“{words.subject(each)}”", each) for each in case.above)
