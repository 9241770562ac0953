"""Each panel in each of its states: what its chip says, and that a block says why."""

from __future__ import annotations

from pathlib import Path

import pytest

from kvcsr_widgets.runbook.steps import StepState
from tests.panels.standing import state
from tests.screenshots.scenes import SCENES, Scene

SHOWN = {StepState.TO_DO, StepState.BLOCKED}


@pytest.mark.usefixtures("no_pauses")
@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_the_chip_says_where_the_step_stands(scene: Scene, tmp_path: Path) -> None:
    panel = scene.make(tmp_path)

    assert state(panel) is scene.state
    if panel.card.standing is not None:
        head = panel.card.head.value
        assert f">{panel.card.standing.state.value}</span>" in head
        if panel.card.standing.state in SHOWN:
            assert panel.card.standing.why
