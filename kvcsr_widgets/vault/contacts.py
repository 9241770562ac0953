"""The vault's contacts: whom it mails, about every certificate that it holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from azure.keyvault.certificates import CertificateClient, CertificateContact

from kvcsr_widgets.errors import ConflictError, NotFoundError, PlanError, Problem
from kvcsr_widgets.pki.names import is_email
from kvcsr_widgets.vault.diagnosis import CONTACTS, ask

T = TypeVar("T")

MAX_TEXT = 256
"""Characters of one field, a bound of ours."""

MAX_PEOPLE = 100
"""Contacts of a vault, and administrators of an issuer, a bound of ours."""


@dataclass(frozen=True, slots=True)
class Contact:
    """A person whom the vault mails, at the lifetime action EmailContacts among others."""

    email: str
    name: str = ""
    phone: str = ""


def contact_problems(contacts: Sequence[Contact]) -> tuple[Problem, ...]:
    """What stands against saving these contacts; a field is such as ``contacts.0.email``."""
    return tuple(_problems(contacts))


def email_problems(field: str, email: str) -> Iterator[Problem]:
    """What is wrong with an e-mail address."""
    if not is_email(email):
        yield Problem(
            field, f"“{email[:80]}” is no e-mail address.", "Write user@contoso.com, in ASCII."
        )


def text_problems(field: str, text: str) -> Iterator[Problem]:
    """What is wrong with a text of one line."""
    if len(text) > MAX_TEXT:
        yield Problem(field, f"{len(text)} characters are too many; {MAX_TEXT} fit.")
    elif not text.isprintable():
        yield Problem(field, "A character in it cannot be printed.", "Type it anew, in one line.")


class Contacts:
    """The contacts of a vault. Every method raises VaultError."""

    def __init__(self, client: CertificateClient, host: str) -> None:
        self._client = client
        self._host = host

    def all(self) -> tuple[Contact, ...]:
        """Everybody whom the vault mails, in the vault's order; nobody is an empty tuple."""
        try:
            found = self._ask(self._client.get_contacts)
        except NotFoundError as error:
            if error.code != "ContactsNotFound":  # the vault itself, or no vault
                raise
            return ()
        return _contacts(found)

    def put(self, contacts: Sequence[Contact], known: Sequence[Contact]) -> tuple[Contact, ...]:
        """Set all contacts anew; none removes them. ``known`` are those that were read before.

        Raises PlanError before anything is sent, ConflictError if somebody else has changed the
        contacts since: the service replaces them all.
        """
        if problems := contact_problems(contacts):
            raise PlanError(problems)
        now = self.all()
        if now != tuple(known):
            raise ConflictError(
                "The contacts were changed by somebody else meanwhile. Nothing was saved.",
                hint="Look again, then repeat your change.",
            )
        if contacts:
            wanted = [CertificateContact(each.email, each.name, each.phone) for each in contacts]
            return _contacts(self._ask(lambda: self._client.set_contacts(wanted)))
        if now:
            self._ask(self._client.delete_contacts)
        return ()

    def _ask(self, call: Callable[[], T]) -> T:
        return ask(call, name="", host=self._host, about=CONTACTS)


def _problems(contacts: Sequence[Contact]) -> Iterator[Problem]:
    if len(contacts) > MAX_PEOPLE:
        yield Problem("contacts", f"{len(contacts)} contacts are too many; {MAX_PEOPLE} fit.")
    seen: set[str] = set()
    for number, contact in enumerate(contacts[:MAX_PEOPLE]):
        place = f"contacts.{number}"
        if not contact.email:
            yield Problem(f"{place}.email", "A contact needs an e-mail address.")
        else:
            yield from email_problems(f"{place}.email", contact.email)
        if contact.email and contact.email.lower() in seen:
            yield Problem(
                f"{place}.email", f"“{contact.email[:80]}” is there twice.", "Remove one of them."
            )
        seen.add(contact.email.lower())
        yield from text_problems(f"{place}.email", contact.email)
        yield from text_problems(f"{place}.name", contact.name)
        yield from text_problems(f"{place}.phone", contact.phone)


def _contacts(found: Sequence[CertificateContact]) -> tuple[Contact, ...]:
    return tuple(Contact(each.email or "", each.name or "", each.phone or "") for each in found)
