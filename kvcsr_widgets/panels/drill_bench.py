"""Where a drill is mended: the files that came, and the drill's tools on a desk of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets as w

from kvcsr_widgets import panels
from kvcsr_widgets.drills.play import Play
from kvcsr_widgets.panels import drill_text, html, layout
from kvcsr_widgets.panels.browser import DownloadButton
from kvcsr_widgets.panels.card import Card
from kvcsr_widgets.panels.desk import Desk
from kvcsr_widgets.panels.sections import Sections
from kvcsr_widgets.panels.sheet import Sheet
from kvcsr_widgets.panels.upload import Upload

ABOUT = "The tools work on the drill's own practice vault, and on no other."
LETTERS = (".txt",)
"""What files are called that are read here; no tool takes them."""

POLICIES = (".json",)
"""What files are called that the request form reads, and no merge."""


class DrillBench(Card):
    """The files of a scene, and the tools; ``desk`` is open on the scene's vault.

    ``tools`` are the panels by their classes' names; the first is unfolded at first.
    """

    def __init__(self, play: Play, *, step: int) -> None:
        self.play, self.desk = play, Desk()
        self.desk.open(play.scene.vault)
        names = play.drill.tools
        self.tools: dict[str, Any] = {name: getattr(panels, name)(self.desk) for name in names}
        tools = self.tools.values()
        self.uploads = [found for tool in tools for found in _uploads(tool, "input", "where")]
        self.policies = [found for tool in tools for found in _uploads(tool, "policy")]
        self.files = [
            _letter(name, content) if name.endswith(LETTERS) else self._file(name, content)
            for name, content in play.scene.files.items()
        ]
        for tool in self.tools.values():  # a frame in a frame takes width, and says nothing
            tool.card.layout.border, tool.card.layout.padding = "none", "4px 0"
        titled = {tool.card.title: tool for tool in self.tools.values()}
        self.sections = Sections(titled, opened=list(titled)[:1])
        came = w.HTML(html.muted("What lies on your desk:" if self.files else ""))
        told = w.HTML(html.muted("Your tools:"))
        super().__init__("Mend it", ABOUT, came, *self.files, told, self.sections, step=step)

    def watch(self, told: Callable[[], object]) -> None:
        """Call ``told`` whenever a tool has changed something in the vault."""
        self.desk.observe(lambda _change: told(), "revision")
        for tool in self.tools.values():
            if isinstance(found := getattr(tool, "sheet", None), Sheet):
                found.observe(lambda _change: told(), "revision")

    def leave(self) -> None:
        """Close the vault and put the tools away."""
        layout.put_away(self)
        self.desk.leave()

    def use(self, name: str, content: bytes) -> None:
        """Put a file into the upload of every tool that takes one, beside what is in there."""
        for upload in self._takers(name):
            others = (each for each in upload.value if each[0] != name)
            upload.value = (*others, (name, content))

    def _takers(self, name: str) -> list[Upload]:
        """The uploads that a file of this name belongs into."""
        return self.policies if name.endswith(POLICIES) else self.uploads

    def _file(self, name: str, content: bytes) -> w.HBox:
        save = DownloadButton(label=f"Download {name}", filename=name, content=content)
        row: list[w.Widget] = [save]
        if self._takers(name):
            use = w.Button(description=f"Use {name} here", layout=layout.fitting())
            use.on_click(lambda _button: self.use(name, content))
            row.append(use)
        return w.HBox(row, layout=w.Layout(flex_flow="row wrap"))


def _letter(name: str, content: bytes) -> w.HTML:
    return w.HTML(drill_text.letter(name, content), layout=w.Layout(width="100%"))


def _uploads(tool: Any, *names: str) -> list[Upload]:
    """Where a tool takes files: what a CA sent, or a policy."""
    inputs: list[Any] = [getattr(tool, name, None) for name in names]
    return [found.upload for found in inputs if hasattr(found, "upload")]
