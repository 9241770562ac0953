"""The commands that have a CSR signed outside: run as printed, or read as both shells read them."""

from __future__ import annotations

import re
import shlex
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kvcsr_widgets.pki import altnames, facts
from kvcsr_widgets.pki.chain import build
from kvcsr_widgets.pki.leaf import fitting
from kvcsr_widgets.pki.names import Names
from kvcsr_widgets.pki.plan import CertificatePlan, KeyChoice
from kvcsr_widgets.pki.signed import read_signed
from kvcsr_widgets.pki.signing import certreq_commands, openssl_commands
from kvcsr_widgets.vault.client import Vault
from tests import openssl

EVERY_KIND = Names(
    dns=("www.contoso.com", "*.contoso.com", "xn--mnchen-3ya.example"),
    emails=("web@contoso.com",),
    upns=("jürgen@contoso.com",),
    uris=("spiffe://contoso.com/web",),
    ips=("192.0.2.1", "2001:db8::1"),
)


@pytest.mark.parametrize("key", [KeyChoice.RSA_2048, KeyChoice.EC_P256, KeyChoice.EC_P256K])
def test_openssl_signs_all_that_was_asked_for(vault: Vault, tmp_path: Path, key: KeyChoice) -> None:
    plan = CertificatePlan(
        name="web",
        subject='CN=www.contoso.com, O="Zürich & Söhne, AG", C=CH',
        names=EVERY_KIND,
        key=key,
        ekus=("1.3.6.1.5.5.7.3.1", "1.3.6.1.4.1.99999.1"),
    )
    csr = vault.create(plan).csr
    assert csr is not None
    (tmp_path / "web.csr").write_text(csr.pem)

    openssl.shell(openssl_commands("web", days=30), cwd=tmp_path)

    signed = read_signed((tmp_path / "web.p7b").read_bytes())
    (leaf,) = fitting(csr, signed)
    assert len(build(leaf, signed.certificates, datetime.now(UTC)).certificates) == 2
    assert leaf.subject == csr.name
    assert altnames.held(leaf.extensions) == csr.names
    assert len(csr.names) == 8
    assert facts.key_usages(leaf.extensions) == facts.key_usages(csr.extensions)
    assert facts.extended_key_usages(leaf.extensions) == facts.extended_key_usages(csr.extensions)
    assert (leaf.not_valid_after_utc - leaf.not_valid_before_utc).days == 30
    openssl.openssl("verify", "-CAfile", "ca.pem", "web.pem", cwd=tmp_path)


def test_certreq_gets_its_arguments() -> None:
    ca = r"CA-HOST\CA-NAME"

    assert [shlex.split(line) for line in certreq_commands("web").splitlines()] == [
        [
            *("certreq", "-submit", "-attrib", "CertificateTemplate:WebServer", "-config", ca),
            *("web.csr", "web.cer", "web.p7b"),
        ],
        ["certreq", "-retrieve", "-config", ca, "REQUEST-ID", "web.cer", "web.p7b"],
        ["certutil", "-config", ca, "-ca.chain", "ca-chain.p7b"],
    ]


def test_neither_cmd_nor_powershell_expands_anything_in_them() -> None:
    for line in certreq_commands("web").splitlines():
        bare = re.sub(r'"[^"%$`\\]*(\\[^"%$`\\]+)?"', "", line)  # quoted, no \ before a quote

        assert re.fullmatch(r"[A-Za-z0-9 .-]*", bare)
        assert not re.search(r"(?<!\S)-\w+\.", bare)  # PowerShell parts such a word at its dot
