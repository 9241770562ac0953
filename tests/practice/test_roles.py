"""Officer, reader, none: who may do what, and what the refusal says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from azure.keyvault.certificates import CertificateClient

from kvcsr_widgets.errors import ForbiddenError
from kvcsr_widgets.practice.routes import ROUTES
from kvcsr_widgets.practice.transport import Practice
from kvcsr_widgets.vault.session import practise
from tests.practice.conftest import Credential
from tests.practice.steps import finish
from tests.practice.wire import Wire

Connect = Callable[[Credential], CertificateClient]
READS = {route for route in ROUTES if route[0] == "GET" and not route[1].startswith("/secrets")}


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
    be: Callable[[str], Wire], route: tuple[str, str, object, str]
) -> None:
    method, path, _handler, action = route
    for role, allowed in (("officer", True), ("reader", route in READS), ("none", False)):
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
