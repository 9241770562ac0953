"""The items of a merge: what the service was seen to accept, and nothing that only a file may be.

The shapes that are accepted are merged in ``test_merge``.
"""

from __future__ import annotations

import json

import pytest
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)

from kvcsr_widgets.pki.signed import read_signed
from kvcsr_widgets.practice import x5c
from tests import certificates
from tests.pki.test_signed import attached, zipped

LEAF = certificates.leaf()
PEM = LEAF.pem.decode()
KEY = LEAF.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@pytest.mark.parametrize(
    "item",
    [
        pytest.param(PEM.encode("utf-16"), id="UTF-16"),
        pytest.param("".join(f"> {x}\n" for x in PEM.splitlines()).encode(), id="quoted mail"),
        pytest.param(json.dumps([PEM]).encode(), id="JSON"),
        pytest.param(PEM.replace("-----", "----").encode(), id="a dash too few"),
        pytest.param(attached(LEAF.der), id="mail"),
        pytest.param(zipped({"leaf.cer": LEAF.der}), id="zip"),
        pytest.param(LEAF.pem + certificates.csr().pem.encode(), id="CSR beside it"),
    ],
)
def test_what_a_file_may_be_and_a_merge_was_not_seen_to_accept_is_refused(item: bytes) -> None:
    assert read_signed(item).certificates == (LEAF.certificate,)

    with pytest.raises(x5c.UnreadableItemError):
        x5c.certificates(item)


@pytest.mark.parametrize(
    "item",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"\xff\xfe", id="no text"),
        pytest.param(b"hello", id="text"),
        pytest.param(LEAF.der[:-1], id="cut off"),
        pytest.param(LEAF.pem + KEY, id="private key"),
        pytest.param(certificates.csr().der, id="CSR"),
        pytest.param(
            certificates.of_unknown_key().public_bytes(Encoding.DER), id="key of an unknown kind"
        ),
    ],
)
def test_what_is_no_certificate_is_refused(item: bytes) -> None:
    with pytest.raises(x5c.UnreadableItemError):
        x5c.certificates(item)


def test_a_key_in_a_pfx_is_not_looked_at() -> None:
    item = pkcs12.serialize_key_and_certificates(
        b"web", LEAF.key, LEAF.certificate, None, NoEncryption()
    )

    assert x5c.certificates(item) == [LEAF.certificate]
