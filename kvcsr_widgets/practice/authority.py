"""The practice CA: a root and an intermediate, made once for each practice vault.

Nothing trusts it, and nothing should. Like many CAs it takes over the subject and the extensions
of the request; unlike them it checks nothing but the request's own signature. On demand it errs
on purpose, in each of the ways of ``mistakes``.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7

from kvcsr_widgets.errors import InputError
from kvcsr_widgets.pki.facts import UNREADABLE
from kvcsr_widgets.pki.lifetimes import days_within
from kvcsr_widgets.practice import hierarchy, issuing
from kvcsr_widgets.practice.clock import Clock
from kvcsr_widgets.practice.hierarchy import Issuer
from kvcsr_widgets.practice.mistakes import MISTAKES
from kvcsr_widgets.practice.mistakes.mistake import Job, Mistake, WrongFile
from kvcsr_widgets.practice.store import Store


@dataclass(frozen=True)
class Reply:
    """What the CA sends back: the certificate and the chain above it, intermediate first."""

    leaf: x509.Certificate
    chain: tuple[x509.Certificate, ...]

    @property
    def cer(self) -> bytes:
        """The certificate alone, as DER."""
        return self.leaf.public_bytes(Encoding.DER)

    @property
    def pem(self) -> bytes:
        """The certificate alone, as PEM."""
        return self.leaf.public_bytes(Encoding.PEM)

    @property
    def p7b(self) -> bytes:
        """The certificate and its chain, as PKCS #7 in DER."""
        return pkcs7.serialize_certificates([self.leaf, *self.chain], Encoding.DER)

    def file(self, kind: str) -> bytes:
        """The bytes of a ``.cer``, ``.pem`` or ``.p7b`` file."""
        return {"cer": self.cer, "pem": self.pem, "p7b": self.p7b}[kind]


class Authority:
    """The CA of one practice vault; its keys are in the vault's file."""

    mistakes: Mapping[str, Mistake] = MISTAKES
    """What ``sign_wrong`` can do wrong, by name."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        self.clock = clock

    def sign(self, csr_der: bytes, *, days: int | None = None, until: int | None = None) -> Reply:
        """Sign a request for ``days`` days, or until a Unix second.

        By default it is as long as a public CA may sign.

        Raises InputError if it is none, or not its own.
        """
        csr = _request(csr_der)
        root, issuer = self._load()
        now = self._now()
        end = now + dt.timedelta(days=self._days(days))
        if until is not None:
            end = dt.datetime.fromtimestamp(until, dt.UTC)
        draft = hierarchy.for_request(csr, now - hierarchy.BACKDATED, end)
        return Reply(draft.signed_by(issuer), (issuer.certificate, root))

    def sign_wrong(
        self, csr_der: bytes, mistake: str, *, days: int | None = None, name: str = "reply"
    ) -> WrongFile:
        """Sign a request wrong on purpose; ``mistake`` is a key of ``mistakes``.

        ``name`` is the file's name without its ending. Raises InputError as ``sign`` does, for an
        unknown mistake, and for one that this request gives no occasion for.
        """
        if mistake not in MISTAKES:
            raise InputError(
                f"“{mistake}” is no mistake of the practice CA.",
                hint=f"It is one of {', '.join(MISTAKES)}.",
            )
        made = MISTAKES[mistake].make(self._job(csr_der, days))
        return WrongFile(f"{name}.{made.kind}", made.content)

    def _job(self, csr_der: bytes, days: int | None) -> Job:
        """The request with what the vault knows of it, where it is one of this vault."""
        csr, other = _request(csr_der), self.store.other_csr(csr_der)
        root, issuer = self._load()
        job = Job(csr, self._now(), self._days(days), issuer, root)
        if other is not None:
            job = replace(job, other=x509.load_der_x509_csr(other).public_key())
        waiting = self.store.waiting(csr_der)
        if waiting is None:
            return job
        months = json.loads(waiting.policy)["x509_props"]["validity_months"]
        return replace(job, months=months, own_key=issuing.load_key(waiting.key))

    def _days(self, days: int | None) -> int:
        return days_within(self._now().date()) if days is None else days

    def _now(self) -> dt.datetime:
        return dt.datetime.fromtimestamp(int(self.clock()), dt.UTC)

    def _load(self) -> tuple[x509.Certificate, Issuer]:
        with self.store.transaction():
            root = self.store.secret("root")
            intermediate = self.store.secret("intermediate")
            key = self.store.secret("intermediate-key")
            if root is None or intermediate is None or key is None or self._is_over(intermediate):
                root, intermediate, key = self._make()
        issuer = Issuer(x509.load_der_x509_certificate(intermediate), issuing.load_key(key))
        return x509.load_der_x509_certificate(root), issuer

    def _is_over(self, der: bytes) -> bool:
        """Whether a certificate of the CA has expired, as after a long move of the clock."""
        return x509.load_der_x509_certificate(der).not_valid_after_utc <= self._now()

    def _make(self) -> tuple[bytes, bytes, bytes]:
        """A new hierarchy. The root's key is not kept: nothing else needs its signature."""
        root = hierarchy.new_root(hierarchy.ROOT, self._now())
        issuer = hierarchy.below(root, hierarchy.ISSUING, self._now())
        made = (
            root.certificate.public_bytes(Encoding.DER),
            issuer.certificate.public_bytes(Encoding.DER),
            issuing.key_der(issuer.key),
        )
        for kept, value in zip(("root", "intermediate", "intermediate-key"), made, strict=True):
            self.store.set_secret(kept, value)
        return made


def _request(csr_der: bytes) -> x509.CertificateSigningRequest:
    """A request that is signed with its own key. Raises InputError for anything else."""
    try:
        csr = x509.load_der_x509_csr(csr_der)
        valid = csr.is_signature_valid
    except UNREADABLE as error:
        raise InputError("This is no certificate signing request.") from error
    if not valid:
        raise InputError("The request's signature is not valid: it was changed on its way.")
    return csr
