"""The panel that connects, on a public Binder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kvcsr_widgets import panels
from kvcsr_widgets.panels.connect import REAL
from kvcsr_widgets.panels.desk import Desk
from kvcsr_widgets.vault import session
from kvcsr_widgets.vault.client import Vault

URL = "https://contoso.vault.azure.net"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setattr(session, "practice_path", lambda: tmp_path / "vault.sqlite")
    made = Desk()
    yield made
    made.leave()


@pytest.fixture
def panel(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> panels.ConnectPanel:
    monkeypatch.setenv("BINDER_LAUNCH_HOST", "https://mybinder.org/")
    return panels.ConnectPanel(desk)


def test_it_says_where_this_runs_and_what_that_means(panel: panels.ConnectPanel) -> None:
    told = panel.public.children[0].value

    assert "You are on a public Binder (mybinder.org)." in told
    assert "others operate this machine" in told
    assert panel.public.insist.layout.display == "none"


def test_the_practice_vault_opens_as_anywhere(panel: panels.ConnectPanel) -> None:
    panel.button.click()

    assert "Connected to the practice vault." in panel.notice.value


def test_a_real_vault_is_held_back(panel: panels.ConnectPanel) -> None:
    panel.where.value = REAL

    assert panel.public.insist.layout.display == ""
    assert panel.button.disabled
    assert panel.sign_in.layout.display == "none"
    assert panel.elsewhere.layout.display == "none"


def test_pressing_all_the_same_opens_nothing(panel: panels.ConnectPanel, desk: Desk) -> None:
    panel.where.value = REAL
    panel.url.value = URL

    panel.submit()

    assert "no real vault is opened" in panel.notice.value
    assert desk.vault is None


def test_who_insists_may(
    panel: panels.ConnectPanel, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(Vault, "check", lambda vault: opened.append(vault.url))
    monkeypatch.setattr(desk, "open", lambda vault, _done: vault.close())
    panel.where.value = REAL
    panel.public.insist.value = True
    panel.url.value = URL

    panel.button.click()

    assert panel.sign_in.layout.display == ""
    assert opened == [URL]


def test_who_goes_back_to_practice_is_not_held_back(panel: panels.ConnectPanel) -> None:
    panel.where.value = REAL
    panel.where.value = panel.where.options[0]

    assert not panel.button.disabled
    assert panel.public.insist.layout.display == "none"


def test_elsewhere_nothing_is_said(desk: Desk) -> None:
    panel = panels.ConnectPanel(desk)
    panel.where.value = REAL

    assert panel.public.children == ()
    assert not panel.button.disabled
