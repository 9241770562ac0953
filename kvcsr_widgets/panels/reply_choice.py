"""What the practice CA is to send back: a good reply, or one that is wrong on purpose."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import ipywidgets as w
from markupsafe import Markup

from kvcsr_widgets.panels import html, layout, links
from kvcsr_widgets.pki.catalogue import CATALOGUE
from kvcsr_widgets.vault.client import Mistake

GOOD = "As it should be"
GOOD_HELP = "Subject, names and usages as the CSR asks for them, with the whole chain."


class ReplyChoice(w.VBox):
    """A choice of mistakes, and under it what will be wrong and what the checks should find."""

    def __init__(self) -> None:
        self.choice = w.Dropdown(
            description="Reply", layout=layout.wide(), style=layout.label_style()
        )
        self.help = w.HTML()
        self._mistakes: Mapping[str, Mistake] = {}
        super().__init__([self.choice, self.help])
        self.choice.observe(self._tell, "value")
        self.offer({})

    @property
    def mistake(self) -> str:
        """The name of the mistake that is chosen; empty for a good reply."""
        return str(self.choice.value or "")

    @property
    def label(self) -> str:
        """What is chosen, in words."""
        return str(self.choice.label)

    def offer(self, mistakes: Mapping[str, Mistake]) -> None:
        """Offer these mistakes; what is chosen stays chosen where it is among them."""
        options = [(GOOD, ""), *((each.label, name) for name, each in mistakes.items())]
        if list(self.choice.options) != options:
            chosen, self._mistakes = self.mistake, mistakes
            self.choice.options = options
            self.choice.value = chosen if chosen in mistakes else ""
        self._tell()

    def _tell(self, _change: Any = None) -> None:
        mistake = self._mistakes.get(self.mistake)
        lines = [GOOD_HELP] if mistake is None else [mistake.about, *_expected(mistake)]
        layout.put(
            self.help, Markup("").join(html.field_help(links.linked(line)) for line in lines)
        )


def _expected(mistake: Mistake) -> Iterator[str]:
    """What the checks before a merge should find, a line each."""
    if not mistake.codes:
        yield "Notebook 03 should refuse this file and say what it is."
    for code in mistake.codes:
        entry = CATALOGUE[code]
        level = f" ({entry.level.value})" if len(entry.levels) == 1 else ""
        yield f"Notebook 03 should find: {entry.about}{level}"
