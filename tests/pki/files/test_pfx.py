"""PFX files that others send: a key is told before anything is opened, and rounds are bounded."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)

from kvcsr_widgets.pki.files import budget, lookalike, pfx, pfx_part
from kvcsr_widgets.pki.files.budget import Allowance, Budget
from kvcsr_widgets.pki.files.lookalike import Lookalike
from tests import certificates, openssl
from tests.der import tlv
from tests.pki.test_signed import CHAIN, CHAIN_PEM, KEYLESS
from tests.work import work_below

LEAF = certificates.leaf()


def certificates_in(data: bytes) -> list[x509.Certificate] | Lookalike:
    return pfx.certificates(data, Budget().rounds)


def oid(value: str) -> bytes:
    return tlv(6, bytes.fromhex("2a864886f70d01" + value))


DATA, ENCRYPTED, SHROUDED = oid("0701"), oid("0706"), oid("0c0a0102")
SALT, IV = bytes(8), bytes(16)


def pbes2(rounds: int) -> bytes:
    """PBES2 with PBKDF2, SHA-256 and AES-256 (RFC 8018)."""
    sha256 = tlv(0x30, bytes.fromhex("06082a864886f70d02090500"))
    derivation = (
        tlv(4, SALT) + tlv(2, rounds.to_bytes(rounds.bit_length() // 8 + 1, "big")) + sha256
    )
    cipher = bytes.fromhex("060960864801650304012a") + tlv(4, IV)
    return tlv(
        0x30,
        oid("050d") + tlv(0x30, tlv(0x30, oid("050c") + tlv(0x30, derivation)) + tlv(0x30, cipher)),
    )


def encrypted(part: bytes) -> bytes:
    """A part under an empty password, as ENCRYPTED content."""
    padder = PKCS7(128).padder()
    key = hashlib.pbkdf2_hmac("sha256", b"", SALT, 1, 32)
    encryptor = Cipher(algorithms.AES(key), modes.CBC(IV)).encryptor()
    secret = encryptor.update(padder.update(part) + padder.finalize()) + encryptor.finalize()
    content = tlv(0x30, DATA + pbes2(1) + tlv(0x80, secret))
    return tlv(0x30, ENCRYPTED + tlv(0xA0, tlv(0x30, b"\2\1\0" + content)))


def whole(*parts: bytes, pieces: int = 0) -> bytes:
    """A PFX of these parts, without MAC; its content in pieces of so many bytes."""
    safe = tlv(0x30, b"".join(parts))
    octets = tlv(4, safe)
    if pieces:
        cut = (safe[at : at + pieces] for at in range(0, len(safe), pieces))
        octets = tlv(0x24, b"".join(tlv(4, piece) for piece in cut))
    return tlv(0x30, b"\2\1\3" + tlv(0x30, DATA + tlv(0xA0, octets)))


def key_bag(rounds: int) -> bytes:
    """A bag with an encrypted key that asks for so many rounds."""
    key = tlv(0x30, pbes2(rounds) + tlv(4, bytes(64)))
    return tlv(0x30, tlv(0x30, SHROUDED + tlv(0xA0, key)))


PLAIN = tlv(0x30, DATA + tlv(0xA0, tlv(4, key_bag(2**31))))


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(whole(PLAIN), id="in a plain part"),
        pytest.param(whole(PLAIN, pieces=5), id="in pieces"),
        pytest.param(whole(encrypted(key_bag(2**31))), id="in an encrypted part"),
        pytest.param(whole(encrypted(key_bag(2**31)), pieces=7), id="encrypted, in pieces"),
    ],
)
def test_a_key_that_would_take_hours_is_told_without_opening_it(data: bytes) -> None:
    with work_below(1):
        told = certificates_in(data)

    assert told in (lookalike.PFX_WITH_KEY, lookalike.SLOW_PFX)


def test_the_encrypted_part_of_this_test_is_read_by_the_library_too() -> None:
    """Otherwise the keys above would prove nothing."""
    bag = pkcs12.serialize_key_and_certificates(None, None, CHAIN[0], None, NoEncryption())
    begin = bag.index(bytes.fromhex("060b2a864886f70d010c0a0103")) - 4
    certificate_bag = next(
        bag[at:] for at in range(begin, begin + 4) if bag[at] == 0x30 and bag[at + 1] == 0x82
    )
    size = int.from_bytes(certificate_bag[2:4], "big") + 4

    found = certificates_in(whole(encrypted(tlv(0x30, certificate_bag[:size]))))

    assert found == [CHAIN[0]]


def test_a_key_is_told_before_its_password_is_asked() -> None:
    locked = pkcs12.serialize_key_and_certificates(
        b"web", LEAF.key, CHAIN[0], None, BestAvailableEncryption(b"password")
    )

    assert certificates_in(locked) is lookalike.PFX_WITH_KEY


@pytest.mark.parametrize("algorithm", [hashes.SHA1(), hashes.SHA256(), hashes.SHA512()])
def test_a_password_is_told(algorithm: hashes.HashAlgorithm) -> None:
    encryption = PrivateFormat.PKCS12.encryption_builder().hmac_hash(algorithm).build(b"password")

    found = certificates_in(
        pkcs12.serialize_key_and_certificates(None, None, CHAIN[0], None, encryption)
    )

    assert found is lookalike.LOCKED_PFX


def test_many_rounds_are_not_run(tmp_path: Path) -> None:
    (tmp_path / "chain.pem").write_bytes(CHAIN_PEM)
    openssl.openssl(
        *("pkcs12", "-export", "-nokeys", "-in", "chain.pem", "-passout", "pass:"),
        *("-iter", str(budget.MAX_ROUNDS), "-out", "slow.pfx"),
        cwd=tmp_path,
    )

    assert certificates_in((tmp_path / "slow.pfx").read_bytes()) is lookalike.SLOW_PFX


def made(folder: Path, *options: str, rounds: int) -> bytes:
    """A PFX of openssl without a key, with an empty password."""
    (folder / "chain.pem").write_bytes(CHAIN_PEM)
    openssl.openssl(
        *("pkcs12", "-export", "-nokeys", "-in", "chain.pem", "-passout", "pass:", "-legacy"),
        *(*options, "-iter", str(rounds), "-out", "made.pfx"),
        cwd=folder,
    )
    return (folder / "made.pfx").read_bytes()


@pytest.mark.parametrize("cipher", ["AES-256-CBC", "PBE-SHA1-3DES"])
def test_rounds_are_counted_over_several_files(tmp_path: Path, cipher: str) -> None:
    """Those of an old cipher count ten times."""
    rounds = 100_000 if cipher.startswith("AES") else 16_000
    data = made(tmp_path, "-certpbe", cipher, rounds=rounds)
    allowed = Budget().rounds

    found = [pfx.certificates(data, allowed) for _time in range(4)]

    assert [isinstance(each, list) for each in found] == [True, True, True, False]
    assert found[3] is lookalike.SPENT_PFX


def test_the_rounds_of_a_file_that_is_not_opened_are_left(tmp_path: Path) -> None:
    allowed = Allowance(100)

    found = pfx.certificates(made(tmp_path, "-certpbe", "NONE", rounds=101), allowed)

    assert found is lookalike.SPENT_PFX
    assert allowed.left == 100


def test_the_old_rc2_is_told(tmp_path: Path) -> None:
    (tmp_path / "chain.pem").write_bytes(CHAIN_PEM)
    openssl.openssl(
        *("pkcs12", "-export", "-nokeys", "-in", "chain.pem", "-passout", "pass:", "-legacy"),
        *("-certpbe", "PBE-SHA1-RC2-40", "-out", "old.pfx"),
        cwd=tmp_path,
    )

    assert certificates_in((tmp_path / "old.pfx").read_bytes()) is lookalike.OLD_PFX


def test_a_large_pfx_is_not_opened() -> None:
    assert certificates_in(KEYLESS + bytes(pfx.MAX_REPLY)) is lookalike.LARGE_PFX


def test_many_parts_are_not_opened() -> None:
    part = encrypted(b"\x30\x00")

    assert certificates_in(whole(*[part] * (pfx_part.MAX_PARTS + 1))) is lookalike.LOCKED_PFX


def test_a_pfx_without_certificates_is_told() -> None:
    empty = tlv(0x30, DATA + tlv(0xA0, tlv(4, tlv(0x30, b""))))

    assert certificates_in(whole(empty)) is lookalike.EMPTY_PFX


@pytest.mark.parametrize(
    ("password", "purpose", "size", "rounds", "expected"),
    [
        # smeg and queeg are the passwords of OpenSSL's and Bouncy Castle's known answers
        ("smeg", 1, 24, 1, "8aaae6297b6cb04642ab5b077851284eb7128f1a2a7fbca3"),
        ("smeg", 2, 8, 1, "79993dfe048d3b76"),
        ("queeg", 1, 24, 1000, "ed2034e36328830ff09df1e1a07dd357185dac0d4f9eb3d4"),
        ("queeg", 2, 8, 1000, "11dedad7758d4860"),
    ],
)
def test_the_old_keys_are_those_of_the_known_answers(
    password: str, purpose: int, size: int, rounds: int, expected: str
) -> None:
    salts = {
        ("smeg", 1): "0a58cf64530d823f",
        ("smeg", 2): "0a58cf64530d823f",
        ("queeg", 1): "05dec959acff72f7",
        ("queeg", 2): "05dec959acff72f7",
    }
    secret = password.encode("utf-16-be") + b"\0\0"

    found = pfx_part.old_key(secret, bytes.fromhex(salts[password, purpose]), purpose, size, rounds)

    assert found.hex() == expected


def test_a_certificate_in_der_is_no_pfx() -> None:
    assert not pfx.is_pfx(LEAF.certificate.public_bytes(Encoding.DER))
    assert pfx.is_pfx(KEYLESS)
