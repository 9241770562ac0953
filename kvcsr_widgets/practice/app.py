"""The wire: challenge, routes, roles, faults, headers and error bodies of one vault, as WSGI."""

from __future__ import annotations

import re
import sqlite3
import time
import uuid
from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING

from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from kvcsr_widgets.pki.plan import RESERVED
from kvcsr_widgets.practice import refusals, roles
from kvcsr_widgets.practice.asked import Asked, answer, asked
from kvcsr_widgets.practice.bundles import API_VERSIONS
from kvcsr_widgets.practice.faults import Dropped, Fault, Faults
from kvcsr_widgets.practice.fields import Json
from kvcsr_widgets.practice.handlers import Handler, create, import_certificate
from kvcsr_widgets.practice.refusals import Refusal
from kvcsr_widgets.practice.routes import LISTS, ROUTES
from kvcsr_widgets.practice.tokens import AUTHORITY, TENANT, Tokens, challenge, resource_of
from kvcsr_widgets.practice.vault import PracticeVault

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

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
_SLOW = (create, import_certificate)
_NAME = re.compile(r"[0-9a-zA-Z-]{1,127}")
_MAP = Map(
    [
        Rule(path, methods=[method], endpoint=number)
        for number, (method, path, *_) in enumerate(ROUTES)
    ],
    strict_slashes=False,
    merge_slashes=False,
)


class PracticeApp:
    """A WSGI application over a vault. A fault that drops the connection raises Dropped."""

    def __init__(self, vault: PracticeVault, tokens: Tokens, faults: Faults) -> None:
        self.vault = vault
        self.tokens = tokens
        self.faults = faults

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """One request."""
        request = Request(environ)
        try:
            response = self._answer(asked(request))
        except sqlite3.Error as error:
            response = refused(refusals.no_file(str(error)))
        except Refusal as refusal:
            response = refused(refusal)
            if refusal.status == 401:
                response.headers["WWW-Authenticate"] = challenge(environ["HTTP_HOST"])
        finish(request, response)
        return response(environ, start_response)

    def _answer(self, question: Asked) -> Response:
        role = self.tokens.check(
            question.request.headers.get("Authorization"), resource_of(question.host)
        )
        number, values = _match(question.request)
        _method, _path, handler, action = ROUTES[number]
        _check_api_version(question.api_version)
        for part in {"name", "issuer"} & set(values):
            if not _NAME.fullmatch(values[part]) or values[part].lower() in RESERVED:
                raise refusals.invalid_name(values[part])
        lists = handler in LISTS
        if not roles.allows(role, action, lists=lists):
            raise self._forbidden(role, action, question.request.path, lists=lists)
        met = self.faults.hit(handler.__name__)
        for fault in met:
            _before(fault)
        self.vault.service.settle(values.get("name"))
        dropped = any(fault.kind == "drop-after" for fault in met)
        try:
            with self._moment(handler, question):
                response = handler(self.vault, question, **values)
        except Refusal:
            if not dropped:
                raise
        if dropped:
            raise Dropped
        return response

    def _moment(self, handler: Handler, question: Asked) -> AbstractContextManager[None]:
        """A read sees one moment; a write and the answer to it are one, whoever else is at work.

        What takes long comes before: a body on its way, and the keys of a create or import.
        """
        if question.request.method in ("GET", "HEAD"):
            return self.vault.store.snapshot()
        question.receive()
        return nullcontext() if handler in _SLOW else self.vault.store.transaction()

    def _forbidden(self, role: str, action: str, path: str, *, lists: bool) -> Refusal:
        name, caller = self.vault.name, f"appid={TENANT};oid={role};iss={AUTHORITY}/"
        if role == roles.LISTER:
            return refusals.forbidden_by_policy(roles.permission(action, lists=lists), name, caller)
        owner = f"/subscriptions/{TENANT}/resourcegroups/practice/providers/microsoft.keyvault"
        return refusals.forbidden_by_role(
            f"Microsoft.KeyVault/vaults/{action}",
            f"{owner}/vaults/{name}{path.rstrip('/').lower()}",
            name,
            caller,
        )


def refused(refusal: Refusal) -> Response:
    """An error in the service's envelope."""
    error: Json = {"code": refusal.code, "message": refusal.message}
    if refusal.inner:
        error["innererror"] = {"code": refusal.inner}
    response = answer({"error": error}, refusal.status)
    if refusal.retry_after is not None:
        response.headers["Retry-After"] = str(refusal.retry_after)
    return response


def finish(request: Request, response: Response) -> None:
    """Add the headers that every answer of the service has."""
    response.headers.update(_HEADERS)
    response.headers["x-ms-request-id"] = str(uuid.uuid4())
    if client_id := request.headers.get("x-ms-client-request-id"):
        response.headers["x-ms-client-request-id"] = " ".join(client_id.splitlines())


def _match(request: Request) -> tuple[int, dict[str, str]]:
    try:
        number, values = _MAP.bind_to_environ(request.environ).match()
    except MethodNotAllowed:
        raise refusals.no_method(request.method) from None
    except HTTPException:
        if "//" in request.path:  # an empty name (recorded for POST /certificates//create)
            raise refusals.no_method(request.method) from None
        raise refusals.no_route() from None
    return number, dict(values)


def _check_api_version(version: str) -> None:
    if not version:
        raise refusals.bad_parameter("The request must name an api-version.")
    if version not in API_VERSIONS:
        raise refusals.bad_parameter(
            f"The specified version ({version}) is not recognized. Consider using the latest "
            f"supported version ({API_VERSIONS[-1]})."
        )


def _before(fault: Fault) -> None:
    """What a fault does before the work."""
    if fault.kind == "latency":
        time.sleep(fault.seconds)
    if fault.kind == "throttled":
        raise refusals.throttled(fault.retry_after)
    if fault.kind == "error":
        raise refusals.unavailable(fault.status)
    if fault.kind == "drop-before":
        raise Dropped
