"""The rules: create, then pending, then merged or cancelled, and what each state admits.

Nothing here knows HTTP. A step either happens as a whole or raises a Refusal and leaves the
vault as it was.
"""

from __future__ import annotations

import base64
import binascii
import json
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from kvcsr_widgets.errors import SignedFileError
from kvcsr_widgets.pki import chain
from kvcsr_widgets.pki.signed import SignedFile, read_signed
from kvcsr_widgets.practice import issuing, policy, refusals
from kvcsr_widgets.practice.policy import Json
from kvcsr_widgets.practice.store import Certificate, Operation, Store, Version

CANCEL_DELAY = 10
"""Seconds from a cancellation to the state ``cancelled`` (about ten were recorded)."""

BACKDATED = 600
"""Seconds that a placeholder's ``nbf`` lies before its creation (recorded)."""

MAX_TAGS = 15

Clock = Callable[[], float]


class Rules:
    """The vault's behaviour over a store; ``clock`` gives Unix seconds."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self.clock = clock

    def create(self, name: str, body: Json) -> Operation:
        """Start a request: a new key, a CSR, a placeholder version that is disabled."""
        self._refuse_in_progress(name)
        known = self.store.certificate(name)
        if body.get("policy") is None and known is not None:
            wanted = json.loads(known.policy)
        else:
            wanted = policy.complete(body.get("policy"))
        enabled, tags = _enabled(body), _tags(body)
        key = self._key(name, wanted["key_props"])
        csr = issuing.new_csr(key, wanted["x509_props"])
        with self.store.transaction():
            self._refuse_in_progress(name)
            return self._start(name, wanted, key, csr, enabled=enabled is not False, tags=tags)

    def pending(self, name: str, request_id: str | None = None) -> Operation:
        """The request of a certificate; ``request_id`` filters as documented."""
        operation = self.store.operation(name)
        if operation is None or request_id not in (None, operation.request_id):
            raise refusals.no_pending(name)
        return operation

    def status(self, operation: Operation) -> str:
        """``inProgress``, ``completed`` or ``cancelled``, by the clock."""
        if operation.completed:
            return "completed"
        since = operation.cancelled_from
        return "cancelled" if since is not None and self.clock() >= since else "inProgress"

    def cancel(self, name: str, body: Json) -> Operation:
        """Ask for a cancellation; it comes a little later, as in the service."""
        wanted = body.get("cancellation_requested")
        if not isinstance(wanted, bool):
            raise refusals.invalid_property("cancellation_requested")
        with self.store.transaction():
            operation = self.pending(name)
            if self.status(operation) != "inProgress":
                raise refusals.not_in_progress()
            if wanted:
                operation = replace(
                    operation,
                    cancellation_requested=True,
                    cancelled_from=int(self.clock()) + CANCEL_DELAY,
                )
                self.store.put_operation(operation)
        return operation

    def drop_pending(self, name: str) -> Operation:
        """Delete the request, in whatever state. The certificate and its placeholder stay."""
        with self.store.transaction():
            operation = self.pending(name)
            self.store.drop_operation(name)
        return operation

    def merge(self, name: str, body: Json) -> Version:
        """Join the CA's certificates with the key that waits for them."""
        signed = _x5c(body.get("x5c"))
        enabled, tags = _enabled(body), _tags(body)
        with self.store.transaction():
            operation = self.pending(name)
            if self.status(operation) == "completed":
                raise refusals.not_in_progress()
            waiting = self.version(operation.name, operation.version)
            leaf = signed.leaf_for(issuing.load_key(waiting.key).public_key())
            if leaf is None:
                raise refusals.key_mismatch()
            now = int(self.clock())
            merged = replace(
                waiting,
                id=uuid.uuid4().hex,
                issued=True,
                cer=leaf.public_bytes(Encoding.DER),
                chain=_pem(leaf, signed),
                enabled=operation.enabled if enabled is None else enabled,
                nbf=int(leaf.not_valid_before_utc.timestamp()),
                exp=int(leaf.not_valid_after_utc.timestamp()),
                created=now,
                updated=now,
                tags=waiting.tags if tags is None else tags,
            )
            self.store.drop_version(waiting.id)
            self.store.put_version(merged)
            self.store.put_operation(replace(operation, completed=True, version=merged.id))
        return merged

    def certificate(self, name: str) -> Certificate:
        """A certificate's name and policy."""
        found = self.store.certificate(name)
        if found is None:
            raise refusals.no_certificate(name)
        return found

    def newest(self, name: str) -> Version:
        """The version that answers for a certificate."""
        found = self.store.newest(name)
        if found is None:
            raise refusals.no_certificate(name)
        return found

    def version(self, name: str, version: str) -> Version:
        """One version of a certificate, a placeholder included."""
        found = self.store.version(name, version)
        if found is None:
            raise refusals.no_certificate(f"{name}/{version}")
        return found

    def _refuse_in_progress(self, name: str) -> None:
        operation = self.store.operation(name)
        if operation is not None and self.status(operation) == "inProgress":
            raise refusals.conflict_pending()

    def _key(self, name: str, key_props: Json) -> bytes:
        last = self.store.newest(name) if key_props["reuse_key"] else None
        return last.key if last is not None else issuing.new_key(key_props)

    def _start(
        self, name: str, wanted: Json, key: bytes, csr: bytes, *, enabled: bool, tags: str | None
    ) -> Operation:
        now = int(self.clock())
        known = self.store.certificate(name)
        if known is not None:
            name = known.name
        self.store.put_certificate(Certificate(name, json.dumps(wanted), now, now))
        placeholder = Version(
            id=uuid.uuid4().hex,
            name=name,
            issued=False,
            key=key,
            cer=None,
            chain=b"",
            enabled=False,
            nbf=now - BACKDATED,
            exp=_months_later(now, wanted["x509_props"]["validity_months"]),
            created=now,
            updated=now,
            tags=tags,
        )
        self.store.put_version(placeholder)
        operation = Operation(
            name=name,
            version=placeholder.id,
            request_id=uuid.uuid4().hex,
            issuer=json.dumps({"name": wanted["issuer"]["name"]}),
            csr=csr,
            enabled=enabled,
            completed=False,
            cancellation_requested=False,
            cancelled_from=None,
        )
        self.store.put_operation(operation)
        return operation


def _months_later(start: int, months: int) -> int:
    """Calendar months later; the last day of a shorter month where the day does not exist."""
    begin = datetime.fromtimestamp(start, UTC)
    years, month = divmod(begin.month - 1 + months, 12)
    for day in range(begin.day, begin.day - 4, -1):
        try:
            end = begin.replace(year=begin.year + years, month=month + 1, day=day)
        except ValueError:
            continue
        return int(end.timestamp())
    raise refusals.invalid_property("policy.x509_props.validity_months")


def _enabled(body: Json) -> bool | None:
    attributes = body.get("attributes")
    if attributes is None:
        return None
    if not isinstance(attributes, dict):
        raise refusals.invalid_property("attributes")
    enabled = attributes.get("enabled")
    if enabled is not None and not isinstance(enabled, bool):
        raise refusals.invalid_property("attributes")
    return enabled


def _tags(body: Json) -> str | None:
    tags = body.get("tags")
    if not tags:
        return None
    if (
        not isinstance(tags, dict)
        or len(tags) > MAX_TAGS
        or not all(len(key) <= 256 for key in tags)
        or not all(isinstance(value, str) and len(value) <= 256 for value in tags.values())
    ):
        raise refusals.invalid_property("")
    return json.dumps(tags)


def _x5c(items: object) -> SignedFile:
    """The certificates of a merge: each item base64 of DER, of base64 text, of PEM or PKCS #7."""
    if not isinstance(items, list) or not items:
        raise refusals.no_x5c()
    certificates: list[x509.Certificate] = []
    for item in items:
        try:
            data = base64.b64decode(item if isinstance(item, str) else "", validate=True)
            certificates.extend(read_signed(data).certificates)
        except (binascii.Error, ValueError, SignedFileError) as error:
            raise refusals.unreadable_x5c() from error
    return SignedFile(tuple(certificates))


def _pem(leaf: x509.Certificate, signed: SignedFile) -> bytes:
    """Every certificate of the merge as PEM: the leaf, its chain, then what belongs to no one."""
    rest = [certificate for certificate in signed.certificates if certificate != leaf]
    found = chain.ordered(leaf, rest)
    stray = [certificate for certificate in rest if certificate not in found]
    return b"".join(certificate.public_bytes(Encoding.PEM) for certificate in (*found, *stray))
