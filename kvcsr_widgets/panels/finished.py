"""The check at the end of a notebook: done, or exactly what is missing, as it stands now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self

import ipywidgets as w
import traitlets as t

from kvcsr_widgets.panels import html, layout, links
from kvcsr_widgets.panels.card import Card
from kvcsr_widgets.panels.desk import Desk
from kvcsr_widgets.panels.later import Later
from kvcsr_widgets.panels.notice import Notice
from kvcsr_widgets.panels.reply import ReplyInput
from kvcsr_widgets.panels.sections import Sections
from kvcsr_widgets.pki.leaf import fitting
from kvcsr_widgets.pki.pending import Status
from kvcsr_widgets.pki.signed import SignedFile
from kvcsr_widgets.runbook import finished, handed_over
from kvcsr_widgets.runbook.finished import Points
from kvcsr_widgets.runbook.progress import by_hand
from kvcsr_widgets.runbook.reading import request_of
from kvcsr_widgets.vault.client import Vault
from kvcsr_widgets.vault.records import Operation

if TYPE_CHECKING:
    from kvcsr_widgets.panels.commands_tour import CommandsTour
    from kvcsr_widgets.panels.drill import DrillPanel
    from kvcsr_widgets.panels.renewal import RenewalPanel
    from kvcsr_widgets.panels.sheet import Sheet
    from kvcsr_widgets.panels.sign import SignPanel

READ = ("readings", "reading", "selected", "vault")
"""What changes in a desk when something else is known of its vault."""

FILE = "You have a file from your CA? See whether it fits"


class Finished(w.VBox):
    """Shows ``points``, the sentences of a check, and a chip that sums them up.

    ``look`` finds them, off the kernel's loop, whenever one of the traits ``told_by`` changes;
    ``again`` is what the button does first. Make one by the name of its check, such as
    ``Finished.merged(desk, table.sheet)``.
    """

    points = t.Tuple(read_only=True)
    files: ReplyInput
    """Where a CA's file is put in; there is one in ``signed`` alone."""

    def __init__(
        self,
        look: Callable[[], Points],
        told_by: Mapping[t.HasTraits, tuple[str, ...]],
        *more: w.Widget,
        again: Callable[[Notice], object] = lambda _notice: None,
        step: int | None = None,
    ) -> None:
        self._look, self._again, self._told_by = look, again, dict(told_by)
        self.list, self.notice = w.HTML(), Notice()
        self.button = w.Button(description="Look again", layout=layout.fitting())
        self._later = Later(self.notice)
        about = "What this notebook is for, and whether it is so now."
        self.card = Card("Done?", about, self.list, self.notice, *more, self.button, step=step)
        self.button.on_click(lambda _button: self.submit())
        super().__init__([self.card])
        for source, names in self._told_by.items():
            source.observe(self._follow, list(names))
        self._show(())
        self._follow()

    def submit(self) -> None:
        """Read what it depends on again."""
        self._again(self.notice)
        self._follow()

    def close(self) -> None:
        """Follow nothing any more, and leave the page."""
        self._later.forget()
        for source, names in self._told_by.items():
            source.unobserve(self._follow, list(names))
        self._told_by = {}
        super().close()

    def _follow(self, _change: Any = None) -> None:
        self._later.ask(self._look, self._show)

    def _show(self, points: Points) -> None:
        self.notice.clear()
        self.set_trait("points", points)
        rows = ((links.linked(point.said), point.done) for point in points)
        layout.put(self.list, html.checked(rows))
        found = finished.standing(points)
        self.card.stand(found.state, found.why)

    @classmethod
    def _of_desk(
        cls,
        desk: Desk,
        look: Callable[[], Points],
        *more: w.Widget,
        step: int | None,
        told_by: Mapping[t.HasTraits, tuple[str, ...]] | None = None,
    ) -> Self:
        """A check of what the desk's vault has; without an open vault that is what is missing."""
        return cls(
            lambda: finished.CLOSED if desk.vault is None else look(),
            {desk: (*READ, "revision", "left")} | dict(told_by or {}),
            *more,
            again=lambda notice: desk.refresh(notice.attempt),
            step=step,
        )

    @classmethod
    def connected(cls, desk: Desk, *, step: int | None = None) -> Self:
        """Notebook 00: a vault is open."""

        def look() -> Points:
            vault = desk.vault
            assert vault is not None
            return finished.connected(vault.host, practice=vault.is_practice)

        return cls._of_desk(desk, look, step=step)

    @classmethod
    def handed_over(cls, desk: Desk, *, step: int | None = None) -> Self:
        """Notebook 01: a request waits, and its CSR left for the CA."""

        def look() -> Points:
            host = desk.vault.host if desk.vault is not None else ""
            left = handed_over.read()
            return finished.handed_over(desk.operations, desk.selected, host, left)

        return cls._of_desk(desk, look, step=step)

    @classmethod
    def signed(cls, desk: Desk, sign: SignPanel, *, step: int | None = None) -> Self:
        """Notebook 02: there is a reply to the request in hand, from here or from a CA outside."""
        held: list[SignedFile] = []
        changed = _Told()
        files = ReplyInput(changed.tell)

        def look() -> Points:
            reply = files.read()
            held[:] = [reply.signed] if reply is not None else []
            return finished.signed(
                desk.operations,
                desk.selected,
                taken=sign.taken,
                fits=lambda operation: _fits(operation, held),
                practice=desk.vault is not None and desk.vault.is_practice,
                made=sign.made,
            )

        told_by: dict[t.HasTraits, tuple[str, ...]] = {sign: ("taken", "made"), changed: ("count",)}
        check = cls._of_desk(desk, look, Sections({FILE: files}), step=step, told_by=told_by)
        check.files = files
        return check

    @classmethod
    def merged(cls, desk: Desk, sheet: Sheet, *, step: int | None = None) -> Self:
        """Notebook 03: a certificate of a CA is merged and enabled, as the table has read it."""

        def look() -> Points:
            host = desk.vault.host if desk.vault is not None else ""
            recent = {*desk.touched, desk.selected}
            return finished.merged(desk.operations, _enabled(sheet, host), recent)

        return cls._of_desk(desk, look, step=step, told_by={sheet: ("inventory",)})

    @classmethod
    def looked_after(cls, desk: Desk, sheet: Sheet, *, step: int | None = None) -> Self:
        """Notebook 04: nothing in the table needs somebody."""
        from kvcsr_widgets.runbook.looked_after import looked_after

        def look() -> Points:
            frame = sheet.frame
            return () if frame is None else looked_after(frame, datetime.now(UTC))

        return cls._of_desk(desk, look, step=step, told_by={sheet: ("inventory",)})

    @classmethod
    def ordered(cls, desk: Desk, *, step: int | None = None) -> Self:
        """Notebook 05: an issuer, a contact, and a certificate that was ordered."""

        def look() -> Points:
            vault = desk.vault
            assert vault is not None
            issuers = [each.name for each in vault.issuers.all()]
            now = [_as_it_is(vault, each) for each in desk.operations]
            return finished.ordered(issuers, len(vault.contacts.all()), now)

        return cls._of_desk(desk, look, step=step)

    @classmethod
    def trained(cls, drills: DrillPanel, *, step: int | None = None) -> Self:
        """Notebook 06: every drill is solved."""
        return cls(lambda: finished.trained(drills.progress), {drills: ("solved",)}, step=step)

    @classmethod
    def rehearsed(cls, renewal: RenewalPanel, *, step: int | None = None) -> Self:
        """Notebook 07: a renewal that fell due was done with a new key, and with the same one."""
        return cls(lambda: renewal.points, {renewal: ("seen",)}, step=step)

    @classmethod
    def copied(cls, tour: CommandsTour, *, step: int | None = None) -> Self:
        """Notebook 08: every step was copied for one tool."""

        def look() -> Points:
            problems = [each.message for each in tour.problems]
            return finished.copied(tour.tool.value.value, tour.done, problems)

        return cls(look, {tour: ("copied", "written")}, step=step)


class _Told(t.HasTraits):
    """Turns a call into a trait that can be followed."""

    count = t.Int()

    def tell(self) -> None:
        self.count += 1


def _as_it_is(vault: Vault, operation: Operation) -> Operation:
    """An order that an issuer works on, read again; any other request as it was read."""
    if operation.status is not Status.IN_PROGRESS or by_hand(operation):
        return operation
    return request_of(vault, operation.name) or operation


def _fits(operation: Operation, held: list[SignedFile]) -> bool:
    csr = operation.csr
    return csr is not None and any(fitting(csr, each) for each in held)


def _enabled(sheet: Sheet, host: str) -> dict[str, bool]:
    """Whether each issued certificate of a vault is enabled, by name, as far as it was read."""
    entries = sheet.inventory.entries if sheet.inventory is not None else ()
    return {
        each.name: each.certificate.enabled
        for each in entries
        if each.certificate is not None and each.issued and each.vault == host
    }
