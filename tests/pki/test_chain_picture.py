from __future__ import annotations

import warnings
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from kvcsr_widgets.pki.chain import Chain, build
from kvcsr_widgets.pki.chain_picture import Node, Role, as_text, draw
from kvcsr_widgets.pki.consumers import seen
from kvcsr_widgets.pki.facts import UNREADABLE
from tests import certificates
from tests import wrong_certificates as wrong
from tests.certificates import DAY, NOW, cross_signed, expired_intermediate, intermediate, leaf
from tests.openssl import old_chain
from tests.pki.checks.wrong import codes, look
from tests.pki.test_chain import vectors

ROOT = certificates.root().certificate
INTERMEDIATE = intermediate().certificate
LEAF = leaf().certificate

RICH = (
    leaf(
        extensions=[
            *certificates.identifiers(own="leaf", issuer="Issuing CA"),
            certificates.aia("http://ca.contoso.com/issuing.cer"),
        ]
    ).certificate,
    intermediate(
        extensions=certificates.identifiers(own="Issuing CA", issuer="Root CA")
    ).certificate,
)


def drawn(*others: x509.Certificate, of: x509.Certificate = LEAF) -> list[Node]:
    """The boxes of the chain."""
    return list(draw(build(of, others, NOW), NOW).path)


def marks(*others: x509.Certificate, of: x509.Certificate = LEAF) -> list[str]:
    return [mark for node in drawn(*others, of=of) for mark in node.marks]


class TestPath:
    def test_a_chain_runs_from_the_leaf_to_the_root(self) -> None:
        nodes = drawn(INTERMEDIATE, ROOT)

        assert [(node.role, node.name) for node in nodes] == [
            (Role.LEAF, "www.contoso.com"),
            (Role.INTERMEDIATE, "Issuing CA"),
            (Role.ROOT, "Root CA"),
        ]
        assert nodes[0].facts == "2026-05-31 to 2026-08-30, EC P-256"
        assert [node.issuer for node in nodes] == ["Issuing CA", "Root CA", "itself"]

    def test_nothing_stands_out_of_a_good_chain(self) -> None:
        assert marks(INTERMEDIATE, ROOT) == []

    def test_a_missing_issuer_has_a_box_with_its_addresses(self) -> None:
        address = "http://ca.contoso.com/issuing.cer"
        told = leaf(extensions=[certificates.aia(address)]).certificate

        *_, missing = drawn(of=told)

        assert (missing.role, missing.name) == (Role.MISSING, "Issuing CA")
        assert missing.addresses == (address,)
        assert missing.about == (
            "Not in the file: clients that do not know it will refuse the leaf. "
            "The CA offers it here:"
        )
        assert missing.facts == ""

    def test_a_missing_root_may_be_no_loss(self) -> None:
        assert "nothing is missing" in drawn(INTERMEDIATE)[-1].about

    def test_a_loop_is_told(self) -> None:
        back = intermediate(name="Root CA", by="Issuing CA").certificate

        assert "signed each other" in drawn(INTERMEDIATE, back)[-1].about

    def test_a_self_signed_certificate_is_a_leaf(self) -> None:
        (node,) = drawn(of=certificates.self_signed().certificate)

        assert (node.role, node.issuer) == (Role.LEAF, "itself")


class TestMarks:
    def test_what_has_expired_stands_out(self) -> None:
        assert marks(expired_intermediate().certificate, ROOT) == [
            "Expired on 2026-05-31.",
            "Ends before the leaf does.",
        ]

    def test_what_is_not_valid_yet_stands_out(self) -> None:
        early = leaf(begin=NOW + DAY).certificate

        assert marks(INTERMEDIATE, ROOT, of=early) == ["Not valid before 2026-06-02."]

    def test_an_issuer_that_is_no_ca_stands_out(self) -> None:
        no_ca = certificates._issue(
            "CN=Issuing CA",
            certificates.key("Issuing CA"),
            "CN=Root CA",
            certificates.key("Root CA"),
            names=(),
        ).certificate

        assert marks(no_ca, ROOT) == [
            "May not sign certificates: its basic constraints do not say that it is a CA."
        ]

    def test_old_hashes_and_short_keys_stand_out_but_not_the_hash_of_a_root(
        self, tmp_path: Path
    ) -> None:
        old, root = old_chain(tmp_path, hashed="sha1", bits=1024)

        nodes = draw(build(old, [root], NOW), old.not_valid_before_utc).path

        assert [node.marks for node in nodes] == [
            ("Signed with SHA-1.",),
            ("Its key is weak: RSA 1024.",),
        ]

    @pytest.mark.parametrize(
        "above",
        [
            (wrong.ca(),),
            (wrong.ca(is_ca=None, usages=()),),
            (wrong.ca(usages=("digitalSignature",)),),
            (wrong.ca(), wrong.ca(name="CN=Root CA", by="CN=Root CA", is_ca=None, usages=())),
        ],
        ids=["good", "one that says nothing", "another key usage", "a root that says nothing"],
    )
    def test_what_stands_out_is_what_the_checks_find(
        self, above: tuple[x509.Certificate, ...]
    ) -> None:
        """They and the picture are seen side by side."""
        found = codes(look(wrong.leaf(), *above))
        told = any("May not sign" in mark for mark in marks(*above, of=wrong.leaf()))

        assert told is ("intermediate-not-ca" in found)

    def test_a_ca_of_version_1_may_not_sign(self, tmp_path: Path) -> None:
        """Such a certificate cannot say what it is; clients take a root alone at its word."""
        old, root = old_chain(tmp_path, hashed="sha256")
        signer = load_pem_private_key((tmp_path / "new.key").read_bytes(), None)
        assert isinstance(signer, rsa.RSAPrivateKey)
        below = wrong.leaf(issuer="CN=www.contoso.com", signer=signer)

        assert old.version is x509.Version.v1
        assert any("May not sign" in mark for mark in marks(old, root, of=below))
        assert "intermediate-not-ca" in codes(look(below, old, root))

    @pytest.mark.parametrize("how", ["MD2", "MD5", "SHA-1"])
    def test_every_old_hash_is_named(self, how: str) -> None:
        signer = wrong.key("Old CA", bits=2048)
        assert isinstance(signer, rsa.RSAPrivateKey)
        der = wrong.weakly_signed(wrong.leaf(signer=signer), signer, how)

        assert marks(of=x509.load_der_x509_certificate(der)) == [f"Signed with {how}."]


class TestApart:
    def test_the_others_stand_apart_each_with_its_role(self) -> None:
        stranger = certificates.root(name="Another CA", end=NOW - DAY / 2).certificate
        impostor = intermediate(owner="impostor").certificate
        again = leaf(end=NOW + DAY).certificate

        found = draw(build(LEAF, [stranger, impostor, again], NOW), NOW)

        assert [(node.role, node.name, node.marks) for node in found.apart] == [
            (Role.ALTERNATIVE, "www.contoso.com", ()),
            (Role.BROKEN, "Issuing CA", ()),
            (Role.SUPERFLUOUS, "Another CA", ("Expired on 2026-06-01.",)),
        ]


class TestText:
    def test_a_picture_can_be_printed(self) -> None:
        chain = build(LEAF, [expired_intermediate().certificate, cross_signed().certificate], NOW)

        assert as_text(draw(chain, NOW)).splitlines() == [
            "[Leaf] www.contoso.com",
            "    2026-05-31 to 2026-08-30, EC P-256",
            "  | issued by",
            "[Intermediate] Issuing CA",
            "    2026-05-31 to 2036-05-29, EC P-256",
            "  | issued by",
            "[Missing] Other Root CA",
            "    Not in the file. If it is a root that clients know, nothing is missing.",
            "",
            "Alternative. Name and key of one in the chain, the better choice; not sent.",
            "[Alternative] Issuing CA",
            "    2025-06-01 to 2026-05-31, EC P-256",
            "    ! Expired on 2026-05-31.",
            "    issued by Root CA",
        ]

    @pytest.mark.parametrize("sign", ["\u202e", "\x1b[31m", "\n", "\x00"])
    def test_a_name_cannot_turn_or_break_the_line(self, sign: str) -> None:
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, f"a{sign}b")])
        chain = Chain((LEAF,), missing=name)

        text = as_text(draw(chain, NOW))

        assert sign[0] not in text.replace("\n", "")
        assert "[Missing] a\\" in text

    @given(st.lists(st.integers(0, 300), min_size=1, max_size=12))
    @settings(max_examples=60)
    def test_any_certificate_can_be_drawn(self, places: list[int]) -> None:
        some = [vectors()[place] for place in places]

        with warnings.catch_warnings():
            warnings.simplefilter("error")
            found = draw(build(some[0], some, NOW), NOW)

        assert all(line.isprintable() for line in as_text(found).splitlines())
        assert len(found.path) + len(found.apart) >= len(set(some))

    @given(st.data())
    @settings(max_examples=200)
    def test_damaged_certificates_can_be_put_in_order_and_drawn(self, data: st.DataObject) -> None:
        some = [LEAF, INTERMEDIATE, ROOT]
        der = bytearray(data.draw(st.sampled_from(RICH)).public_bytes(Encoding.DER))
        for _ in range(data.draw(st.integers(1, 3))):
            der[data.draw(st.integers(4, len(der) - 1))] = data.draw(st.integers(0, 255))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                damaged = x509.load_der_x509_certificate(bytes(der))
            except UNREADABLE:
                reject()

        for leaf_, others in ((damaged, some), (LEAF, [damaged, INTERMEDIATE, ROOT])):
            found = build(leaf_, others, NOW)
            assert as_text(draw(found, NOW))
            assert seen(found, False).sentences
