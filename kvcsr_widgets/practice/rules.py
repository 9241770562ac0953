"""The rules of requests: create, then pending, then merged, cancelled, failed or completed.

Nothing here knows HTTP. A step either happens as a whole or raises a Refusal and leaves the
vault as it was.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from kvcsr_widgets.errors import SubjectError
from kvcsr_widgets.pki.checks.size import MAX_SECRET, in_base64
from kvcsr_widgets.pki.signed import MAX_CERTIFICATES
from kvcsr_widgets.practice import fields, issuing, policy, refusals, x5c
from kvcsr_widgets.practice.fields import Json
from kvcsr_widgets.practice.order import chain_pem, leaf_for
from kvcsr_widgets.practice.renewal import months_later
from kvcsr_widgets.practice.rows import Certificate, Operation, Version
from kvcsr_widgets.practice.shelf import Shelf


@dataclass(frozen=True)
class Delays:
    """Seconds that the vault takes for what it does by itself.

    The real service was seen to take about 20 to issue, 10 to cancel and 5 to 8 to delete.
    """

    issue: int = 0
    cancel: int = 10
    delete: int = 0


DEFAULT_DELAYS = Delays()


class Rules:
    """Requests for what lies on a shelf."""

    def __init__(self, shelf: Shelf, delays: Delays) -> None:
        self.shelf = shelf
        self.store = shelf.store
        self.delays = delays

    def create(self, name: str, body: Json) -> Operation:
        """Start a request: a new key, a CSR, a placeholder version that is disabled."""
        known = self.shelf.refuse_taken(name)
        if body.get("policy") is None and known is not None:
            wanted = json.loads(known.policy)
        else:
            wanted = policy.complete(body.get("policy"))
        self.shelf.require_issuer(wanted)
        options = Options(fields.enabled(body), fields.tags(body), fields.preserve_order(body))
        return self.request(name, wanted, options, written=body.get("policy") is not None)

    def request(self, name: str, wanted: Json, options: Options, *, written: bool) -> Operation:
        """Start a request with a completed policy; ``written`` says whether the policy is new.

        One that is stored and changes while the key is made is read again.
        """
        key = self._key(name, wanted["key_props"])
        try:
            csr = issuing.new_csr(key, wanted["x509_props"])
        except (SubjectError, ValueError) as error:  # only a policy from an import can do that
            raise refusals.invalid_property("policy.x509_props") from error
        with self.store.transaction():
            known, now = self.shelf.refuse_taken(name), self.shelf.now
            if known is None:
                known = Certificate(name, json.dumps(wanted), now, now)
            elif written:
                known = replace(known, policy=json.dumps(wanted), policy_updated=now)
            if json.loads(known.policy) == wanted:
                if options.renews is not None:
                    self._claim_renewal(name, options.renews)
                return self._start(known, key, csr, options)
        return self.request(name, json.loads(known.policy), options, written=False)

    def _start(
        self, certificate: Certificate, key: bytes, csr: bytes, options: Options
    ) -> Operation:
        placeholder = _placeholder(certificate, key, options, self.shelf.now)
        operation = _operation(placeholder, csr, options, self.delays.issue)
        self.store.put(certificate)
        self.store.drop_placeholders(certificate.name)
        self.store.put(placeholder)
        self.store.put(operation)
        return operation

    def _claim_renewal(self, name: str, version: str) -> None:
        """Refusal unless the version is still the newest and due: somebody was quicker."""
        newest = self.store.newest(name)
        due = newest.renew_at if newest is not None and newest.id == version else None
        if due is None or due > self.shelf.now:
            raise refusals.conflict_pending()
        self.store.renew_none(name)

    def cancel(self, name: str, body: Json) -> Operation:
        """Ask for a cancellation; it comes a little later, as in the service."""
        wanted = body.get("cancellation_requested")
        if not isinstance(wanted, bool):
            raise refusals.invalid_property("cancellation_requested")
        with self.store.transaction():
            operation = self.shelf.pending(name)
            if self.shelf.status(operation) != "inProgress":
                raise refusals.not_in_progress()
            if wanted and not operation.cancellation_requested:
                operation = replace(
                    operation,
                    cancellation_requested=True,
                    cancelled_from=self.shelf.now + self.delays.cancel,
                    due=None,
                )
                self.store.put(operation)
        return operation

    def drop_pending(self, name: str) -> Operation:
        """Delete the request, in whatever state. The certificate and its placeholder stay."""
        with self.store.transaction():
            operation = self.shelf.pending(name)
            self.store.drop_operation(operation.name)
        return operation

    def merge(self, name: str, body: Json) -> Version:
        """Join the CA's certificates with the key that waits for them."""
        signed = _x5c(body.get("x5c"))
        enabled, tags = fields.enabled(body), fields.tags(body)
        with self.store.transaction():
            operation = self.shelf.pending(name)
            status = self.shelf.status(operation)
            if status == "completed":
                raise refusals.not_in_progress()
            if status == "inProgress" and not fields.is_by_hand(operation.issuer):
                raise refusals.merge_forbidden(operation.issuer)
            waiting = self.shelf.version(operation.name, operation.version)
            leaf = leaf_for(issuing.load_key(waiting.key).public_key(), signed)
            if leaf is None:
                raise refusals.key_mismatch()
            if _is_too_large(signed):
                raise refusals.too_much_for_a_secret(MAX_SECRET)
            if enabled is not None:
                operation = replace(operation, enabled=enabled)
            if tags is not None:
                waiting = replace(waiting, tags=tags)
            return self.finish(operation, waiting, leaf, signed)

    def finish(
        self,
        operation: Operation,
        waiting: Version,
        leaf: x509.Certificate,
        certificates: Sequence[x509.Certificate],
    ) -> Version:
        """The issued version in place of the one that waits, and the request completed."""
        now = self.shelf.now
        merged = replace(
            waiting,
            id=uuid.uuid4().hex,
            issued=True,
            cer=leaf.public_bytes(Encoding.DER),
            chain=chain_pem(leaf, certificates, reverse=bool(operation.preserve_order)),
            enabled=operation.enabled,
            nbf=int(leaf.not_valid_before_utc.timestamp()),
            exp=int(leaf.not_valid_after_utc.timestamp()),
            created=now,
            updated=now,
        )
        self.store.drop_version(waiting.id)
        self.shelf.put_newest(merged)
        done = replace(operation, completed=True, version=merged.id, due=None, failure=None)
        self.store.put(done)
        return merged

    def _key(self, name: str, key_props: Json) -> bytes:
        last = self.store.newest(name) if key_props["reuse_key"] else None
        if last is not None:
            kept = issuing.describe(issuing.load_key(last.key))
            if all(key_props.get(part) == value for part, value in kept.items()):
                return last.key
        return issuing.new_key(key_props)


@dataclass(frozen=True)
class Options:
    """What a request says besides the policy; None where it says nothing."""

    enabled: bool | None
    tags: str | None
    preserve_order: bool | None
    renews: str | None = None
    """The version that the vault renews by itself."""


def _placeholder(certificate: Certificate, key: bytes, options: Options, now: int) -> Version:
    """The version that waits: disabled, and dated as the policy would have it."""
    months = json.loads(certificate.policy)["x509_props"]["validity_months"]
    return Version(
        id=uuid.uuid4().hex,
        name=certificate.name,
        issued=False,
        key=key,
        cer=None,
        chain=b"",
        enabled=False,
        nbf=now - issuing.BACKDATED,
        exp=months_later(now, months),
        created=now,
        updated=now,
        tags=options.tags,
        policy=certificate.policy,
        preserve_order=options.preserve_order,
    )


def _operation(waiting: Version, csr: bytes, options: Options, delay: int) -> Operation:
    """The request for a version; an issuer answers it ``delay`` seconds after its creation."""
    issuer = json.loads(waiting.policy)["issuer"]["name"]
    return Operation(
        name=waiting.name,
        version=waiting.id,
        request_id=uuid.uuid4().hex,
        issuer=issuer,
        csr=csr,
        enabled=options.enabled is not False,
        completed=False,
        cancellation_requested=False,
        cancelled_from=None,
        due=None if fields.is_by_hand(issuer) else waiting.created + delay,
        preserve_order=options.preserve_order,
    )


def _is_too_large(certificates: Sequence[x509.Certificate]) -> bool:
    """Whether certificates in base64 are more than the secret behind them holds."""
    size = sum(len(certificate.public_bytes(Encoding.DER)) for certificate in certificates)
    return in_base64(size) > MAX_SECRET


def _x5c(items: object) -> tuple[x509.Certificate, ...]:
    """The certificates of a merge, each item base64 of any shape that was seen to be accepted."""
    if not isinstance(items, list) or not any(items):
        raise refusals.no_x5c()
    certificates: dict[x509.Certificate, None] = {}
    for item in items:
        try:
            found = x5c.certificates(fields.from_base64(item))
        except ValueError as error:
            raise refusals.unreadable_x5c() from error
        certificates.update(dict.fromkeys(found))
        if len(certificates) > MAX_CERTIFICATES:
            raise refusals.unreadable_x5c()
    return tuple(certificates)
