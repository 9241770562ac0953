"""What tests of the runbook may use."""

from __future__ import annotations

from typing import Any

import pytest

from kvcsr_widgets.practice.transport import PracticeAdapter
from tests.runbook.traffic import Traffic


@pytest.fixture
def traffic(monkeypatch: pytest.MonkeyPatch) -> Traffic:
    """Notes what practice vaults are asked from now on."""
    noted = Traffic()

    def send(adapter: PracticeAdapter, request: Any, **options: Any) -> Any:
        return noted.send(adapter, request, **options)

    monkeypatch.setattr(PracticeAdapter, "send", send)
    return noted
