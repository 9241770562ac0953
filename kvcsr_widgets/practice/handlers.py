"""What each route does: from the asked to the answered, one function a route.

A function's name is the operation's name in ``faults``.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from typing import TypeVar

from werkzeug.wrappers import Response

from kvcsr_widgets.practice import bundles, export, refusals
from kvcsr_widgets.practice.asked import JSON, Asked, answer
from kvcsr_widgets.practice.fields import Json
from kvcsr_widgets.practice.rows import Certificate, Operation, Version
from kvcsr_widgets.practice.vault import PracticeVault

RETRY_AFTER = "10"
_PKCS10 = "application/pkcs10; charset=utf-8"

Handler = Callable[..., Response]
T = TypeVar("T")


def create(vault: PracticeVault, asked: Asked, name: str) -> Response:
    """POST create: 202 with the operation."""
    operation = vault.rules.create(name, asked.body())
    response = _operation(vault, asked, operation, 202)
    response.headers["Location"] = (
        f"{asked.base}/certificates/{operation.name}/pending"
        f"?api-version={asked.api_version}&request_id={operation.request_id}"
    )
    response.headers["Retry-After"] = RETRY_AFTER
    return response


def get_pending(vault: PracticeVault, asked: Asked, name: str) -> Response:
    """GET pending: the operation, or the bare base64 of the CSR for ``pkcs10``."""
    operation = vault.shelf.pending(name, asked.request.args.get("request_id"))
    if "application/pkcs10" in asked.request.headers.get("Accept", ""):
        response = Response(base64.b64encode(operation.csr), content_type=_PKCS10)
    else:
        response = _operation(vault, asked, operation)
    if vault.shelf.status(operation) == "inProgress":
        response.headers["Retry-After"] = RETRY_AFTER
    return response


def patch_pending(vault: PracticeVault, asked: Asked, name: str) -> Response:
    """PATCH pending: ask for the cancellation."""
    return _operation(vault, asked, vault.rules.cancel(name, asked.body()))


def delete_pending(vault: PracticeVault, asked: Asked, name: str) -> Response:
    """DELETE pending: the operation as it was."""
    return _operation(vault, asked, vault.rules.drop_pending(name))


def merge(vault: PracticeVault, asked: Asked, name: str) -> Response:
    """POST merge: 201 with the finished certificate."""
    version = vault.rules.merge(name, asked.body())
    response = _bundle(vault, asked, version, 201)
    response.headers["Location"] = (
        f"{asked.base}/certificates/{version.name}?api-version={asked.api_version}"
    )
    return response


def import_certificate(vault: PracticeVault, asked: Asked, name: str) -> Response:
    """POST import."""
    return _bundle(vault, asked, vault.imports.put(name, asked.body()))


def get_certificate(vault: PracticeVault, asked: Asked, name: str) -> Response:
    """GET without a version."""
    return _bundle(vault, asked, vault.shelf.newest(name))


def get_version(vault: PracticeVault, asked: Asked, name: str, version: str) -> Response:
    """GET with a version."""
    found = vault.shelf.version(name, version)
    return answer(bundles.version_bundle(asked.base, found, asked.api_version))


def update_certificate(vault: PracticeVault, asked: Asked, name: str) -> Response:
    """PATCH without a version."""
    return _bundle(vault, asked, vault.shelf.update(name, None, asked.body()))


def update_version(vault: PracticeVault, asked: Asked, name: str, version: str) -> Response:
    """PATCH with a version: no policy in the answer."""
    changed = vault.shelf.update(name, version, asked.body())
    return _bundle(vault, asked, changed, policy=False)


def get_policy(vault: PracticeVault, asked: Asked, name: str) -> Response:
    """GET policy."""
    return answer(bundles.policy_bundle(asked.base, vault.shelf.certificate(name)))


def update_policy(vault: PracticeVault, asked: Asked, name: str) -> Response:
    """PATCH policy."""
    changed = vault.shelf.update_policy(name, asked.body())
    return answer(bundles.policy_bundle(asked.base, changed))


def list_certificates(vault: PracticeVault, asked: Asked) -> Response:
    """GET certificates: one page."""
    rows = _page_rows(vault, asked, deleted=False)
    return _page(
        asked,
        rows,
        [row.name for row in rows],
        lambda row: bundles.list_item(asked.base, row, versioned=False),
    )


def list_versions(vault: PracticeVault, asked: Asked, name: str) -> Response:
    """GET versions: one page; an unknown name has none."""
    page = asked.page()
    live = vault.shelf.is_live(vault.store.certificate(name))
    rows = vault.store.versions(name, page.after, page.size + 1) if live else []
    return _page(
        asked,
        rows,
        [row.id for row in rows],
        lambda row: bundles.list_item(asked.base, row, versioned=True),
    )


def delete_certificate(vault: PracticeVault, asked: Asked, name: str) -> Response:
    """DELETE certificate."""
    return _deleted(vault, asked, vault.deletion.delete(name))


def list_deleted(vault: PracticeVault, asked: Asked) -> Response:
    """GET deletedcertificates: one page."""
    rows = _page_rows(vault, asked, deleted=True)
    return _page(
        asked,
        rows,
        [row.name for row in rows],
        lambda row: bundles.deleted_item(asked.base, row, vault.deletion.get(row.name)),
    )


def get_deleted(vault: PracticeVault, asked: Asked, name: str) -> Response:
    """GET deletedcertificates of one name."""
    return _deleted(vault, asked, vault.deletion.get(name))


def purge(vault: PracticeVault, asked: Asked, name: str) -> Response:
    """DELETE deletedcertificates: 204."""
    vault.deletion.purge(name)
    return Response(status=204, content_type=JSON)


def recover(vault: PracticeVault, asked: Asked, name: str) -> Response:
    """POST recover."""
    return _bundle(vault, asked, vault.deletion.recover(name))


def backup(vault: PracticeVault, asked: Asked, name: str) -> Response:
    """POST backup."""
    return answer({"value": vault.backups.backup(name)})


def restore(vault: PracticeVault, asked: Asked) -> Response:
    """POST restore."""
    return _bundle(vault, asked, vault.backups.restore(asked.body()))


def set_contacts(vault: PracticeVault, asked: Asked) -> Response:
    """PUT contacts."""
    return answer(bundles.contacts_bundle(asked.base, vault.issuers.set_contacts(asked.body())))


def get_contacts(vault: PracticeVault, asked: Asked) -> Response:
    """GET contacts."""
    return answer(bundles.contacts_bundle(asked.base, vault.issuers.contacts()))


def delete_contacts(vault: PracticeVault, asked: Asked) -> Response:
    """DELETE contacts: those there were."""
    return answer(bundles.contacts_bundle(asked.base, vault.issuers.drop_contacts()))


def list_issuers(vault: PracticeVault, asked: Asked) -> Response:
    """GET issuers: one page."""
    page = asked.page()
    rows = vault.store.issuers(page.after, page.size + 1)
    names = [row.name for row in rows]
    return _page(asked, rows, names, lambda row: bundles.issuer_item(asked.base, row))


def set_issuer(vault: PracticeVault, asked: Asked, issuer: str) -> Response:
    """PUT issuer."""
    return answer(bundles.issuer_bundle(asked.base, vault.issuers.put(issuer, asked.body())))


def update_issuer(vault: PracticeVault, asked: Asked, issuer: str) -> Response:
    """PATCH issuer."""
    return answer(bundles.issuer_bundle(asked.base, vault.issuers.change(issuer, asked.body())))


def get_issuer(vault: PracticeVault, asked: Asked, issuer: str) -> Response:
    """GET issuer."""
    return answer(bundles.issuer_bundle(asked.base, vault.issuers.get(issuer)))


def delete_issuer(vault: PracticeVault, asked: Asked, issuer: str) -> Response:
    """DELETE issuer: what it was."""
    return answer(bundles.issuer_bundle(asked.base, vault.issuers.drop(issuer)))


def get_secret(vault: PracticeVault, asked: Asked, name: str, version: str = "") -> Response:
    """GET secret, with or without a version."""
    found = _issued(vault, "Secret", name, version)
    if not found.enabled:
        raise refusals.secret_disabled()
    return answer(export.secret_bundle(asked.base, found, asked.api_version))


def get_key(vault: PracticeVault, asked: Asked, name: str, version: str = "") -> Response:
    """GET key, with or without a version."""
    found = _issued(vault, "Key", name, version)
    return answer(export.key_bundle(asked.base, found, asked.api_version))


def _operation(
    vault: PracticeVault, asked: Asked, operation: Operation, status: int = 200
) -> Response:
    state = vault.shelf.status(operation)
    body = bundles.operation_bundle(asked.base, operation, state, asked.api_version)
    return answer(body, status)


def _bundle(
    vault: PracticeVault,
    asked: Asked,
    version: Version,
    status: int = 200,
    *,
    policy: bool = True,
) -> Response:
    body = bundles.certificate_bundle(
        asked.base,
        version,
        _certificate(vault, version),
        asked.api_version,
        pending=vault.store.operation(version.name) is not None,
        policy=policy,
    )
    return answer(body, status)


def _certificate(vault: PracticeVault, version: Version) -> Certificate:
    found = vault.store.certificate(version.name)
    if found is None:  # purged by another process since
        raise refusals.no_certificate(version.name)
    return found


def _deleted(vault: PracticeVault, asked: Asked, certificate: Certificate) -> Response:
    version = vault.deletion.newest(certificate)
    pending = vault.store.operation(certificate.name) is not None
    return answer(
        bundles.deleted_bundle(asked.base, version, certificate, asked.api_version, pending=pending)
    )


def _issued(vault: PracticeVault, kind: str, name: str, version: str) -> Version:
    """The version behind a secret or key; what was never issued has none."""
    live = vault.shelf.is_live(vault.store.certificate(name))
    found = vault.store.version(name, version) if version else vault.store.newest(name)
    if not live or found is None or not found.issued:
        raise refusals.no_object(kind, f"{name}/{version}" if version else name)
    return found


def _page_rows(vault: PracticeVault, asked: Asked, *, deleted: bool) -> list[Version]:
    page = asked.page()
    return vault.store.page(
        page.after, page.size + 1, pending=asked.pending, deleted=deleted, now=vault.shelf.now
    )


def _page(
    asked: Asked, rows: Sequence[T], keys: Sequence[str], item: Callable[[T], Json]
) -> Response:
    """At most a page of rows, and where there is one more, the address of the next page."""
    size = asked.page().size
    link = asked.next_link(keys[size - 1]) if len(rows) > size else None
    return answer({"value": [item(row) for row in rows[:size]], "nextLink": link})
