"""What is asked for: one value that holds a whole certificate request, checked as sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum

from kvcsr_widgets.errors import PlanError, Problem, SubjectError
from kvcsr_widgets.pki.subject import Subject

MAX_NAMES = 100
"""DNS names in one request, a bound of ours: public CAs take at most 100 to 250."""

MAX_MONTHS = 1200
"""Months of validity, a bound of ours: the service is known to accept 1200."""

SERVER_AUTH = "1.3.6.1.5.5.7.3.1"
CLIENT_AUTH = "1.3.6.1.5.5.7.3.2"

_CERTIFICATE_NAME = re.compile(r"[0-9a-zA-Z-]{1,127}")
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)", re.IGNORECASE)
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

    def __init__(self, kind: str, bits: int, curve: str | None) -> None:
        self.kind = kind
        self.bits = bits
        self.curve = curve

    @property
    def label(self) -> str:
        """How a person calls it."""
        return f"{self.kind} {self.curve or self.bits}"


@dataclass(frozen=True, slots=True)
class CertificatePlan:
    """A request for a certificate that a CA outside the vault will sign (issuer Unknown).

    ``name`` is the certificate's name in the vault, ``subject`` the text that Key Vault reads
    (``pki.subject``), ``validity_months`` what is asked for: a CA decides by itself.
    ``key_usage`` and ``ekus`` hold Key Vault's spellings and dotted OIDs; an empty ``key_usage``
    means what fits the key: digitalSignature, and keyEncipherment for RSA only (RFC 8813
    section 3 forbids it for EC keys).
    """

    name: str
    subject: str
    dns_names: tuple[str, ...] = ()
    key: KeyChoice = KeyChoice.RSA_2048
    validity_months: int = 12
    key_usage: tuple[str, ...] = ()
    ekus: tuple[str, ...] = (SERVER_AUTH, CLIENT_AUTH)
    exportable: bool = True
    reuse_key: bool = False
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def effective_key_usage(self) -> tuple[str, ...]:
        """The key usage that is sent."""
        if self.key_usage:
            return self.key_usage
        rsa = self.key.kind == "RSA"
        return ("digitalSignature", "keyEncipherment") if rsa else ("digitalSignature",)

    def problems(self) -> tuple[Problem, ...]:
        """Everything that stands against sending this, one sentence each."""
        return tuple(self._problems())

    def check(self) -> None:
        """Raise PlanError with every problem, if there is one."""
        if problems := self.problems():
            raise PlanError(problems)

    def _problems(self) -> Iterator[Problem]:
        yield from name_problems(self.name)
        yield from subject_problems(self.subject, alone=not self.dns_names)
        yield from dns_problems(self.dns_names)
        if not 1 <= self.validity_months <= MAX_MONTHS:
            yield Problem(
                "validity_months", f"The validity must be between 1 and {MAX_MONTHS} months."
            )


def name_problems(name: str) -> Iterator[Problem]:
    """What is wrong with a certificate's name (Key Vault: letters, digits, hyphens, 1 to 127)."""
    if not name:
        yield Problem("name", "The certificate needs a name.", "For example www-contoso-com.")
    elif not _CERTIFICATE_NAME.fullmatch(name):
        wrong = sorted(set(re.sub(r"[0-9a-zA-Z-]", "", name)))
        shown = " ".join("blank" if mark == " " else mark for mark in wrong[:5])
        reason = f" (here: {shown})" if wrong else f" (it has {len(name)} characters)"
        yield Problem(
            "name",
            f"Key Vault takes 1 to 127 letters, digits and hyphens as a name{reason}.",
            "Write hyphens instead of dots: www-contoso-com.",
        )


def subject_problems(text: str, *, alone: bool) -> Iterator[Problem]:
    """What is wrong with a subject; ``alone`` when no DNS names stand beside it."""
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


def dns_problems(names: tuple[str, ...]) -> Iterator[Problem]:
    """What is wrong with a list of DNS names (RFC 5280 section 4.2.1.6, RFC 1034 section 3.5)."""
    if len(names) > MAX_NAMES:
        yield Problem("dns_names", f"{len(names)} DNS names are too many; {MAX_NAMES} fit.")
    for name in names[:MAX_NAMES]:
        if not is_dns_name(name):
            hint = "Write one host name a line, such as www.contoso.com or *.contoso.com."
            if not name.isascii():
                hint = "Write the name in its xn-- form."
            yield Problem("dns_names", f"“{name}” is no DNS name.", hint)


def is_dns_name(name: str) -> bool:
    """Whether a CA could take this as a DNS name; ``*`` may stand for the leftmost label."""
    labels = name.removeprefix("*.").split(".")
    return len(name) <= 253 and all(_LABEL.fullmatch(label) for label in labels)
