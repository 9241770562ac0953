"""A vault's certificates over the real ``azure-keyvault-certificates`` client."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Protocol, TypeVar
from urllib.parse import urlsplit

from azure.keyvault.certificates import (
    CertificateClient,
    CertificateContentType,
    CertificateOperation,
    CertificatePolicy,
    CertificateProperties,
    KeyVaultCertificate,
)
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from kvcsr_widgets.pki.csr import SigningRequest
from kvcsr_widgets.pki.plan import CertificatePlan
from kvcsr_widgets.vault.contacts import Contacts
from kvcsr_widgets.vault.deleted import DeletedCertificates
from kvcsr_widgets.vault.diagnosis import ask
from kvcsr_widgets.vault.issuers import Issuers
from kvcsr_widgets.vault.records import Certificate, Operation, Policy, Status

T = TypeVar("T")


class SignedReply(Protocol):
    """What a CA at hand sends back."""

    def file(self, kind: str) -> bytes:
        """The bytes of a ``cer``, ``pem`` or ``p7b`` file."""


class CertificateAuthority(Protocol):
    """A CA at hand: the practice vault brings one."""

    def sign(self, csr_der: bytes, *, days: int = ...) -> SignedReply:
        """Sign a CSR for so many days."""


class PracticeSide(Protocol):
    """What a practice vault has and a real one has not."""

    @property
    def authority(self) -> CertificateAuthority:
        """The practice CA."""

    def vaults(self) -> tuple[str, ...]:
        """The names of the practice vaults in the same file or folder."""


class Vault:
    """One vault. Every method raises VaultError for an answer other than success.

    ``authority`` is the practice CA in a practice vault, None in a real one. ``issuers``,
    ``contacts`` and ``deleted`` are the vault's integrated CAs, the people whom it mails, and the
    certificates that it has deleted and still keeps.
    """

    def __init__(self, client: CertificateClient, practice: PracticeSide | None = None) -> None:
        self._client = client
        self._practice = practice
        self.authority = practice.authority if practice is not None else None
        self.url = client.vault_url
        self.host = urlsplit(client.vault_url).hostname or client.vault_url
        self.issuers = Issuers(client, self.host)
        self.contacts = Contacts(client, self.host)
        self.deleted = DeletedCertificates(client, self.host)

    def __repr__(self) -> str:
        return f"<Vault {self.url}>"

    @property
    def is_practice(self) -> bool:
        """Whether this is the practice vault that comes along."""
        return self._practice is not None

    def vaults(self) -> tuple[str, ...]:
        """The names of the vaults beside this one, itself included.

        Those of the practice folder; a real vault knows of no other.
        """
        if self._practice is None:
            return (self.host.partition(".")[0],)
        return self._practice.vaults()

    def close(self) -> None:
        """Close connections, and a practice vault's file."""
        self._client.close()

    def check(self) -> None:
        """Read one entry of the list, to know that the vault answers and lets us in."""
        self._ask(
            "",
            lambda: next(iter(self._client.list_properties_of_certificates(max_page_size=1)), None),
        )

    def create(self, plan: CertificatePlan) -> Operation:
        """Make a key and a CSR in the vault. Raises PlanError before anything is sent."""
        plan.check()

        def begin() -> CertificateOperation:
            poller = self._client.begin_create_certificate(
                plan.name, _policy(plan), tags=plan.tags or None
            )
            operation = poller.result()  # at once with issuer Unknown
            assert isinstance(operation, CertificateOperation)
            return operation

        return _operation(self._ask(plan.name, begin))

    def operation(self, name: str) -> Operation:
        """The request of a certificate. Raises NotFoundError if it has none."""
        return _operation(self._ask(name, lambda: self._client.get_certificate_operation(name)))

    def cancel(self, name: str) -> Operation:
        """Ask the service to cancel a request; it may take some seconds to show."""
        return _operation(self._ask(name, lambda: self._client.cancel_certificate_operation(name)))

    def delete_operation(self, name: str) -> Operation:
        """Delete a request. Its key is lost with it: a reply of the CA can no longer be merged."""
        return _operation(self._ask(name, lambda: self._client.delete_certificate_operation(name)))

    def merge(self, name: str, certificates: Sequence[x509.Certificate]) -> Certificate:
        """Join certificates, the leaf first, with the key that waits under ``name``."""
        ders = [certificate.public_bytes(Encoding.DER) for certificate in certificates]
        return _certificate(self._ask(name, lambda: self._client.merge_certificate(name, ders)))

    def certificate(self, name: str, version: str = "") -> Certificate:
        """A certificate, the newest version by default."""
        if version:
            return _certificate(
                self._ask(name, lambda: self._client.get_certificate_version(name, version))
            )
        return _certificate(self._ask(name, lambda: self._client.get_certificate(name)))

    def policy(self, name: str) -> Policy:
        """The policy that the next request under this name starts from."""
        return _policy_record(self._ask(name, lambda: self._client.get_certificate_policy(name)))

    def certificates(self, *, include_pending: bool = True) -> Iterator[Certificate]:
        """Every certificate of the vault, page by page, without its version and content."""
        pages = self._client.list_properties_of_certificates(include_pending=include_pending)
        yield from self._walk("", iter(pages))

    def versions(self, name: str) -> Iterator[Certificate]:
        """Every finished version of a certificate, without its content."""
        pages = self._client.list_properties_of_certificate_versions(name)
        yield from self._walk(name, iter(pages))

    def _walk(self, name: str, pages: Iterator[CertificateProperties]) -> Iterator[Certificate]:
        while (properties := self._ask(name, lambda: next(pages, None))) is not None:
            yield _listed(properties)

    def _ask(self, name: str, call: Callable[[], T]) -> T:
        """Run one call of the SDK. Raises VaultError."""
        return ask(call, name=name, host=self.host)


def _policy(plan: CertificatePlan) -> CertificatePolicy:
    return CertificatePolicy(
        issuer_name=plan.issuer,
        subject=plan.subject or None,
        san_dns_names=list(plan.names.dns) or None,
        key_type=plan.key.kind,
        key_size=plan.key.bits,
        key_curve_name=plan.key.curve,
        exportable=plan.exportable,
        reuse_key=plan.reuse_key,
        key_usage=list(plan.expected_key_usage),
        enhanced_key_usage=list(plan.expected_ekus),
        content_type=CertificateContentType.pkcs12,
        validity_in_months=plan.validity_months,
    )


def _operation(found: CertificateOperation) -> Operation:
    error = found.error
    return Operation(
        name=found.name or "",
        status=Status(found.status),
        issuer=str(found.issuer_name or ""),
        csr=SigningRequest.from_der(found.csr) if found.csr else None,
        cancellation_requested=bool(found.cancellation_requested),
        details=found.status_details or "",
        error=f"{error.code}: {error.message}" if error else "",
        request_id=found.request_id or "",
    )


def _certificate(found: KeyVaultCertificate) -> Certificate:
    assert found.properties is not None
    listed = _listed(found.properties)
    return Certificate(
        name=listed.name,
        version=found.properties.version or "",
        enabled=listed.enabled,
        created=listed.created,
        updated=listed.updated,
        not_before=listed.not_before,
        expires=listed.expires,
        thumbprint=listed.thumbprint,
        der=bytes(found.cer or b""),
        tags=listed.tags,
    )


def _listed(properties: CertificateProperties) -> Certificate:
    thumbprint = properties.x509_thumbprint
    return Certificate(
        name=properties.name or "",
        version=properties.version or "",
        enabled=bool(properties.enabled),
        created=properties.created_on,
        updated=properties.updated_on,
        not_before=properties.not_before,
        expires=properties.expires_on,
        thumbprint=thumbprint.hex().upper() if thumbprint else "",
        tags=dict(properties.tags or {}),
    )


def _policy_record(found: CertificatePolicy) -> Policy:
    return Policy(
        subject=found.subject or "",
        dns_names=tuple(found.san_dns_names or ()),
        issuer=str(found.issuer_name or ""),
        key=f"{_word(found.key_type)} {_word(found.key_curve_name) or found.key_size}",
        validity_months=found.validity_in_months or 0,
        key_usage=tuple(_word(usage) for usage in found.key_usage or ()),
        ekus=tuple(found.enhanced_key_usage or ()),
        exportable=bool(found.exportable),
        reuse_key=bool(found.reuse_key),
        content_type=_word(found.content_type),
    )


def _word(value: object) -> str:
    return str(getattr(value, "value", value) or "")
