"""The programs that play the CA outside: found, or installed, or said to be missing.

``python -m tests.cas.programs`` (as ``make test`` does) installs openssl, easy-rsa and GnuTLS's
certtool with apt-get where one is missing and the user may, and fails with a sentence where not.
Nothing is skipped.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from tests import apt

_EASY_RSA = Path("/usr/share/easy-rsa/easyrsa")
PACKAGES = {"openssl": "openssl", "easyrsa": "easy-rsa", "certtool": "gnutls-bin"}
"""The Debian package of each program."""


def path(program: str) -> str | None:
    """Where a program is; Debian keeps easyrsa out of the way."""
    found = shutil.which(program)
    if found is None and program == "easyrsa" and _EASY_RSA.is_file():
        return str(_EASY_RSA)
    return found


def missing() -> list[str]:
    """The packages whose programs are not here."""
    return [package for program, package in PACKAGES.items() if path(program) is None]


def sentence() -> str:
    """What is missing, and what to do."""
    packages = " ".join(missing())
    return (
        f"The tests have requests signed by other CAs, whose programs are not here: {packages}. "
        f"Install them (Debian: apt-get install {packages})."
    )


def main() -> int:
    """Make all programs available; 0 if they are."""
    if missing() and not (apt.install(*missing()) and not missing()):
        print(sentence())
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
