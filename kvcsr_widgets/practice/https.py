"""HTTP/1.1 over TLS for a WSGI application: cheroot, strict, bounded and in the service's words.

cheroot's own refusals are plain text and it shakes hands in the one thread that accepts; here a
refusal is the service's JSON, and a slow or silent client keeps nobody else waiting.
"""

from __future__ import annotations

import io
import logging
import re
import socket
import ssl
import sys
import threading
import time
import traceback as tracebacks
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from cheroot import errors, server, wsgi
from cheroot.makefile import StreamReader, StreamWriter
from cheroot.ssl import Adapter
from werkzeug.wrappers import Response

from kvcsr_widgets.practice import refusals
from kvcsr_widgets.practice.app import refused
from kvcsr_widgets.practice.asked import MAX_BODY
from kvcsr_widgets.practice.faults import Dropped
from kvcsr_widgets.practice.refusals import Refusal

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

MAX_HEADERS = 32 * 1024
"""The most bytes of a request line with its headers."""

THREADS = 24
"""Calls that are answered at once: an inventory asks for a page and 16 requests beside it."""

TIMEOUT = 10
"""Seconds that a client has to send a whole request, handshake and body included, and that a
connection may wait for its next one."""

WATCH = 1
MAX_WAITING = 64
"""The most connections that have not sent anything yet."""

STOP_TIMEOUT = 2
"""Seconds that the end waits for calls that are being answered."""

LINGER = 2
"""Seconds to go on reading what a client sends that was refused, so that it reads the answer."""

_LINE = 4096
_CRLF = b"\r\n"
_TRAILERS = 32
_ONCE = (b"Content-Length", b"Host", b"Transfer-Encoding", b"Authorization")
_TOKEN = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_CONTROLS = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")
_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]*)?\r\n")


class PracticeServer(wsgi.Server):
    """Serves a WSGI application; one that raises Dropped closes the connection unanswered."""

    def __init__(self, host: str, port: int, app: WSGIApplication, tls: ssl.SSLContext) -> None:
        super().__init__(
            (host, port),
            app,
            numthreads=THREADS,
            max=THREADS,
            server_name="practice-vault",
            request_queue_size=64,
            timeout=TIMEOUT,
            shutdown_timeout=STOP_TIMEOUT,
        )
        self.gateway = _Gateway
        self.ConnectionClass = _Connection
        self.ssl_adapter = _Adapter(tls)
        self.max_request_header_size = MAX_HEADERS
        self.max_request_body_size = MAX_BODY
        self.keep_alive_conn_limit = 64
        self.waiting: dict[_Connection, None] = {}
        self.deadlines: dict[_Connection, float] = {}

    def renew(self, tls: ssl.SSLContext) -> None:
        """Use another certificate for the connections from now on."""
        self.ssl_adapter.context = tls

    def prepare(self) -> None:
        """Bind the port, start the threads, and the one that watches over slow clients."""
        super().prepare()
        threading.Thread(target=self._watch, daemon=True).start()

    def process_conn(self, conn: Any) -> None:
        """Give a connection to a thread; a new one only when its client has sent something.

        Where too many wait for that already, the oldest has to go.
        """
        if conn.last_used is not None:
            super().process_conn(conn)
            return
        if len(self.waiting) >= MAX_WAITING:
            oldest = next(iter(self.waiting))
            self.waiting.pop(oldest, None)
            oldest.cut()
        self.waiting[conn] = None
        self.put_conn(conn)

    def _watch(self) -> None:
        """Cut off the clients that have not sent a whole request in time."""
        while True:
            time.sleep(WATCH)
            now = time.monotonic()
            for conn, end in list(self.deadlines.items()):
                if now > end:
                    conn.cut()

    def error_log(self, msg: str = "", level: int = logging.INFO, traceback: bool = False) -> None:
        """Write to stderr what nobody can be answered."""
        trace = tracebacks.format_exc() if traceback else ""
        sys.stderr.write(f"{logging.getLevelName(level)}: {msg}\n{trace}")
        sys.stderr.flush()


class _Adapter(Adapter):
    """TLS whose handshake comes with the first read."""

    def __init__(self, tls: ssl.SSLContext) -> None:
        self.context = tls

    def bind(self, sock: socket.socket) -> socket.socket:
        return sock

    def wrap(self, sock: socket.socket) -> tuple[ssl.SSLSocket, dict[str, str]]:
        try:
            wrapped = self.context.wrap_socket(
                sock, server_side=True, do_handshake_on_connect=False
            )
        except OSError as error:  # the client is gone already
            raise errors.FatalSSLAlert(*error.args) from error
        return wrapped, self.get_environ()

    def get_environ(self) -> dict[str, str]:
        return {"wsgi.url_scheme": "https", "HTTPS": "on"}

    def makefile(self, sock: socket.socket, mode: str = "r", bufsize: int = -1) -> Any:
        return (StreamReader if "r" in mode else StreamWriter)(sock, mode, bufsize)


def _read_headers(rfile: Any, headers: dict[bytes, bytes]) -> None:
    """Read header lines; ValueError for what two readers might read in two ways (RFC 9112)."""
    while (line := rfile.readline()) != _CRLF:
        name, colon, value = line.partition(b":")
        value = value.strip(b" \t\r\n")
        if not line.endswith(_CRLF) or not colon or not _TOKEN.fullmatch(name):
            raise ValueError("A header line is not a name, a colon and a value.")
        if _CONTROLS.search(value):
            raise ValueError("A header holds a control character.")
        key = name.title()
        if key in _ONCE and key in headers:
            raise ValueError(f"The header {key.decode()} is there twice.")
        if b"_" not in key:  # WSGI could not tell it from a hyphen
            headers[key] = b", ".join((headers[key], value)) if key in headers else value


class _Request(server.HTTPRequest):
    """A request that is read as a whole before the application sees it."""

    header_reader = staticmethod(_read_headers)

    def read_request_headers(self) -> bool:
        """Read the headers; answers and returns False if they cannot be used."""
        if not super().read_request_headers():
            return False
        length = self.inheaders.get(b"Content-Length")
        coded = b"Transfer-Encoding" in self.inheaders
        if length is not None and not re.fullmatch(rb"[0-9]{1,18}", length):
            problem = "Malformed Content-Length Header."
        elif coded and (length is not None or not self.chunked_read):
            problem = "A body has one length: Content-Length, or chunked in HTTP/1.1."
        else:
            return True
        self.simple_response("400 Bad Request", problem)
        return False

    def respond(self) -> None:
        """Read the body, then let the application answer."""
        try:
            body = self._body()
        except ValueError as error:
            self.simple_response("400 Bad Request", str(error))
            return
        except errors.MaxSizeExceeded:
            self.simple_response("413 Request Entity Too Large")
            return
        self.conn.arrived()
        self.rfile = io.BytesIO(body)
        self.server.gateway(self).respond()
        if self.chunked_write:
            self.conn.wfile.write(b"0\r\n\r\n")

    def simple_response(self, status: object, msg: str = "") -> None:
        """Refuse the request in the service's envelope and close the connection."""
        number, _, phrase = str(status).partition(" ")
        answer = _refusal(int(number), phrase, msg)
        body = answer.get_data()
        head = f"{self.server.protocol} {status}\r\nContent-Type: {answer.content_type}\r\n"
        head += f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        self.close_connection = self.sent_headers = self.conn.lingers = True
        with suppress(OSError):
            self.conn.wfile.write(head.encode("latin-1") + body)

    def _body(self) -> bytes:
        if self.chunked_read:
            return _chunked(self.conn.rfile)
        length = int(self.inheaders.get(b"Content-Length", 0))
        body: bytes = self.conn.rfile.read(length)
        if len(body) < length:
            raise ValueError("The body is shorter than its Content-Length.")
        return body


class _Connection(server.HTTPConnection):
    """A connection that shakes hands in its own thread and lets a refused client finish."""

    RequestHandlerClass = _Request

    def __init__(self, owner: PracticeServer, sock: ssl.SSLSocket, makefile: Any) -> None:
        super().__init__(owner, sock, makefile)
        self.lingers = False
        self._is_secure = False

    def communicate(self) -> bool:
        """Answer one request; True if the connection stays open."""
        self.server.waiting.pop(self, None)
        self.server.deadlines[self] = time.monotonic() + TIMEOUT
        try:
            if not self._is_secure and not self._shake_hands():
                return False
            return bool(super().communicate())
        finally:
            self.arrived()

    def arrived(self) -> None:
        """The request is there: from now on it is the vault that takes time."""
        self.server.deadlines.pop(self, None)

    def cut(self) -> None:
        """End what is being read; its thread finds the connection closed."""
        with suppress(OSError):
            socket.socket.shutdown(self.socket, socket.SHUT_RD)

    def close(self) -> None:
        """Close, after what a refused client still sends."""
        self.server.waiting.pop(self, None)
        if self.lingers:
            with suppress(OSError):
                self._linger()
        super().close()

    def _shake_hands(self) -> bool:
        try:
            self.socket.do_handshake()
        except ssl.SSLError as error:
            if error.reason == "HTTP_REQUEST":
                self._answer_plainly()
            return False
        except OSError:
            return False
        self._is_secure = True
        return True

    def _answer_plainly(self) -> None:
        """Tell a client without TLS, without TLS."""
        self.wfile = _PlainWriter(self.socket)
        request = _Request(self.server, self)
        request.simple_response("400 Bad Request", "This port speaks HTTPS only.")

    def _linger(self) -> None:
        end = time.monotonic() + LINGER
        socket.socket.shutdown(self.socket, socket.SHUT_WR)
        self.socket.settimeout(LINGER)
        while time.monotonic() < end and socket.socket.recv(self.socket, 65536):
            pass


class _PlainWriter:
    """Writes to the socket below TLS."""

    def __init__(self, sock: ssl.SSLSocket) -> None:
        self._socket = sock

    def write(self, data: bytes) -> None:
        socket.socket.sendall(self._socket, data)


class _Gateway(wsgi.Gateway_10):
    """From cheroot to the application."""

    def respond(self) -> None:
        """Let the application answer, or close the connection if it says so."""
        try:
            super().respond()
        except Dropped as error:
            raise errors.FatalSSLAlert from error  # what cheroot passes over in silence


def _refusal(number: int, phrase: str, message: str) -> Response:
    if number == 413 and not message.startswith("The headers"):
        return refused(refusals.too_large(MAX_BODY))
    code = "BadParameter" if number == 400 else re.sub("[^A-Za-z]", "", phrase)
    return refused(Refusal(number, code, message or f"{phrase}."))


def _chunked(rfile: Any) -> bytes:
    """A chunked body. Raises ValueError for a malformed and MaxSizeExceeded for a large one."""
    body = bytearray()
    while size := _chunk_size(rfile.readline(_LINE)):
        if len(body) + size > MAX_BODY:
            raise errors.MaxSizeExceeded
        body += rfile.read(size)
        if rfile.read(2) != _CRLF:
            raise ValueError("A chunk does not end where it should.")
    for _ in range(_TRAILERS):
        line = rfile.readline(_LINE)
        if line == _CRLF:
            return bytes(body)
        if not line.endswith(_CRLF):
            break
    raise ValueError("The chunked body does not end.")


def _chunk_size(line: bytes) -> int:
    found = _CHUNK.fullmatch(line)
    if found is None:
        raise ValueError("A chunk's size is no hexadecimal number.")
    return int(found[1], 16)
