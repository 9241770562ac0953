"""Good files changed at random, and certificates in every wrapping that is known."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, pkcs7, pkcs12
from hypothesis import given, settings
from hypothesis import strategies as st

from kvcsr_widgets.errors import SignedFileError
from kvcsr_widgets.pki.leaf import fitting
from kvcsr_widgets.pki.replies import read_replies, together
from kvcsr_widgets.pki.signed import read_signed
from tests import certificates
from tests.pki.test_signed import CHAIN, CHAIN_PEM, KEYLESS, QUOTED_PRINTABLE, attached, zipped

LEAF = certificates.leaf()
CSR = certificates.csr()
POOL = [*CHAIN, LEAF.certificate, certificates.leaf(owner="other").certificate]
GOOD = [
    LEAF.der,
    CHAIN_PEM,
    CHAIN_PEM.decode().encode("utf-16"),
    pkcs7.serialize_certificates(CHAIN, Encoding.DER),
    pkcs7.serialize_certificates(CHAIN, Encoding.PEM),
    KEYLESS,
    pkcs12.serialize_key_and_certificates(None, LEAF.key, CHAIN[0], None, NoEncryption()),
    zipped({"leaf.cer": LEAF.der, "chain.pem": CHAIN_PEM}),
    attached(LEAF.der),
    QUOTED_PRINTABLE,
    json.dumps({"certificate": CHAIN_PEM.decode()}).encode(),
    base64.b64encode(CHAIN_PEM),
    certificates.csr().der,
]
TELLING = [
    b"",
    b"\0",
    b"\x80",
    b"\xff",
    b"\x30\x80",
    b"\x24\x80",
    b"-----BEGIN ",
    b"=",
    b"\\",
    b"&",
]


def outcome(data: bytes) -> str:
    """What a user would be told; anything else that is raised fails the test."""
    try:
        signed = read_signed(data, "reply")
    except SignedFileError as error:
        assert error.message
        return error.message
    assert 0 < len(signed.certificates) <= 100
    assert len(set(signed.certificates)) == len(signed.certificates)
    fitting(CSR, signed)
    return "read"


@given(st.binary(max_size=400) | st.text(max_size=400).map(lambda text: text.encode()))
def test_any_bytes_give_certificates_or_a_signed_file_error(data: bytes) -> None:
    assert outcome(data)


@st.composite
def changed(draw: st.DrawFn) -> bytes:
    """A good file after some flips, cuts, insertions and pieces of another."""
    data = bytearray(draw(st.sampled_from(GOOD)))
    for _change in range(draw(st.integers(1, 5))):
        at = draw(st.integers(0, len(data)))
        cut = draw(st.sampled_from([0, 1, 2, 40, 10_000]))
        other = draw(st.sampled_from(GOOD))
        begin = draw(st.integers(0, len(other)))
        piece = other[begin : begin + draw(st.sampled_from([1, 8, 200, 10_000]))]
        data[at : at + cut] = draw(st.sampled_from([*TELLING, piece]) | st.binary(max_size=4))
    return bytes(data)


@settings(max_examples=400)
@given(changed())
def test_a_good_file_that_was_changed_gives_certificates_or_a_signed_file_error(
    data: bytes,
) -> None:
    assert outcome(data)


@given(st.lists(st.tuples(st.text(max_size=20), changed()), max_size=6))
def test_each_of_several_changed_files_has_its_own_outcome(files: list[tuple[str, bytes]]) -> None:
    replies = read_replies(files)

    assert len(replies) >= len(files)
    assert all((reply.signed is None) != (reply.error is None) for reply in replies)
    try:
        assert together(replies).certificates
    except SignedFileError as error:
        assert error.message


def pem(certificates_: list[x509.Certificate]) -> str:
    return "".join(each.public_bytes(Encoding.PEM).decode() for each in certificates_)


def p7b(certificates_: list[x509.Certificate]) -> str:
    packed = pkcs7.serialize_certificates(certificates_, Encoding.DER)
    body = base64.encodebytes(packed).decode()
    return f"-----BEGIN CERTIFICATE-----\n{body}-----END CERTIFICATE-----\n"


def bare(certificates_: list[x509.Certificate]) -> str:
    lines = (base64.b64encode(each.public_bytes(Encoding.DER)) for each in certificates_)
    return "\n\n".join(line.decode() for line in lines)


CARRIERS: list[Callable[[list[x509.Certificate]], str]] = [pem, p7b, bare]

INNER: dict[str, Callable[[str], str]] = {
    "nothing": lambda text: text,
    "Windows line ends": lambda text: text.replace("\n", "\r\n"),
    "Macintosh line ends": lambda text: text.replace("\n", "\r"),
    "no last line end": lambda text: text.rstrip("\n"),
    "a letter": lambda text: f"Dear customer,\n\nhere it is:\n\n{text}\n\nKind regards\nZoë\n",
    "a quoted mail": lambda text: "".join(f"> {line}\n" for line in text.splitlines()),
    "indentation": lambda text: "".join(f"\t  {line}\n" for line in text.splitlines()),
    "trailing blanks": lambda text: text.replace("\n", " \u00a0\n"),
    "a stray END line": lambda text: f"{text}\n-----END CERTIFICATE-----\n",
}
MIDDLE: dict[str, Callable[[str], str]] = {
    "nothing": lambda text: text,
    "JSON": lambda text: json.dumps({"id": 1, "certificate": text, "error": None}),
    "HTML": lambda text: f"<html><pre>{text}</pre></html>".replace("\n", "&#10;"),
}
OUTER: dict[str, Callable[[str], bytes]] = {
    "UTF-8": lambda text: text.encode(),
    "UTF-8 with a mark": lambda text: text.encode("utf-8-sig"),
    "UTF-16": lambda text: text.encode("utf-16"),
    "UTF-16 without a mark": lambda text: text.encode("utf-16-be"),
    "a mail": lambda text: attached(text.encode(), "chain.txt"),
    "a zip": lambda text: zipped({"a/chain.txt": text.encode(), "readme.txt": b"hello"}),
    "base64": lambda text: base64.encodebytes(text.encode()),
}


@settings(max_examples=300)
@given(
    st.lists(st.sampled_from(POOL), min_size=1, max_size=4),
    st.sampled_from(CARRIERS),
    st.sampled_from(sorted(INNER)),
    st.sampled_from(sorted(MIDDLE)),
    st.sampled_from(sorted(OUTER)),
)
def test_certificates_come_out_of_every_wrapping_as_they_went_in(
    certificates_: list[x509.Certificate],
    carrier: Callable[[list[x509.Certificate]], str],
    inner: str,
    middle: str,
    outer: str,
) -> None:
    wrapped = MIDDLE[middle](INNER[inner](carrier(certificates_)))
    if outer == "base64" and not wrapped.startswith(("-----BEGIN", "MII")):
        outer = "UTF-8"  # what begins in another way is not looked for in base64

    found = read_signed(OUTER[outer](wrapped)).certificates

    expected = tuple(dict.fromkeys(certificates_))
    assert (set(found) == set(expected)) if carrier is p7b else (found == expected)
