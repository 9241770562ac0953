"""What the server makes of HTTP that no client library would send."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest
import requests

from kvcsr_widgets.practice.https import THREADS, TIMEOUT
from tests.practice.server.served import CSR_BODY, Served

LIMIT = 2 * 1024 * 1024


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


def test_a_connection_is_kept_and_says_little(served: Served) -> None:
    context = ssl.create_default_context(cafile=served.ca_file)
    kept = http.client.HTTPSConnection("127.0.0.1", served.port, context=context, timeout=10)
    kept.connect()
    sock = kept.sock
    for _ in range(3):
        kept.request("GET", "/certificates?api-version=7.4")
        answer = kept.getresponse()
        answer.read()
        assert (answer.status, answer.headers["Server"]) == (401, "practice-vault")
        assert kept.sock is sock  # http.client drops it when the server closes it
    kept.close()


def test_idle_connections_keep_nobody_waiting(served: Served) -> None:
    idle = [socket.create_connection(("127.0.0.1", served.port)) for _ in range(200)]
    try:
        assert served.control("GET", "clock").status_code == 200
    finally:
        for sock in idle:
            sock.close()


def test_dripping_clients_are_cut_off(served: Served) -> None:
    """Each sends a byte now and then and would hold a thread for ever; they have ten seconds."""
    context = ssl.create_default_context(cafile=served.ca_file)
    drips = [
        context.wrap_socket(
            socket.create_connection(("127.0.0.1", served.port), timeout=30),
            server_hostname="127.0.0.1",
        )
        for _ in range(THREADS)
    ]
    begin = time.monotonic()
    try:
        for sock in drips:
            sock.sendall(b"GET / HTTP/1.1\r\n")
        stopped = threading.Event()
        dripping = threading.Thread(target=_drip, args=(drips, stopped))
        dripping.start()
        assert served.control("GET", "clock").status_code == 200
        assert time.monotonic() - begin < TIMEOUT + 5
        stopped.set()
        dripping.join()
    finally:
        for sock in drips:
            sock.close()


def _drip(socks: list[ssl.SSLSocket], stopped: threading.Event) -> None:
    while not stopped.wait(1):
        for sock in socks:
            with suppress(OSError):
                sock.sendall(b"a")


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
