"""How the practice CA makes certificates: its own, and those that it signs for others."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.x509.oid import NameOID

from kvcsr_widgets.pki.altnames import cn_hosts
from kvcsr_widgets.pki.requested import NOT_A_CA, key_usage

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey

ROOT_LIFE = dt.timedelta(days=3650)
INTERMEDIATE_LIFE = dt.timedelta(days=1825)
BACKDATED = dt.timedelta(minutes=5)
"""How long before its signature a certificate begins: clocks differ."""

ROOT, ISSUING = "Practice Root CA", "Practice Issuing CA"

_COPIED = (x509.SubjectAlternativeName, x509.KeyUsage, x509.ExtendedKeyUsage)


@dataclass(frozen=True)
class Issuer:
    """A CA that can sign: its certificate and its key."""

    certificate: x509.Certificate
    key: Key = field(repr=False)


@dataclass(frozen=True)
class Draft:
    """A certificate that waits for a signature; ``extensions`` lack the two key identifiers."""

    subject: x509.Name
    key: CertificatePublicKeyTypes
    begin: dt.datetime
    end: dt.datetime
    extensions: tuple[x509.Extension[x509.ExtensionType], ...]

    def having(self, value: x509.ExtensionType, *, critical: bool = False) -> Draft:
        """With an extension, in the place of one of its kind."""
        added = x509.Extension(value.oid, critical, value)
        return replace(self, extensions=(*self.lacking(value.oid).extensions, added))

    def lacking(self, oid: x509.ObjectIdentifier) -> Draft:
        """Without an extension."""
        return replace(self, extensions=tuple(e for e in self.extensions if e.oid != oid))

    def signed_by(self, issuer: Issuer) -> x509.Certificate:
        """The certificate under a CA."""
        above = issuer.certificate.extensions
        identifier = above.get_extension_for_class(x509.SubjectKeyIdentifier).value
        return self._sign(issuer.certificate.subject, issuer.key, identifier)

    def self_signed(self, key: Key) -> x509.Certificate:
        """The certificate signed with its own key."""
        return self._sign(self.subject, key, x509.SubjectKeyIdentifier.from_public_key(self.key))

    def _sign(
        self, issuer: x509.Name, key: Key, identifier: x509.SubjectKeyIdentifier
    ) -> x509.Certificate:
        own = x509.SubjectKeyIdentifier.from_public_key(self.key)
        above = x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier)
        builder = (
            x509.CertificateBuilder()
            .subject_name(self.subject)
            .issuer_name(issuer)
            .public_key(self.key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(self.begin)
            .not_valid_after(self.end)
            .add_extension(own, critical=False)
        )
        if self.subject != issuer:
            builder = builder.add_extension(above, critical=False)
        for extension in self.extensions:
            builder = builder.add_extension(extension.value, critical=extension.critical)
        return builder.sign(key, hashes.SHA256())


def for_request(csr: x509.CertificateSigningRequest, begin: dt.datetime, end: dt.datetime) -> Draft:
    """What the practice CA makes of a request: subject, names and usages as they are.

    Host names that the CN alone asks for become alternative names, as with public CAs.
    """
    copied = (each for each in csr.extensions if isinstance(each.value, _COPIED))
    not_a_ca = x509.Extension(NOT_A_CA.oid, True, NOT_A_CA)
    draft = Draft(csr.subject, csr.public_key(), begin, end, (not_a_ca, *copied))
    hosts = [x509.DNSName(host) for host in cn_hosts(csr.subject, csr.extensions)]
    return draft.having(x509.SubjectAlternativeName(hosts)) if hosts else draft


def for_ca(
    common_name: str, key: Key, begin: dt.datetime, end: dt.datetime, *, below: int
) -> Draft:
    """A CA over its key; ``below`` is how many CAs may stand between it and a leaf."""
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Practice only, not trusted"),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )
    constraints = x509.BasicConstraints(ca=True, path_length=below)
    usage = key_usage(("keyCertSign", "cRLSign"))
    return (
        Draft(name, key.public_key(), begin, end, ())
        .having(constraints, critical=True)
        .having(usage, critical=True)
    )


def new_key(bits: int = 2048) -> rsa.RSAPrivateKey:
    """A key for a CA; RSA, as most CAs have it."""
    return rsa.generate_private_key(65537, bits)


def new_root(common_name: str, now: dt.datetime) -> Issuer:
    """A root with a new key."""
    key = new_key()
    draft = for_ca(common_name, key, now - BACKDATED, now + ROOT_LIFE, below=1)
    return Issuer(draft.self_signed(key), key)


def below(
    root: Issuer,
    common_name: str,
    now: dt.datetime,
    *,
    key: Key | None = None,
    begin: dt.datetime | None = None,
    end: dt.datetime | None = None,
) -> Issuer:
    """A CA under a root, over a new key unless one is given."""
    key = key or new_key()
    begin, end = begin or now - BACKDATED, end or now + INTERMEDIATE_LIFE
    draft = for_ca(common_name, key, begin, end, below=0)
    return Issuer(draft.signed_by(root), key)
