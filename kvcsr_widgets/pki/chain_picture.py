"""A chain as a picture: boxes from the leaf up, what is missing, and what stands apart."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from itertools import groupby
from typing import TypeVar

from cryptography import x509

from kvcsr_widgets.pki.chain import Chain, is_self_issued
from kvcsr_widgets.pki.checks.above import why_no_ca
from kvcsr_widgets.pki.checks.strength import weak_hash, weak_key_of
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


ABOUT = {
    Role.ALTERNATIVE: "Name and key of one in the chain, the better choice; not sent.",
    Role.BROKEN: "The missing issuer's name, but its key does not fit the signature.",
    Role.SUPERFLUOUS: "Of no use to this leaf; not sent.",
}
"""What stands apart from the chain, and why."""

_GAP = "Not in the file: clients that do not know it will refuse the leaf."
_TOP = "Not in the file. If it is a root that clients know, nothing is missing."
_LOOP = "It is in the chain already: CAs signed each other, and there is no root."


@dataclass(frozen=True)
class Node:
    """One box. Texts from certificates are on one line; they may hold any letter.

    ``begin`` and ``end`` are aware, None where the certificate is missing. ``marks`` are what
    stands out, such as ``Expired on 2026-05-31.`` ``about`` says what it means that it is missing;
    ``addresses`` are where it can be fetched, to be copied and never followed.
    """

    role: Role
    name: str
    issuer: str = ""
    begin: dt.datetime | None = None
    end: dt.datetime | None = None
    key: str = ""
    marks: tuple[str, ...] = ()
    about: str = ""
    addresses: tuple[str, ...] = ()

    @property
    def facts(self) -> str:
        """Dates (UTC) and key; nothing of a certificate that is missing."""
        if self.begin is None or self.end is None:
            return ""
        return f"{self.begin:%Y-%m-%d} to {self.end:%Y-%m-%d}, {self.key}"


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
        marks = (*_dates(each, now), *_above(each, leaf, root=root), *_weak(each, root=root))
        path.append(_node(Role.ROOT if root else Role.INTERMEDIATE, each, marks))
    if chain.missing is not None:
        path.append(_missing(chain, chain.missing))
    groups = (
        (Role.ALTERNATIVE, chain.alternatives),
        (Role.BROKEN, chain.broken),
        (Role.SUPERFLUOUS, chain.superfluous),
    )
    apart = (_node(role, c, tuple(_dates(c, now))) for role, found in groups for c in found)
    return Picture(tuple(path), tuple(apart))


def as_text(picture: Picture) -> str:
    """The picture for a terminal, and to copy."""
    lines: list[str] = []
    for place, node in enumerate(picture.path):
        lines += [*(["  | issued by"] if place else []), *_box(node)]
    for role, nodes in groupby(picture.apart, lambda node: node.role):
        lines += ["", f"{role.value}. {ABOUT[role]}"]
        for node in nodes:
            lines += [*_box(node), f"    issued by {node.issuer}"]
    return "\n".join(lines)


def _box(node: Node) -> Iterator[str]:
    yield f"[{node.role.value}] {node.name}"
    yield from (f"    {line}" for line in (node.facts, node.about) if line)
    yield from (f"    ! {mark}" for mark in node.marks)
    yield from (f"    {address}" for address in node.addresses)


def _node(role: Role, certificate: x509.Certificate, marks: tuple[str, ...]) -> Node:
    return Node(
        role,
        _read(lambda: short_name(certificate.subject) or "(no subject)", UNREAD),
        "itself"
        if is_self_issued(certificate)
        else _read(lambda: short_name(certificate.issuer) or "(no name)", UNREAD),
        certificate.not_valid_before_utc,
        certificate.not_valid_after_utc,
        _read(lambda: key_label(certificate.public_key()), UNREAD),
        marks,
    )


def _missing(chain: Chain, name: x509.Name) -> Node:
    about = _TOP if len(chain.certificates) > 1 else _GAP
    if chain.is_loop:
        about = _LOOP
    if chain.aia:
        about += " The CA offers it here:"
    return Node(Role.MISSING, short_name(name) or "(no name)", about=about, addresses=chain.aia)


def _dates(certificate: x509.Certificate, now: dt.datetime) -> Iterator[str]:
    begin, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if now > end:
        yield f"Expired on {end:%Y-%m-%d}."
    elif now < begin:
        yield f"Not valid before {begin:%Y-%m-%d}."


def _above(certificate: x509.Certificate, leaf: x509.Certificate, *, root: bool) -> Iterator[str]:
    if certificate.not_valid_after_utc < leaf.not_valid_after_utc:
        yield "Ends before the leaf does."
    if not root and (reason := why_no_ca(certificate)):
        yield f"May not sign certificates: {reason}."


def _weak(certificate: x509.Certificate, *, root: bool = False) -> Iterator[str]:
    """As the checks before a merge have it: the signature of a root does not matter."""
    if not root and (hashed := weak_hash(certificate)):
        yield f"Signed with {hashed}."
    if label := weak_key_of(certificate):
        yield f"Its key is weak: {label}."


def _read(read: Callable[[], T], default: D) -> T | D:
    """What ``cryptography`` decodes only when it is asked for, where it can."""
    try:
        return read()
    except UNREADABLE:
        return default
