"""What every test may use."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import cycle
from pathlib import Path
from typing import Any

import ipywidgets
import pytest
from hypothesis import settings
from xdist.scheduler import LoadScopeScheduling

from kvcsr_widgets.practice import hierarchy, issuing
from kvcsr_widgets.runbook import handed_over
from kvcsr_widgets.vault.client import Vault
from kvcsr_widgets.vault.session import practise
from kvcsr_widgets.vault.transport import PacedTransport

KEYS = 12
"""CA keys of a size; a vault's CA takes two, and none of the next ones has the same."""


class Files(LoadScopeScheduling):
    """Shares the tests out file by file; the first process begins with those that take a browser.

    They take the longest and wait much of their time, for Chromium, a server and kernels: the
    other processes run all else first, and then help with the last of them.
    """

    def _split_scope(self, nodeid: str) -> str:
        return nodeid.partition("::")[0]

    def _assign_work_unit(self, node: Any) -> None:
        begins = node is self.nodes[0]
        fit = [each for each in self.workqueue if each.startswith("tests/browser/") == begins]
        if fit:
            self.workqueue.move_to_end(fit[0], last=False)
        elif not begins:
            self.workqueue.move_to_end(next(reversed(self.workqueue)), last=False)
        super()._assign_work_unit(node)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Files:
    """How ``make test`` shares the tests out between its processes."""
    return Files(config, log)


settings.register_profile("busy machines", deadline=None)
settings.load_profile("busy machines")


@pytest.fixture(scope="session", autouse=True)
def quick_ca_keys() -> Iterator[None]:
    """The practice CA's RSA keys take long to make and to read: a few go round among the tests."""
    made = {bits: cycle([hierarchy.new_key(bits) for _ in range(KEYS)]) for bits in (1024, 2048)}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(hierarchy, "new_key", lambda bits=2048: next(made[bits]))
        patch.setattr(issuing, "load_key", lru_cache(1_000)(issuing.load_key))
        yield


@pytest.fixture(autouse=True)
def loud_callbacks(monkeypatch: pytest.MonkeyPatch) -> None:
    """ipywidgets swallows what a button's handler raises; here it fails the test."""

    def call(self: Any, *args: Any, **kwargs: Any) -> None:
        for callback in self.callbacks:
            callback(*args, **kwargs)

    monkeypatch.setattr(ipywidgets.CallbackDispatcher, "__call__", call)


@pytest.fixture(autouse=True)
def own_notes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the workbook writes down between notebooks is each test's own."""
    path = tmp_path / "notes" / "handed-over.json"
    monkeypatch.setattr(handed_over, "notes_path", lambda: path)


@pytest.fixture
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """The SDK waits neither before it tries again nor before it looks again."""
    monkeypatch.setattr(PacedTransport, "sleep", lambda _self, _seconds: None)


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Vault]:
    """A fresh practice vault."""
    opened = practise(tmp_path / "vault.sqlite")
    yield opened
    opened.close()
