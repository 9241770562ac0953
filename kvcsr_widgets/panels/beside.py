"""Which vaults are shown: the open one, and others beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import ipywidgets as w

from kvcsr_widgets.errors import InputError
from kvcsr_widgets.panels.inputs import look
from kvcsr_widgets.vault.client import Vault

MAX_OTHERS = 20
"""Vaults that are read beside the open one."""

MAX_TEXT = 5_000
"""Characters of names and URLs that are read."""


class Beside(w.VBox):
    """The inputs for other vaults; those that it opened it closes."""

    def __init__(self) -> None:
        self.siblings = w.SelectMultiple(description="These vaults too", rows=3, **look())
        self.urls = w.Text(
            description="These vaults too",
            placeholder="names or URLs, with commas between; the same sign-in is used",
            **look(),
        )
        self._own: Vault | None = None
        self._opened: dict[str, Vault] = {}
        super().__init__([self.siblings, self.urls])
        self.offer(None)

    def offer(self, vault: Vault | None) -> None:
        """Offer the vaults beside this one: a practice vault knows them, for a real one type."""
        self.close()
        self._own = vault
        practice = vault is not None and vault.is_practice
        own = vault.host.partition(".")[0] if vault is not None else ""
        names = vault.vaults() if vault is not None and practice else ()
        self.siblings.value = ()
        self.siblings.options = [name for name in names if name != own]
        self.siblings.layout.display = "" if self.siblings.options else "none"
        self.urls.value = ""
        self.urls.layout.display = "" if vault is not None and not practice else "none"

    def vaults(self) -> dict[str, Vault]:
        """The open vault and those that are chosen, by host.

        Raises AddressError for one that cannot be, InputError for too many.
        """
        own = self._own
        if own is None:
            return {}
        wanted = tuple(self._wanted())
        if len(wanted) > MAX_OTHERS:
            raise InputError(f"At most {MAX_OTHERS} other vaults are shown at once.")
        kept = {name: self._opened.pop(name) for name in wanted if name in self._opened}
        self.close()
        self._opened = kept
        for name in wanted:
            if name not in self._opened:
                self._opened[name] = own.beside(name)
        return {own.host: own} | {
            each.host: each for each in self._opened.values() if each.host != own.host
        }

    def close(self) -> None:
        """Close those that were opened here."""
        for vault in self._opened.values():
            vault.close()
        self._opened = {}

    def _wanted(self) -> Iterator[str]:
        typed = re.split(r"[,;\s]+", self.urls.value[:MAX_TEXT])
        yield from dict.fromkeys((*self.siblings.value, *filter(None, typed)))
