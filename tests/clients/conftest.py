"""One server for all clients' tests, a vault for each, and a CA outside made with openssl."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.clients import programs
from tests.openssl import make_ca, openssl
from tests.practice.server.served import Served, serving

SIGN = """set -eu
openssl x509 -req -in "$1.csr" -CA ca.pem -CAkey ca.key -CAcreateserial \\
  -copy_extensions copyall -days 90 -out "$1.pem"
openssl x509 -in "$1.pem" -outform DER -out "$1.der"
cat "$1.pem" ca.pem > "$1-chain.pem"
"""


@dataclass(frozen=True)
class Desk:
    """A server and the folder in which its client works."""

    served: Served
    folder: Path

    def run(self, *command: str, role: str = "", **more: str) -> str:
        """What a client prints; a failure fails the test with its words."""
        done = subprocess.run(
            command,
            cwd=self.folder,
            env=self.served.environment(role) | more,
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )
        assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
        return done.stdout


@pytest.fixture(scope="session", autouse=True)
def _clients_are_there() -> None:
    """Fail with a sentence where ``make test`` has not installed them."""
    wanted = [name for name in programs.CLIENTS if name != "javascript" or programs.has_node()]
    assert all(map(programs.is_installed, wanted)), programs.MISSING


@pytest.fixture(scope="session")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a CA, the script that signs with it, and a PFX from elsewhere."""
    folder = tmp_path_factory.mktemp("outside")
    make_ca(folder)
    openssl("x509", "-in", "ca.pem", "-outform", "DER", "-out", "ca.der", cwd=folder)
    (folder / "sign.sh").write_text(SIGN, encoding="ascii")
    openssl(
        *("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30"),
        *("-keyout", "brought.key", "-out", "brought.pem", "-subj", "/CN=brought"),
        cwd=folder,
    )
    openssl(
        *("pkcs12", "-export", "-inkey", "brought.key", "-in", "brought.pem"),
        *("-out", "brought.pfx", "-passout", "pass:pass"),
        cwd=folder,
    )
    return folder


@pytest.fixture
def desk(outside: Path, tmp_path: Path) -> Iterator[Desk]:
    folder = tmp_path / "client"
    folder.mkdir()
    for source in outside.iterdir():
        (folder / source.name).write_bytes(source.read_bytes())
    with serving(tmp_path / "vault.sqlite", "--cancel-delay", "0") as served:
        yield Desk(served, folder)
