"""How many certificates a secret holds, and nothing more of it."""

from __future__ import annotations

import base64
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from hypothesis import given
from hypothesis import strategies as st

from kvcsr_widgets.errors import ForbiddenError, NotFoundError
from kvcsr_widgets.pki.plan import CertificatePlan, ContentType, KeyChoice
from kvcsr_widgets.pki.signed import read_signed
from kvcsr_widgets.vault.chain import MAX_VALUE
from kvcsr_widgets.vault.chain import certificates as read
from kvcsr_widgets.vault.client import Vault
from kvcsr_widgets.vault.session import practise
from tests import certificates

PLAN = CertificatePlan("web", "CN=a", key=KeyChoice.EC_P256, exportable=False)
PEM, PFX = "application/x-pem-file", "application/x-pkcs12"
ISSUED = certificates.leaf()
KEY = certificates.key("leaf")
CERTIFICATE = ISSUED.certificate.public_bytes(Encoding.PEM).decode()


def issued(vault: Vault, plan: CertificatePlan, kind: str = "p7b") -> str:
    """The version of a certificate that was merged with a reply of the practice CA."""
    operation = vault.create(plan)
    assert operation.csr is not None
    assert vault.authority is not None
    reply = vault.authority.sign(operation.csr.der).file(kind)
    return vault.merge(plan.name, read_signed(reply).certificates).version


@pytest.mark.parametrize(("kind", "number"), [("cer", 1), ("p7b", 3)])
@pytest.mark.parametrize("content", ContentType)
def test_the_chain_of_a_certificate_is_counted(
    vault: Vault, content: ContentType, kind: str, number: int
) -> None:
    version = issued(vault, replace(PLAN, content_type=content), kind)
    assert vault.chain_length("web", version) == number


@pytest.mark.parametrize("content", ContentType)
def test_a_secret_with_a_private_key_is_not_counted(vault: Vault, content: ContentType) -> None:
    version = issued(vault, replace(PLAN, content_type=content, exportable=True))
    assert vault.chain_length("web", version) is None


def test_a_pem_is_read_in_its_order(vault: Vault) -> None:
    plan = replace(PLAN, content_type=ContentType.PEM)
    found = vault.chain("web", issued(vault, plan))
    assert found is not None
    assert found[0].issuer == found[1].subject
    assert found[1].issuer == found[2].subject


def test_who_may_not_read_secrets_is_told_who_may(vault: Vault, tmp_path: Path) -> None:
    version = issued(vault, PLAN)
    reader = practise(tmp_path / "vault.sqlite", role="reader")

    with pytest.raises(ForbiddenError) as caught:
        reader.chain_length("web", version)

    assert "the role Key Vault Secrets User" in caught.value.hint
    assert "the secret permission get" in caught.value.hint
    assert "secrets/getSecret/action" in caught.value.why
    reader.close()


def test_the_secret_of_a_disabled_certificate_is_refused(vault: Vault) -> None:
    version = issued(vault, PLAN)
    vault.set_enabled("web", enabled=False)

    with pytest.raises(ForbiddenError, match="is disabled"):
        vault.chain_length("web", version)


def test_what_has_no_secret_is_not_found(vault: Vault) -> None:
    vault.create(PLAN)
    with pytest.raises(NotFoundError):
        vault.chain_length("web", vault.certificate("web").version)


def pem_key() -> str:
    return KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def pfx(key: Any, *others: Any) -> str:
    data = pkcs12.serialize_key_and_certificates(
        b"web", key, ISSUED.certificate if key else None, others, NoEncryption()
    )
    return base64.b64encode(data).decode()


@pytest.mark.parametrize(
    ("kind", "value", "number"),
    [
        (PEM, CERTIFICATE, 1),
        (PEM, CERTIFICATE * 3, 3),
        (PEM, pem_key() + CERTIFICATE, None),
        (PEM, CERTIFICATE + pem_key(), None),
        (PEM, CERTIFICATE + pem_key().replace("PRIVATE", "EC PRIVATE"), None),
        (PEM, "", None),
        (PEM, "no certificate", None),
        (PEM, CERTIFICATE.replace("M", "!"), None),
        (PEM, CERTIFICATE * 200, None),
        (PFX, pfx(None, ISSUED.certificate), 1),
        (PFX, pfx(KEY), None),
        (PFX, "", None),
        (PFX, "no base64", None),
        (PFX, CERTIFICATE, None),
        ("text/plain", CERTIFICATE, None),
        (None, CERTIFICATE, None),
        ([PEM], CERTIFICATE, None),
        (PEM, None, None),
        (PEM, 7, None),
    ],
)
def test_only_certificates_alone_are_counted(kind: Any, value: Any, number: int | None) -> None:
    found = read({"contentType": kind, "value": value})
    assert (None if found is None else len(found)) == number


def test_what_is_too_long_is_not_read() -> None:
    assert len(CERTIFICATE * 200) > MAX_VALUE


@pytest.mark.parametrize("secret", [{}, [], None, "x", 7])
def test_what_is_no_secret_is_not_counted(secret: Any) -> None:
    assert read(secret) is None


@given(st.sampled_from([PEM, PFX]), st.text(max_size=300))
def test_any_value_is_a_number_or_none(kind: str, value: str) -> None:
    assert read({"contentType": kind, "value": value}) is None


@given(st.binary(max_size=300))
def test_any_bytes_are_a_number_or_none(data: bytes) -> None:
    assert read({"contentType": PFX, "value": base64.b64encode(data).decode()}) is None
