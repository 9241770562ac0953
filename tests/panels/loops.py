"""A running loop for a test, as a kernel has one."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor

from tests.waiting import LONG


def in_a_loop(job: Callable[[], Coroutine[None, None, None]]) -> None:
    """Run a job in a loop of its own, in a thread that has none yet: the browser's tests leave one
    running in theirs.
    """
    with ThreadPoolExecutor(1) as pool:
        pool.submit(lambda: asyncio.run(job())).result()


def play(act: Callable[[], None], so: Callable[[], bool]) -> None:
    """Do something in a running loop, and let the loop go on until something is so."""

    async def run() -> None:
        act()
        await until(so)

    in_a_loop(run)


async def until(so: Callable[[], bool]) -> None:
    """Let the loop go on until something is so; fail if it takes too long."""
    end = time.monotonic() + LONG
    while not so():
        assert time.monotonic() < end, "it takes too long"
        await asyncio.sleep(0.01)
