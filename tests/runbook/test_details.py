"""What a certificate or a CSR tells beyond the list."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtensionOID
from hypothesis import given
from hypothesis import strategies as st

from kvcsr_widgets.pki.csr import SigningRequest
from kvcsr_widgets.pki.pending import Status
from kvcsr_widgets.runbook.details import Details, details, has_public_chain
from kvcsr_widgets.vault.records import Bundle, Certificate, Operation
from tests import certificates, wrong_certificates

MADE = datetime(2026, 1, 1, tzinfo=UTC)
POLICY = {
    "key_props": {"exportable": False},
    "attributes": {"updated": int(MADE.timestamp())},
}


def bundle(der: bytes, policy: str = "{}") -> Bundle:
    thumbprint = "AB" * 20 if der else ""
    return Bundle(Certificate("web", "v1", True, MADE, None, None, None, thumbprint, der), policy)


def waiting(csr: SigningRequest | None) -> Operation:
    return Operation("web", Status.IN_PROGRESS, "Unknown", csr, False, "", "", "")


def test_a_certificate() -> None:
    leaf = certificates.leaf(subject="CN=a.example,O=Contoso", names=("a.example", "b.example"))

    found = details(bundle(leaf.der, '{"x":1}'), None)

    assert found == Details(
        "v1",
        "CN=a.example, O=Contoso",
        found.names,
        "EC P-256",
        f"{leaf.certificate.serial_number:X}",
        None,
        '{"x":1}',
    )
    assert [name.rpartition("=")[2].rpartition(":")[2].strip() for name in found.names] == [
        "a.example",
        "b.example",
    ]


def test_a_self_signed_certificate_is_its_whole_chain() -> None:
    assert details(bundle(certificates.self_signed().der), None).chain_length == 1
    assert details(bundle(certificates.leaf().der), None).chain_length is None


def test_a_placeholder_is_told_by_its_csr() -> None:
    csr = certificates.csr()

    found = details(bundle(b""), waiting(csr))

    assert found == Details("", csr.subject, tuple(map(str, csr.names)), csr.key, "", None, "{}")


@pytest.mark.parametrize("operation", [None, waiting(None)])
def test_a_placeholder_without_a_csr_has_its_policy(operation: Operation | None) -> None:
    assert details(bundle(b""), operation) == Details("v1", policy="{}")


@given(st.binary(min_size=1, max_size=200))
def test_bytes_that_are_no_certificate_are_no_error(der: bytes) -> None:
    assert details(bundle(der), None) == Details("v1", policy="{}")


@given(st.integers(0, 400), st.integers(0, 255))
def test_a_damaged_certificate_is_no_error(place: int, octet: int) -> None:
    der = bytearray(certificates.leaf().der)
    der[place % len(der)] = octet

    assert details(bundle(bytes(der)), None).policy == "{}"


def test_a_key_of_an_unknown_kind_is_no_error() -> None:
    der = certificates.of_unknown_key().public_bytes(Encoding.DER)
    assert details(bundle(der), None).version == "v1"


def test_an_extension_that_cannot_be_read_is_no_error() -> None:
    garbled = wrong_certificates.garbled(ExtensionOID.SUBJECT_ALTERNATIVE_NAME)
    leaf = wrong_certificates.leaf(names=(), extra=[garbled])
    assert details(bundle(leaf.public_bytes(Encoding.DER)), None).version == "v1"


def public(policy: object, **changes: Any) -> bool:
    known = Details("v1", policy=policy if isinstance(policy, str) else json.dumps(policy))
    values: dict[str, Any] = {"created": MADE} | changes
    return has_public_chain(
        known, Certificate("web", "", True, values["created"], None, None, None, "AB")
    )


def test_the_secret_of_a_key_that_cannot_be_exported_is_public() -> None:
    assert public(POLICY)


@pytest.mark.parametrize(
    "policy",
    [
        "",
        "[]",
        {},
        POLICY | {"key_props": None},
        POLICY | {"key_props": {"exportable": True}},
        POLICY | {"key_props": {"exportable": None}},
        POLICY | {"key_props": {"exportable": "false"}},
        POLICY | {"key_props": {"exportable": 0}},
        POLICY | {"attributes": None},
        POLICY | {"attributes": {"updated": "1"}},
        POLICY | {"attributes": {"updated": int(MADE.timestamp()) + 1}},
    ],
)
def test_where_it_is_not_certain_the_secret_is_not_public(policy: object) -> None:
    assert not public(policy)


def test_without_a_date_of_the_version_the_secret_is_not_public() -> None:
    assert not public(POLICY, created=None)


@pytest.mark.parametrize("known", [{"chain_length": 3}, {"chain_read": True}, {"version": ""}])
def test_what_is_known_is_not_asked_for(known: dict[str, Any]) -> None:
    found = Details(**({"version": "v1", "policy": json.dumps(POLICY)} | known))

    assert not has_public_chain(found, bundle(b"x").certificate)
