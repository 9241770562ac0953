"""The steps of the workbook that other tools can do too."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from kvcsr_widgets.pki.plan import CertificatePlan
from kvcsr_widgets.vault.contacts import Contact
from kvcsr_widgets.vault.issuers import Issuer


class Form(Enum):
    """How a CA's file holds its certificates."""

    PEM = "PEM"
    DER = "DER"
    PKCS7_DER = "PKCS #7 in DER"
    PKCS7_PEM = "PKCS #7 in PEM"

    @classmethod
    def read(cls, data: bytes, filename: str) -> Form:
        """What a file is: PEM by its header line, PKCS #7 in DER by its name."""
        if b"-----BEGIN PKCS7-----" in data:
            return cls.PKCS7_PEM
        if b"-----BEGIN CERTIFICATE-----" in data:
            return cls.PEM
        is_pkcs7 = filename.lower().endswith((".p7b", ".p7c"))
        return cls.PKCS7_DER if is_pkcs7 else cls.DER


@dataclass(frozen=True)
class SignIn:
    """Sign in, once a session."""


@dataclass(frozen=True)
class Create:
    """Have the vault make a key and a CSR, or a certificate."""

    plan: CertificatePlan


@dataclass(frozen=True)
class NewVersion:
    """As ``Create``, under the name of a certificate that is there."""

    plan: CertificatePlan


@dataclass(frozen=True)
class _OfName:
    """A step on what has this name in the vault."""

    name: str


class ShowOperation(_OfName):
    """Look where a request stands."""


class DownloadCsr(_OfName):
    """Save the CSR of a request as a PEM file, ``NAME.csr``."""


@dataclass(frozen=True)
class Merge:
    """Join what the CA sent in ``filename`` with the key that waits in the vault."""

    name: str
    filename: str
    form: Form


class Cancel(_OfName):
    """Ask the service to cancel a request."""


class DeleteOperation(_OfName):
    """Delete a request, and its key with it."""


@dataclass(frozen=True)
class ListCertificates:
    """List the vault's certificates, those that wait for their CA too if ``pending``."""

    pending: bool = True


class ShowCertificate(_OfName):
    """Look at a certificate."""


class ShowPolicy(_OfName):
    """Look at what a certificate's next version will ask for."""


class DeleteCertificate(_OfName):
    """Delete a certificate; with soft delete it can be recovered."""


class RecoverCertificate(_OfName):
    """Bring a deleted certificate back."""


class PurgeCertificate(_OfName):
    """Delete a deleted certificate for good."""


@dataclass(frozen=True)
class SetIssuer:
    """Save an account with an integrated CA; its password is asked for when the text is run.

    ``keep_password`` leaves the password that the vault has.
    """

    issuer: Issuer
    keep_password: bool = False


class RemoveIssuer(_OfName):
    """Take an issuer out of the vault."""


@dataclass(frozen=True)
class SetContacts:
    """Say whom the vault mails; whoever is not in the list is taken out."""

    contacts: tuple[Contact, ...]


Step = (
    SignIn
    | Create
    | NewVersion
    | ShowOperation
    | DownloadCsr
    | Merge
    | Cancel
    | DeleteOperation
    | ListCertificates
    | ShowCertificate
    | ShowPolicy
    | DeleteCertificate
    | RecoverCertificate
    | PurgeCertificate
    | SetIssuer
    | RemoveIssuer
    | SetContacts
)


def contacts_json(step: SetContacts) -> dict[str, list[dict[str, str]]]:
    """The body of the REST interface's ``contacts``, without what is not said."""
    people = ({"email": c.email, "name": c.name, "phone": c.phone} for c in step.contacts)
    return {"contacts": [{key: said for key, said in each.items() if said} for each in people]}


_DEVICE = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?", re.IGNORECASE)
_PLAIN_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}(?<!\.)")


def stem(name: str) -> str:
    """How files of the certificate ``name`` begin: never like an option or a Windows device."""
    return f"certificate-{name.strip('-')}" if name[:1] == "-" or _DEVICE.fullmatch(name) else name


def is_plain_file(filename: str) -> bool:
    """Whether this is a file name that every tool takes as it is."""
    return bool(_PLAIN_FILE.fullmatch(filename)) and not _DEVICE.fullmatch(filename)
