"""What is refused: each kind of file is named for what it is, with what to do about it."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import dsa, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    pkcs7,
    pkcs12,
)
from cryptography.x509 import ocsp

from kvcsr_widgets.errors import PrivateKeyError, SignedFileError
from kvcsr_widgets.pki.signed import MAX_BYTES, read_signed
from tests import certificates, openssl
from tests.der import tlv
from tests.pki.test_signed import CHAIN, KEYLESS, attached, zipped

LEAF = certificates.leaf()
PEM = LEAF.pem.decode()
PUBLIC = LEAF.key.public_key()
RSA = rsa.generate_private_key(65537, 2048)
DSA = dsa.generate_private_key(1024)
CRL = (
    x509.CertificateRevocationListBuilder()
    .issuer_name(LEAF.certificate.subject)
    .last_update(certificates.NOW)
    .next_update(certificates.NOW + certificates.DAY)
    .sign(LEAF.key, hashes.SHA256())
)
OCSP = ocsp.OCSPResponseBuilder.build_unsuccessful(ocsp.OCSPResponseStatus.UNAUTHORIZED)
QUESTION = ocsp.OCSPRequestBuilder().add_certificate(CHAIN[0], CHAIN[1], hashes.SHA256()).build()
ENVELOPED = (
    pkcs7.PKCS7EnvelopeBuilder()
    .set_data(b"x")
    .add_recipient(certificates.rsa_certificate(RSA))
    .encrypt(Encoding.DER, [])
)


def pem(label: str, content: bytes = b"whatever") -> bytes:
    body = base64.encodebytes(content).decode()
    return f"-----BEGIN {label}-----\n{body}-----END {label}-----\n".encode()


@pytest.mark.parametrize(
    ("data", "says"),
    [
        pytest.param(b"", "is empty", id="empty"),
        pytest.param(b" \r\n", "is empty", id="blank"),
        pytest.param(b"\0" * 999, "is empty", id="zeros"),
        pytest.param(b"x" * (MAX_BYTES + 1), "5,242,881 bytes", id="huge"),
        pytest.param(b"hello", "holds no certificate", id="text"),
        pytest.param(b"MIAMI HEAT: a text, and none else", "holds no cert", id="MI"),
        pytest.param(b"\x01\x02\xff\x00", "is binary data", id="noise"),
        pytest.param(b"\xff\xfe\x00\xd8\x00\xd8", "is binary data", id="broken UTF-16"),
        pytest.param(b"<!DOCTYPE html><html>", "a web page", id="sign-in page"),
        pytest.param(b'<?xml version="1.0"?><a/>', "an XML text", id="XML"),
        pytest.param(b'{"error": "denied"}', "a JSON text.* perhaps an error", id="JSON"),
        pytest.param(attached(b"a logo", "logo.png"), "“reply.cer” is a text", id="logo in mail"),
        pytest.param(attached(b""), "a mail without a certificate", id="mail without"),
        pytest.param(
            attached(zipped({"b.txt": b"b", "a.cer": certificates.csr().der}), "web.zip"),
            "None of 2 files holds a certificate. “web.zip/b.txt” is a text",
            id="zip without a certificate in a mail",
        ),
        pytest.param(attached(zipped({}), "web.zip"), "a zip without f", id="empty zip in a mail"),
        pytest.param(
            attached(zipped({"b.zip": zipped({"a.cer": LEAF.der})}), "web.zip"),
            "“web.zip/b.zip” is a zip file within another file",
            id="zip in a zip in a mail",
        ),
        pytest.param(
            attached(zipped({"a.eml": attached(zipped({"a.cer": LEAF.der}), "b.zip")}), "web.zip"),
            "“web.zip/a.eml” is a zip file within another file",
            id="zip in a mail in a zip in a mail",
        ),
        pytest.param(
            zipped({"a.eml": attached(zipped({"a.cer": LEAF.der}), "b.zip")}),
            "“a.eml” is a zip file within another file",
            id="zip in a mail in a zip",
        ),
        pytest.param(attached(certificates.csr().der), "signing request", id="CSR in a mail"),
        pytest.param(certificates.csr().der, "signing request", id="CSR in DER"),
        pytest.param(certificates.csr().pem.encode(), "signing request", id="CSR in PEM"),
        pytest.param(pem("NEW CERTIFICATE REQUEST"), "signing request", id="damaged CSR"),
        pytest.param(pem("CERTIFICATE", certificates.csr().der), "signing req", id="label of CSR"),
        pytest.param(
            json.dumps(
                {"csr": base64.b64encode(certificates.csr().der).decode(), "status": "inProgress"}
            ).encode(),
            "signing request",
            id="CSR as the Azure CLI shows it",
        ),
        pytest.param(CRL.public_bytes(Encoding.DER), "revocation list", id="CRL in DER"),
        pytest.param(CRL.public_bytes(Encoding.PEM), "revocation list", id="CRL in PEM"),
        pytest.param(OCSP.public_bytes(Encoding.DER), "answer about revocation", id="OCSP"),
        pytest.param(QUESTION.public_bytes(Encoding.DER), "question about rev", id="OCSP request"),
        pytest.param(
            PUBLIC.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
            "public key",
            id="public key in PEM",
        ),
        pytest.param(
            PUBLIC.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
            "public key",
            id="public key in DER",
        ),
        pytest.param(
            RSA.public_key().public_bytes(Encoding.DER, PublicFormat.PKCS1),
            "public key or a set of parameters",
            id="public key of RSA alone",
        ),
        pytest.param(
            PUBLIC.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH),
            "public key for SSH",
            id="public key of SSH",
        ),
        pytest.param(pem("PGP PUBLIC KEY BLOCK"), "public key", id="OpenPGP key"),
        pytest.param(pem("PGP MESSAGE"), "an OpenPGP text", id="OpenPGP"),
        pytest.param(pem("DH PARAMETERS"), "key parameters", id="parameters"),
        pytest.param(pem("SOMETHING"), "a PEM block “SOMETHING”", id="another label"),
        pytest.param(ENVELOPED, "an encrypted message", id="encrypted mail"),
        pytest.param(
            pkcs7.serialize_certificates(CHAIN, Encoding.DER)[:-9], "damaged", id="p7b cut off"
        ),
        pytest.param(
            bytes.fromhex(
                "302306092a864886f70d010702a01630140201013100300b06092a864886f70d0107013100"
            ),
            "PKCS #7 file without a certificate",
            id="p7b without certificates",
        ),
        pytest.param(b"%PDF-1.7\n", "a PDF document", id="PDF"),
        pytest.param(
            bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 99, "OLE comp.* Outlook mail", id="ole"
        ),
        *(
            pytest.param(
                bytes.fromhex("d0cf11e0a1b11ae1") + bytes(500) + name.encode("utf-16-le"),
                says,
                id=says,
            )
            for name, says in {
                "__substg1.0_37010102": "an Outlook mail",
                "WordDocument": "an old Word doc",
                "Workbook": "an old Excel work",
            }.items()
        ),
        pytest.param(zipped({"word/document.xml": b""}), "a Word doc", id="docx"),
        pytest.param(zipped({"xl/workbook.xml": b""}), "an Excel workbook", id="xlsx"),
        pytest.param(zipped({"META-INF/MANIFEST.MF": b""}), "a Java archive", id="jar"),
        pytest.param(zipped({}), "a zip without files", id="empty zip"),
        pytest.param(zipped({"__MACOSX/._a": b""}), "a zip without files", id="zip of clutter"),
        pytest.param(
            zipped({"a": b"a", "b": b"b"}), "None of 2 files holds a cert.* “a” is", id="zip"
        ),
        pytest.param(
            zipped({"a.cer": LEAF.der})[:-30], "zip file that is damaged", id="zip cut off"
        ),
        pytest.param(b"\xfe\xed\xfe\xed\0\0\0\2", "Java keystore", id="JKS"),
        pytest.param(b"\0\0\0\0CERT", "Windows certificate store", id="SST"),
        pytest.param(b"\x1f\x8b\x08\0", "a gzip archive", id="gzip"),
        pytest.param(b"a" * 257 + b"ustar\0" + b"a" * 99, "a tar archive", id="tar"),
        pytest.param(b"\x89PNG\r\n\x1a\n", "a picture", id="PNG"),
        pytest.param(
            LEAF.der.decode("utf-8", errors="replace").encode(), "saving it as text", id="as text"
        ),
        pytest.param(LEAF.der[:-1], "damaged: cut off after 35. of 35. bytes", id="cut off"),
        pytest.param(PEM.replace("M", "*").encode(), "damaged", id="PEM with wrong letters"),
        pytest.param(b"-----BEGIN CERTIFICATE-----\nhere\n", "words instead of a", id="words"),
        pytest.param(
            b"-----BEGIN CERTIFICATE----- is the start of\n" + PEM.replace("\nM", "\n*").encode(),
            "a certificate that is damaged",
            id="words before a damaged one",
        ),
        pytest.param(
            LEAF.pem + LEAF.pem[:300] + b"\n-----END CERTIFICATE-----",
            "A part of “reply.cer” is damaged: cut off",
            id="one of 2 cut off",
        ),
        pytest.param(LEAF.pem + PEM.replace("M", "*").encode(), "A part of “reply", id="one of 2"),
        pytest.param(LEAF.der.replace(b"\xa0\3\2\1\2", b"\xa0\3\2\1\5", 1), "dama", id="version 6"),
        pytest.param(
            certificates.of_unknown_key().public_bytes(Encoding.DER),
            "a certificate that cannot be read here",
            id="key of an unknown kind",
        ),
    ],
)
def test_what_is_no_certificate_is_named_for_what_it_is(data: bytes, says: str) -> None:
    with pytest.raises(SignedFileError, match=says) as caught:
        read_signed(data, "reply.cer")

    assert not isinstance(caught.value, PrivateKeyError)
    assert any(
        of in caught.value.message for of in ("“reply.cer”", "None of", "“web.zip", "“a.eml”")
    )
    assert caught.value.message.endswith(".")
    assert caught.value.hint


def test_pkcs7_without_a_certificate_is_told(tmp_path: Path) -> None:
    openssl.openssl("crl2pkcs7", "-nocrl", "-out", "empty.p7b", cwd=tmp_path)

    with pytest.raises(SignedFileError, match="PKCS #7 file without a certificate"):
        read_signed((tmp_path / "empty.p7b").read_bytes())


@pytest.mark.parametrize("form", ["DER", "PEM"])
@pytest.mark.parametrize("after", [b"", b"\r\n", b"\0"])
def test_pkcs7_with_a_crl_alone_is_told(tmp_path: Path, form: str, after: bytes) -> None:
    (tmp_path / "a.crl").write_bytes(CRL.public_bytes(Encoding.PEM))
    openssl.openssl(
        *("crl2pkcs7", "-in", "a.crl", "-outform", form, "-out", "crl.p7b"), cwd=tmp_path
    )

    with pytest.raises(SignedFileError, match="a PKCS #7 file without a certificate"):
        read_signed((tmp_path / "crl.p7b").read_bytes() + after)


def test_pkcs7_of_indefinite_length_with_a_crl_alone_is_told() -> None:
    crl = CRL.public_bytes(Encoding.DER)
    inner = bytes.fromhex("020101 3100 3080 06092a864886f70d010701 0000".replace(" ", ""))
    data = bytes.fromhex("3080 06092a864886f70d010702 a080 3080".replace(" ", "")) + inner
    data += tlv(0xA1, crl) + b"\x31\x00" + bytes(6)

    with pytest.raises(SignedFileError, match="a PKCS #7 file without a certificate"):
        read_signed(data)


def test_pkcs7_whose_certificates_are_damaged_is_told() -> None:
    data = pkcs7.serialize_certificates(CHAIN[:1], Encoding.DER)
    at = data.index(CHAIN[0].public_bytes(Encoding.DER))

    with pytest.raises(SignedFileError, match="a PKCS #7 file that is damaged"):
        read_signed(data[: at + 1] + b"\x84" + data[at + 2 :])


def private(key: object, form: PrivateFormat, encoding: Encoding, *, locked: bool = False) -> bytes:
    assert isinstance(key, rsa.RSAPrivateKey | dsa.DSAPrivateKey | type(LEAF.key))
    encryption: serialization.KeySerializationEncryption = NoEncryption()
    if locked:
        encryption = BestAvailableEncryption(b"password")
    return key.private_bytes(encoding, form, encryption)


OPENSSL, PKCS8 = PrivateFormat.TraditionalOpenSSL, PrivateFormat.PKCS8
KEY = private(LEAF.key, PKCS8, Encoding.PEM)
KEYS = {
    "PKCS #8 in PEM": KEY,
    "PKCS #8 in DER": private(LEAF.key, PKCS8, Encoding.DER),
    "PKCS #8 of RSA": private(RSA, PKCS8, Encoding.DER),
    "encrypted PKCS #8 in PEM": private(LEAF.key, PKCS8, Encoding.PEM, locked=True),
    "encrypted PKCS #8 in DER": private(LEAF.key, PKCS8, Encoding.DER, locked=True),
    "EC in PEM": private(LEAF.key, OPENSSL, Encoding.PEM),
    "EC in DER": private(LEAF.key, OPENSSL, Encoding.DER),
    "RSA in DER": private(RSA, OPENSSL, Encoding.DER),
    "DSA in DER": private(DSA, OPENSSL, Encoding.DER),
    "RSA in base64": base64.b64encode(private(RSA, OPENSSL, Encoding.DER)),
    "encrypted RSA in PEM": private(RSA, OPENSSL, Encoding.PEM, locked=True),
    "OpenSSH": private(LEAF.key, PrivateFormat.OpenSSH, Encoding.PEM),
    "PuTTY": b"PuTTY-User-Key-File-3: ssh-rsa\nEncryption: none\n",
    "JWK": b'{"kty": "EC", "crv": "P-256", "d": "abc"}',
    "UTF-16": KEY.decode().encode("utf-16"),
    "JSON": json.dumps({"certificate": PEM, "private_key": KEY.decode()}).encode(),
    "certificate before it": LEAF.pem + KEY,
    "certificate behind it": KEY + LEAF.pem,
    "certificate in DER before it": LEAF.der + private(LEAF.key, PKCS8, Encoding.DER),
    "under the wrong label": pem("CERTIFICATE", private(LEAF.key, PKCS8, Encoding.DER)),
    "without its end": KEY[:60],
    "mail": attached(KEY, "web.key"),
    "zip in a mail": attached(zipped({"web.cer": LEAF.der, "web.key": KEY}), "web.zip"),
    "zip": zipped({"web.cer": LEAF.der, "web.key": KEY}),
}
NAMED = b"web"
KEYS |= {
    f"PFX, {name}": pkcs12.serialize_key_and_certificates(NAMED, LEAF.key, CHAIN[0], [], how)
    for name, how in {
        "not encrypted": NoEncryption(),
        "encrypted": BestAvailableEncryption(b"password"),
    }.items()
}
KEYS["PFX in base64"] = base64.b64encode(KEYS["PFX, encrypted"])


@pytest.mark.parametrize("data", [pytest.param(data, id=name) for name, data in KEYS.items()])
def test_a_private_key_is_refused_and_in_no_part_of_its_error(data: bytes) -> None:
    with pytest.raises(PrivateKeyError, match=r"private key\. It was not read") as caught:
        read_signed(data, "web.pfx")

    told = repr(vars(caught.value)) + repr(caught.value)
    assert KEY.decode().splitlines()[1] not in told
    assert caught.value.__cause__ is None
    assert caught.value.why
    assert caught.value.hint


def test_a_pfx_with_a_password_says_so() -> None:
    locked = pkcs12.serialize_key_and_certificates(
        None, None, CHAIN[0], CHAIN[1:], BestAvailableEncryption(b"password")
    )

    with pytest.raises(SignedFileError, match=r"PFX .* protected by a password"):
        read_signed(locked)


def test_a_pfx_that_was_changed_is_not_read() -> None:
    """Its MAC does not fit."""
    middle = len(KEYLESS) // 3

    with pytest.raises(SignedFileError, match="or damaged"):
        read_signed(KEYLESS[:middle] + bytes([KEYLESS[middle] ^ 1]) + KEYLESS[middle + 1 :])


@pytest.mark.parametrize("name", ["\u202ecer.exe", "a\nb", "x" * 9999])
def test_a_file_name_is_shown_on_one_line_and_not_at_length(name: str) -> None:
    with pytest.raises(SignedFileError) as caught:
        read_signed(b"hello", name)

    assert caught.value.message.isprintable()
    assert len(caught.value.message) < 300
