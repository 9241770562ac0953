"""The certificate files of a folder on this machine."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, field
from pathlib import Path

from kvcsr_widgets.errors import InputError
from kvcsr_widgets.pki.replies import MAX_TOTAL_BYTES

ENDINGS = (
    *(".cer", ".crt", ".cert", ".pem", ".der", ".b64", ".ca-bundle"),
    *(".p7b", ".p7c", ".p7s", ".p7r", ".spc", ".pkipath", ".pfx", ".p12"),
    *(".zip", ".eml", ".msg", ".txt", ".json"),
)
"""What certificates come in; other files are not opened. An Outlook ``.msg`` is told for what it
is."""

MAX_FILES = 10_000
MAX_ENTRIES = 100_000
"""Files that are read, and entries of the folder that are looked at."""

MAX_ALL = MAX_TOTAL_BYTES
"""Bytes of all files together."""


@dataclass(frozen=True)
class Folder:
    """Names below the folder and contents; ``notes`` tell what was not read."""

    files: tuple[tuple[str, bytes], ...] = field(repr=False)
    notes: tuple[str, ...] = ()


def read_folder(path: str) -> Folder:
    """The certificate files of a folder and of those below it, by name.

    Links to folders are not followed. Raises InputError if it is no folder that can be read, has
    no such file, or more than the limits of this module.
    """
    folder = Path(path.strip()).expanduser()
    try:
        if not path.strip() or not folder.is_dir():
            raise InputError(
                f"“{path.strip()[:200]}” is no folder on this machine.",
                hint="Type a path on the computer where JupyterLab runs, e.g. /home/me/replies.",
            )
        found, others = _files(folder)
        return _contents(folder, sorted(found), others)
    except (OSError, ValueError) as error:  # a name with a NUL is a ValueError
        said = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise InputError(
            f"The folder {folder} cannot be read: {said}.",
            hint="It lies on the computer where JupyterLab runs. May this user read it?",
        ) from error


def _files(folder: Path) -> tuple[list[Path], int]:
    """The files that are read, and how many others there are."""
    entries = others = 0
    files: list[Path] = []
    for parent, folders, names in os.walk(folder, onerror=_fail):
        folders.sort()
        entries += len(folders) + len(names)
        if entries > MAX_ENTRIES:
            raise InputError(
                f"The folder {folder} has more than {MAX_ENTRIES:,} entries.",
                hint="Name a folder with the CA's replies alone.",
            )
        for name in names:
            if not name.lower().endswith(ENDINGS):
                others += 1
                continue
            files.append(Path(parent, name))
            if len(files) > MAX_FILES:
                raise InputError(f"The folder {folder} has more than {MAX_FILES:,} such files.")
    return files, others


def _fail(error: OSError) -> None:
    raise error


def _contents(folder: Path, files: list[Path], others: int) -> Folder:
    found: list[tuple[str, bytes]] = []
    notes: list[str] = []
    size = 0
    for file in files:
        name = str(file.relative_to(folder))
        try:
            about = file.stat()
            if not stat.S_ISREG(about.st_mode):
                continue  # a pipe would never end
            size += about.st_size
            if size > MAX_ALL:
                raise InputError(
                    f"The files of {folder} are too large, from {name} on.",
                    hint="Name a folder with the CA's replies alone.",
                )
            found.append((name, file.read_bytes()))
        except OSError as error:
            notes.append(f"{name}: {error.strerror or error}.")
    if not found:
        raise InputError(
            f"The folder {folder} has no certificate file that can be read.",
            hint=f"Looked for: {', '.join(ENDINGS)}.",
        )
    if others:
        several = "1 other file was" if others == 1 else f"{others:,} other files were"
        notes.append(f"{several} not opened: read are {', '.join(ENDINGS)}.")
    return Folder(tuple(found), tuple(notes))
