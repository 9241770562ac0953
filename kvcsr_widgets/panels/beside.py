"""Which vaults are shown: the open one, and others beside it."""

from __future__ import annotations

import ipywidgets as w

from kvcsr_widgets.panels import html
from kvcsr_widgets.panels.others import Others
from kvcsr_widgets.vault.client import Vault


class Beside(w.VBox):
    """The inputs for other vaults; those that it opened it closes."""

    def __init__(self) -> None:
        self.inputs = Others()
        self._own: Vault | None = None
        self._opened: dict[str, Vault] = {}
        self.hint = w.HTML(html.field_help("“Refresh” reads them."))
        super().__init__([self.inputs, self.hint])
        self.offer(None)

    def offer(self, vault: Vault | None) -> None:
        """Offer the vaults beside this one."""
        self.close_all()
        self._own = vault
        self.inputs.offer(vault)
        self.hint.layout.display = "" if self.inputs.is_offered else "none"

    def vaults(self) -> dict[str, Vault]:
        """The open vault and those that are chosen, by host.

        Raises AddressError for one that cannot be, InputError for too many; then those that were
        open before still are.
        """
        own = self._own
        if own is None:
            return {}
        wanted = self.inputs.chosen()
        for name in wanted:
            if name not in self._opened:
                self._opened[name] = own.beside(name)
        for name in self._opened.keys() - set(wanted):
            self._opened.pop(name).close()
        return {own.host: own} | {
            each.host: each for each in self._opened.values() if each.host != own.host
        }

    def close_all(self) -> None:
        """Close those that were opened here."""
        for vault in self._opened.values():
            vault.close()
        self._opened = {}
