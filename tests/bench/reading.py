"""Reading what a CA sent: replies per second in each usual form, a chain of three in each."""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Callable
from functools import partial

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, pkcs7, pkcs12

from kvcsr_widgets.pki.replies import read_replies
from kvcsr_widgets.pki.signed import read_signed
from tests import certificates

SECONDS = 0.5
MANY = 10_000


def reads() -> None:
    """Each form read again and again, and the library's own loader as what it is compared to."""
    issued = [certificates.leaf(), certificates.intermediate(), certificates.root()]
    chain = [each.certificate for each in issued]
    pem = b"".join(each.pem for each in issued)
    print("Replies of a leaf, an intermediate and a root, read per second")
    forms = {
        "PEM": pem,
        "PEM in UTF-16": pem.decode().encode("utf-16"),
        "DER": b"".join(each.der for each in issued),
        "PKCS #7": pkcs7.serialize_certificates(chain, Encoding.DER),
        "PFX": pkcs12.serialize_key_and_certificates(
            None, None, chain[0], chain[1:], NoEncryption()
        ),
        "zip": _zipped({f"{number}.cer": each.der for number, each in enumerate(issued)}),
    }
    for name, data in forms.items():
        print(f"  {name}: {_per_second(partial(read_signed, data)):,.0f}")
    alone = _per_second(lambda: x509.load_pem_x509_certificates(pem))
    print(f"  PEM by the library's own loader, nothing else looked at: {alone:,.0f}")
    _many({f"{number}.pem": pem for number in range(MANY)})


def _many(files: dict[str, bytes]) -> None:
    begin = time.perf_counter()
    read_replies(files.items())
    apart = time.perf_counter() - begin
    packed = _zipped(files)
    begin = time.perf_counter()
    read_replies([("replies.zip", packed)])
    unpacked = time.perf_counter() - begin
    print(f"{len(files):,} of them at once: {apart:.1f} s, {unpacked:.1f} s in a zip")


def _per_second(read: Callable[[], object]) -> float:
    begin, count = time.perf_counter(), 0
    while time.perf_counter() - begin < SECONDS:
        read()
        count += 1
    return count / (time.perf_counter() - begin)


def _zipped(files: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()
