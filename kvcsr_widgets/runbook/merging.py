"""Merge a CA's reply into the request that waits for it, and see that it is there."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from kvcsr_widgets.errors import (
    BusyError,
    ConflictError,
    ForbiddenError,
    InputError,
    NotFoundError,
    UnreachableError,
    VaultError,
)
from kvcsr_widgets.pki import facts
from kvcsr_widgets.pki.chain import Chain
from kvcsr_widgets.pki.consumers import to_send
from kvcsr_widgets.pki.pending import PendingRequest, SentCsr, Status
from kvcsr_widgets.pki.plan import CertificatePlan
from kvcsr_widgets.runbook import readback
from kvcsr_widgets.runbook.readback import Checked
from kvcsr_widgets.vault.client import Vault
from kvcsr_widgets.vault.records import Certificate, Operation

PAUSES = (1, 2, 4)
"""Seconds before each look at the vault after an answer was lost."""


def pending_request(
    operation: Operation,
    *,
    plan: CertificatePlan | None = None,
    enabled: bool | None = None,
    downloaded: SentCsr | None = None,
    versions: tuple[str, ...] = (),
    homes: Mapping[str, tuple[str, ...]] | None = None,
) -> PendingRequest:
    """The request as the checks before a merge need it; see there for the arguments.

    Raises InputError for a request without a CSR.
    """
    if operation.csr is None:
        raise InputError(f"The request “{operation.name}” has no CSR: there is nothing to merge.")
    return PendingRequest(
        operation.name,
        operation.csr,
        status=operation.status,
        issuer=operation.issuer,
        cancellation_requested=operation.cancellation_requested,
        preserve_order=operation.preserve_order,
        plan=plan,
        enabled=enabled,
        downloaded=downloaded,
        versions=versions,
        homes=homes or {},
        request_id=operation.request_id,
    )


@dataclass(frozen=True)
class Merged:
    """A certificate that is in the vault, with what was held against the reply.

    ``repeated``: it was there before, and nothing was sent or the vault took nothing.
    ``lost_answer``: the vault did the work and its answer did not arrive.
    """

    certificate: Certificate
    checks: tuple[Checked, ...]
    repeated: bool = False
    lost_answer: bool = False

    @property
    def ok(self) -> bool:
        """Whether the vault has what was expected."""
        return all(check.ok for check in self.checks)


def merge(
    vault: Vault,
    request: PendingRequest,
    chain: Chain,
    *,
    sleep: Callable[[float], None] = time.sleep,
) -> Merged:
    """Merge a chain into ``request`` as it was checked before.

    Repeating it is harmless. The request is read again first, the chain is sent in the order that
    it was made with (``pki.consumers.to_send``), and the certificate is read back; what then
    differs is told by ``checks`` and raises nothing. A leaf that is a version already is not sent,
    whatever waits under its name now.

    Raises InputError for a leaf over another key, ConflictError if the request was made again, over
    the same key or not, or completed with another certificate meanwhile, UnreachableError if the
    answer was lost and the certificate is not there or cannot be looked for, and VaultError for the
    vault's refusal.
    """
    job = _Job.of(vault, request, chain)
    operation, found = job.look()
    if found is not None:
        return job.merged(found, at=found.version, repeated=True)
    preserve_order = operation is not None and operation.preserve_order
    try:
        answer = vault.merge(request.name, to_send(chain, preserve_order))
    except VaultError as error:
        if _says_nothing(error):
            found = job.after_silence(error, sleep)
            return job.merged(found, at=found.version, lost_answer=True)
        found = job.after_refusal(error)
        return job.merged(found, at=found.version, repeated=True)
    return job.merged(answer, version=answer.version)


@dataclass(frozen=True)
class _Job:
    """One merge: the request as it was checked, and the leaf for it."""

    vault: Vault
    request: PendingRequest
    leaf: x509.Certificate

    @classmethod
    def of(cls, vault: Vault, request: PendingRequest, chain: Chain) -> _Job:
        wanted = facts.spki(request.csr.public_key)
        if not chain.certificates or facts.spki(chain.leaf.public_key()) != wanted:
            raise InputError(
                f"The certificate belongs to another key than the request “{request.name}”.",
                hint="Choose the request that it was made for.",
            )
        return cls(vault, request, chain.leaf)

    def merged(
        self,
        found: Certificate,
        *,
        version: str = "",
        at: str = "",
        repeated: bool = False,
        lost_answer: bool = False,
    ) -> Merged:
        """What is in the vault now, read back: the newest version, or the one ``at``."""
        checks = readback.checks(self.vault, self.request, self.leaf, version, at=at)
        return Merged(found, checks, repeated=repeated, lost_answer=lost_answer)

    def look(self) -> tuple[Operation | None, Certificate | None]:
        """The request, and the version that is the leaf if there is one.

        Raises ConflictError where the leaf can no longer be merged. The request is None where it
        was deleted after the merge.
        """
        try:
            operation = self.vault.operation(self.request.name)
        except NotFoundError:
            _newest, found = self._there()
            if found is None:
                raise
            return None, found
        still = self.request.is_still(operation.request_id, operation.csr)
        if still and operation.status is not Status.COMPLETED:
            return operation, None
        newest, found = self._there()
        if found is None:
            raise _merged_other(newest) if still else _made_again(operation, self.request)
        return operation, found

    def _there(self) -> tuple[Certificate, Certificate | None]:
        """The newest version, and the one that is the leaf: that or an earlier one, if any is."""
        name, wanted = self.request.name, facts.thumbprint(self.leaf)
        newest = self.vault.certificate(name)
        if self._is_leaf(newest):
            return newest, newest
        try:
            known = list(self.vault.versions(name))
        except (ForbiddenError, NotFoundError):  # who may not list them is told of the newest
            return newest, None
        version = next((each.version for each in known if each.thumbprint == wanted), "")
        return newest, self.vault.certificate(name, version) if version else None

    def after_refusal(self, refusal: VaultError) -> Certificate:
        """The certificate, if somebody was faster with the same one.

        Raises ConflictError if the request says why the vault refused, else the refusal itself.
        """
        try:
            _operation, found = self.look()
        except ConflictError:
            raise
        except VaultError:
            raise refusal from None
        if found is None:
            raise refusal
        return found

    def after_silence(self, error: VaultError, sleep: Callable[[float], None]) -> Certificate:
        """The certificate, if the vault did the work without an answer. Raises VaultError."""
        seen = False
        for pause in PAUSES:
            sleep(pause)
            try:
                _operation, found = self.look()
            except NotFoundError as gone:
                raise _gone(self.request.name, self.vault.host, gone) from None
            except ConflictError:
                raise
            except VaultError:  # silent still, or the sign-in has ended: nothing is known
                continue
            if found is not None:
                return found
            seen = True
        raise (_still_waits if seen else _not_known)(self.request.name, self.vault.host, error)

    def _is_leaf(self, certificate: Certificate) -> bool:
        return certificate.der == self.leaf.public_bytes(Encoding.DER)


def _says_nothing(error: VaultError) -> bool:
    """Whether the work may have been done all the same; throttling comes before it."""
    return isinstance(error, UnreachableError) or (
        isinstance(error, BusyError) and error.status >= 500
    )


def _made_again(operation: Operation, request: PendingRequest) -> ConflictError:
    now = operation.csr.fingerprint if operation.csr is not None else ""
    said = f"The request “{request.name}” was made again since this reply was checked"
    if now == request.csr.fingerprint:
        return ConflictError(
            f"{said}: it kept the key and has a new CSR.",
            why="The certificate fits the key, but it answers the earlier CSR: merged now, it "
            "would complete a request that somebody made for another one.",
            hint="Refresh, and ask who made it. Download the new CSR and have it signed.",
        )
    return ConflictError(
        f"{said}: its key is a new one.",
        why="Somebody deleted the request or finished it, and created it anew. The certificate "
        "belongs to the key of the earlier one.",
        hint="Refresh, download the new CSR and have it signed.",
    )


def _merged_other(found: Certificate) -> ConflictError:
    when = f" on {found.created:%Y-%m-%d at %H:%M:%S} UTC" if found.created else ""
    return ConflictError(
        f"Somebody else merged another certificate into “{found.name}”{when}. Yours was not "
        "merged.",
        why=f"The vault has the one with the thumbprint {found.thumbprint or '(none)'}.",
        hint="Ask who merged it. To put yours into the vault, create a new version and have its "
        "CSR signed.",
    )


def _still_waits(name: str, host: str, error: VaultError) -> UnreachableError:
    return UnreachableError(
        f"{host} did not confirm the merge, and the request “{name}” still waits.",
        why="The connection broke, or the vault failed, before the work was done.",
        hint="Merge again: repeating it is harmless, whatever became of this one.",
        **_answer(error),
    )


def _gone(name: str, host: str, gone: NotFoundError) -> NotFoundError:
    return NotFoundError(
        f"{host} did not confirm the merge of “{name}”, and the certificate is not there. "
        f"{gone.message}",
        why="The connection broke, or the vault failed; then somebody deleted what it was to be "
        "merged into.",
        hint=gone.hint,
        notebook=gone.notebook,
        cause=gone.cause,
        **_answer(gone),
    )


def _not_known(name: str, host: str, error: VaultError) -> UnreachableError:
    return UnreachableError(
        f"{host} did not confirm the merge of “{name}”. Whether it was done is not known.",
        why="The vault could not be asked afterwards.",
        hint="When the vault answers again, refresh: the request is completed if the merge was "
        "done. If it still waits, merge again; repeating it is harmless.",
        **_answer(error),
    )


def _answer(error: VaultError) -> dict[str, Any]:
    """What the vault said, to be kept by the error that replaces this one."""
    parts = ("status", "code", "inner_code", "service_text", "answer", "request_id")
    return {part: getattr(error, part) for part in parts}
