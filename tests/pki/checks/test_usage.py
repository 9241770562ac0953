"""What the certificate may be used for."""

from __future__ import annotations

import pytest

from kvcsr_widgets.pki.finding import Level
from kvcsr_widgets.pki.plan import CLIENT_AUTH, SERVER_AUTH
from tests import wrong_certificates as make
from tests.pki.checks.wrong import CA, USUAL, codes, look, only

CODE_SIGNING = "1.3.6.1.5.5.7.3.3"
TIME_STAMPING = "1.3.6.1.5.5.7.3.8"
OCSP_SIGNING = "1.3.6.1.5.5.7.3.9"
ANY = "2.5.29.37.0"
BOTH = (SERVER_AUTH, CLIENT_AUTH)


@pytest.mark.parametrize(
    ("asked", "got", "level"),
    [
        (BOTH, (SERVER_AUTH,), Level.INFO),
        (BOTH, (CLIENT_AUTH,), Level.TICK),
        (BOTH, (), Level.TICK),
        (BOTH, (ANY,), Level.TICK),
        ((CLIENT_AUTH,), (SERVER_AUTH,), Level.TICK),
        ((CLIENT_AUTH,), (CODE_SIGNING,), Level.TICK),
        ((CODE_SIGNING, CLIENT_AUTH), (SERVER_AUTH,), Level.TICK),
        ((CLIENT_AUTH,), (), Level.INFO),
        ((CODE_SIGNING, CLIENT_AUTH), (), Level.INFO),
        ((TIME_STAMPING,), (), Level.TICK),
        ((OCSP_SIGNING, CLIENT_AUTH), (), Level.TICK),
    ],
)
def test_a_purpose_that_is_gone_is_told(
    asked: tuple[str, ...], got: tuple[str, ...], level: Level
) -> None:
    found = look(make.leaf(ekus=got), CA, csr=make.request(ekus=asked))

    assert codes(found) == USUAL | {"eku-dropped"}
    assert only(found, "eku-dropped").level is level


def test_a_certificate_that_names_no_purpose_allows_every_one_but_not_everybody_takes_it() -> None:
    server = only(look(make.leaf(ekus=()), CA), "eku-dropped")
    csr = make.request(ekus=(CLIENT_AUTH,))
    client = only(look(make.leaf(ekus=()), CA, csr=csr), "eku-dropped")

    assert client.detail == (
        "The certificate has no extended key usage at all, which allows every purpose."
    )
    assert "allows every purpose; but Apple's clients" in server.detail


def test_a_purpose_is_called_by_its_name() -> None:
    finding = only(look(make.leaf(ekus=(SERVER_AUTH,)), CA), "eku-dropped")

    assert finding.title.endswith(": client authentication (1.3.6.1.5.5.7.3.2).")


@pytest.mark.parametrize("got", [BOTH, BOTH[::-1], (*BOTH, CODE_SIGNING)])
def test_order_and_more_purposes_are_no_matter(got: tuple[str, ...]) -> None:
    assert codes(look(make.leaf(ekus=got), CA)) == USUAL


@pytest.mark.parametrize(
    ("got", "level"),
    [
        (("digitalSignature",), Level.INFO),
        ((), Level.INFO),
        (("keyEncipherment",), Level.TICK),
        (("keyAgreement",), Level.TICK),
    ],
)
def test_a_key_usage_that_is_gone_is_told(got: tuple[str, ...], level: Level) -> None:
    found = look(make.leaf(usages=got), CA)

    assert codes(found) == USUAL | {"key-usage-dropped"}
    assert only(found, "key-usage-dropped").level is level


def test_another_key_usage_besides_key_encipherment_needs_a_tick() -> None:
    csr = make.request(usages=("digitalSignature", "keyEncipherment", "dataEncipherment"))
    found = look(make.leaf(usages=("digitalSignature",)), CA, csr=csr)

    assert only(found, "key-usage-dropped").level is Level.TICK
    assert only(found, "key-usage-dropped").title.endswith(": keyEncipherment, dataEncipherment.")


def test_a_ca_that_signed_itself_is_both() -> None:
    leaf = make.leaf(is_ca=True, issuer=make.SUBJECT, signer=make.LEAF_KEY)

    assert {"ca-as-leaf", "self-signed-reply"} < codes(look(leaf))


def test_a_certificate_of_the_same_name_as_its_ca_is_not_self_signed() -> None:
    upper = make.ca(name="CN=a", owner=make.ISSUING_KEY)
    leaf = make.leaf(subject="CN=a", issuer="CN=a")

    found = codes(look(leaf, upper, csr=make.request(subject="CN=a")))
    assert found == USUAL
