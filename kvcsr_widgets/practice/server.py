"""The practice vault as a server: HTTPS on this machine, for every client of Key Vault.

Sign-in, the moved clock, faults and more vaults are ``control``'s routes under ``/practice``.
"""

from __future__ import annotations

import ipaddress
import json
import queue
import secrets
import signal
import socket
import ssl
import sys
import threading
import traceback
from collections.abc import Iterable
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from werkzeug.wrappers import Request

from kvcsr_widgets.errors import AddressError
from kvcsr_widgets.practice import tls
from kvcsr_widgets.practice.clock import MovableClock
from kvcsr_widgets.practice.control import IDENTITY, PREFIX, Control, response_500
from kvcsr_widgets.practice.faults import Dropped
from kvcsr_widgets.practice.https import STOP_TIMEOUT, PracticeServer
from kvcsr_widgets.practice.rules import DEFAULT_DELAYS, Delays
from kvcsr_widgets.practice.state import State

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_LOCAL = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class Listen:
    """Where to listen: a host name or address, and a port, 0 for a free one."""

    host: str = "127.0.0.1"
    port: int = 0

    def addresses(self) -> list[str]:
        """What the host leads to, IPv4 first: only below such an address clients find a domain."""
        found = socket.getaddrinfo(self.host, None, type=socket.SOCK_STREAM)
        return sorted((str(address[0]) for *_, address in found), key=lambda each: ":" in each)

    def check(self, *, allow_remote: bool) -> None:
        """Raises AddressError for a host that is none, or one that others can reach."""
        try:
            found = self.addresses()
        except (OSError, UnicodeError) as error:
            raise AddressError(
                f"“{self.host}” is no host of this machine.", hint="Leave --host out."
            ) from error
        if all(":" in address for address in found):
            raise AddressError(
                f"“{self.host}” is an IPv6 address, below which no vault can have a name.",
                hint="Leave --host out.",
            )
        if allow_remote or all(map(_is_loopback, found)):
            return
        raise AddressError(
            f"Others could reach the practice vault at {self.host}.",
            hint="It is for this machine only. If it must be reached, say --allow-remote.",
        )


class Served:
    """A state behind a server: what answers, with what certificate, at what addresses."""

    def __init__(self, state: State, clock: MovableClock, listen: Listen) -> None:
        self.state = state
        self.listen = listen
        self.secret = secrets.token_urlsafe(32)
        state.vault(state.default)
        self.ca = tls.server_ca(state.store)
        self.ca_file = tls.ca_file(state.path)
        tls.write_ca(self.ca_file, self.ca)
        self.control = Control(state, clock, self.secret, url=self.url, added=self._renew)
        self.server = PracticeServer(listen.addresses()[0], listen.port, self, self._context())

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """One request to a vault or to the control routes; no exception but Dropped gets out."""
        path = str(environ.get("PATH_INFO", ""))
        app = self.control if path == PREFIX or path.startswith(f"{PREFIX}/") else self.state
        try:
            return app(environ, start)
        except Dropped:
            raise
        except Exception:  # noqa: BLE001 - the boundary
            traceback.print_exc(file=sys.stderr)
            return response_500(Request(environ))(environ, start)

    def url(self, name: str) -> str:
        """The address of a vault once the server listens.

        ``<vault>.localhost`` where this machine resolves it; the first vault is at the server's
        own address otherwise. Others are at their name all the same: for the hosts file.
        """
        host, port = self.server.bind_addr[:2]
        if name != self.state.default or _leads(f"{name}.localhost", host):
            return f"https://{name}.localhost:{port}"
        return f"https://{self._host()}:{port}"

    def started(self) -> dict[str, object]:
        """What a client needs to know, as it is printed."""
        urls = {name: self.url(name) for name in self.state.names()}
        port = self.server.bind_addr[1]
        return {
            "url": urls[self.state.default],
            "ca_file": str(self.ca_file.absolute()),
            "identity_endpoint": f"https://{self._host()}:{port}{IDENTITY}",
            "identity_header": self.secret,
            "vaults": urls,
        }

    def _host(self) -> str:
        """The listening host as URLs write it; this machine's, if it is every address.

        A name without a dot would leave no domain for the challenge: its address does.
        """
        if "." in self.listen.host and not self.listen.host.rpartition(".")[2].isdecimal():
            return self.listen.host
        address = ipaddress.ip_address(self.server.bind_addr[0])
        return "127.0.0.1" if address.is_unspecified else str(address)

    def _context(self) -> ssl.SSLContext:
        names = (f"{name}.localhost" for name in self.state.names())
        return tls.context(self.ca, [*_LOCAL, *names, self.listen.host.partition("%")[0]])

    def _renew(self) -> None:
        self.server.renew(self._context())


def serve(
    path: Path,
    listen: Listen,
    *,
    allow_remote: bool = False,
    delays: Delays = DEFAULT_DELAYS,
) -> None:
    """Serve the vaults of a file or folder until SIGTERM or SIGINT; for the main thread.

    Prints one line of JSON to stdout when it listens. Raises AddressError for a host or port
    that cannot be had and PracticeError for a state that cannot be used.
    """
    listen.check(allow_remote=allow_remote)
    clock = MovableClock()
    state = State(path, clock, delays=delays)
    try:
        served = Served(state, clock, listen)
        _run(served)
    finally:
        state.close()


def _run(served: Served) -> None:
    """Listen, say so, wait for the signal, stop.

    The server's threads are daemons, as the one that makes them: a call that still sleeps in a
    fault does not hold up the end.
    """
    stopped: queue.SimpleQueue[int] = queue.SimpleQueue()  # whose put may come at any moment
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, _frame: stopped.put(number))
    listening: Future[None] = Future()
    threading.Thread(target=_listen, args=(served.server, listening), daemon=True).start()
    try:
        listening.result()
    except OSError as error:
        raise AddressError(
            f"The practice vault cannot listen at {served.listen.host}:{served.listen.port}.",
            hint="Either the port is taken (leave --port out for a free one), or the host is no "
            "address of this machine (leave --host out).",
        ) from error
    sys.stderr.write(
        "The practice vault listens. It is for practice and tests, not for keys that matter. "
        "Ctrl-C or SIGTERM ends it.\n"
    )
    sys.stdout.write(f"{json.dumps(served.started())}\n")
    sys.stdout.flush()
    stopped.get()
    stopping = threading.Thread(target=served.server.stop, daemon=True)
    stopping.start()
    stopping.join(STOP_TIMEOUT + 1)


def _listen(server: PracticeServer, listening: Future[None]) -> None:
    try:
        server.prepare()
    except Exception as error:  # noqa: BLE001 - for the thread that waits
        listening.set_exception(error)
    else:
        listening.set_result(None)
        server.serve()


def _is_loopback(address: str) -> bool:
    return ipaddress.ip_address(address.partition("%")[0]).is_loopback


def _leads(name: str, host: str) -> bool:
    """Whether this machine finds the listening host under the name, and no other machine."""
    try:
        found = {str(address[0]) for *_, address in socket.getaddrinfo(name, None)}
    except (OSError, UnicodeError):
        return False
    unspecified = ipaddress.ip_address(host).is_unspecified
    return all(map(_is_loopback, found)) and (unspecified or host in found)
