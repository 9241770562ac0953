"""The server's start, its end and its files."""

from __future__ import annotations

import json
import os
import signal
import socket
import ssl
import stat
import subprocess
from pathlib import Path
from typing import Any

import pytest
import requests

from kvcsr_widgets.errors import AddressError
from kvcsr_widgets.practice import server, tls
from kvcsr_widgets.practice.store import Store
from tests.practice.server.served import COMMAND, CSR_BODY, SELF_BODY, Served, serving


def refused(*options: str) -> tuple[int, str]:
    done = subprocess.run([*COMMAND, *options], capture_output=True, text=True, check=False)
    assert done.stdout == ""
    return done.returncode, done.stderr


def test_one_line_says_what_a_client_needs(served: Served) -> None:
    assert served.url == served.vaults["practice"]
    assert served.url.startswith("https://")
    assert Path(served.ca_file).read_bytes().startswith(b"-----BEGIN CERTIFICATE-----")
    assert served.identity_endpoint.endswith(f":{served.port}/practice/identity/token")
    assert len(served.identity_header) >= 32


def test_tls_is_good_with_the_ca_file_only(served: Served) -> None:
    answer = served.send("GET", f"{served.url}/certificates?api-version=7.4")

    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].endswith(f'resource="{served.resource}"')
    with requests.Session() as session:
        session.trust_env = False
        with pytest.raises(requests.exceptions.SSLError):
            session.get(served.url, timeout=10)


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "::1", "practice.localhost"])
def test_the_certificate_holds_the_names_of_this_machine(served: Served, name: str) -> None:
    context = ssl.create_default_context(cafile=served.ca_file)
    with (
        socket.create_connection(("127.0.0.1", served.port), timeout=10) as plain,
        context.wrap_socket(plain, server_hostname=name) as sock,
    ):
        assert sock.version() in ("TLSv1.2", "TLSv1.3")


def test_tls_1_2_is_the_oldest(tmp_path: Path) -> None:
    store = Store(tmp_path / "vault.sqlite")
    made = tls.context(tls.server_ca(store), ["localhost"])
    store.close()

    assert made.minimum_version == ssl.TLSVersion.TLSv1_2


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_cleanly(tmp_path: Path, number: signal.Signals) -> None:
    with serving(tmp_path / "vault.sqlite") as running:
        running.vault("POST", "/certificates/web/create", CSR_BODY)
        running.process.send_signal(number)

        assert running.process.wait(15) == 0

    log = (tmp_path / "vault.sqlite.stderr").read_text()
    assert "It is for practice and tests, not for keys that matter." in log
    assert log.count("\n") == 1
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {"vault.sqlite", "vault.sqlite.ca.pem", "vault.sqlite.stderr"}


def test_a_call_that_sleeps_does_not_hold_up_the_end(tmp_path: Path) -> None:
    with serving(tmp_path / "vault.sqlite") as running:
        running.control("POST", "faults", {"kind": "latency", "seconds": 60})
        token = running.token()
        with pytest.raises(requests.exceptions.Timeout):
            requests.get(
                f"{running.url}/certificates?api-version=7.4",
                headers={"Authorization": f"Bearer {token}"},
                verify=running.ca_file,
                timeout=1,
            )
        assert running.stop() == 0


@pytest.mark.parametrize("host", ["0.0.0.0"])
def test_others_are_kept_out(tmp_path: Path, host: str) -> None:
    status, said = refused("--state", str(tmp_path / "vault.sqlite"), "--host", host)

    assert status == 1
    assert said == (
        f"Others could reach the practice vault at {host}. It is for this machine only. If it "
        "must be reached, say --allow-remote.\n"
    )
    assert list(tmp_path.iterdir()) == []


def test_a_name_without_a_domain_is_given_as_its_address(tmp_path: Path) -> None:
    with serving(tmp_path / "vault.sqlite", "--host", "localhost") as running:
        assert running.url.split(":")[1] in ("//127.0.0.1", "//practice.localhost")
        assert running.vault("GET", "/certificates").status_code == 200


def resolving(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    """Lets every host name lead to these addresses, or to none."""

    def find(*_values: object, **_options: object) -> list[Any]:
        if not addresses:
            raise socket.gaierror
        return [(0, 0, 0, "", (address, 0)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", find)


def test_others_are_let_in_when_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    resolving(monkeypatch, "192.0.2.1")
    listen = server.Listen("practice.example")

    listen.check(allow_remote=True)
    with pytest.raises(AddressError, match="Others could reach"):
        listen.check(allow_remote=False)


def test_a_host_that_is_none_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    resolving(monkeypatch)

    with pytest.raises(AddressError, match="is no host of this machine"):
        server.Listen("no.such.host").check(allow_remote=False)


def test_a_host_of_both_kinds_is_reached_by_its_ipv4_address(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    resolving(monkeypatch, "::1", "127.0.0.1")

    assert server.Listen("localhost").addresses()[0] == "127.0.0.1"


@pytest.mark.parametrize("host", ["::1", "::"])
def test_an_address_below_which_there_are_no_names_is_refused(host: str) -> None:
    with pytest.raises(AddressError, match="is an IPv6 address"):
        server.Listen(host).check(allow_remote=True)


def test_a_port_in_use_is_said(served: Served, tmp_path: Path) -> None:
    state = str(tmp_path / "vault.sqlite")
    status, said = refused("--state", state, "--port", str(served.port))

    assert status == 1
    assert said.startswith(f"The practice vault cannot listen at 127.0.0.1:{served.port}.")
    assert "Traceback" not in said


@pytest.mark.parametrize(
    "options", [("--port", "65536"), ("--port", "x"), ("--issue-delay", "-1"), ("more",)]
)
def test_options_out_of_bounds_are_usage_errors(tmp_path: Path, options: tuple[str, ...]) -> None:
    assert refused("--state", str(tmp_path / "vault.sqlite"), *options)[0] == 2


def test_another_programs_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "other.sqlite").write_bytes(b"not a database, but longer than nothing" * 40)

    status, said = refused("--state", str(tmp_path / "other.sqlite"))

    assert status == 1
    assert "cannot be opened" in said
    assert "Traceback" not in said


def test_the_address_is_the_vaults_name_where_it_resolves(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def resolve(name: str, *_more: object, **_options: object) -> list[Any]:
        return [(0, 0, 0, "", (found, 0)) for found in known.get(name, ())]

    known: dict[str, tuple[str, ...]] = {"practice.localhost": ("::1", "127.0.0.1")}
    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    assert server._leads("practice.localhost", "127.0.0.1")
    known["practice.localhost"] = ("::1",)
    assert not server._leads("practice.localhost", "127.0.0.1")
    known["practice.localhost"] = ("127.0.0.1", "192.0.2.1")
    assert not server._leads("practice.localhost", "127.0.0.1")


def test_a_restart_keeps_the_state_and_the_ca(tmp_path: Path) -> None:
    state = tmp_path / "vault.sqlite"
    with serving(state) as first:
        first.vault("POST", "/certificates/web/create", CSR_BODY)
        certificate = Path(first.ca_file).read_bytes()
        old = first.token(resource="https://0.0.1:1")
    with serving(state) as second:
        pending = second.vault("GET", "/certificates/web/pending")

        assert pending.json()["status"] == "inProgress"
        assert Path(second.ca_file).read_bytes() == certificate
        assert second.identity_header != first.identity_header
        assert "AKV10022" in second.vault("GET", "/certificates", token=old).text


def test_files_are_for_their_owner_and_hold_no_key_but_the_state(tmp_path: Path) -> None:
    with serving(tmp_path / "vault.sqlite") as running:
        running.vault("POST", "/certificates/web/create", SELF_BODY)
        modes = {
            path.name: stat.S_IMODE(path.stat().st_mode)
            for path in tmp_path.iterdir()
            if path.suffix != ".stderr"
        }
        assert set(modes.values()) == {0o600}
        assert {"vault.sqlite", "vault.sqlite.ca.pem"} <= set(modes)
    store = Store(tmp_path / "vault.sqlite")
    version = store.newest("web")
    keys = [b"PRIVATE KEY", version.key if version else b""]
    store.close()
    for path in tmp_path.iterdir():
        held = [key in path.read_bytes() for key in keys]
        assert held == [path.name == "vault.sqlite"] * 2


def test_the_key_is_on_the_disk_for_a_moment_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []
    load = ssl.SSLContext.load_cert_chain

    def watched(self: ssl.SSLContext, path: Any, *more: Any) -> None:
        seen.append(stat.S_IMODE(os.stat(path).st_mode))  # noqa: PTH116 - a name as ssl gets it
        load(self, path, *more)

    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    monkeypatch.setattr(ssl.SSLContext, "load_cert_chain", watched)
    store = Store(tmp_path / "state" / "vault.sqlite")
    tls.context(tls.server_ca(store), ["localhost"])
    store.close()

    assert seen == [0o600]
    assert [path.name for path in tmp_path.iterdir()] == ["state"]


def test_a_folder_holds_several_vaults(tmp_path: Path) -> None:
    state = tmp_path / "vaults"
    state.mkdir()
    with serving(state) as running:
        assert list(running.vaults) == ["practice"]
        made = running.control("POST", "vaults", {"name": "other"})
        assert made.json() == {"name": "other", "url": f"https://other.localhost:{running.port}"}
        running.vault("POST", "/certificates/web/create", SELF_BODY)

        context = ssl.create_default_context(cafile=running.ca_file)
        with (
            socket.create_connection(("127.0.0.1", running.port), timeout=10) as plain,
            context.wrap_socket(plain, server_hostname="other.localhost") as sock,
        ):
            token = running.token(resource=f"https://localhost:{running.port}")
            sock.sendall(
                f"GET /certificates?api-version=7.4 HTTP/1.1\r\nHost: other.localhost:"
                f"{running.port}\r\nAuthorization: Bearer {token}\r\n"
                "Connection: close\r\n\r\n".encode()
            )
            answer = b"".join(iter(lambda: sock.recv(65536), b""))
        assert answer.endswith(b'{"value":[],"nextLink":null}')
        listed = running.control("GET", "vaults").json()["value"]
        assert [each["name"] for each in listed] == ["other", "practice"]
        bad = running.control("POST", "vaults", {"name": "../x"})
        assert (bad.status_code, bad.json()["error"]["code"]) == (400, "BadParameter")
        assert Path(running.ca_file) == state / "ca.pem"
    for path in state.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert (b"PRIVATE KEY" in path.read_bytes()) == (path.name == "state.keys")
    assert not {"practice.sqlite", "other.sqlite"} - {path.name for path in state.iterdir()}


def test_what_must_not_happen_is_a_500_with_a_traceback_on_stderr(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    from kvcsr_widgets.practice.clock import MovableClock
    from kvcsr_widgets.practice.state import State

    clock = MovableClock()
    state = State(tmp_path / "vault.sqlite", clock)
    serving_it = server.Served(state, clock, server.Listen())
    state.close()  # from now on nothing works

    told: list[str] = []
    environ = {"PATH_INFO": "/certificates", "HTTP_HOST": "x.y", "REQUEST_METHOD": "GET"}
    token = state.tokens.issue("https://y")[0]
    environ |= {"HTTP_AUTHORIZATION": f"Bearer {token}", "QUERY_STRING": "api-version=7.4"}
    body = b"".join(serving_it(environ, lambda status, *_: told.append(status)))  # type: ignore[arg-type]

    assert told[0].startswith("500")
    assert json.loads(body)["error"]["code"] == "InternalServerError"
    assert "ProgrammingError" in capfd.readouterr().err
