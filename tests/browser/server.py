"""A server of this clone's package, started in a process of its own and stopped at the end."""

from __future__ import annotations

import os
import queue
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

CLONE = Path(__file__).parents[2]
START_SECONDS = 60
KEPT = {"PATH", "LANG", "LC_ALL"}
"""What a server takes over of the environment: nothing of this machine's own settings."""


@contextmanager
def started(folder: Path, *arguments: str, url: re.Pattern[str]) -> Iterator[str]:
    """Run ``kvcsr`` in ``folder``'s ``clone``, with its ``home``; gives the URL that it prints."""
    command = (sys.executable, "-m", "kvcsr_widgets", *arguments)
    with serving(command, folder, {"PYTHONPATH": str(CLONE)}, url=url) as found:
        yield found


@contextmanager
def serving(
    command: Sequence[str],
    folder: Path,
    environment: Mapping[str, str],
    *,
    url: re.Pattern[str],
) -> Iterator[str]:
    """Run a command in ``folder``'s ``clone``, with its ``home``; gives the URL that it prints."""
    home = folder / "home"
    home.mkdir(exist_ok=True)  # a test may have put a vault there
    kept = {key: value for key, value in os.environ.items() if key in KEPT}
    process = subprocess.Popen(
        command,
        cwd=folder / "clone",
        env={**kept, "HOME": str(home), **environment},
        stderr=subprocess.PIPE,
        text=True,
    )
    lines: queue.Queue[str] = queue.Queue()
    reader = threading.Thread(target=_drain, args=(process, lines), daemon=True)
    reader.start()
    try:
        found = _url(lines, url)
        _wait_for(found)
        yield found
    finally:
        _stop(process)
        reader.join(30)
        if process.stderr:
            process.stderr.close()


def free_port() -> int:
    """A port that is free now: Voilà tells no other one that it took for 0."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def _stop(process: subprocess.Popen[str]) -> None:
    """End the server; one that still waits for a kernel to start does not end by itself.

    A kernel whose server is gone ends by itself.
    """
    process.terminate()
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(30)


def _wait_for(url: str) -> None:
    """Until something listens at the URL that was printed."""
    port = urlsplit(url).port or 80
    end = time.monotonic() + START_SECONDS
    while True:
        try:
            socket.create_connection(("localhost", port), timeout=5).close()
        except OSError:
            assert time.monotonic() < end, f"Nothing listens at port {port}."
            time.sleep(0.2)
        else:
            return


def _drain(process: subprocess.Popen[str], lines: queue.Queue[str]) -> None:
    for line in process.stderr or ():
        lines.put(line)


def _url(lines: queue.Queue[str], url: re.Pattern[str]) -> str:
    seen: list[str] = []
    while True:
        try:
            seen.append(lines.get(timeout=START_SECONDS))
        except queue.Empty:
            raise AssertionError("The server did not start:\n" + "".join(seen)) from None
        if found := url.search(seen[-1]):
            return found[0]
