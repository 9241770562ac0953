"""Several files at once: each by itself, or together as one reply."""

from __future__ import annotations

import zipfile
from io import BytesIO

import pytest
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)

from kvcsr_widgets.errors import PrivateKeyError, SignedFileError
from kvcsr_widgets.pki import replies
from kvcsr_widgets.pki.replies import read_as_one, read_replies, together
from kvcsr_widgets.pki.signed import MAX_BYTES, SignedFile, read_signed
from tests import certificates
from tests.pki.test_signed import attached, zipped
from tests.work import work_below

LEAF, INTERMEDIATE, ROOT = certificates.leaf(), certificates.intermediate(), certificates.root()
CHAIN = (LEAF.certificate, INTERMEDIATE.certificate, ROOT.certificate)
FILES = [("leaf.cer", LEAF.der), ("intermediate.cer", INTERMEDIATE.pem), ("root.crt", ROOT.der)]
KEY = LEAF.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def outcomes(*files: tuple[str, bytes]) -> dict[str, str]:
    """What is told of each file: its number of certificates, or the error."""
    return {
        reply.filename: reply.error.message
        if reply.error
        else str(len(reply.signed.certificates if reply.signed else ()))
        for reply in read_replies(files)
    }


def test_each_file_is_read_by_itself() -> None:
    found = outcomes(*FILES, ("notes.txt", b"hello"), ("web.key", KEY))

    assert found == {
        "leaf.cer": "1",
        "intermediate.cer": "1",
        "root.crt": "1",
        "notes.txt": "“notes.txt” is a text that holds no certificate.",
        "web.key": "“web.key” holds a private key. It was not read.",
    }


def test_a_zip_is_unpacked_into_its_files() -> None:
    found = outcomes(
        ("a.zip", zipped({"x/leaf.cer": LEAF.der, "../../etc/passwd": b"hello"})), *FILES[2:]
    )

    assert found == {
        "a.zip/x/leaf.cer": "1",
        "a.zip/../../etc/passwd": "“a.zip/../../etc/passwd” is a text that holds no certificate.",
        "root.crt": "1",
    }


def test_a_zip_in_a_zip_is_not_unpacked() -> None:
    inner = zipped({"leaf.cer": LEAF.der})

    found = outcomes(("a.zip", zipped({"b.zip": inner, "leaf.cer": LEAF.der})))

    assert found["a.zip/leaf.cer"] == "1"
    assert "is a zip file within another file" in found["a.zip/b.zip"]


def test_the_zip_of_a_mail_is_one_file_with_it() -> None:
    mail = attached(zipped({"leaf.cer": LEAF.der, "ca.cer": INTERMEDIATE.der}), "web.zip")

    found = outcomes(("a.eml", mail), ("b.zip", zipped({"a.eml": mail})))

    assert found["a.eml"] == "2"
    assert "is a zip file within another file" in found["b.zip/a.eml"]


def test_bombs_in_mails_use_up_what_all_may_take(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replies, "MAX_TOTAL_BYTES", 2_000_000)
    mail = attached(zipped({"bomb": bytes(900_000)}), "web.zip")

    found = outcomes(*[(f"{number}.eml", mail) for number in range(3)], ("leaf.cer", LEAF.der))

    assert found["0.eml"] == found["1.eml"] == "“web.zip/bomb” is empty."
    assert "larger, unpacked, than what is read at once" in found["2.eml"]
    assert found["leaf.cer"] == "1"


def test_a_zip_without_files_and_a_word_document_are_told() -> None:
    found = outcomes(("a.zip", zipped({"__MACOSX/._x": b""})), ("b", zipped({"word/d.xml": b""})))

    assert found == {"a.zip": "“a.zip” is a zip without files.", "b": "“b” is a Word document."}


def with_flags(data: bytes, *, local: int, central: int, value: bytes) -> bytes:
    """A zip of one file with two bytes of its headers changed (APPNOTE 4.3.7 and 4.3.12)."""
    at = data.index(b"PK\x01\x02") + central
    changed = data[:at] + value + data[at + 2 :]
    return changed[:local] + value + changed[local + 2 :]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        pytest.param(
            with_flags(zipped({"a": LEAF.der}), local=6, central=8, value=b"\1\0"),
            "locked with a password",
            id="encrypted",
        ),
        pytest.param(
            with_flags(zipped({"a": LEAF.der}), local=8, central=10, value=b"\x0e\0"),
            "packed in a way that is not read",
            id="LZMA",
        ),
        pytest.param(
            zipped({"a": LEAF.der}).replace(LEAF.der[40:60], bytes(20)), "damaged", id="changed"
        ),
    ],
)
def test_a_file_of_a_zip_that_cannot_be_unpacked_is_told(data: bytes, says: str) -> None:
    if says == "damaged":
        data = stored({"a": LEAF.der}).replace(LEAF.der[40:60], bytes(20))

    assert says in outcomes(("z", data))["z/a"]


def stored(files: dict[str, bytes]) -> bytes:
    """A zip that is not compressed."""
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


def test_a_bomb_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replies, "MAX_TOTAL_BYTES", 1_000_000)
    bomb = zipped({"bomb": bytes(900_000), "more": bytes(900_000), "leaf.cer": LEAF.der})
    assert len(bomb) < 10_000

    found = outcomes(("z", bomb))

    assert found["z/bomb"] == "“z/bomb” is empty."
    assert "larger, unpacked, than what is read at once" in found["z/more"]
    assert found["z/leaf.cer"] == "1"


def test_a_file_that_is_larger_than_it_says_is_not_unpacked() -> None:
    """The size in the zip's own words is not trusted."""
    data = zipped({"bomb": bytes(200 * 1024 * 1024)})
    size = (200 * 1024 * 1024).to_bytes(4, "little")

    found = outcomes(("z", data.replace(size, (9).to_bytes(4, "little"))))

    assert "damaged in the zip" in found["z/bomb"]


def test_files_beyond_the_bounds_are_told_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replies, "MAX_FILES", 2)

    found = outcomes(*FILES, ("a.zip", zipped(dict(FILES))))

    assert found["leaf.cer"] == found["intermediate.cer"] == "1"
    assert found["root.crt"].startswith("“root.crt” is not read: at most ")
    assert found["a.zip"].startswith("“a.zip” is not read: at most ")


def test_a_zip_with_too_many_files_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replies, "MAX_FILES", 2)

    assert "too many files" in outcomes(("a.zip", zipped(dict(FILES))))["a.zip"]


def test_a_file_that_is_too_large_is_told() -> None:
    assert "5,242,881 bytes" in outcomes(("a", b"x" * (MAX_BYTES + 1)))["a"]


def test_ten_thousand_files_are_read_and_a_zip_of_them_too() -> None:
    files = [(f"{number}.cer", LEAF.der) for number in range(10_000)]
    zip_file = ("all.zip", zipped(dict(files)))

    with work_below(20):
        plain, packed = read_replies(files), read_replies([zip_file])

    assert sum(reply.signed is not None for reply in plain) == 10_000
    assert sum(reply.signed is not None for reply in packed) == 10_000


def test_files_together_are_one_reply_in_their_order() -> None:
    assert together(read_replies(FILES)) == SignedFile(CHAIN)
    assert together(read_replies(FILES[::-1])) == SignedFile(CHAIN[::-1])


def test_duplicates_and_files_without_certificates_become_notes() -> None:
    utf16 = ROOT.pem.decode().encode("utf-16")

    found = together(read_replies([*FILES, ("a.txt", b"hello"), ("b.crt", utf16)]))

    assert found.certificates == CHAIN
    assert found.notes == (
        "Left out: “a.txt” is a text that holds no certificate.",
        "“b.crt”: The text is in UTF-16, as some Windows tools write it.",
        "1 certificate that was there already: left out.",
    )


def slow(rounds: int = 250_000) -> bytes:
    """A PFX without a key that takes about so many rounds of its password's hash."""
    how = PrivateFormat.PKCS12.encryption_builder().kdf_rounds(rounds).build(b"password")
    return pkcs12.serialize_key_and_certificates(None, None, CHAIN[0], None, how)


def test_the_rounds_of_pfx_are_bounded_for_a_file_and_for_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(replies, "MAX_TOTAL_ROUNDS", 700_000)
    files = [(f"{number}.pfx", slow()) for number in range(4)]

    found = [reply.error for reply in read_replies([*files, ("leaf.cer", LEAF.der)])]

    said = [error.message if error else "read" for error in found]
    assert ["protected by a password" in each for each in said] == [True, True, False, False, False]
    assert "more rounds of its password's hash than are left at once" in said[2]
    assert found[2]
    assert found[2].hint.startswith("Choose it alone")
    assert said[4] == "read"


def test_files_that_are_one_reply_take_what_one_may_take() -> None:
    files = [(f"{number}.pfx", slow()) for number in range(40)]
    with work_below(1):
        signed = read_as_one([*files, ("leaf.cer", LEAF.der)])

    assert signed.certificates == CHAIN[:1]
    assert sum("than are left at once" in note for note in signed.notes) > 30


def test_a_damaged_file_among_good_ones_is_told_as_damaged() -> None:
    cut = INTERMEDIATE.pem[:200] + b"\n-----END CERTIFICATE-----\n"
    zip_file = zipped({"leaf.cer": LEAF.der, "ca.pem": cut, "root.crt": ROOT.der[:-9]})

    for signed in (
        read_signed(zip_file),
        read_as_one([("leaf.cer", LEAF.der), ("ca.pem", cut), ("root.crt", ROOT.der[:-9])]),
    ):
        assert signed.certificates == CHAIN[:1]
        assert [note.rpartition(" after ")[0] for note in signed.notes] == [
            "Left out: “ca.pem” is damaged: cut off",
            "Left out: “root.crt” is damaged: cut off",
        ]


def test_a_private_key_among_the_files_is_refused() -> None:
    with pytest.raises(PrivateKeyError, match=r"“web\.key” holds a private key"):
        together(read_replies([*FILES, ("web.key", KEY)]))


def test_a_private_key_behind_too_many_certificates_is_told_first() -> None:
    pile = [(f"{number}.cer", certificates.leaf().der) for number in range(101)]

    with pytest.raises(PrivateKeyError):
        read_as_one([*pile, ("web.key", KEY)])
    with pytest.raises(PrivateKeyError):
        read_signed(zipped(dict([*pile, ("web.key", KEY)])))


def test_files_without_any_certificate_are_refused() -> None:
    with pytest.raises(SignedFileError, match=r"None of 2 files .*\. “a” is empty"):
        together(read_replies([("a", b""), ("b", b"hello")]))
    with pytest.raises(SignedFileError, match="“a” is empty"):
        together(read_replies([("a", b"")]))
    with pytest.raises(SignedFileError, match="without a certificate"):
        together([])


def test_at_most_a_hundred_certificates_are_one_reply() -> None:
    files = [(f"{number}.cer", certificates.leaf().der) for number in range(101)]

    assert len(together(read_replies(files[:100])).certificates) == 100
    with pytest.raises(SignedFileError, match="more than 100 certificates"):
        together(read_replies(files))
