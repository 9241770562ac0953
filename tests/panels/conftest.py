from __future__ import annotations

from collections.abc import Iterator

import ipywidgets as w
import pytest

from kvcsr_widgets.panels import later


@pytest.fixture(autouse=True)
def no_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    """The vault is asked at once, as in a script: the browser's tests leave a loop running."""
    monkeypatch.setattr(later, "running_loop", lambda: None)


@pytest.fixture(autouse=True)
def no_widget_stays() -> Iterator[None]:
    """ipywidgets keeps every widget until it is closed; thousands slow down all later tests."""
    yield
    w.Widget.close_all()
