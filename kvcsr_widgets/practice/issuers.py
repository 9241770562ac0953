"""Integrated CAs and the vault's contacts.

The providers are DigiCert (account id, API key as password, organisation id) and GlobalSign
(account id, password, and an administrator's name, e-mail and phone). A password is looked at once
and not kept: it is right when it has at least eight characters, so that the recorded ``test`` is
rejected, as it was by DigiCert. Any other provider is a test issuer, which signs everything.
"""

from __future__ import annotations

import json

from kvcsr_widgets.practice import fields, refusals
from kvcsr_widgets.practice.fields import Json
from kvcsr_widgets.practice.rows import Issuer
from kvcsr_widgets.practice.shelf import Shelf

PROVIDERS = ("digicert", "globalsign")
PASSWORD_LENGTH = 8
MAX_PEOPLE = 100
_CONTACTS = "contacts"
_PERSON = ("first_name", "last_name", "email", "phone")
_CONTACT = ("email", "name", "phone")


class Issuers:
    """The issuers and contacts of a vault."""

    def __init__(self, shelf: Shelf) -> None:
        self.store = shelf.store
        self.shelf = shelf

    def put(self, name: str, body: Json) -> Issuer:
        """Set an issuer anew; its creation date stays if there was one."""
        if not fields.text(body, "provider"):
            raise refusals.invalid_property("provider")
        with self.store.transaction():
            known = self.store.issuer(name)
            now = self.shelf.now
            blank = Issuer(
                name=known.name if known else name,
                provider="",
                account_id=None,
                accepted=False,
                organisation=json.dumps({"zip": 0}),
                enabled=True,
                created=known.created if known else now,
                updated=now,
            )
            issuer = _changed(blank, body, now)
            self.store.put(issuer)
        return issuer

    def change(self, name: str, body: Json) -> Issuer:
        """Change the members of an issuer that are named."""
        with self.store.transaction():
            issuer = _changed(self.get(name), body, self.shelf.now)
            self.store.put(issuer)
        return issuer

    def get(self, name: str) -> Issuer:
        """One issuer."""
        found = self.store.issuer(name)
        if found is None:
            raise refusals.no_issuer()
        return found

    def drop(self, name: str) -> Issuer:
        """Remove an issuer; policies that name it stay."""
        with self.store.transaction():
            found = self.get(name)
            self.store.drop_issuer(found.name)
        return found

    def set_contacts(self, body: Json) -> list[Json]:
        """Set the contacts of the vault anew."""
        contacts = _people(body.get("contacts"), _CONTACT, "contacts")
        if not contacts or not all(contact.get("email") for contact in contacts):
            raise refusals.invalid_property("contacts")
        self.store.set_secret(_CONTACTS, json.dumps(contacts).encode())
        return contacts

    def contacts(self) -> list[Json]:
        """The contacts of the vault."""
        found = self.store.secret(_CONTACTS)
        if found is None:
            raise refusals.no_contacts()
        contacts: list[Json] = json.loads(found)
        return contacts

    def drop_contacts(self) -> list[Json]:
        """Remove the contacts; gives those there were."""
        with self.store.transaction():
            contacts = self.contacts()
            self.store.set_secret(_CONTACTS, None)
        return contacts


def rejection(issuer: Issuer | None) -> Json | None:
    """The error with which an order at this issuer ends, or None: the CA signs."""
    if issuer is None or not issuer.enabled:
        state = "not there any more" if issuer is None else "disabled"
        return {"code": "Certificate issuer error", "message": f"The issuer is {state}."}
    if issuer.provider.lower() not in PROVIDERS or (issuer.accepted and _is_complete(issuer)):
        return None
    return {
        "code": "Request rejected",
        "message": f"The call to {issuer.provider} failed with Error code "
        "access_denied|access_denied_invalid_key and Message Access denied due to "
        "access_denied_invalid_key.. If you have any questions, please contact "
        f"{issuer.provider}.",
    }


def _is_complete(issuer: Issuer) -> bool:
    organisation = json.loads(issuer.organisation)
    if issuer.provider.lower() == "digicert":
        return bool(issuer.account_id and organisation.get("id"))
    people = organisation.get("admin_details", ())
    return bool(issuer.account_id) and any(set(_PERSON) <= set(person) for person in people)


def _changed(issuer: Issuer, body: Json, now: int) -> Issuer:
    credentials = _part(body, "credentials")
    account, password = fields.text(credentials, "account_id"), fields.text(credentials, "pwd")
    organisation = issuer.organisation
    if body.get("org_details") is not None:
        organisation = json.dumps(_organisation(_part(body, "org_details")))
    accepted = issuer.accepted if password is None else len(password) >= PASSWORD_LENGTH
    enabled = fields.enabled(body)
    return Issuer(
        name=issuer.name,
        provider=fields.text(body, "provider") or issuer.provider,
        account_id=issuer.account_id if account is None else account,
        accepted=accepted,
        organisation=organisation,
        enabled=issuer.enabled if enabled is None else enabled,
        created=issuer.created,
        updated=now,
    )


def _organisation(given: Json) -> Json:
    """``org_details`` as the service shows them, with its ``zip`` (recorded, 2018)."""
    identifier = fields.text(given, "id")
    shown: Json = {} if identifier is None else {"id": identifier}
    shown["zip"] = 0
    if given.get("admin_details") is not None:
        shown["admin_details"] = _people(given["admin_details"], _PERSON, "org_details")
    return shown


def _people(given: object, members: tuple[str, ...], owner: str) -> list[Json]:
    if not isinstance(given, list) or len(given) > MAX_PEOPLE:
        raise refusals.invalid_property(owner)
    people: list[Json] = []
    for person in given:
        if not isinstance(person, dict):
            raise refusals.invalid_property(owner)
        texts = {name: fields.text(person, name) for name in members}
        people.append({name: value for name, value in texts.items() if value is not None})
    return people


def _part(body: Json, name: str) -> Json:
    value = body.get(name)
    return {} if value is None else fields.json_object(value, name)
