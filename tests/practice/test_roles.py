"""Officer, reader, none: who may do what, and what the refusal says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from azure.keyvault.certificates import CertificateClient

from kvcsr_widgets.errors import ForbiddenError, InputError
from kvcsr_widgets.practice.handlers import Handler
from kvcsr_widgets.practice.routes import ROUTES
from kvcsr_widgets.practice.transport import Practice
from kvcsr_widgets.vault.session import practise
from tests.practice.conftest import Credential
from tests.practice.steps import finish
from tests.practice.wire import Wire

Connect = Callable[[Credential], CertificateClient]
ACTIONS = {
    **dict.fromkeys(
        (
            "list_certificates",
            "get_certificate",
            "get_version",
            "get_pending",
            "get_policy",
            "list_versions",
            "list_deleted",
            "get_deleted",
        ),
        "certificates/read",
    ),
    "create": "certificates/create/action",
    "merge": "certificates/create/action",
    "import_certificate": "certificates/import/action",
    **dict.fromkeys(
        (
            "update_certificate",
            "update_version",
            "update_policy",
            "patch_pending",
            "delete_pending",
        ),
        "certificates/update/action",
    ),
    "delete_certificate": "certificates/delete",
    "backup": "certificates/backup/action",
    "restore": "certificates/restore/action",
    "recover": "certificates/recover/action",
    "purge": "certificates/purge/action",
    "get_contacts": "certificatecontacts/read",
    "set_contacts": "certificatecontacts/write",
    "delete_contacts": "certificatecontacts/write",
    "list_issuers": "certificatecas/read",
    "get_issuer": "certificatecas/read",
    "set_issuer": "certificatecas/write",
    "update_issuer": "certificatecas/write",
    "delete_issuer": "certificatecas/delete",
    "get_secret": "secrets/getSecret/action",
    "get_key": "keys/read",
}
"""Azure's data actions; those of the requests by the SDK's docstrings: delete asks for update."""


@pytest.fixture
def be(connect: Connect, practice: Practice) -> Callable[[str], Wire]:
    """The wire of somebody in a role."""

    def make(role: str) -> Wire:
        return Wire(connect(Credential(lambda resource: practice.tokens.issue(resource, role)[0])))

    return make


def path_of(route: str) -> str:
    return route.replace("<name>", "web").replace("<version>", "1").replace("<issuer>", "ca")


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route[0]} {route[1]}")
def test_a_role_may_do_what_its_actions_are(
    be: Callable[[str], Wire], route: tuple[str, str, Handler, str]
) -> None:
    method, path, handler, _action = route
    action = ACTIONS[handler.__name__]
    for role, allowed in (("officer", True), ("reader", action.endswith("/read")), ("none", False)):
        answer = be(role).send(method, path_of(path), {})
        assert (answer.status != 403) == allowed, role
        if not allowed:
            assert answer.body["error"]["code"] == "Forbidden"
            assert answer.body["error"]["innererror"] == {"code": "ForbiddenByRbac"}
            assert f"Action: 'Microsoft.KeyVault/vaults/{action}'\r\n" in answer.error[2]
            assert "Vault: practice;location=practice\r\n" in answer.error[2]


def test_a_refused_role_changes_nothing(
    wire: Wire, practice: Practice, be: Callable[[str], Wire]
) -> None:
    before = finish(wire, practice)

    assert be("reader").send("DELETE", "/certificates/web").status == 403
    assert be("none").send("GET", "/certificates/web").status == 403
    assert be("reader").send("GET", "/certificates/web").body == before


def test_an_unknown_role_may_do_nothing(be: Callable[[str], Wire]) -> None:
    assert be("king").send("GET", "/certificates").status == 403


def test_practising_in_a_role_ends_in_our_own_error(tmp_path: Path) -> None:
    vault = practise(tmp_path / "vault.sqlite", role="none")

    with pytest.raises(ForbiddenError) as caught:
        vault.check()

    assert "Microsoft.KeyVault/vaults/certificates/read" in caught.value.service_text
    vault.close()


def test_a_role_that_is_none_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="“root” is no role here"):
        practise(tmp_path / "vault.sqlite", role="root")
    assert list(tmp_path.iterdir()) == []
