from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from functools import cache
from importlib import resources
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, padding, rsa
from cryptography.x509.name import _ASN1Type
from hypothesis import given, settings
from hypothesis import strategies as st

from kvcsr_widgets.pki.chain import MAX_ADDRESSES, Chain, build, is_issued_by
from tests import certificates
from tests.certificates import DAY, NOW, cross_signed, expired_intermediate, intermediate, leaf
from tests.openssl import old_chain
from tests.work import work_below

ROOT = certificates.root().certificate
OTHER_ROOT = certificates.root(name="Other Root CA").certificate
INTERMEDIATE = intermediate().certificate
CROSS = cross_signed().certificate
EXPIRED = expired_intermediate().certificate
LEAF = leaf().certificate
STRANGER = certificates.root(name="Another CA").certificate
IMPOSTOR = intermediate(owner="impostor").certificate


def built(*others: x509.Certificate) -> Chain:
    return build(LEAF, others, NOW)


def test_the_same_name_with_another_key_did_not_issue_it() -> None:
    assert is_issued_by(LEAF, INTERMEDIATE)
    assert not is_issued_by(LEAF, IMPOSTOR)


class TestPlaces:
    def test_a_chain_is_put_in_order_from_any_order(self) -> None:
        for order in permutations([ROOT, INTERMEDIATE, LEAF]):
            assert built(*order).certificates == (LEAF, INTERMEDIATE, ROOT)

    def test_a_whole_chain_lacks_nothing(self) -> None:
        assert built(ROOT, LEAF, INTERMEDIATE) == Chain((LEAF, INTERMEDIATE, ROOT))
        assert built(ROOT, LEAF, INTERMEDIATE).is_complete

    def test_a_leaf_alone_lacks_its_issuer(self) -> None:
        found = built(LEAF)

        assert found == Chain((LEAF,), missing=INTERMEDIATE.subject)
        assert found.leaf == LEAF
        assert not found.is_complete

    def test_a_root_may_be_missing(self) -> None:
        assert built(INTERMEDIATE) == Chain((LEAF, INTERMEDIATE), missing=ROOT.subject)

    def test_what_lies_above_a_gap_is_of_no_use(self) -> None:
        assert built(ROOT) == Chain((LEAF,), missing=INTERMEDIATE.subject, superfluous=(ROOT,))

    def test_strangers_are_superfluous(self) -> None:
        assert built(STRANGER, INTERMEDIATE, ROOT) == Chain(
            (LEAF, INTERMEDIATE, ROOT), superfluous=(STRANGER,)
        )

    def test_a_self_signed_certificate_is_its_own_chain(self) -> None:
        alone = certificates.self_signed().certificate

        assert build(alone, [ROOT], NOW) == Chain((alone,), superfluous=(ROOT,))

    def test_one_that_names_itself_the_issuer_but_did_not_sign_is_told(self) -> None:
        assert built(IMPOSTOR, ROOT) == Chain(
            (LEAF,), missing=INTERMEDIATE.subject, superfluous=(ROOT,), broken=(IMPOSTOR,)
        )

    def test_an_older_key_of_the_same_ca_is_only_superfluous(self) -> None:
        assert built(IMPOSTOR, INTERMEDIATE, ROOT) == Chain(
            (LEAF, INTERMEDIATE, ROOT), superfluous=(IMPOSTOR,)
        )

    def test_a_damaged_signature_breaks_the_chain(self) -> None:
        der = bytearray(leaf().der)
        der[-1] ^= 1
        damaged = x509.load_der_x509_certificate(bytes(der))

        assert build(damaged, [INTERMEDIATE], NOW).broken == (INTERMEDIATE,)

    def test_key_identifiers_that_differ_do_not_hide_a_broken_signature(self) -> None:
        named = leaf(extensions=certificates.identifiers(own="leaf", issuer="Issuing CA"))
        other = intermediate(
            owner="impostor",
            extensions=certificates.identifiers(own="impostor", issuer="Root CA"),
        )

        assert build(named.certificate, [other.certificate], NOW).broken == (other.certificate,)

    def test_a_signature_counts_where_key_identifiers_differ(self) -> None:
        named = leaf(extensions=certificates.identifiers(own="leaf", issuer="elsewhere"))
        issuer = intermediate(
            extensions=certificates.identifiers(own="Issuing CA", issuer="Root CA")
        )

        found = build(named.certificate, [issuer.certificate], NOW)

        assert found.certificates == (named.certificate, issuer.certificate)

    def test_the_same_key_under_another_name_did_not_issue_it(self) -> None:
        renamed = intermediate(name="Renamed CA", owner="Issuing CA").certificate

        assert built(renamed) == Chain((LEAF,), INTERMEDIATE.subject, superfluous=(renamed,))

    def test_a_name_may_be_written_in_another_encoding(self) -> None:
        """As by a CA that copies its name by hand: RFC 5280 section 7.1."""
        name = x509.NameAttribute(
            x509.NameOID.COMMON_NAME, "ISSUING  ca", _type=_ASN1Type.PrintableString
        )
        odd = signed(certificates.key("Issuing CA"), issuer=x509.Name([name]))

        assert build(odd, [INTERMEDIATE], NOW).certificates == (odd, INTERMEDIATE)

    def test_another_encoding_of_a_name_is_no_signature(self) -> None:
        name = x509.NameAttribute(x509.NameOID.COMMON_NAME, "issuing ca")
        odd = signed(certificates.key("impostor"), issuer=x509.Name([name]))

        assert build(odd, [INTERMEDIATE], NOW).broken == (INTERMEDIATE,)


class TestAddresses:
    def test_a_missing_issuer_has_the_address_that_the_last_certificate_tells(self) -> None:
        address = "http://ca.contoso.com/issuing.cer"
        told = leaf(extensions=[certificates.aia(address)]).certificate

        assert build(told, [], NOW).aia == (address,)

    def test_an_issuer_that_is_there_needs_no_address(self) -> None:
        told = leaf(extensions=[certificates.aia("http://ca.contoso.com/a.cer")]).certificate

        assert build(told, [INTERMEDIATE], NOW).aia == ()

    @pytest.mark.parametrize(
        "address",
        [
            "javascript:alert(1)",
            "file:///etc/passwd",
            "http://ca.contoso.com/a b",
            "http://ca.contoso.com/\x07",
            "//ca.contoso.com/a.cer",
            "http://" + "a" * 501,
            "http://",
        ],
    )
    def test_only_plain_addresses_are_told(self, address: str) -> None:
        good = "LDAP:///CN=Contoso%20CA,CN=AIA?cACertificate"
        told = leaf(extensions=[certificates.aia(address, good)]).certificate

        assert build(told, [], NOW).aia == (good,)

    def test_a_few_addresses_are_told_each_once(self) -> None:
        addresses = [f"http://ca.contoso.com/{number}" for number in (1, 1, *range(2, 9))]
        told = leaf(extensions=[certificates.aia(*addresses)]).certificate

        assert build(told, [], NOW).aia == tuple(dict.fromkeys(addresses))[:MAX_ADDRESSES]


class TestChoice:
    def test_one_that_is_valid_goes_before_one_that_leads_to_a_root(self) -> None:
        assert built(EXPIRED, ROOT, CROSS) == Chain(
            (LEAF, CROSS), OTHER_ROOT.subject, superfluous=(ROOT,), alternatives=(EXPIRED,)
        )

    def test_an_expired_one_is_better_than_none(self) -> None:
        assert built(EXPIRED, ROOT) == Chain((LEAF, EXPIRED, ROOT))

    def test_one_that_leads_to_a_root_goes_before_a_later_end(self) -> None:
        late = cross_signed(end=NOW + 9999 * DAY).certificate

        assert built(late, INTERMEDIATE, ROOT) == Chain(
            (LEAF, INTERMEDIATE, ROOT), alternatives=(late,)
        )

    def test_one_that_leads_to_a_valid_root_goes_before_one_to_an_expired_root(self) -> None:
        over = certificates.root(end=NOW - DAY / 2).certificate

        assert built(over, INTERMEDIATE, CROSS, OTHER_ROOT) == Chain(
            (LEAF, CROSS, OTHER_ROOT), superfluous=(over,), alternatives=(INTERMEDIATE,)
        )

    def test_the_longest_way_is_gone_where_no_root_is(self) -> None:
        """As with a root that an older root has cross-signed: more clients know that one."""
        policy = intermediate(name="Other Root CA", by="Oldest CA").certificate

        assert built(INTERMEDIATE, CROSS, policy) == Chain(
            (LEAF, CROSS, policy),
            certificates.root(name="Oldest CA").certificate.subject,
            alternatives=(INTERMEDIATE,),
        )

    def test_a_root_goes_before_its_cross_signed_self(self) -> None:
        crossed = intermediate(name="Root CA", by="Oldest CA").certificate
        oldest = certificates.root(name="Oldest CA").certificate

        assert built(crossed, oldest, ROOT, INTERMEDIATE) == Chain(
            (LEAF, INTERMEDIATE, ROOT), superfluous=(oldest,), alternatives=(crossed,)
        )

    def test_of_two_that_are_re_issued_the_latest_end_is_chosen(self) -> None:
        later = intermediate(end=NOW + 5000 * DAY).certificate

        assert built(INTERMEDIATE, later, ROOT) == Chain(
            (LEAF, later, ROOT), alternatives=(INTERMEDIATE,)
        )

    def test_one_whose_key_identifier_is_named_goes_first(self) -> None:
        """OpenSSL takes no other."""
        named = leaf(extensions=certificates.identifiers(own="leaf", issuer="Issuing CA"))
        fits, other = (
            intermediate(
                end=NOW + days * DAY, extensions=certificates.identifiers(own=own, issuer="Root CA")
            ).certificate
            for days, own in ((100, "Issuing CA"), (200, "elsewhere"))
        )

        found = build(named.certificate, [other, fits], NOW)

        assert found.certificates == (named.certificate, fits)
        assert found.alternatives == (other,)

    def test_a_re_issued_leaf_is_an_alternative_to_the_leaf(self) -> None:
        again = leaf(end=NOW + 30 * DAY).certificate

        assert built(again, INTERMEDIATE, ROOT) == Chain(
            (LEAF, INTERMEDIATE, ROOT), alternatives=(again,)
        )

    def test_a_root_that_changed_its_key_leads_on_to_the_new_one(self) -> None:
        """Old with new: RFC 4210 section 4.4."""
        bridge = intermediate(name="Root CA", by="Root CA", signer="New root key").certificate
        new = intermediate(
            name="Root CA", by="Root CA", owner="New root key", signer="New root key"
        ).certificate

        assert built(INTERMEDIATE, bridge, new) == Chain((LEAF, INTERMEDIATE, bridge, new))


class TestLoops:
    def test_two_cas_that_signed_each_other_end(self) -> None:
        back = intermediate(name="Root CA", by="Issuing CA").certificate

        found = built(INTERMEDIATE, back)

        assert found == Chain((LEAF, INTERMEDIATE, back), missing=INTERMEDIATE.subject)

    def test_a_way_out_of_a_loop_is_found(self) -> None:
        back = intermediate(name="Root CA", by="Issuing CA", end=NOW + 9999 * DAY).certificate

        assert built(INTERMEDIATE, back, ROOT) == Chain(
            (LEAF, INTERMEDIATE, ROOT), alternatives=(back,)
        )


@cache
def pool() -> tuple[x509.Certificate, ...]:
    """Everything that can go wrong, in one file."""
    loop = intermediate(name="Root CA", by="Issuing CA").certificate
    renewed = leaf(end=NOW + DAY).certificate
    return (ROOT, OTHER_ROOT, INTERMEDIATE, CROSS, EXPIRED, STRANGER, IMPOSTOR, loop, renewed, LEAF)


class TestEveryFile:
    @given(st.data())
    @settings(max_examples=60)
    def test_the_order_of_the_file_changes_nothing(self, data: st.DataObject) -> None:
        some = data.draw(st.lists(st.sampled_from(pool()), unique=True))
        shuffled = data.draw(st.permutations(some))

        found = built(*some)

        assert built(*shuffled) == found

    @given(st.lists(st.sampled_from(pool())))
    @settings(max_examples=60)
    def test_each_certificate_has_one_place(self, some: list[x509.Certificate]) -> None:
        found = built(*some)

        places = found.certificates + found.alternatives + found.superfluous + found.broken
        assert sorted(map(hash, places)) == sorted(map(hash, {LEAF, *some}))
        assert all(map(is_issued_by, found.certificates, found.certificates[1:]))
        assert found.is_complete == (found.certificates[-1] in (ROOT, OTHER_ROOT))

    @given(st.data())
    @settings(max_examples=60)
    def test_nothing_of_other_peoples_certificates_raises(self, data: st.DataObject) -> None:
        some = data.draw(st.lists(st.sampled_from(vectors()), min_size=1, max_size=20))

        with warnings.catch_warnings():
            warnings.simplefilter("error")
            found = build(some[0], some, NOW)

        assert found.leaf == some[0]


@cache
def vectors() -> tuple[x509.Certificate, ...]:
    """Every single certificate that the cryptography package is tested with."""
    folder = resources.files("cryptography_vectors") / "x509"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = tuple(_certificates(folder))
    assert len(found) > 300
    return found


def _certificates(place: Any) -> Iterator[x509.Certificate]:
    for each in sorted(place.iterdir(), key=lambda entry: str(entry.name)):
        if each.is_dir():
            yield from _certificates(each)
            continue
        data = each.read_bytes()
        pem = b"BEGIN CERTIFICATE-" in data
        try:
            yield (x509.load_pem_x509_certificate if pem else x509.load_der_x509_certificate)(data)
        except (ValueError, x509.InvalidVersion):
            continue  # a list, a request, or damaged


Signer = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey | Any


def signed(
    signer: Signer,
    *,
    issuer: x509.Name,
    owner: Signer = None,
    pss: bool = False,
    subject: x509.Name = LEAF.subject,
) -> x509.Certificate:
    """A certificate with any kind of signature."""
    odd = isinstance(signer, ed25519.Ed25519PrivateKey)
    salted = padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.DIGEST_LENGTH) if pss else None
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key((owner or certificates.key("leaf")).public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - DAY)
        .not_valid_after(NOW + DAY)
        .sign(signer, None if odd else hashes.SHA256(), rsa_padding=salted)
    )


class TestKinds:
    """Every kind of key that a CA may have."""

    @pytest.mark.parametrize(
        ("make", "pss"),
        [
            (lambda: rsa.generate_private_key(65537, 1031), False),
            (lambda: rsa.generate_private_key(3, 2048), True),
            (lambda: dsa.generate_private_key(1024), False),
            (ed25519.Ed25519PrivateKey.generate, False),
            (lambda: ec.generate_private_key(ec.SECP521R1()), False),
            (lambda: ec.generate_private_key(ec.BrainpoolP256R1()), False),
        ],
        ids=["odd size", "PSS", "DSA", "Ed25519", "P-521", "brainpool"],
    )
    def test_any_kind_of_signature_is_checked(self, make: Callable[[], Signer], pss: bool) -> None:
        signer, name = make(), INTERMEDIATE.subject
        below = signed(signer, issuer=name, pss=pss)
        above = signed(signer, issuer=name, subject=name, owner=signer, pss=pss)

        found = build(below, [IMPOSTOR, above], NOW)

        assert found == Chain((below, above), superfluous=(IMPOSTOR,))


@pytest.mark.parametrize("hashed", ["sha1", "md5"])
def test_a_signature_that_protects_no_more_is_still_one(hashed: str, tmp_path: Path) -> None:
    """To say that it is weak is for others; it must not be called broken."""
    old, root = old_chain(tmp_path, hashed=hashed)
    (other,) = (c for c in old_chain(tmp_path, hashed=hashed) if c.issuer != c.subject)

    assert build(old, [root], NOW) == Chain((old, root))
    assert build(other, [root], NOW).broken == (root,)


def test_a_hundred_certificates_take_no_time() -> None:
    """Ten CAs above each other, each re-issued ten times: 10^10 ways."""
    names = [f"CA {number}" for number in range(10)]
    many = [
        intermediate(name=below, by=above).certificate
        for below, above in zip(names, [*names[1:], "Root CA"], strict=True)
        for _ in range(10)
    ]
    lowest = leaf(by="CA 0").certificate

    with work_below(1):
        found = build(lowest, many, NOW)

    assert len(found.certificates) == 11
    assert len(found.alternatives) == 90


def test_a_hundred_namesakes_take_no_time() -> None:
    """Each could have signed each."""
    many = [
        intermediate(name="X", by="X", owner=f"X{number}", signer=f"X{number + 1}").certificate
        for number in range(99)
    ]
    lowest = leaf(by="X", signer="X0").certificate

    with work_below(1):
        found = build(lowest, many, NOW)

    assert found.certificates[1] == many[0]
