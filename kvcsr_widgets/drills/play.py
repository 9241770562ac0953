"""Play a drill: stage it or go on with it, say what is wrong, and see whether it is mended."""

from __future__ import annotations

import secrets
from pathlib import Path

from kvcsr_widgets.drills.drill import Drill, Verdict
from kvcsr_widgets.drills.scene import Scene, read_notes, scenes_path, strike
from kvcsr_widgets.errors import InputError

STAGED, DIAGNOSED, SOLVED = "staged", "diagnosed", "solved"
"""The notes of a scene on how far the reader came; the first is another one at each staging."""


class Play:
    """One drill, opened by ``begin``: staged anew, or as it was left.

    ``diagnosed`` is whether the right diagnosis was given, ``solved`` whether the trouble was
    mended too; both stay until the drill is staged again.
    """

    def __init__(self, drill: Drill, scene: Scene) -> None:
        self.drill, self.scene = drill, scene

    @property
    def diagnosed(self) -> bool:
        """Whether the reader found out what is wrong."""
        return DIAGNOSED in self.scene.notes

    @property
    def solved(self) -> bool:
        """Whether the reader mended it, and knew what was wrong."""
        return SOLVED in self.scene.notes

    def diagnose(self, number: int) -> bool:
        """The reader says what is wrong: a place in the drill's diagnoses. Whether it is right.

        Raises InputError where the drill was staged again elsewhere, as ``judge`` does.
        """
        right = self.drill.diagnoses[number].right
        if right:
            self._keep(DIAGNOSED)
        return right

    def judge(self) -> Verdict:
        """See whether the trouble is mended. Raises VaultError."""
        verdict = self.drill.judge(self.scene)
        if verdict.mended and self.diagnosed:
            self._keep(SOLVED)
        return verdict

    def _keep(self, reached: str) -> None:
        """Note how far the reader came, unless that is of a vault that was thrown away."""
        if read_notes(self.scene.folder).get(STAGED) != self.scene.notes[STAGED]:
            raise InputError(
                "This drill was staged again on another page, and its vault is another one now.",
                hint="Go on there, or load this page again.",
            )
        self.scene.note(reached, "yes")

    def close(self) -> None:
        """Leave the drill; it can be gone on with."""
        self.scene.close()


def begin(drill: Drill, *, again: bool = False, below: Path | None = None) -> Play:
    """Open a drill: as it was left, or staged where it never was, or ``again``.

    ``below`` is the folder of all drills, ``scenes_path()`` by default. Raises PracticeError where
    it cannot be used, and leaves nothing half staged.
    """
    folder = (below or scenes_path()) / drill.code
    if again or not is_staged(drill, below=below):
        strike(folder)
        _stage(drill, folder)
    scene = Scene(folder)
    try:
        if drill.resume is not None:
            drill.resume(scene)
    except BaseException:
        scene.close()
        raise
    return Play(drill, scene)


def is_staged(drill: Drill, *, below: Path | None = None) -> bool:
    """Whether the drill was begun before."""
    return STAGED in _notes(drill, below)


def is_solved(drill: Drill, *, below: Path | None = None) -> bool:
    """Whether the drill was solved."""
    return SOLVED in _notes(drill, below)


def _stage(drill: Drill, folder: Path) -> None:
    try:
        with Scene(folder) as scene:
            drill.stage(scene)
            scene.note(STAGED, secrets.token_hex(8))
    except BaseException:
        strike(folder)
        raise


def _notes(drill: Drill, below: Path | None) -> dict[str, str]:
    return read_notes((below or scenes_path()) / drill.code)
