"""Every drill can be staged, is not solved by doing nothing, and is solved by mending it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from kvcsr_widgets.drills.catalogue import DRILLS
from kvcsr_widgets.drills.drill import Drill
from kvcsr_widgets.drills.issued import is_open
from kvcsr_widgets.drills.looking import cancel
from kvcsr_widgets.drills.play import Play, begin, is_solved, is_staged
from kvcsr_widgets.drills.scene import MAX_BYTES, Scene
from kvcsr_widgets.errors import InputError
from kvcsr_widgets.pki.plan import SELF
from kvcsr_widgets.vault.causes import questions
from tests.drills.mending import MENDS

EVERY = pytest.mark.parametrize("drill", DRILLS.values(), ids=list(DRILLS))


@EVERY
def test_one_diagnosis_is_right_and_each_says_why(drill: Drill) -> None:
    assert [each.right for each in drill.diagnoses].count(True) == 1
    assert len(drill.diagnoses) >= 3
    assert all(each.why for each in drill.diagnoses)


@EVERY
def test_it_says_where_it_was_met(drill: Drill) -> None:
    assert drill.faq or drill.met_at
    assert all(address.startswith("https://") for address in drill.met_at)


@EVERY
def test_doing_nothing_does_not_solve_it(drill: Drill, tmp_path: Path) -> None:
    play = begin(drill, below=tmp_path)
    try:
        assert not play.judge().mended
    finally:
        play.close()


@EVERY
def test_a_vault_that_signs_by_itself_mends_nothing(drill: Drill, tmp_path: Path) -> None:
    play = begin(drill, below=tmp_path)
    vault = play.scene.vault
    try:
        for name in [each.name for each in vault.certificates()]:
            if is_open(vault, name):
                cancel(play.scene, name)
            vault.create(replace(vault.current(name).plan, issuer=SELF, reuse_key=False))
        assert not play.judge().mended
    finally:
        play.close()


@EVERY
def test_mended_and_diagnosed_it_is_solved_until_it_is_staged_again(
    drill: Drill, tmp_path: Path
) -> None:
    play = begin(drill, below=tmp_path)
    try:
        MENDS[drill.code](play.scene)
        assert play.judge().mended, play.judge().said
        assert not play.solved
        play.diagnose(_right(drill))
        play.judge()
        assert play.solved
    finally:
        play.close()
    assert is_solved(drill, below=tmp_path)

    begin(drill, again=True, below=tmp_path).close()
    assert is_staged(drill, below=tmp_path)
    assert not is_solved(drill, below=tmp_path)


@EVERY
def test_it_is_gone_on_with_after_the_kernel_ended(drill: Drill, tmp_path: Path) -> None:
    first = begin(drill, below=tmp_path)
    files = dict(first.scene.files)
    first.close()

    again = begin(drill, below=tmp_path)
    try:
        assert dict(again.scene.files) == files
        assert not again.judge().mended
        MENDS[drill.code](again.scene)
        assert again.judge().mended
    finally:
        again.close()


def test_a_wrong_diagnosis_does_not_count(tmp_path: Path) -> None:
    drill = next(iter(DRILLS.values()))
    play = begin(drill, below=tmp_path)
    try:
        assert not play.diagnose([each.right for each in drill.diagnoses].index(False))
        assert not play.diagnosed
    finally:
        play.close()


def test_two_pages_keep_what_the_other_has_reached(tmp_path: Path) -> None:
    drill = DRILLS["made-again"]
    one, other = begin(drill, below=tmp_path), begin(drill, below=tmp_path)
    try:
        MENDS[drill.code](other.scene)
        _solve(other)
        one.diagnose(_right(drill))
        assert is_solved(drill, below=tmp_path)
        assert one.solved
    finally:
        one.close()
        other.close()


def test_what_was_thrown_away_on_another_page_solves_nothing(tmp_path: Path) -> None:
    drill = DRILLS["made-again"]
    old = begin(drill, below=tmp_path)
    old.diagnose(_right(drill))
    MENDS[drill.code](old.scene)
    new = begin(drill, again=True, below=tmp_path)
    try:
        with pytest.raises(InputError, match="another page"):
            old.judge()
        assert not is_solved(drill, below=tmp_path)
        assert not new.judge().mended
    finally:
        old.close()
        new.close()


def test_of_a_file_on_the_desk_no_more_is_read_than_is_kept(tmp_path: Path) -> None:
    with Scene(tmp_path / "drill") as scene:
        scene.hand("long.txt", bytes(MAX_BYTES + 1))
        assert len(scene.files["long.txt"]) == MAX_BYTES


def test_a_scene_that_cannot_go_on_is_closed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed: list[Path] = []
    monkeypatch.setattr(Scene, "close", lambda scene: closed.append(scene.folder))

    def fail(_scene: Scene) -> None:
        raise InputError("No.")

    drill = replace(DRILLS["comma"], resume=fail)
    with pytest.raises(InputError):
        begin(drill, below=tmp_path)
    assert len(closed) == 2  # once staged, once opened


def _right(drill: Drill) -> int:
    return [each.right for each in drill.diagnoses].index(True)


def _solve(play: Play) -> None:
    play.diagnose(_right(play.drill))
    assert play.judge().mended


def test_every_question_of_the_article_has_a_drill() -> None:
    trained = {code for drill in DRILLS.values() for code in drill.faq}
    assert {diagnosis.cause for _question, diagnosis in questions()} == trained


def test_what_a_drill_keeps_is_for_its_user_alone(tmp_path: Path) -> None:
    begin(DRILLS["made-again"], below=tmp_path / "data" / "drills").close()

    made = [each for each in (tmp_path / "data").rglob("*") if each.is_dir()]
    assert {each.stat().st_mode & 0o777 for each in (tmp_path / "data", *made)} == {0o700}
