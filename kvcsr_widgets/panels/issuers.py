"""The vault's accounts with integrated CAs: list, add, change, remove."""

from __future__ import annotations

from typing import Any

import ipywidgets as w

from kvcsr_widgets.errors import InputError
from kvcsr_widgets.panels import html, layout
from kvcsr_widgets.panels.card import Card
from kvcsr_widgets.panels.confirm import Confirm
from kvcsr_widgets.panels.desk import Desk
from kvcsr_widgets.panels.elsewhere import Elsewhere
from kvcsr_widgets.panels.issuer_form import IssuerForm
from kvcsr_widgets.panels.notice import Notice
from kvcsr_widgets.runbook.commands import steps
from kvcsr_widgets.runbook.steps import AMISS, FAILED, NO_VAULT, StepState
from kvcsr_widgets.vault.issuers import Issuer

NEW = "(a new issuer)"
NOT_CONNECTED = "(not connected)"


class IssuersPanel(w.VBox):
    """Lists the vault's issuers; adds one, changes or removes the chosen one."""

    def __init__(self, desk: Desk, *, step: int | None = None) -> None:
        self.desk = desk
        self._listed: dict[str, str] = {}
        self._read = False  # whether the list is the vault's
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
            self.card.show(AMISS)
        else:
            saved = self.notice.attempt(lambda: self._save(password))
            if saved is None and self.desk.vault is not None:
                self.card.show(FAILED)
        if saved is None and password:
            self.form.ask_again()
        return saved

    def look_again(self) -> None:
        """Read the list from the vault again."""
        self.notice.clear()
        self._read = False
        self.notice.attempt(self._load)
        self._stand()

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
        self.notice.done(f"“{saved.name}” is saved.", "Choose it as the issuer of a request.")
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
        self._read = True
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
        self._stand()

    def _stand(self) -> None:
        number = len(self._listed)
        if self.desk.vault is None:
            self.card.show(NO_VAULT)
        elif not self._read:
            self.card.show(FAILED)
        elif self.form.is_edited:
            self.card.stand(StepState.READY, "What is filled in is not saved yet.")
        elif not number:
            self.card.stand(StepState.TO_DO, "The vault has no issuer yet.")
        else:
            said = "one issuer" if number == 1 else f"{number:,} issuers"
            self.card.stand(StepState.DONE, f"The vault has {said}.")

    def _redraw(self) -> None:
        known, closed = self.form.known, self.desk.vault is None
        self.facts.value = html.facts(_dates(known)) if known else ""
        for control in (self.choice, self.look_button, self.button):
            control.disabled = closed
        self.form.disable(closed)
        self._stand()


def _dates(issuer: Issuer) -> list[tuple[str, str]]:
    return [
        (label, f"{moment:%Y-%m-%d %H:%M} UTC")
        for label, moment in (("Added", issuer.created), ("Changed", issuer.updated))
        if moment
    ]
