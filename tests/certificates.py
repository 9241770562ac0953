"""Certificates to test with: keyword-only factories with good defaults, one deviation a test."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import AuthorityInformationAccessOID

from kvcsr_widgets.pki.csr import SigningRequest
from kvcsr_widgets.pki.subject import Subject

NOW = dt.datetime(2026, 6, 1, 12, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
HOST = "www.contoso.com"


@dataclass(frozen=True)
class Issued:
    """A certificate and the key below it."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)


@cache
def key(name: str) -> ec.EllipticCurvePrivateKey:
    """The key of this name, the same in a whole run."""
    del name
    return ec.generate_private_key(ec.SECP256R1())


def csr(
    *, owner: str = "leaf", subject: str = f"CN={HOST}", names: Sequence[str] = (HOST,)
) -> SigningRequest:
    """A request over the key of ``owner``."""
    builder = x509.CertificateSigningRequestBuilder(Subject.parse(subject).name)
    if names:
        san = x509.SubjectAlternativeName([x509.DNSName(name) for name in names])
        builder = builder.add_extension(san, critical=False)
    signed = builder.sign(key(owner), hashes.SHA256())
    return SigningRequest.from_der(signed.public_bytes(Encoding.DER))


def root(*, name: str = "Root CA", end: dt.datetime = NOW + 3650 * DAY) -> Issued:
    """root -> root"""
    owner = key(name)
    return _issue(f"CN={name}", owner, f"CN={name}", owner, ca=True, end=end, names=())


def intermediate(
    *,
    name: str = "Issuing CA",
    by: str = "Root CA",
    owner: str | None = None,
    signer: str | None = None,
    begin: dt.datetime = NOW - DAY,
    end: dt.datetime = NOW + 3650 * DAY,
    extensions: Sequence[x509.ExtensionType] = (),
) -> Issued:
    """root -> intermediate, over the key of ``owner``, signed with that of ``signer``.

    Called twice it is re-issued: the same name and key, another serial number.
    """
    return _issue(
        f"CN={name}",
        key(owner or name),
        f"CN={by}",
        key(signer or by),
        ca=True,
        begin=begin,
        end=end,
        names=(),
        extensions=extensions,
    )


def cross_signed(*, by: str = "Other Root CA", end: dt.datetime = NOW + 3650 * DAY) -> Issued:
    """other root -> intermediate: the issuing CA's name and key, vouched for by someone else."""
    return intermediate(by=by, end=end)


def expired_intermediate(*, by: str = "Root CA") -> Issued:
    """root -> intermediate, valid until a day ago."""
    return intermediate(by=by, begin=NOW - 365 * DAY, end=NOW - DAY)


def identifiers(*, own: str, issuer: str) -> tuple[x509.ExtensionType, ...]:
    """The key identifiers of two keys, of the subject and of the authority."""
    return (
        x509.SubjectKeyIdentifier.from_public_key(key(own).public_key()),
        x509.AuthorityKeyIdentifier.from_issuer_public_key(key(issuer).public_key()),
    )


def aia(*addresses: str) -> x509.AuthorityInformationAccess:
    """Where the issuer can be fetched."""
    return x509.AuthorityInformationAccess(
        x509.AccessDescription(
            AuthorityInformationAccessOID.CA_ISSUERS, x509.UniformResourceIdentifier(address)
        )
        for address in addresses
    )


def leaf(
    *,
    owner: str = "leaf",
    subject: str = f"CN={HOST}",
    names: Sequence[str] = (HOST,),
    begin: dt.datetime = NOW - DAY,
    end: dt.datetime = NOW + 90 * DAY,
    by: str = "Issuing CA",
    signer: str | None = None,
    extensions: Sequence[x509.ExtensionType] = (),
) -> Issued:
    """root -> intermediate -> leaf, over the key of ``owner``."""
    return _issue(
        subject,
        key(owner),
        f"CN={by}",
        key(signer or by),
        begin=begin,
        end=end,
        names=names,
        extensions=extensions,
    )


def self_signed(*, owner: str = "leaf") -> Issued:
    """leaf -> leaf"""
    return _issue(f"CN={HOST}", key(owner), f"CN={HOST}", key(owner), names=(HOST,))


def rsa_certificate(key: rsa.RSAPrivateKey) -> x509.Certificate:
    """leaf -> leaf, over a key of RSA."""
    name = Subject.parse(f"CN={HOST}").name
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - DAY)
        .not_valid_after(NOW + DAY)
        .sign(key, hashes.SHA256())
    )


def of_unknown_key() -> x509.Certificate:
    """A certificate over a key of an algorithm that nobody knows (an unassigned OID)."""
    ec_key = bytes.fromhex("06072a8648ce3d0201")  # id-ecPublicKey, RFC 5480
    return x509.load_der_x509_certificate(leaf().der.replace(ec_key, ec_key[:-1] + b"\x7f"))


def _issue(
    subject: str,
    subject_key: ec.EllipticCurvePrivateKey,
    issuer: str,
    issuer_key: ec.EllipticCurvePrivateKey,
    *,
    ca: bool = False,
    begin: dt.datetime = NOW - DAY,
    end: dt.datetime = NOW + 3650 * DAY,
    names: Sequence[str],
    extensions: Sequence[x509.ExtensionType] = (),
) -> Issued:
    builder = (
        x509.CertificateBuilder()
        .subject_name(Subject.parse(subject).name)
        .issuer_name(Subject.parse(issuer).name)
        .public_key(subject_key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(end)
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
    )
    if names:
        san = x509.SubjectAlternativeName([x509.DNSName(name) for name in names])
        builder = builder.add_extension(san, critical=False)
    for extension in extensions:
        builder = builder.add_extension(extension, critical=False)
    return Issued(builder.sign(issuer_key, hashes.SHA256()), subject_key)
