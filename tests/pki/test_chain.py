from __future__ import annotations

from itertools import permutations

from kvcsr_widgets.pki.chain import is_issued_by, ordered
from tests import certificates

ROOT = certificates.root().certificate
INTERMEDIATE = certificates.intermediate().certificate
LEAF = certificates.leaf().certificate


def test_a_chain_is_put_in_order_from_any_order() -> None:
    for order in permutations([ROOT, INTERMEDIATE, LEAF]):
        assert ordered(LEAF, order) == (LEAF, INTERMEDIATE, ROOT)


def test_a_chain_ends_where_an_issuer_is_missing() -> None:
    assert ordered(LEAF, [ROOT]) == (LEAF,)
    assert ordered(LEAF, [INTERMEDIATE]) == (LEAF, INTERMEDIATE)


def test_what_belongs_to_no_one_is_left_out() -> None:
    stranger = certificates.root(name="Another CA").certificate

    assert ordered(LEAF, [stranger, INTERMEDIATE]) == (LEAF, INTERMEDIATE)


def test_a_self_signed_certificate_is_its_own_chain() -> None:
    alone = certificates.self_signed().certificate

    assert ordered(alone, [alone, ROOT]) == (alone,)


def test_the_same_name_with_another_key_did_not_issue_it() -> None:
    impostor = certificates._issue(
        "CN=Issuing CA",
        certificates.key("impostor"),
        "CN=Root CA",
        certificates.key("Root CA"),
        ca=True,
        names=(),
    ).certificate

    assert is_issued_by(LEAF, INTERMEDIATE)
    assert not is_issued_by(LEAF, impostor)
