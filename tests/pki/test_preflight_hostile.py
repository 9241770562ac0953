"""Nothing that a stranger can send makes the checks raise."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from functools import cache
from importlib import resources
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.name import _ASN1Type
from cryptography.x509.oid import ExtensionOID, NameOID
from hypothesis import given, settings
from hypothesis import strategies as st

from kvcsr_widgets.errors import SignedFileError
from kvcsr_widgets.pki import facts
from kvcsr_widgets.pki.catalogue import CATALOGUE
from kvcsr_widgets.pki.csr import SigningRequest
from kvcsr_widgets.pki.finding import Finding, Level
from kvcsr_widgets.pki.pending import PendingRequest, SentCsr, Status
from kvcsr_widgets.pki.plan import CertificatePlan
from kvcsr_widgets.pki.preflight import preflight
from kvcsr_widgets.pki.signed import SignedFile, read_signed
from tests import wrong_certificates as make
from tests.certificates import DAY, NOW

GARBLED = (
    ExtensionOID.SUBJECT_ALTERNATIVE_NAME,
    ExtensionOID.KEY_USAGE,
    ExtensionOID.EXTENDED_KEY_USAGE,
    ExtensionOID.BASIC_CONSTRAINTS,
    ExtensionOID.AUTHORITY_INFORMATION_ACCESS,
)


@cache
def odd() -> tuple[x509.Certificate, ...]:
    """Certificates over the request's key and others, each odd in another way."""
    edge = dt.datetime(9999, 12, 31, 23, 59, 59, tzinfo=dt.UTC)
    old = make.key("Old CA", bits=2048)
    return (
        *(
            make.leaf(usages=(), ekus=(), names=(), extra=[make.garbled(oid)])
            for oid in GARBLED[:3]
        ),
        *(make.ca(extra=[make.garbled(oid)], is_ca=None, usages=()) for oid in GARBLED),
        make.leaf(),
        make.leaf(owner=make.key("another")),
        make.leaf(is_ca=True, issuer=make.SUBJECT, signer=make.LEAF_KEY),
        make.leaf(begin=dt.datetime(1950, 1, 1, tzinfo=dt.UTC), end=edge),
        make.leaf(begin=edge - DAY, end=edge),
        make.ca(begin=NOW - 9 * DAY, end=NOW - DAY),
        make.ca(by="CN=Issuing CA", name="CN=Root CA"),
        make.ca(),
        make.root(),
        make.root(name="CN=Issuing CA", owner=make.key("impostor")),
        make.ca(name="CN=Issuing CA", by="CN=Upper CA", path_length=0),
        make.ca(owner=old, signer=old),
        *_with_odd_names(),
    )


def _with_odd_names() -> Iterator[x509.Certificate]:
    """``cryptography`` warns of the country: it is told all the same."""
    utf8, bits = _ASN1Type.UTF8String, _ASN1Type.BitString
    with facts.unwarned():
        parts: list[x509.NameAttribute[str | bytes]] = [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "U\u202e", utf8, _validate=False),
            x509.NameAttribute(NameOID.COMMON_NAME, "a\r\nb" * 999, utf8, _validate=False),
            x509.NameAttribute(NameOID.X500_UNIQUE_IDENTIFIER, b"\xff", bits),
        ]
        yield make.leaf(subject=x509.Name(parts), issuer=x509.Name(parts))
        yield make.leaf(subject=x509.Name([]), issuer=x509.Name([]))


CSRS = (
    make.request(),
    make.request(names=(), usages=(), ekus=(), subject=""),
    make.request(usages=(), extra=[make.garbled(ExtensionOID.KEY_USAGE)]),
)

pendings = st.builds(
    PendingRequest,
    name=st.just("www"),
    csr=st.sampled_from(CSRS),
    status=st.sampled_from(Status),
    issuer=st.sampled_from(["Unknown", "Self", "a\r\n\u202e" * 100]),
    cancellation_requested=st.booleans(),
    plan=st.none() | st.integers(1, 1_200).map(lambda m: CertificatePlan("www", validity_months=m)),
    downloaded=st.sampled_from([None, SentCsr("0" * 64, "1" * 64), SentCsr.of(CSRS[0])]),
    versions=st.lists(st.sampled_from(odd()), max_size=3).map(
        lambda known: tuple(each.fingerprint(hashes.SHA1()).hex().upper() for each in known)
    ),
    homes=st.dictionaries(
        st.sampled_from([CSRS[0].fingerprint, "0" * 64]), st.just(("the request “x”",))
    ),
)
times = st.datetimes(timezones=st.just(dt.UTC))


@given(pendings, st.lists(st.sampled_from(odd()), unique=True), st.lists(st.text()), times)
def test_nothing_raises_for_any_file_request_and_time(
    pending: PendingRequest, certificates: list[x509.Certificate], notes: list[str], now: Any
) -> None:
    hold(preflight(pending, SignedFile(tuple(certificates), tuple(notes)), now))


def hold(found: list[Finding]) -> None:
    """What is true of any findings."""
    assert found[-1].code == "not-checked"
    assert ("key-fits" in {each.code for each in found}) is not (
        "key-differs" in {each.code for each in found}
    )
    ranks = [(list(Level).index(each.level), list(CATALOGUE).index(each.code)) for each in found]
    assert ranks == sorted(set(ranks)), "in order, and each code once"
    for each in found:
        assert each.level in CATALOGUE[each.code].levels
        assert not each.answer or each.level is Level.STOP
        assert len(each.title) < 3_000
        assert len(each.detail) < 6_000
        assert (each.title + each.detail).isprintable()


GOOD = (make.leaf(), make.ca(), make.root())


@given(st.sampled_from(range(3)), st.integers(min_value=0), st.integers(1, 255))
def test_nothing_raises_for_a_good_file_with_one_byte_changed(
    which: int, place: int, change: int
) -> None:
    der = bytearray(GOOD[which].public_bytes(Encoding.DER))
    der[place % len(der)] ^= change
    try:
        with facts.unwarned():  # of a serial number below zero
            (mutated,) = read_signed(bytes(der)).certificates
    except SignedFileError:
        return
    file = (*GOOD[:which], mutated, *GOOD[which + 1 :])
    hold(preflight(PendingRequest("www", CSRS[0]), SignedFile(file), NOW))


@cache
def vectors() -> tuple[x509.Certificate, ...]:
    """Every certificate that the cryptography package is tested with."""
    with facts.unwarned():
        found = tuple(_certificates(resources.files("cryptography_vectors") / "x509"))
    assert len(found) > 300
    return found


def _certificates(place: Any) -> Iterator[x509.Certificate]:
    for each in sorted(place.iterdir(), key=lambda entry: str(entry.name)):
        if each.is_dir():
            yield from _certificates(each)
            continue
        data = each.read_bytes()
        try:
            if b"BEGIN CERTIFICATE-" in data:
                yield from x509.load_pem_x509_certificates(data)
            else:
                yield x509.load_der_x509_certificate(data)
        except (ValueError, x509.InvalidVersion):
            continue  # a list, a request, or damaged


def request_over(certificate: x509.Certificate) -> SigningRequest | None:
    """A CSR over a certificate's key, None where nobody can read that.

    The signature is another's: who made the key has it, and no check looks at it.
    """
    try:
        spki = facts.spki(certificate.public_key())
    except facts.UNREADABLE:
        return None
    ours = CSRS[0].x509
    head = b"\x02\x01\x00" + ours.subject.public_bytes() + spki
    attributes = ours.tbs_certrequest_bytes.split(facts.spki(ours.public_key()))[1]
    info = tlv(0x30, head + attributes)
    signature = tlv(0x03, b"\x00" + ours.signature)
    algorithm = tlv(0x30, bytes.fromhex("06082a8648ce3d040302"))
    return SigningRequest.from_der(tlv(0x30, info + algorithm + signature))


def tlv(tag: int, content: bytes) -> bytes:
    """One element of DER (X.690 section 8.1)."""
    size = len(content)
    if size < 128:
        return bytes([tag, size]) + content
    digits = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(digits)]) + digits + content


def test_other_peoples_certificates_raise_nothing_as_strangers() -> None:
    for certificate in vectors():
        hold(preflight(PendingRequest("www", CSRS[0]), SignedFile((certificate,)), NOW))


def test_other_peoples_certificates_raise_nothing_as_replies() -> None:
    looked = 0
    for certificate in vectors():
        if csr := request_over(certificate):
            pending = PendingRequest("www", csr, plan=CertificatePlan("www"))
            found = preflight(pending, SignedFile((certificate, make.ca())), NOW)
            hold(found)
            assert "key-fits" in {each.code for each in found}
            looked += 1
    assert looked > 250


@settings(max_examples=50)
@given(st.data())
def test_other_peoples_certificates_raise_nothing_together(data: st.DataObject) -> None:
    some = tuple(data.draw(st.lists(st.sampled_from(vectors()), min_size=1, max_size=30)))
    if csr := request_over(some[0]):
        hold(preflight(PendingRequest("www", csr), SignedFile(some), NOW))
