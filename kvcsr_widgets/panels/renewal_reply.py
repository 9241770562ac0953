"""The CA's part in a rehearsed renewal, and the sample that leads to a certificate of one's own."""

from __future__ import annotations

from typing import Any

import ipywidgets as w

from kvcsr_widgets.errors import InputError
from kvcsr_widgets.panels import layout
from kvcsr_widgets.panels.card import Card
from kvcsr_widgets.panels.notice import Notice
from kvcsr_widgets.panels.renewal import RenewalPanel
from kvcsr_widgets.pki.lifetimes import days_within
from kvcsr_widgets.runbook.renewal import BY_HAND, Line, answer, follow_the_sample
from kvcsr_widgets.runbook.steps import StepState

EASY, STRICT = "A CA that takes any key", "A CA that wants a new key each time"


class RenewalReply(w.VBox):
    """Says which key the waiting CSR has, has it signed by a CA, and merges the reply."""

    def __init__(self, renewal: RenewalPanel, *, step: int | None = None) -> None:
        self.renewal = renewal
        self.request = w.Dropdown(
            description="Open request", layout=layout.wide(), style=layout.label_style()
        )
        self.ca = w.Dropdown(
            description="Send it to",
            options=[EASY, STRICT],
            layout=layout.wide(),
            style=layout.label_style(),
        )
        self.button = layout.primary("Have it signed, and merge")
        self.key, self.notice = Notice(), Notice()
        self.button.on_click(lambda _button: self.submit())
        self.request.observe(self._show_key, "value")
        renewal.observe(self._redraw, "seen")
        about = "The practice CA signs for as long as a public CA may on that day."
        shown = (self.request, self.key, self.ca, self.button, self.notice)
        self.card = Card("The CA's answer", about, *shown, step=step)
        super().__init__([self.card])
        self._redraw()

    def submit(self) -> None:
        """Have the request signed by the chosen CA, and merge."""
        self.notice.attempt(self._answer)

    @property
    def line(self) -> Line | None:
        """The certificate whose request is chosen."""
        seen = self.renewal.seen
        return seen.line(self.request.value) if seen is not None and self.request.value else None

    def _answer(self) -> None:
        vault, line = self.renewal.desk.vault, self.line
        if vault is None or line is None:
            raise InputError("No request waits.", hint="Create the CSR of a new version above.")
        now = self.renewal.now
        days, same = days_within(now.date()), line.same_key_as
        answer(vault, line, days=days, now=now, strict=self.ca.value == STRICT)
        self.renewal.desk.finish(line.name)
        number = len(line.versions) + 1
        key = f"the same key as version {same}" if same else "a key of its own"
        self.notice.done(
            f"Version {number} of “{line.name}” is merged. It has {key}, and lasts {days} days.",
            "The table above shows it beside the versions before.",
        )

    def _redraw(self, _change: Any = None) -> None:
        seen = self.renewal.seen
        names = [line.name for line in seen.waiting] if seen is not None else []
        chosen = self.request.value
        self.request.options = names or [("(none is waiting)", "")]
        self.request.value = chosen if chosen in names else next(iter(names), "")
        self.button.disabled = not names
        if names:
            self.notice.clear()
        self._show_key()
        if names:
            self.card.stand(StepState.READY)
        else:
            self.card.stand(StepState.TO_DO, "Create the CSR of a new version first.")

    def _show_key(self, _change: Any = None) -> None:
        line = self.line
        if line is None or line.waiting is None:
            self.key.clear()
        elif (same := line.same_key_as) is None:
            self.key.info("This CSR has a new key.", "No version has it: reuse key is off.")
        else:
            self.key.warn(
                f"This CSR has the key of version {same}: reuse key is on.",
                "A CA may say that the CSR was used already. And whoever got hold of the old key "
                "has the new one, too.",
            )


class RenewalTrap(w.VBox):
    """Renews as a sample of the documentation does, so that everybody sees what comes of it."""

    def __init__(self, renewal: RenewalPanel, *, step: int | None = None) -> None:
        self.renewal = renewal
        self.button = layout.primary("Renew as the sample does")
        self.notice = Notice()
        self.button.on_click(lambda _button: self.submit())
        renewal.observe(self._redraw, "seen")
        about = f"A new version of “{BY_HAND}” with issuer Self, in the rehearsal's vault alone."
        self.card = Card("The trap", about, self.button, self.notice, step=step)
        super().__init__([self.card])
        self._redraw()

    def submit(self) -> None:
        """Follow the sample."""
        self.notice.attempt(self._follow)

    def _follow(self) -> None:
        vault, seen = self.renewal.desk.vault, self.renewal.seen
        line = seen.line(BY_HAND) if seen is not None else None
        if vault is None or line is None:
            raise InputError("No rehearsal was begun.", hint="Begin it in step 1.")
        self.renewal.desk.add(follow_the_sample(vault, line))
        self.notice.warn(
            "The vault has signed it by itself. No CA was asked, and there was no error.",
            "Every client refuses this version, and the policy says issuer Self from now on: the "
            "vault would renew it so for ever. To mend it, start a new version from the current "
            "policy above, choose Unknown as its issuer again, and have that signed.",
        )

    def _redraw(self, _change: Any = None) -> None:
        seen = self.renewal.seen
        line = seen.line(BY_HAND) if seen is not None else None
        fallen = line is not None and not line.plan.by_hand
        self.button.disabled = line is None or fallen or line.waiting is not None
        if line is None:
            self.card.stand(StepState.TO_DO, "Begin the rehearsal first.")
        elif fallen:
            why = f"The policy of “{BY_HAND}” says Self: choose Unknown again in a new version."
            self.card.stand(StepState.BLOCKED, why)
        elif line.waiting is not None:
            self.card.stand(StepState.TO_DO, "A request is open: have it signed first.")
        else:
            self.card.stand(StepState.READY)
