from __future__ import annotations

import subprocess
import sys

import pytest

from kvcsr_widgets import panels


@pytest.mark.parametrize("name", panels.__all__)
def test_every_panel_is_had_from_the_package(name: str) -> None:
    assert getattr(panels, name).__name__ == name


def test_another_name_is_none_of_its() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        _ = panels.Nothing


def test_a_panel_loads_no_other() -> None:
    code = "import sys; from kvcsr_widgets.panels import Desk; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()

    assert "kvcsr_widgets.panels.desk" in loaded
    assert "kvcsr_widgets.panels.request" not in loaded
