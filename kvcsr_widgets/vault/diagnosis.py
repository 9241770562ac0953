"""From an error of the Azure SDK to what happened, why, and what to do now.

The catalogue of causes recognises it; what the catalogue does not know keeps the service's words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from azure.core.exceptions import (
    AzureError,
    ClientAuthenticationError,
    HttpResponseError,
    ServiceRequestError,
    ServiceResponseError,
)

from kvcsr_widgets.errors import (
    BusyError,
    ConflictError,
    ForbiddenError,
    NotFoundError,
    RefusedError,
    SignInError,
    UnreachableError,
    VaultError,
)
from kvcsr_widgets.vault import causes
from kvcsr_widgets.vault.blanking import blanked
from kvcsr_widgets.vault.causes import Cause
from kvcsr_widgets.vault.wire import seconds

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Topic:
    """What a step is about: its ``noun``, and what allows it.

    ``permissions`` are those of an access policy for ``objects``, ``role`` is the one of Azure's
    roles that holds least and enough. ``kind`` is the topic in the catalogue of causes.
    """

    noun: str
    permissions: str
    kind: str
    role: str = "Key Vault Certificates Officer"
    objects: str = "certificate"

    @property
    def allowed(self) -> str:
        """What to ask for, such as “certificate permissions get and list”."""
        many = "s" if " and " in self.permissions else ""
        return f"{self.objects} permission{many} {self.permissions}"


READER = "Key Vault Reader (Key Vault Certificates Officer to make requests, too)"

CERTIFICATE = Topic("certificate", "get, list, create and update", "certificate")
READ = Topic("certificate", "get and list", "certificate", READER)
DELETED = Topic("deleted certificate", "get, recover and purge", "certificate")
DELETED_READ = Topic("deleted certificate", "get and list", "certificate", READER)
SECRET = Topic("secret", "get", "secret", "Key Vault Secrets User", "secret")
ISSUER = Topic("issuer", "getissuers, listissuers, setissuers and deleteissuers", "issuer")
CONTACTS = Topic("contacts", "managecontacts", "contacts")


@dataclass(frozen=True, slots=True)
class _Answer:
    """What came back: the status is 0 where nothing did."""

    status: int = 0
    code: str = ""
    inner_code: str = ""
    text: str = ""
    body: str = ""
    request_id: str = ""
    wait: str = ""

    @property
    def all_words(self) -> str:
        return f"{self.code} {self.inner_code} {self.text} {self.body}"


def ask(call: Callable[[], T], *, name: str, host: str, about: Topic = CERTIFICATE) -> T:
    """Run one call of the SDK. Its error is not chained: it holds request and token."""
    try:
        return call()
    except (AzureError, RecursionError, ValueError) as error:  # the last two: no Key Vault's answer
        explained = explain(error, name=name, host=host, about=about)
    raise explained


def explain(error: Exception, *, name: str, host: str, about: Topic = CERTIFICATE) -> VaultError:
    """Our error for one of the SDK's; ``name`` is what the step is about, ``host`` the vault."""
    answer = _answer(error)
    cause, kind = _cause(error, answer, about)
    values = causes.values_in(answer.text) | {
        "name": name,
        "host": host,
        "noun": about.noun,
        "permissions": about.allowed,
        "role": about.role,
        "code": answer.code or str(answer.status),
        "wait": answer.wait,
    }
    said = causes.told(cause, values)
    return kind(
        said.message,
        why=said.why,
        hint=said.hint,
        notebook=said.notebook,
        status=answer.status,
        code=answer.code,
        inner_code=answer.inner_code,
        service_text=blanked(answer.text),
        answer=blanked(answer.body),
        request_id=answer.request_id,
        cause="" if cause.general else cause.id,
    )


def _cause(error: Exception, answer: _Answer, about: Topic) -> tuple[Cause, type[VaultError]]:
    """The cause of an error, and what kind of error it is."""
    if isinstance(error, ServiceResponseError):
        return causes.named("lost-answer"), UnreachableError
    found = causes.find(answer.all_words, status=answer.status, topic=about.kind)
    if isinstance(error, ClientAuthenticationError) and answer.status != 401:
        return found or causes.named("signed-out"), SignInError  # an answer of Entra, or none
    if answer.status >= 400:
        return found or causes.by_status(answer.status), _kind(answer.status)
    if isinstance(error, ServiceRequestError):
        return found or causes.named("unreachable"), UnreachableError
    return found or causes.named("no-vault"), UnreachableError


def _kind(status: int) -> type[VaultError]:
    kinds: dict[int, type[VaultError]] = {
        401: SignInError,
        403: ForbiddenError,
        404: NotFoundError,
        409: ConflictError,
        429: BusyError,
    }
    return kinds.get(status, BusyError if status >= 500 and status != 501 else RefusedError)


def _answer(error: Exception) -> _Answer:
    """What the service said, as far as it said anything."""
    if not isinstance(error, HttpResponseError) or error.response is None:
        return _Answer(text=str(error))
    headers: Mapping[str, str] = getattr(error.response, "headers", None) or {}
    inner = getattr(error, "error", None)
    within = getattr(inner, "innererror", None)
    body = _body(error.response)
    return _Answer(
        status=error.status_code or 0,
        code=str(getattr(inner, "code", None) or ""),
        inner_code=str(within.get("code") or "") if isinstance(within, Mapping) else "",
        text=str(getattr(inner, "message", None) or error.message or error),
        body=body,
        request_id=str(headers.get("x-ms-request-id") or ""),
        wait=str(seconds(headers.get("Retry-After")) or ""),
    )


def _body(response: Any) -> str:
    """The whole of an answer as text; empty where it cannot be read any more."""
    try:
        return str(response.text())
    except (AttributeError, AzureError, LookupError, TypeError, ValueError):
        return ""
