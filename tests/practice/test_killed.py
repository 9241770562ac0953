"""Killed at any point under load from four processes: nothing is lost, nothing is half there."""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.practice.load import Crew, open_at_once

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL and no fork")

KILLS = int(os.environ.get("KILLS", "200"))
"""More of them for a hunt, with another ``SEED``."""


def test_four_processes_open_a_new_file_at_once(tmp_path: Path) -> None:
    for number in range(30):
        assert open_at_once(tmp_path / f"{number}.sqlite") == [""] * 4


@pytest.fixture
def crew(tmp_path: Path) -> Iterator[Crew]:
    started = Crew(tmp_path / "vault.sqlite", int(os.environ.get("SEED", "0")))
    yield started
    started.stop()
    assert not multiprocessing.active_children()


def test_a_kill_at_any_moment_loses_nothing_and_leaves_nothing_half_done(crew: Crew) -> None:
    while crew.kills < KILLS:
        crew.kill_one()
        crew.check()
    crew.kill_all()
    crew.check()

    assert crew.hits > KILLS / 10  # many died in the middle of a change
    assert len(crew.fates) > KILLS / 4  # and had done something before
    print(f"{crew.kills} kills, {crew.hits} within a change, {crew.answers} answers")
