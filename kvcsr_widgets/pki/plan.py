"""What is asked for: one value that holds a whole certificate request, checked as sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum

from cryptography import x509

from kvcsr_widgets.errors import PlanError, Problem, SubjectError
from kvcsr_widgets.pki.facts import KEY_USAGE_FIELDS
from kvcsr_widgets.pki.names import Names
from kvcsr_widgets.pki.subject import Subject

MAX_MONTHS = 1200
"""Months of validity, a bound of ours: the service is known to accept 1200."""

MAX_TAGS = 15
"""Tags of one certificate; the service refuses a sixteenth (observed)."""

MAX_TAG_LENGTH = 256
"""Characters of a tag's name and of its value (documented for keys)."""

SERVER_AUTH = "1.3.6.1.5.5.7.3.1"
CLIENT_AUTH = "1.3.6.1.5.5.7.3.2"

DEFAULT_KEY_USAGE = ("digitalSignature", "keyEncipherment")
"""What the vault asks for where a policy names no key usage, for keys of any kind (recorded)."""

DEFAULT_EKUS = (SERVER_AUTH, CLIENT_AUTH)
"""What the vault asks for where a policy names no extended key usage (recorded)."""

UNKNOWN, SELF = "Unknown", "Self"
"""The two issuers that every vault has: a CA that it does not know, and the key itself."""

RESERVED = ("contacts", "issuers")
"""Names that no certificate can have: the vault's own lists have these addresses."""

_CERTIFICATE_NAME = re.compile(r"[0-9a-zA-Z-]{1,127}")
_LIMITS = {"CN": 64, "O": 64, "OU": 64, "L": 128, "S": 128, "SERIALNUMBER": 64, "T": 64}


class KeyChoice(Enum):
    """A key that Key Vault makes and that a CA takes.

    ``kind`` is RSA or EC, ``bits`` the size of the modulus or of the curve's field, ``curve`` its
    name in JSON Web Key spelling (None for RSA).
    """

    RSA_2048 = ("RSA", 2048, None)
    RSA_3072 = ("RSA", 3072, None)
    RSA_4096 = ("RSA", 4096, None)
    EC_P256 = ("EC", 256, "P-256")
    EC_P384 = ("EC", 384, "P-384")
    EC_P521 = ("EC", 521, "P-521")
    EC_P256K = ("EC", 256, "P-256K")

    def __init__(self, kind: str, bits: int, curve: str | None) -> None:
        self.kind = kind
        self.bits = bits
        self.curve = curve

    @property
    def label(self) -> str:
        """How a person calls it."""
        return f"{self.kind} {self.curve or self.bits}"

    @property
    def fitting_usage(self) -> tuple[str, ...]:
        """The key usage that a TLS certificate of this key should have.

        keyEncipherment for RSA only: RFC 8813 section 3 forbids it for EC keys.
        """
        return DEFAULT_KEY_USAGE if self.kind == "RSA" else ("digitalSignature",)


class ContentType(Enum):
    """How the secret behind the certificate holds certificate and key."""

    PKCS12 = "application/x-pkcs12"
    PEM = "application/x-pem-file"


class Action(Enum):
    """What the vault does late in a certificate's life."""

    EMAIL = "EmailContacts"
    RENEW = "AutoRenew"


@dataclass(frozen=True, slots=True)
class LifetimeAction:
    """An action and its trigger: a percentage of the lifetime, or days before the expiry."""

    action: Action
    percentage: int | None = None
    days_before_expiry: int | None = None

    @property
    def in_words(self) -> str:
        """``e-mail at 80 % of the lifetime`` and so on."""
        what = "e-mail the contacts" if self.action is Action.EMAIL else "renew"
        if self.days_before_expiry is not None:
            return f"{what} {self.days_before_expiry} days before the expiry"
        return f"{what} at {self.percentage} % of the lifetime"


@dataclass(frozen=True, slots=True)
class CertificatePlan:
    """A request for a certificate, with everything that a Key Vault policy can say.

    ``name`` is the certificate's name in the vault, ``subject`` the text that Key Vault reads
    (``pki.subject``), ``names`` the subject alternative names. ``issuer`` is ``UNKNOWN`` for a CA
    outside the vault that signs a CSR, ``SELF``, or the name of an issuer configured in the vault;
    ``certificate_type`` (such as OV-SSL) and ``transparency`` are for such an issuer alone.
    ``validity_months`` is what is asked for: a CA decides by itself. ``key_usage`` holds Key
    Vault's spellings and ``ekus`` dotted OIDs; None says nothing, and the vault takes
    ``DEFAULT_KEY_USAGE`` and ``DEFAULT_EKUS``. Without ``lifetime_action`` the vault chooses:
    80 % of the lifetime, an e-mail for issuer Unknown and a renewal for others.
    """

    name: str
    subject: str = ""
    names: Names = Names()  # noqa: RUF009 - frozen
    key: KeyChoice = KeyChoice.RSA_2048
    hsm: bool = False
    exportable: bool = True
    reuse_key: bool = False
    content_type: ContentType = ContentType.PKCS12
    validity_months: int = 12
    key_usage: tuple[str, ...] | None = None
    ekus: tuple[str, ...] | None = None
    issuer: str = UNKNOWN
    certificate_type: str = ""
    transparency: bool | None = None
    lifetime_action: LifetimeAction | None = None
    enabled: bool = True
    preserve_order: bool = False
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def by_hand(self) -> bool:
        """Whether a person takes the CSR to a CA."""
        return self.issuer.lower() == UNKNOWN.lower()

    @property
    def expected_key_usage(self) -> tuple[str, ...]:
        """The key usage that the CSR will hold."""
        return DEFAULT_KEY_USAGE if self.key_usage is None else self.key_usage

    @property
    def expected_ekus(self) -> tuple[str, ...]:
        """The extended key usages that the CSR will hold."""
        return DEFAULT_EKUS if self.ekus is None else self.ekus

    def problems(self) -> tuple[Problem, ...]:
        """Everything that stands against sending this, one sentence each, in the form's order."""
        return tuple(self._problems())

    def check(self) -> None:
        """Raise PlanError with every problem, if there is one."""
        if problems := self.problems():
            raise PlanError(problems)

    def _problems(self) -> Iterator[Problem]:
        yield from name_problems(self.name)
        yield from _issuer_problems(self.issuer)
        yield from subject_problems(self.subject, alone=not self.names)
        yield from self.names.problems()
        if not 1 <= self.validity_months <= MAX_MONTHS:
            yield Problem(
                "validity_months", f"The validity must be between 1 and {MAX_MONTHS} months."
            )
        if self.hsm and self.exportable:
            yield Problem(
                "exportable",
                "A key in an HSM cannot be exported.",
                "Take the tick from exportable, or choose a software key.",
            )
        yield from _usage_problems(self.key_usage, self.ekus)
        if self.lifetime_action is not None:
            yield from _lifetime_problems(self.lifetime_action, self.validity_months)
        yield from tag_problems(self.tags)


def is_certificate_name(name: str) -> bool:
    """Whether a certificate can have this name in Key Vault."""
    return _CERTIFICATE_NAME.fullmatch(name) is not None and name.lower() not in RESERVED


def name_problems(name: str) -> Iterator[Problem]:
    """What is wrong with a certificate's name (Key Vault: letters, digits, hyphens, 1 to 127)."""
    if not name:
        yield Problem("name", "The certificate needs a name.", "For example www-contoso-com.")
    elif name.lower() in RESERVED:
        yield Problem("name", f"“{name}” is an address of the vault itself.", "Choose another one.")
    elif not is_certificate_name(name):
        wrong = sorted(set(re.sub(r"[0-9a-zA-Z-]", "", name)))
        shown = " ".join("blank" if mark == " " else mark for mark in wrong[:5])
        reason = f" (here: {shown})" if wrong else f" (it has {len(name)} characters)"
        yield Problem(
            "name",
            f"Key Vault takes 1 to 127 letters, digits and hyphens as a name{reason}.",
            "Write hyphens instead of dots: www-contoso-com.",
        )


def subject_problems(text: str, *, alone: bool) -> Iterator[Problem]:
    """What is wrong with a subject; ``alone`` when no other names stand beside it."""
    try:
        subject = Subject.parse(text)
    except SubjectError as error:
        where = f" (character {error.position + 1})."
        yield Problem("subject", error.message.removesuffix(".") + where, error.hint)
        return
    if not subject.attributes and alone:
        yield Problem(
            "subject",
            "The request needs a subject or a DNS name.",
            "Write CN= and the host name: CN=www.contoso.com.",
        )
    for part in subject.attributes:
        limit = _LIMITS.get(part.key)
        if not part.value:
            yield Problem("subject", f"{part.key} is empty.", "Fill it in or leave it out.")
        elif limit and len(part.value) > limit:
            yield Problem(
                "subject",
                f"{part.key} has {len(part.value)} characters; certificates take {limit}.",
                "A long host name belongs into the DNS names." if part.key == "CN" else "",
            )
        elif part.key == "C" and not re.fullmatch(r"[A-Za-z]{2}", part.value):
            yield Problem(
                "subject", f"“{part.value}” is no country code.", "Write two letters: C=US."
            )


def tag_problems(tags: dict[str, str]) -> Iterator[Problem]:
    """What is wrong with a certificate's tags."""
    if len(tags) > MAX_TAGS:
        yield Problem("tags", f"{len(tags)} tags are too many; Key Vault takes {MAX_TAGS}.")
    for name, value in tags.items():
        if not name or max(len(name), len(value)) > MAX_TAG_LENGTH:
            yield Problem(
                "tags",
                f"The tag “{name[:40]}” needs a name, and at most {MAX_TAG_LENGTH} characters in "
                "name and value.",
            )


def _issuer_problems(issuer: str) -> Iterator[Problem]:
    if not _CERTIFICATE_NAME.fullmatch(issuer):
        yield Problem(
            "issuer",
            f"“{issuer[:40]}” is no issuer's name.",
            "Choose Unknown, Self, or an issuer of the vault.",
        )


def _usage_problems(
    key_usage: tuple[str, ...] | None, ekus: tuple[str, ...] | None
) -> Iterator[Problem]:
    known = {name.lower() for name in KEY_USAGE_FIELDS}
    lowered = {name.lower() for name in key_usage or ()}
    if key_usage == ():
        yield Problem(
            "key_usage",
            "A certificate's key needs a use.",
            "Tick digitalSignature: the vault would take its default instead of none.",
        )
    for name in key_usage or ():
        if name.lower() not in known:
            yield Problem("key_usage", f"“{name[:40]}” is no key usage.")
    if lowered & {"encipheronly", "decipheronly"} and "keyagreement" not in lowered:
        yield Problem(
            "key_usage",
            "encipherOnly and decipherOnly say something about keyAgreement, which is not asked.",
            "Tick keyAgreement too (RFC 5280 section 4.2.1.3).",
        )
    for oid in ekus or ():
        if not _is_oid(oid):
            yield Problem("ekus", f"“{oid[:40]}” is no OID.", "Write it like 1.3.6.1.5.5.7.3.1.")


def _is_oid(text: str) -> bool:
    try:
        x509.ObjectIdentifier(text)
    except ValueError:
        return False
    return True


def _lifetime_problems(action: LifetimeAction, months: int) -> Iterator[Problem]:
    percentage, days = action.percentage, action.days_before_expiry
    if (percentage is None) == (days is None):
        yield Problem(
            "lifetime_action", "The vault acts at a percentage or so many days before, not at both."
        )
    elif percentage is not None and not 1 <= percentage <= 99:
        yield Problem("lifetime_action", "The percentage must be between 1 and 99.")
    elif days is not None and not 1 <= days <= months * 27:
        yield Problem(
            "lifetime_action",
            f"The days before the expiry must be between 1 and {months * 27} (27 a month).",
        )
