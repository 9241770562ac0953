"""Which certificate of a file vouches for which: each is read once, each signature checked once."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtensionOID

from kvcsr_widgets.pki.facts import UNREADABLE, folded, spki_of, unwarned

MAX_CHECKS = 300
"""Signatures that are checked for one file. A chain of three takes three; the slowest key 4 ms."""

FoldedName = tuple[frozenset[tuple[str, str | bytes]], ...]


@unwarned()
def is_issued_by(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    """Whether ``issuer`` signed ``certificate``: by name and by signature (RFC 5280 6.1.3).

    Names may differ in case, blanks and string type (RFC 5280 section 7.1). The signature may be
    one that no longer protects, with SHA-1 or MD5: to say so is for others.
    """
    try:
        same_name = _folded(certificate.issuer) == _folded(issuer.subject)
        return same_name and _signed(certificate, issuer)
    except UNREADABLE:
        return False


def _signed(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
    except InvalidSignature:
        return False
    except UNREADABLE:  # names that are not the same bytes, or an old hash
        return _signed_otherwise(certificate, issuer)
    return True


def _signed_otherwise(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    key, how = issuer.public_key(), certificate.signature_algorithm_parameters
    hashed = certificate.signature_hash_algorithm
    signature, signed = certificate.signature, certificate.tbs_certificate_bytes
    if hashed is None or isinstance(how, ec.ECDSA) != isinstance(key, ec.EllipticCurvePublicKey):
        return False
    try:
        if isinstance(key, rsa.RSAPublicKey):
            padded = how if isinstance(how, padding.PSS) else padding.PKCS1v15()
            key.verify(signature, signed, padded, hashed)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, signed, ec.ECDSA(hashed))
        else:
            return False
    except InvalidSignature:
        return False
    return True


def _folded(name: x509.Name) -> FoldedName:
    """A name to compare: without case, string types and blanks that do not count."""
    return tuple(
        frozenset((part.oid.dotted_string, _folded_value(part.value)) for part in rdn)
        for rdn in name.rdns
    )


def _folded_value(value: str | bytes) -> str | bytes:
    return folded(value) if isinstance(value, str) else value


@dataclass(frozen=True, eq=False)
class Link:
    """What of a certificate decides its place. A part that cannot be read fits nothing: None."""

    certificate: x509.Certificate
    digest: bytes
    subject: FoldedName | None
    issuer: FoldedName | None
    key: bytes | None
    key_id: bytes | None
    issuer_key_id: bytes | None
    begin: dt.datetime
    end: dt.datetime

    @classmethod
    def of(cls, certificate: x509.Certificate) -> Link:
        """Read a certificate."""
        key_id, issuer_key_id = _key_identifiers(certificate)
        return cls(
            certificate,
            certificate.fingerprint(hashes.SHA256()),
            *_names(certificate),
            spki_of(certificate),
            key_id,
            issuer_key_id,
            certificate.not_valid_before_utc,
            certificate.not_valid_after_utc,
        )

    @property
    def holder(self) -> object:
        """Who it is about: certificates of the same name and key can stand for each other."""
        known = self.subject is not None and self.key is not None
        return (self.subject, self.key) if known else self.digest

    def names(self, issuer: Link) -> bool:
        """Whether the key identifiers agree, or one of the two has none (RFC 5280 4.2.1.1)."""
        return None in (self.issuer_key_id, issuer.key_id) or self.issuer_key_id == issuer.key_id

    def is_valid(self, now: dt.datetime) -> bool:
        """Whether ``now`` lies in its validity."""
        return self.begin <= now <= self.end


def _names(certificate: x509.Certificate) -> tuple[FoldedName | None, FoldedName | None]:
    try:
        return _folded(certificate.subject), _folded(certificate.issuer)
    except UNREADABLE:
        return None, None


def _key_identifiers(certificate: x509.Certificate) -> tuple[bytes | None, bytes | None]:
    """The subject's and the authority's."""
    own = authority = None
    try:
        for extension in certificate.extensions:
            if isinstance(extension.value, x509.SubjectKeyIdentifier):
                own = extension.value.digest
            elif isinstance(extension.value, x509.AuthorityKeyIdentifier):
                authority = extension.value.key_identifier
    except UNREADABLE:
        return None, None
    return own, authority


def ca_issuers(certificate: x509.Certificate) -> Iterator[str]:
    """Where a certificate says that its issuer can be fetched (RFC 5280 section 4.2.2.1)."""
    oid = ExtensionOID.AUTHORITY_INFORMATION_ACCESS
    try:
        value = certificate.extensions.get_extension_for_oid(oid).value
    except (x509.ExtensionNotFound, *UNREADABLE):
        return
    assert isinstance(value, x509.AuthorityInformationAccess)
    for access in value:
        where = access.access_location
        asked = access.access_method == AuthorityInformationAccessOID.CA_ISSUERS
        if asked and isinstance(where, x509.UniformResourceIdentifier):
            yield where.value


@dataclass
class Links:
    """The certificates of a file and who signed whom, found out as far as it is asked for."""

    links: list[Link]
    checks: int = 0
    _named: dict[FoldedName | None, list[Link]] = field(default_factory=lambda: defaultdict(list))
    _issuers: dict[Link, tuple[Link, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for link in sorted(self.links, key=lambda link: link.digest):
            self._named[link.subject].append(link)

    def named(self, name: FoldedName | None) -> list[Link]:
        """The certificates of this name."""
        return [] if name is None else self._named.get(name, [])

    def issuers(self, link: Link) -> tuple[Link, ...]:
        """The certificates whose key signed this one; none for one that signed itself."""
        if link not in self._issuers:
            self._issuers[link] = tuple(self._find(link))
        return self._issuers[link]

    def is_root(self, link: Link) -> bool:
        """Whether it names itself as its issuer, and no other certificate signed it."""
        return link.subject is not None and link.subject == link.issuer and not self.issuers(link)

    def _find(self, link: Link) -> Iterable[Link]:
        named = self.named(link.issuer)
        if link.subject == link.issuer and link in named and self._signed(link, link):
            return ()
        keys: dict[bytes | None, list[Link]] = defaultdict(list)
        for each in sorted(named, key=lambda each: not link.names(each)):
            if each.key != link.key:
                keys[each.key].append(each)
        return next((each for each in keys.values() if self._signed(link, each[0])), ())

    def _signed(self, link: Link, issuer: Link) -> bool:
        self.checks += 1
        if self.checks > MAX_CHECKS:
            return False
        return is_issued_by(link.certificate, issuer.certificate)
