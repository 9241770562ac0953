from __future__ import annotations

import base64

import pytest

from kvcsr_widgets.errors import InputError
from kvcsr_widgets.pki.csr import SigningRequest
from tests import certificates


def test_the_rows_say_what_is_asked_for() -> None:
    rows = dict(certificates.csr(subject='CN=a, O="b, c"', names=("x.example", "y.example")).rows())

    assert rows["Subject"] == 'CN=a, O="b, c"'
    assert rows["DNS and other names"] == "x.example, y.example"
    assert rows["Key"] == "EC P-256"
    assert rows["Signature"] == "valid"


def test_pem_and_base64_hold_the_same_bytes() -> None:
    csr = certificates.csr()
    lines = csr.pem.splitlines()

    assert lines[0] == "-----BEGIN CERTIFICATE REQUEST-----"
    assert base64.b64decode("".join(lines[1:-1])) == csr.der
    assert base64.b64decode(csr.base64) == csr.der


def test_a_changed_request_is_not_valid() -> None:
    csr = certificates.csr()
    changed = SigningRequest.from_der(csr.der.replace(b"www.contoso.com", b"www.fabrikam.de", 1))

    assert dict(changed.rows())["Signature"] == "NOT VALID"


def test_the_fingerprint_is_that_of_the_key_alone() -> None:
    assert certificates.csr().fingerprint == certificates.csr(subject="CN=other").fingerprint
    assert certificates.csr().fingerprint != certificates.csr(owner="other").fingerprint


def test_bytes_that_are_no_request_are_an_input_error() -> None:
    with pytest.raises(InputError, match="no certificate signing request"):
        SigningRequest.from_der(b"0\x03\x02\x01\x05")
