"""What a certificate itself and its policy tell, beyond what a vault's list has."""

from __future__ import annotations

from dataclasses import dataclass, replace

from cryptography import x509

from kvcsr_widgets.pki import facts
from kvcsr_widgets.pki.altnames import held
from kvcsr_widgets.pki.chain import is_self_issued
from kvcsr_widgets.pki.csr import SigningRequest
from kvcsr_widgets.pki.subject import name_text
from kvcsr_widgets.vault.records import Bundle, Operation


@dataclass(frozen=True, slots=True)
class Details:
    """The facts of a certificate version, or of the CSR where none was ever merged.

    ``subject`` is X.500 text in the order of Key Vault; ``names`` are the SANs as text; ``key`` is
    such as ``RSA 2048``; ``serial`` is upper-case hexadecimal; ``chain_length`` counts the
    certificates of the chain with the leaf, None where it is not known; ``policy`` is JSON in the
    REST spelling. What cannot be read is empty. ``version`` is what they belong to, empty for a
    placeholder.
    """

    version: str
    subject: str = ""
    names: tuple[str, ...] = ()
    key: str = ""
    serial: str = ""
    chain_length: int | None = None
    policy: str = ""


@facts.unwarned()
def details(bundle: Bundle, operation: Operation | None) -> Details:
    """The details of a bundle; ``operation`` tells those of a placeholder by its CSR."""
    of_version = Details(bundle.certificate.version, policy=bundle.policy)
    try:
        if bundle.certificate.der:
            return _of_certificate(
                of_version, x509.load_der_x509_certificate(bundle.certificate.der)
            )
        if operation is not None and operation.csr is not None:
            return _of_csr(replace(of_version, version=""), operation.csr)
    except facts.UNREADABLE:
        return of_version
    return of_version


def _of_certificate(known: Details, leaf: x509.Certificate) -> Details:
    return replace(
        known,
        subject=name_text(leaf.subject),
        names=tuple(str(name) for name in held(leaf.extensions)),
        key=facts.key_label(leaf.public_key()),
        serial=f"{leaf.serial_number:X}",
        chain_length=1 if is_self_issued(leaf) else None,
    )


def _of_csr(known: Details, csr: SigningRequest) -> Details:
    return replace(
        known,
        subject=csr.subject,
        names=tuple(str(name) for name in csr.names),
        key=csr.key,
    )
