"""Jupyter finds our template, and others keep what they had."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from jupyter_core.paths import jupyter_config_path, jupyter_path
from traitlets.config import Config
from voila import server_extension
from voila.paths import collect_static_paths, collect_template_paths
from voila.utils import get_data_dir

from kvcsr_widgets.voila import places


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JUPYTER_PATH", raising=False)
    monkeypatch.delenv("JUPYTER_CONFIG_PATH", raising=False)


def test_the_template_is_found() -> None:
    places.use()

    (first, *_others) = collect_template_paths(["voila", "nbconvert"], "kvcsr", prune=True)
    assert (Path(first) / "index.html.j2").is_file()
    statics = map(Path, collect_static_paths(["voila", "nbconvert"], "kvcsr", prune=True))
    assert any((folder / "mermaid.tiny.js").is_file() for folder in statics)


def test_voila_keeps_its_own_themes() -> None:
    before = get_data_dir()

    places.use()

    assert get_data_dir() == before
    assert (Path(before) / "themes").is_dir()


def test_the_settings_choose_the_template_and_no_other(tmp_path: Path) -> None:
    places.use(tmp_path)

    config = server_extension.load_config_file()
    assert isinstance(config, Config)
    assert config.VoilaConfiguration.template == "kvcsr"
    assert config.VoilaConfiguration.allow_template_override == "NO"
    assert config.VoilaConfiguration.show_tracebacks is False
    assert str(tmp_path) in jupyter_config_path()


def test_what_was_there_stays(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path))

    places.use()

    assert os.environ["JUPYTER_PATH"].split(os.pathsep) == [str(places.SHARE), str(tmp_path)]
    assert str(tmp_path) in jupyter_path()
