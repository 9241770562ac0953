"""How a step ends: what happened, why, and what comes next. Never a traceback."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TypeVar

import ipywidgets as w

from kvcsr_widgets.errors import KvcsrError, VaultError
from kvcsr_widgets.panels import html, links
from kvcsr_widgets.panels.browser import CopyButton
from kvcsr_widgets.vault.report import answered, report

T = TypeVar("T")
_log = logging.getLogger(__name__)


class Notice(w.VBox):
    """The place in a panel where results are shown.

    Under an error of the vault, ``copy`` takes what support needs to the clipboard; it is None
    before there was one.
    """

    def __init__(self) -> None:
        self._said = w.HTML()
        self.copy: CopyButton | None = None
        super().__init__([self._said])

    @property
    def value(self) -> str:
        """What is shown, as HTML; empty for nothing."""
        return str(self._said.value)

    def done(self, title: str, next_step: str = "") -> None:
        """A step succeeded. A notebook that ``next_step`` names is a link, here and below."""
        self._show("done", title, [links.linked(next_step)])

    def info(self, title: str, detail: str = "") -> None:
        """Something to know."""
        self._show("info", title, [links.linked(detail)])

    def warn(self, title: str, detail: str = "") -> None:
        """Something that should be looked at before going on."""
        self._show("look", title, [links.linked(detail)])

    def fail(self, error: KvcsrError) -> None:
        """A step did not succeed: what happened, why, what to do, and the vault's own words."""
        lines = html.explained(error.why, error.hint, error.notebook)
        if not isinstance(error, VaultError):
            self._show("fail", error.message, lines)
            return
        self._show("fail", error.message, [*lines, *_words(error)])
        self._offer(report(error, datetime.now(UTC)))

    def clear(self) -> None:
        """Nothing to say."""
        self._put("")

    def attempt(self, step: Callable[[], T]) -> T | None:
        """Run a step and show its error, if any. The one boundary of the panels.

        ipywidgets swallows what a button's handler raises, so nothing is raised from here; what
        was not foreseen goes to the log with its traceback.
        """
        try:
            return step()
        except KvcsrError as error:
            self.fail(error)
        except Exception as error:  # noqa: BLE001 - see above
            _log.exception("A step failed in a way that was not foreseen")
            self._show(
                "fail",
                f"This should not have happened ({type(error).__name__}).",
                ["Repeat the step. If it stays, report it with the kernel's log."],
            )
        return None

    def _show(self, kind: str, title: str, details: Sequence[str]) -> None:
        self._put(str(html.note(kind, title, details)))

    def _put(self, said: str) -> None:
        self._said.value = said
        if self.copy is not None:
            self.copy.layout.display = "none"

    def _offer(self, text: str) -> None:
        if self.copy is None:
            self.copy = CopyButton(label="Copy for support")
            self.children = [self._said, self.copy]
        self.copy.text = text
        self.copy.layout.display = ""


def _words(error: VaultError) -> list[str]:
    """The vault's answer, folded; open where nothing else explains it."""
    rows = answered(error)
    if not rows:
        return []
    title = "The vault's answer and request id" if error.request_id else "The answer in full"
    text = "\n".join(f"{label}: {value}" for label, value in rows)
    return [html.fold(title, text, unfolded=not error.cause)]
