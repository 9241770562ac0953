"""The request in hand, and the ways back: cancel it, delete it, start again."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import ipywidgets as w

from kvcsr_widgets.panels import html, layout, links
from kvcsr_widgets.panels.card import Card
from kvcsr_widgets.panels.confirm import Confirm
from kvcsr_widgets.panels.desk import Desk
from kvcsr_widgets.panels.elsewhere import Elsewhere
from kvcsr_widgets.panels.notice import Notice
from kvcsr_widgets.panels.picker import RequestPicker
from kvcsr_widgets.pki.plan import CertificatePlan
from kvcsr_widgets.runbook import giving_up
from kvcsr_widgets.runbook.commands import steps
from kvcsr_widgets.runbook.giving_up import Outcome
from kvcsr_widgets.runbook.standing import (
    Offer,
    Standing,
    Step,
    is_being_cancelled,
    offers,
    stand,
)
from kvcsr_widgets.runbook.step_rules import none_in_hand, of_ways
from kvcsr_widgets.runbook.steps import FAILED, StepState
from kvcsr_widgets.vault.client import Vault
from kvcsr_widgets.vault.records import Operation

ACTS: dict[Step, Callable[[Vault, Standing], Outcome]] = {
    Step.CANCEL: giving_up.cancel,
    Step.DELETE: giving_up.delete_request,
    Step.DELETE_CERTIFICATE: giving_up.delete_certificate,
    Step.START: giving_up.start_again,
}


class WaysBack(w.VBox):
    """The four steps: what each does and its button, or why it makes no sense now.

    ``go`` is called with the step that a person chose; a deletion, and starting again where that
    destroys a key, only once the name is typed.
    """

    def __init__(self, go: Callable[[Step], object]) -> None:
        self.abouts = {step: w.HTML() for step in Step}
        self.buttons = {step: _button(step, go) for step in (Step.CANCEL, Step.START)}
        self.confirms = {
            step: Confirm(step.value, label, partial(go, step))
            for step, label in (
                (Step.START, "Confirm (new request)"),
                (Step.DELETE, "Confirm (request)"),
                (Step.DELETE_CERTIFICATE, "Confirm (certificate)"),
            )
        }
        parts = (self.abouts, self.buttons, self.confirms)
        super().__init__([part[step] for step in Step for part in parts if step in part])

    def show(self, standing: Standing | None) -> None:
        """Offer what makes sense now; nothing at all for None."""
        found = offers(standing) if standing else {}
        for step, about in self.abouts.items():
            layout.put(about, _about(found[step]) if found else "")
        possible = [offer for offer in found.values() if offer.possible]
        typed = {each.step for each in possible if each.loses or each.step not in self.buttons}
        pressed = {each.step for each in possible} - typed
        for step, button in self.buttons.items():
            button.layout.display = "" if step in pressed else "none"
        for step, confirm in self.confirms.items():
            confirm.offer(standing.name if standing and step in typed else "")


class OperationPanel(w.VBox):
    """Cancels or deletes the request in hand, deletes what is left of it, starts again.

    A certificate whose request is gone is no request: it is looked at by its name.
    """

    def __init__(self, desk: Desk, *, step: int | None = None) -> None:
        self.desk = desk
        self.standing: Standing | None = None
        self.picker = RequestPicker(desk, every=True)
        self.name = w.Text(
            description="Or by its name",
            placeholder="a certificate whose request was deleted",
            continuous_update=False,
            layout=layout.wide(),
            style=layout.label_style(),
        )
        self.button = w.Button(description="Look again", layout=layout.fitting())
        self.state = Notice()
        self.facts = w.HTML()
        self.ways = WaysBack(self.go)
        self.notice = Notice()
        self.elsewhere = Elsewhere("The same for this request")
        self._drawn: tuple[int, str, Operation | None] | None = None
        self._stepping = False
        self.button.on_click(lambda _button: self.submit())
        self.name.observe(lambda _change: self._named(), "value")
        desk.observe(lambda _change: self._left(), "vault")
        desk.observe(self._follow, ["readings", "selected"])
        desk.observe(self._stand, "reading")
        self.card = self._frame(step)
        super().__init__([self.card])
        self._follow()

    def submit(self) -> Standing | None:
        """Look again. Returns how it stands, or None where nothing is chosen or that failed."""
        self.notice.clear()
        if not self.looked_at:
            self.desk.refresh(self.notice.attempt)
        return self._look_again()

    def go(self, step: Step) -> Outcome | None:
        """Take a step. Returns what came of it, or None if it failed."""
        vault, seen = self.desk.vault, self.standing
        if vault is None or seen is None:
            return None
        self.notice.clear()
        outcome = self.notice.attempt(lambda: ACTS[step](vault, seen))
        if outcome is not None:
            self._tell_desk(seen.name, outcome.operation, outcome.plan)
            say = self.notice.done if outcome.done else self.notice.warn
            say(outcome.title, outcome.next_step)
        self._look_again()
        if outcome is not None and outcome.done:
            self.card.stand(StepState.DONE)
        return outcome

    @property
    def looked_at(self) -> str:
        """The name of what is looked at: the request in hand, or else what was typed."""
        return self.desk.selected or str(self.name.value).strip()

    def _tell_desk(
        self, name: str, operation: Operation | None, plan: CertificatePlan | None = None
    ) -> None:
        """The desk has the request as it is now; one that is gone is still looked at."""
        self._stepping = True
        self.name.value = "" if operation else name
        if operation is not None:
            self.desk.add(operation, plan)
        else:
            self.desk.drop(name)
        self._stepping = False
        self._drawn = self._seen()

    def _named(self) -> None:
        """A name was typed: one that has a request is taken in hand."""
        name = str(self.name.value).strip().lower()
        if not name or self._stepping:
            return
        known = (each.name for each in self.desk.operations if each.name.lower() == name)
        self.desk.selected = next(known, "")
        self._follow()

    def _left(self) -> None:
        """Another vault knows nothing of this name."""
        self.name.value = ""
        self.standing = None

    def _follow(self, _change: Any = None) -> None:
        if self._stepping:
            return
        if self.desk.selected:
            self.name.value = ""
        drawn = self._seen()
        if self._drawn == drawn:
            return  # several changes at once are told one by one
        if self._drawn is None or self._drawn[1] != drawn[1]:
            self.notice.clear()
        self._look()

    def _seen(self) -> tuple[int, str, Operation | None]:
        """What the panel follows: what was changed from here, and the request in hand."""
        return (self.desk.revision, self.looked_at, self.desk.looked_at)

    def _look_again(self) -> Standing | None:
        """Look, and tell the other panels what is news to them."""
        self._look()
        seen = self.standing
        if seen is not None and seen.operation != self._known(seen.name):
            self._tell_desk(seen.name, seen.operation)
        return seen

    def _look(self) -> None:
        self._drawn = self._seen()
        vault, name = self.desk.vault, self.looked_at
        before = self.standing.found if self.standing else None
        self.standing = None
        if vault is not None and name:
            self.standing = self.notice.attempt(
                lambda: stand(vault, name, plan_of=self.desk.plan_of, before=before)
            )
        self._redraw()

    def _known(self, name: str) -> Operation | None:
        return next((each for each in self.desk.operations if each.name == name), None)

    def _redraw(self) -> None:
        standing = self.standing
        self._show_state(standing)
        self.name.disabled = self.button.disabled = self.desk.vault is None
        layout.put(self.facts, html.facts(_rows(standing)) if standing else "")
        self.ways.show(standing)
        url = self.desk.vault.url if self.desk.vault else ""
        self.elsewhere.show(_steps(standing) if standing else [], url)

    def _show_state(self, standing: Standing | None) -> None:
        if standing is not None:
            self.state.info(standing.sentence)
        else:
            self.state.clear()  # the card says why, or the notice
        self._stand()

    def _stand(self, _change: Any = None) -> None:
        desk, standing = self.desk, self.standing
        if desk.vault is None or not self.looked_at:
            is_open = desk.vault is not None
            self.card.show(none_in_hand(vault_open=is_open, reading=desk.reading, some=True))
        elif standing is None:
            self.card.show(FAILED)
        else:
            self.card.show(of_ways(offers(standing).values()))

    def _frame(self, step: int | None) -> Card:
        about = (
            "Cancelling keeps the key that the CSR was made with; deleting the request destroys "
            "it, and so does starting again with a new key."
        )
        return Card(
            "Give up or start again",
            about,
            self.picker,
            self.name,
            self.button,
            self.state,
            self.facts,
            self.notice,
            self.ways,
            self.elsewhere,
            step=step,
        )


def _rows(standing: Standing) -> list[tuple[str, str]]:
    """What the vault has under the name, with its own words on the request."""
    rows = list(standing.found.rows())
    operation = standing.operation
    if operation is not None and standing.issued is None:
        rows.insert(0, ("Certificate", f"“{standing.name}”, a placeholder: never merged"))
    if operation is not None and operation.details and not is_being_cancelled(operation):
        rows.append(("The vault says", operation.details))
    return rows


def _steps(standing: Standing) -> list[steps.Step]:
    """The same steps for other tools, and a look at the request."""
    name, found = standing.name, [step for step, o in offers(standing).items() if o.possible]
    kinds: dict[Step, steps.Step] = {
        Step.CANCEL: steps.Cancel(name),
        Step.DELETE: steps.DeleteOperation(name),
        Step.DELETE_CERTIFICATE: steps.DeleteCertificate(name),
    }
    if standing.plan is not None:
        kinds[Step.START] = steps.NewVersion(standing.plan)
    looks = [steps.ShowOperation(name)] if standing.operation is not None else []
    return [*looks, *(kinds[step] for step in found)]


def _about(offer: Offer) -> str:
    if offer.loses:
        return html.note("look", f"{offer.step.value}: {offer.loses}", [offer.about])
    return html.muted(links.linked(f"{offer.step.value}: {offer.about}")) if offer.about else ""


def _button(step: Step, go: Callable[[Step], object]) -> w.Button:
    button = w.Button(description=step.value, layout=layout.fitting())
    button.on_click(lambda _button: go(step))
    return button
