"""Debian packages that tests need, installed where the user may."""

from __future__ import annotations

import os
import shutil
import subprocess


def install(*packages: str) -> bool:
    """Install with apt-get, as root or with a sudo that asks nothing; whether that worked."""
    if shutil.which("apt-get") is None:
        return False
    sudo: list[str] = []
    if os.geteuid() != 0:
        sudo = ["sudo", "-n"]
        if shutil.which("sudo") is None or run(*sudo, "true") != 0:
            return False
    run(*sudo, "apt-get", "update", "-qq")
    options = ("apt-get", "install", "-y", "-qq", "--no-install-recommends")
    return run(*sudo, "env", "DEBIAN_FRONTEND=noninteractive", *options, *packages) == 0


def run(*command: str) -> int:
    """Run a command, telling which; its status."""
    print("+", " ".join(command), flush=True)
    return subprocess.run(command, check=False, stdout=subprocess.DEVNULL).returncode
