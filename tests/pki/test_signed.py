from __future__ import annotations

import base64
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    pkcs7,
    pkcs12,
)
from hypothesis import given
from hypothesis import strategies as st

from kvcsr_widgets.errors import SignedFileError
from kvcsr_widgets.pki.signed import MAX_BYTES, MAX_CERTIFICATES, SignedFile, read_signed
from tests import certificates, openssl

LEAF = certificates.leaf()
CHAIN = [LEAF.certificate, certificates.intermediate().certificate, certificates.root().certificate]
PEM = LEAF.pem.decode()
BASE64 = base64.b64encode(LEAF.der)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(LEAF.der, id="DER"),
        pytest.param(LEAF.pem, id="PEM"),
        pytest.param(PEM.replace("\n", "\r\n").encode(), id="PEM with Windows line ends"),
        pytest.param(b"\xef\xbb\xbf" + LEAF.pem, id="PEM with a byte order mark"),
        pytest.param(PEM.encode("utf-16"), id="PEM in UTF-16"),
        pytest.param(PEM.rstrip().encode(), id="PEM without the last line end"),
        pytest.param(f"Dear customer,\n\n{PEM}\nYour CA".encode(), id="PEM in a mail"),
        pytest.param(LEAF.pem + LEAF.pem, id="the same certificate twice"),
        pytest.param(BASE64, id="bare base64"),
        pytest.param(BASE64 + b"-----END CERTIFICATE-----", id="base64 with a stray end line"),
        pytest.param(pkcs7.serialize_certificates(CHAIN[:1], Encoding.DER), id="PKCS #7 in DER"),
        pytest.param(pkcs7.serialize_certificates(CHAIN[:1], Encoding.PEM), id="PKCS #7 in PEM"),
    ],
)
def test_a_certificate_is_read_from(data: bytes) -> None:
    assert read_signed(data).certificates == (LEAF.certificate,)


def test_a_chain_is_read_whole() -> None:
    data = b"".join(certificate.public_bytes(Encoding.PEM) for certificate in reversed(CHAIN))

    assert read_signed(data).certificates == tuple(reversed(CHAIN))
    packed = read_signed(pkcs7.serialize_certificates(CHAIN, Encoding.DER))
    assert set(packed.certificates) == set(CHAIN)


def test_what_openssl_packs_is_read(tmp_path: Path) -> None:
    (tmp_path / "chain.pem").write_bytes(LEAF.pem + certificates.root().pem)
    for form in ("DER", "PEM"):
        openssl.openssl(
            *("crl2pkcs7", "-nocrl", "-certfile", "chain.pem", "-outform", form, "-out", "a.p7b"),
            cwd=tmp_path,
        )
        assert len(read_signed((tmp_path / "a.p7b").read_bytes()).certificates) == 2


KEY = LEAF.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
OLD_KEY = LEAF.key.private_bytes(
    Encoding.PEM, PrivateFormat.TraditionalOpenSSL, BestAvailableEncryption(b"x")
)
PFX = pkcs12.serialize_key_and_certificates(b"a", LEAF.key, LEAF.certificate, [], NoEncryption())


@pytest.mark.parametrize(
    ("data", "says"),
    [
        pytest.param(b"", "is empty", id="empty"),
        pytest.param(b" \r\n", "is empty", id="blank"),
        pytest.param(b"x" * (MAX_BYTES + 1), "5,242,881 bytes", id="huge"),
        pytest.param(b"hello", "holds no certificate", id="text"),
        pytest.param(b"\xff\xfe\x00\x01", "holds no certificate", id="noise"),
        pytest.param(b"<!DOCTYPE html><html>", "a web page", id="sign-in page"),
        pytest.param(certificates.csr().der, "signing request", id="CSR in DER"),
        pytest.param(certificates.csr().pem.encode(), "signing request", id="CSR in PEM"),
        pytest.param(KEY, "private key", id="private key"),
        pytest.param(OLD_KEY, "private key", id="encrypted private key"),
        pytest.param(LEAF.pem + KEY, "private key", id="certificate and private key"),
        pytest.param(PFX, "PFX", id="PFX"),
        pytest.param(
            LEAF.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
            "public key",
            id="public key",
        ),
        pytest.param(LEAF.der[:-1], "damaged", id="cut off"),
        pytest.param(PEM.replace("M", "*").encode(), "damaged", id="PEM with wrong letters"),
    ],
)
def test_what_is_no_certificate_is_named_for_what_it_is(data: bytes, says: str) -> None:
    with pytest.raises(SignedFileError, match=says) as caught:
        read_signed(data, "reply.cer")

    assert caught.value.message.startswith("“reply.cer” ")
    assert caught.value.hint


def test_a_certificate_of_a_version_that_there_is_not_is_damaged() -> None:
    """The library has an error of its own for it."""
    strange = certificates.leaf().der.replace(bytes.fromhex("a003020102"), b"\xa0\3\2\1\5", 1)

    with pytest.raises(SignedFileError, match="damaged or cut off"):
        read_signed(strange)


def test_a_private_key_is_in_no_part_of_its_error() -> None:
    with pytest.raises(SignedFileError) as caught:
        read_signed(KEY)

    assert KEY.decode().splitlines()[1] not in repr(vars(caught.value)) + repr(caught.value)
    assert caught.value.__cause__ is None


def test_a_pile_of_certificates_is_refused() -> None:
    pile = b"".join(certificates.leaf().pem for _ in range(MAX_CERTIFICATES + 1))

    with pytest.raises(SignedFileError, match="more than 100 certificates"):
        read_signed(pile)


@given(st.binary(max_size=400) | st.binary(max_size=200).map(lambda noise: LEAF.der[:300] + noise))
def test_any_bytes_give_certificates_or_a_signed_file_error(data: bytes) -> None:
    try:
        assert read_signed(data).certificates
    except SignedFileError as error:
        assert error.message


@given(st.integers(0, len(LEAF.der) - 1), st.integers(0, 255))
def test_any_changed_byte_gives_certificates_or_a_signed_file_error(at: int, value: int) -> None:
    try:
        assert read_signed(LEAF.der[:at] + bytes([value]) + LEAF.der[at + 1 :]).certificates
    except SignedFileError as error:
        assert error.message


def test_the_leaf_is_the_one_over_the_key_wherever_it_stands() -> None:
    signed = SignedFile(tuple(reversed(CHAIN)))

    assert signed.leaf_for(LEAF.key.public_key()) == LEAF.certificate
    assert signed.leaf_for(certificates.key("another").public_key()) is None
