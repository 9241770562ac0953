"""The deleted certificates of a vault: which there are, until when, and back or gone for good."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

import ipywidgets as w
from markupsafe import Markup

from kvcsr_widgets.errors import InputError
from kvcsr_widgets.panels import html, layout
from kvcsr_widgets.panels.action_bar import ActionBar
from kvcsr_widgets.panels.card import Card
from kvcsr_widgets.panels.desk import Desk
from kvcsr_widgets.panels.desk_news import news, tell_desk
from kvcsr_widgets.panels.notice import Notice
from kvcsr_widgets.panels.sheet import Sheet
from kvcsr_widgets.panels.shortened import short
from kvcsr_widgets.panels.working import Working
from kvcsr_widgets.pki import facts
from kvcsr_widgets.runbook.acting import Result
from kvcsr_widgets.runbook.batch import Tell
from kvcsr_widgets.runbook.rows import Action, Gone
from kvcsr_widgets.runbook.steps import NO_VAULT, StepState
from kvcsr_widgets.vault.client import Vault
from kvcsr_widgets.vault.deleted import Deleted

MAX_ROWS = 1_000
"""Deleted certificates that are shown and can be selected; a search narrows them down."""

COLUMNS = ("Name", "Deleted", "Purged by the vault", "Days left", "What can be done", "Thumbprint")
ACTIONS = (Action.RECOVER, Action.SHOW, Action.PURGE)


class DeletedCertificates(w.VBox):
    """Lists what the vault has deleted and still keeps; recovers and purges what is selected.

    ``found`` is what was listed last. ``sheet`` is that of a table, which is told what came back.
    """

    def __init__(self, desk: Desk, sheet: Sheet | None = None, *, step: int | None = None) -> None:
        self.desk, self.sheet = desk, sheet
        self.found: tuple[Gone, ...] = ()
        self.button = layout.primary("List the deleted certificates")
        self.working = Working()
        self.notice = Notice()
        self.search = w.Text(
            description="Name contains",
            continuous_update=False,
            layout=layout.wide(),
            style=layout.label_style(),
        )
        self.table = w.HTML()
        self.choice = w.SelectMultiple(
            description="Select", rows=6, layout=layout.wide(), style=layout.label_style()
        )
        self.bar = ActionBar(ACTIONS, self._acted, plan_of=desk.plan_of)
        self._listed = False
        self.button.on_click(lambda _button: self.submit())
        self.search.observe(self._redraw, "value")
        self.choice.observe(self._select, "value")
        desk.observe(self._other_vault, "vault")
        desk.observe(self._list_again, "revision")
        if sheet is not None:
            sheet.observe(self._list_again, "revision")
        about = (
            "What the vault deleted and still keeps: each holds its name until it is purged. One "
            "that was deleted just now shows after some seconds."
        )
        listing = (self.button, self.working, self.notice, self.search, self.table, self.choice)
        self.card = Card("Deleted certificates", about, *listing, self.bar, step=step)
        super().__init__([self.card])
        self._other_vault()

    @property
    def results(self) -> tuple[Result, ...]:
        """What became of the rows of the last action."""
        return self.bar.results

    def submit(self) -> None:
        """List them."""
        self.notice.attempt(self._list)

    def _list(self) -> None:
        vault = self.desk.vault
        if vault is None:
            raise InputError("No vault is open.", hint="Press Connect above.")
        if self.working.busy:
            raise InputError("Something is at work already.", hint="Wait for it, or stop it.")
        self.working.run(
            "Listed", partial(_read, vault), partial(self._ended, vault), begun=self._redraw
        )

    def _ended(self, vault: Vault, result: Callable[[], tuple[list[Gone], bool]]) -> None:
        if vault is self.desk.vault:
            self.notice.attempt(lambda: self._keep(*result()))
        self._redraw()

    def _keep(self, found: Sequence[Gone], stopped: bool) -> None:
        self._listed = True
        self.found = tuple(sorted(found, key=lambda row: row.name.lower()))
        number = len(found)
        some = "One deleted certificate" if number == 1 else f"{number:,} deleted certificates"
        title = f"{some}, read at {datetime.now(UTC):%H:%M:%S} UTC."
        if stopped:
            self.notice.warn(title, "Stopped: there may be more.")
        else:
            self.notice.info(title if number else "The vault keeps no deleted certificate.")

    def _acted(self, action: Action, results: tuple[Result, ...]) -> None:
        """Tell the other panels what is news to them, and list anew."""
        tell_desk(self.desk, action, results)
        keys = news(action, results)
        if keys and self.sheet is not None:
            self.sheet.changed(keys)
        elif keys:
            self.desk.changed()

    def _list_again(self, _change: Any = None) -> None:
        """Something was deleted or came back."""
        if self._listed and not self.working.busy:
            self.submit()

    def _other_vault(self, _change: Any = None) -> None:
        """What was listed belongs to the vault that was open."""
        self.working.background.stop()
        self.bar.forget()
        self.found, self._listed = (), False
        self.search.value = ""
        self.choice.value = ()
        self.notice.clear()
        self._redraw()

    def _redraw(self, _change: Any = None) -> None:
        self.working.redraw()
        self.button.disabled = self.working.busy or self.desk.vault is None
        wanted = self.search.value.strip().lower()
        rows = [row for row in self.found if wanted in row.name.lower()]
        now = datetime.now(UTC)
        layout.put(self.table, _table(rows, now) if rows else "")
        options = tuple((facts.shown(row.name), row.name) for row in rows[:MAX_ROWS])
        if self.choice.options != options:
            kept = set(self.choice.value)
            self.choice.options = options
            self.choice.value = [name for _label, name in options if name in kept]
        for widget in (self.search, self.choice):
            widget.layout.display = "" if self.found else "none"
        self._select()
        self._stand()

    def _stand(self) -> None:
        if self.desk.vault is None:
            self.card.show(NO_VAULT)
        elif self.working.busy:
            self.card.stand(StepState.TO_DO, "They are being listed.")
        else:
            self.card.stand(StepState.DONE if self._listed else StepState.READY)

    def _select(self, _change: Any = None) -> None:
        vault, chosen = self.desk.vault, set(self.choice.value)
        rows = tuple(row for row in self.found if row.name in chosen)
        self.bar.layout.display = "" if self.found or self.bar.results else "none"
        if rows != self.bar.rows:
            self.bar.offer(rows, {vault.host: vault} if vault is not None else {})


def _read(vault: Vault, tell: Tell) -> tuple[list[Gone], bool]:
    """What the vault has deleted, and whether a person stopped it. Raises VaultError."""
    found: list[Gone] = []
    for deleted in vault.deleted.list():
        found.append(Gone(vault.host, deleted))
        if not tell(len(found), len(found) + 1):
            return found, True
    return found, False


def _table(rows: Sequence[Gone], now: datetime) -> Markup:
    more = len(rows) - MAX_ROWS
    cut = f"The first {MAX_ROWS:,} are shown: search for part of a name to see others."
    lines = (_row(row.deleted, now) for row in rows[:MAX_ROWS])
    return html.grid(COLUMNS, lines) + (html.muted(cut) if more > 0 else Markup(""))


def _row(found: Deleted, now: datetime) -> tuple[str, ...]:
    return (
        facts.shown(found.name),
        f"{found.deleted:%Y-%m-%d}" if found.deleted else "",
        f"{found.purge:%Y-%m-%d}" if found.purge else "",
        str(max((found.purge - now).days, 0)) if found.purge else "",
        "recover, purge" if found.purgeable else "recover (purge protection)",
        short(found.thumbprint) or "never merged",
    )
