"""The clients that nobody here wrote: installed under .clients/, each apart from all others.

``python -m tests.clients.programs`` (as ``make test`` does) installs what is not there yet, in
the versions of the files beside this one: Azure's Python SDK of 2021, its JavaScript SDK and the
Azure CLI. Names as arguments install those alone. A machine without npm is told so, and its
JavaScript test is skipped with that reason.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).parent
FOLDER = HERE.parents[1] / ".clients"
_STAMP = ".installed"
NO_NODE = "Node and npm are not on this machine, so Azure's JavaScript SDK is not tested."


MISSING = "Clients are not installed: run .venv/bin/python -m tests.clients.programs"


def has_node() -> bool:
    """Whether this machine runs JavaScript and can install it."""
    return shutil.which("node") is not None and shutil.which("npm") is not None


def python(client: str) -> Path:
    """The interpreter of a Python client."""
    return FOLDER / client / "bin" / "python"


def _install_python(client: str) -> None:
    _run(sys.executable, "-m", "venv", str(FOLDER / client))
    pins = str(HERE / f"{client}.txt")
    _run(str(python(client)), "-m", "pip", "install", "--quiet", "--requirement", pins)


def _install_javascript(client: str) -> None:
    folder = FOLDER / client
    folder.mkdir()
    shutil.copy(HERE / client / "package.json", folder)
    options = ("--no-audit", "--no-fund", "--ignore-scripts", "--no-package-lock")
    _run("npm", "install", "--silent", *options, cwd=folder)


CLIENTS: dict[str, tuple[Path, Callable[[str], None]]] = {
    "sdk-2021": (HERE / "sdk-2021.txt", _install_python),
    "azure-cli": (HERE / "azure-cli.txt", _install_python),
    "javascript": (HERE / "javascript" / "package.json", _install_javascript),
}


def is_installed(client: str) -> bool:
    """Whether a client is there in the versions of its file."""
    stamp = FOLDER / client / _STAMP
    return stamp.is_file() and stamp.read_text(encoding="ascii") == _wanted(client)


def _wanted(client: str) -> str:
    return hashlib.sha256(CLIENTS[client][0].read_bytes()).hexdigest()


def _make(client: str) -> None:
    shutil.rmtree(FOLDER / client, ignore_errors=True)
    FOLDER.mkdir(exist_ok=True)
    CLIENTS[client][1](client)
    (FOLDER / client / _STAMP).write_text(_wanted(client), encoding="ascii")


def _run(*command: str, cwd: Path | None = None) -> None:
    print("+", " ".join(command), flush=True)
    subprocess.run(command, check=True, cwd=cwd)


def main(names: list[str]) -> int:
    """Install the named clients, or all; 0 if they are there."""
    for name in names or CLIENTS:
        if name == "javascript" and not has_node():
            print(NO_NODE)
            continue
        try:
            if not is_installed(name):
                _make(name)
        except (OSError, subprocess.CalledProcessError) as error:
            print(f"The client {name} cannot be installed: {error}")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
