"""After a merge: hold what the vault has against what was sent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509

from kvcsr_widgets.errors import NotFoundError, VaultError
from kvcsr_widgets.pki import facts
from kvcsr_widgets.pki.leaf import key_of
from kvcsr_widgets.pki.pending import PendingRequest, Status
from kvcsr_widgets.vault.client import Vault
from kvcsr_widgets.vault.records import Certificate


@dataclass(frozen=True, slots=True)
class Checked:
    """One property of the certificate in the vault: what it should be and what it is."""

    label: str
    expected: str
    found: str
    ok: bool


def checks(
    vault: Vault,
    request: PendingRequest,
    leaf: x509.Certificate,
    version: str = "",
    *,
    at: str = "",
) -> tuple[Checked, ...]:
    """Read certificate and request again and hold them against ``leaf``. Nothing raises.

    ``version`` is the version that the vault answered, empty where no answer came. ``at`` is the
    version to read, the newest by default.
    """
    try:
        found = vault.certificate(request.name, at) if at else vault.certificate(request.name)
        state = _request(vault, request)
    except VaultError as error:
        return (Checked("Read back", "the certificate and its request", error.message, ok=False),)
    return tuple(_compared(request, leaf, version, found, state))


def _request(vault: Vault, request: PendingRequest) -> Checked:
    """A certificate outlives its request: one that is gone, or made again, is nothing odd."""
    done = Status.COMPLETED.value
    try:
        found = vault.operation(request.name)
    except NotFoundError:
        return Checked("Request", done, f"{done}, then deleted", ok=True)
    if not request.is_still(found.request_id, found.csr):
        return Checked("Request", done, f"{done}, then made again", ok=True)
    return _same("Request", done, found.status.value)


def _compared(
    request: PendingRequest,
    leaf: x509.Certificate,
    version: str,
    found: Certificate,
    state: Checked,
) -> Iterator[Checked]:
    yield _same("Thumbprint", facts.thumbprint(leaf), found.thumbprint)
    yield _same("Key (SHA-256)", request.csr.fingerprint, _key(found))
    yield _enabled(request, found)
    yield _same("Valid from", _time(leaf.not_valid_before_utc), _time(found.not_before))
    yield _same("Valid until", _time(leaf.not_valid_after_utc), _time(found.expires))
    yield state
    if version:
        yield _same("Version", version, found.version)
    else:
        yield Checked("Version", "one of its own", found.version, ok=bool(found.version))


def _same(label: str, expected: str, found: str) -> Checked:
    return Checked(label, expected, found, ok=expected == found)


def _enabled(request: PendingRequest, found: Certificate) -> Checked:
    state = _state(enabled=found.enabled)
    if request.enabled is None:
        return Checked("State", "not known here", state, ok=True)
    return _same("State", _state(enabled=request.enabled), state)


def _state(*, enabled: bool) -> str:
    return "enabled" if enabled else "disabled"


def _key(found: Certificate) -> str:
    try:
        key = key_of(x509.load_der_x509_certificate(found.der))
    except facts.UNREADABLE:
        key = ""
    return key or "cannot be read"


def _time(time: datetime | None) -> str:
    return f"{time:%Y-%m-%d %H:%M:%S} UTC" if time is not None else "none"
