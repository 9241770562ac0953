"""From an error of the Azure SDK to what happened, why, and what to do now.

The service's texts are matched as recorded; what matches nothing keeps the service's own words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

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

MAX_TEXT = 600
"""Characters of the service's text that are kept."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Topic:
    """What a step is about: its ``noun``, and the permissions of an access policy it needs."""

    noun: str
    permissions: str


CERTIFICATE = Topic("certificate", "get, list, create and update")
DELETED = Topic("deleted certificate", "get, recover and purge")
ISSUER = Topic("issuer", "getissuers, listissuers, setissuers and deleteissuers")
CONTACTS = Topic("contacts", "managecontacts")


@dataclass(frozen=True, slots=True)
class _Cause:
    status: int
    text: str
    message: str
    hint: str


_CAUSES = (
    _Cause(
        409,
        "while a pending key vault certificate's status is inProgress",
        "“{name}” already has a request that waits for its CA. Nothing was changed.",
        "Merge the CA's reply to that request, or cancel and delete it first. Its CSR can be "
        "downloaded again at any time.",
    ),
    _Cause(
        409,
        "deleted but recoverable state",
        "A deleted certificate still holds the name “{name}”.",
        "Recover or purge the deleted certificate, or choose another name.",
    ),
    _Cause(
        409,
        "is currently being",
        "“{name}” is being deleted or recovered. Nothing was changed.",
        "Wait some seconds, then repeat the step.",
    ),
    _Cause(
        400,
        "Hardware key operation not allowed",
        "This vault has no hardware keys: they need the premium tier.",
        "Choose a software key, or a premium vault.",
    ),
    _Cause(
        400,
        "does not match the public part of the specified private key",
        "The certificate belongs to another key than the request “{name}”, which still waits.",
        "Upload the certificate that the CA made from this request's CSR. If the request was made "
        "again in between, have the new CSR signed.",
    ),
    _Cause(
        400,
        "X5C must has at least one valid item",
        "No certificate arrived with the merge. The request still waits.",
        "Upload the CA's file again.",
    ),
    _Cause(
        400,
        "Unable to parse X5c certificate chain",
        "The vault could not read the certificates. The request still waits.",
        "Ask the CA for the certificate as .cer, .pem or .p7b and upload it as it came.",
    ),
    _Cause(
        400,
        "Invalid X.500 distinguished name",
        "The vault does not accept the subject.",
        'Check every KEY=value; put a value with a comma in double quotes: O="Contoso, Inc.".',
    ),
    _Cause(
        400,
        "invalid name",
        "The vault does not accept the name “{name}”.",
        "Use letters, digits and hyphens only.",
    ),
    _Cause(
        403,
        "Pending status must be in progress",
        "The request “{name}” is finished: it was merged or cancelled. Nothing was changed.",
        "Look it up in the table. For another certificate of this name, create a new request.",
    ),
    _Cause(
        403,
        "Merge is forbidden on pending object created with issuer",
        "“{name}” was asked of an integrated CA, which will complete it by itself.",
        "Wait for it, or cancel the request before you merge a certificate of another CA.",
    ),
    _Cause(
        403,
        "purge protection is enabled",
        "This vault has purge protection: “{name}” cannot be purged.",
        "Recover it, choose another name, or wait until the vault purges it.",
    ),
    _Cause(
        404,
        "Issuer not found",
        "The vault has no account with the CA that the policy of “{name}” names.",
        "Add the issuer to the vault, or let a CA of your choice sign: issuer Unknown.",
    ),
    _Cause(
        404,
        "Pending certificate not found",
        "“{name}” has no request in this vault: it was deleted, or never made.",
        "Create the request again; a new CSR has a new key and must be signed anew.",
    ),
)

_PERMISSIONS = (
    "Ask for the role Key Vault Certificates Officer on this vault, or, where access policies "
    "are used, for the certificate permissions {}."
)


def ask(call: Callable[[], T], *, name: str, host: str, about: Topic = CERTIFICATE) -> T:
    """Run one call of the SDK. Its error is not chained: it holds request and token."""
    try:
        return call()
    except (AzureError, ValueError) as error:  # ValueError: the challenge is no Key Vault's
        explained = explain(error, name=name, host=host, about=about)
    raise explained


def explain(error: Exception, *, name: str, host: str, about: Topic = CERTIFICATE) -> VaultError:
    """Our error for one of the SDK's; ``name`` is what the step is about, ``host`` the vault."""
    if isinstance(error, ServiceResponseError):
        return UnreachableError(
            f"{host} did not answer in time. Whether the step was done is not known.",
            hint="Look the request up in the table before you repeat the step.",
            service_text=_short(str(error)),
        )
    if isinstance(error, ServiceRequestError):
        return UnreachableError(
            f"{host} cannot be reached from this machine. Nothing was sent.",
            hint="Check the vault's URL, the network, VPN and proxy, and the vault's firewall.",
            service_text=_short(str(error)),
        )
    if isinstance(error, HttpResponseError) and (error.status_code or 0) >= 400:
        return _answered(error, error.status_code or 0, name, about)
    if isinstance(error, ClientAuthenticationError):
        return SignInError(
            "Nobody is signed in with a way to get a token for this vault.",
            hint="Sign in (az login, or choose another sign-in) and connect again.",
            service_text=_short(str(error)),
        )
    return UnreachableError(
        f"What answered at {host} is no Key Vault.",
        hint="Check the vault's URL, and whether a proxy stands in between.",
        service_text=_short(str(error)),
    )


def _answered(error: HttpResponseError, status: int, name: str, about: Topic) -> VaultError:
    code, text = _words(error)
    headers: Mapping[str, str] = getattr(error.response, "headers", {})
    causes = () if about in (ISSUER, CONTACTS) else _CAUSES  # all are about certificates
    known = (c for c in causes if c.status == status and c.text.lower() in text.lower())
    if cause := next(known, None):
        message, hint = cause.message.format(name=name), cause.hint
    else:
        message, hint = _general(status, code, text, name, about)
    return _kind(status)(
        message,
        hint=hint,
        status=status,
        code=code,
        service_text=_short(text),
        request_id=headers.get("x-ms-request-id", ""),
    )


def _words(error: HttpResponseError) -> tuple[str, str]:
    inner = getattr(error, "error", None)
    if inner is not None and getattr(inner, "message", None):
        return str(inner.code or ""), str(inner.message)
    return "", str(error.message or error)


def _kind(status: int) -> type[VaultError]:
    kinds: dict[int, type[VaultError]] = {
        401: SignInError,
        403: ForbiddenError,
        404: NotFoundError,
        409: ConflictError,
        429: BusyError,
    }
    return kinds.get(status, BusyError if status >= 500 and status != 501 else RefusedError)


def _general(status: int, code: str, text: str, name: str, about: Topic) -> tuple[str, str]:
    whose = f" for “{name}”" if name else ""
    if status == 403 and ("firewall" in text.lower() or "client address" in text.lower()):
        return (
            "The vault's firewall does not let this machine in.",
            "Have this address allowed, or work from a network that is.",
        )
    if _kind(status) is BusyError:
        return "The vault is busy or out of order.", "Wait a minute, then repeat the step."
    known = {
        401: ("The vault does not accept the sign-in.", "Check tenant and account; sign in again."),
        403: (
            f"You are signed in, but may not do this{whose}.",
            _PERMISSIONS.format(about.permissions),
        ),
        404: (f"The vault has no {about.noun} “{name}”.", "Check the name in the table."),
        409: (f"The vault cannot do this now{whose}.", "Refresh the table, then try again."),
    }
    refused = (f"The vault refused this{whose} ({code or status}).", "Its own words are below.")
    return known.get(status, refused)


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= MAX_TEXT else text[: MAX_TEXT - 1] + "…"
