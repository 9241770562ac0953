from __future__ import annotations

import pytest

from kvcsr_widgets.pki import consumers
from kvcsr_widgets.pki.chain import Chain, build
from kvcsr_widgets.pki.consumers import Basis, seen, to_send
from tests import certificates
from tests.certificates import NOW
from tests.work import work_below

ROOT = certificates.root().certificate
INTERMEDIATE = certificates.intermediate().certificate
LEAF = certificates.leaf().certificate
WHOLE = build(LEAF, [INTERMEDIATE, ROOT], NOW)
ALONE = build(LEAF, [], NOW)
UP = (LEAF, INTERMEDIATE, ROOT)
DOWN = UP[::-1]


class TestToSend:
    def test_the_leaf_goes_first(self) -> None:
        assert to_send(WHOLE, False) == UP

    def test_with_preserve_order_the_root_goes_first(self) -> None:
        assert to_send(WHOLE, True) == DOWN


class TestSeen:
    def test_the_vault_sorts_without_preserve_order(self) -> None:
        found = seen(WHOLE, False)

        assert found.pem == UP
        assert found.pfx == DOWN

    def test_the_vault_reverses_with_preserve_order(self) -> None:
        found = seen(WHOLE, True)

        assert found.pem == found.pfx == to_send(WHOLE, True)[::-1] == UP

    @pytest.mark.parametrize("preserve_order", [False, True])
    def test_what_is_not_sent_is_not_seen(self, preserve_order: bool) -> None:
        stranger = certificates.root(name="Another CA").certificate
        chain = build(LEAF, [stranger, INTERMEDIATE], NOW)

        assert seen(chain, preserve_order).pem == (LEAF, INTERMEDIATE)

    @pytest.mark.parametrize("preserve_order", [False, True])
    def test_a_chain_as_long_as_a_file_may_hold_takes_no_time(self, preserve_order: bool) -> None:
        """Each could have signed half of them; it is in order already, so nothing is checked."""
        above = [
            certificates.intermediate(
                name=name, by=by, owner=f"key {number}", signer=f"key {number + 1}"
            ).certificate
            for number, (name, by) in enumerate([("A", "B"), ("B", "A")] * 50)
        ]
        long = Chain((LEAF, *above), missing=above[-1].issuer)

        with work_below(0.05):
            seen(long, preserve_order)


class TestStatements:
    def test_only_the_leafs_place_is_specified(self) -> None:
        told = {each.basis: each for each in seen(WHOLE, False).statements}

        assert told[Basis.SPECIFIED] == consumers.LEAF_FIRST
        assert all(each.basis is not Basis.SPECIFIED for each in seen(WHOLE, True).statements)

    def test_every_statement_has_a_source(self) -> None:
        found = [each for each in vars(consumers).values() if isinstance(each, consumers.Statement)]

        assert len(found) == 9
        assert all(each.source and each.text.endswith(".") for each in found)


class TestRisk:
    def test_a_pfx_that_begins_with_the_root_misleads_converters(self) -> None:
        assert seen(WHOLE, False).risk == consumers.CONVERTERS

    def test_the_leaf_first_everywhere_leaves_only_machines(self) -> None:
        assert seen(WHOLE, True).risk == consumers.MACHINES
        assert seen(WHOLE, False, practice=True).risk == consumers.MACHINES

    def test_a_missing_intermediate_is_missed_at_a_gateway(self) -> None:
        assert seen(ALONE, False).risk == consumers.GATEWAY

    def test_a_self_signed_certificate_lacks_nothing(self) -> None:
        alone = certificates.self_signed().certificate

        assert seen(build(alone, [], NOW), False).risk is None


class TestSentences:
    def test_two_orders_are_told_and_how_they_are_known(self) -> None:
        assert seen(WHOLE, False).sentences == (
            "PEM consumers will see: www.contoso.com, then Issuing CA, then Root CA",
            "PFX consumers will see: Root CA, then Issuing CA, then www.contoso.com",
            "So it was seen by others (Azure/notation-azure-kv#136); "
            "the service promises only that the leaf comes first.",
        )

    def test_the_same_order_is_told_once(self) -> None:
        assert seen(WHOLE, True).sentences == (
            "PEM and PFX consumers will see: www.contoso.com, then Issuing CA, then Root CA",
            "So it was seen by others (polymind-inc/acmebot#1141); "
            "the service promises nothing of it.",
        )

    @pytest.mark.parametrize("preserve_order", [False, True])
    def test_on_a_practice_vault_its_own_order_is_told(self, preserve_order: bool) -> None:
        told = consumers.PRACTICE_REVERSED if preserve_order else consumers.PRACTICE_SORTED

        assert seen(WHOLE, preserve_order, practice=True).sentences == (
            "PEM and PFX consumers will see: www.contoso.com, then Issuing CA, then Root CA",
            told.text,
        )

    def test_two_orders_fit_on_one_line(self) -> None:
        assert seen(WHOLE, False).in_short == (
            "PEM consumers would see: www.contoso.com, then Issuing CA, then Root CA; "
            "PFX consumers: Root CA, then Issuing CA, then www.contoso.com"
        )

    def test_one_certificate_has_no_order(self) -> None:
        assert seen(ALONE, False).sentences == ("PEM and PFX consumers will see: www.contoso.com",)
