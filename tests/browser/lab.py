"""JupyterLab as ``make lab`` starts it, on a copy of the notebooks and a fresh home.

It runs the package of this clone, whichever one is installed.
"""

from __future__ import annotations

import os
import queue
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

CLONE = Path(__file__).parents[2]
START_SECONDS = 60

_URL = re.compile(r"http://(?:localhost|127\.0\.0\.1):\d+/lab\S*")


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """Start JupyterLab below ``folder`` and give its URL with the token; stop it at the end."""
    for part in ("notebooks", "binder"):
        shutil.copytree(CLONE / part, folder / "clone" / part)
    home = folder / "home"
    home.mkdir(exist_ok=True)  # a test may have put a vault there
    kept = {"PATH", "LANG", "LC_ALL"}
    environment = {key: value for key, value in os.environ.items() if key in kept}
    process = subprocess.Popen(
        [sys.executable, "-m", "kvcsr_widgets", "lab", "--no-browser", "--ServerApp.port=0"],
        cwd=folder / "clone",
        env=environment | {"HOME": str(home), "PYTHONPATH": str(CLONE)},
        stderr=subprocess.PIPE,
        text=True,
    )
    lines: queue.Queue[str] = queue.Queue()
    reader = threading.Thread(target=_drain, args=(process, lines), daemon=True)
    reader.start()
    try:
        url = _url(lines)
        _wait_for(url)
        yield url
    finally:
        _stop(process)
        reader.join(30)
        if process.stderr:
            process.stderr.close()


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
            assert time.monotonic() < end, f"JupyterLab does not listen at port {port}."
            time.sleep(0.2)
        else:
            return


def _drain(process: subprocess.Popen[str], lines: queue.Queue[str]) -> None:
    for line in process.stderr or ():
        lines.put(line)


def _url(lines: queue.Queue[str]) -> str:
    seen: list[str] = []
    while True:
        try:
            seen.append(lines.get(timeout=START_SECONDS))
        except queue.Empty:
            raise AssertionError("JupyterLab did not start:\n" + "".join(seen)) from None
        if found := _URL.search(seen[-1]):
            return found[0]
