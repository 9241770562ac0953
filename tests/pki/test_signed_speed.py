"""The worst that is known, at the largest size: nothing takes over a second of work.

Time is the process's own, so that a busy machine does not fail the test.
"""

from __future__ import annotations

import base64
import random
import zipfile
from collections.abc import Iterable
from contextlib import suppress
from io import BytesIO

import pytest
from cryptography.hazmat.primitives.serialization import PrivateFormat, pkcs12

from kvcsr_widgets.errors import SignedFileError
from kvcsr_widgets.pki.signed import MAX_BYTES, read_signed
from tests import certificates
from tests.der import tlv
from tests.work import work_below

LEAF = certificates.leaf()
NOISE = random.Random(5).randbytes(MAX_BYTES)
BLOCK, BLOCK_END = b"-----BEGIN CERTIFICATE-----\n", b"-----END CERTIFICATE-----\n"
MAIL = b'From: a\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="b"\n\n'
SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")
DATA = bytes.fromhex("300b06092a864886f70d010701")


def fill(unit: bytes, before: bytes = b"", after: bytes = b"") -> bytes:
    """A unit again and again, up to the most bytes that are read."""
    return before + unit * ((MAX_BYTES - len(before) - len(after)) // len(unit)) + after


def with_name(name: bytes) -> bytes:
    """The leaf with another subject."""
    subject = LEAF.certificate.subject.public_bytes()
    body = LEAF.certificate.tbs_certificate_bytes.replace(subject, name)
    inner = body[4 if body[1] == 0x82 else 3 :]
    outer = LEAF.der[LEAF.der.index(LEAF.certificate.tbs_certificate_bytes) :]
    rest = outer[len(LEAF.certificate.tbs_certificate_bytes) :]
    return tlv(0x30, tlv(0x30, inner) + rest)


def p7b_of(*, count: int) -> bytes:
    """SignedData with the same certificate again and again."""
    content = b"\x02\x01\x01\x31\x00" + DATA + tlv(0xA0, LEAF.der * count) + b"\x31\x00"
    return tlv(0x30, SIGNED_DATA + tlv(0xA0, tlv(0x30, content)))


def zip_of(files: int, content: bytes) -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(files):
            archive.writestr(str(number), content)
    return packed.getvalue()


def zip_of_all(files: Iterable[bytes]) -> bytes:
    """A zip of different files."""
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, content in enumerate(files):
            archive.writestr(str(number), content)
    return packed.getvalue()


def locked_pfx(rounds: int) -> bytes:
    """A PFX under a password: as many rounds for its part and for its MAC."""
    how = PrivateFormat.PKCS12.encryption_builder().kdf_rounds(rounds).build(b"password")
    return pkcs12.serialize_key_and_certificates(None, None, LEAF.certificate, None, how)


def pem_of(data: bytes) -> bytes:
    return BLOCK + base64.encodebytes(data) + BLOCK_END


def mail_with(*files: bytes) -> bytes:
    """A mail with attachments."""
    head = b"--b\nContent-Type: a/b; name=a\nContent-Transfer-Encoding: base64\n\n"
    return MAIL + b"".join(head + base64.encodebytes(each) for each in files) + b"--b--\n"


ATTRIBUTE = bytes.fromhex("310a30080603550403 0c0178".replace(" ", ""))
DIRECTORY = b"PK\x01\x02" + bytes(42)
RUN = b"MIMAQ" + b"A" * 60

WORST = {
    "zeros": bytes(MAX_BYTES),
    "blanks": fill(b" ", b"", b"x"),
    "line ends": fill(b"\n", b"", b"x"),
    "dashes": fill(b"-"),
    "BEGIN": fill(b"-----BEGIN "),
    "BEGIN lines": fill(BLOCK),
    "END lines": fill(BLOCK_END),
    "blocks of nothing": fill(BLOCK + BLOCK_END),
    "small blocks": fill(BLOCK + b"MIIB\n" + BLOCK_END),
    "blocks with headers": fill(BLOCK + b"a: b\n\nx\n" + BLOCK_END),
    "one block of headers": fill(b"a:\n", BLOCK, BLOCK_END),
    "one block of tags": fill(b"<", BLOCK, BLOCK_END),
    "the same block": fill(LEAF.pem),
    "noise": NOISE,
    "noise in base64": base64.b64encode(NOISE)[:MAX_BYTES],
    "noise in base64, as DER": (b"MIIB" + base64.b64encode(NOISE))[:MAX_BYTES],
    "starts of base64": fill(RUN[:40] + b" "),
    "long starts of base64": fill(RUN + b"\n"),
    "base64 letter by letter": fill(b"A ", RUN, b""),
    "starts of base64 of PEM": fill(base64.b64encode(BLOCK + b"\n\n") + b" "),
    "escapes": fill(b"\\"),
    "escaped line ends": fill(b"\\n"),
    "entities": fill(b"&"),
    "named entities": fill(b"&lt;"),
    "quoted-printable": fill(b"=3D"),
    "not UTF-8": fill(b"\xff"),
    "dashes of a word processor": fill("\u2014".encode()),
    "blanks of a word processor": fill("\u00a0".encode()),
    "UTF-16": b"\xff\xfe" + (BLOCK.decode() * (MAX_BYTES // 60)).encode("utf-16-le"),
    "not UTF-16": b"\xff\xfe" + b"\x00\xd8" * (MAX_BYTES // 2 - 1),
    "nested lengths": b"".join(
        b"\x30\x84" + (MAX_BYTES - 6 * at - 6).to_bytes(4, "big") for at in range(MAX_BYTES // 6)
    ),
    "nested indefinite lengths": fill(b"\x30\x80"),
    "nested pieces": fill(b"\x24\x80", b"\x30\x80" + SIGNED_DATA + b"\xa0\x80"),
    "nested PFX": fill(b"\x24\x80", b"\x30\x80\x02\x01\x03\x30\x80"),
    "empty elements": fill(b"\x30\x00", b"\x30\x80"),
    "the same certificate": fill(LEAF.der),
    "a p7b of the same certificate": p7b_of(count=14_000),
    "a p7b of many empty elements": tlv(
        0x30, SIGNED_DATA + tlv(0xA0, tlv(0x30, tlv(0xA0, b"\x30\x00" * 2_500_000)))
    ),
    "a zip of locked PFX": zip_of(40, locked_pfx(100_000)),
    "a zip of PFX that take long": zip_of(40, locked_pfx(290_000)),
    "PEM of PFX that take long": pem_of(locked_pfx(290_000)) * 40,
    "a mail of PFX that take long": MAIL + (b"--b\n\n" + pem_of(locked_pfx(290_000))) * 30,
    "a zip of long names": zip_of_all(
        with_name(tlv(0x30, ATTRIBUTE * (10_000 - n))) for n in range(40)
    ),
    "a long name": with_name(tlv(0x30, ATTRIBUTE * 400_000)),
    "a name of one part": with_name(tlv(0x30, tlv(0x31, ATTRIBUTE[2:] * 500_000))),
    "ten long names": b"".join(with_name(tlv(0x30, ATTRIBUTE * (10_000 - n))) for n in range(40)),
    "a zip of zeros": zip_of(100, bytes(50 * 1024 * 1024)[: 20 * 1024 * 1024]),
    "a zip of BEGIN lines": zip_of(200, BLOCK * 900),
    "a zip of blocks": zip_of(200, (BLOCK + b"MIIB\n" + BLOCK_END).replace(b"CERT", b"C") * 400),
    "a zip of many files": zip_of(20_000, b"x"),
    "a zip that hides how many": b"PK\x03\x04"
    + DIRECTORY * 100_000
    + b"PK\x05\x06"
    + bytes.fromhex("0000000001000100")
    + (len(DIRECTORY) * 100_000).to_bytes(4, "little")
    + bytes.fromhex("040000000000"),
    "a mail of many parts": fill(b"--b\n", MAIL),
    "a mail in a mail in a mail": fill(b"Content-Type: message/rfc822\n\n", MAIL + b"--b\n"),
    "a mail of many boundaries": fill(b"boundary=x ", MAIL),
    "a mail of long headers": MAIL
    + (b"--b\nContent-Type: text/plain; a=" + b'";' * 80_000 + b"\n\nx\n") * 30,
    "a mail of full parts": MAIL + (b"--b\n\n" + BLOCK * 6000) * 30,
    "a mail with a zip of zeros": mail_with(zip_of(100, bytes(MAX_BYTES // 2))),
    "a mail with a zip of blocks": mail_with(zip_of(100, BLOCK * 1_800)),
    "a mail with many zips": mail_with(*[zip_of(199, BLOCK * 900)] * 29),
    "a mail with a large zip": mail_with(zip_of_all([NOISE[: MAX_BYTES * 2 // 3]])),
    "JSON": fill(b'{"a":'),
    "XML": fill(b"<a>"),
}


@pytest.mark.parametrize("data", [pytest.param(data, id=name) for name, data in WORST.items()])
def test_the_worst_input_is_answered_within_a_second(data: bytes) -> None:
    assert len(data) <= MAX_BYTES
    found = 0

    with work_below(1), suppress(SignedFileError):
        found = len(read_signed(data, "reply").certificates)

    assert found <= 2


def test_the_largest_honest_file_is_read_within_a_second() -> None:
    """A hundred certificates and five mebibytes of text around them."""
    pile = b"".join(certificates.leaf().pem + b"text\n" * 10_000 for _ in range(100))

    with work_below(1):
        found = read_signed(pile)

    assert len(found.certificates) == 100


def test_names_are_read_up_to_a_size_for_all_of_them_together() -> None:
    files = [with_name(tlv(0x30, ATTRIBUTE * (10_000 - number))) for number in range(4)]

    signed = read_signed(b"".join(files))

    assert len(signed.certificates) == 2
    assert signed.notes == ("Left out: a certificate larger than what is read here.",)
