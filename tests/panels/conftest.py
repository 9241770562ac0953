from __future__ import annotations

import pytest

from kvcsr_widgets.panels import later


@pytest.fixture(autouse=True)
def no_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    """The vault is asked at once, as in a script: the browser's tests leave a loop running."""
    monkeypatch.setattr(later, "running_loop", lambda: None)
