"""The vault's accounts with integrated CAs: list, add, change, remove."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import ipywidgets as w

from kvcsr_widgets.errors import InputError, Problem
from kvcsr_widgets.panels import html, layout
from kvcsr_widgets.panels.card import Card
from kvcsr_widgets.panels.confirm import Confirm
from kvcsr_widgets.panels.desk import Desk
from kvcsr_widgets.panels.elsewhere import Elsewhere
from kvcsr_widgets.panels.field import Field
from kvcsr_widgets.panels.notice import Notice
from kvcsr_widgets.panels.people import People
from kvcsr_widgets.runbook.commands import steps
from kvcsr_widgets.vault.issuers import DIGICERT, GLOBALSIGN, Admin, Issuer

NEW = "(a new issuer)"
NOT_CONNECTED = "(not connected)"
_ADMIN = {"first_name": "First name", "last_name": "Last name", "email": "E-mail", "phone": "Phone"}


class IssuerForm(w.VBox):
    """The fields of one issuer; ``known`` is the one that is changed, None for a new one.

    The password is there only from its typing to the next ``take_password`` or ``fill``.
    ``changed`` is called after every change.
    """

    def __init__(self, changed: Callable[[IssuerForm], None]) -> None:
        self._changed = changed
        look: dict[str, Any] = {"layout": layout.wide(), "style": layout.label_style()}
        self.known: Issuer | None = None
        self.name = w.Text(description="Name", placeholder="DigiCertCA", **look)
        self.provider = w.Combobox(
            description="Provider", options=[DIGICERT, GLOBALSIGN], ensure_option=False, **look
        )
        self.account_id = w.Text(description="Account ID", **look)
        self.password = w.Password(continuous_update=False, **look)
        self.organization_id = w.Text(description="Organization ID", **look)
        self.admins = People("admins", "an administrator", _ADMIN, self._redraw)
        self.enabled = w.Checkbox(value=True, description="The vault may order there")
        self.fields = {
            "name": Field(self.name, "What a request's policy calls it."),
            "provider": Field(self.provider),
            "account_id": Field(self.account_id),
            "password": Field(self.password, "It goes to the vault, which never shows it again."),
            "organization_id": Field(self.organization_id),
        }
        self._touched: set[str] = set()
        self._filling = False
        for name, field in self.fields.items():
            field.box.observe(lambda _change, name=name: self._touch(name), "value")
        super().__init__([*self.fields.values(), self.admins, self.enabled])
        self.fill(None)

    @property
    def issuer(self) -> Issuer:
        """The issuer as it is filled in."""
        return Issuer(
            name=self.name.value.strip(),
            provider=self.provider.value.strip(),
            account_id=self.account_id.value.strip(),
            organization_id=self.organization_id.value.strip(),
            admins=tuple(Admin(**person) for person in self.admins.value),
            enabled=self.enabled.value,
        )

    def fill(self, issuer: Issuer | None) -> None:
        """Show an issuer of the vault, or an empty form; nothing complains yet."""
        self.known = issuer
        shown = issuer or Issuer("", "")
        self.take_password()
        self._filling = True
        self.name.value, self.provider.value = shown.name, shown.provider
        self.account_id.value = shown.account_id
        self.organization_id.value = shown.organization_id
        self.admins.put(asdict(admin) for admin in shown.admins)
        self.enabled.value = shown.enabled
        self._filling = False
        self._touched.clear()
        self._redraw()

    def take_password(self) -> str:
        """The password that was typed; it is here no more."""
        password: str = self.password.value
        self._filling = True
        self.password.value = ""
        self._filling = False
        return password

    def ask_again(self) -> None:
        """Say that the password was not kept."""
        self.fields["password"].show(
            None, Problem("password", "What you typed was not kept.", "Type it again.")
        )

    def check(self, password: str) -> tuple[Problem, ...]:
        """Every problem, each shown at its field; the cursor goes to the first."""
        self._touched = set(self.fields) | {"admins"}
        self.admins.touch_all()
        problems = self._show_problems(password)
        if problems:
            self._focus(problems[0].field)
        return problems

    def disable(self, disabled: bool) -> None:
        """Switch everything off or on."""
        for field in self.fields.values():
            field.box.disabled = disabled
        self.name.disabled = disabled or self.known is not None
        self.enabled.disabled = disabled
        self.admins.disable(disabled)

    def _focus(self, name: str) -> None:
        if name in self.fields:
            self.fields[name].focus()
        else:
            self.admins.focus(name)

    def _touch(self, name: str) -> None:
        if not self._filling:
            self._touched.add(name)
            self._redraw()

    def _redraw(self) -> None:
        issuer = self.issuer
        self.password.description = "API key" if issuer.is_digicert else "Password"
        self.password.placeholder = "leave it empty to keep the old one" if self.known else ""
        wanted = bool(issuer.organization_id) or not issuer.is_globalsign
        self.fields["organization_id"].layout.display = "" if wanted else "none"
        wanted = bool(self.admins.rows) or not issuer.is_digicert
        self.admins.layout.display = "" if wanted else "none"
        self._show_problems(self.password.value)
        self._changed(self)

    def _show_problems(self, password: str) -> tuple[Problem, ...]:
        issuer = self.issuer
        problems = issuer.problems(password, self.known)
        shown = {p.field: p for p in reversed(problems) if p.field in self._touched}
        advice = {p.field: p for p in issuer.advice()}
        for name, field in self.fields.items():
            field.show(shown.get(name), advice.get(name))
        touched = "admins" in self._touched
        self.admins.show(p for p in problems if touched or p.field != "admins")
        return problems


class IssuersPanel(w.VBox):
    """Lists the vault's issuers; adds one, changes or removes the chosen one."""

    def __init__(self, desk: Desk, *, step: int | None = None) -> None:
        self.desk = desk
        self._listed: dict[str, str] = {}
        self._redrawing = False
        look: dict[str, Any] = {"layout": layout.wide(), "style": layout.label_style()}
        self.table = w.HTML()
        self.choice = w.Dropdown(description="Issuer", **look)
        self.look_button = w.Button(description="Look again", layout=layout.fitting())
        self.facts = w.HTML()
        self.elsewhere = Elsewhere()
        self.form = IssuerForm(self._rewrite)
        self.button = layout.primary("Save the issuer")
        self.removal = Confirm("Remove the issuer", "To remove it", self._removed)
        self.notice = Notice()
        self.look_button.on_click(lambda _button: self.look_again())
        self.button.on_click(lambda _button: self.submit())
        self.choice.observe(self._choose, "value")
        desk.observe(self._follow, ["vault"])
        about = "Accounts with CAs of which the vault orders by itself."
        rows = (
            self.choice,
            self.facts,
            self.form,
            self.button,
            self.notice,
            self.removal,
            self.elsewhere,
        )
        self.card = Card("Issuers", about, self.table, self.look_button, *rows, step=step)
        super().__init__([self.card])
        self._follow()

    def submit(self) -> Issuer | None:
        """Add or change the issuer. Returns it as the vault has it, or None if that failed."""
        password = self.form.take_password()
        self.notice.clear()
        saved = None
        if self.form.check(password):
            self.notice.fail(InputError("Nothing was sent: look at the fields above."))
        else:
            saved = self.notice.attempt(lambda: self._save(password))
        if saved is None and password:
            self.form.ask_again()
        return saved

    def look_again(self) -> None:
        """Read the list from the vault again."""
        self.notice.clear()
        self.notice.attempt(self._load)

    def _save(self, password: str) -> Issuer | None:
        vault, known = self.desk.vault, self.form.known
        if vault is None:
            self._redraw()
            return None
        issuer = self.form.issuer
        if known is None:
            saved = vault.issuers.add(issuer, password)
        else:
            saved = vault.issuers.change(known, issuer, password)
        self._list(self._listed | {saved.name: saved.provider}, saved)
        self.desk.changed()
        self.notice.done(
            f"“{saved.name}” is saved.", "Choose it as the issuer of a request (notebook 01)."
        )
        return saved

    def _removed(self) -> None:
        self.notice.clear()
        self.notice.attempt(self._remove)

    def _remove(self) -> None:
        vault, known = self.desk.vault, self.form.known
        if vault is None or known is None:
            return
        vault.issuers.delete(known.name)
        self._list({n: p for n, p in self._listed.items() if n != known.name}, None)
        self.desk.changed()
        self.notice.done(
            f"“{known.name}” is removed.", "What was to be renewed there needs another issuer."
        )

    def _follow(self, _change: Any = None) -> None:
        self._list({}, None)
        self.look_again()

    def _load(self) -> None:
        if self.desk.vault is None:
            self._redraw()
            return
        found = self.desk.vault.issuers.all()
        self._list({each.name: each.provider for each in found}, None)

    def _choose(self, _change: Any) -> None:
        if not self._redrawing:
            self.notice.clear()
            if not self.notice.attempt(self._show_chosen):
                self._list(self._listed, None)  # what cannot be read is not chosen

    def _show_chosen(self) -> bool:
        vault, name = self.desk.vault, self.choice.value
        self._show(vault.issuers.get(name) if vault and name else None)
        return True

    def _list(self, listed: dict[str, str], chosen: Issuer | None) -> None:
        """Show the list and one of it."""
        self._listed = dict(sorted(listed.items(), key=lambda item: item[0].lower()))
        self._redrawing = True  # new options reset the value, which is no choice
        empty = NOT_CONNECTED if self.desk.vault is None else NEW
        self.choice.options = [(empty, ""), *((name, name) for name in self._listed)]
        self.choice.value = chosen.name if chosen else ""
        self._redrawing = False
        self.table.value = html.grid(("Name", "Provider"), self._listed.items()) if listed else ""
        self._show(chosen)

    def _show(self, issuer: Issuer | None) -> None:
        self.form.fill(issuer)
        self.removal.offer(issuer.name if issuer else "")
        self._redraw()

    def _rewrite(self, form: IssuerForm) -> None:
        """The steps for other tools; a changed issuer keeps its password there."""
        known, vault = form.known, self.desk.vault
        kinds: list[steps.Step] = [steps.SetIssuer(form.issuer, keep_password=known is not None)]
        if known is not None:
            kinds.append(steps.RemoveIssuer(known.name))
        self.elsewhere.show(kinds, vault.url if vault else "")

    def _redraw(self) -> None:
        known, closed = self.form.known, self.desk.vault is None
        self.facts.value = html.facts(_dates(known)) if known else ""
        for control in (self.choice, self.look_button, self.button):
            control.disabled = closed
        self.form.disable(closed)
        if closed:
            self.notice.info("No vault is open.", "Press Connect above.")


def _dates(issuer: Issuer) -> list[tuple[str, str]]:
    return [
        (label, f"{moment:%Y-%m-%d %H:%M} UTC")
        for label, moment in (("Added", issuer.created), ("Changed", issuer.updated))
        if moment
    ]
