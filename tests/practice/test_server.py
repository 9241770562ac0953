"""The practice vault's server, in a process of its own, over TLS."""

from __future__ import annotations

import json
import os
import signal
import socket
import ssl
import stat
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any

import jwt
import pytest
import requests

from kvcsr_widgets.practice import server, tls
from kvcsr_widgets.practice.store import Store
from kvcsr_widgets.practice.tokens import AUTHORITY
from tests.practice.served import COMMAND, Served, serving

CSR_BODY = {
    "policy": {
        "key_props": {"kty": "EC", "crv": "P-256"},
        "x509_props": {"subject": "CN=web"},
        "issuer": {"name": "Unknown"},
    }
}
SELF_BODY = {"policy": {**CSR_BODY["policy"], "issuer": {"name": "Self"}}}
LIMIT = 2 * 1024 * 1024


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("served") / "vault.sqlite") as running:
        yield running


@pytest.fixture(autouse=True)
def _no_faults(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    if "served" in request.fixturenames:
        request.getfixturevalue("served").control("DELETE", "faults")


def refused(*options: str) -> tuple[int, str]:
    done = subprocess.run([*COMMAND, *options], capture_output=True, text=True, check=False)
    assert done.stdout == ""
    return done.returncode, done.stderr


def raw(served: Served, data: bytes, *, more: bytes = b"", pause: float = 0.05) -> bytes:
    """What the server answers to bytes that no client library would send."""
    context = ssl.create_default_context(cafile=served.ca_file)
    with (
        socket.create_connection(("127.0.0.1", served.port), timeout=15) as plain,
        context.wrap_socket(plain, server_hostname="127.0.0.1") as sock,
    ):
        sock.sendall(data)
        if more:
            time.sleep(pause)
            sock.sendall(more)
        answer = b""
        while part := sock.recv(65536):
            answer += part
        return answer


def parts(answer: bytes) -> tuple[int, dict[str, str], Any]:
    """Status, headers and the JSON error of one answer."""
    head, _, body = answer.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    return int(first.split()[1]), headers, json.loads(body)["error"]


# The start


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


def test_tls_1_1_is_refused(served: Served) -> None:
    context = ssl.create_default_context(cafile=served.ca_file)
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    context.set_ciphers("ALL:@SECLEVEL=0")
    with (
        socket.create_connection(("127.0.0.1", served.port), timeout=10) as plain,
        pytest.raises((ssl.SSLError, ConnectionResetError)),
    ):
        context.wrap_socket(plain, server_hostname="127.0.0.1")


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


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
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
        assert running.url.split(":")[1] in ("//127.0.0.1", "//[")
        assert running.vault("GET", "/certificates").status_code in (200, 401)


def test_others_are_let_in_when_it_is_said(tmp_path: Path) -> None:
    options = ("--host", "0.0.0.0", "--allow-remote")
    with serving(tmp_path / "vault.sqlite", *options) as running:
        assert running.vault("GET", "/certificates").status_code == 200


def test_a_host_that_is_none_is_said(tmp_path: Path) -> None:
    status, said = refused("--state", str(tmp_path / "vault.sqlite"), "--host", "no.such.invalid")

    assert (status, said) == (
        1,
        "“no.such.invalid” is no host of this machine. Leave --host out.\n",
    )


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


# Files and restart


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
    for path in tmp_path.iterdir():
        assert (b"PRIVATE KEY" in path.read_bytes()) == (path.name == "vault.sqlite")


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


# Sign-in and the control routes


def test_the_token_is_in_app_services_form(served: Served) -> None:
    path = "identity/token?api-version=2019-08-01&resource=https://0.0.1"
    found = served.control("GET", path).json()

    assert found.pop("access_token").count(".") == 2
    assert abs(int(found.pop("expires_on")) - time.time() - 3600) < 60
    assert found == {"resource": "https://0.0.1", "token_type": "Bearer", "client_id": "officer"}


def test_a_client_before_2022_signs_in_too(served: Served) -> None:
    query = "api-version=2017-09-01&resource=x&clientid=reader"
    answer = served.send(
        "GET", f"{served.identity_endpoint}?{query}", headers={"Secret": served.identity_header}
    )

    ends = datetime.strptime(answer.json()["expires_on"], "%m/%d/%Y %H:%M:%S %z").timestamp()
    assert abs(ends - time.time() - 3600) < 60
    assert answer.json()["client_id"] == "reader"
    guess = served.send("GET", f"{served.identity_endpoint}?{query}", headers={"Secret": "guess"})
    assert guess.status_code == 401


@pytest.mark.parametrize(
    "query",
    [
        "resource=x",
        "api-version=2019-08-01",
        "api-version=2018-02-01&resource=x",
        "api-version=2017-09-01&resource=x&clientid=owner",
        "api-version=2019-08-01&resource=x&client_id=owner",
        "api-version=2019-08-01&resource=x&mi_res_id=y",
    ],
)
def test_a_sign_in_that_is_none_is_refused(served: Served, query: str) -> None:
    answer = served.control("GET", f"identity/token?{query}")

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "BadParameter")


def test_roles(served: Served) -> None:
    reader, none = served.token("reader"), served.token("none")

    assert served.vault("GET", "/certificates", token=reader).status_code == 200
    refusal = served.vault("POST", "/certificates/web/create", CSR_BODY, token=reader)
    assert (refusal.status_code, refusal.json()["error"]["code"]) == (403, "Forbidden")
    assert served.vault("GET", "/certificates", token=none).status_code == 403


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "identity/token?api-version=2019-08-01&resource=x"),
        ("GET", "clock"),
        ("POST", "faults"),
        ("GET", "vaults"),
        ("GET", "nothing"),
    ],
)
@pytest.mark.parametrize("secret", [None, "", "guess", "gu\u00e4ss"])
def test_the_control_routes_ask_for_the_secret(
    served: Served, method: str, path: str, secret: str | None
) -> None:
    headers = {} if secret is None else {"X-IDENTITY-HEADER": secret.encode()}
    url = f"{served.url}/practice/{path}"
    answer = served.send(method, url, headers=headers, json={"kind": "error"})

    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "Unauthorized")
    assert served.control("GET", "faults").json() == {"value": []}


def test_control_routes_that_are_none(served: Served) -> None:
    assert served.control("GET", "nothing").status_code == 404
    assert served.control("PUT", "clock").status_code == 405


@pytest.mark.parametrize(
    "body",
    [
        None,
        {},
        [],
        {"advance_days": "1"},
        {"advance_days": True},
        {"advance_seconds": -1},
        {"advance_seconds": 10**400},
        {"advance_days": 1, "advance_seconds": 1},
        {"advance_days": 1, "more": 1},
    ],
)
def test_a_step_of_the_clock_that_is_none_is_refused(served: Served, body: object) -> None:
    answer = served.control("POST", "clock", body)

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "BadParameter")


def test_a_moved_clock_ends_tokens_and_certificates(tmp_path: Path) -> None:
    with serving(tmp_path / "vault.sqlite") as running:
        running.vault("POST", "/certificates/web/create", SELF_BODY)
        bundle = running.vault("GET", "/certificates/web").json()
        old = running.token()
        before = running.control("GET", "clock").json()["now"]

        moved = running.control("POST", "clock", {"advance_days": 400}).json()["now"]

        assert 0 <= moved - before - 400 * 86_400 < 60
        assert bundle["attributes"]["exp"] < moved
        refusal = running.vault("GET", "/certificates/web", token=old)
        assert (refusal.status_code, "[TokenExpired]" in refusal.text) == (401, True)
        assert running.vault("GET", "/certificates/web").status_code == 200
        assert abs(running.control("GET", "clock").json()["now"] - moved) < 60
        path = "identity/token?api-version=2019-08-01&resource=x"
        ends = int(running.control("GET", path).json()["expires_on"])
        assert abs(ends - time.time() - 3600) < 60


def test_delays_are_options(tmp_path: Path) -> None:
    options = ("--issue-delay", "3600", "--cancel-delay", "0", "--delete-delay", "3600")
    with serving(tmp_path / "vault.sqlite", *options) as running:
        running.vault("POST", "/certificates/web/create", SELF_BODY)
        assert running.vault("GET", "/certificates/web/pending").json()["status"] == "inProgress"
        running.control("POST", "clock", {"advance_seconds": 3600})
        assert running.vault("GET", "/certificates/web/pending").json()["status"] == "completed"
        running.vault("DELETE", "/certificates/web")
        assert running.vault("GET", "/deletedcertificates/web").status_code == 404


# Refused tokens


CLAIMS = {"iss": f"{AUTHORITY}/", "exp": 4_000_000_000, "roles": ["officer"]}


def test_refused_tokens_have_the_recorded_answers(served: Served) -> None:
    forged = jwt.encode(CLAIMS | {"aud": served.resource}, "another key" * 4, algorithm="HS256")
    cases = {
        "": "AKV10000: Request is missing a Bearer or PoP token.",
        f"Bearer {forged}": "Error validating token: 'IDX10511'.",
        f"Bearer {served.token(resource='https://x.example')}": (
            f"AKV10022: Invalid audience. Expected {served.resource}, found: https://x.example."
        ),
    }
    for header, text in cases.items():
        url = f"{served.url}/certificates?api-version=7.4"
        answer = served.send("GET", url, headers={"Authorization": header})
        assert answer.status_code == 401
        assert answer.json() == {"error": {"code": "Unauthorized", "message": text}}
        assert answer.headers["WWW-Authenticate"].startswith("Bearer authorization=")


# Faults


def test_latency(served: Served) -> None:
    token = served.token()
    served.control("POST", "faults", {"kind": "latency", "seconds": 0.5})

    began = time.monotonic()
    assert served.vault("GET", "/certificates", token=token).status_code == 200
    assert time.monotonic() - began >= 0.5


@pytest.mark.parametrize(
    ("fault", "status", "retry"),
    [
        ({"kind": "throttled"}, 429, None),
        ({"kind": "throttled", "retry_after": 7}, 429, "7"),
        ({"kind": "error"}, 503, None),
        ({"kind": "error", "status": 500}, 500, None),
    ],
)
def test_answers_of_a_busy_service(
    served: Served, fault: dict[str, object], status: int, retry: str | None
) -> None:
    listed = served.control("POST", "faults", fault).json()["value"]
    assert {key: listed[0][key] for key in fault} == fault

    answer = served.vault("GET", "/certificates")

    assert (answer.status_code, answer.headers.get("Retry-After")) == (status, retry)
    assert set(answer.json()["error"]) == {"code", "message"}
    assert served.vault("GET", "/certificates").status_code == 200
    assert served.control("GET", "faults").json() == {"value": []}


@pytest.mark.parametrize(("kind", "done"), [("drop-before", False), ("drop-after", True)])
def test_a_dropped_connection(served: Served, kind: str, done: bool) -> None:
    served.control("POST", "faults", {"kind": kind, "operation": "create"})

    with pytest.raises(requests.exceptions.ConnectionError) as caught:
        served.vault("POST", f"/certificates/{kind}/create", CSR_BODY)

    assert "Remote end closed connection without response" in str(caught.value)
    found = served.vault("GET", f"/certificates/{kind}/pending").status_code
    assert found == (200 if done else 404)


def test_faults_are_cleared_and_checked(served: Served) -> None:
    served.control("POST", "faults", {"kind": "error"})

    assert served.control("DELETE", "faults").json() == {"value": []}
    refusal = served.control("POST", "faults", {"kind": "earthquake"})
    assert (refusal.status_code, refusal.json()["error"]["code"]) == (400, "BadParameter")
    assert "kind is one of latency" in refusal.json()["error"]["message"]


# The wire


def test_a_connection_is_kept_and_says_little(served: Served) -> None:
    with requests.Session() as session:
        session.trust_env = False
        for _ in range(3):
            answer = session.get(served.url, verify=served.ca_file, timeout=10)
            assert answer.headers["Server"] == "practice-vault"
        pool = session.get_adapter(served.url).poolmanager.connection_from_url(  # type: ignore[attr-defined]
            served.url, {"ca_certs": served.ca_file, "cert_reqs": "CERT_REQUIRED"}
        )
        assert (pool.num_connections, pool.num_requests) in ((1, 3), (0, 0))


HOST = b"Host: 127.0.0.1\r\n"
GET = b"GET /certificates?api-version=7.4 HTTP/1.1\r\n"
POST = b"POST /certificates/web/create?api-version=7.4 HTTP/1.1\r\n" + HOST


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        pytest.param(b"garbage\r\n\r\n", 400, id="no request line"),
        pytest.param(b"\x00\xff\x16\x03\r\n\r\n", 400, id="bytes"),
        pytest.param(b"GET / HTTP/1.1\n\n", 400, id="bare line feeds"),
        pytest.param(b"GET / HTTP/9.9\r\n\r\n", 505, id="version"),
        pytest.param(b"GET / FTP/1.1\r\n\r\n", 400, id="protocol"),
        pytest.param(b"get / HTTP/1.1\r\n" + HOST + b"\r\n", 400, id="method's case"),
        pytest.param(b"GET http://x.example/ HTTP/1.1\r\n\r\n", 400, id="absolute form"),
        pytest.param(b"CONNECT x:1 HTTP/1.1\r\n\r\n", 405, id="connect"),
        pytest.param(GET + b"Connection: close\r\n\r\n", 400, id="no host"),
        pytest.param(GET + HOST + HOST + b"\r\n", 400, id="two hosts"),
        pytest.param(GET + b"Host: a b\r\nConnection: close\r\n\r\n", 400, id="bad host"),
        pytest.param(GET + b" folded\r\n" + HOST + b"\r\n", 400, id="first header folded"),
        pytest.param(GET + HOST + b"X: y\r\n z\r\n\r\n", 400, id="folded header"),
        pytest.param(GET + HOST + b"no colon\r\n\r\n", 400, id="header without colon"),
        pytest.param(GET + HOST + b"X : y\r\n\r\n", 400, id="blank in a header's name"),
        pytest.param(GET + HOST + b"X: a\rb\r\n\r\n", 400, id="control character"),
        pytest.param(GET + b"X: " + b"a" * 40_000 + b"\r\n\r\n", 413, id="large header"),
        pytest.param(GET + b"X: a\r\n" * 9000 + b"\r\n", 413, id="many headers"),
        pytest.param(b"GET /" + b"a" * 40_000 + b" HTTP/1.1\r\n\r\n", 414, id="long line"),
        pytest.param(POST + b"Content-Length: x\r\n\r\n", 400, id="length no number"),
        pytest.param(POST + b"Content-Length: -1\r\n\r\n", 400, id="length negative"),
        pytest.param(POST + b"Content-Length: +1\r\n\r\n1", 400, id="length signed"),
        pytest.param(POST + b"Content-Length: 1_0\r\n\r\n", 400, id="length of Python"),
        pytest.param(POST + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n", 400, id="length long"),
        pytest.param(POST + b"Content-Length: 2\r\n" * 2 + b"\r\n{}", 400, id="two lengths"),
        pytest.param(POST + b"Transfer-Encoding: gzip\r\n\r\n", 501, id="coding"),
        pytest.param(
            POST + b"Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n{}", 400, id="both"
        ),
        pytest.param(
            POST.replace(b"1.1", b"1.0") + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            400,
            id="chunked in 1.0",
        ),
        pytest.param(POST + b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n", 400, id="chunk's size"),
        pytest.param(POST + b"Transfer-Encoding: chunked\r\n\r\n-1\r\n", 400, id="negative chunk"),
        pytest.param(POST + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}xx", 400, id="chunk's end"),
        pytest.param(
            POST + b"Transfer-Encoding: chunked\r\n\r\n" + b"1" * 9000, 400, id="endless size"
        ),
        pytest.param(
            POST + b"Transfer-Encoding: chunked\r\n\r\n0\r\n" + b"X: y\r\n" * 99,
            400,
            id="endless trailers",
        ),
        pytest.param(
            POST + b"Transfer-Encoding: chunked\r\n\r\nFFFFFFFF\r\n", 413, id="large chunk"
        ),
    ],
)
def test_invalid_http_is_refused_in_the_services_envelope(
    served: Served, request_: bytes, status: int
) -> None:
    got, headers, error = parts(raw(served, request_))

    assert got == status
    assert headers["content-type"].startswith("application/json")
    assert set(error) == {"code", "message"}
    assert error["code"]
    assert error["message"]
    assert served.vault("GET", "/certificates").status_code == 200


def test_plain_http_is_told_so_in_the_envelope(served: Served) -> None:
    with requests.Session() as session:
        session.trust_env = False
        answer = session.get(served.url.replace("https", "http"), timeout=10)

    assert answer.status_code == 400
    assert answer.json()["error"]["message"] == "This port speaks HTTPS only."


def test_a_body_over_the_limit_is_refused_before_it_is_sent(served: Served) -> None:
    began = time.monotonic()
    announced = POST + b"Content-Length: %d\r\n\r\n" % (LIMIT + 1)
    status, _headers, error = parts(raw(served, announced))

    assert (status, error["code"]) == (413, "RequestEntityTooLarge")
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("chunked", [False, True])
def test_a_client_that_sends_too_much_reads_the_answer(served: Served, chunked: bool) -> None:
    data = b" " * (LIMIT + 70_000)
    body: Any = iter([data[:1_500_000], data[1_500_000:]]) if chunked else data
    answer = served.send(
        "POST",
        f"{served.url}/certificates/web/create?api-version=7.4",
        data=body,
        headers={"Authorization": f"Bearer {served.token()}"},
    )

    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "RequestEntityTooLarge")


def test_a_body_at_the_limit_is_read(served: Served) -> None:
    answer = served.send(
        "POST",
        f"{served.url}/certificates/web/create?api-version=7.4",
        data=b" " * LIMIT,
        headers={"Authorization": f"Bearer {served.token()}"},
    )

    assert answer.json()["error"]["message"] == "The request body is no JSON object."


def test_a_chunked_body_is_read_also_when_nobody_wants_it(served: Served) -> None:
    chunked = b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nX: y\r\n\r\n"
    again = GET + HOST + b"Connection: close\r\n\r\n"

    answer = raw(served, POST + chunked, more=again)

    assert answer.count(b"HTTP/1.1 401") == 2
    assert answer.count(b"HTTP/1.1") == 2


def test_silent_clients_keep_nobody_waiting(served: Served) -> None:
    silent = [socket.create_connection(("127.0.0.1", served.port)) for _ in range(20)]
    try:
        began = time.monotonic()
        assert served.vault("GET", "/certificates").status_code == 200
        assert time.monotonic() - began < 5
    finally:
        for sock in silent:
            sock.close()


def test_many_clients_at_once(served: Served) -> None:
    token = served.token()

    def work(number: int) -> list[int]:
        made = served.vault("POST", f"/certificates/many{number}/create", CSR_BODY, token=token)
        found = served.vault("GET", f"/certificates/many{number}/pending", token=token)
        return [made.status_code, found.status_code]

    with ThreadPoolExecutor(24) as pool:
        assert list(pool.map(work, range(48))) == [[202, 200]] * 48


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
