"""The secret and the key behind a certificate."""

from __future__ import annotations

import base64
import subprocess
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key, pkcs12

from kvcsr_widgets.practice.transport import Practice
from tests.practice.steps import finish
from tests.practice.wire import Json, Wire

PEM = {"secret_props": {"contentType": "application/x-pem-file"}}


def no_export(policy: Json | None = None) -> Json:
    return {"key_props": {"kty": "EC", "crv": "P-256", "exportable": False}} | (policy or {})


def secret(wire: Wire, name: str = "web") -> Json:
    answer = wire.send("GET", f"/secrets/{name}")
    assert answer.status == 200, answer.text
    return answer.body


def test_a_pfx_holds_key_and_chain_without_a_password(
    wire: Wire, practice: Practice, tmp_path: Path
) -> None:
    bundle = finish(wire, practice)
    found = secret(wire)
    (tmp_path / "web.pfx").write_bytes(base64.b64decode(found["value"]))

    shown = subprocess.run(
        ["openssl", "pkcs12", "-in", tmp_path / "web.pfx", "-passin", "pass:", "-nodes"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    certificates = x509.load_pem_x509_certificates(shown.encode())
    assert certificates[0] == x509.load_der_x509_certificate(base64.b64decode(bundle["cer"]))
    assert len(certificates) == 3
    key = load_pem_private_key(shown[shown.index("-----BEGIN PRIVATE") :].encode(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    assert key.public_key() == certificates[0].public_key()
    assert found["contentType"] == "application/x-pkcs12"
    assert (found["id"], found["kid"]) == (bundle["sid"], bundle["kid"])
    assert found["attributes"] == bundle["attributes"]


def test_pem_has_the_key_first_then_leaf_to_root(wire: Wire, practice: Practice) -> None:
    bundle = finish(wire, practice, policy=PEM)
    value: str = secret(wire)["value"]

    assert value.startswith("-----BEGIN PRIVATE KEY-----\n")
    assert value.endswith("-----END CERTIFICATE-----\n")
    assert max(len(line) for line in value.splitlines()) == 64
    chain = x509.load_pem_x509_certificates(value.encode())
    assert chain[0] == x509.load_der_x509_certificate(base64.b64decode(bundle["cer"]))
    assert [each.issuer for each in chain[:-1]] == [each.subject for each in chain[1:]]
    key = load_pem_private_key(value.encode(), None)
    assert key.public_key() == chain[0].public_key()


@pytest.mark.parametrize("policy", [{}, PEM], ids=["PFX", "PEM"])
def test_a_key_that_is_not_exportable_is_withheld(
    wire: Wire, practice: Practice, policy: Json
) -> None:
    finish(wire, practice, policy=no_export(policy))
    value = secret(wire)["value"]

    if policy:
        assert "PRIVATE KEY" not in value
        assert len(x509.load_pem_x509_certificates(value.encode())) == 3
    else:
        found = pkcs12.load_pkcs12(base64.b64decode(value), None)
        assert found.key is None
        assert len(found.additional_certs) + bool(found.cert) == 3


def test_each_version_has_its_secret_and_key(wire: Wire, practice: Practice) -> None:
    first, second = finish(wire, practice), finish(wire, practice)
    for bundle in (first, second):
        found = wire.send("GET", bundle["sid"].removeprefix(practice.url))
        assert found.body["id"] == bundle["sid"]
        key = wire.send("GET", bundle["kid"].removeprefix(practice.url)).body["key"]
        assert key["kid"] == bundle["kid"]
    assert secret(wire)["id"] == second["sid"]


@pytest.mark.parametrize("kind", ["secrets", "keys"])
def test_there_is_none_before_the_first_merge(wire: Wire, kind: str) -> None:
    wire.create()
    code = f"{kind[:-1].capitalize()}NotFound"

    for path in (f"/{kind}/web", f"/{kind}/nobody", f"/{kind}/web/1"):
        answer = wire.send("GET", path)
        assert (answer.status, answer.body["error"]["code"]) == (404, code)


def test_a_disabled_secret_is_refused_and_its_key_is_not(wire: Wire, practice: Practice) -> None:
    finish(wire, practice)
    wire.send("PATCH", "/certificates/web", {"attributes": {"enabled": False}})

    answer = wire.send("GET", "/secrets/web")
    assert answer.error == (
        403,
        "Forbidden",
        "Operation get is not allowed on a disabled secret.",
    )
    assert answer.body["error"]["innererror"] == {"code": "SecretDisabled"}
    assert wire.send("GET", "/keys/web").body["attributes"]["enabled"] is False


def number(text: str) -> int:
    return int.from_bytes(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), "big")


def test_an_ec_key_is_shown_as_a_web_key(wire: Wire, practice: Practice) -> None:
    finish(wire, practice, policy={"key_props": {"kty": "EC", "crv": "P-521"}})

    body = wire.send("GET", "/keys/web").body

    assert list(body) == ["key", "attributes", "managed"]
    assert list(body["key"]) == ["kid", "kty", "key_ops", "crv", "x", "y"]
    assert (body["key"]["kty"], body["key"]["crv"]) == ("EC", "P-521")
    leaf = x509.load_der_x509_certificate(practice.vault.shelf.newest("web").cer or b"")
    key = leaf.public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    assert number(body["key"]["x"]) == key.public_numbers().x
    assert len(body["key"]["y"]) == 88  # 66 bytes, leading zeros included (RFC 7518 6.2.1.2)


def test_an_rsa_key_is_shown_as_a_web_key(wire: Wire, practice: Practice) -> None:
    finish(wire, practice, policy={"key_props": {"kty": "RSA"}})

    key = wire.send("GET", "/keys/web").body["key"]

    assert list(key) == ["kid", "kty", "key_ops", "n", "e"]
    assert key["e"] == "AQAB"
    leaf = x509.load_der_x509_certificate(practice.vault.shelf.newest("web").cer or b"")
    public = leaf.public_key()
    assert isinstance(public, rsa.RSAPublicKey)
    assert number(key["n"]) == public.public_numbers().n


@pytest.mark.parametrize(
    ("usages", "operations"),
    [
        (["digitalSignature", "keyEncipherment"], ["sign", "verify", "wrapKey", "unwrapKey"]),
        (["digitalSignature"], ["sign", "verify"]),
        (["nonRepudiation", "crlSign"], ["sign", "verify"]),
        (["dataEncipherment"], ["encrypt", "decrypt"]),
        (["keyAgreement", "encipherOnly"], ["encrypt"]),
        (["keyAgreement", "decipherOnly"], ["decrypt"]),
        ([], []),
    ],
)
def test_key_operations_follow_the_key_usages(
    wire: Wire, practice: Practice, usages: list[str], operations: list[str]
) -> None:
    props = {"subject": "CN=a", "key_usage": usages}
    finish(wire, practice, policy={"key_props": {"kty": "RSA"}, "x509_props": props})

    assert wire.send("GET", "/keys/web").body["key"]["key_ops"] == operations


def test_an_ec_key_signs_and_verifies_alone(wire: Wire, practice: Practice) -> None:
    finish(wire, practice)

    assert wire.send("GET", "/keys/web").body["key"]["key_ops"] == ["sign", "verify"]


def test_tags_are_those_of_the_certificate(wire: Wire, practice: Practice) -> None:
    finish(wire, practice)
    wire.send("PATCH", "/certificates/web", {"tags": {"a": "b"}})

    assert secret(wire)["tags"] == {"a": "b"}
    assert wire.send("GET", "/keys/web").body["tags"] == {"a": "b"}


def test_no_later_policy_makes_a_key_exportable(wire: Wire, practice: Practice) -> None:
    first = finish(wire, practice, policy=no_export(PEM))["sid"].removeprefix(practice.url)
    wire.send("PATCH", "/certificates/web/policy", {"key_props": {"exportable": True}})
    assert "PRIVATE KEY" not in secret(wire)["value"]

    finish(wire, practice, policy=PEM)
    assert "PRIVATE KEY" in secret(wire)["value"]
    assert "PRIVATE KEY" not in wire.send("GET", first).body["value"]


def test_a_version_keeps_the_content_type_and_the_usages_it_was_made_with(
    wire: Wire, practice: Practice
) -> None:
    first = finish(wire, practice, policy=PEM)
    props = {"subject": "CN=a", "key_usage": []}
    finish(wire, practice, policy={"x509_props": props})

    old = wire.send("GET", first["sid"].removeprefix(practice.url)).body
    assert old["contentType"] == "application/x-pem-file"
    key = wire.send("GET", first["kid"].removeprefix(practice.url)).body["key"]
    assert key["key_ops"] == ["sign", "verify"]
    assert secret(wire)["contentType"] == "application/x-pkcs12"
    assert wire.send("GET", "/keys/web").body["key"]["key_ops"] == []
