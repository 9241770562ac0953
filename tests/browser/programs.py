"""The programs that the browser tests need: found, or installed, or said to be missing.

``python -m tests.browser.programs`` (as ``make test`` does) installs Chromium and openssl with
apt-get where there are none and the user may, otherwise Playwright's own Chromium, and fails
with a sentence when neither works. Nothing is skipped.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from tests import apt

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
MISSING = (
    "No Chromium can be had, so the browser tests cannot run. Install one (Debian: apt-get install "
    "chromium; elsewhere: .venv/bin/playwright install --with-deps chromium) or name one in "
    "KVCSR_CHROMIUM."
)


def chromium() -> str | None:
    """The path of a Chromium: the named one, the system's, or Playwright's own."""
    named = os.environ.get("KVCSR_CHROMIUM")
    if named:
        return named
    found = next(filter(None, map(shutil.which, CHROMIUMS)), None)
    return found or _playwrights_own()


def _playwrights_own() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def main() -> int:
    """Make both programs available; 0 if they are."""
    if shutil.which("openssl") is None and not apt.install("openssl"):
        print("The tests sign with the openssl program (version 3), which is not here.")
        return 1
    if chromium() is None and not apt.install("chromium"):
        apt.run(sys.executable, "-m", "playwright", "install", "--with-deps", "chromium")
    if chromium() is None:
        print(MISSING)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
