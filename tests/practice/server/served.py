"""A practice vault behind its real server, in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

COMMAND = (sys.executable, "-m", "kvcsr_widgets", "vault", "serve")
API = "api-version=7.4"
AWAY = "http://127.0.0.1:9"
"""A proxy that is none: what a client would send off this machine fails at once."""

CSR_BODY = {
    "policy": {
        "key_props": {"kty": "EC", "crv": "P-256"},
        "x509_props": {"subject": "CN=web"},
        "issuer": {"name": "Unknown"},
    }
}
SELF_BODY = {"policy": {**CSR_BODY["policy"], "issuer": {"name": "Self"}}}


@dataclass
class Served:
    """A running server and what it printed at its start."""

    process: subprocess.Popen[str]
    url: str
    ca_file: str
    identity_endpoint: str
    identity_header: str
    vaults: dict[str, str]

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    @property
    def resource(self) -> str:
        """The vault's host without its first label."""
        return f"https://{self.url.removeprefix('https://').partition('.')[2]}"

    def environment(self, role: str = "") -> dict[str, str]:
        """What a client of any language needs in order to sign in, and what keeps it at home."""
        kept = ("PATH", "HOME", "LANG", "TMPDIR")
        return {
            **{name: os.environ[name] for name in kept if name in os.environ},
            "IDENTITY_ENDPOINT": self.identity_endpoint,
            "IDENTITY_HEADER": self.identity_header,
            "REQUESTS_CA_BUNDLE": self.ca_file,
            "SSL_CERT_FILE": self.ca_file,
            "NODE_EXTRA_CA_CERTS": self.ca_file,
            "HTTPS_PROXY": AWAY,
            "HTTP_PROXY": AWAY,
            "NO_PROXY": "127.0.0.1,localhost,.localhost",
            **({"AZURE_CLIENT_ID": role} if role else {}),
        }

    def old_environment(self) -> dict[str, str]:
        """The names that clients before 2022 know."""
        return {"MSI_ENDPOINT": self.identity_endpoint, "MSI_SECRET": self.identity_header}

    def token(self, role: str = "officer", resource: str = "") -> str:
        found = self.control(
            "GET",
            f"identity/token?api-version=2019-08-01&resource={resource or self.resource}"
            f"&client_id={role}",
        )
        return str(found.json()["access_token"])

    def control(self, method: str, path: str, body: object = None) -> requests.Response:
        return self.send(
            method,
            f"{self.url}/practice/{path}",
            json=body,
            headers={"X-IDENTITY-HEADER": self.identity_header},
        )

    def vault(self, method: str, path: str, body: object = None, token: str = "") -> Any:
        """One call to the vault, as officer unless a token is given."""
        headers = {"Authorization": f"Bearer {token or self.token()}"}
        sign = "&" if "?" in path else "?"
        return self.send(method, f"{self.url}{path}{sign}{API}", json=body, headers=headers)

    def send(self, method: str, url: str, **options: Any) -> requests.Response:
        with requests.Session() as session:
            session.trust_env = False
            return session.request(method, url, verify=self.ca_file, timeout=30, **options)

    def stop(self) -> int:
        """End it; returns its exit status."""
        self.process.terminate()
        return self.process.wait(20)


@contextmanager
def serving(state: Path, *options: str) -> Iterator[Served]:
    """A server for the state, ended at the end; what it writes to stderr is in ``stderr``."""
    log = state.parent / f"{state.name}.stderr"
    with (
        log.open("w", encoding="utf-8") as errors,
        subprocess.Popen(
            [*COMMAND, "--state", str(state), *options],
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        ) as process,
    ):
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, log.read_text(encoding="utf-8")
        try:
            yield Served(process, **json.loads(line))
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                raise
