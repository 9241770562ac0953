"""A request as the vault makes it and a reply as a CA should, to be made wrong in one way each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding

from kvcsr_widgets.pki.csr import SigningRequest
from kvcsr_widgets.pki.plan import DEFAULT_EKUS, DEFAULT_KEY_USAGE
from kvcsr_widgets.pki.requested import requested
from kvcsr_widgets.pki.subject import Subject
from tests.certificates import DAY, HOST, NOW

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

SUBJECT = f"CN={HOST}, O=Contoso, C=US"
NAMES = (HOST, "contoso.com")
ISSUER = "CN=Issuing CA"
LONG_AFTER = NOW + 3650 * DAY

_OIDS = {
    "SHA-256": bytes.fromhex("06092a864886f70d01010b"),
    "SHA-1": bytes.fromhex("06092a864886f70d010105"),
    "MD5": bytes.fromhex("06092a864886f70d010104"),
    "MD2": bytes.fromhex("06092a864886f70d010102"),
}


@cache
def key(name: str, *, bits: int = 256) -> Key:
    """The key of this name: EC up to 521 bits, RSA above. The same in a whole run."""
    del name
    if bits > 521:
        return rsa.generate_private_key(65537, bits)
    curves = {192: ec.SECP192R1(), 224: ec.SECP224R1(), 256: ec.SECP256R1()}
    return ec.generate_private_key(curves[bits])


LEAF_KEY = key("leaf")
ISSUING_KEY = key("Issuing CA")


def garbled(oid: x509.ObjectIdentifier) -> x509.UnrecognizedExtension:
    """An extension that nobody can decode."""
    return x509.UnrecognizedExtension(oid, b"\xff")


def san(names: Sequence[str | x509.GeneralName]) -> x509.SubjectAlternativeName | None:
    """Texts are DNS names."""
    if not names:
        return None
    return x509.SubjectAlternativeName(
        [x509.DNSName(name) if isinstance(name, str) else name for name in names]
    )


def request(
    *,
    owner: Key = LEAF_KEY,
    subject: str | x509.Name = SUBJECT,
    names: Sequence[str | x509.GeneralName] = NAMES,
    usages: Sequence[str] = DEFAULT_KEY_USAGE,
    ekus: Sequence[str] = DEFAULT_EKUS,
    extra: Sequence[x509.ExtensionType] = (),
) -> SigningRequest:
    """A CSR with what the vault asks for."""
    builder = x509.CertificateSigningRequestBuilder(_name(subject))
    for each in requested(usages, ekus, san(names)):
        builder = builder.add_extension(each.value, critical=each.critical)
    for value in extra:
        builder = builder.add_extension(value, critical=False)
    return SigningRequest.from_der(builder.sign(owner, hashes.SHA256()).public_bytes(Encoding.DER))


def leaf(
    *,
    owner: Key | CertificatePublicKeyTypes = LEAF_KEY,
    subject: str | x509.Name = SUBJECT,
    names: Sequence[str | x509.GeneralName] = NAMES,
    usages: Sequence[str] = DEFAULT_KEY_USAGE,
    ekus: Sequence[str] = DEFAULT_EKUS,
    extra: Sequence[x509.ExtensionType] = (),
    begin: dt.datetime = NOW - DAY,
    end: dt.datetime = NOW + 90 * DAY,
    is_ca: bool = False,
    issuer: str | x509.Name = ISSUER,
    signer: Key = ISSUING_KEY,
) -> x509.Certificate:
    """issuing CA -> leaf: what was asked for, and nothing else."""
    extensions = [
        each.value
        for each in requested(usages, ekus, san(names))
        if not isinstance(each.value, x509.BasicConstraints)
    ]
    constraints = x509.BasicConstraints(ca=is_ca, path_length=None)
    values = [constraints, *extensions, *extra]
    return _certificate(_name(subject), owner, _name(issuer), signer, begin, end, values)


def ca(
    *,
    name: str = ISSUER,
    by: str = "CN=Root CA",
    owner: Key | None = None,
    signer: Key | None = None,
    begin: dt.datetime = NOW - DAY,
    end: dt.datetime = LONG_AFTER,
    is_ca: bool | None = True,
    path_length: int | None = None,
    usages: Sequence[str] = ("keyCertSign", "cRLSign"),
    extra: Sequence[x509.ExtensionType] = (),
) -> x509.Certificate:
    """root -> CA. A CA has the key of its name; without ``is_ca`` it does not say what it is."""
    values = [each.value for each in requested(usages, (), None)][:-1]
    if is_ca is not None:
        values.append(x509.BasicConstraints(ca=is_ca, path_length=path_length if is_ca else None))
    own, theirs = owner or _key_of(name), signer or _key_of(by)
    return _certificate(_name(name), own, _name(by), theirs, begin, end, [*values, *extra])


def root(*, name: str = "CN=Root CA", owner: Key | None = None) -> x509.Certificate:
    """root -> root"""
    return ca(name=name, by=name, owner=owner, signer=owner)


def weakly_signed(certificate: x509.Certificate, signer: rsa.RSAPrivateKey, how: str) -> bytes:
    """The certificate, as DER, signed anew with a hash that no CA uses any more.

    The library makes no such signature: the algorithm's OID is put into the bytes. There is no MD2
    anywhere, so that signature is none.
    """
    der = certificate.public_bytes(Encoding.DER).replace(_OIDS["SHA-256"], _OIDS[how])
    signed = certificate.tbs_certificate_bytes.replace(_OIDS["SHA-256"], _OIDS[how])
    used = {"SHA-1": hashes.SHA1(), "MD5": hashes.MD5(), "MD2": hashes.SHA256()}[how]
    signature = signer.sign(signed, padding.PKCS1v15(), used)
    return der[: -len(signature)] + signature


def _key_of(name: str) -> Key:
    return key(name.removeprefix("CN="))


def _name(name: str | x509.Name) -> x509.Name:
    return Subject.parse(name).name if isinstance(name, str) else name


def _certificate(
    subject: x509.Name,
    owner: Key | CertificatePublicKeyTypes,
    issuer: x509.Name,
    signer: Key,
    begin: dt.datetime,
    end: dt.datetime,
    extensions: Sequence[x509.ExtensionType],
) -> x509.Certificate:
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(owner.public_key() if isinstance(owner, Key) else owner)
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(end)
    )
    for value in extensions:
        builder = builder.add_extension(value, critical=isinstance(value, x509.KeyUsage))
    return builder.sign(signer, hashes.SHA256())
