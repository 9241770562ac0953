"""Every drill can be mended through the panels that it gives, and through no other."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from kvcsr_widgets.panels import DrillPanel
from kvcsr_widgets.panels.drill_bench import DrillBench
from tests.panels.drill_tools import BY_TOOLS

WAYS = [
    pytest.param(code, way, id=f"{code}-{number}")
    for code, ways in BY_TOOLS.items()
    for number, way in enumerate(ways)
]


@pytest.mark.parametrize(("code", "way"), WAYS)
def test_it_is_mended_by_its_tools(
    code: str, way: Callable[[DrillBench], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    panel = DrillPanel(code)
    panel.submit()
    assert panel.bench is not None
    assert panel.checking is not None
    assert not panel.checking.mended

    way(panel.bench)

    assert panel.checking.mended, panel.checking.play.judge().said
    panel.close()
