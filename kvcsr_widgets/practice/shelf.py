"""What lies in the vault: certificates, their versions, policies and requests, read and changed.

Deleted certificates are not there for anything in this module; ``deletion`` knows them.
"""

from __future__ import annotations

import json
from dataclasses import replace

from kvcsr_widgets.practice import fields, policy, refusals
from kvcsr_widgets.practice.clock import Clock
from kvcsr_widgets.practice.fields import Json
from kvcsr_widgets.practice.renewal import renewal_time
from kvcsr_widgets.practice.rows import Certificate, Operation, Version
from kvcsr_widgets.practice.store import Store


class Shelf:
    """Certificates over a store; ``clock`` gives Unix seconds."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self.clock = clock

    @property
    def now(self) -> int:
        """The vault's time in whole Unix seconds."""
        return int(self.clock())

    def pending(self, name: str, request_id: str | None = None) -> Operation:
        """The request of a certificate; ``request_id`` filters as documented."""
        operation = self.store.operation(name)
        if (
            operation is None
            or not self.is_live(self.store.certificate(name))
            or request_id not in (None, operation.request_id)
        ):
            raise refusals.no_pending(name)
        return operation

    def status(self, operation: Operation) -> str:
        """``inProgress``, ``completed``, ``cancelled`` or ``failed``, by the clock."""
        if operation.completed:
            return "completed"
        if operation.failure is not None:
            return "failed"
        since = operation.cancelled_from
        return "cancelled" if since is not None and self.clock() >= since else "inProgress"

    def put_newest(self, version: Version) -> None:
        """Add or change a version that is the newest now; it alone renews itself."""
        certificate = self.store.certificate(version.name)
        assert certificate is not None
        self.store.renew_none(version.name)
        renew_at = None
        if version.issued and version.enabled:
            renew_at = renewal_time(json.loads(certificate.policy), version.nbf, version.exp)
        self.store.put(replace(version, renew_at=renew_at))

    def is_live(self, certificate: Certificate | None) -> bool:
        """Whether there is such a certificate and it is neither deleted nor being recovered."""
        return (
            certificate is not None
            and certificate.deleted_at is None
            and certificate.settles_at <= self.clock()
        )

    def certificate(self, name: str) -> Certificate:
        """A certificate's name and policy."""
        found = self.store.certificate(name)
        if found is None or not self.is_live(found):
            raise refusals.no_certificate(name)
        return found

    def newest(self, name: str) -> Version:
        """The version that answers for a certificate."""
        self.certificate(name)
        found = self.store.newest(name)
        if found is None:
            raise refusals.no_certificate(name)
        return found

    def version(self, name: str, version: str) -> Version:
        """One version of a certificate, a placeholder included."""
        found = self.store.version(name, version)
        if found is None or not self.is_live(self.store.certificate(name)):
            raise refusals.no_certificate(f"{name}/{version}")
        return found

    def refuse_taken(self, name: str) -> Certificate | None:
        """The certificate of this name, if any; Refusal while a create or import may not be."""
        known = self.store.certificate(name)
        if known is None:
            return None
        if known.settles_at > self.clock():
            raise refusals.is_being(known.name, "deleted" if known.deleted_at else "recovered")
        if known.deleted_at is not None:
            raise refusals.is_deleted(known.name)
        operation = self.store.operation(name)
        if operation is not None and self.status(operation) == "inProgress":
            raise refusals.conflict_pending()
        return known

    def update(self, name: str, version: str | None, body: Json) -> Version:
        """Change ``enabled``, tags and policy; the newest version where none is named."""
        enabled, tags = fields.enabled(body), fields.tags(body)
        with self.store.transaction():
            if body.get("policy") is not None:
                self.update_policy(name, body["policy"])
            newest = self.newest(name)
            found = newest if version is None else self.version(name, version)
            if not found.issued:  # a placeholder stays disabled
                self._enable_later(name, enabled)
                enabled = None
            changed = replace(
                found,
                enabled=found.enabled if enabled is None else enabled,
                tags=found.tags if tags is None else tags,
                updated=self.now,
            )
            if found.id == newest.id:
                self.put_newest(changed)
            else:
                self.store.put(changed)
        return changed

    def _enable_later(self, name: str, enabled: bool | None) -> None:
        """What the certificate of a request shall be once it is issued."""
        operation = self.store.operation(name)
        if operation is not None and enabled is not None:
            self.store.put(replace(operation, enabled=enabled))

    def update_policy(self, name: str, change: object) -> Certificate:
        """Change the members of a policy that are named; the others stay as they are."""
        with self.store.transaction():
            known = self.certificate(name)
            wanted = policy.patched(json.loads(known.policy), change)
            if wanted["issuer"] != json.loads(known.policy)["issuer"]:
                self.require_issuer(wanted)
            changed = replace(known, policy=json.dumps(wanted), policy_updated=self.now)
            self.store.put(changed)
            self.put_newest(self.newest(name))
        return changed

    def require_issuer(self, wanted: Json) -> None:
        """Refusal unless the vault has the issuer that a policy names."""
        name = wanted["issuer"]["name"]
        if name.lower() not in ("unknown", "self") and self.store.issuer(name) is None:
            raise refusals.no_issuer()
