"""A certificate signing request (CSR, PKCS #10, RFC 2986): what it says and how to hand it over."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from functools import cached_property

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding

from kvcsr_widgets.errors import InputError
from kvcsr_widgets.pki import facts
from kvcsr_widgets.pki.subject import name_text


@dataclass(frozen=True)
class SigningRequest:
    """A CSR. Make one with ``from_der``."""

    der: bytes = field(repr=False)

    @classmethod
    def from_der(cls, der: bytes) -> SigningRequest:
        """Read the DER bytes that the vault returns. Raises InputError if they are no CSR."""
        request = cls(bytes(der))
        try:
            request.public_key  # noqa: B018 - reads both the request and its key
        except facts.UNREADABLE as error:
            raise InputError(
                "What the vault returned is no certificate signing request.",
                hint="Delete the pending request in the vault and create it again.",
            ) from error
        return request

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

    @property
    def subject(self) -> str:
        """The subject as text, in Key Vault's dialect."""
        return name_text(self.x509.subject)

    @property
    def names(self) -> tuple[str, ...]:
        """The subject alternative names."""
        return facts.alternative_names(self.x509.extensions)

    @property
    def key(self) -> str:
        """The kind and size of the key, such as ``RSA 2048``."""
        return facts.key_label(self.public_key)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the public key, to read out to the CA; 64 hexadecimal digits."""
        return facts.key_fingerprint(self.public_key)

    @property
    def signature_is_valid(self) -> bool:
        """Whether the request is signed with its own key (RFC 2986 section 3)."""
        return self.x509.is_signature_valid

    def rows(self) -> tuple[tuple[str, str], ...]:
        """Everything that the request says, as label and value, for people to read."""
        extensions = self.x509.extensions
        signed_with = self.x509.signature_hash_algorithm
        return (
            ("Subject", self.subject or "(none)"),
            ("DNS and other names", ", ".join(self.names) or "(none)"),
            ("Key", self.key),
            ("Key usage", ", ".join(facts.key_usages(extensions)) or "(none)"),
            ("Extended key usage", ", ".join(facts.extended_key_usages(extensions)) or "(none)"),
            ("Signed with", signed_with.name.upper() if signed_with else "(no separate hash)"),
            ("Signature", "valid" if self.signature_is_valid else "NOT VALID"),
            ("SHA-256 of the public key", self.fingerprint),
        )
