"""What other CAs' programs sign is read, checked and merged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes

from kvcsr_widgets.pki import chain
from kvcsr_widgets.pki.finding import Level
from kvcsr_widgets.pki.leaf import choose_leaf
from kvcsr_widgets.pki.names import Names
from kvcsr_widgets.pki.pending import Status
from kvcsr_widgets.pki.plan import CertificatePlan, KeyChoice
from kvcsr_widgets.pki.preflight import preflight
from kvcsr_widgets.pki.signed import read_signed
from kvcsr_widgets.runbook.merging import pending_request
from kvcsr_widgets.vault.client import Vault
from tests import apt
from tests.cas import outside, programs

PLAN = CertificatePlan(
    "web",
    'CN=www.contoso.com, O="Contoso, Inc.", C=US',
    Names(dns=("www.contoso.com", "contoso.com")),
    key=KeyChoice.RSA_2048,
    validity_months=3,
)
CASES: dict[Callable[[Path], Path], tuple[int, set[str]]] = {
    outside.openssl_pem: (1, {"chain-incomplete"}),
    outside.openssl_der: (1, {"chain-incomplete"}),
    outside.openssl_chain: (2, set()),
    outside.openssl_p7b: (2, set()),
    outside.openssl_pfx: (2, set()),
    outside.openssl_ca: (1, {"chain-incomplete"}),
    outside.easy_rsa_crt: (1, {"chain-incomplete"}),
    outside.easy_rsa_p7: (2, set()),
    outside.certtool_pem: (2, set()),
    outside.certtool_p7: (2, set()),
    outside.certtool_p7_signed: (2, set()),
}
"""The length of the chain that is merged, and what needs a tick before."""


@pytest.mark.parametrize("key", [KeyChoice.RSA_2048, KeyChoice.EC_P256])
@pytest.mark.parametrize("sign", CASES, ids=lambda sign: sign.__name__)
def test_a_reply_of_another_ca_is_merged(
    vault: Vault, tmp_path: Path, sign: Callable[[Path], Path], key: KeyChoice
) -> None:
    plan = replace(PLAN, key=key)
    operation = vault.create(plan)
    assert operation.csr is not None
    (tmp_path / "web.csr").write_text(operation.csr.pem)
    length, ticks = CASES[sign]

    file = sign(tmp_path)
    signed = read_signed(file.read_bytes(), file.name)
    now, request = datetime.now(UTC), pending_request(operation, plan=plan)
    leaf = choose_leaf(request, signed, now)
    assert leaf is not None
    found = preflight(request, signed, now)
    sent = chain.build(leaf, signed.certificates, now).certificates
    vault.merge("web", sent)

    assert {each.code for each in found if each.level is Level.TICK} == ticks
    assert not [each for each in found if each.level is Level.STOP]
    assert len(sent) == length
    kept = vault.certificate("web")
    assert kept.thumbprint == leaf.fingerprint(hashes.SHA1()).hex().upper()
    assert kept.enabled
    assert kept.expires == leaf.not_valid_after_utc
    assert vault.operation("web").status is Status.COMPLETED


def test_a_missing_program_is_said_with_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "path", lambda program: None if program == "certtool" else "/x")
    monkeypatch.setattr(apt, "install", lambda *_packages: False)

    assert programs.main() == 1
    assert "apt-get install gnutls-bin" in programs.sentence()
