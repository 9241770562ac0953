"""Play a drill: stage it or go on with it, say what is wrong, and see whether it is mended."""

from __future__ import annotations

from pathlib import Path

from kvcsr_widgets.drills.drill import Drill, Verdict
from kvcsr_widgets.drills.scene import Scene, read_notes, scenes_path, strike

STAGED, DIAGNOSED, SOLVED = "staged", "diagnosed", "solved"
"""The notes of a scene on how far the reader came."""


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
        """The reader says what is wrong: a place in the drill's diagnoses. Whether it is right."""
        right = self.drill.diagnoses[number].right
        if right:
            self.scene.note(DIAGNOSED, "yes")
        return right

    def judge(self) -> Verdict:
        """See whether the trouble is mended. Raises VaultError."""
        verdict = self.drill.judge(self.scene)
        if verdict.mended and self.diagnosed:
            self.scene.note(SOLVED, "yes")
        return verdict

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
    if drill.resume is not None:
        drill.resume(scene)
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
            scene.note(STAGED, "yes")
    except BaseException:
        strike(folder)
        raise


def _notes(drill: Drill, below: Path | None) -> dict[str, str]:
    return read_notes((below or scenes_path()) / drill.code)
