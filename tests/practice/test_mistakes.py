"""What the practice CA does wrong on purpose is what the checks before a merge find."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kvcsr_widgets.errors import InputError, RefusedError, SignedFileError
from kvcsr_widgets.pki import chain, lifetimes
from kvcsr_widgets.pki.catalogue import CATALOGUE
from kvcsr_widgets.pki.csr import SigningRequest
from kvcsr_widgets.pki.dryrun import dry_run
from kvcsr_widgets.pki.facts import key_usages
from kvcsr_widgets.pki.finding import Finding, Level
from kvcsr_widgets.pki.leaf import choose_leaf, fitting
from kvcsr_widgets.pki.names import Names
from kvcsr_widgets.pki.pending import PendingRequest, Status
from kvcsr_widgets.pki.plan import CertificatePlan, KeyChoice
from kvcsr_widgets.pki.preflight import preflight
from kvcsr_widgets.pki.signed import SignedFile, read_signed
from kvcsr_widgets.practice.authority import Authority
from kvcsr_widgets.practice.mistakes import MISTAKES, content, usages
from kvcsr_widgets.practice.transport import Practice
from kvcsr_widgets.runbook.merging import pending_request
from kvcsr_widgets.vault.client import CertificateAuthority, Vault
from kvcsr_widgets.vault.records import Operation
from kvcsr_widgets.vault.session import practise
from tests import certificates
from tests.plans import EC_KEYS, plans
from tests.practice.conftest import START, Clock

T = TypeVar("T")
NOW = dt.datetime.fromtimestamp(START, dt.UTC)
PLAN = CertificatePlan(
    "web",
    'CN=www.contoso.com, O="Contoso, Inc.", C=US',
    Names(dns=("www.contoso.com", "contoso.com")),
    key=KeyChoice.EC_P256,
    validity_months=6,
)
DAYS = lifetimes.asked_days(PLAN.validity_months, NOW.date())

USUAL = {"key-fits", "not-checked", "root-absent"}
"""What a reply without the root shows that has nothing wrong with it."""
BESIDES = {
    "wrong-key": {"not-checked"},
    "two-fit": USUAL | {"not-in-chain"},
    "self-signed": {"key-fits", "not-checked"},
    "longer": USUAL | {"over-public-limit"},
    "over-limit": USUAL | {"longer-than-asked"},
    "leaf-only": {"key-fits", "not-checked"},
    "impostor": {"key-fits", "not-checked", "not-in-chain"},
    "root-included": {"key-fits", "not-checked"},
    "reversed": {"key-fits", "not-checked", "root-included"},
    "root-first": {"key-fits", "not-checked", "root-included"},
    "superfluous": {"key-fits", "not-checked", "root-included"},
    "re-issued": {"key-fits", "not-checked", "root-included"},
    "bare-base64": {"key-fits", "not-checked", "chain-incomplete"},
    "zip": {"key-fits", "not-checked", "root-included"},
}
"""What some mistakes show besides what they are about."""

OF_THE_REQUEST = {
    "already-merged",
    "not-in-progress",
    "issuer-at-work",
    "request-cancelled",
    "request-failed",
    "request-remade",
    "unreadable-request",
}
"""Codes that no reply brings about: they come from the state of the request."""
ALWAYS = {"key-fits", "not-checked"}

READABLE = [name for name, mistake in MISTAKES.items() if mistake.codes]


@pytest.fixture(scope="module")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Vault]:
    """A practice vault for the whole module: its CA is made once."""
    path = tmp_path_factory.mktemp("mistakes") / "vault.sqlite"
    opened = practise(path, clock=lambda: START)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def authority(vault: Vault) -> CertificateAuthority:
    return there(vault.authority)


def there(value: T | None) -> T:
    assert value is not None
    return value


def wrong(ca: CertificateAuthority, operation: Operation, mistake: str) -> SignedFile:
    """The reply with this mistake, as it is read."""
    file = ca.sign_wrong(there(operation.csr).der, mistake, days=DAYS, name=operation.name)
    return read_signed(file.content, file.filename)


def found_in(operation: Operation, signed: SignedFile) -> dict[str, Finding]:
    found = preflight(pending_request(operation, plan=PLAN), signed, NOW)
    return {finding.code: finding for finding in found}


def sent(operation: Operation, signed: SignedFile) -> tuple[x509.Certificate, ...]:
    """What a merge sends: the chain, or everything where nothing fits."""
    leaf = choose_leaf(pending_request(operation), signed, NOW)
    if leaf is None:
        return signed.certificates
    return chain.build(leaf, signed.certificates, NOW).certificates


def test_every_code_has_a_mistake_or_comes_from_the_request() -> None:
    shown = {code for mistake in MISTAKES.values() for code in mistake.codes}

    assert shown | OF_THE_REQUEST | ALWAYS == set(CATALOGUE)
    assert not shown & OF_THE_REQUEST


def test_every_mistake_has_words_of_its_own() -> None:
    for words in ("label", "about"):
        told = {getattr(mistake, words) for mistake in MISTAKES.values()}
        assert len(told) == len(MISTAKES)


@pytest.mark.parametrize("mistake", READABLE)
def test_a_mistake_is_found_and_the_vault_does_as_the_checks_say(
    vault: Vault, authority: CertificateAuthority, mistake: str
) -> None:
    """Created, signed wrong, read, checked and merged through the real client."""
    operation = vault.create(replace(PLAN, name=mistake))
    signed = wrong(authority, operation, mistake)

    found = found_in(operation, signed)

    assert set(found) == {*MISTAKES[mistake].codes, *BESIDES.get(mistake, USUAL)}
    stops = [finding for finding in found.values() if finding.level is Level.STOP]
    if stops:
        with pytest.raises(RefusedError) as refusal:
            vault.merge(mistake, sent(operation, signed))
        assert stops[0].answer in ("", refusal.value.service_text)
        assert vault.operation(mistake).status is Status.IN_PROGRESS
    else:
        merged = vault.merge(mistake, sent(operation, signed))
        leaf = sent(operation, signed)[0]
        assert merged.thumbprint == leaf.fingerprint(hashes.SHA1()).hex().upper()
        assert vault.operation(mistake).status is Status.COMPLETED


@pytest.mark.parametrize("mistake", ["names-dropped", "names-changed", "names-added"])
def test_a_request_with_a_host_name_in_its_cn_alone_gives_occasion_for_names(
    vault: Vault, authority: CertificateAuthority, mistake: str
) -> None:
    plan = replace(PLAN, name=f"cn-{mistake}", names=Names())
    operation = vault.create(plan)
    csr = there(operation.csr)

    good = read_signed(authority.sign(csr.der, days=DAYS).file("p7b"))
    found = found_in(operation, wrong(authority, operation, mistake))

    assert not [f for f in found_in(operation, good).values() if f.level is not Level.INFO]
    assert set(found) == {mistake, *USUAL}
    assert found[mistake].level is CATALOGUE[mistake].level
    vault.delete_operation(plan.name)


def test_the_vaults_answer_to_a_wrong_key_is_known_beforehand(
    vault: Vault, authority: CertificateAuthority
) -> None:
    """Else the test above would show nothing of it."""
    operation = vault.create(replace(PLAN, name="foreseen"))

    finding = found_in(operation, wrong(authority, operation, "wrong-key"))["key-differs"]

    assert finding.level is Level.STOP
    assert finding.answer.startswith("The public key of the end-entity certificate")


@pytest.mark.parametrize("mistake", [name for name in MISTAKES if name not in READABLE])
def test_a_file_without_a_certificate_is_refused(
    authority: CertificateAuthority, mistake: str
) -> None:
    file = authority.sign_wrong(certificates.csr().der, mistake, name="web")

    with pytest.raises(SignedFileError, match="“web"):
        read_signed(file.content, file.filename)


def test_the_key_of_another_request_is_taken_where_one_waits(
    vault: Vault, authority: CertificateAuthority
) -> None:
    waiting = vault.create(replace(PLAN, name="a-first-one"))
    operation = vault.create(replace(PLAN, name="mixed-up"))

    signed = wrong(authority, operation, "wrong-key")

    assert fitting(there(waiting.csr), signed)
    vault.delete_operation("a-first-one")
    vault.delete_operation("mixed-up")


def test_a_weak_signature_is_a_signature(vault: Vault, authority: CertificateAuthority) -> None:
    """SHA-1, and over the certificate that carries it: the chain is none that is broken."""
    operation = vault.create(replace(PLAN, name="sha1"))

    leaf, issuer = wrong(authority, operation, "weak-signature").certificates

    assert isinstance(leaf.signature_hash_algorithm, hashes.SHA1)
    assert chain.is_issued_by(leaf, issuer)
    assert leaf.subject == there(operation.csr).name


def test_the_file_carries_the_name_of_the_request(authority: CertificateAuthority) -> None:
    file = authority.sign_wrong(certificates.csr().der, "zip", name="web")

    assert file.filename == "web.zip"
    assert b"BEGIN" not in repr(file).encode()


def test_an_unknown_mistake_is_said(authority: CertificateAuthority) -> None:
    with pytest.raises(InputError, match="“forgetful” is no mistake") as error:
        authority.sign_wrong(certificates.csr().der, "forgetful")
    assert "wrong-key" in error.value.hint


@pytest.mark.parametrize("mistake", ["wrong-key", "empty"])
def test_what_is_no_request_is_not_signed_wrong_either(
    authority: CertificateAuthority, mistake: str
) -> None:
    with pytest.raises(InputError, match="no certificate signing request"):
        authority.sign_wrong(b"no request", mistake)


def test_a_request_of_elsewhere_cannot_be_signed_with_its_own_key(
    authority: CertificateAuthority,
) -> None:
    with pytest.raises(InputError, match="of this practice vault"):
        authority.sign_wrong(certificates.csr().der, "self-signed")


def test_a_mistake_leaves_the_ca_as_it_was(practice: Practice) -> None:
    csr = certificates.csr().der
    before = practice.authority.sign(csr).chain

    for mistake in ("impostor", "issuer-expired", "re-issued", "weak-key"):
        practice.authority.sign_wrong(csr, mistake)

    assert practice.authority.sign(csr).chain == before


def test_mistakes_go_by_the_vaults_clock(tmp_path: Path) -> None:
    clock = Clock(START + 400 * 86_400)
    practice = Practice(tmp_path / "vault.sqlite", clock)

    file = practice.authority.sign_wrong(certificates.csr().der, "expired", days=10)

    leaf = read_signed(file.content).certificates[0]
    practice.close()
    now = dt.datetime.fromtimestamp(clock.now, dt.UTC)
    assert now - dt.timedelta(days=2) < leaf.not_valid_after_utc < now


def request_for(plan: CertificatePlan) -> SigningRequest:
    """The CSR that the vault makes for a plan, over a key of the test."""
    made = dry_run(plan)
    builder = x509.CertificateSigningRequestBuilder(made.subject)
    for extension in made.extensions:
        builder = builder.add_extension(extension.value, critical=extension.critical)
    key = ec.generate_private_key(ec.SECP256R1())
    signed = builder.sign(key, hashes.SHA256())
    return SigningRequest.from_der(signed.public_bytes(Encoding.DER))


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        (("keyAgreement", "encipherOnly"), ()),
        (("keyAgreement", "cRLSign", "decipherOnly"), ("cRLSign",)),
        (("digitalSignature", "keyAgreement", "encipherOnly"), ("keyAgreement", "encipherOnly")),
    ],
)
def test_a_key_usage_that_is_left_out_takes_along_what_means_nothing_without_it(
    authority: CertificateAuthority, asked: tuple[str, ...], kept: tuple[str, ...]
) -> None:
    csr = request_for(replace(PLAN, key_usage=asked))

    file = authority.sign_wrong(csr.der, "key-usage-dropped", days=DAYS)

    (leaf,) = fitting(csr, read_signed(file.content))
    assert key_usages(leaf.extensions) == kept


SAID_TO_BE = [name for name in content.MISTAKES | usages.MISTAKES if name != "self-signed"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plan=plans(keys=EC_KEYS, hsm=False), mistake=st.sampled_from(SAID_TO_BE))
def test_any_request_can_be_signed_wrong(
    authority: Authority, plan: CertificatePlan, mistake: str
) -> None:
    """Or gives no occasion, which is said."""
    csr = request_for(plan)
    try:
        file = authority.sign_wrong(csr.der, mistake, days=DAYS)
    except InputError as error:
        assert "so the CA cannot get that wrong" in error.message
        return

    found = preflight(PendingRequest("web", csr, plan=plan), read_signed(file.content), NOW)

    assert {finding.code for finding in found} >= set(MISTAKES[mistake].codes)
