"""Sections that open and close, each by a button.

ipywidgets' own Accordion has headers that are no buttons: no key reaches them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import ipywidgets as w

from kvcsr_widgets.panels import layout


class Sections(w.VBox):
    """Widgets under their titles; those in ``opened`` are open at first."""

    def __init__(self, bodies: Mapping[str, w.DOMWidget], *, opened: Collection[str] = ()) -> None:
        self.toggles = {title: _toggle(title, title in opened) for title in bodies}
        self.bodies = dict(bodies)
        self._sections = {
            title: w.VBox([self.toggles[title], body]) for title, body in bodies.items()
        }
        for title, toggle in self.toggles.items():
            toggle.observe(lambda _change, title=title: self._follow(title), "value")
            self._follow(title)
        super().__init__(list(self._sections.values()))

    def unfold(self, title: str) -> None:
        """Open a section."""
        self.toggles[title].value = True

    def offer(self, title: str, *, there: bool) -> None:
        """Show or hide a section, title and all."""
        self._sections[title].layout.display = "" if there else "none"

    def is_offered(self, title: str) -> bool:
        """Whether a section is there, open or closed."""
        return bool(self._sections[title].layout.display != "none")

    def _follow(self, title: str) -> None:
        toggle = self.toggles[title]
        toggle.icon = "caret-down" if toggle.value else "caret-right"
        self.bodies[title].layout.display = "" if toggle.value else "none"


def _toggle(title: str, value: bool) -> w.ToggleButton:
    return w.ToggleButton(description=title, value=value, layout=layout.fitting())
