"""The vault's issuers: its accounts with integrated CAs.

An issuer is an account with a CA of which the vault can order: DigiCert (account ID, API key as
the password, organization ID) or GlobalSign (account ID, password, administrators with name,
e-mail and phone), as documented in "Integrating Key Vault with Integrated Certificate
Authorities". The vault never answers with the password, and no record here holds one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from azure.keyvault.certificates import AdministratorContact, CertificateClient, CertificateIssuer

from kvcsr_widgets.errors import ConflictError, NotFoundError, PlanError, Problem
from kvcsr_widgets.pki.plan import SELF, UNKNOWN
from kvcsr_widgets.vault.contacts import MAX_PEOPLE, MAX_TEXT, email_problems, text_problems
from kvcsr_widgets.vault.diagnosis import ISSUER, ask

T = TypeVar("T")

DIGICERT, GLOBALSIGN = "DigiCert", "GlobalSign"
"""The providers that Key Vault works with."""

_ISSUER_NAME = re.compile(r"[0-9a-zA-Z-]{1,127}")
_ADMIN = {
    "first_name": "first name",
    "last_name": "last name",
    "email": "e-mail address",
    "phone": "phone number",
}


@dataclass(frozen=True, slots=True)
class Admin:
    """An administrator of the account with the CA, whom GlobalSign asks for."""

    first_name: str
    last_name: str
    email: str
    phone: str


@dataclass(frozen=True, slots=True)
class ListedIssuer:
    """An issuer as the vault's list shows it."""

    name: str
    provider: str


@dataclass(frozen=True, slots=True)
class Issuer:
    """An account with an integrated CA, but for its password.

    ``created`` and ``updated`` are the vault's, None for an issuer that is not there yet.
    """

    name: str
    provider: str
    account_id: str = ""
    organization_id: str = ""
    admins: tuple[Admin, ...] = ()
    enabled: bool = True
    created: datetime | None = None
    updated: datetime | None = None

    @property
    def is_digicert(self) -> bool:
        """Whether this is an account with DigiCert."""
        return self.provider.lower() == DIGICERT.lower()

    @property
    def is_globalsign(self) -> bool:
        """Whether this is an account with GlobalSign."""
        return self.provider.lower() == GLOBALSIGN.lower()

    @property
    def password_noun(self) -> str:
        """What the provider calls the password."""
        return "API key" if self.is_digicert else "password"

    def problems(self, password: str = "", known: Issuer | None = None) -> tuple[Problem, ...]:
        """Everything that stands against saving this, in the form's order.

        ``known`` is the issuer that it changes, None for a new one. Without a password the one
        that the vault has stays. An administrator's field is such as ``admins.0.email``.
        """
        return tuple(self._problems(password, known))

    def advice(self) -> tuple[Problem, ...]:
        """What to think of."""
        if not self.provider or self.is_digicert or self.is_globalsign:
            return ()
        return (
            Problem(
                "provider",
                f"Key Vault orders from {DIGICERT} and {GLOBALSIGN}.",
                "Other providers are for tests.",
            ),
        )

    def _problems(self, password: str, known: Issuer | None) -> Iterator[Problem]:
        yield from _name_problems(self.name)
        if not self.provider:
            yield Problem(
                "provider", "The issuer needs a provider.", f"It is {DIGICERT} or {GLOBALSIGN}."
            )
        yield from text_problems("provider", self.provider)
        if (self.is_digicert or self.is_globalsign) and not self.account_id:
            yield Problem(
                "account_id", f"{self.provider} needs the account ID.", "The CA's portal shows it."
            )
        yield from text_problems("account_id", self.account_id)
        yield from self._password_problems(password, known)
        if self.is_digicert and not self.organization_id:
            yield Problem(
                "organization_id",
                "DigiCert needs the organization ID.",
                "CertCentral shows it under Certificates, Organizations.",
            )
        yield from text_problems("organization_id", self.organization_id)
        yield from _admin_problems(self.admins, needed=self.is_globalsign)

    def _password_problems(self, password: str, known: Issuer | None) -> Iterator[Problem]:
        noun = self.password_noun
        if len(password) > MAX_TEXT:
            yield Problem("password", f"The {noun} has more than {MAX_TEXT} characters.")
        if password or not (self.is_digicert or self.is_globalsign or known):
            return
        if known is None:
            yield Problem(
                "password", f"{self.provider} needs the {noun}.", "It stays in the vault."
            )
        elif self._empties(known) or self.provider.lower() != known.provider.lower():
            yield Problem(
                "password",
                f"To change the provider or to empty a field, the vault needs the {noun} again.",
                f"Type the {noun}, or leave the field as it was.",
            )

    def _empties(self, known: Issuer) -> bool:
        """Whether a change clears what was there, which the client cannot say with a PATCH."""
        parts = ("account_id", "organization_id", "admins")
        return any(getattr(known, part) and not getattr(self, part) for part in parts)


class Issuers:
    """The issuers of a vault. Every method raises VaultError."""

    def __init__(self, client: CertificateClient, host: str) -> None:
        self._client = client
        self._host = host

    def all(self) -> tuple[ListedIssuer, ...]:
        """Every issuer of the vault, by name."""
        found = self._ask("", lambda: list(self._client.list_properties_of_issuers()))
        listed = (ListedIssuer(each.name or "", each.provider or "") for each in found)
        return tuple(sorted(listed, key=lambda each: each.name.lower()))

    def get(self, name: str) -> Issuer:
        """One issuer. Raises NotFoundError if the vault has none of this name."""
        return _issuer(self._ask(name, lambda: self._client.get_issuer(name)))

    def add(self, issuer: Issuer, password: str) -> Issuer:
        """Add an issuer.

        Raises PlanError before anything is sent, ConflictError if the vault has one of this name:
        the service would replace it without a word.
        """
        _check(issuer.problems(password))
        if self._has(issuer.name):
            raise ConflictError(
                f"The vault has an issuer “{issuer.name}” already. Nothing was changed.",
                hint="Choose it in the list to change it, or give this one another name.",
            )
        return self._put(issuer, password)

    def change(self, known: Issuer, issuer: Issuer, password: str = "") -> Issuer:
        """Change ``known``, as it was read, to ``issuer``; without a password the old one stays.

        With one, the issuer is set anew as a whole. Raises PlanError before anything is sent,
        ConflictError if somebody else has changed it since it was read.
        """
        _check(issuer.problems(password, known))
        if self.get(known.name) != known:
            raise ConflictError(
                f"“{known.name}” was changed by somebody else meanwhile. Nothing was saved.",
                hint="Look again, then repeat your change.",
            )
        return self._put(issuer, password) if password else self._patch(issuer)

    def delete(self, name: str) -> None:
        """Remove an issuer. The policies that name it stay, and their renewals fail."""
        self._ask(name, lambda: self._client.delete_issuer(name))

    def _has(self, name: str) -> bool:
        try:
            self.get(name)
        except NotFoundError:
            return False
        return True

    def _put(self, issuer: Issuer, password: str) -> Issuer:
        """Set an issuer as a whole: what is not named is emptied."""
        answer = self._ask(
            issuer.name,
            lambda: self._client.create_issuer(
                issuer.name,
                issuer.provider,
                enabled=issuer.enabled,
                account_id=issuer.account_id,
                password=password,
                organization_id=issuer.organization_id,
                admin_contacts=_administrators(issuer),
            ),
        )
        return _issuer(answer)

    def _patch(self, issuer: Issuer) -> Issuer:
        """Change an issuer and keep its password. The client sends no empty field."""
        answer = self._ask(
            issuer.name,
            lambda: self._client.update_issuer(
                issuer.name,
                enabled=issuer.enabled,
                provider=issuer.provider,
                account_id=issuer.account_id,
                organization_id=issuer.organization_id,
                admin_contacts=_administrators(issuer),
            ),
        )
        return _issuer(answer)

    def _ask(self, name: str, call: Callable[[], T]) -> T:
        return ask(call, name=name, host=self._host, about=ISSUER)


def _check(problems: tuple[Problem, ...]) -> None:
    if problems:
        raise PlanError(problems)


def _name_problems(name: str) -> Iterator[Problem]:
    if not name:
        yield Problem("name", "The issuer needs a name.", "For example DigiCertCA.")
    elif not _ISSUER_NAME.fullmatch(name):
        yield Problem(
            "name",
            f"“{name[:40]}” is no issuer's name.",
            "Write 1 to 127 letters, digits and hyphens.",
        )
    elif name.lower() in (SELF.lower(), UNKNOWN.lower()):
        yield Problem(
            "name", f"“{name}” is an issuer that every vault has.", "Choose another name."
        )


def _admin_problems(admins: tuple[Admin, ...], *, needed: bool) -> Iterator[Problem]:
    if needed and not admins:
        yield Problem(
            "admins",
            "GlobalSign needs an administrator.",
            "Name one of your account, with e-mail and phone.",
        )
    if len(admins) > MAX_PEOPLE:
        yield Problem("admins", f"{len(admins)} administrators are too many; {MAX_PEOPLE} fit.")
    for number, admin in enumerate(admins[:MAX_PEOPLE]):
        for part, noun in _ADMIN.items():
            value, place = getattr(admin, part), f"admins.{number}.{part}"
            if needed and not value:
                yield Problem(place, f"GlobalSign needs the administrator's {noun}.")
            elif value and part == "email":
                yield from email_problems(place, value)
            yield from text_problems(place, value)


def _administrators(issuer: Issuer) -> list[AdministratorContact]:
    return [
        AdministratorContact(
            first_name=admin.first_name,
            last_name=admin.last_name,
            email=admin.email,
            phone=admin.phone,
        )
        for admin in issuer.admins
    ]


def _issuer(found: CertificateIssuer) -> Issuer:
    return Issuer(
        name=found.name or "",
        provider=found.provider or "",
        account_id=found.account_id or "",
        organization_id=found.organization_id or "",
        admins=tuple(
            Admin(each.first_name or "", each.last_name or "", each.email or "", each.phone or "")
            for each in found.admin_contacts or ()
        ),
        enabled=bool(found.enabled),
        created=found.created_on,
        updated=found.updated_on,
    )
