"""One request as the handlers see it: host, api-version, JSON body, page; and JSON answers."""

from __future__ import annotations

import base64
import binascii
import json
import re
from dataclasses import dataclass
from typing import Any, NoReturn

from werkzeug.exceptions import ClientDisconnected
from werkzeug.wrappers import Request, Response

from kvcsr_widgets.practice import refusals
from kvcsr_widgets.practice.fields import Json

MAX_BODY = 2 * 1024 * 1024
MAX_DEPTH = 32
PAGE_SIZE = 25

JSON = "application/json; charset=utf-8"
_HOST = re.compile(r"(?:[A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?")


@dataclass(frozen=True)
class Page:
    """What a list asks for: at most ``size`` items after the key ``after``."""

    size: int
    after: str


@dataclass(frozen=True)
class Asked:
    """A request to the vault that its client calls ``host``."""

    request: Request
    host: str

    @property
    def base(self) -> str:
        """The vault's URL."""
        return f"https://{self.host}"

    @property
    def api_version(self) -> str:
        """The api-version, "" for none."""
        return self.request.args.get("api-version", "")

    @property
    def pending(self) -> bool:
        """Whether a list shall hold what was never issued."""
        return self.request.args.get("includePending", "").lower() == "true"

    def body(self) -> Json:
        """The JSON object that was sent. Raises Refusal for anything else."""
        bad = refusals.bad_parameter("The request body is no JSON object.")
        try:
            text = self.receive().decode("utf-8")
            body = json.loads(text, parse_constant=_refuse_constant)
            if "\\u" in text:  # half a character, which UTF-8 cannot hold
                json.dumps(body, ensure_ascii=False).encode("utf-8")
        except (ValueError, RecursionError) as error:
            raise bad from error
        if not isinstance(body, dict) or _is_deep(body):
            raise bad
        return body

    def page(self) -> Page:
        """The page that is asked for."""
        size = self.request.args.get("maxresults", str(PAGE_SIZE))
        if not re.fullmatch(r"[0-9]{1,3}", size) or not 1 <= int(size) <= PAGE_SIZE:
            raise refusals.bad_parameter(f"maxresults must be between 1 and {PAGE_SIZE}.")
        try:
            token = base64.b64decode(self.request.args.get("$skiptoken", ""), b"-_", validate=True)
            return Page(int(size), token.decode("ascii"))
        except (binascii.Error, ValueError) as error:
            raise refusals.bad_parameter("The skip token is not one of this vault.") from error

    def next_link(self, last: str) -> str:
        """The address of the page after the item with the key ``last``."""
        host = self.host if re.search(r":[0-9]+\Z", self.host) else f"{self.host}:443"
        token = base64.urlsafe_b64encode(last.encode()).decode()
        link = f"https://{host}{self.request.path}?api-version={self.api_version}"
        link += f"&$skiptoken={token}&maxresults={self.request.args.get('maxresults', PAGE_SIZE)}"
        asked = self.request.args.get("includePending")
        return link + (f"&includePending={str(self.pending).lower()}" if asked else "")

    def receive(self) -> bytes:
        """The body, read to its end. Raises Refusal for one that is too large or cut off."""
        if (self.request.content_length or 0) > MAX_BODY:
            raise refusals.too_large(MAX_BODY)
        try:
            data = self.request.get_data()
        except ClientDisconnected as error:
            raise refusals.bad_parameter("The request body ends too early.") from error
        if len(data) > MAX_BODY:  # of unknown length: werkzeug cuts it off without a word
            raise refusals.too_large(MAX_BODY)
        return data


def asked(request: Request) -> Asked:
    """A request with its host checked."""
    host = str(request.environ.get("HTTP_HOST", ""))
    if not _HOST.fullmatch(host):
        raise refusals.bad_parameter("The request names no host.")
    request.max_content_length = MAX_BODY + 1
    return Asked(request, host)


def answer(body: Any, status: int = 200) -> Response:
    """A JSON answer, compact as the service's."""
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return Response(text.encode("utf-8", "replace"), status=status, content_type=JSON)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)  # NaN and Infinity are no JSON (RFC 8259 section 6)


def _is_deep(body: Json) -> bool:
    level: list[Any] = [body]
    for _ in range(MAX_DEPTH):
        level = [
            inner
            for value in level
            for inner in (value.values() if isinstance(value, dict) else value)
            if isinstance(inner, dict | list)
        ]
        if not level:
            return False
    return True
