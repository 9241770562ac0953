"""What CAs' pages and other tools write, as people get it."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    pkcs7,
    pkcs12,
)

from kvcsr_widgets.pki.signed import SignedFile, read_signed
from tests import openssl
from tests.pki.test_signed import BASE64, BODY, CHAIN, CHAIN_PEM, LEAF

AZ = {
    "attributes": {"enabled": True, "expires": "2027-02-23T20:13:56+00:00"},
    "cer": BODY,
    "contentType": None,
    "id": "https://contoso.vault.azure.net/certificates/web/0123456789abcdef0123456789abcdef",
    "kid": "https://contoso.vault.azure.net/keys/web/0123456789abcdef0123456789abcdef",
    "policy": {"keyProperties": {"exportable": True}, "secretProperties": {"contentType": "a/b"}},
    "x509ThumbprintHex": "0123456789ABCDEF0123456789ABCDEF01234567",
}
KEYTOOL = (
    "Alias name: web\nCreation date: Nov 25, 2026\nEntry type: PrivateKeyEntry\n"
    "Certificate chain length: 3\n"
    + "".join(
        f"Certificate[{number}]:\n{each.public_bytes(Encoding.PEM).decode()}"
        for number, each in enumerate(CHAIN, 1)
    )
    + f"\n\n{'*' * 43}\n{'*' * 43}\n\n\n"
)
P7B_WHOLE = pkcs7.serialize_certificates(CHAIN, Encoding.DER)
CERTNEW = (
    b"-----BEGIN CERTIFICATE-----\r\n"
    + base64.encodebytes(P7B_WHOLE).replace(b"\n", b"\r\n")
    + b"-----END CERTIFICATE-----\r\n"
)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(CERTNEW, id="certnew.p7b of AD CS in base64"),
        pytest.param(P7B_WHOLE, id="certnew.p7b of AD CS in DER"),
        pytest.param(KEYTOOL.encode(), id="keytool -list -rfc"),
        pytest.param(KEYTOOL.replace("\n", "\r\n").encode("utf-16"), id="keytool > in PowerShell"),
        pytest.param(CHAIN_PEM.decode().encode("utf-8-sig"), id="Set-Content -Encoding UTF8"),
        pytest.param(
            json.dumps({"certificate_chain": CHAIN_PEM.decode().strip()}, indent=2).encode(),
            id="JSON of an API",
        ),
        pytest.param(
            "".join(
                f" {number} s:CN = x\n   i:CN = y\n{each.public_bytes(Encoding.PEM).decode()}"
                for number, each in enumerate(CHAIN)
            ).encode(),
            id="openssl s_client -showcerts",
        ),
    ],
)
def test_what_tools_write_is_read_whole(data: bytes) -> None:
    signed = read_signed(data)

    assert set(signed.certificates) == set(CHAIN)
    assert all("UTF-16" in note for note in signed.notes)


@pytest.mark.parametrize("indent", [None, 2])
def test_what_the_azure_cli_shows_is_read(indent: int | None) -> None:
    assert read_signed(json.dumps(AZ, indent=indent).encode()) == SignedFile((LEAF.certificate,))
    listed = json.dumps([AZ, AZ | {"cer": BASE64.decode()}], indent=indent).encode()
    assert read_signed(listed).certificates == (LEAF.certificate,)


def test_bag_attributes_of_openssl_are_passed_over(tmp_path: Path) -> None:
    packed = pkcs12.serialize_key_and_certificates(
        b"web", LEAF.key, CHAIN[0], CHAIN[1:], BestAvailableEncryption(b"password")
    )
    (tmp_path / "web.pfx").write_bytes(packed)
    openssl.openssl(
        *("pkcs12", "-in", "web.pfx", "-nokeys", "-passin", "pass:password", "-out", "web.txt"),
        cwd=tmp_path,
    )

    data = (tmp_path / "web.txt").read_bytes()

    assert b"Bag Attributes" in data
    assert set(read_signed(data).certificates) == set(CHAIN)
    assert read_signed(data).notes == ()
