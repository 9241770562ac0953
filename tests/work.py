"""How long the processor is at work, whatever else the machine does meanwhile."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def work_below(seconds: float) -> Iterator[None]:
    """Fail if what is done within takes this process so many seconds of a processor."""
    begin = time.process_time()
    yield
    took = time.process_time() - begin
    assert took < seconds, f"It took {took:.3f} s of a processor, {seconds} s are allowed."


def work_of(call: Callable[[], object]) -> float:
    """The seconds of a processor that a call takes this process."""
    begin = time.process_time()
    call()
    return time.process_time() - begin
