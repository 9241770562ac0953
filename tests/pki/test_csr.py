"""What a request says, those of the openssl program and hostile ones included."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from kvcsr_widgets.errors import InputError
from kvcsr_widgets.pki import facts
from kvcsr_widgets.pki.csr import MAX_BYTES, SigningRequest, SubjectPart
from tests import certificates
from tests.openssl import openssl

ODD = """\
[req]
prompt = no
distinguished_name = name
req_extensions = wanted
attributes = more
string_mask = MASK:0x2002
utf8 = yes
[name]
countryName = DE
0.organizationName = Zürich & Söhne
0.1.2.3.4 = private
+commonName = odd.example
[more]
challengePassword = hunter2hunter2
unstructuredName = from a test
[wanted]
subjectAltName = critical, @names
keyUsage = critical, digitalSignature, keyAgreement, encipherOnly
extendedKeyUsage = serverAuth, 1.3.6.1.4.1.311.10.3.4
basicConstraints = critical, CA:TRUE, pathlen:0
tlsfeature = status_request
1.3.6.1.4.1.99999.1 = DER:0c0568656c6c6f
certificatePolicies = 1.2.3.4.5
[names]
DNS.1 = odd.example
DNS.2 = xn--mnchen-3ya.example
IP.1 = 192.0.2.1
IP.2 = 2001:db8::1
URI.1 = spiffe://odd.example/web
email.1 = me@odd.example
otherName.1 = 1.3.6.1.4.1.311.20.2.3;FORMAT:UTF8,UTF8:jürgen@odd.example
RID.1 = 1.2.3.4
dirName.1 = directory
[directory]
CN = a directory
"""


def made(folder: Path, *, config: str = ODD, key: str = "rsa:2048") -> SigningRequest:
    """A request of the openssl program for this configuration."""
    (folder / "odd.cnf").write_text(config, "utf-8")
    openssl(
        *("req", "-new", "-newkey", key, "-nodes", "-keyout", "odd.key", "-config", "odd.cnf"),
        *("-outform", "DER", "-out", "odd.der"),
        cwd=folder,
    )
    return SigningRequest.from_der((folder / "odd.der").read_bytes())


def signed(builder: x509.CertificateSigningRequestBuilder) -> SigningRequest:
    request = builder.sign(certificates.key("leaf"), hashes.SHA256())
    return SigningRequest.from_der(request.public_bytes(Encoding.DER))


def with_extension(extension: x509.ExtensionType) -> SigningRequest:
    builder = x509.CertificateSigningRequestBuilder(x509.Name([]))
    return signed(builder.add_extension(extension, critical=False))


def test_the_rows_say_what_is_asked_for() -> None:
    rows = dict(certificates.csr(subject='CN=a, O="b, c"', names=("x.example", "y.example")).rows())

    assert rows["Version"] == "1"
    assert rows["Subject"] == 'CN=a, O="b, c"'
    assert rows["DNS and other names"] == "x.example, y.example"
    assert rows["Key"] == "EC P-256"
    assert rows["Key usage"] == rows["Extended key usage"] == rows["Basic constraints"] == "(none)"
    assert rows["Signature"] == "valid"
    assert "Public exponent" not in rows


def test_nothing_of_an_odd_request_is_left_untold(tmp_path: Path) -> None:
    csr = made(tmp_path)
    rows = dict(csr.rows())

    assert rows["Subject"] == "OID.1.2.3.4=private + CN=odd.example, O=Zürich & Söhne, C=DE"
    assert rows["DNS and other names"] == (
        "odd.example, xn--mnchen-3ya.example, IP:192.0.2.1, IP:2001:db8::1, "
        "URI:spiffe://odd.example/web, e-mail:me@odd.example, UPN:jürgen@odd.example, "
        "registered ID:1.2.3.4, directory name:CN=a directory (critical)"
    )
    assert rows["Key"] == "RSA 2048"
    assert rows["Public exponent"] == "65537"
    assert rows["Key usage"] == "digitalSignature, keyAgreement, encipherOnly (critical)"
    assert rows["Extended key usage"] == (
        "server authentication (1.3.6.1.5.5.7.3.1), 1.3.6.1.4.1.311.10.3.4"
    )
    assert rows["Basic constraints"] == "a CA, path length 0 (critical)"
    assert rows["Extension TLSFeature (1.3.6.1.5.5.7.1.24)"] == "3003020105"
    assert rows["Extension 1.3.6.1.4.1.99999.1"] == "0c0568656c6c6f"
    assert rows["Extension CertificatePolicies (2.5.29.32)"] == "3008300606042a030405"
    assert rows["Attribute unstructured name (1.2.840.113549.1.9.2)"] == b"from a test".hex()
    assert rows["Signed with"] == "SHA-256 with RSA (1.2.840.113549.1.1.11)"
    assert rows["Signature"] == "valid"


def test_a_challenge_password_is_told_of_but_not_shown(tmp_path: Path) -> None:
    rows = made(tmp_path).rows()

    assert dict(rows)["Attribute challenge password (1.2.840.113549.1.9.7)"] == (
        "(there is one; it is not shown)"
    )
    assert "hunter2" not in str(rows)
    assert b"hunter2".hex() not in str(rows)


def test_the_parts_are_those_of_the_der_in_its_order(tmp_path: Path) -> None:
    parts = made(tmp_path).parts

    assert parts[:2] == (
        SubjectPart(1, "C", "2.5.4.6", "DE", "PrintableString"),
        SubjectPart(2, "O", "2.5.4.10", "Zürich & Söhne", "UTF8String"),
    )
    assert {(part.place, part.key) for part in parts[2:]} == {(3, "1.2.3.4"), (3, "CN")}
    printed = openssl("req", "-in", "odd.der", "-inform", "DER", "-noout", "-subject",
                      "-nameopt", "show_type,utf8,sname", cwd=tmp_path)  # fmt: skip
    assert "C=PRINTABLESTRING:DE" in printed
    assert "O=UTF8STRING:Z" in printed


def test_an_extension_beyond_reading_does_not_hide_the_rest(tmp_path: Path) -> None:
    config = ODD.replace("subjectAltName = critical, @names", "subjectAltName = DER:3003820180")
    csr = made(tmp_path, config=config)
    rows = dict(csr.rows())

    assert rows["Extensions"].startswith("(cannot be read: ")
    assert "0603551d11" in rows["Attribute extension request (1.2.840.113549.1.9.14)"]
    assert rows["Key"] == "RSA 2048"
    assert rows["Signature"] == "valid"
    with pytest.raises(facts.UNREADABLE):
        csr.names  # noqa: B018 - it raises


def test_a_feature_of_an_unknown_number_is_beyond_reading() -> None:
    feature = x509.UnrecognizedExtension(x509.TLSFeature.oid, b"\x30\x03\x02\x01\x13")

    assert dict(with_extension(feature).rows())["Extensions"] == "(cannot be read: 19)"


def test_an_extension_that_cannot_be_written_again_is_told() -> None:
    negative = b"\x30\x0a\xa1\x05\x82\x03a.b\x82\x01\xff"  # authorityCertSerialNumber -1
    key = x509.UnrecognizedExtension(x509.AuthorityKeyIdentifier.oid, negative)
    rows = dict(with_extension(key).rows())

    assert rows["Extension AuthorityKeyIdentifier (2.5.29.35)"].startswith("(cannot be shown: ")


def test_a_name_outside_the_limits_is_shown_without_a_warning() -> None:
    csr = certificates.csr(subject="CN=" + "a" * 100)

    assert dict(csr.rows())["Subject"] == "CN=" + "a" * 100
    assert csr.parts[0].value == "a" * 100


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("a\nKey: RSA 4096", '"a\\nKey: RSA 4096"'),
        ("moc\u202e.evil", "moc\\u202e.evil"),
        ("<b>", '"<b>"'),
    ],
)
def test_a_subject_cannot_forge_a_line(value: str, shown: str) -> None:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, value)])
    csr = signed(x509.CertificateSigningRequestBuilder(name))

    assert dict(csr.rows())["Subject"] == f"CN={shown}"


def test_a_subject_that_cannot_be_read_is_said() -> None:
    der = certificates.csr(subject="CN=zürich").der
    csr = SigningRequest.from_der(der.replace("zürich".encode(), b"z\xff\xffrich", 1))
    rows = dict(csr.rows())

    assert rows["Subject"].startswith("(cannot be read: ")
    assert rows["Signature"] == "NOT VALID"


def test_a_signature_beyond_verifying_is_said() -> None:
    der = certificates.csr().der
    oid = bytes.fromhex("06082a8648ce3d040302")  # ecdsa-with-SHA256
    csr = SigningRequest.from_der(der.replace(oid, oid[:-1] + b"\x7f", 1))
    rows = dict(csr.rows())

    assert rows["Signature"].startswith("(cannot be verified: ")
    assert rows["Signed with"] == "1.2.840.10045.4.3.127"
    assert not csr.signature_is_valid


def test_an_rsassa_pss_signature_has_its_name() -> None:
    builder = x509.CertificateSigningRequestBuilder(x509.Name([]))
    pss = padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.DIGEST_LENGTH)
    key = rsa.generate_private_key(3, 2048)
    request = builder.sign(key, hashes.SHA256(), rsa_padding=pss)
    rows = dict(SigningRequest.from_der(request.public_bytes(Encoding.DER)).rows())

    assert rows["Signed with"] == "RSASSA-PSS (1.2.840.113549.1.1.10)"
    assert rows["Signature"] == "valid"
    assert rows["Public exponent"] == "3"
    assert rows["Subject"] == "(none)"


def test_pem_and_base64_hold_the_same_bytes() -> None:
    csr = certificates.csr()
    lines = csr.pem.splitlines()

    assert lines[0] == "-----BEGIN CERTIFICATE REQUEST-----"
    assert base64.b64decode("".join(lines[1:-1])) == csr.der
    assert base64.b64decode(csr.base64) == csr.der


def test_a_changed_request_is_not_valid() -> None:
    csr = certificates.csr()
    changed = SigningRequest.from_der(csr.der.replace(b"www.contoso.com", b"www.fabrikam.de", 1))

    assert dict(changed.rows())["Signature"] == "NOT VALID"


def test_the_fingerprint_is_that_of_the_key_alone() -> None:
    assert certificates.csr().fingerprint == certificates.csr(subject="CN=other").fingerprint
    assert certificates.csr().fingerprint != certificates.csr(owner="other").fingerprint


def test_the_fingerprints_are_those_that_openssl_prints(tmp_path: Path) -> None:
    csr = made(tmp_path)
    openssl("req", "-in", "odd.der", "-inform", "DER", "-noout", "-pubkey", "-out", "pub.pem",
            cwd=tmp_path)  # fmt: skip
    openssl("pkey", "-pubin", "-in", "pub.pem", "-outform", "DER", "-out", "pub.der", cwd=tmp_path)
    printed = openssl("dgst", "-sha256", "-r", "pub.der", cwd=tmp_path).split()[0]

    assert csr.fingerprint == printed
    assert csr.grouped_fingerprint.replace(" ", "").lower() == printed
    assert [len(group) for group in csr.grouped_fingerprint.split(" ")] == [4] * 16
    assert csr.sha256 == hashlib.sha256(csr.der).hexdigest()


@pytest.mark.parametrize(
    "der",
    [
        b"",
        b"0\x03\x02\x01\x05",
        certificates.csr().der[:-1],
        certificates.csr().der.replace(b"\x02\x01\x00", b"\x02\x01\x02", 1),
    ],
    ids=["empty", "no request", "cut off", "version 3"],
)
def test_bytes_that_are_no_request_are_an_input_error(der: bytes) -> None:
    with pytest.raises(InputError, match="no certificate signing request"):
        SigningRequest.from_der(der)


def test_a_huge_request_is_not_read() -> None:
    with pytest.raises(InputError, match="is not read"):
        SigningRequest.from_der(bytes(MAX_BYTES + 1))


@pytest.mark.parametrize(
    "extension",
    [
        x509.SubjectKeyIdentifier(b"abc"),
        x509.OCSPNoCheck(),
        x509.MSCertificateTemplate(x509.ObjectIdentifier("1.2.3"), 1, 0),
        x509.InhibitAnyPolicy(0),
        x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3"), b"\x05\x00"),
    ],
    ids=lambda extension: type(extension).__name__,
)
def test_any_other_extension_is_shown_as_it_is(extension: x509.ExtensionType) -> None:
    told = [row for row in with_extension(extension).rows() if row[0].startswith("Extension ")]

    assert len(told) == 1
    assert extension.oid.dotted_string in told[0][0]
    assert told[0][1] == extension.public_bytes().hex()


@given(at=st.integers(0, 10_000), byte=st.integers(0, 255))
def test_whatever_was_changed_in_a_request_the_rows_can_be_told(at: int, byte: int) -> None:
    der = bytearray(_FULL.der)
    der[at % len(der)] = byte
    try:
        csr = SigningRequest.from_der(bytes(der))
    except InputError:
        return
    rows = dict(csr.rows())

    assert rows["Signature"] == "valid" or bytes(der) != _FULL.der
    assert all(text.isprintable() for row in rows.items() for text in row)
    assert csr.pem.startswith("-----BEGIN")


_FULL = signed(
    x509.CertificateSigningRequestBuilder(certificates.csr(subject="CN=a, E=b, O=c").name)
    .add_extension(
        x509.SubjectAlternativeName(
            [
                x509.DNSName("a.example"),
                x509.DirectoryName(certificates.csr().name),
                x509.OtherName(x509.ObjectIdentifier("1.3.6.1.4.1.311.20.2.3"), b"\x0c\x01a"),
            ]
        ),
        critical=False,
    )
    .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=False)
    .add_extension(x509.ExtendedKeyUsage([x509.ObjectIdentifier("1.2.3")]), critical=False)
    .add_attribute(x509.ObjectIdentifier("1.2.840.113549.1.9.2"), b"name")
)
