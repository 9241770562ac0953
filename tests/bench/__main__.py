"""``make bench``: the figures, each with what it is compared to in the same run."""

from __future__ import annotations

import base64
import json
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import requests
from azure.core.credentials import AccessToken
from azure.core.pipeline.transport import RequestsTransport
from azure.keyvault.certificates import CertificateClient, CertificatePolicy
from playwright.sync_api import sync_playwright
from requests.adapters import BaseAdapter

from kvcsr_widgets.practice.tokens import resource_of
from kvcsr_widgets.practice.transport import Practice, PracticeAdapter
from tests.browser import lab, programs

ROUNDS = 15
CREATES = 200
THIRD_PARTY = re.compile(
    r"(anywidget|azure|cryptography|ipywidgets|markupsafe|pandas|platformdirs|traitlets)\b"
)


def main() -> None:
    """Measure and print."""
    imports()
    creates()
    first_panel()


def imports() -> None:
    """The panels against the third-party modules that they load, in turns, the median of each."""
    loaded = _python("import sys, kvcsr_widgets.panels; print('\\n'.join(sys.modules))")
    direct = [name for name in loaded.split() if THIRD_PARTY.match(name)]
    theirs = f"import {', '.join(direct)}"
    pairs = [(_seconds("import kvcsr_widgets.panels"), _seconds(theirs)) for _ in range(ROUNDS)]
    ours, alone = (statistics.median(column) for column in zip(*pairs, strict=True))
    print("import kvcsr_widgets.panels")
    print(f"  {ours * 1000:.0f} ms; its third-party modules alone {alone * 1000:.0f} ms")
    print(f"  ratio {ours / alone:.3f} (target: at most 1.15)")


def creates() -> None:
    """An EC create in the practice vault against the SDK's pipeline with a constant answer."""
    with tempfile.TemporaryDirectory() as folder:
        practice = Practice(Path(folder) / "vault.sqlite")
        client = _client(practice, practice.session())
        answer = client.begin_create_certificate("one", _POLICY).result()
        constant = _client(practice, _constant(practice, bytes(getattr(answer, "csr", b""))))
        ours = _median(client, "ours")
        alone = _median(constant, "alone")
        client.close()
        constant.close()
    print("create -> CSR, EC P-256, through the SDK")
    print(f"  {ours:.2f} ms; with an app that answers a constant {alone:.2f} ms")
    print(f"  {ours - alone:.2f} ms over the pipeline (target: at most 5)")


def first_panel() -> None:
    """From the start of JupyterLab to a press of Connect that was answered."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        args = ["--no-sandbox", "--disable-background-networking", "--disable-gpu"]
        browser = playwright.chromium.launch(executable_path=programs.chromium(), args=args)
        begin = time.perf_counter()
        with lab.running(Path(folder)) as url:
            served = time.perf_counter() - begin
            page = browser.new_page()
            page.goto(url)
            page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
            page.get_by_role("menuitem", name="Run", exact=True).click()
            page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
            page.get_by_role("button", name="Connect", exact=True).click()
            page.get_by_text("Connected to the practice vault.").wait_for()
            usable = time.perf_counter() - begin
        browser.close()
    print("make lab (installed) to the first panel used in Chromium")
    print(f"  {usable:.1f} s, of which {served:.1f} s until JupyterLab serves")


def _python(code: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout


def _seconds(statement: str) -> float:
    clock = "import time; t = time.perf_counter()"
    return float(_python(f"{clock}; {statement}; print(time.perf_counter() - t)"))


_POLICY = CertificatePolicy(issuer_name="Unknown", subject="CN=a", key_type="EC")


class _Credential:
    def __init__(self, practice: Practice) -> None:
        self.practice = practice

    def get_token(self, *_scopes: str, **_options: Any) -> AccessToken:
        return AccessToken(*self.practice.tokens.issue(resource_of(self.practice.host)))


def _client(practice: Practice, session: requests.Session) -> CertificateClient:
    transport = RequestsTransport(session=session)
    return CertificateClient(practice.url, _Credential(practice), transport=transport)


class _Constant(BaseAdapter):
    """The way of the practice vault's adapter, to an app that always answers the same."""

    def __init__(self, body: bytes) -> None:
        super().__init__()
        self.body = body

    def app(self, _environ: Any, start: Callable[..., Any]) -> list[bytes]:
        start("202 Accepted", [("Content-Type", "application/json; charset=utf-8")])
        return [self.body]

    def send(self, request: Any, *args: Any, **options: Any) -> requests.Response:
        way: Any = PracticeAdapter
        return cast("requests.Response", way.send(_To(self.app), request, *args, **options))

    def close(self) -> None:
        """Nothing to close."""


class _To:
    """What ``PracticeAdapter.send`` looks at: a vault with an app."""

    def __init__(self, app: Callable[..., Any]) -> None:
        self.app = app
        self.host = "practice.vault.practice.invalid"
        self.practice = self


def _constant(practice: Practice, csr: bytes) -> requests.Session:
    body = {
        "id": f"{practice.url}/certificates/one/pending",
        "issuer": {"name": "Unknown"},
        "csr": base64.b64encode(csr).decode(),
        "status": "inProgress",
    }
    session = requests.Session()
    session.mount("https://", _Constant(json.dumps(body).encode()))
    return session


def _median(client: CertificateClient, prefix: str) -> float:
    """Milliseconds of one create, the median of many."""
    times: list[float] = []
    for number in range(CREATES):
        begin = time.perf_counter()
        client.begin_create_certificate(f"{prefix}{number}", _POLICY).result()
        times.append((time.perf_counter() - begin) * 1000)
    return statistics.median(times)


if __name__ == "__main__":
    main()
