"""A renewal, rehearsed on a clock that moves: three certificates, one for each way of renewing.

One is signed by a CA that the vault does not know, one by the vault itself (issuer Self), one by a
partnered CA. All are as old, and each has the lifetime action that the vault chooses by itself:
for a CA that it does not know an e-mail, for the others a renewal, at 80 % of the life (recorded).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from cryptography import x509

from kvcsr_widgets.errors import InputError
from kvcsr_widgets.pki import chain, facts
from kvcsr_widgets.pki.leaf import choose_leaf, key_of
from kvcsr_widgets.pki.names import Names
from kvcsr_widgets.pki.plan import SELF, UNKNOWN, Action, CertificatePlan, KeyChoice
from kvcsr_widgets.pki.signed import read_signed
from kvcsr_widgets.runbook.entries import RENEWAL
from kvcsr_widgets.runbook.finished import Point, Points
from kvcsr_widgets.runbook.merging import Merged, merge, pending_request
from kvcsr_widgets.runbook.progress import waits_for_merge
from kvcsr_widgets.runbook.reading import request_of
from kvcsr_widgets.vault.causes import diagnose
from kvcsr_widgets.vault.client import Vault
from kvcsr_widgets.vault.issuers import DIGICERT, Issuer
from kvcsr_widgets.vault.records import Certificate, Operation

BY_HAND, BY_ITSELF, BY_PARTNER = "www-by-hand", "www-self", "www-partner"
"""The certificates of the rehearsal, by who signs them."""

PARTNER = Issuer("PartneredCA", DIGICERT, account_id="practice", organization_id="practice")

DAYS_A_MONTH = 31
MAX_DAYS = 800
"""So far the clock is moved at once, in days."""

USED_CSR = (
    "The CSR used to get your certificate has already been used. Please try to generate a new "
    "certificate with a new CSR."
)
"""How a CA refuses a key that it has certified before (FAQ of the article)."""


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a certificate; ``key`` is the SHA-256 of its public key, in hexadecimal.

    ``self_signed`` is whether nobody but its own key vouches for it.
    """

    made: datetime
    begins: datetime
    expires: datetime
    key: str
    thumbprint: str
    self_signed: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A certificate with its versions, the oldest first, its current policy and its request."""

    name: str
    plan: CertificatePlan
    versions: tuple[Version, ...]
    operation: Operation | None = None

    @property
    def waiting(self) -> Operation | None:
        """The request that waits until a person has it signed."""
        found = self.operation
        return found if found is not None and waits_for_merge(found) else None

    @property
    def renews(self) -> bool:
        """Whether the vault makes the next version by itself.

        Not for a CA that it does not know, whatever the policy says.
        """
        action = self.plan.lifetime_action
        return action is not None and action.action is Action.RENEW and not self.plan.by_hand

    @property
    def acts_at(self) -> datetime | None:
        """When the policy's lifetime action falls due for the newest version."""
        action = self.plan.lifetime_action
        if action is None or not self.versions:
            return None
        newest = self.versions[-1]
        if action.days_before_expiry is not None:
            return newest.expires - timedelta(days=action.days_before_expiry)
        life = newest.expires - newest.begins
        return newest.begins + life * (action.percentage or 0) / 100

    def by_itself(self, now: datetime) -> str:
        """What the vault does by itself, and when, as seen from ``now``."""
        due = self.acts_at
        if due is None:
            return "The vault does nothing by itself."
        if self.renews:
            return f"On {due:%Y-%m-%d} the vault makes the next version by itself."
        fell = "fell" if due <= now else "falls"
        mail = f"An e-mail to the contacts {fell} due on {due:%Y-%m-%d}."
        return f"{mail} The vault does nothing else: renew it." if self.plan.by_hand else mail

    @property
    def same_key_as(self) -> int | None:
        """The number of the version that has the waiting request's key, from 1; None for none."""
        csr = self.waiting.csr if self.waiting is not None else None
        keys = [each.key for each in self.versions]
        if csr is None or csr.fingerprint not in keys:
            return None
        return keys.index(csr.fingerprint) + 1


@dataclass(frozen=True, slots=True)
class Seen:
    """The rehearsal's vault at one moment of its own time."""

    now: datetime
    lines: tuple[Line, ...] = ()

    def line(self, name: str) -> Line | None:
        """A certificate by its name."""
        return next((each for each in self.lines if each.name == name), None)

    @property
    def waiting(self) -> tuple[Line, ...]:
        """The certificates whose next version waits for a CA."""
        return tuple(each for each in self.lines if each.waiting is not None)


def stage(vault: Vault, days: int) -> None:
    """Make the three certificates in an empty practice vault, so that each lasts about ``days``.

    The vault's own count in months: the first lasts so many days, the others at most that.
    """
    months = max(1, days // DAYS_A_MONTH)
    vault.issuers.add(PARTNER, "a practice API key")
    vault.create(_plan(BY_HAND, UNKNOWN, months))
    _sign_and_merge(vault, vault.operation(BY_HAND), days=days, now=None)
    vault.create(_plan(BY_ITSELF, SELF, months))
    vault.create(_plan(BY_PARTNER, PARTNER.name, months))


def _plan(name: str, issuer: str, months: int) -> CertificatePlan:
    host = f"{name}.contoso.com"
    return CertificatePlan(
        name,
        f"CN={host}",
        names=Names(dns=(host,)),
        key=KeyChoice.EC_P256,
        key_usage=KeyChoice.EC_P256.fitting_usage,
        validity_months=months,
        issuer=issuer,
    )


def look(vault: Vault, now: datetime) -> Seen:
    """How the vault stands at ``now``, its own time. Raises VaultError."""
    names = sorted(each.name for each in vault.certificates())
    return Seen(now, tuple(_line(vault, name) for name in names))


def _line(vault: Vault, name: str) -> Line:
    operation = request_of(vault, name)  # first: the vault does what is due before it answers
    read = [vault.certificate(name, each.version) for each in vault.versions(name)]
    versions = sorted((_version(each) for each in read if each.der), key=lambda each: each.made)
    return Line(name, vault.current(name).plan, tuple(versions), operation)


def _version(found: Certificate) -> Version:
    leaf = x509.load_der_x509_certificate(found.der)
    assert found.created is not None  # the practice vault dates every version
    return Version(
        made=found.created,
        begins=leaf.not_valid_before_utc,
        expires=leaf.not_valid_after_utc,
        key=key_of(leaf),
        thumbprint=facts.thumbprint(leaf),
        self_signed=chain.is_self_issued(leaf),
    )


def move_on(
    vault: Vault, now: Callable[[], datetime], advance: Callable[[float], object], days: float
) -> tuple[Seen, tuple[str, ...]]:
    """Move the clock by so many days, and see what happened on the way, each on its day.

    The practice vault does what is due only when it is asked something, so it is asked on each day
    on which a renewal falls due. ``now`` gives its time, ``advance`` moves it by seconds. Raises
    InputError for a step that is none, VaultError.
    """
    if not 0 < days <= MAX_DAYS:
        raise InputError(
            f"The clock moves by 1 to {MAX_DAYS} days at once.", hint="It never runs backwards."
        )
    seen, told = look(vault, now()), list[tuple[datetime, str]]()
    end = seen.now + timedelta(days=days)
    while (moment := _next(seen, end)) is not None:
        advance((moment - now()).total_seconds() + 1)
        after = look(vault, now())
        told += happened(seen, after)
        seen = after
    return seen, tuple(f"{when:%Y-%m-%d}: {said}" for when, said in sorted(told))


def _next(seen: Seen, end: datetime) -> datetime | None:
    """The next day to look at the vault, None once the end was reached."""
    if seen.now >= end:
        return None
    due = (line.acts_at for line in seen.lines if line.renews)
    return min([end, *(when for when in due if when is not None and seen.now < when < end)])


def happened(before: Seen, after: Seen) -> Iterator[tuple[datetime, str]]:
    """What happened between two moments, a time and a sentence each."""
    for line in before.lines:
        now = after.line(line.name)
        made = now.versions[len(line.versions) :] if now is not None else ()
        for number, version in enumerate(made, len(line.versions) + 1):
            yield version.made, f"the vault made version {number} of “{line.name}” by itself."
        if not line.versions:
            continue
        due, expires = line.acts_at, line.versions[-1].expires
        if due is not None and not line.renews and before.now < due <= after.now:
            yield due, f"an e-mail to the contacts fell due for “{line.name}”. No request was made."
        if not made and before.now < expires <= after.now:
            yield expires, f"“{line.name}” expired: clients refuse it from now on."


def answer(vault: Vault, line: Line, *, days: int, now: datetime, strict: bool) -> Merged:
    """Have the practice CA sign the waiting request, and merge what it sends.

    A ``strict`` CA refuses a key that it has certified before, as some public CAs do. Raises
    InputError then, and where nothing waits; VaultError for the vault's refusal.
    """
    if line.waiting is None:
        raise InputError(f"No request of “{line.name}” waits for a CA.")
    if strict and line.same_key_as is not None:
        found = diagnose(USED_CSR)
        assert found is not None  # the catalogue knows it
        raise InputError(f"The CA refuses: {USED_CSR}", why=found.why, hint=found.hint)
    known = tuple(each.thumbprint for each in line.versions)
    return _sign_and_merge(vault, line.waiting, days=days, now=now, versions=known)


def _sign_and_merge(
    vault: Vault,
    operation: Operation,
    *,
    days: int,
    now: datetime | None,
    versions: tuple[str, ...] = (),
) -> Merged:
    assert vault.authority is not None  # a practice vault has one
    assert operation.csr is not None
    signed = read_signed(vault.authority.sign(operation.csr.der, days=days).file("p7b"))
    moment = now or max(each.not_valid_before_utc for each in signed.certificates)
    request = pending_request(operation, versions=versions)
    leaf = choose_leaf(request, signed, moment)
    assert leaf is not None  # it was signed for this key
    return merge(vault, request, chain.build(leaf, signed.certificates, moment))


def follow_the_sample(vault: Vault, line: Line) -> Operation:
    """Renew as a documented sample does: with issuer Self, where the policy says Unknown.

    The documentation's renewal page for a CA that the vault does not know takes PowerShell's
    ``-IssuerName Self`` and Azure CLI's default policy. The vault then signs by itself.
    """
    return vault.create(replace(line.plan, issuer=SELF, lifetime_action=None))


def rehearsed(seen: Seen | None) -> Points:
    """Notebook 07: the renewal fell due, and was done with a new key and with the same one."""
    line = seen.line(BY_HAND) if seen is not None else None
    versions = [each for each in line.versions if not each.self_signed] if line else []
    if seen is None or not versions:
        return (Point("There is no rehearsal yet: begin one above.", False),)
    first = versions[0]
    late = first.begins + (first.expires - first.begins) * RENEWAL <= seen.now
    keys = [each.key for each in versions]
    again = [key in keys[:place] for place, key in enumerate(keys) if place]
    return (
        Point("The clock stands where the renewal is due.", True)
        if late
        else Point("The renewal is not due yet: move the clock to four fifths of the life.", False),
        Point(f"“{BY_HAND}” was renewed with a new key.", True)
        if False in again
        else Point(f"“{BY_HAND}” was not renewed with a new key yet (reuse key off).", False),
        Point(f"“{BY_HAND}” was renewed with the key that it had.", True)
        if True in again
        else Point(f"“{BY_HAND}” was not renewed with the same key yet (reuse key on).", False),
    )
