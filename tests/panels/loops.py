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
