"""Officer, reader, lister, none: who may do what, and what the refusal says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from azure.keyvault.certificates import CertificateClient

from kvcsr_widgets.errors import ForbiddenError, InputError
from kvcsr_widgets.pki.plan import CertificatePlan, KeyChoice
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


LISTED = {"list_certificates", "list_versions", "list_deleted"}
PERMISSIONS = {
    "get_certificate": "certificates get",
    "get_version": "certificates get",
    "get_pending": "certificates get",
    "get_policy": "certificates get",
    "get_deleted": "certificates get",
    "create": "certificates create",
    "merge": "certificates create",
    "import_certificate": "certificates import",
    "update_certificate": "certificates update",
    "update_version": "certificates update",
    "update_policy": "certificates update",
    "patch_pending": "certificates update",
    "delete_pending": "certificates update",
    "delete_certificate": "certificates delete",
    "backup": "certificates backup",
    "restore": "certificates restore",
    "recover": "certificates recover",
    "purge": "certificates purge",
    "get_contacts": "certificates managecontacts",
    "set_contacts": "certificates managecontacts",
    "delete_contacts": "certificates managecontacts",
    "list_issuers": "certificates listissuers",
    "get_issuer": "certificates getissuers",
    "set_issuer": "certificates setissuers",
    "update_issuer": "certificates setissuers",
    "delete_issuer": "certificates deleteissuers",
    "get_secret": "secrets get",
    "get_key": "keys get",
}
"""The permissions of access policies, by what is asked."""


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route[0]} {route[1]}")
def test_a_lister_may_list_certificates_and_nothing_else(
    be: Callable[[str], Wire], route: tuple[str, str, Handler, str]
) -> None:
    method, path, handler, _action = route

    answer = be("lister").send(method, path_of(path), {})

    assert (answer.status != 403) == (handler.__name__ in LISTED)
    if answer.status == 403:
        assert answer.body["error"]["innererror"] == {"code": "AccessDenied"}
        missing = PERMISSIONS[handler.__name__]
        assert "oid=lister;iss=" in answer.error[2]
        assert f"' does not have {missing} permission on key vault 'practice;" in answer.error[2]


def test_a_lister_gets_the_whole_list_and_is_told_what_is_missing(tmp_path: Path) -> None:
    path = tmp_path / "vault.sqlite"
    officer, lister = practise(path), practise(path, role="lister")
    officer.create(CertificatePlan("web", "CN=a", key=KeyChoice.EC_P256))

    assert list(lister.certificates()) == list(officer.certificates())
    assert [each.name for each in lister.certificates()] == ["web"]
    with pytest.raises(ForbiddenError) as caught:
        lister.operation("web")

    assert caught.value.message == "You are signed in, but may not do this for “web”."
    assert "“get” for certificates" in caught.value.why
    assert "certificate permissions get and list" in caught.value.hint
    officer.close()
    lister.close()


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
