"""Ask a vault while a person types on: in a thread, and only the newest question counts."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    import asyncio

T = TypeVar("T")

PAUSE = 0.4
"""Seconds without a further question after which one is asked."""


class Later:
    """Runs one question at a time off the kernel's loop.

    Without a running loop, as in a script, a question is answered at once.
    """

    def __init__(self) -> None:
        self._task: asyncio.Task[None] | None = None

    def ask(self, question: Callable[[], T], answer: Callable[[T], None]) -> None:
        """Call ``answer`` with what ``question`` gives, unless a newer question comes first.

        ``question`` runs in a thread and must raise nothing; ``answer`` runs in the loop.
        """
        self.forget()
        loop = running_loop()
        if loop is None:
            answer(question())
        else:
            self._task = loop.create_task(_ask(question, answer))

    def forget(self) -> None:
        """Let no earlier question be answered any more."""
        if self._task is not None:
            self._task.cancel()
            self._task = None


async def _ask(question: Callable[[], T], answer: Callable[[T], None]) -> None:
    import asyncio

    await asyncio.sleep(PAUSE)
    answer(await asyncio.to_thread(question))


def running_loop() -> asyncio.AbstractEventLoop | None:
    """The loop that this thread runs; a kernel has one, and asyncio loaded, which takes long."""
    if "asyncio" not in sys.modules:
        return None
    import asyncio

    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
