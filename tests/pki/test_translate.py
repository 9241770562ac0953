"""Subjects of other tools in Key Vault's dialect. What they mean is asked of the real openssl."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st

from kvcsr_widgets.errors import SubjectError
from kvcsr_widgets.pki.attributes import OIDS
from kvcsr_widgets.pki.subject import MAX_LENGTH, Subject
from kvcsr_widgets.pki.translate import (
    BARE,
    HOST,
    OPENSSL,
    RFC_4514,
    WRAPPED,
    Translation,
    translate,
)
from tests.openssl import openssl


def translated(text: str) -> Translation:
    found = translate(text)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("text", "source", "expected"),
    [
        pytest.param(r"O=Acme\, LLC, C=US", RFC_4514, 'O="Acme, LLC", C=US', id="escaped comma"),
        pytest.param(r"O=Acme\2C LLC", RFC_4514, 'O="Acme, LLC"', id="hexadecimal comma"),
        pytest.param(r"CN=J\C3\A9r\C3\B4me", RFC_4514, "CN=Jérôme", id="hexadecimal UTF-8"),
        pytest.param(r"CN=\ a\ ,O=b", RFC_4514, 'CN=" a ", O=b', id="escaped blanks"),
        pytest.param(r"CN=a\\b\"c", RFC_4514, 'CN="a\\b""c"', id="backslash and quote"),
        pytest.param(r'CN="a\"b",UID=x', RFC_4514, 'CN="a""b", OID.0.9.2342.19200300.100.1.1=x',
                     id="backslash in quotes"),
        pytest.param("CN=#0C0161,O=b", RFC_4514, "CN=a, O=b", id="hexadecimal UTF8String"),
        pytest.param("CN=#1e0420ac0041", RFC_4514, "CN=€A", id="hexadecimal BMPString"),
        pytest.param("emailAddress=a@b.example,CN=x", RFC_4514, "E=a@b.example, CN=x", id="e-mail"),
        pytest.param("CN=x+O=y,C=US", RFC_4514, "CN=x, O=y, C=US", id="parts joined by plus"),
        pytest.param(
            "commonName=x,organizationalUnitName=y,stateOrProvinceName=z,countryName=US",
            RFC_4514, "CN=x, OU=y, S=z, C=US", id="long names",
        ),
        pytest.param(
            "businessCategory=Private Organization,jurisdictionC=US,postalCode=1",
            RFC_4514,
            "OID.2.5.4.15=Private Organization, OID.1.3.6.1.4.1.311.60.2.1.3=US, OID.2.5.4.17=1",
            id="EV names",
        ),
        pytest.param("/C=US/O=Acme, LLC/CN=x", OPENSSL, 'CN=x, O="Acme, LLC", C=US', id="slashes"),
        pytest.param(r"/O=a\/b\+c/CN=http://x/y", OPENSSL, 'CN=http://x/y, O="a/b+c"',
                     id="slashes in values"),
        pytest.param("/C=US/OU=/CN=x", OPENSSL, "CN=x, C=US", id="empty parts are left out"),
        pytest.param(r"/O=B\xC3\xBCro/CN=x", OPENSSL, "CN=x, O=Büro", id="openssl's old printing"),
        pytest.param("/CN=x", OPENSSL, "CN=x", id="one part with a slash"),
        pytest.param("subject=CN = x", OPENSSL, "CN=x", id="one printed part"),
        pytest.param('C = US, O = "a, b", CN = x', OPENSSL, 'CN=x, O="a, b", C=US',
                     id="printed without its label"),
        pytest.param("Subject: C=US, CN=x", OPENSSL, "CN=x, C=US", id="printed by -text"),
        pytest.param("Subject : CN=x, C=US", WRAPPED, "CN=x, C=US", id="PowerShell's list"),
        pytest.param("O=Contoso, Inc., CN=x", BARE, 'O="Contoso, Inc.", CN=x', id="bare comma"),
        pytest.param("O=A+B; CN=x,", BARE, 'O="A+B", CN=x', id="bare plus sign"),
        pytest.param("OU=#1", BARE, 'OU="#1"', id="bare hash sign"),
        pytest.param("OU=#1234", BARE, 'OU="#1234"', id="a number in hexadecimal digits"),
        pytest.param('O=6" pipe, L="a"', BARE, 'O="6"" pipe", L=a', id="bare quote"),
        pytest.param("emailAddress=a@b.example, O=a, b", BARE, 'E=a@b.example, O="a, b"',
                     id="bare comma and e-mail"),
        pytest.param("""'CN=x, O="a, b"'""", WRAPPED, 'CN=x, O="a, b"', id="a shell's quotes"),
        pytest.param(r'"CN=x, O=\"a, b\""', WRAPPED, 'CN=x, O="a, b"', id="a JSON string"),
        pytest.param("www.contoso.com", HOST, "CN=www.contoso.com", id="a host name"),
        pytest.param(" *.bücher.example ", HOST, "CN=*.xn--bcher-kva.example", id="an IDN"),
        pytest.param("2001:DB8:0::1", HOST, "CN=2001:db8::1", id="an IP address"),
        pytest.param('Subject = "C=US, CN=x"', WRAPPED, "C=US, CN=x", id="a line of an .inf file"),
    ],
)  # fmt: skip
def test_another_tools_subject_is_translated(text: str, source: str, expected: str) -> None:
    found = translated(text)

    assert (found.source, found.text) == (source, expected)
    assert found.changes


@pytest.mark.parametrize(
    "text",
    [
        "",
        "CN=www.contoso.com",
        'DC=Contoso,OU="Docs,Contoso",CN=www.contosoHRApp.com',
        "CN = learn.microsoft.com, OU = Microsoft Corporation, L = Redmond, S = WA, C = US",
        "C=US, ST=WA, CN=x",
        r"CN=CONTOSO\user, O=y",
        'O="a\\,b"',
    ],
)
def test_what_key_vault_reads_well_is_left_alone(text: str) -> None:
    assert translate(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "Self",
        "www.",
        f"{'a' * 60}.example",
        "www.contoso.com/path",
        "CN=x, FOO=bar",
        "O=Contoso, Inc., FOO=bar",
        'CN="x',
        'CN=x, O="Contoso, Inc.',
        'CN="x, O=y"z',
        'CN="a" b, O=c, d',
        "CN=a,,O=b",
        "/C",
        "/foo=bar/CN=x",
        "/CN=",
        "subject=",
        "foo=bar, O=a, b",
        r"CN=\C3",
        r"CN=a\x, UID=b",
        "CN=#04024869, UID=b",
        "E=jürgen@b.example, UID=b",
        "UID=" + "a" * MAX_LENGTH,
        "UID=a, CN=" + " " * 2_000,
    ],
)
def test_what_fits_no_form_is_not_translated(text: str) -> None:
    assert translate(text) is None


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (r"O=Acme\, LLC", '“O=Acme\\, LLC” is written “O="Acme, LLC"”.'),
        ("emailAddress=a@b.example", "“emailAddress=” is written “E=”."),
        ("UID=u,ST=WA", "“ST=” is written “S=”."),
        ("CN=x+UID=y", "UID stands by itself"),
        ("/C=US/CN=x", "The CSR will have C, CN."),
        ("/C=US/CN=x", "Commas stand between the parts"),
        ("/C=US/O=/CN=x", "O is empty, which openssl leaves out."),
        ("subject=C = US, CN = x", "“subject=” is left out."),
        ("'CN=x'", "The quotes around the whole are left out."),
    ],
)
def test_what_was_changed_is_said(text: str, says: str) -> None:
    assert says in " ".join(translated(text).changes)


def test_quotes_that_were_not_needed_are_no_change() -> None:
    assert translated('O="b",UID=c').changes == (
        "“UID=” is written “OID.0.9.2342.19200300.100.1.1=”.",
    )


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The path of a private key."""
    folder = tmp_path_factory.mktemp("key")
    openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", "k.pem",
            cwd=folder)  # fmt: skip
    return folder / "k.pem"


@pytest.mark.parametrize(
    "text",
    [
        "/C=US/ST=WA/L=Redmond/O=Contoso, Inc./OU=Web/CN=www.contoso.com",
        r"/O=a\/b\+c\\d/CN=x",
        "/emailAddress=a@b.example/UID=u/serialNumber=5/GN=G/SN=S/title=T/initials=I/street=s 1",
        '/DC=com/DC=contoso/O= blanks /OU=#1/CN="q"',
        "/C=US/OU=/postalCode=98052/businessCategory=a/jurisdictionC=US/jurisdictionST=WA/CN=é",
        "/commonName=x/countryName=DE/2.5.4.15=y",
    ],
)  # fmt: skip
def test_openssls_own_list_gives_the_name_that_openssl_makes(
    text: str, key: Path, tmp_path: Path
) -> None:
    openssl("req", "-new", "-utf8", "-key", str(key), "-subj", text, "-out", "r.pem", cwd=tmp_path)
    csr = x509.load_pem_x509_csr((tmp_path / "r.pem").read_bytes())

    assert Subject.parse(translated(text).text).name == csr.subject


@pytest.mark.parametrize("options", [(), ("-nameopt", "RFC2253"), ("-nameopt", "RFC2253,-esc_msb")])
@pytest.mark.parametrize(
    "subject",
    [
        'CN=x, O="Contoso, Inc.", S=WA, C=US',
        'CN="a+b", O="6"" \\ pipe; <x>", OU="#1", L=" lead "',
        "E=a@b.example, CN=Jérôme 日本, DC=contoso, DC=com",
        "SERIALNUMBER=5, T=t, G=g, SN=s, I=i, STREET=s 1, OID.2.5.4.17=98052",
        "OID.0.9.2342.19200300.100.1.1=u, OID.1.3.6.1.4.1.311.60.2.1.3=US, OID.2.5.4.15=b",
        'OID.1.2.3.4=zz, CN=x, OU="a\nb"',
    ],
)
def test_what_openssl_prints_gives_the_name_that_it_was_printed_from(
    subject: str, options: tuple[str, ...], tmp_path: Path
) -> None:
    name = Subject.parse(subject).name
    builder = x509.CertificateSigningRequestBuilder(subject_name=name)
    csr = builder.sign(ec.generate_private_key(ec.SECP256R1()), hashes.SHA256())
    (tmp_path / "r.pem").write_bytes(csr.public_bytes(Encoding.PEM))

    text = openssl("req", "-in", "r.pem", "-noout", "-subject", *options, cwd=tmp_path)

    assert text.startswith("subject=")
    found = translated(text)
    assert found.source == OPENSSL
    assert Subject.parse(found.text).name == name


def escaped(value: str) -> str:
    return "".join("\\" + mark if mark in ' "#+,;<=>\\' else mark for mark in value)


KEYS = st.sampled_from(sorted(OIDS.keys() - {"C", "DC", "E"}))
VALUES = st.text(st.characters(codec="utf-8"), min_size=1, max_size=12) | st.text(
    ' "#+,;<=>\\a', min_size=1, max_size=8
)
PARTS = st.lists(st.tuples(KEYS, VALUES), min_size=1, max_size=4)


@given(PARTS)
def test_a_name_in_rfc_4514_form_is_the_same_name_in_key_vaults(
    parts: list[tuple[str, str]],
) -> None:
    text = ",".join(f"{key}={escaped(value.strip() or 'a')}" for key, value in parts)
    wanted = Subject.of((key, value.strip() or "a") for key, value in parts)

    found = translate(text)

    assert Subject.parse(found.text if found else text) == wanted


PIECES = st.sampled_from(
    [
        *"/\\\"'+#;=, aé\n",
        "CN",
        "O",
        "emailAddress",
        "UID",
        "1.2.3",
        "subject",
        " = ",
        ", ",
        "\ud800",
        "#0c0161",
        "\\xC3\\xA9",
        "\\C3",
    ]
)
TEXTS = st.text(max_size=60) | st.lists(PIECES, max_size=30).map("".join)


@given(TEXTS)
def test_any_text_gives_nothing_or_a_subject_that_key_vault_reads(text: str) -> None:
    found = translate(text)
    if found is None:
        return

    assert Subject.parse(found.text).text == found.text
    with suppress(SubjectError):
        assert Subject.parse(text) != Subject.parse(found.text)
    if "\\" not in found.text:
        assert translate(found.text) is None


@pytest.mark.parametrize(
    "mark", [*' "\\,+/#=a', "CN=", "a=", ",a", '""', "\\\\", "/a=", ", ", ", CN=", "\\C3"]
)
def test_a_long_text_is_looked_at_in_little_time(mark: str) -> None:
    """A pattern that tries every split would take minutes."""
    translate("CN=" + mark * (1_990 // len(mark)))
    translate("/CN=" + mark * (1_990 // len(mark)))
