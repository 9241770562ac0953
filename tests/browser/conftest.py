"""A page in Chromium that fails its test for an error on the page or a request to elsewhere."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser import lab, programs

QUIET = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
)
PATIENCE = "AbortSignal.timeout = () => new AbortController().signal"
"""anywidget gives up a module that takes two seconds to load, as on a machine that runs tests."""

expect.set_options(timeout=60_000)
LOCAL = {"localhost", "127.0.0.1", None}


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = programs.chromium()
    assert path, programs.MISSING
    root = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=[*QUIET, *root])
        yield started
        started.close()


@contextmanager
def watched(browser: Browser) -> Iterator[Page]:
    """A page; at the end, no error was left uncaught, and no request has left the machine."""
    context = browser.new_context(
        accept_downloads=True, viewport={"width": 1280, "height": 1000}, locale="en-US"
    )
    context.add_init_script(PATIENCE)
    opened = context.new_page()
    opened.set_default_timeout(60_000)
    errors: list[str] = []
    abroad: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    context.on(
        "request",
        lambda request: (
            abroad.append(request.url) if urlsplit(request.url).hostname not in LOCAL else None
        ),
    )
    opened.on("dialog", lambda dialog: dialog.accept())
    yield opened
    context.close()
    assert errors == [], "uncaught errors on the page"
    assert abroad == [], "requests that left the machine"


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with watched(browser) as opened:
        yield opened


@pytest.fixture
def lab_url(tmp_path: Path) -> Iterator[str]:
    with lab.running(tmp_path) as url:
        yield url
