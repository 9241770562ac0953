"""What ``kvcsr app`` adds to Voilà; tests/browser/test_voila.py sees it at work."""

from __future__ import annotations

import stat
import webbrowser
from pathlib import Path

import pytest

from kvcsr_widgets.voila.app import App


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> App:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(
        App, "display_url", property(lambda _self: "http://localhost:1/?token=t&a=b")
    )
    return App()


class Browser:
    """Keeps what it was told to open."""

    def __init__(self) -> None:
        self.opened: list[str] = []

    def open(self, url: str) -> None:
        self.opened.append(url)


def test_there_is_a_token_and_this_machine_alone_by_default(app: App) -> None:
    assert app.auto_token
    assert app.ip == "localhost"


def test_the_token_is_in_a_file_that_only_the_user_can_read(
    app: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = Browser()
    monkeypatch.setattr(webbrowser, "get", lambda _name: browser)

    app.launch_browser()

    (path,) = tmp_path.glob("kvcsr-*.html")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "http://localhost:1/?token=t&amp;a=b" in path.read_text("utf-8")
    assert app._opening == path


def test_where_there_is_no_browser_nothing_breaks(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_browser(_name: str | None) -> None:
        raise webbrowser.Error("none")

    monkeypatch.setattr(webbrowser, "get", no_browser)

    app.launch_browser()
