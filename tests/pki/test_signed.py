"""What is read, and what is told of it. What is refused: ``test_signed_refused``."""

from __future__ import annotations

import base64
import html
import json
import zipfile
from io import BytesIO
from itertools import islice
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs7,
    pkcs12,
)

from kvcsr_widgets.errors import SignedFileError
from kvcsr_widgets.pki.signed import MAX_CERTIFICATES, SignedFile, read_signed
from tests import certificates, openssl

LEAF = certificates.leaf()
CHAIN = [LEAF.certificate, certificates.intermediate().certificate, certificates.root().certificate]
PEM = LEAF.pem.decode()
BODY = "".join(PEM.splitlines()[1:-1])
BASE64 = base64.b64encode(LEAF.der)
CHAIN_PEM = b"".join(each.public_bytes(Encoding.PEM) for each in CHAIN)
P7B = pkcs7.serialize_certificates(CHAIN[:1], Encoding.DER)


def attached(content: bytes, name: str = "web.cer", *, mail_text: str = "Please find it.") -> bytes:
    """A mail of a CA, with a file as its attachment."""
    return (
        "Received: from ca.example\r\nFrom: CA <ca@example.com>\r\nSubject: Your certificate\r\n"
        'MIME-Version: 1.0\r\nContent-Type: multipart/mixed;\r\n boundary="=_b1"\r\n\r\n'
        f"--=_b1\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{mail_text}\r\n"
        f'--=_b1\r\nContent-Type: application/octet-stream; name="{name}"\r\n'
        "Content-Transfer-Encoding: base64\r\n"
        f'Content-Disposition: attachment; filename="{name}"\r\n\r\n'
        f"{base64.encodebytes(content).decode()}\r\n--=_b1--\r\n"
    ).encode()


def zipped(files: dict[str, bytes]) -> bytes:
    """A zip of these files."""
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


QUOTED_PRINTABLE = (
    "From: ca@example.com\nMIME-Version: 1.0\nContent-Type: text/plain\n"
    f"Content-Transfer-Encoding: quoted-printable\n\nVoil=C3=A0:\n\n{PEM.replace('=', '=3D')}"
).encode()
FORWARDED = attached(LEAF.der).replace(
    b"--=_b1\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nPlease",
    b"--=_b1\r\nContent-Type: message/rfc822\r\n\r\nFrom: other@example.com\r\n"
    b"Content-Type: text/plain\r\n\r\nPlease",
)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(LEAF.der, id="DER"),
        pytest.param(LEAF.der + b"\r\n", id="DER with a line end behind it"),
        pytest.param(LEAF.pem, id="PEM"),
        pytest.param(PEM.replace("\n", "\r\n").encode(), id="PEM with Windows line ends"),
        pytest.param(PEM.replace("\n", "\r").encode(), id="PEM with old Macintosh line ends"),
        pytest.param(PEM.replace("\n", "").encode(), id="PEM in one line"),
        pytest.param(b"\xef\xbb\xbf" + LEAF.pem, id="PEM with a byte order mark"),
        pytest.param(PEM.encode("utf-16"), id="PEM in UTF-16"),
        pytest.param(b"\xfe\xff" + PEM.encode("utf-16-be"), id="PEM in UTF-16, big end first"),
        pytest.param(PEM.encode("utf-16-le"), id="PEM in UTF-16 without a mark"),
        pytest.param(PEM.encode("utf-16-be"), id="PEM in UTF-16, big end first, without a mark"),
        pytest.param(PEM.encode("utf-16")[:-1], id="PEM in UTF-16, the last byte cut off"),
        pytest.param(PEM.encode("utf-32"), id="PEM in UTF-32"),
        pytest.param(PEM.rstrip().encode(), id="PEM without the last line end"),
        pytest.param(f"Dear Zoë,\n\n{PEM}\nYour CA".encode(), id="PEM in a letter"),
        pytest.param(f"Zo\xeb\n{PEM}".encode("latin-1"), id="PEM in a letter in Latin-1"),
        pytest.param("".join(f"> {x}\n" for x in PEM.splitlines()).encode(), id="PEM in an answer"),
        pytest.param("".join(f"\t  {x} \n" for x in PEM.splitlines()).encode(), id="indented PEM"),
        pytest.param(PEM.replace("\n", "\u00a0\n").encode(), id="PEM with non-breaking spaces"),
        pytest.param(PEM.replace("\n", "\u200b\n").encode(), id="PEM with invisible marks"),
        pytest.param(PEM.replace("-----", "\u2014\u2013").encode(), id="PEM out of a document"),
        pytest.param(PEM.replace("-----", "----").encode(), id="PEM with a dash too few"),
        pytest.param(PEM.replace("-----", "------").encode(), id="PEM with a dash too many"),
        pytest.param(json.dumps({"certificate": PEM}).encode(), id="PEM in JSON"),
        pytest.param(json.dumps(json.dumps([PEM])).encode(), id="PEM in JSON in JSON"),
        pytest.param(json.dumps({"cer": BODY}).encode(), id="base64 in JSON"),
        pytest.param(html.escape(PEM).replace("\n", "&#13;&#10;").encode(), id="PEM in HTML"),
        pytest.param(f"<pre>{PEM}</pre>".replace("\n", "<br>").encode(), id="PEM with HTML breaks"),
        pytest.param(f"<X509Certificate>\n{BODY}\n</X509Certificate>".encode(), id="base64 in XML"),
        pytest.param(PEM.replace("CERTIFICATE", "X509 CERTIFICATE").encode(), id="older label"),
        pytest.param(PEM.replace("-\nM", "-\nA: b\n c\nD: e,f\n\nM").encode(), id="inner headers"),
        pytest.param(PEM.replace("-\nM", "-\nA: b\nM").encode(), id="inner header, no blank line"),
        pytest.param(PEM.replace("-----END CERTIFICATE-----", "").encode(), id="no END line"),
        pytest.param(
            PEM.replace("-----END CERTIFICATE-----", "\nKind regards\nyour CA").encode(),
            id="no END line, and words",
        ),
        pytest.param(LEAF.pem + b"-----END CERTIFICATE-----\n", id="a stray END line"),
        pytest.param(b"-----END CERTIFICATE-----\n" + LEAF.pem, id="a stray END line before"),
        pytest.param(b"-----BEGIN CERTIFICATE-----\n" + LEAF.pem, id="BEGIN twice"),
        pytest.param(LEAF.pem + LEAF.pem, id="the same certificate twice"),
        pytest.param(BASE64, id="bare base64"),
        pytest.param(BASE64.rstrip(b"="), id="bare base64 without its end"),
        pytest.param(base64.encodebytes(LEAF.der), id="bare base64 in lines"),
        pytest.param(
            b"\n".join(BASE64[at : at + 20] for at in range(0, len(BASE64), 20)),
            id="bare base64 in short lines",
        ),
        pytest.param(base64.urlsafe_b64encode(LEAF.der).rstrip(b"="), id="bare base64url"),
        pytest.param(BASE64 + b"-----END CERTIFICATE-----", id="base64 with a stray END line"),
        pytest.param(b"Here it is:\n" + BASE64 + b"\n\nYour CA", id="base64 in a letter"),
        pytest.param(base64.b64encode(BASE64), id="base64 of base64"),
        pytest.param(base64.encodebytes(LEAF.pem), id="base64 of PEM"),
        pytest.param(base64.b64encode(PEM.encode("utf-16")), id="base64 of PEM in UTF-16"),
        pytest.param(P7B, id="PKCS #7 in DER"),
        pytest.param(base64.b64encode(P7B), id="PKCS #7 in bare base64"),
        pytest.param(pkcs7.serialize_certificates(CHAIN[:1], Encoding.PEM), id="PKCS #7 in PEM"),
        *(
            pytest.param(
                f"-----BEGIN {label}-----\n{base64.encodebytes(P7B).decode()}"
                f"-----END {label}-----".encode(),
                id=f"PKCS #7 under {label}",
            )
            for label in ("CMS", "PKCS #7 SIGNED DATA", "CERTIFICATE", "CERTIFICATE CHAIN")
        ),
        pytest.param(PEM.replace("CERTIFICATE", "PKCS7").encode(), id="certificate under PKCS7"),
        pytest.param(attached(LEAF.der), id="mail with DER"),
        pytest.param(attached(LEAF.pem, "web.pem"), id="mail with PEM"),
        pytest.param(attached(P7B, "web.p7b"), id="mail with PKCS #7"),
        pytest.param(attached(b"a logo", mail_text=PEM), id="mail with PEM in its text"),
        pytest.param(attached(LEAF.der).replace(b"\r\n", b"\n"), id="mail with Unix line ends"),
        pytest.param(attached(zipped({"web.cer": LEAF.der}), "web.zip"), id="mail with a zip"),
        pytest.param(QUOTED_PRINTABLE, id="mail in quoted-printable"),
        pytest.param(FORWARDED, id="mail that forwards another"),
    ],
)
def test_a_certificate_is_read_from(data: bytes) -> None:
    assert read_signed(data).certificates == (LEAF.certificate,)


def test_a_pasted_text_is_read_as_a_file_is() -> None:
    assert read_signed(f"  {PEM}  ".encode(), None).certificates == (LEAF.certificate,)


def test_a_chain_is_read_whole_in_its_order() -> None:
    data = b"".join(certificate.public_bytes(Encoding.PEM) for certificate in reversed(CHAIN))

    assert read_signed(data).certificates == tuple(reversed(CHAIN))
    packed = read_signed(pkcs7.serialize_certificates(CHAIN, Encoding.DER))
    assert set(packed.certificates) == set(CHAIN)


def test_certificates_in_der_are_read_one_after_another() -> None:
    data = b"".join(certificate.public_bytes(Encoding.DER) for certificate in CHAIN)

    assert read_signed(data).certificates == tuple(CHAIN)


def test_bare_base64_of_several_certificates_is_read_in_json() -> None:
    listed = [base64.b64encode(each.public_bytes(Encoding.DER)).decode() for each in CHAIN]

    assert read_signed(json.dumps({"chain": listed}).encode()).certificates == tuple(CHAIN)


def test_bare_base64_of_several_certificates_is_read_line_by_line() -> None:
    """None of them ends with = here."""
    made = (certificates.leaf(subject=f"CN={'x' * size}") for size in range(1, 60))
    whole = list(islice((each for each in made if len(each.der) % 3 == 0), 2))

    data = b"\n".join(base64.b64encode(each.der) for each in whole)

    assert read_signed(data).certificates == tuple(each.certificate for each in whole)


def test_a_pki_path_is_read() -> None:
    """RFC 4158 section 2: a SEQUENCE of certificates."""
    inner = b"".join(certificate.public_bytes(Encoding.DER) for certificate in reversed(CHAIN))

    path = b"\x30\x82" + len(inner).to_bytes(2, "big") + inner

    assert read_signed(path).certificates == tuple(reversed(CHAIN))


def test_what_openssl_packs_is_read(tmp_path: Path) -> None:
    (tmp_path / "chain.pem").write_bytes(CHAIN_PEM)
    for form in ("DER", "PEM"):
        openssl.openssl(
            *("crl2pkcs7", "-nocrl", "-certfile", "chain.pem", "-outform", form, "-out", "a.p7b"),
            cwd=tmp_path,
        )
        assert len(read_signed((tmp_path / "a.p7b").read_bytes()).certificates) == 3


@pytest.mark.parametrize("how", [("-nodetach",), (), ("-stream",), ("-stream", "-nodetach")])
def test_a_real_signature_of_openssl_is_read_for_its_certificates(
    tmp_path: Path, how: tuple[str, ...]
) -> None:
    """With -stream it is BER of indefinite length, in pieces."""
    (tmp_path / "leaf.pem").write_bytes(LEAF.pem)
    (tmp_path / "chain.pem").write_bytes(CHAIN_PEM.removeprefix(LEAF.pem))
    key = LEAF.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "key.pem").write_bytes(key)
    (tmp_path / "text").write_bytes(b"text " * 5000)

    openssl.openssl(
        *("cms", "-sign", "-binary", "-signer", "leaf.pem", "-inkey", "key.pem", *how),
        *("-certfile", "chain.pem", "-in", "text", "-outform", "DER", "-out", "a.p7s"),
        cwd=tmp_path,
    )

    assert set(read_signed((tmp_path / "a.p7s").read_bytes()).certificates) == set(CHAIN)


def test_what_openssl_trusts_is_read_without_its_remarks(tmp_path: Path) -> None:
    (tmp_path / "leaf.pem").write_bytes(LEAF.pem)
    openssl.openssl(
        *("x509", "-in", "leaf.pem", "-addtrust", "serverAuth", "-setalias", "web"),
        *("-trustout", "-out", "trusted"),
        cwd=tmp_path,
    )

    signed = read_signed((tmp_path / "trusted").read_bytes())

    assert signed.certificates == (LEAF.certificate,)
    assert len(signed.notes) == 1


def test_the_text_that_openssl_prints_around_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "leaf.pem").write_bytes(LEAF.pem)
    openssl.openssl("x509", "-in", "leaf.pem", "-text", "-out", "shown.pem", cwd=tmp_path)

    assert read_signed((tmp_path / "shown.pem").read_bytes()) == SignedFile((LEAF.certificate,))


KEYLESS = pkcs12.serialize_key_and_certificates(None, None, CHAIN[0], CHAIN[1:], NoEncryption())


@pytest.mark.parametrize(
    "options",
    [
        pytest.param((), id="AES-256"),
        pytest.param(("-certpbe", "AES-128-CBC"), id="AES-128"),
        pytest.param(("-legacy", "-certpbe", "PBE-SHA1-3DES"), id="3DES of RFC 7292"),
        pytest.param(("-certpbe", "NONE"), id="not encrypted"),
        pytest.param(("-certpbe", "NONE", "-nomac"), id="not encrypted, without MAC"),
        pytest.param(("-iter", "100000"), id="100,000 rounds"),
    ],
)
def test_a_pfx_of_openssl_without_a_key_is_read(tmp_path: Path, options: tuple[str, ...]) -> None:
    (tmp_path / "chain.pem").write_bytes(CHAIN_PEM)
    openssl.openssl(
        *("pkcs12", "-export", "-nokeys", "-in", "chain.pem", "-passout", "pass:"),
        *(*options, "-out", "chain.pfx"),
        cwd=tmp_path,
    )

    assert set(read_signed((tmp_path / "chain.pfx").read_bytes()).certificates) == set(CHAIN)


def test_a_pfx_without_a_key_and_without_a_password_is_read() -> None:
    assert set(read_signed(KEYLESS).certificates) == set(CHAIN)
    assert set(read_signed(base64.encodebytes(KEYLESS)).certificates) == set(CHAIN)


def test_the_files_of_a_zip_are_one_reply() -> None:
    leaf, intermediate, root = (each.public_bytes(Encoding.DER) for each in CHAIN)
    data = zipped(
        {"leaf.cer": leaf, "chain.p7b": intermediate, "readme.txt": b"hello", "root.crt": root}
    )

    signed = read_signed(data, "reply.zip")

    assert signed.certificates == tuple(CHAIN)
    assert signed.notes == ("Left out: “readme.txt” is a text that holds no certificate.",)


BEGIN, END = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"
WORDS = "Left out: a PEM block with words instead of a certificate."


@pytest.mark.parametrize(
    "before",
    [
        pytest.param(f"The file starts with {BEGIN} as below:", id="BEGIN in a sentence"),
        pytest.param(f"It starts with {BEGIN} and ends with {END}, as here:", id="BEGIN and END"),
        pytest.param(f"{BEGIN}\n(your primary SSL certificate)\n{END}", id="in brackets"),
        pytest.param(f"{BEGIN}\nyour certificate here\n{END}", id="words as base64"),
        pytest.param(f"{BEGIN}\n...\n{END}", id="dots"),
        pytest.param(f"{BEGIN}\n{'_' * 64}\n{END}", id="a line to fill in"),
        pytest.param(f"{BEGIN}\n{'此處貼上您的憑證' * 9}\n{END}", id="words without blanks"),
        pytest.param(f"{BEGIN}\nsee https://ca.example/{'path/' * 20}\n{END}", id="an address"),
        pytest.param(f"> {BEGIN}\n> [...]\n> {END}", id="cut short in an answer"),
    ],
)
@pytest.mark.parametrize("turned", [False, True])
def test_words_in_a_block_are_passed_over(before: str, *, turned: bool) -> None:
    parts = (PEM, before + "\n") if turned else (before + "\n", PEM)

    signed = read_signed("".join(parts).encode())

    assert signed == SignedFile((LEAF.certificate,), (WORDS,))


def test_the_zip_of_a_mail_is_one_reply_with_the_mail() -> None:
    ca = CHAIN[1].public_bytes(Encoding.PEM).decode()
    packed = zipped({"web.cer": LEAF.der, "ca.pem": CHAIN_PEM, "readme.txt": b"hello"})

    signed = read_signed(attached(packed, "web.zip", mail_text=ca), "reply.eml")

    assert signed.certificates == (CHAIN[1], CHAIN[0], CHAIN[2])
    assert signed.notes == (
        "Left out: “web.zip/readme.txt” is a text that holds no certificate.",
        "2 certificates that were there already: left out.",
    )


@pytest.mark.parametrize(
    ("data", "note"),
    [
        (PEM.encode("utf-16"), "The text is in UTF-16, as some Windows tools write it."),
        (LEAF.pem * 2, "1 certificate that was there already: left out."),
        (LEAF.pem * 3, "2 certificates that were there already: left out."),
        (PEM.replace("\n", "\n> ").encode(), "The marks of a quoted mail were taken away."),
        (LEAF.pem[:-26], "An END line is missing."),
        (
            LEAF.pem + certificates.csr().pem.encode(),
            "Left out: a certificate signing request (CSR).",
        ),
        (
            attached(LEAF.der).replace(
                b"--=_b1--",
                b"--=_b1\nContent-Type: application/"
                b"pkcs7-signature; name=smime.p7s\n\nxx\n--=_b1--",
            ),
            "The signature of the mail itself was left out.",
        ),
    ],
)
def test_what_had_to_be_got_over_is_noted(data: bytes, note: str) -> None:
    signed = read_signed(data)

    assert signed.certificates == (LEAF.certificate,)
    assert signed.notes == (note,)


def test_nothing_is_noted_of_a_plain_file() -> None:
    assert [read_signed(data).notes for data in (LEAF.der, LEAF.pem, CHAIN_PEM, P7B)] == [()] * 4


def test_a_hundred_certificates_are_read_and_more_are_not() -> None:
    pile = [certificates.leaf().pem for _ in range(MAX_CERTIFICATES)]
    assert len(read_signed(b"".join(pile + pile)).certificates) == 100

    with pytest.raises(SignedFileError, match="more than 100 certificates"):
        read_signed(b"".join([*pile, LEAF.pem]))


def test_a_certificate_over_a_key_of_an_unknown_kind_is_left_out() -> None:
    signed = read_signed(certificates.of_unknown_key().public_bytes(Encoding.PEM) + LEAF.pem)

    assert signed.certificates == (LEAF.certificate,)
    assert signed.notes == ("Left out: a certificate that cannot be read here.",)
