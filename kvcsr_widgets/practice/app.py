"""The wire: routes, challenge, headers and error bodies of the practice vault, as a WSGI app."""

from __future__ import annotations

import base64
import binascii
import json
import re
import uuid
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from kvcsr_widgets.practice import bundles, refusals
from kvcsr_widgets.practice.policy import Json
from kvcsr_widgets.practice.refusals import Refusal
from kvcsr_widgets.practice.rules import Rules
from kvcsr_widgets.practice.store import Operation, Version
from kvcsr_widgets.practice.tokens import CHALLENGE, HOST, Tokens

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

API_VERSIONS = (
    "2016-10-01",
    *(f"7.{minor}" for minor in range(7)),
    "2025-07-01",
    "2026-04-01",
)
MAX_BODY = 1024 * 1024
PAGE_SIZE = 25
RETRY_AFTER = "10"

_HEADERS = {
    "Cache-Control": "no-cache",
    "Pragma": "no-cache",
    "Expires": "-1",
    "Strict-Transport-Security": "max-age=31536000;includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "x-ms-keyvault-region": "practice",
    "x-ms-keyvault-service-version": "1.9.0.0",
    "x-ms-keyvault-network-info": "conn_type=Ipv4;addr=127.0.0.1;act_addr_fam=InterNetwork;",
}
_JSON = "application/json; charset=utf-8"
_PKCS10 = "application/pkcs10; charset=utf-8"
_NAME = re.compile(r"[0-9a-zA-Z-]{1,127}")

_ROUTES = (
    ("GET", "/certificates", "list_certificates"),
    ("POST", "/certificates/<name>/create", "create"),
    ("GET", "/certificates/<name>/pending", "get_pending"),
    ("PATCH", "/certificates/<name>/pending", "patch_pending"),
    ("DELETE", "/certificates/<name>/pending", "delete_pending"),
    ("POST", "/certificates/<name>/pending/merge", "merge"),
    ("GET", "/certificates/<name>/versions", "list_versions"),
    ("GET", "/certificates/<name>/policy", "get_policy"),
    ("GET", "/certificates/<name>", "get_certificate"),
    ("GET", "/certificates/<name>/<version>", "get_version"),
)


class PracticeApp:
    """A WSGI application; ``rules`` and ``tokens`` hold all that it knows."""

    def __init__(self, rules: Rules, tokens: Tokens) -> None:
        self.rules = rules
        self.tokens = tokens
        self._routes = Map(
            [Rule(path, methods=[method], endpoint=name) for method, path, name in _ROUTES],
            strict_slashes=False,
            merge_slashes=False,
        )

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """One request."""
        request = Request(environ)
        request.max_content_length = MAX_BODY
        try:
            response = self._answer(request)
        except Refusal as refusal:
            response = _refused(refusal)
        _finish(request, response)
        return response(environ, start_response)

    def _answer(self, request: Request) -> Response:
        self.tokens.check(request.headers.get("Authorization"))
        try:
            endpoint, values = self._routes.bind_to_environ(request.environ).match()
        except MethodNotAllowed:
            raise Refusal(405, "MethodNotAllowed", f"HTTP {request.method} not allowed") from None
        except NotFound:
            raise _no_route(request) from None
        _check_api_version(request)
        if not _NAME.fullmatch(values.get("name", "x")):
            raise refusals.invalid_name(values["name"])
        handler: Callable[..., Response] = getattr(self, endpoint)
        return handler(request, **values)

    def create(self, request: Request, name: str) -> Response:
        """POST create: 202 with the operation."""
        operation = self.rules.create(name, _body(request))
        response = self._operation(operation, 202)
        response.headers["Location"] = (
            f"{bundles.BASE}/certificates/{operation.name}/pending"
            f"?api-version={_api_version(request)}&request_id={operation.request_id}"
        )
        response.headers["Retry-After"] = RETRY_AFTER
        return response

    def get_pending(self, request: Request, name: str) -> Response:
        """GET pending: the operation, or the bare base64 of the CSR for ``pkcs10``."""
        operation = self.rules.pending(name, request.args.get("request_id"))
        if "application/pkcs10" in request.headers.get("Accept", ""):
            response = Response(base64.b64encode(operation.csr), content_type=_PKCS10)
        else:
            response = self._operation(operation)
        if self.rules.status(operation) == "inProgress":
            response.headers["Retry-After"] = RETRY_AFTER
        return response

    def patch_pending(self, request: Request, name: str) -> Response:
        """PATCH pending: ask for the cancellation."""
        return self._operation(self.rules.cancel(name, _body(request)))

    def delete_pending(self, request: Request, name: str) -> Response:
        """DELETE pending: the operation as it was."""
        return self._operation(self.rules.drop_pending(name))

    def merge(self, request: Request, name: str) -> Response:
        """POST merge: 201 with the finished certificate."""
        version = self.rules.merge(name, _body(request))
        response = _json(self._bundle(request, version), 201)
        response.headers["Location"] = (
            f"{bundles.BASE}/certificates/{version.name}?api-version={_api_version(request)}"
        )
        return response

    def get_certificate(self, request: Request, name: str) -> Response:
        """GET without a version."""
        return _json(self._bundle(request, self.rules.newest(name)))

    def get_version(self, request: Request, name: str, version: str) -> Response:
        """GET with a version."""
        found = self.rules.version(name, version)
        return _json(bundles.version_bundle(found, _api_version(request)))

    def get_policy(self, request: Request, name: str) -> Response:
        """GET policy."""
        return _json(bundles.policy_bundle(self.rules.certificate(name)))

    def list_certificates(self, request: Request) -> Response:
        """GET certificates: one page."""
        size, after = _page(request)
        pending = request.args.get("includePending", "").lower() == "true"
        rows = self.rules.store.page(after, size + 1, pending=pending)
        link = _next_link(request, rows[size - 1].name) if len(rows) > size else None
        items = [bundles.list_item(row, versioned=False) for row in rows[:size]]
        return _json({"value": items, "nextLink": link})

    def list_versions(self, request: Request, name: str) -> Response:
        """GET versions: one page; an unknown name has none."""
        size, after = _page(request)
        rows = self.rules.store.versions(name, after, size + 1)
        link = _next_link(request, rows[size - 1].id) if len(rows) > size else None
        items = [bundles.list_item(row, versioned=True) for row in rows[:size]]
        return _json({"value": items, "nextLink": link})

    def _operation(self, operation: Operation, status: int = 200) -> Response:
        return _json(bundles.operation_bundle(operation, self.rules.status(operation)), status)

    def _bundle(self, request: Request, version: Version) -> Json:
        return bundles.certificate_bundle(
            version,
            self.rules.certificate(version.name),
            _api_version(request),
            pending=self.rules.store.operation(version.name) is not None,
        )


def _api_version(request: Request) -> str:
    return request.args.get("api-version", "")


def _check_api_version(request: Request) -> None:
    version = _api_version(request)
    if not version:
        raise refusals.bad_parameter("The request must name an api-version.")
    if version not in API_VERSIONS:
        raise refusals.bad_parameter(
            f"The specified version ({version}) is not recognized. Consider using the latest "
            f"supported version ({API_VERSIONS[-1]})."
        )


def _body(request: Request) -> Json:
    if (request.content_length or 0) > MAX_BODY:
        raise Refusal(413, "RequestEntityTooLarge", f"A request holds at most {MAX_BODY} bytes.")
    try:
        body = json.loads(request.get_data())
    except (ValueError, RecursionError) as error:
        raise refusals.bad_parameter("The request body is no JSON object.") from error
    if not isinstance(body, dict):
        raise refusals.bad_parameter("The request body is no JSON object.")
    return body


def _page(request: Request) -> tuple[int, str]:
    size = request.args.get("maxresults", str(PAGE_SIZE))
    if not re.fullmatch(r"[0-9]{1,3}", size) or not 1 <= int(size) <= PAGE_SIZE:
        raise refusals.bad_parameter(f"maxresults must be between 1 and {PAGE_SIZE}.")
    try:
        token = base64.b64decode(request.args.get("$skiptoken", ""), b"-_", validate=True)
        return int(size), token.decode("ascii")
    except (binascii.Error, ValueError) as error:
        raise refusals.bad_parameter("The skip token is not one of this vault.") from error


def _next_link(request: Request, last: str) -> str:
    token = base64.urlsafe_b64encode(last.encode()).decode()
    link = f"https://{HOST}:443{request.path}?api-version={_api_version(request)}"
    link += f"&$skiptoken={token}&maxresults={request.args.get('maxresults', PAGE_SIZE)}"
    pending = request.args.get("includePending")
    return link + (f"&includePending={pending.lower()}" if pending else "")


def _no_route(request: Request) -> Refusal:
    if "//" in request.path:  # an empty name (recorded for POST /certificates//create)
        return Refusal(405, "MethodNotAllowed", f"HTTP {request.method} not allowed")
    return Refusal(404, "NotFound", "The practice vault has no such route.")


def _json(body: Any, status: int = 200) -> Response:
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return Response(text.encode("utf-8", "replace"), status=status, content_type=_JSON)


def _refused(refusal: Refusal) -> Response:
    error: Json = {"code": refusal.code, "message": refusal.message}
    if refusal.inner:
        error["innererror"] = {"code": refusal.inner}
    response = _json({"error": error}, refusal.status)
    if refusal.status == 401:
        response.headers["WWW-Authenticate"] = CHALLENGE
    return response


def _finish(request: Request, response: Response) -> None:
    response.headers.update(_HEADERS)
    response.headers["x-ms-request-id"] = str(uuid.uuid4())
    if client_id := request.headers.get("x-ms-client-request-id"):
        response.headers["x-ms-client-request-id"] = client_id
