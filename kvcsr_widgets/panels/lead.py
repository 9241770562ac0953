"""Puts the cursor into a control, as soon as the browser has drawn it."""

from __future__ import annotations

import anywidget
import ipywidgets as w
import traitlets as t

LED_TO = "kvcsr-led-to"
"""The class of the control that the cursor was last put into."""


class Lead(anywidget.AnyWidget):
    """Shows nothing. ``to`` leads to a control below the next element of class kvcsr-workbook.

    ipywidgets' own ``focus`` is lost on a control that is not drawn yet. This waits for it, some
    seconds at most. It takes the cursor from no field, and gives up once a person has put it
    elsewhere.
    """

    _esm = """
const PATIENCE = 10000;
const CONTROL = "button, input, select, textarea";
const FIELD = "input[type=text], input[type=number], select, textarea";
function render({ model, el }) {
  const lead = () => {
    const begun = Date.now();
    const busy = document.activeElement;
    if (busy && busy.matches(FIELD) && busy.offsetParent) return;
    const look = () => {
      const page = el.closest(".kvcsr-workbook");
      const now = document.activeElement;
      const gone = page && now !== busy && page.contains(now);
      if (!page || gone || Date.now() - begun > PATIENCE) return;
      const place = page.querySelector("." + model.get("class_name"));
      const found = place && (place.matches(CONTROL) ? place : place.querySelector(CONTROL));
      if (!found || !found.offsetParent) {
        setTimeout(look, 50);
        return;
      }
      const card = found.closest(".kvcsr-step");
      if (card) card.scrollIntoView({ block: "nearest" });
      found.focus();
    };
    look();
  };
  model.on("msg:custom", lead);
}
export default { render };
"""

    class_name = t.Unicode(LED_TO, read_only=True).tag(sync=True)

    def __init__(self) -> None:
        super().__init__()
        self._last: w.DOMWidget | None = None

    def to(self, control: w.DOMWidget) -> None:
        """Put the cursor into this control, or the first in this box.

        One of anywidget's has to be in a box: its own classes do not show.
        """
        if self._last is not None:
            self._last.remove_class(LED_TO)
        self._last = control
        control.add_class(LED_TO)
        self.send({"lead": True})
