"""What the checks foretell of a merge is what the vault does, through the real client."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtensionOID

from kvcsr_widgets.errors import VaultError
from kvcsr_widgets.pki import answers
from kvcsr_widgets.pki.finding import Finding, Level
from kvcsr_widgets.pki.names import Names
from kvcsr_widgets.pki.pending import Status
from kvcsr_widgets.pki.plan import SELF, CertificatePlan, KeyChoice
from kvcsr_widgets.pki.preflight import preflight
from kvcsr_widgets.pki.signed import SignedFile
from kvcsr_widgets.practice.rules import Delays
from kvcsr_widgets.runbook.merging import pending_request
from kvcsr_widgets.vault.client import Vault
from kvcsr_widgets.vault.records import Operation
from kvcsr_widgets.vault.session import practise
from tests import wrong_certificates as make
from tests.certificates import DAY, NOW
from tests.pki.checks.wrong import codes
from tests.practice.recordings import load, where_they_are

PLAN = CertificatePlan("web", make.SUBJECT, Names(make.NAMES), KeyChoice.EC_P256)
CA = make.ca()
STRANGER = make.leaf(owner=make.key("another"))


@pytest.fixture
def vault(tmp_path: Path) -> Iterator[Vault]:
    """One that cancels at once and whose issuers take a minute."""
    opened = practise(tmp_path / "vault.sqlite", delays=Delays(issue=60, cancel=0))
    yield opened
    opened.close()


def foretell(vault: Vault, file: Sequence[x509.Certificate]) -> list[Finding]:
    versions = tuple(each.thumbprint for each in vault.versions("web"))
    pending = pending_request(vault.operation("web"), versions=versions)
    return preflight(pending, SignedFile(tuple(file)), NOW)


def fitting(operation: Operation, **wrong: Any) -> x509.Certificate:
    assert operation.csr is not None
    return make.leaf(owner=operation.csr.public_key, **wrong)


def waiting(vault: Vault) -> Operation:
    return vault.create(PLAN)


def completed(vault: Vault) -> Operation:
    operation = vault.create(PLAN)
    vault.merge("web", [fitting(operation)])
    return operation


def with_an_issuer(vault: Vault) -> Operation:
    return vault.create(replace(PLAN, issuer=SELF))


def cancelled(vault: Vault) -> Operation:
    operation = vault.create(PLAN)
    vault.cancel("web")
    assert vault.operation("web").status is Status.CANCELLED
    return operation


@pytest.mark.parametrize(
    ("state", "fits", "code", "answer"),
    [
        (waiting, False, "key-differs", answers.KEY_DIFFERS),
        (cancelled, False, "key-differs", answers.KEY_DIFFERS),
        (completed, True, "not-in-progress", answers.NOT_IN_PROGRESS),
        (completed, False, "not-in-progress", answers.NOT_IN_PROGRESS),
        (with_an_issuer, True, "issuer-at-work", answers.issuer_at_work(SELF)),
        (with_an_issuer, False, "issuer-at-work", answers.issuer_at_work(SELF)),
    ],
)
def test_what_stops_the_merge_gets_the_answer_that_was_foretold(
    vault: Vault, state: Any, fits: bool, code: str, answer: str
) -> None:
    operation = state(vault)
    file = [fitting(operation) if fits else STRANGER, CA]
    first = foretell(vault, file)[0]

    with pytest.raises(VaultError) as caught:
        vault.merge("web", file)

    assert first.code == code
    assert first.level is Level.STOP
    assert first.answer == answer == caught.value.service_text


def test_the_second_merge_of_one_certificate_gets_the_answer_that_was_foretold(
    vault: Vault,
) -> None:
    leaf = fitting(waiting(vault))
    vault.merge("web", [leaf])
    first = foretell(vault, [leaf, CA])[0]

    with pytest.raises(VaultError) as caught:
        vault.merge("web", [leaf])

    assert first.code == "already-merged"
    assert first.answer == caught.value.service_text


MISTAKES: list[dict[str, Any]] = [
    {},
    {"subject": "CN=another"},
    {"names": ("another.example",)},
    {"names": ()},
    {"ekus": (), "usages": ()},
    {"is_ca": True},
    {"begin": NOW + DAY},
    {"begin": NOW - 9 * DAY, "end": NOW - DAY},
    {"end": NOW + 3_000 * DAY},
    {"signer": make.key("impostor")},
    {"extra": [make.garbled(ExtensionOID.INHIBIT_ANY_POLICY)]},
]


@pytest.mark.parametrize("wrong", MISTAKES)
@pytest.mark.parametrize("state", [waiting, cancelled])
def test_what_does_not_stop_the_merge_is_merged(
    vault: Vault, state: Any, wrong: dict[str, Any]
) -> None:
    leaf = fitting(state(vault), **wrong)
    found = foretell(vault, [leaf, CA])

    merged = vault.merge("web", [leaf, CA])

    assert Level.STOP not in {finding.level for finding in found}
    assert vault.operation("web").status is Status.COMPLETED
    assert merged.thumbprint in {each.thumbprint for each in vault.versions("web")}


def test_the_csr_of_the_vault_is_answered_without_a_tick(vault: Vault) -> None:
    found = foretell(vault, [fitting(waiting(vault)), CA, make.root()])

    assert codes(found) == {"key-fits", "root-included", "not-checked"}


@where_they_are
@pytest.mark.parametrize(
    "answer",
    [answers.KEY_DIFFERS, answers.NOT_IN_PROGRESS, answers.issuer_at_work("<issuer-name>")],
)
def test_the_answers_are_those_that_are_known(answer: str) -> None:
    known = [each["message"] for each in load("errors.json")["errors"]]

    assert answer in known, json.dumps(known, indent=1)
