"""A scene in a notebook's cell."""

from __future__ import annotations

import tempfile
from pathlib import Path
from unittest.mock import patch

import ipywidgets as w

from kvcsr_widgets.panels import later
from tests.screenshots.scenes import SCENES


def show(name: str) -> w.Widget:
    """The panel of this scene. What it asks of its vault is answered when it is shown."""
    scene = next(each for each in SCENES if each.name == name)
    with patch.object(later, "running_loop", lambda: None):
        return scene.make(Path(tempfile.mkdtemp()))
