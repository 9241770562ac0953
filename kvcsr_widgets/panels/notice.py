"""How a step ends: one sentence on what happened, one on what comes next. Never a traceback."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeVar

import ipywidgets as w

from kvcsr_widgets.errors import KvcsrError, VaultError
from kvcsr_widgets.panels import html

T = TypeVar("T")
_log = logging.getLogger(__name__)


class Notice(w.HTML):
    """The place in a panel where results are shown."""

    def done(self, title: str, next_step: str = "") -> None:
        """A step succeeded."""
        self._show("done", title, [next_step])

    def info(self, title: str, detail: str = "") -> None:
        """Something to know."""
        self._show("info", title, [detail])

    def warn(self, title: str, detail: str = "") -> None:
        """Something that should be looked at before going on."""
        self._show("look", title, [detail])

    def fail(self, error: KvcsrError) -> None:
        """A step did not succeed: what happened, what to do, and the service's own words."""
        details = [error.hint]
        if isinstance(error, VaultError) and error.service_text:
            said = f"The vault's words: {error.service_text}"
            details.append(f"{said} (request {error.request_id})" if error.request_id else said)
        self._show("fail", error.message, details)

    def _show(self, kind: str, title: str, details: list[str]) -> None:
        self.value = str(html.note(kind, title, details))

    def clear(self) -> None:
        """Nothing to say."""
        self.value = ""

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
