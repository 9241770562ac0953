"""A vault's certificates over the real ``azure-keyvault-certificates`` client."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol, TypeVar
from urllib.parse import quote, urlsplit

from azure.core.rest import HttpResponse
from azure.keyvault.certificates import CertificateClient
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from kvcsr_widgets.errors import AddressError, InputError, VaultError
from kvcsr_widgets.pki.plan import CertificatePlan
from kvcsr_widgets.pki.policy_json import Json, for_create
from kvcsr_widgets.pki.policy_reader import ReadPolicy, read_policy
from kvcsr_widgets.vault import wire
from kvcsr_widgets.vault.chain import chain
from kvcsr_widgets.vault.contacts import Contacts
from kvcsr_widgets.vault.deleted import DeletedCertificates
from kvcsr_widgets.vault.diagnosis import CERTIFICATE, READ, Topic, ask
from kvcsr_widgets.vault.issuers import Issuers
from kvcsr_widgets.vault.pace import Pace
from kvcsr_widgets.vault.paging import PENDING, Lists, send
from kvcsr_widgets.vault.records import Bundle, Certificate, Operation

T = TypeVar("T")


class SignedReply(Protocol):
    """What a CA at hand sends back."""

    def file(self, kind: str) -> bytes:
        """The bytes of a ``cer``, ``pem`` or ``p7b`` file."""


class WrongReply(Protocol):
    """One file that a CA at hand sends back."""

    @property
    def filename(self) -> str:
        """Its name with the ending, such as ``web.pem``."""

    @property
    def content(self) -> bytes:
        """Its bytes."""


class Mistake(Protocol):
    """One way in which a CA at hand can be wrong on purpose."""

    @property
    def label(self) -> str:
        """What a person chooses."""

    @property
    def about(self) -> str:
        """One sentence on what is wrong."""

    @property
    def codes(self) -> tuple[str, ...]:
        """What the checks before a merge find, by ``pki.catalogue``; none: no file to merge."""


class CertificateAuthority(Protocol):
    """A CA at hand: the practice vault brings one."""

    @property
    def mistakes(self) -> Mapping[str, Mistake]:
        """What ``sign_wrong`` can do wrong, by name, in the order to offer it."""

    def sign(self, csr_der: bytes, *, days: int = ...) -> SignedReply:
        """Sign a CSR for so many days. Raises InputError if it is none."""

    def sign_wrong(
        self, csr_der: bytes, mistake: str, *, days: int = ..., name: str = ...
    ) -> WrongReply:
        """Sign a CSR wrong on purpose; the file is called ``name`` with an ending.

        Raises InputError where the CSR gives no occasion for this mistake.
        """


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
    certificates that it has deleted and still keeps. ``opener`` opens other vaults with the same
    sign-in; ``pace`` is that of the client's transport.
    """

    def __init__(
        self,
        client: CertificateClient,
        practice: PracticeSide | None = None,
        opener: Callable[[str], Vault] | None = None,
        pace: Pace | None = None,
    ) -> None:
        self._client = client
        self._practice = practice
        self._opener = opener
        self._pace = pace or Pace()
        self.authority = practice.authority if practice is not None else None
        self.url = client.vault_url
        self.host = urlsplit(client.vault_url).hostname or client.vault_url
        self._lists = Lists(client, self.host, READ)
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

    def beside(self, name: str) -> Vault:
        """Another vault, opened with the same sign-in; whoever asks for it closes it.

        ``name`` is its name, or the URL of a real one. Raises AddressError where there can be no
        such vault. A practice vault that is not there is not made.
        """
        if self._opener is None:
            raise AddressError("From here, no other vault can be opened.", hint="Connect to it.")
        return self._opener(name)

    def until(self, stop: threading.Event) -> AbstractContextManager[None]:
        """Within it, requests of this thread that wait for the vault are given up at the event.

        They raise UnreachableError then. One that is under way is answered first.
        """
        return self._pace.until(stop)

    def close(self) -> None:
        """Close connections, and a practice vault's file; requests that wait raise VaultError."""
        self._client.close()

    def check(self) -> None:
        """Read one entry of the list, to know that the vault answers and lets us in."""
        self._ask(
            "",
            lambda: next(iter(self._client.list_properties_of_certificates(max_page_size=1)), None),
        )

    def create(self, plan: CertificatePlan) -> Operation:
        """Make a key and a CSR in the vault. Raises PlanError before anything is sent.

        The whole plan is sent as it is. The SDK's ``begin_create_certificate`` would poll in the
        background for issuers other than Unknown, and drops what it takes for empty.
        """
        plan.check()
        return self._operation("POST", plan.name, "create", for_create(plan))

    def operation(self, name: str) -> Operation:
        """The request of a certificate. Raises NotFoundError if it has none."""
        return self._operation("GET", name, "pending")

    def cancel(self, name: str) -> Operation:
        """Ask the service to cancel a request; it may take some seconds to show."""
        return self._operation("PATCH", name, "pending", {"cancellation_requested": True})

    def delete_operation(self, name: str) -> Operation:
        """Delete a request. Its key is lost with it: a reply of the CA can no longer be merged."""
        return self._operation("DELETE", name, "pending")

    def merge(self, name: str, certificates: Sequence[x509.Certificate]) -> Certificate:
        """Join certificates, the leaf first, with the key that waits under ``name``."""
        ders = [certificate.public_bytes(Encoding.DER) for certificate in certificates]
        return wire.certificate(self._ask(name, lambda: self._client.merge_certificate(name, ders)))

    def certificate(self, name: str, version: str = "") -> Certificate:
        """A certificate, the newest version by default."""
        if version:
            return wire.certificate(
                self._ask(name, lambda: self._client.get_certificate_version(name, version), READ)
            )
        return wire.certificate(self._ask(name, lambda: self._client.get_certificate(name), READ))

    def bundle(self, name: str) -> Bundle:
        """The newest version of a certificate with its policy, or the placeholder of none."""
        return self._ask(name, lambda: wire.bundle(self._send("GET", name, "").json()), READ)

    def set_enabled(self, name: str, enabled: bool) -> Certificate:
        """Enable or disable the newest version of a certificate, with its key and secret.

        Nothing else of it is sent, so nothing else changes.
        """
        body = {"attributes": {"enabled": enabled}}
        found = self._ask(name, lambda: wire.bundle(self._send("PATCH", name, "", body).json()))
        return found.certificate

    def chain_length(self, name: str, version: str) -> int | None:
        """How many certificates are in the secret of a version; None where that cannot be told.

        To be asked only where the policy says that the key cannot be exported: the secret then
        holds no key. It needs a permission of its own, “get” for secrets.
        """
        found = self.chain(name, version)
        return None if found is None else len(found)

    def chain(self, name: str, version: str) -> tuple[x509.Certificate, ...] | None:
        """The certificates in the secret of a version, as ``chain_length`` counts them.

        Those of a PEM are in its order; nothing tells that of a PFX.
        """
        return chain(self._client, self.host, name, version)

    def delete(self, name: str) -> datetime | None:
        """Delete a certificate with all its versions, keys and its request; recoverable at first.

        Returns when the vault purges it for good, None where the vault keeps nothing.
        """
        deleted = self._ask(name, lambda: self._client.begin_delete_certificate(name).result())
        return deleted.scheduled_purge_date

    def policy(self, name: str) -> CertificatePlan:
        """What the policy says that the next request under this name starts from.

        A policy knows no tags, no ``enabled`` and no chain order: see ``current``.
        """
        return self._read(name, "policy").plan

    def current(self, name: str) -> ReadPolicy:
        """The plan from which a new version starts, with notes on what a plan cannot say.

        The policy, and the tags, ``enabled`` and chain order of the newest version.
        """
        return self._read(name)

    def certificates(self) -> Iterator[Certificate]:
        """Every certificate of the vault, pending ones too, without its version and content."""
        for page in self.pages():
            yield from page

    def pages(self) -> Iterator[list[Certificate]]:
        """The same as ``certificates``, page by page."""
        yield from self._lists.pages("/certificates", wire.item, query=PENDING)

    def versions(self, name: str) -> Iterator[Certificate]:
        """Every finished version of a certificate, without its content."""
        path = f"/certificates/{quote(name, safe='')}/versions"
        yield from self._lists.walk(path, wire.item, name=name)

    def _operation(self, method: str, name: str, step: str, body: Json | None = None) -> Operation:
        def call() -> Operation:
            answer = self._send(method, name, step, body)
            return wire.operation(answer.json(), answer.headers.get("Retry-After"))

        return self._ask(name, call, READ if method == "GET" else CERTIFICATE)

    def _read(self, name: str, step: str = "") -> ReadPolicy:
        text = self._ask(name, lambda: self._send("GET", name, step).text(), READ)
        try:
            return read_policy(text, name=name)
        except InputError as error:
            message = f"What {self.host} has as the policy of “{name}” cannot be read."
            raise VaultError(message, hint=error.message) from None

    def _send(self, method: str, name: str, step: str, body: Json | None = None) -> HttpResponse:
        """One request through the SDK's pipeline, with its sign-in, retries and api-version."""
        return send(self._client, method, f"/certificates/{quote(name, safe='')}/{step}", body)

    def _ask(self, name: str, call: Callable[[], T], about: Topic = CERTIFICATE) -> T:
        """Run one call of the SDK. Raises VaultError."""
        return ask(call, name=name, host=self.host, about=about)
