"""The vault's contacts: whom it mails about its certificates."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import ipywidgets as w

from kvcsr_widgets.errors import InputError, Problem
from kvcsr_widgets.panels import layout
from kvcsr_widgets.panels.card import Card
from kvcsr_widgets.panels.desk import Desk
from kvcsr_widgets.panels.elsewhere import Elsewhere
from kvcsr_widgets.panels.notice import Notice
from kvcsr_widgets.panels.people import People
from kvcsr_widgets.runbook.commands import steps
from kvcsr_widgets.runbook.steps import AMISS, FAILED, NO_VAULT, StepState
from kvcsr_widgets.vault.contacts import Contact, contact_problems

_PARTS = {"email": "E-mail", "name": "Name", "phone": "Phone"}


class ContactsPanel(w.VBox):
    """Shows the contacts; ``submit`` has the vault keep them as they are in the rows."""

    def __init__(self, desk: Desk, *, step: int | None = None) -> None:
        self.desk = desk
        self.known: tuple[Contact, ...] = ()
        self.people = People("contacts", "a contact", _PARTS, self._edited)
        self.button = layout.primary("Save the contacts")
        self.look_button = w.Button(description="Look again", layout=layout.fitting())
        self.notice = Notice()
        self.elsewhere = Elsewhere()
        self.button.on_click(lambda _button: self.submit())
        self.look_button.on_click(lambda _button: self.look_again())
        desk.observe(self._follow, ["vault"])
        about = "Whom the vault mails before a certificate expires (EmailContacts)."
        buttons = w.HBox([self.button, self.look_button])
        shown = (self.people, buttons, self.notice, self.elsewhere)
        self.card = Card("Contacts", about, *shown, step=step)
        super().__init__([self.card])
        self._follow()

    @property
    def contacts(self) -> tuple[Contact, ...]:
        """The contacts as they are filled in."""
        return tuple(Contact(**person) for person in self.people.value)

    def submit(self) -> tuple[Contact, ...] | None:
        """Save all rows; no row is nobody. Returns what the vault has, or None if that failed."""
        self.notice.clear()
        self.people.touch_all()
        problems = self._show_problems()
        if problems:
            self.people.focus(problems[0].field)
            self.notice.fail(InputError("Nothing was sent: look at the rows above."))
            self.card.show(AMISS)
            return None
        saved = self.notice.attempt(self._save)
        if saved is None and self.desk.vault is not None:
            self.card.show(FAILED)
        return saved

    def look_again(self) -> None:
        """Read the contacts from the vault again; what was not saved is dropped."""
        self.notice.clear()
        self.notice.attempt(self._load)

    def _save(self) -> tuple[Contact, ...] | None:
        if self.desk.vault is None:
            self._load()
            return None
        saved = self.desk.vault.contacts.put(self.contacts, self.known)
        self._show(saved)
        self.desk.changed()
        self.notice.done("Saved.")
        return saved

    def _load(self) -> None:
        if self.desk.vault is None:
            self._show(())
            return
        self.card.show(FAILED)  # unless it can be read
        self._show(self.desk.vault.contacts.all())

    def _follow(self, _change: Any = None) -> None:
        self._show(())
        self.look_again()

    def _show(self, contacts: tuple[Contact, ...]) -> None:
        self.known = contacts
        self.people.put(asdict(contact) for contact in contacts)
        self._show_problems()
        closed = self.desk.vault is None
        for control in (self.button, self.look_button):
            control.disabled = closed
        self.people.disable(closed)

    def _edited(self) -> None:
        """What was said of the rows is not true of them any more."""
        self.notice.clear()
        self._show_problems()

    def _show_problems(self) -> tuple[Problem, ...]:
        problems = contact_problems(self.contacts)
        self.people.show(problems)
        vault = self.desk.vault
        self.elsewhere.show([steps.SetContacts(self.contacts)], vault.url if vault else "")
        self._stand()
        return problems

    def _stand(self) -> None:
        if self.desk.vault is None:
            self.card.show(NO_VAULT)
        elif self.contacts != self.known:
            self.card.stand(StepState.READY, "What the rows say is not saved yet.")
        elif not self.known:
            self.card.stand(StepState.TO_DO, f"{_whom(self.known)} Add a contact.")
        else:
            self.card.stand(StepState.DONE, _whom(self.known))


def _whom(contacts: tuple[Contact, ...]) -> str:
    if not contacts:
        return "The vault mails nobody."
    noun = "contact" if len(contacts) == 1 else "contacts"
    return f"The vault mails {len(contacts)} {noun}."
