from __future__ import annotations

from itertools import permutations

import pytest
from cryptography import x509

from kvcsr_widgets.pki import consumers
from kvcsr_widgets.pki.chain import build
from kvcsr_widgets.pki.consumers import Basis, seen, to_send
from tests import certificates
from tests.certificates import NOW

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
    @pytest.mark.parametrize("sent", list(permutations(UP)))
    def test_the_vault_sorts_without_preserve_order(
        self, sent: tuple[x509.Certificate, ...]
    ) -> None:
        found = seen(LEAF, sent, False)

        assert found.pem == UP
        assert found.pfx == DOWN

    @pytest.mark.parametrize("sent", list(permutations(UP)))
    def test_the_vault_reverses_with_preserve_order(
        self, sent: tuple[x509.Certificate, ...]
    ) -> None:
        found = seen(LEAF, sent, True)

        assert found.pem == found.pfx == sent[::-1]

    @pytest.mark.parametrize("preserve_order", [False, True])
    def test_what_is_sent_leads_to_a_pem_with_the_leaf_first(self, preserve_order: bool) -> None:
        assert seen(LEAF, to_send(WHOLE, preserve_order), preserve_order).pem == UP

    def test_what_belongs_to_no_one_comes_last(self) -> None:
        stranger = certificates.root(name="Another CA").certificate

        assert seen(LEAF, (stranger, *UP), False).pem == (*UP, stranger)


class TestStatements:
    def test_only_the_leafs_place_is_specified(self) -> None:
        told = {each.basis: each for each in seen(LEAF, UP, False).statements}

        assert told[Basis.SPECIFIED] == consumers.LEAF_FIRST
        assert all(each.basis is not Basis.SPECIFIED for each in seen(LEAF, UP, True).statements)

    def test_every_statement_has_a_source(self) -> None:
        found = [each for each in vars(consumers).values() if isinstance(each, consumers.Statement)]

        assert len(found) == 12
        assert all(each.source and each.text.endswith(".") for each in found)


class TestRisks:
    def test_a_pem_that_begins_with_another_certificate_stops_servers(self) -> None:
        found = seen(LEAF, UP, True)

        assert found.risks[:3] == (consumers.ENVOY, consumers.NGINX, consumers.HAPROXY)

    def test_a_pfx_that_begins_with_the_root_misleads_converters(self) -> None:
        assert seen(LEAF, UP, False).risks == (consumers.CONVERTERS, consumers.MACHINES)

    def test_the_leaf_first_everywhere_leaves_only_machines(self) -> None:
        assert seen(LEAF, DOWN, True).risks == (consumers.MACHINES,)

    def test_a_missing_intermediate_is_missed_at_a_gateway(self) -> None:
        assert seen(LEAF, to_send(ALONE, False), False).risks == (consumers.GATEWAY,)

    def test_a_self_signed_certificate_lacks_nothing(self) -> None:
        alone = certificates.self_signed().certificate

        assert seen(alone, [alone], False).risks == ()

    def test_a_merge_of_nothing_that_fits_is_told_too(self) -> None:
        assert consumers.ENVOY in seen(LEAF, [INTERMEDIATE], True).risks


class TestSentences:
    def test_two_orders_are_told_and_how_they_are_known(self) -> None:
        assert seen(LEAF, UP, False).sentences == (
            "PEM consumers will see: www.contoso.com, then Issuing CA, then Root CA",
            "PFX consumers will see: Root CA, then Issuing CA, then www.contoso.com",
            "So it was seen by others (Azure/notation-azure-kv#136); "
            "the service promises only that the leaf comes first.",
        )

    def test_the_same_order_is_told_once(self) -> None:
        assert seen(LEAF, DOWN, True).sentences == (
            "PEM and PFX consumers will see: www.contoso.com, then Issuing CA, then Root CA",
            "So it was seen by others (polymind-inc/acmebot#1141); "
            "the service promises nothing of it.",
        )

    @pytest.mark.parametrize("preserve_order", [False, True])
    def test_on_a_practice_vault_its_own_order_is_told(self, preserve_order: bool) -> None:
        sent = to_send(WHOLE, preserve_order)
        told = consumers.PRACTICE_REVERSED if preserve_order else consumers.PRACTICE_SORTED

        assert seen(LEAF, sent, preserve_order, practice=True).sentences == (
            "PEM and PFX consumers will see: www.contoso.com, then Issuing CA, then Root CA",
            told.text,
        )

    def test_two_orders_fit_on_one_line(self) -> None:
        assert seen(LEAF, UP, False).in_short == (
            "PEM consumers would see: www.contoso.com, then Issuing CA, then Root CA; "
            "PFX consumers: Root CA, then Issuing CA, then www.contoso.com"
        )

    def test_one_certificate_has_no_order(self) -> None:
        assert seen(LEAF, [LEAF], False).sentences == (
            "PEM and PFX consumers will see: www.contoso.com",
        )
