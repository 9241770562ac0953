"""The practice CA: a root and an intermediate, made once for each practice vault.

Nothing trusts it, and nothing should. Like many CAs it takes over the subject and the extensions
of the request; unlike them it checks nothing but the request's own signature.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
    pkcs7,
)
from cryptography.x509.oid import NameOID

from kvcsr_widgets.errors import InputError
from kvcsr_widgets.pki.facts import UNREADABLE
from kvcsr_widgets.pki.signing import DEFAULT_DAYS, openssl_commands
from kvcsr_widgets.practice.clock import Clock
from kvcsr_widgets.practice.store import Store

ROOT_LIFE = dt.timedelta(days=3650)
INTERMEDIATE_LIFE = dt.timedelta(days=1825)

BACKDATED = dt.timedelta(minutes=5)
_COPIED = (x509.SubjectAlternativeName, x509.KeyUsage, x509.ExtendedKeyUsage)


@dataclass(frozen=True)
class Reply:
    """What the CA sends back: the certificate and the chain above it, intermediate first."""

    leaf: x509.Certificate
    chain: tuple[x509.Certificate, ...]

    @property
    def cer(self) -> bytes:
        """The certificate alone, as DER."""
        return self.leaf.public_bytes(Encoding.DER)

    @property
    def pem(self) -> bytes:
        """The certificate alone, as PEM."""
        return self.leaf.public_bytes(Encoding.PEM)

    @property
    def p7b(self) -> bytes:
        """The certificate and its chain, as PKCS #7 in DER."""
        return pkcs7.serialize_certificates([self.leaf, *self.chain], Encoding.DER)

    def file(self, kind: str) -> bytes:
        """The bytes of a ``.cer``, ``.pem`` or ``.p7b`` file."""
        return {"cer": self.cer, "pem": self.pem, "p7b": self.p7b}[kind]


class Authority:
    """The CA of one practice vault; its keys are in the vault's file."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self.clock = clock

    def sign(self, csr_der: bytes, *, days: int = DEFAULT_DAYS, until: int | None = None) -> Reply:
        """Sign a request for ``days`` days, or until a Unix second.

        Raises InputError if it is none, or not its own.
        """
        try:
            csr = x509.load_der_x509_csr(csr_der)
            valid = csr.is_signature_valid
        except UNREADABLE as error:
            raise InputError("This is no certificate signing request.") from error
        if not valid:
            raise InputError("The request's signature is not valid: it was changed on its way.")
        root, intermediate, key = self._load()
        now = self._now()
        end = now + dt.timedelta(days=days)
        if until is not None:
            end = dt.datetime.fromtimestamp(until, dt.UTC)
        builder = (
            _builder(csr.subject, intermediate.subject, csr.public_key(), now, end)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_authority_key(intermediate), critical=False)
        )
        for extension in csr.extensions:
            if isinstance(extension.value, _COPIED):
                builder = builder.add_extension(extension.value, critical=extension.critical)
        return Reply(builder.sign(key, hashes.SHA256()), (intermediate, root))

    @staticmethod
    def openssl(name: str, *, days: int = DEFAULT_DAYS) -> str:
        """The shell lines that do the same outside, for the request ``name``."""
        return openssl_commands(name, days=days)

    def _now(self) -> dt.datetime:
        return dt.datetime.fromtimestamp(int(self.clock()), dt.UTC)

    def _load(self) -> tuple[x509.Certificate, x509.Certificate, rsa.RSAPrivateKey]:
        with self.store.transaction():
            root = self.store.secret("root")
            intermediate = self.store.secret("intermediate")
            key = self.store.secret("intermediate-key")
            if root is None or intermediate is None or key is None or self._is_over(intermediate):
                root, intermediate, key = self._make()
        private = load_der_private_key(key, None)
        assert isinstance(private, rsa.RSAPrivateKey)
        return (
            x509.load_der_x509_certificate(root),
            x509.load_der_x509_certificate(intermediate),
            private,
        )

    def _is_over(self, der: bytes) -> bool:
        """Whether a certificate of the CA has expired, as after a long move of the clock."""
        return x509.load_der_x509_certificate(der).not_valid_after_utc <= self._now()

    def _make(self) -> tuple[bytes, bytes, bytes]:
        """A new hierarchy. The root's key is not kept: nothing else needs its signature."""
        now = self._now()
        root_key, key = (rsa.generate_private_key(65537, 2048) for _ in range(2))
        root_name, name = _name("Practice Root CA"), _name("Practice Issuing CA")
        root = (
            _builder(root_name, root_name, root_key.public_key(), now, now + ROOT_LIFE)
            .add_extension(x509.BasicConstraints(ca=True, path_length=1), critical=True)
            .add_extension(_ca_usage(), critical=True)
            .sign(root_key, hashes.SHA256())
        )
        intermediate = (
            _builder(name, root_name, key.public_key(), now, now + INTERMEDIATE_LIFE)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_ca_usage(), critical=True)
            .add_extension(_authority_key(root), critical=False)
            .sign(root_key, hashes.SHA256())
        )
        made = (
            root.public_bytes(Encoding.DER),
            intermediate.public_bytes(Encoding.DER),
            key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()),
        )
        for kept, value in zip(("root", "intermediate", "intermediate-key"), made, strict=True):
            self.store.set_secret(kept, value)
        return made


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: CertificatePublicKeyTypes,
    now: dt.datetime,
    end: dt.datetime,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATED)
        .not_valid_after(end)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _authority_key(issuer: x509.Certificate) -> x509.AuthorityKeyIdentifier:
    identifier = issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier)


def _ca_usage() -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )


def _name(common_name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Practice only, not trusted"),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )
