"""A Binder without its hub and its container: built from binder/ alone, and served as a hub does.

The clone is what git tracks, in a folder of its own; the environment is a new one. Nothing of this
clone's package, environment or home is in sight of either.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import subprocess
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from uv import find_uv_bin

from tests.browser import server

PREFIX = "/user/someone-abc123/"
HUB = {
    "BINDER_LAUNCH_HOST": "https://mybinder.org/",
    "BINDER_REPO_URL": "https://github.com/someone/kvcsr-widgets",
    "BINDER_REQUEST": "v2/gh/someone/kvcsr-widgets/main",
}
"""What BinderHub puts into the environment; the repository is made up."""

_URL = re.compile(rf"http://127\.0\.0\.1:\d+{PREFIX}")


@dataclass(frozen=True)
class Built:
    """A folder with ``clone``, ``env`` and ``home``."""

    folder: Path

    @property
    def programs(self) -> Path:
        """Where the environment's programs are."""
        return self.folder / "env" / ("Scripts" if os.name == "nt" else "bin")


@dataclass(frozen=True)
class Served:
    """A running server; ``start`` is its address, with the prefix and a slash at its end."""

    start: str
    token: str

    def page(self, path: str) -> str:
        """The address that a badge with this ``urlpath`` leads to."""
        return f"{self.start}{path}?token={self.token}"


def build(folder: Path) -> Built:
    """Do what repo2docker does with the folder ``binder`` of this clone.

    uv installs the pins in seconds from what this machine has already; that pip can do so, too, is
    seen by ``make``, which installs the very same file. The package is pip's in both.
    """
    built = Built(folder)
    _copy_tracked(folder / "clone")
    venv.create(folder / "env", with_pip=True)
    python = built.programs / "python"
    install = (find_uv_bin(), "pip", "install", "--quiet", "--python", str(python))
    _run(built, *install, "--requirement", "binder/requirements.txt")
    _run(built, "binder/postBuild")
    return built


@contextmanager
def serving(built: Built) -> Iterator[Served]:
    """Start its JupyterLab behind a prefix, with a token, in the clone; stop it at the end."""
    token = secrets.token_hex(16)
    command = (
        str(built.programs / "jupyter-lab"),
        "--no-browser",
        "--ServerApp.ip=127.0.0.1",
        "--ServerApp.port=0",
        f"--ServerApp.base_url={PREFIX}",
        *(["--allow-root"] if os.name != "nt" and os.geteuid() == 0 else []),
    )
    environment = {"PATH": _path(built), "JUPYTER_TOKEN": token, **HUB}
    with server.serving(command, built.folder, environment, url=_URL) as start:
        yield Served(start, token)


def _copy_tracked(clone: Path) -> None:
    """What git tracks, as it is in the working tree."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=server.CLONE, capture_output=True, text=True, check=True
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (server.CLONE / name).is_file():  # one may be deleted and not committed yet
            (clone / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(server.CLONE / name, clone / name)


def _run(built: Built, *command: str) -> None:
    """Run a build step in the clone, with this machine's settings of pip, but not its packages."""
    hidden = {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "JUPYTER_PATH", "JUPYTER_CONFIG_PATH"}
    kept = {key: value for key, value in os.environ.items() if key not in hidden}
    done = subprocess.run(
        command,
        cwd=built.folder / "clone",
        env=kept | {"PATH": _path(built)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}\n{done.stderr}"


def _path(built: Built) -> str:
    return os.pathsep.join([str(built.programs), os.environ["PATH"]])
