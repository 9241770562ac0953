"""A text for the CA: for its web form or for a mail, with everything it needs and no secret."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from kvcsr_widgets.pki import facts
from kvcsr_widgets.pki.csr import SigningRequest

WIDTH = 76
"""Characters of a line, so that no mail program breaks it anew (RFC 3676: at most 78)."""

MAX_NAMES = 100
"""Names that are listed; the CSR holds them all."""

_COLUMN = 22
_DASHES = "-----"
_GROUPS_A_LINE = 8


def letter(name: str, csr: SigningRequest, *, months: int | None = None) -> str:
    """The text for the certificate ``name``; ``months`` of validity are asked for, or none named.

    It is plain ASCII. A value from the CSR cannot make a line of its own: what is no printable
    ASCII is escaped, continued lines are indented, and the PEM block is the only one.
    """
    lines = ["Please issue a certificate for the signing request (PKCS #10) at the end.", ""]
    for label, value in _asked(name, csr, months):
        lines.extend(_lines(label, value))
    lines += ["", *_call_back(csr), "", *_wishes(), "", csr.pem]
    return "\n".join(lines)


def _asked(name: str, csr: SigningRequest, months: int | None) -> Iterator[tuple[str, str]]:
    yield "Our reference:", name
    for label, value in csr.rows():
        if label == "DNS and other names":
            yield from _names(csr)
        elif label in ("Subject", "Extensions", "Key", "Key usage", "Extended key usage"):
            yield f"{label}:", value
    if months is not None:
        duration = "1 month" if months == 1 else f"{months} months"
        yield "Validity:", f"{duration}, or as long as your rules allow"


def _names(csr: SigningRequest) -> Iterator[tuple[str, str]]:
    """Only where the extensions can be read: ``rows`` has said so."""
    label = "Names:"
    for name in csr.names[:MAX_NAMES]:
        yield label, f"{name.kind}: {name.value}"
        label = ""
    if len(csr.names) > MAX_NAMES:
        yield "", f"and {len(csr.names) - MAX_NAMES} more, which the CSR holds"


def _call_back(csr: SigningRequest) -> Iterator[str]:
    yield "Before you sign, please compare this with us on the phone, at a number that"
    yield "you know already. SHA-256 of the public key (SubjectPublicKeyInfo, DER):"
    yield ""
    groups = csr.grouped_fingerprint.split()
    for at in range(0, len(groups), _GROUPS_A_LINE):
        yield "  " + " ".join(groups[at : at + _GROUPS_A_LINE])


def _wishes() -> Iterator[str]:
    yield "Please take over every name as it is asked for, and send the certificate"
    yield "with its full chain as one .p7b file (PKCS #7)."
    yield ""
    yield "The private key stays in our key vault. Nothing in this text is secret."


def _lines(label: str, value: str) -> list[str]:
    indent = " " * _COLUMN
    wrapped = textwrap.wrap(
        _plain(value), WIDTH - _COLUMN, break_on_hyphens=False, replace_whitespace=False
    )
    first, *others = wrapped or [""]
    return [f"{label:<{_COLUMN}}{first}", *(indent + other for other in others)]


def _plain(value: str) -> str:
    """Printable ASCII on one line, without what begins or ends a PEM block."""
    ascii_only = facts.shown(value).encode("ascii", "backslashreplace").decode()
    return ascii_only.replace(_DASHES, r"\x2d" * len(_DASHES))
