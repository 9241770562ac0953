"""The command."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from kvcsr_widgets import __version__
from kvcsr_widgets.cli import main


def test_the_demo_shows_each_step_with_what_it_made(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo"]) == 0

    shown = capsys.readouterr().out
    steps = ("1. Create", "2. Have a CA sign", "3. Look before", "4. Merge")
    places = [shown.index(step) for step in steps]
    assert places == sorted(places)
    for part in (
        "BEGIN CERTIFICATE REQUEST",
        "openssl x509 -req -in www-contoso-com.csr",
        "This certificate belongs to this request.",
        "Merged and in use.",
    ):
        assert part in shown


def test_the_demo_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))

    main(["demo"])

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", ["lab", "app"])
def test_lab_and_app_say_where_to_run_them(
    command: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)

    assert main([command]) == 1
    assert "Run this in the clone's folder." in capsys.readouterr().err


def test_the_module_is_the_command() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "kvcsr_widgets", "--version"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == __version__


@pytest.mark.parametrize(
    ("module", "absent"),
    [
        ("kvcsr_widgets", ("azure", "ipywidgets", "cryptography", "pandas")),
        ("kvcsr_widgets.pki.preflight", ("azure", "ipywidgets", "pandas", "requests")),
        ("kvcsr_widgets.runbook.inventory", ("ipywidgets",)),
        (
            "kvcsr_widgets.cli",
            ("kvcsr_widgets.practice", "cheroot", "trustme", "voila", "jupyterlab"),
        ),
        ("kvcsr_widgets.panels", ("kvcsr_widgets.practice", "azure.identity", "werkzeug")),
    ],
)
def test_importing_a_room_does_not_load_what_it_must_not(
    module: str, absent: tuple[str, ...]
) -> None:
    code = f"import sys, {module}; print(*[name for name in {absent} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
