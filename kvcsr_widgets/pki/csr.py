"""A certificate signing request (CSR, PKCS #10, RFC 2986): what it says and how to hand it over."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import Extensions, Name

from kvcsr_widgets.errors import InputError
from kvcsr_widgets.pki import altnames, extensions, facts
from kvcsr_widgets.pki.altnames import AlternativeName
from kvcsr_widgets.pki.subject import Subject, name_text

MAX_BYTES = 256 * 1024
"""The largest request that is read, in bytes: one with 100 names of each kind has a half of it."""


_PEM_LINE = re.compile(rb"-----(?:BEGIN|END) (?:NEW )?CERTIFICATE REQUEST-----")
"""RFC 7468 section 7; Windows writes NEW."""


@dataclass(frozen=True, slots=True)
class SubjectPart:
    """One part of a subject as it is encoded.

    ``place`` counts the parts from 1 in DER order; parts of one multi-valued part share it.
    ``key`` is Key Vault's (``CN``, or a dotted OID), ``encoding`` the ASN.1 string type.
    """

    place: int
    key: str
    oid: str
    value: str
    encoding: str


@dataclass(frozen=True)
class SigningRequest:
    """A CSR. Make one with ``from_der``.

    Only version 1 (the number 0) can be read: there is no other (RFC 2986 section 4.1). What is
    read of a hostile request raises one of ``facts.UNREADABLE``; ``rows`` never raises.
    """

    der: bytes = field(repr=False)

    @classmethod
    def from_der(cls, der: bytes) -> SigningRequest:
        """Read the DER bytes that the vault returns. Raises InputError if they are no CSR."""
        if len(der) > MAX_BYTES:
            raise InputError(
                f"A certificate signing request of {len(der):,} bytes is not read.",
                hint="One has a few thousand bytes.",
            )
        request = cls(bytes(der))
        try:
            request.public_key  # noqa: B018 - reads both the request and its key
        except facts.UNREADABLE as error:
            raise InputError(
                "What the vault returned is no certificate signing request.",
                hint="Delete the pending request in the vault and create it again.",
            ) from error
        return request

    @classmethod
    def from_file(cls, data: bytes) -> SigningRequest:
        """Read the file that went to a CA: PEM, DER, or bare base64. Raises InputError."""
        if len(data) > 2 * MAX_BYTES:
            raise InputError(f"A file of {len(data):,} bytes is no certificate signing request.")
        text = _PEM_LINE.sub(b"", data)
        try:
            return cls.from_der(base64.b64decode(b"".join(text.split()), validate=True))
        except (binascii.Error, InputError):
            return cls.from_der(data)

    @cached_property
    def x509(self) -> x509.CertificateSigningRequest:
        """The request as ``cryptography`` reads it."""
        return x509.load_der_x509_csr(self.der)

    @cached_property
    def public_key(self) -> CertificatePublicKeyTypes:
        """The public half of the key that stays in the vault."""
        return self.x509.public_key()

    @property
    def pem(self) -> str:
        """``-----BEGIN CERTIFICATE REQUEST-----`` and so on, as CAs take it (RFC 7468)."""
        return self.x509.public_bytes(Encoding.PEM).decode("ascii")

    @property
    def base64(self) -> str:
        """The bare base64 that the portal and PowerShell show, on one line."""
        return base64.b64encode(self.der).decode("ascii")

    @cached_property
    def name(self) -> Name:
        """The subject as it is encoded."""
        with facts.unwarned():
            return self.x509.subject

    @property
    def subject(self) -> str:
        """The subject as text, in Key Vault's dialect."""
        with facts.unwarned():
            return name_text(self.name)

    @property
    def parts(self) -> tuple[SubjectPart, ...]:
        """The subject part by part, in DER order."""
        with facts.unwarned():
            return tuple(
                _part(place, attribute)
                for place, rdn in enumerate(self.name.rdns, start=1)
                for attribute in rdn
            )

    @cached_property
    def extensions(self) -> Extensions:
        """The extensions that are asked for."""
        with facts.unwarned():
            return self.x509.extensions

    @property
    def names(self) -> tuple[AlternativeName, ...]:
        """The subject alternative names."""
        return altnames.held(self.extensions)

    @property
    def key(self) -> str:
        """The kind and size of the key, such as ``RSA 2048``."""
        return facts.key_label(self.public_key)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the public key (its SubjectPublicKeyInfo); 64 hexadecimal digits."""
        return facts.key_fingerprint(self.public_key)

    @property
    def grouped_fingerprint(self) -> str:
        """The fingerprint to read out on the phone: ``AB12 CD34 …``, 16 groups of four."""
        digits = self.fingerprint.upper()
        return " ".join(digits[at : at + 4] for at in range(0, len(digits), 4))

    @property
    def sha256(self) -> str:
        """SHA-256 of the request itself; 64 hexadecimal digits."""
        return hashlib.sha256(self.der).hexdigest()

    @property
    def signature_algorithm(self) -> str:
        """The signature algorithm by name and OID."""
        oid = self.x509.signature_algorithm_oid.dotted_string
        return f"{facts.SIGNATURES[oid]} ({oid})" if oid in facts.SIGNATURES else oid

    @property
    def signature_verdict(self) -> str:
        """``valid`` if the request is signed with its own key (RFC 2986 section 3).

        Else ``NOT VALID``, or that nobody here can tell.
        """
        if self.x509.signature_algorithm_oid.dotted_string not in facts.SIGNATURES:
            return "(cannot be verified: the algorithm is not known here)"
        return "valid" if self.x509.is_signature_valid else "NOT VALID"

    @property
    def signature_is_valid(self) -> bool:
        """Whether the request is signed with its own key, as far as that can be verified."""
        return self.signature_verdict == "valid"

    def rows(self) -> tuple[tuple[str, str], ...]:
        """Everything that the request says, as label and value, for people to read."""
        return tuple(self._rows())

    def _rows(self) -> Iterator[tuple[str, str]]:
        yield "Version", "1"
        yield "Subject", self._told_subject()
        yield "Key", self.key
        if isinstance(self.public_key, RSAPublicKey):
            yield "Public exponent", str(self.public_key.public_numbers().e)
        yield from extensions.rows(self.x509)
        yield "Signed with", self.signature_algorithm
        yield "Signature", self.signature_verdict
        yield "SHA-256 of the public key", self.fingerprint
        yield "SHA-256 of the CSR", self.sha256

    def _told_subject(self) -> str:
        try:
            return facts.shown(self.subject) or "(none)"
        except facts.UNREADABLE as error:
            return f"(cannot be read: {facts.shown(str(error))})"


def _part(place: int, attribute: x509.NameAttribute[str | bytes]) -> SubjectPart:
    told = Subject.from_name(x509.Name([attribute])).attributes[0]
    return SubjectPart(
        place,
        told.key,
        attribute.oid.dotted_string,
        told.value,
        attribute._type.name,  # noqa: SLF001 - cryptography tells the string type nowhere else
    )
