"""Which certificate the practice vault takes for the leaf, and in which order it keeps the rest."""

from __future__ import annotations

from itertools import permutations

from cryptography import x509

from kvcsr_widgets.practice.order import chain_pem, leaf_for, ordered
from tests import certificates
from tests.certificates import intermediate, leaf

ROOT = certificates.root().certificate
INTERMEDIATE = intermediate().certificate
LEAF = leaf().certificate
KEY = leaf().key.public_key()
STRANGER = certificates.root(name="Another CA").certificate


def kept(*sent: x509.Certificate, reverse: bool = False) -> list[x509.Certificate]:
    return x509.load_pem_x509_certificates(chain_pem(LEAF, sent, reverse=reverse))


def test_the_leaf_is_the_one_over_the_key_wherever_it_stands() -> None:
    assert leaf_for(KEY, (ROOT, INTERMEDIATE, LEAF)) == LEAF
    assert leaf_for(certificates.key("another").public_key(), (ROOT, LEAF)) is None


def test_a_certificate_over_a_key_of_an_unknown_kind_is_no_leaf() -> None:
    assert leaf_for(KEY, (certificates.of_unknown_key(), LEAF)) == LEAF


def test_a_chain_is_put_in_order_from_any_order() -> None:
    for order in permutations([ROOT, INTERMEDIATE, LEAF]):
        assert ordered(LEAF, order) == (LEAF, INTERMEDIATE, ROOT)


def test_a_chain_ends_where_an_issuer_is_missing() -> None:
    assert ordered(LEAF, [ROOT]) == (LEAF,)
    assert ordered(LEAF, [INTERMEDIATE]) == (LEAF, INTERMEDIATE)


def test_a_self_signed_certificate_is_its_own_chain() -> None:
    alone = certificates.self_signed().certificate

    assert ordered(alone, [alone, ROOT]) == (alone,)


def test_what_belongs_to_no_one_comes_last() -> None:
    assert ordered(LEAF, [STRANGER, INTERMEDIATE]) == (LEAF, INTERMEDIATE)
    assert kept(STRANGER, INTERMEDIATE, LEAF) == [LEAF, INTERMEDIATE, STRANGER]


def test_with_preserve_order_what_was_sent_is_reversed() -> None:
    for order in permutations([ROOT, INTERMEDIATE, LEAF]):
        assert kept(*order, reverse=True) == list(order[::-1])
