"""A running loop for a test, as a kernel has one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor


def in_a_loop(job: Callable[[], Coroutine[None, None, None]]) -> None:
    """Run a job in a loop of its own, in a thread that has none yet: the browser's tests leave one
    running in theirs.
    """
    with ThreadPoolExecutor(1) as pool:
        pool.submit(lambda: asyncio.run(job())).result()


def play(act: Callable[[], None], until: Callable[[], bool]) -> None:
    """Do something in a running loop, and let the loop go on until something is so."""

    async def run() -> None:
        act()
        for _ in range(500):
            if until():
                return
            await asyncio.sleep(0.01)
        raise AssertionError("it takes too long")

    in_a_loop(run)
