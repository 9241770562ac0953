"""Rehearse a renewal: certificates in a practice vault of their own, on a clock that moves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import ipywidgets as w
import traitlets as t
from markupsafe import Markup

from kvcsr_widgets.drills.scene import Scene, read_notes, scenes_path, strike
from kvcsr_widgets.errors import InputError
from kvcsr_widgets.panels import html, layout
from kvcsr_widgets.panels.card import Card
from kvcsr_widgets.panels.desk import Desk
from kvcsr_widgets.panels.notice import Notice
from kvcsr_widgets.pki.lifetimes import days_within
from kvcsr_widgets.runbook.entries import RENEWAL
from kvcsr_widgets.runbook.finished import Points
from kvcsr_widgets.runbook.renewal import BY_HAND, Line, Seen, look, move_on, rehearsed, stage
from kvcsr_widgets.runbook.steps import StepState

BEGIN, GO_ON = "Begin the rehearsal", "Go on with the rehearsal"
COLUMNS = ("Certificate", "Signed by", "Version", "Made", "Valid until", "Key (SHA-256)")
STAGED = "renewal staged"
MIN_DAYS, MAX_LIFE = 10, 398


def folder() -> Path:
    """Where the rehearsal's vault is, beside the folder of the drills."""
    return scenes_path().parent / "renewal"


class RenewalPanel(w.VBox):
    """Begins a rehearsal, moves its clock, and shows what the vault did by itself.

    ``desk`` is open on the rehearsal's vault, for other panels. ``seen`` is how that stands, None
    before a rehearsal was begun; it is read again whenever something was changed there.
    """

    seen = t.Instance(Seen, allow_none=True, read_only=True)

    def __init__(self, *, step: int | None = None) -> None:
        super().__init__()
        self.desk = Desk()
        self._scene: Scene | None = None
        self.days = w.BoundedIntText(
            value=days_within(datetime.now(UTC).date()),
            min=MIN_DAYS,
            max=MAX_LIFE,
            description="Each lasts (days)",
            layout=layout.wide(),
            style=layout.label_style(),
        )
        self.button = layout.primary(BEGIN)
        self.again = w.Button(description="Begin anew", layout=layout.fitting())
        self.notice = Notice()
        self.clock = _Clock(self.move)
        self.told, self.lines = w.HTML(), w.HTML(layout=w.Layout(width="100%"))
        self.button.on_click(lambda _button: self.submit())
        self.again.on_click(lambda _button: self.begin_anew())
        self.desk.observe(self._look, "revision")
        buttons = w.HBox([self.button, self.again], layout=w.Layout(flex_flow="row wrap"))
        about = "Three certificates in a practice vault of their own: nothing else is touched."
        self.card = Card("A rehearsal", about, self.days, buttons, self.notice, step=step)
        about = "Only the rehearsal's vault lives by it. It never runs backwards."
        second = None if step is None else step + 1
        self.moved = Card(
            "The rehearsal's clock", about, self.clock, self.told, self.lines, step=second
        )
        self.children = [self.card, self.moved]
        self._redraw()

    @property
    def now(self) -> datetime:
        """The rehearsal's time, the machine's before one was begun."""
        moment = self._scene.clock() if self._scene is not None else datetime.now(UTC).timestamp()
        return datetime.fromtimestamp(moment, UTC)

    @property
    def points(self) -> Points:
        """Whether the rehearsal is done, or what is missing."""
        return rehearsed(self.seen)

    def submit(self) -> None:
        """Begin the rehearsal, or go on with the one that was begun."""
        self.notice.attempt(lambda: self._begin(anew=False))
        self._redraw()

    def begin_anew(self) -> None:
        """Throw the rehearsal's vault away, and begin at today's date."""
        self.notice.attempt(lambda: self._begin(anew=True))
        self._redraw()

    def move(self, days: float) -> None:
        """Move the clock on by so many days."""
        self.notice.attempt(lambda: self._move(days))
        self._redraw()

    def close(self) -> None:
        """Close the rehearsal's vault, and leave the page."""
        self._leave()
        super().close()

    def _leave(self) -> None:
        if self._scene is None:
            return
        self.desk.leave()  # closes the vault
        self._scene = None
        self.set_trait("seen", None)
        layout.put(self.told, "")

    def _begin(self, *, anew: bool) -> None:
        self._leave()
        self.notice.clear()
        if anew or not _is_staged():
            _stage(self.days.value)
        self._scene = scene = Scene(folder())
        self.desk.open(scene.vault, self.notice.attempt)
        if self.desk.vault is None:  # it cannot be read: that is said
            scene.close()
            self._scene = None
            return
        self._look()
        self.notice.done("The rehearsal's vault is open.", "Move its clock below.")

    def _move(self, days: float) -> None:
        scene = self._scene
        if scene is None:
            raise InputError("No rehearsal was begun.", hint="Press the button above.")
        seen, told = move_on(scene.vault, lambda: self.now, scene.clock.advance, days)
        self.set_trait("seen", seen)
        said = told or ("Nothing fell due, and nothing expired.",)
        layout.put(self.told, html.note("info", "On the way:", said))
        self.desk.refresh(self.notice.attempt)

    def _look(self, _change: Any = None) -> None:
        """Something in the vault was changed, or another one is open."""
        scene = self._scene
        if scene is None or self.desk.vault is not scene.vault:
            return
        seen = self.notice.attempt(lambda: look(scene.vault, self.now))
        if seen is not None:
            self.set_trait("seen", seen)
        self._redraw()

    def _redraw(self) -> None:
        seen = self.seen
        is_open, staged = seen is not None, _is_staged()
        self.days.disabled = is_open
        self.button.description = GO_ON if staged else BEGIN
        self.button.layout.display = "none" if is_open else ""
        self.again.layout.display = "" if staged else "none"
        self.card.stand(StepState.DONE if is_open else StepState.READY)
        self.clock.show(seen)
        layout.put(self.lines, "" if seen is None else _table(seen))
        if seen is None:
            self.moved.stand(StepState.TO_DO, "Begin the rehearsal first.")
        else:
            self.moved.stand(StepState.DONE if _is_late(seen) else StepState.READY)


class _Clock(w.VBox):
    """The date in the rehearsal's vault, and buttons that move it on by days."""

    def __init__(self, move: Callable[[float], object]) -> None:
        self._seen: Seen | None = None
        self.date = w.HTML()
        self.month = _button("30 days on")
        self.late = _button("To four fifths of its life")
        self.expiry = _button("To the day of its expiry")
        self.days = w.BoundedIntText(
            value=7, min=1, max=800, description="Or days", layout=w.Layout(width="180px")
        )
        self.other = _button("Move on")
        self.month.on_click(lambda _button: move(30))
        self.late.on_click(lambda _button: move(self._until(RENEWAL)))
        self.expiry.on_click(lambda _button: move(self._until(1.0)))
        self.other.on_click(lambda _button: move(self.days.value))
        wrap = w.Layout(flex_flow="row wrap", align_items="center")
        first = w.HBox([self.month, self.late, self.expiry], layout=wrap)
        second = w.HBox([self.days, self.other], layout=wrap)
        super().__init__([self.date, first, second])

    def show(self, seen: Seen | None) -> None:
        """Show the time of a vault, or none."""
        self._seen = seen
        self.month.disabled = self.other.disabled = self.days.disabled = seen is None
        self.late.disabled = seen is None or self._until(RENEWAL) <= 0
        self.expiry.disabled = seen is None or self._until(1.0) <= 0
        said = f"In the rehearsal it is {seen.now:%A, %Y-%m-%d}." if seen is not None else ""
        layout.put(self.date, html.heading(said) if said else "")

    def _until(self, share: float) -> float:
        """The days until this share of the newest life of the certificate by hand is over."""
        line = self._seen.line(BY_HAND) if self._seen is not None else None
        if self._seen is None or line is None or not line.versions:
            return 0
        newest = line.versions[-1]
        then = newest.begins + (newest.expires - newest.begins) * share
        return (then - self._seen.now) / timedelta(days=1)


def _button(text: str) -> w.Button:
    return w.Button(description=text, layout=layout.fitting())


def _is_staged() -> bool:
    return STAGED in read_notes(folder())


def _stage(days: int) -> None:
    """Make the rehearsal's vault anew, whole or not at all."""
    strike(folder())
    try:
        with Scene(folder()) as scene:
            stage(scene.vault, days)
            scene.note(STAGED, f"{date.today():%Y-%m-%d}")  # noqa: DTZ011 - for a person
    except BaseException:
        strike(folder())
        raise


def _is_late(seen: Seen) -> bool:
    line = seen.line(BY_HAND)
    return line is not None and (len(line.versions) > 1 or _due(line, seen.now))


def _due(line: Line, now: datetime) -> bool:
    due = line.acts_at
    return due is not None and due <= now


def _table(seen: Seen) -> Markup:
    rows = [row for line in seen.lines for row in _rows(line, seen.now)]
    said = [(f"“{line.name}”:", line.by_itself(seen.now)) for line in seen.lines]
    return html.grid(COLUMNS, rows) + html.points(said)


def _rows(line: Line, now: datetime) -> list[tuple[str, ...]]:
    keys = [each.key for each in line.versions]
    rows: list[tuple[str, ...]] = []
    for place, each in enumerate(line.versions):
        first = keys.index(each.key)
        same = f" (as version {first + 1})" if first < place else ""
        over = " (expired)" if each.expires <= now else ""
        rows.append(
            (
                line.name,
                "itself" if each.self_signed else "a CA",
                str(place + 1),
                f"{each.made:%Y-%m-%d}",
                f"{each.expires:%Y-%m-%d}{over}",
                f"{each.key[:16]}…{same}",
            )
        )
    if line.waiting is not None:
        rows.append((line.name, "waits for the CA", "next", "", "", _waiting_key(line)))
    return rows


def _waiting_key(line: Line) -> str:
    csr = line.waiting.csr if line.waiting is not None else None
    same = line.same_key_as
    return f"{csr.fingerprint[:16]}…{f' (as version {same})' if same else ''}" if csr else ""
