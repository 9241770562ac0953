"""The practice vault in this process: creates, lists, size and memory."""

from __future__ import annotations

import base64
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from azure.keyvault.certificates import CertificateClient, CertificatePolicy

from kvcsr_widgets.practice.transport import Practice
from tests.bench.pipeline import to_constant, to_practice
from tests.filled import EC, fill

CREATES = 200
RSA_CREATES = 100
SIZES = (100, 1_000, 10_000, 100_000)
LISTED = 10_000
READS = 400
RSA = CertificatePolicy(issuer_name="Unknown", subject="CN=a", key_type="RSA", key_size=2048)


@contextmanager
def vault() -> Iterator[Practice]:
    """A practice vault that is thrown away."""
    with tempfile.TemporaryDirectory() as folder:
        practice = Practice(Path(folder) / "vault.sqlite")
        yield practice
        practice.close()


def creates() -> None:
    """An EC create in the practice vault against the SDK's pipeline with a constant answer."""
    with vault() as practice, to_practice(practice) as client:
        made = client.begin_create_certificate("one", EC).result()
        body = {
            "id": f"{practice.url}/certificates/one/pending",
            "issuer": {"name": "Unknown"},
            "csr": base64.b64encode(bytes(getattr(made, "csr", b""))).decode(),
            "status": "inProgress",
        }
        answer = json.dumps(body).encode()
        with to_constant(practice, "202 Accepted", lambda _environ: answer) as constant:
            ours = _create_ms(client, "ours")
            alone = _create_ms(constant, "alone")
    print("create -> CSR, EC P-256, through the SDK")
    print(f"  {ours:.2f} ms; with an app that answers a constant {alone:.2f} ms")
    print(f"  {ours - alone:.2f} ms over the pipeline (target: at most 5)")


def rsa() -> None:
    """RSA 2048 creates and ``openssl req -newkey``, in turns."""
    command = "openssl req -newkey rsa:2048 -nodes -keyout /dev/null -subj /CN=a -out /dev/null"
    ours: list[float] = []
    theirs: list[float] = []
    with vault() as practice, to_practice(practice) as client:
        for number in range(RSA_CREATES):
            ours.append(_ms(_creating(client, f"c{number}", RSA)))
            theirs.append(
                _ms(lambda: subprocess.run(command.split(), check=True, capture_output=True))
            )
    mine, openssl = statistics.mean(ours), statistics.mean(theirs)
    print(f"create -> CSR, RSA 2048, through the SDK, mean of {RSA_CREATES}")
    print(f"  {mine:.0f} ms; openssl req -newkey {openssl:.0f} ms")
    print(f"  ratio {mine / openssl:.2f} (target: at most 1.2)")


def listing() -> None:
    """All of 10,000 certificates through the SDK, against constant pages."""
    with vault() as practice:
        fill(practice, LISTED)
        pages = _pages(practice)
        with (
            to_practice(practice) as client,
            to_constant(practice, "200 OK", lambda e: pages[e["QUERY_STRING"]]) as constant,
        ):
            rounds = [(_ms(lambda: _list(client)), _ms(lambda: _list(constant))) for _ in range(5)]
    ours, alone = (statistics.median(column) for column in zip(*rounds, strict=True))
    print(f"list of {LISTED:,} certificates through the SDK")
    print(f"  {ours:.0f} ms; with an app that answers constant pages {alone:.0f} ms")
    print(f"  ratio {ours / alone:.2f} (target: at most 1.5)")


def scale() -> None:
    """The cost of an item of a list, and of a read, as the vault grows."""
    print("cost as the vault grows, through the SDK: list per item, get")
    first: tuple[float, float] | None = None
    for size in SIZES:
        with vault() as practice:
            fill(practice, size)
            with to_practice(practice) as client:
                item = _ms(lambda: _list(client)) / size * 1000
                names = [f"c{number * size // READS % size:06}" for number in range(READS)]
                get = statistics.median(
                    _ms(partial(client.get_certificate, name)) for name in names
                )
        first = first or (item, get)
        print(
            f"  {size:>7,}: {item:.0f} µs per item ({item / first[0]:.2f} x), "
            f"get {get:.2f} ms ({get / first[1]:.2f} x)"
        )


def memory() -> None:
    """The memory of a process that lists and reads a vault of 10,000 certificates."""
    with vault() as practice:
        fill(practice, LISTED)
        path = practice.store.path
        code = f"from tests.bench.practice import _walk; _walk({str(path)!r})"
        shown = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        ).stdout
    print(f"memory of a process with the SDK and a practice vault of {LISTED:,} certificates")
    print(f"  {int(shown) / 1024:.0f} MiB at most (target: under 200)")


def _walk(path: str) -> None:
    import resource

    practice = Practice(Path(path))
    with to_practice(practice) as client:
        _list(client)
        for number in range(0, LISTED, 100):
            client.get_certificate(f"c{number:06}")
    practice.close()
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


def _pages(practice: Practice) -> dict[str, bytes]:
    """The pages of the list by the query that asks for them."""
    kept: dict[str, bytes] = {}
    inner = practice.app

    def app(environ: dict[str, Any], start: Callable[..., Any]) -> list[bytes]:
        body = list(inner(environ, start))
        kept[environ["QUERY_STRING"]] = b"".join(body)
        return body

    practice.app = app  # type: ignore[assignment]
    with to_practice(practice) as client:
        _list(client)
    practice.app = inner
    return kept


def _list(client: CertificateClient) -> None:
    for _each in client.list_properties_of_certificates():
        pass


def _create_ms(client: CertificateClient, prefix: str) -> float:
    """Milliseconds of one create, the median of many."""
    names = (f"{prefix}{number}" for number in range(CREATES))
    return statistics.median(_ms(_creating(client, name, EC)) for name in names)


def _creating(
    client: CertificateClient, name: str, policy: CertificatePolicy
) -> Callable[[], object]:
    return lambda: client.begin_create_certificate(name, policy).result()


def _ms(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    return (time.perf_counter() - begin) * 1000
