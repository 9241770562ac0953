"""The form for an account with an integrated CA."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import ipywidgets as w

from kvcsr_widgets.errors import Problem
from kvcsr_widgets.panels import layout
from kvcsr_widgets.panels.field import Field
from kvcsr_widgets.panels.people import People
from kvcsr_widgets.vault.issuers import DIGICERT, GLOBALSIGN, Admin, Issuer

_ADMIN = {"first_name": "First name", "last_name": "Last name", "email": "E-mail", "phone": "Phone"}


class IssuerForm(w.VBox):
    """The fields of one issuer; ``known`` is the one that is changed, None for a new one.

    The password is there only from its typing to the next ``take_password`` or ``fill``.
    ``changed`` is called after every change.
    """

    def __init__(self, changed: Callable[[IssuerForm], None]) -> None:
        self._changed: Callable[[IssuerForm], None] = lambda _form: None
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
        self._changed = changed

    @property
    def is_edited(self) -> bool:
        """Whether it says something else than was put into it."""
        return bool(self.password.value) or self.issuer != self._filled

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
        self._filled = self.issuer
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
