"""The second step of the one-page app: which request, an old one or a new one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets as w

from kvcsr_widgets import panels
from kvcsr_widgets.panels import html, layout
from kvcsr_widgets.panels.sections import Sections
from kvcsr_widgets.panels.workbook_desk import JobDesk
from kvcsr_widgets.panels.workbook_step import Part, headless
from kvcsr_widgets.pki.pending import Status
from kvcsr_widgets.runbook.availability import Way
from kvcsr_widgets.runbook.progress import state
from kvcsr_widgets.runbook.steps import StepStanding
from kvcsr_widgets.vault.records import Operation

WAYS_BACK = "Give up or start again"
NEW = "A new request:"
SENT = "The request as it was sent. An edit begins another one, and leaves this one as it is."


class RequestChooser(w.VBox):
    """The vault's requests, finished ones too. Only a press takes one in hand.

    A list that acts on each arrow key could not be gone through with a keyboard.
    """

    def __init__(self, desk: JobDesk) -> None:
        self.desk = desk
        self.choice = w.Dropdown(
            description="Request", layout=layout.wide(), style=layout.label_style()
        )
        self.button = layout.primary("Go on with this request")
        self.button.on_click(lambda _button: self.submit())
        self.choice.observe(self._redraw, "value")
        super().__init__([self.choice, self.button])
        desk.observe(self._offer, ["operations", "selected"])
        desk.observe(self._redraw, "beginning")
        self._offer()

    @property
    def chosen(self) -> Operation | None:
        """The request that is shown."""
        return next((o for o in self.desk.operations if o.name == self.choice.value), None)

    def submit(self) -> None:
        """Take it in hand."""
        if self.chosen is not None:
            self.desk.selected = self.chosen.name

    def _offer(self, _change: Any = None) -> None:
        desk = self.desk
        names = [each.name for each in desk.operations]
        first = next((each.name for each in desk.requests), names[0] if names else None)
        wanted = next((n for n in (desk.selected, self.choice.value) if n in names), first)
        self.choice.options = [
            (f"{each.name} - {state(each)}", each.name) for each in desk.operations
        ]
        self.choice.value = wanted
        self.layout.display = "" if names else "none"
        self._redraw()

    def _redraw(self, _change: Any = None) -> None:
        chosen = self.chosen
        self.button.disabled = chosen is None or chosen.name == self.desk.selected
        self.button.button_style = "" if self.desk.beginning else "primary"  # one a step


class RequestPart(Part):
    """Chooses a request of the vault or makes a new one, and has the ways back for that in hand.

    The form and the ways back are loaded and made when they are first wanted. ``changed`` is called
    when the form says something else of the step, ``lead`` to put the cursor into this one.
    """

    def __init__(
        self, desk: JobDesk, changed: Callable[[], object], lead: Callable[[Part], object]
    ) -> None:
        self.desk, self._changed, self._lead = desk, changed, lead
        self.form: panels.RequestForm | None = None
        self._sent = ""  # the id of the request that was made with this form
        self.chooser = RequestChooser(desk)
        self.new = w.Button(description="Begin a new request", layout=layout.fitting())
        self.version = w.Button(layout=layout.fitting())
        self.told, self.place = w.HTML(), w.VBox()
        self.back = w.VBox()
        self.ways = Sections({WAYS_BACK: self.back})
        self.new.on_click(lambda _button: self.begin())
        self.version.on_click(lambda _button: self.begin_version())
        self.ways.toggles[WAYS_BACK].observe(self._load_ways, "value")
        self.chooser.choice.observe(self._redraw, "value")
        desk.observe(self._redraw, ["vault", "operations", "selected", "beginning"])
        more = w.HBox([self.new, self.version], layout=w.Layout(flex_flow="row wrap"))
        super().__init__(None, self.chooser, more, self.told, self.place, self.ways)
        self._redraw()

    @property
    def said(self) -> StepStanding | None:
        """What the form says, while a request is begun."""
        return self.form.card.standing if self.form and self.desk.beginning else None

    @property
    def first(self) -> w.DOMWidget:
        """The name in the form, or the choice."""
        if self.desk.beginning:
            return self._had_form().fields.inputs["name"].watched[0]
        return self.new if self.chooser.chosen is None else self.chooser.choice

    def begin(self) -> None:
        """Begin a new request, in an empty form if that of the last one was sent."""
        if self._sent:
            self._put_form_away()
        self.desk.begin()
        self._lead(self)

    def begin_version(self) -> None:
        """Begin a new version of the certificate that is chosen, from its current policy."""
        chosen = self.chooser.chosen
        if chosen is None:
            return
        self._put_form_away()
        self.desk.begin()
        form = self._had_form()
        form.fields.inputs["name"].watched[0].value = chosen.name
        form.preview.go(Way.NEW_VERSION)
        self._lead(self)

    def _redraw(self, _change: Any = None) -> None:
        desk, chosen = self.desk, self.chooser.chosen
        of_form = self._is_of_form()
        if desk.beginning:
            self._had_form()
        finished = chosen is not None and chosen.status is Status.COMPLETED
        self.new.layout.display = "none" if desk.beginning else ""
        self.version.layout.display = "" if finished else "none"
        layout.say(self.version, f"Begin a new version of “{chosen.name}”" if chosen else "")
        layout.put(self.told, html.muted(NEW if desk.beginning else SENT if of_form else ""))
        self.place.layout.display = "" if desk.beginning or of_form else "none"
        self.ways.layout.display = "" if desk.operations else "none"
        in_hand = desk.looked_at
        if in_hand is not None and in_hand.status in (Status.FAILED, Status.CANCELLED):
            self.ways.unfold(WAYS_BACK)

    def _is_of_form(self) -> bool:
        """Whether the request in hand is the one that was made with the form."""
        in_hand, form = self.desk.looked_at, self.form
        if in_hand is None or form is None:
            return False
        if form.preview.made == in_hand.request_id:
            self._sent = form.preview.made
        return self._sent == in_hand.request_id

    def _had_form(self) -> panels.RequestForm:
        if self.form is not None:
            return self.form
        self._sent = ""
        self.form = form = panels.RequestForm(self.desk)
        headless(form.card)
        form.card.head.observe(lambda _change: self._changed(), "value")
        form.observe(self._edited, "shown")
        self.place.children = [form]
        return form

    def _put_form_away(self) -> None:
        """The form follows the desk no more: the next request gets another one."""
        if self.form is not None:
            self.place.children = []
            layout.put_away(self.form)
            self.form = None

    def _edited(self, _change: Any) -> None:
        """An edit of what was sent already begins another request."""
        in_hand = self.desk.looked_at
        if in_hand is None or self.form is None or not self._is_of_form():
            return
        if self.form.shown != self.desk.plan_of(in_hand):
            self._sent = self.form.preview.made = ""
            self.desk.begin()
            self.form.notice.info(
                f"This is a new request now: “{in_hand.name}” stays in the vault as it was sent.",
                "Give the new one another name, or choose the old one above to go on with it.",
            )

    def _load_ways(self, _change: Any) -> None:
        if self.back.children:
            return
        panel = panels.OperationPanel(self.desk)
        panel.card.bare()
        panel.picker.layout.display = "none"
        self.back.children = [panel]
