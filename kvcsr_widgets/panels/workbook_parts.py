"""What the steps of the one-page app hold: the panels of the notebooks, each in its step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets as w

from kvcsr_widgets import panels
from kvcsr_widgets.panels import layout
from kvcsr_widgets.panels.sections import Sections
from kvcsr_widgets.panels.workbook_desk import JobDesk
from kvcsr_widgets.panels.workbook_step import Part
from kvcsr_widgets.runbook.steps import StepStanding, StepState

TAKEN = "I have the CSR by another way"
DELETED = "Deleted certificates"
LEFT = "The vault was left: another one is being chosen."


class ConnectPart(Part):
    """Chooses the vault. Another choice leaves the vault that is open: no step goes on there."""

    def __init__(self, desk: JobDesk) -> None:
        self.desk = desk
        self.panel = panels.ConnectPanel(desk)
        super().__init__(self.panel.card, self.panel)
        for each in (self.panel.where, self.panel.url, self.panel.sign_in):
            each.observe(self._edited, "value")

    @property
    def first(self) -> w.DOMWidget:
        """The button."""
        return self.panel.button

    def _edited(self, _change: Any) -> None:
        if self.desk.vault is not None:
            self.desk.leave()
            self.panel.notice.info(LEFT, "Press Connect.")


class CsrPart(Part):
    """Shows the CSR. ``taken`` is called when it leaves, by whichever way."""

    def __init__(self, desk: JobDesk, taken: Callable[[], object]) -> None:
        self.panel = panel = panels.CsrPanel(desk)
        panel.picker.layout.display = panel.button.layout.display = "none"  # the page has both
        self.other = w.Button(description=TAKEN, layout=layout.fitting())
        super().__init__(panel.card, panel, self.other)
        panel.file.copy.observe(lambda _change: taken(), "copied")
        panel.file.download.observe(lambda _change: taken(), "saved")
        self.other.on_click(lambda _button: self._take(taken))

    @property
    def first(self) -> w.DOMWidget:
        """The download."""
        return self.panel.file.buttons

    def _take(self, taken: Callable[[], object]) -> None:
        self.panel.taken()
        taken()


class SignPart(Part):
    """Has the CSR signed; the practice CA is there on the practice vault alone."""

    def __init__(self, desk: JobDesk) -> None:
        self.desk = desk
        self.panel = panel = panels.SignPanel(desk)
        panel.picker.layout.display = "none"
        super().__init__(panel.card, panel)
        desk.observe(self._offer, "vault")
        self._offer()

    @property
    def first(self) -> w.DOMWidget:
        """The practice CA's button, or the first of what other programs are told."""
        if self.panel.button.layout.display == "none":
            return next(iter(self.panel.commands.toggles.values()))
        return self.panel.button

    def _offer(self, _change: Any = None) -> None:
        vault = self.desk.vault
        display = "" if vault is not None and vault.authority is not None else "none"
        for each in (self.panel.days, self.panel.reply, self.panel.button):
            each.layout.display = display


class MergePart(Part):
    """Takes the reply and merges it. ``changed`` is called when there is another result."""

    def __init__(self, desk: JobDesk, changed: Callable[[], object]) -> None:
        self.panel = panel = panels.MergePanel(desk)
        panel.picker.layout.display = "none"
        super().__init__(panel.card, panel)
        panel.findings.view.observe(lambda _change: changed(), "value")
        panel.result.observe(lambda _change: changed(), "merged")

    @property
    def first(self) -> w.DOMWidget:
        """The choice of files."""
        return self.panel.input.upload


class CertificatePart(Part):
    """Shows the vault; deleted certificates once they are asked for. ``begin`` is the next job."""

    def __init__(self, desk: JobDesk, begin: Callable[[], object]) -> None:
        self.desk = desk
        self.panel = panels.VaultTable(desk, light=True)
        self.panel.button.button_style = ""  # one main button a step
        self.next = layout.primary("Begin the next request")
        self.gone = w.VBox()
        self.more = Sections({DELETED: self.gone})
        super().__init__(self.panel.card, self.next, self.panel, self.more)
        self.next.on_click(lambda _button: begin())
        self.more.toggles[DELETED].observe(self._load, "value")

    @property
    def said(self) -> StepStanding | None:
        """What the table says, but for having been read: that is not what the step is about."""
        found = super().said
        return found if found is not None and found.state is not StepState.DONE else None

    @property
    def first(self) -> w.DOMWidget:
        """The button that begins the next job."""
        return self.next

    def _load(self, _change: Any) -> None:
        if not self.gone.children:
            deleted = panels.DeletedCertificates(self.desk, self.panel.sheet)
            deleted.card.bare()
            self.gone.children = [deleted]
