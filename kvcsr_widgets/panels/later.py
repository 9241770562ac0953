"""Ask a vault while a person types on: in a thread, and only the newest question counts."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from kvcsr_widgets.panels.notice import Notice

if TYPE_CHECKING:
    import asyncio

T = TypeVar("T")

PAUSE = 0.4
"""Seconds without a further question after which one is asked."""


class Later:
    """Runs one question at a time off the kernel's loop.

    Without a running loop, as in a script, a question is answered at once. What a question or its
    answer raises is shown in ``notice``.
    """

    def __init__(self, notice: Notice) -> None:
        self._notice = notice
        self._task: asyncio.Task[None] | None = None

    def ask(self, question: Callable[[], T], answer: Callable[[T], None]) -> None:
        """Call ``answer`` with what ``question`` gives, unless a newer question comes first.

        ``question`` runs in a thread, ``answer`` in the loop.
        """
        self.forget()
        loop = running_loop()
        if loop is None:
            self._notice.attempt(lambda: answer(question()))
        else:
            self._task = loop.create_task(self._ask(question, answer))

    def forget(self) -> None:
        """Let no earlier question be answered any more."""
        if self._task is not None:
            self._task.cancel()
            self._task = None

    async def _ask(self, question: Callable[[], T], answer: Callable[[T], None]) -> None:
        import asyncio

        await asyncio.sleep(PAUSE)
        asked = asyncio.ensure_future(asyncio.to_thread(question))
        asked.add_done_callback(_heard)
        await asyncio.wait([asked])  # a question that is forgotten now is not answered
        self._notice.attempt(lambda: answer(asked.result()))


def in_thread(
    loop: asyncio.AbstractEventLoop,
    work: Callable[[], T],
    ended: Callable[[Callable[[], T]], object],
) -> None:
    """Do ``work`` in a thread; ``ended`` is called in the loop at its end.

    It gets a function that returns what ``work`` returned or raises what it raised. Where nobody
    wants to know any more, such as of a vault that was left, an error is nobody's.
    """
    future = loop.run_in_executor(None, work)
    future.add_done_callback(_heard)
    future.add_done_callback(lambda done: ended(done.result))


def _heard(done: asyncio.Future[Any]) -> None:
    """Asyncio logs the error of what nobody waits for, unless somebody has looked at it."""
    if not done.cancelled():
        done.exception()


def running_loop() -> asyncio.AbstractEventLoop | None:
    """The loop that this thread runs; a kernel has one, and asyncio loaded, which takes long."""
    if "asyncio" not in sys.modules:
        return None
    import asyncio

    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
