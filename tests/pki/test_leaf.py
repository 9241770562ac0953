"""Of several certificates over a request's key, one is for it."""

from __future__ import annotations

from itertools import permutations

from kvcsr_widgets.pki.facts import thumbprint
from kvcsr_widgets.pki.leaf import choose_leaf, fitting, key_of
from kvcsr_widgets.pki.pending import PendingRequest
from kvcsr_widgets.pki.signed import SignedFile
from tests import certificates
from tests.certificates import DAY, NOW

LEAF = certificates.leaf().certificate
OLD = certificates.leaf(begin=NOW - 400 * DAY).certificate
OVER = certificates.leaf(begin=NOW - 400 * DAY, end=NOW - DAY).certificate
TO_COME = certificates.leaf(begin=NOW + DAY).certificate
STRANGER = certificates.leaf(owner="stranger").certificate
CSR = certificates.csr()


def chosen(*found: object, merged: object = None) -> object:
    """The one that is taken, the same for every order of the file."""
    versions = (thumbprint(merged),) if merged else ()  # type: ignore[arg-type]
    pending = PendingRequest("web", CSR, versions=versions)
    taken = {
        choose_leaf(pending, SignedFile(order), NOW)  # type: ignore[arg-type]
        for order in permutations(found)
    }
    assert len(taken) == 1
    return taken.pop()


def test_one_over_the_key_is_taken_wherever_it_stands() -> None:
    assert chosen(STRANGER, OVER) == OVER
    assert chosen(STRANGER) is None
    assert fitting(CSR, SignedFile((STRANGER, OVER, LEAF))) == (OVER, LEAF)


def test_one_that_the_vault_has_goes_last() -> None:
    assert chosen(LEAF, OVER, merged=LEAF) == OVER
    assert chosen(LEAF, merged=LEAF) == LEAF


def test_one_that_is_valid_goes_before_one_that_is_not() -> None:
    assert chosen(OVER, OLD, TO_COME) == OLD


def test_of_two_that_are_valid_the_one_that_begins_last_is_taken() -> None:
    assert chosen(OLD, LEAF) == LEAF


def test_of_two_alike_the_first_of_the_file_is_taken() -> None:
    twin = certificates.leaf().certificate
    pending = PendingRequest("web", CSR)

    for file in ((twin, LEAF), (LEAF, twin)):
        assert choose_leaf(pending, SignedFile(file), NOW) == file[0]


def test_a_key_that_cannot_be_read_fits_no_request() -> None:
    assert key_of(certificates.of_unknown_key()) == ""
    assert chosen(certificates.of_unknown_key(), LEAF) == LEAF
