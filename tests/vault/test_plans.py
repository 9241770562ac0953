"""The whole plan goes to the vault, and the vault gives it back."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import requests
from azure.core.credentials import AccessToken
from azure.core.pipeline.transport import RequestsTransport
from azure.keyvault.certificates import CertificateClient
from hypothesis import given, settings

from kvcsr_widgets.errors import NotFoundError, RefusedError, VaultError
from kvcsr_widgets.pki.dryrun import dry_run
from kvcsr_widgets.pki.names import Names
from kvcsr_widgets.pki.pending import Status
from kvcsr_widgets.pki.plan import (
    SELF,
    UNKNOWN,
    Action,
    CertificatePlan,
    ContentType,
    KeyChoice,
    LifetimeAction,
)
from kvcsr_widgets.practice.transport import Practice
from kvcsr_widgets.vault.client import Vault
from kvcsr_widgets.vault.session import practise
from tests.plans import EC_KEYS, plans
from tests.practice.server.served import serving
from tests.vault.test_client import sign, vault_that

FULL = CertificatePlan(
    "web",
    "CN=www.contoso.com, O=Contoso",
    Names(("a.example",), ("a@b.example",), ("ü@b.example",), ("192.0.2.1",), ("https://a.b/c",)),
    KeyChoice.EC_P384,
    exportable=False,
    reuse_key=True,
    content_type=ContentType.PEM,
    validity_months=6,
    key_usage=("digitalSignature", "cRLSign"),
    ekus=(),
    certificate_type="OV-SSL",
    transparency=False,
    lifetime_action=LifetimeAction(Action.RENEW, days_before_expiry=20),
    enabled=False,
    preserve_order=True,
    tags={"team": "web"},
)


def as_stored(plan: CertificatePlan) -> CertificatePlan:
    """The plan with what the vault adds to it."""
    action = Action.EMAIL if plan.by_hand else Action.RENEW
    return replace(
        plan,
        key_usage=plan.expected_key_usage,
        ekus=plan.expected_ekus,
        lifetime_action=plan.lifetime_action or LifetimeAction(action, percentage=80),
    )


@pytest.fixture(scope="module")
def lasting() -> Iterator[Vault]:
    """A vault for many examples; each takes another name."""
    with tempfile.TemporaryDirectory() as folder:
        opened = practise(Path(folder) / "vault.sqlite")
        yield opened
        opened.close()


@settings(max_examples=60)
@given(plans(keys=EC_KEYS, issuers=(UNKNOWN, SELF), hsm=False))
def test_any_plan_is_made_as_foretold_and_given_back(lasting: Vault, plan: CertificatePlan) -> None:
    plan = replace(plan, name=f"c{sum(1 for _ in lasting.certificates())}")

    operation = lasting.create(plan)

    assert operation.csr is not None
    made = operation.csr.x509
    foretold = dry_run(plan)
    assert made.subject.public_bytes() == foretold.subject.public_bytes()
    assert list(made.extensions) == list(foretold.extensions)
    assert operation.csr.key == plan.key.label
    policy = lasting.policy(plan.name)
    assert policy == replace(as_stored(plan), enabled=True, preserve_order=False, tags={})


def test_an_operation_is_the_same_when_it_is_read_again(vault: Vault) -> None:
    assert vault.create(FULL) == vault.operation("web")


def test_a_new_version_starts_from_all_that_the_vault_knows(vault: Vault) -> None:
    vault.merge("web", sign(vault, vault.create(FULL)))

    current = vault.current("web")

    assert current.plan == as_stored(FULL)
    assert current.notes == ()
    assert vault.create(current.plan).status is Status.IN_PROGRESS
    assert vault.current("web").plan == current.plan


def test_a_name_that_was_never_merged_is_asked_enabled(vault: Vault) -> None:
    vault.create(FULL)

    current = vault.current("web")

    assert current.plan == replace(as_stored(FULL), enabled=True)
    assert [note[:32] for note in current.notes] == ["The certificate was never merged"]


def test_a_key_in_hardware_needs_a_premium_vault(vault: Vault) -> None:
    with pytest.raises(RefusedError, match="no hardware keys") as caught:
        vault.create(replace(FULL, hsm=True))

    assert (caught.value.status, caught.value.code) == (400, "BadParameter")
    assert len(caught.value.request_id) == 36
    assert caught.value.__context__ is None


def test_no_thread_waits_for_a_ca(vault: Vault) -> None:
    before = threading.active_count()

    vault.create(replace(FULL, issuer=SELF))

    assert threading.active_count() == before


def test_a_certificate_is_deleted_with_its_request(vault: Vault) -> None:
    vault.create(FULL)

    purged = vault.delete("web")

    assert purged is not None
    assert list(vault.certificates()) == []


def test_a_spelling_that_the_sdk_does_not_know_is_read(vault: Vault) -> None:
    vault.create(replace(FULL, key_usage=("crlSign",)))

    assert vault.policy("web").key_usage == ("cRLSign",)


@pytest.mark.parametrize("answer", ["[]", "{}", '{"policy": {"issuer": 5}}'])
def test_an_answer_that_is_no_policy_is_the_vaults_fault(answer: str) -> None:
    vault = vault_that(lambda: (200, answer.encode(), {}))

    with pytest.raises(VaultError, match="cannot be read") as caught:
        vault.policy("web")

    assert caught.value.hint
    vault.close()


@pytest.mark.parametrize(
    "answer", ["[]", "{}", '{"id": "web", "status": "completed"}', '{"id": 5, "status": "failed"}']
)
def test_an_answer_that_is_no_operation_is_no_key_vaults(answer: str) -> None:
    vault = vault_that(lambda: (200, answer.encode(), {}))

    with pytest.raises(VaultError, match="is no Key Vault"):
        vault.operation("web")
    vault.close()


@pytest.mark.parametrize("name", ["../secrets/web", "web?a=b", "web/other", "{0}", "#web"])
def test_a_name_leads_nowhere_else(vault: Vault, name: str) -> None:
    with pytest.raises((NotFoundError, RefusedError)):
        vault.policy(name)


def listening(session: requests.Session) -> list[tuple[str, bool, bool]]:
    """What a session sends: the method, whether with a body, whether with a token."""
    sent: list[tuple[str, bool, bool]] = []

    def note(response: requests.Response, *_args: object, **_options: object) -> None:
        request = response.request
        sent.append((str(request.method), bool(request.body), "Authorization" in request.headers))

    session.hooks["response"].append(note)
    return sent


def test_the_first_request_of_all_goes_without_body_and_token(tmp_path: Path) -> None:
    practice = Practice(tmp_path, name="never-asked-before")  # no challenge of it is kept
    session = practice.session()
    sent = listening(session)

    class Credential:
        def get_token(self, *scopes: str, **_options: object) -> AccessToken:
            return AccessToken(*practice.tokens.issue(scopes[0].removesuffix("/.default")))

    client = CertificateClient(
        practice.url, Credential(), transport=RequestsTransport(session=session)
    )
    vault = Vault(client, practice)

    assert vault.create(FULL).csr is not None

    assert sent == [("POST", False, False), ("POST", True, True)]
    vault.close()


def test_a_plan_goes_over_tls_from_a_fresh_client(tmp_path: Path) -> None:
    with serving(tmp_path / "vault.sqlite") as served, requests.Session() as session:
        session.trust_env = False

        class Credential:
            def get_token(self, *scopes: str, **_options: object) -> AccessToken:
                token = served.token(resource=scopes[0].removesuffix("/.default"))
                return AccessToken(token, 4_000_000_000)

        transport = RequestsTransport(session=session, connection_verify=served.ca_file)
        vault = Vault(CertificateClient(served.url, Credential(), transport=transport))

        assert vault.create(FULL) == vault.operation("web")
        assert vault.policy("web").names == FULL.names
        vault.close()
