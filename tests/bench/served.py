"""Requests per second of the practice vault: in process, and over TLS on one core."""

from __future__ import annotations

import http.client
import os
import ssl
import threading
import time
from collections.abc import Callable

from werkzeug.test import Client

from kvcsr_widgets.practice.tokens import resource_of
from tests.bench.practice import vault
from tests.filled import fill
from tests.practice.server.served import serving

SECONDS = 4
CLIENTS = 4
QUERY = "?api-version=7.4"
READS = {
    "get": f"/certificates/c000001{QUERY}",
    "pending": f"/certificates/c000001/pending{QUERY}",
    "list page": f"/certificates{QUERY}",
}


def requests_per_second() -> None:
    """Reads of a small vault, each kind alone."""
    cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
    print(f"requests per second, in process | over TLS, server on one core, {CLIENTS} connections")
    with vault() as practice:
        fill(practice, 100)
        headers = {
            "Host": practice.host,
            "Authorization": f"Bearer {practice.tokens.issue(resource_of(practice.host))[0]}",
        }
        client = Client(practice.app)

        def asking(path: str) -> Callable[[], bool]:
            return lambda: client.get(path, headers=headers).status_code == 200

        alone = {name: _rate(asking(path)) for name, path in READS.items()}
        with serving(practice.store.path) as served:  # a second process at the same file
            if cores:
                os.sched_setaffinity(served.process.pid, {cores[0]})
                os.sched_setaffinity(0, {cores[-1]})
            token, tls = served.token(), ssl.create_default_context(cafile=served.ca_file)
            for name, path in READS.items():
                rate = _served_rate(served.port, tls, path, token)
                print(f"  {name:<10} {alone[name]:>6.0f} | {rate:>6.0f}")
    if cores:
        os.sched_setaffinity(0, cores)


def _rate(ask: Callable[[], bool]) -> float:
    """How often a second something succeeds."""
    begin, done = time.perf_counter(), 0
    while (spent := time.perf_counter() - begin) < SECONDS / 2:
        assert ask()
        done += 1
    return done / spent


def _served_rate(port: int, tls: ssl.SSLContext, path: str, token: str) -> float:
    counts: list[float] = []

    def work() -> None:
        connection = http.client.HTTPSConnection("127.0.0.1", port, context=tls)
        headers = {"Host": f"127.0.0.1:{port}", "Authorization": f"Bearer {token}"}

        def ask() -> bool:
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            answer.read()
            return answer.status == 200

        counts.append(_rate(ask))
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(counts) == CLIENTS
    return sum(counts)
