"""What a certificate itself and its policy tell, beyond what a vault's list has."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any

from cryptography import x509

from kvcsr_widgets.pki import facts
from kvcsr_widgets.pki.altnames import held
from kvcsr_widgets.pki.chain import is_self_issued
from kvcsr_widgets.pki.csr import SigningRequest
from kvcsr_widgets.pki.subject import name_text
from kvcsr_widgets.vault.records import Bundle, Certificate, Operation


@dataclass(frozen=True, slots=True)
class Details:
    """The facts of a certificate version, or of the CSR where none was ever merged.

    ``subject`` is X.500 text in the order of Key Vault; ``names`` are the SANs as text; ``key`` is
    such as ``RSA 2048``; ``serial`` is upper-case hexadecimal; ``chain_length`` counts the
    certificates of the chain with the leaf, None where it is not known, and ``chain_read`` is
    whether the vault was asked for that; ``policy`` is JSON in the REST spelling. What cannot be
    read is empty. ``version`` is what they belong to, empty for a placeholder.
    """

    version: str
    subject: str = ""
    names: tuple[str, ...] = ()
    key: str = ""
    serial: str = ""
    chain_length: int | None = None
    policy: str = ""
    chain_read: bool = False


def has_public_chain(known: Details, certificate: Certificate) -> bool:
    """Whether the length of a chain is to be asked for: the policy says that its key stays.

    The secret of an exportable key holds that key. The policy speaks for the version in use only
    where it has not been changed since that was made; a change while the request was open is not
    seen, because a version has the date of its merge (recorded).
    """
    asked = known.chain_read or known.chain_length is not None
    if asked or not known.version or certificate.created is None:
        return False
    policy = _json(known.policy)
    changed = _json_object(policy.get("attributes")).get("updated")
    return (
        _json_object(policy.get("key_props")).get("exportable") is False
        and isinstance(changed, int)
        and changed <= certificate.created.timestamp()
    )


def _json(text: str) -> dict[str, Any]:
    return _json_object(json.loads(text) if text else None)


def _json_object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


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
