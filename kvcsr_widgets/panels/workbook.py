"""The one-page app: the whole job as steps, each of which opens when the one before is done."""

from __future__ import annotations

from functools import partial
from typing import Any

import ipywidgets as w

from kvcsr_widgets import panels
from kvcsr_widgets.panels import html, layout, links
from kvcsr_widgets.panels.card import KINDS
from kvcsr_widgets.panels.desk_progress import DeskProgress
from kvcsr_widgets.panels.notice import Notice
from kvcsr_widgets.panels.sections import Sections
from kvcsr_widgets.panels.workbook_session import JobSession
from kvcsr_widgets.panels.workbook_step import StepCard
from kvcsr_widgets.runbook.job import Job, JobStep, current, job

TEXTS = {
    JobStep.CONNECT: ("Connect", "Practise on this machine first, or work on your own vault."),
    JobStep.REQUEST: (
        "Create or choose the request",
        "The vault makes the key pair and a CSR. The request waits there, for you or a colleague.",
    ),
    JobStep.CSR: ("Take the CSR", "What the CA will be asked to sign. It holds no secret."),
    JobStep.SIGNATURE: (
        "Have it signed",
        "By any CA. On the practice vault a practice CA is at hand, which nobody trusts.",
    ),
    JobStep.MERGE: (
        "Merge the reply",
        "Joins the CA's certificate with the private key that waits in the vault.",
    ),
    JobStep.CERTIFICATE: ("See the certificate", "Every certificate of the vault and its request."),
}
"""Title and explanation of each step."""

TROUBLE = "An error text that needs explaining"


class Workbook(w.VBox):
    """All panels that the job takes, on one desk; a step's are loaded when it first opens.

    What is shown follows from the vault: a page that is loaded anew, or another person's, goes on
    where the request stands.
    """

    def __init__(self) -> None:
        self.session = JobSession(self.follow)
        self.desk = self.session.desk
        self.job: Job = {}
        self.steps = {
            each: StepCard(each, *TEXTS[each], partial(self.turn, each)) for each in JobStep
        }
        self.overview = w.HTML(layout=w.Layout(flex="1 1 320px"))
        self.button = w.Button(description="Look again", layout=layout.fitting())
        self.notice = Notice()
        self.help = w.VBox()
        self.more = Sections({TROUBLE: self.help})
        self._turned: dict[JobStep, bool] = {}  # what a person has folded or unfolded
        self._at = JobStep.CONNECT
        self._shown: set[JobStep] = set()  # when the cursor was last led, if that was due
        self.button.on_click(lambda _button: self.submit())
        self.more.toggles[TROUBLE].observe(self._load_help, "value")
        self.desk.observe(self._read, "reading")
        self.desk.observe(self.follow, ["vault", "readings", "reading", "selected", "beginning"])
        line = w.HBox(
            [self.overview, self.button],
            layout=w.Layout(flex_flow="row wrap", align_items="center", grid_gap="8px"),
        )
        top = (line, DeskProgress(self.desk), self.notice, self.session.lead)
        super().__init__(
            [*top, *self.steps.values(), self.more],
            layout=w.Layout(max_width="960px", grid_gap="8px"),
        )
        self.add_class("kvcsr-workbook")
        self.follow()

    def submit(self) -> None:
        """Read the vault again: somebody else may have gone on."""
        self.notice.clear()
        self.desk.refresh(self.notice.attempt)

    def turn(self, step: JobStep) -> None:
        """Fold a step that shows, unfold one that does not."""
        self._turned[step] = not self.steps[step].unfolded
        self._place(step)

    def follow(self, _change: Any = None) -> None:
        """Show where each step stands now."""
        self.session.withdraw()
        found = job(self.session.facts())
        if found == self.job:
            return
        moved = {step for step in JobStep if not _shows_alike(found, self.job, step)}
        self._turned = {step: on for step, on in self._turned.items() if step not in moved}
        self.job = found
        for step in JobStep:
            self._place(step)
        self._show_overview()
        self._lead()

    def _place(self, step: JobStep) -> None:
        place = self.job[step]  # making a part may have brought news
        unfolded = place.is_open and self._turned.get(step, place.unfolded)
        if unfolded and step not in self.session.parts:
            self.steps[step].put(self.session.part(step))
            place = self.job[step]
        self.steps[step].place(place, unfolded=unfolded)

    def _lead(self) -> None:
        """Put the cursor into the step that has opened, once all requests are read.

        It stays where it is when none has: a person may be typing.
        """
        if self.desk.reading:
            return
        before, self._at = self._at, current(self.job)
        shown, self._shown = self._shown, {s for s, card in self.steps.items() if card.unfolded}
        if self._at > before and self._at in self._shown - shown:
            self.session.lead_to(self.session.part(self._at))

    def _show_overview(self) -> None:
        self.button.disabled = self.desk.vault is None
        now = current(self.job)
        items = (
            (
                f"{step.value} {step.short}",
                place.standing.state.value,
                KINDS[place.standing.state],
                step is now,
            )
            for step, place in self.job.items()
        )
        layout.put(self.overview, links.ON_ONE_PAGE + html.overview("The steps of the job", items))

    def _read(self, change: Any) -> None:
        """The requests were read: where none waits, a new one is begun."""
        desk = self.desk
        idle = not desk.requests and not desk.selected and not desk.beginning
        if not change["new"] and desk.vault is not None and idle:
            desk.begin()

    def _load_help(self, _change: Any) -> None:
        if not self.help.children:
            trouble = panels.TroublePanel(self.desk)
            trouble.card.bare()
            self.help.children = [trouble]


def _shows_alike(found: Job, before: Job, step: JobStep) -> bool:
    """Whether a step is still as open as it was."""
    if not before:
        return False
    return (found[step].is_open, found[step].unfolded) == (
        before[step].is_open,
        before[step].unfolded,
    )
