"""The server's own routes: sign-in, the clock, faults and new vaults.

Sign-in is that of a managed identity in App Service, so that Azure's clients need nothing but
environment variables. All routes ask for the secret that the start of the server has printed.
"""

from __future__ import annotations

import hmac
import sqlite3
import sys
import threading
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from werkzeug.wrappers import Request, Response

from kvcsr_widgets.errors import InputError, PracticeError
from kvcsr_widgets.practice import refusals
from kvcsr_widgets.practice.app import finish, refused
from kvcsr_widgets.practice.asked import MAX_BODY, Asked, answer
from kvcsr_widgets.practice.clock import MovableClock
from kvcsr_widgets.practice.faults import Fault
from kvcsr_widgets.practice.fields import Json
from kvcsr_widgets.practice.roles import ROLES
from kvcsr_widgets.practice.state import State
from kvcsr_widgets.practice.tokens import LIFETIME

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

PREFIX = "/practice"
IDENTITY = f"{PREFIX}/identity/token"
MAX_VAULTS = 20
API_VERSION = "2019-08-01"
OLD_API_VERSION = "2017-09-01"
"""The versions of App Service's sign-in; clients before 2022 use the old one."""

_OTHER_IDENTITIES = ("principal_id", "object_id", "mi_res_id", "msi_res_id")


class Control:
    """A WSGI application. ``url`` gives a vault's address, ``added`` is told of a new vault."""

    def __init__(
        self,
        state: State,
        clock: MovableClock,
        secret: str,
        *,
        url: Callable[[str], str],
        added: Callable[[], None],
    ) -> None:
        self.state = state
        self.clock = clock
        self._secret = secret.encode()
        self._url = url
        self._added = added
        self._lock = threading.Lock()
        self._routes: dict[str, dict[str, Callable[[Asked], Json]]] = {
            IDENTITY: {"GET": self._token},
            f"{PREFIX}/clock": {"GET": self._now, "POST": self._advance},
            f"{PREFIX}/faults": {
                "GET": self._faults,
                "POST": self._add_fault,
                "DELETE": self._clear_faults,
            },
            f"{PREFIX}/vaults": {"GET": self._vaults, "POST": self._add_vault},
        }

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """One request."""
        request = Request(environ)
        request.max_content_length = MAX_BODY
        try:
            response = answer(self._answer(request))
        except refusals.Refusal as refusal:
            response = refused(refusal)
        except sqlite3.Error as error:
            response = refused(refusals.no_file(str(error)))
        except (InputError, PracticeError) as error:
            response = refused(refusals.bad_parameter(f"{error.message} {error.hint}".rstrip()))
        finish(request, response)
        return response(environ, start)

    def _answer(self, request: Request) -> Json:
        header = "Secret" if "Secret" in request.headers else "X-IDENTITY-HEADER"
        given = request.headers.get(header, "").encode("utf-8", "replace")
        if not hmac.compare_digest(given, self._secret):
            raise refusals.unauthorized(
                "The header X-IDENTITY-HEADER does not hold the secret, which is identity_header "
                "in the line that the start printed."
            )
        methods = self._routes.get(request.path)
        if methods is None:
            raise refusals.no_route()
        if request.method not in methods:
            raise refusals.no_method(request.method)
        return methods[request.method](Asked(request, request.host))

    def _token(self, asked: Asked) -> Json:
        """A token, which ends by the vault's clock; ``expires_on`` is for the client's clock."""
        wanted = asked.request.args
        is_old = asked.api_version == OLD_API_VERSION
        identity = "clientid" if is_old else "client_id"
        role = wanted.get(identity, ROLES[0])
        resource = wanted.get("resource", "")
        if not (is_old or asked.api_version == API_VERSION) or not 1 <= len(resource) <= 512:
            raise refusals.bad_parameter(f"Name api-version={API_VERSION} and a resource.")
        if role not in ROLES or any(other in wanted for other in _OTHER_IDENTITIES):
            sys.stderr.write(f"Refused sign-in: {identity} is one of {', '.join(ROLES)}.\n")
            raise refusals.bad_parameter(f"{identity} is one of {', '.join(ROLES)}.")
        token, _ends = self.state.tokens.issue(resource, role)
        ends = int(time.time()) + LIFETIME
        old_ends = datetime.fromtimestamp(ends, UTC).strftime("%m/%d/%Y %H:%M:%S +00:00")
        return {
            "access_token": token,
            "expires_on": old_ends if is_old else str(ends),
            "resource": resource,
            "token_type": "Bearer",
            "client_id": role,
        }

    def _now(self, _asked: Asked) -> Json:
        return {"now": int(self.clock())}

    def _advance(self, asked: Asked) -> Json:
        body = asked.body()
        steps = [body.get(name) for name in ("advance_seconds", "advance_days")]
        seconds, days = (0 if step is None else step for step in steps)
        if len(body) != 1 or steps == [None, None] or {type(seconds), type(days)} - {int, float}:
            raise InputError("Give one of advance_seconds and advance_days, a number.")
        with self._lock:
            self.clock.advance(seconds, days=days)
        return self._now(asked)

    def _faults(self, _asked: Asked) -> Json:
        return {"value": [fault.to_json() for fault in self.state.faults.waiting()]}

    def _add_fault(self, asked: Asked) -> Json:
        self.state.faults.add(Fault.from_json(asked.body()))
        return self._faults(asked)

    def _clear_faults(self, asked: Asked) -> Json:
        self.state.faults.clear()
        return self._faults(asked)

    def _vaults(self, _asked: Asked) -> Json:
        return {"value": [{"name": name, "url": self._url(name)} for name in self.state.names()]}

    def _add_vault(self, asked: Asked) -> Json:
        body = asked.body()
        name = body.get("name")
        if len(body) != 1 or not isinstance(name, str):
            raise InputError("Give the vault's name.")
        if len(self.state.names()) >= MAX_VAULTS:
            raise InputError(f"There are {MAX_VAULTS} vaults already, which is the most.")
        self.state.app(name)
        self._added()
        return {"name": name, "url": self._url(name)}


def response_500(request: Request) -> Response:
    """The answer to what must not happen."""
    response = refused(
        refusals.Refusal(500, "InternalServerError", "The practice vault has a fault of its own.")
    )
    finish(request, response)
    return response
