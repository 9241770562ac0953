"""A chain as a picture: boxes from the leaf up, what is missing, and what stands apart."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import TypeVar

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from kvcsr_widgets.pki.chain import Chain
from kvcsr_widgets.pki.facts import UNREADABLE, key_label, unwarned
from kvcsr_widgets.pki.subject import short_name

UNREAD = "(cannot be read)"

T = TypeVar("T")
D = TypeVar("D")


class Role(Enum):
    """What a certificate is in the chain."""

    LEAF = "Leaf"
    INTERMEDIATE = "Intermediate"
    ROOT = "Root"
    MISSING = "Missing"
    ALTERNATIVE = "Alternative"
    BROKEN = "Did not sign"
    SUPERFLUOUS = "Not needed"


_ABOUT = {
    Role.MISSING: "It signed the certificate before, and is not in the file.",
    Role.ALTERNATIVE: "The same name and key as one in the chain, which is the better choice.",
    Role.BROKEN: "It has the missing issuer's name, but its key did not make the signature.",
    Role.SUPERFLUOUS: "Of no use to the leaf.",
}


@dataclass(frozen=True)
class Node:
    """One box. Texts from certificates are on one line; they may hold any letter.

    ``begin`` and ``end`` are aware, None where the certificate is missing. ``marks`` are what
    stands out, such as ``Expired on 2026-05-31``. ``addresses`` are where a missing issuer can be
    fetched, to be copied and never followed.
    """

    role: Role
    name: str
    issuer: str = ""
    begin: dt.datetime | None = None
    end: dt.datetime | None = None
    key: str = ""
    marks: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()

    @property
    def about(self) -> str:
        """The role in a sentence, where its name does not say enough."""
        return _ABOUT.get(self.role, "")

    @property
    def lines(self) -> tuple[str, ...]:
        """Issuer, dates (UTC) and key; nothing of a certificate that is missing."""
        if self.begin is None or self.end is None:
            return ()
        by = "itself" if self.role is Role.ROOT else self.issuer
        return (f"Issued by {by}", f"{self.begin:%Y-%m-%d} to {self.end:%Y-%m-%d}, {self.key}")


@dataclass(frozen=True)
class Picture:
    """Boxes in their places: ``path`` from the leaf up, the missing issuer last; the rest apart."""

    path: tuple[Node, ...]
    apart: tuple[Node, ...] = ()


@unwarned()
def draw(chain: Chain, now: dt.datetime) -> Picture:
    """The picture of a chain as it is at ``now`` (aware). Nothing raises."""
    leaf, *above = chain.certificates
    path = [_node(Role.LEAF, leaf, (*_dates(leaf, now), *_weak(leaf)))]
    for each in above:
        root = chain.is_complete and each == above[-1]
        marks = (*_dates(each, now), *_above(each, leaf), *(() if root else _weak(each)))
        path.append(_node(Role.ROOT if root else Role.INTERMEDIATE, each, marks))
    if chain.missing is not None:
        path.append(_missing(chain, chain.missing))
    apart = (
        _node(role, each, tuple(_dates(each, now)))
        for role, found in (
            (Role.ALTERNATIVE, chain.alternatives),
            (Role.BROKEN, chain.broken),
            (Role.SUPERFLUOUS, chain.superfluous),
        )
        for each in found
    )
    return Picture(tuple(path), tuple(apart))


def as_text(picture: Picture) -> str:
    """The picture for a terminal, and to copy."""
    lines = list(_box(picture.path[0]))
    for node in picture.path[1:]:
        lines += ["  |", *_box(node)]
    if picture.apart:
        lines += ["", "Apart from the chain:"]
        for node in picture.apart:
            lines += _box(node)
    return "\n".join(lines)


def _box(node: Node) -> Iterator[str]:
    yield f"[{node.role.value}] {node.name}"
    yield from (f"  | {line}" for line in (node.about, *node.lines) if line)
    yield from (f"  ! {mark}" for mark in node.marks)
    yield from (f"  @ {address}" for address in node.addresses)


def _node(role: Role, certificate: x509.Certificate, marks: tuple[str, ...]) -> Node:
    return Node(
        role,
        _read(lambda: short_name(certificate.subject) or "(no subject)", UNREAD),
        _read(lambda: short_name(certificate.issuer) or "(no name)", UNREAD),
        certificate.not_valid_before_utc,
        certificate.not_valid_after_utc,
        _read(lambda: key_label(certificate.public_key()), UNREAD),
        marks,
    )


def _missing(chain: Chain, name: x509.Name) -> Node:
    marks = ("Its name stands in the chain already: two CAs signed each other.",)
    loops = any(_subject(each) == name for each in chain.certificates)
    text = short_name(name) or "(no name)"
    return Node(Role.MISSING, text, marks=marks if loops else (), addresses=chain.aia)


def _subject(certificate: x509.Certificate) -> x509.Name | None:
    return _read(lambda: certificate.subject, None)


def _dates(certificate: x509.Certificate, now: dt.datetime) -> Iterator[str]:
    begin, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if now > end:
        yield f"Expired on {end:%Y-%m-%d}."
    elif now < begin:
        yield f"Not valid before {begin:%Y-%m-%d}."


def _above(certificate: x509.Certificate, leaf: x509.Certificate) -> Iterator[str]:
    if certificate.not_valid_after_utc < leaf.not_valid_after_utc:
        yield "Ends before the leaf does."
    if not _read(lambda: _is_ca(certificate), default=True):
        yield "Does not say that it is a CA's certificate."


def _is_ca(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return certificate.version is x509.Version.v1


def _weak(certificate: x509.Certificate) -> Iterator[str]:
    """A signature that is no protection any more, or a key that is too short for public CAs."""
    hashed = _read(lambda: certificate.signature_hash_algorithm, None)
    if isinstance(hashed, hashes.MD5 | hashes.SHA1):
        yield f"Signed with {'MD5' if isinstance(hashed, hashes.MD5) else 'SHA-1'}."
    key = _read(certificate.public_key, None)
    if isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey):
        least = 2048 if isinstance(key, rsa.RSAPublicKey) else 256
        if key.key_size < least:
            yield f"Its key is short: {key_label(key)}."


def _read(read: Callable[[], T], default: D) -> T | D:
    """What ``cryptography`` decodes only when it is asked for, where it can."""
    try:
        return read()
    except UNREADABLE:
        return default
