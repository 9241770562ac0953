"""Where a drill plays: a folder with a practice vault of its own and the files that the reader got.

It outlives the kernel: what was staged is found again, and so is how far the reader came.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from kvcsr_widgets.errors import PracticeError
from kvcsr_widgets.vault.client import CertificateAuthority, Vault
from kvcsr_widgets.vault.session import Rehearsal, practice_path, rehearse

MAX_BYTES = 1024 * 1024
"""The most that is read of one kept file, in bytes."""


def scenes_path() -> Path:
    """Where the drills' folders are, one for each."""
    return practice_path().parent / "drills"


class Scene:
    """The folder of one drill, opened. Close it at the end: ``with Scene(folder) as scene``.

    ``notes`` are short texts that the drill or its panel keeps, such as a request id; change them
    with ``note``. ``files`` are what the reader got, by their names; ``hand`` adds one.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        try:
            _make(folder / "files")
            self.notes = read_notes(folder)
        except OSError as error:
            raise PracticeError(
                f"The drill's folder {folder} cannot be used: {error.strerror}.",
                hint="Make it writable, or set XDG_DATA_HOME to a folder that is.",
            ) from error
        self._rehearsal: Rehearsal = rehearse(folder / "vault.sqlite")
        self.clock, self.faults = self._rehearsal.clock, self._rehearsal.faults

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_raised: object) -> None:
        self.close()

    @property
    def vault(self) -> Vault:
        """The drill's vault."""
        return self._rehearsal.vault

    @property
    def authority(self) -> CertificateAuthority:
        """The practice CA."""
        assert self.vault.authority is not None  # a practice vault has one
        return self.vault.authority

    @property
    def files(self) -> Mapping[str, bytes]:
        """What the reader got, by file name."""
        found = sorted((self.folder / "files").iterdir())
        return {path.name: _read(path) for path in found if path.is_file()}

    def hand(self, filename: str, content: bytes) -> None:
        """Give the reader a file."""
        (self.folder / "files" / Path(filename).name).write_bytes(content)

    def note(self, key: str, text: str) -> None:
        """Keep a short text, beside those that another page has kept since."""
        self.notes = {**read_notes(self.folder), key: text}
        whole = self.folder / "notes.json.new"
        whole.write_text(json.dumps(self.notes), encoding="utf-8")
        whole.replace(self.folder / "notes.json")

    def close(self) -> None:
        """Close the vault; everything stays in the folder."""
        self.vault.close()


def _make(folder: Path) -> None:
    """Make a folder and those above it that are missing, for this user alone (XDG's rule)."""
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    for each in reversed(missing):
        each.mkdir(mode=0o700, exist_ok=True)


def read_notes(folder: Path) -> dict[str, str]:
    """The notes of a drill's folder; none where there are none, or where they cannot be read."""
    try:
        found = json.loads(_read(folder / "notes.json"))
    except (OSError, ValueError):
        return {}
    if not isinstance(found, dict):
        return {}
    return {str(key): str(text) for key, text in found.items()}


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MAX_BYTES)


def strike(folder: Path) -> None:
    """Throw a drill's folder away, if there is one; its scene must be closed.

    Raises PracticeError where that cannot be done.
    """
    try:
        if folder.is_dir():
            shutil.rmtree(folder)
    except OSError as error:
        raise PracticeError(
            f"The folder {folder} cannot be thrown away: {error.strerror}.",
            hint="Close the other notebooks and pages that use it, then try again.",
        ) from error
