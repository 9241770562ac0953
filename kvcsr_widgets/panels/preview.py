"""Before creating: what the vault has under that name, and what the CSR will hold."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import ipywidgets as w
from markupsafe import Markup

from kvcsr_widgets.errors import PlanError, Problem
from kvcsr_widgets.panels import html, layout
from kvcsr_widgets.panels.confirm import Confirm
from kvcsr_widgets.panels.desk import Desk
from kvcsr_widgets.panels.later import Later
from kvcsr_widgets.panels.notice import Notice
from kvcsr_widgets.pki.differences import differences
from kvcsr_widgets.pki.dryrun import dry_run
from kvcsr_widgets.pki.plan import CertificatePlan, is_certificate_name
from kvcsr_widgets.pki.policy_reader import ReadPolicy
from kvcsr_widgets.runbook.availability import Availability, State, Way, look_up
from kvcsr_widgets.runbook.commands import steps
from kvcsr_widgets.vault.client import Vault

MAX_SHOWN = 3
"""Problems that are told in the place of what the CSR will hold."""

STEPS: dict[State, tuple[Callable[[str], steps.Step], ...]] = {
    State.IN_USE: (steps.ShowCertificate, steps.ShowPolicy, steps.DeleteCertificate),
    State.PENDING: (steps.ShowOperation, steps.Cancel, steps.DeleteOperation),
    State.ENDED: (steps.ShowOperation, steps.DeleteOperation, steps.DeleteCertificate),
    State.DELETED: (steps.RecoverCertificate, steps.PurgeCertificate),
}
"""What other tools can do with what holds a name."""


class Preview(w.VBox):
    """A dry run of a plan, with nothing made, and a look into the vault, with nothing changed.

    ``base`` is the policy that a new version starts from, None for a new certificate; ``found`` is
    what was last seen under the plan's name, None for not known. ``made`` is the id of the request
    that was made here just now, empty for none. ``changed`` is called with news,
    ``start`` with the policy that a new version shall start from; ``notice`` tells how it went.
    """

    def __init__(
        self,
        desk: Desk,
        notice: Notice,
        changed: Callable[[], None],
        start: Callable[[ReadPolicy], None],
    ) -> None:
        self.desk = desk
        self.notice = notice
        self.base: CertificatePlan | None = None
        self.found: Availability | None = None
        self.made = ""
        self._name = ""
        self._changed = changed
        self._start = start
        self._later = Later(notice)
        self.there = w.HTML()
        self.ways = {way: _button(way, self.go) for way in Way if way is not Way.PURGE}
        self.purge = Confirm(Way.PURGE.value, "To purge it for good", partial(self.go, Way.PURGE))
        self.changes = w.HTML()
        self.request = w.HTML()
        ways = w.Box(list(self.ways.values()), layout=w.Layout(flex_flow="row wrap"))
        super().__init__([self.there, ways, self.purge, self.changes, self.request])
        self._show(None)

    def show_plan(self, plan: CertificatePlan, unsaid: Sequence[Problem] = ()) -> None:
        """Show what the CSR for this plan will hold, and where it leaves the current policy.

        ``unsaid`` are its problems that stand at no field.
        """
        _put(self.request, _foretold(plan, unsaid))
        _put(self.changes, Markup("") if self.base is None else _compared(self.base, plan))

    def name_advice(self) -> list[Problem]:
        """What to think of at the name, as far as the vault has told."""
        found = self.found
        if found is None or found.state is State.FREE:
            return []
        if found.operation is not None and found.operation.request_id == self.made:
            return []  # that it went well is said elsewhere
        return [Problem("name", found.sentence, found.hint)]

    def ask(self, name: str) -> None:
        """Look the name up in the vault, beside what else is done."""
        vault = self.desk.vault
        if self.base is not None and self.base.name.lower() != name.lower():
            self.base = None
        before, self._name = self.found, name
        self._show(None)
        if vault is None or not is_certificate_name(name):
            self._later.forget()
            return
        self._later.ask(lambda: look_up(vault, name, before), self._answer)

    def forget(self) -> None:
        """Know nothing any more: another vault was opened, or none."""
        self.base = None
        self._later.forget()
        self._show(None)

    def look(self, vault: Vault, name: str) -> Availability:
        """Look the name up in the vault now."""
        self._later.forget()
        found = look_up(vault, name, self.found)
        self._answer(found)
        return found

    def go(self, way: Way) -> None:
        """Go a way on that is offered for a name that is taken."""
        vault, name = self.desk.vault, self.found.name if self.found else self._name
        self.notice.clear()
        if vault is None:
            return
        ways: dict[Way, Callable[[], object]] = {
            Way.NEW_VERSION: lambda: self._start_from_current(vault, name),
            Way.OPEN_REQUEST: lambda: self._open_request(name),
            Way.CANCEL_REQUEST: lambda: vault.cancel(name),
            Way.RECOVER: lambda: vault.deleted.recover(name),
            Way.PURGE: lambda: vault.deleted.purge(name),
            Way.LOOK_AGAIN: lambda: None,
        }
        self.notice.attempt(ways[way])
        if way in (Way.CANCEL_REQUEST, Way.RECOVER, Way.PURGE):
            self.notice.attempt(lambda: self.desk.look(name))  # the other panels are told
        self.ask(self._name)

    def steps(self, plan: CertificatePlan) -> list[steps.Step]:
        """What other tools can do with this plan, and with what the vault has of it."""
        create = steps.Create(plan) if self.base is None else steps.NewVersion(plan)
        kinds = STEPS.get(self.found.state, ()) if self.found is not None else ()
        return [create, *(kind(plan.name) for kind in kinds)]

    def _start_from_current(self, vault: Vault, name: str) -> None:
        current = vault.current(name)
        self._start(current)
        self.notice.info("The form starts from the current policy.", " ".join(current.notes))

    def _open_request(self, name: str) -> None:
        self.desk.look(name)
        self.desk.selected = name
        self.notice.info("The request is chosen in the panels below.")

    def _answer(self, found: Availability) -> None:
        self._show(found)
        self._changed()

    def _show(self, found: Availability | None) -> None:
        self.found = found
        _put(self.there, Markup("") if found is None else _told(found))
        purged = found is not None and Way.PURGE in found.actions
        self.purge.offer(found.name if found is not None and purged else "")
        for way, button in self.ways.items():
            button.layout.display = "" if found is not None and way in found.actions else "none"


def _button(way: Way, go: Callable[[Way], object]) -> w.Button:
    button = w.Button(description=way.value, layout=layout.fitting())
    button.on_click(lambda _button: go(way))
    return button


def _told(found: Availability) -> Markup:
    return html.facts(found.rows()) if found.rows() else html.muted(found.sentence)


def _foretold(plan: CertificatePlan, unsaid: Sequence[Problem]) -> Markup:
    try:
        rows = dry_run(plan).rows()
    except PlanError:
        wrong = " ".join(each.message for each in unsaid[:MAX_SHOWN])
        wrong = wrong or "Mend what is said above first."
        return html.muted(f"What the CSR will hold is told here once it is known. {wrong}")
    return html.grid(("What the CSR will hold", "", "Why"), rows)


def _compared(base: CertificatePlan, plan: CertificatePlan) -> Markup:
    found = differences(base, plan)
    if not found:
        return html.note("info", "A new version with the current policy: nothing differs.")
    rows = [(each.label, each.before, each.after) for each in found]
    warning = html.note("look", "The new version will differ from the current policy.")
    return warning + html.grid(("What differs", "Current policy", "This request"), rows)


def _put(place: w.HTML, text: Markup) -> None:
    if place.value != text:  # what stays is not sent to the browser again
        place.value = str(text)
