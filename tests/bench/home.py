"""The home finder: replies against requests, besides reading the vault."""

from __future__ import annotations

import datetime as dt
import time

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from kvcsr_widgets.pki.csr import SigningRequest
from kvcsr_widgets.pki.pending import Status
from kvcsr_widgets.pki.replies import read_replies
from kvcsr_widgets.pki.subject import Subject
from kvcsr_widgets.runbook.homes import Home, index_of
from kvcsr_widgets.runbook.matching import match
from kvcsr_widgets.vault.records import Operation
from tests import certificates

SIZES = (1_000, 10_000)
TARGET = 3
"""Seconds for 1,000 replies against 1,000 requests."""

NOW = certificates.NOW
HOST = "bench.vault.azure.net"


def home() -> None:
    """Parse, find and check 1,000 replies and 10,000; the time for each must stay the same."""
    pairs = [_pair(number) for number in range(max(SIZES))]
    above = certificates.intermediate().pem + certificates.root().pem
    print("The home finder, replies with their chain against as many requests")
    each = []
    for size in SIZES:
        some = pairs[:size]
        files = [(f"{number}.pem", pem + above) for number, (_csr, pem) in enumerate(some)][::-1]
        begin, busy = time.perf_counter(), time.process_time()
        replies = read_replies(files)
        parsed = time.perf_counter()
        index = index_of((csr.public_key, _home(n, csr)) for n, csr in enumerate(_read(some)))
        indexed = time.perf_counter()
        found = match(replies, index, NOW)
        end, busy = time.perf_counter(), time.process_time() - busy
        assert all(one.can_be_merged for one in found)
        assert [one.home.name for one in found if one.home] == [f"r{n}" for n in range(size)][::-1]
        target = f" (target: under {TARGET} s)" if size == SIZES[0] else ""
        print(f"  {size:,} x {size:,}: {end - begin:.2f} s{target}, {busy:.2f} s of it CPU")
        print(
            f"    reading the files {parsed - begin:.2f} s, the index {indexed - parsed:.2f} s, "
            f"homes and pre-flight {end - indexed:.2f} s"
        )
        each.append(busy / size)
    print(f"  CPU for one reply, {SIZES[1]:,} against {SIZES[0]:,}: {each[1] / each[0]:.2f} times")


def _read(pairs: list[tuple[bytes, bytes]]) -> list[SigningRequest]:
    return [SigningRequest.from_der(csr) for csr, _pem in pairs]


def _home(number: int, csr: SigningRequest) -> Home:
    name = f"r{number}"
    waits = Operation(name, Status.IN_PROGRESS, "Unknown", csr, False, "", "", "")
    return Home(HOST, name, state="waits for the CA", operation=waits)


def _pair(number: int) -> tuple[bytes, bytes]:
    """A CSR in DER and the leaf for it in PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    host = f"host{number}.contoso.com"
    subject = Subject.parse(f"CN={host}").name
    names = x509.SubjectAlternativeName([x509.DNSName(host)])
    csr = x509.CertificateSigningRequestBuilder(subject).add_extension(names, critical=False)
    issuer = certificates.intermediate()
    leaf = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - dt.timedelta(days=1))
        .not_valid_after(NOW + dt.timedelta(days=90))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(names, critical=False)
        .sign(issuer.key, hashes.SHA256())
    )
    signed = csr.sign(key, hashes.SHA256())
    return signed.public_bytes(Encoding.DER), leaf.public_bytes(Encoding.PEM)
