"""Which other vaults are meant beside the open one."""

from __future__ import annotations

import re

import ipywidgets as w

from kvcsr_widgets.errors import InputError
from kvcsr_widgets.panels.inputs import look
from kvcsr_widgets.vault.client import Vault

MAX_OTHERS = 20
"""Vaults beside the open one."""

MAX_TEXT = 5_000
"""Characters of names and URLs that are read."""


class Others(w.VBox):
    """A practice vault knows those beside it and lets one choose; for a real one they are typed."""

    def __init__(self) -> None:
        self.siblings = w.SelectMultiple(description="These vaults too", rows=3, **look())
        self.urls = w.Text(
            description="These vaults too",
            placeholder="names or URLs, with commas between; the same sign-in is used",
            **look(),
        )
        super().__init__([self.siblings, self.urls])
        self.offer(None)

    def offer(self, vault: Vault | None) -> None:
        """Offer the vaults beside this one; none is chosen."""
        practice = vault is not None and vault.is_practice
        own = vault.host.partition(".")[0] if vault is not None else ""
        names = vault.vaults() if vault is not None and practice else ()
        self.siblings.value = ()
        self.siblings.options = [name for name in names if name != own]
        self.siblings.layout.display = "" if self.siblings.options else "none"
        self.urls.value = ""
        self.urls.layout.display = "" if vault is not None and not practice else "none"

    @property
    def is_offered(self) -> bool:
        """Whether there are others to choose or to type."""
        return any(each.layout.display != "none" for each in self.children)

    def chosen(self) -> tuple[str, ...]:
        """The names and URLs, each once. Raises InputError for too many."""
        typed = re.split(r"[,;\s]+", self.urls.value[:MAX_TEXT])
        found = tuple(dict.fromkeys((*self.siblings.value, *filter(None, typed))))
        if len(found) > MAX_OTHERS:
            raise InputError(f"At most {MAX_OTHERS} other vaults at once.", hint="Name fewer.")
        return found
