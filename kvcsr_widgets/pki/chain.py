"""The order of a chain: which certificate vouches for which."""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from cryptography import x509

from kvcsr_widgets.pki.facts import UNREADABLE, unwarned
from kvcsr_widgets.pki.links import Link, Links, ca_issuers, is_issued_by

__all__ = ["Chain", "build", "is_issued_by", "is_self_issued"]

MAX_ADDRESSES = 4
"""Addresses of a missing issuer that are kept."""

_ADDRESS = re.compile(r"(?:https?|ldaps?)://[!-~]{1,500}", re.IGNORECASE)
"""An address that is shown: it is a stranger's text, and never fetched."""

_NOWHERE = 1_000
"""Steps to where no way leads."""


@dataclass(frozen=True)
class Chain:
    """The certificates of a file in their places, as ``build`` finds them.

    ``certificates`` go from the leaf to where the file ends, a root last where it is there.
    ``missing`` is the issuer that the last of them names and the file lacks, None where the chain
    ends in itself; in a loop of CAs without a root it is the name that comes round again. ``aia``
    are the addresses where that issuer says it can be fetched (RFC 5280 section 4.2.2.1): nothing
    here fetches it. ``superfluous`` are of no use to the leaf; ``alternatives`` could stand in the
    place of one in the chain: the same name and key, re-issued or cross-signed. ``broken`` carry
    the name of a missing issuer, but did not sign, or with a signature that cannot be checked.
    """

    certificates: tuple[x509.Certificate, ...]
    missing: x509.Name | None = None
    aia: tuple[str, ...] = ()
    superfluous: tuple[x509.Certificate, ...] = ()
    alternatives: tuple[x509.Certificate, ...] = ()
    broken: tuple[x509.Certificate, ...] = ()

    @property
    def leaf(self) -> x509.Certificate:
        """The certificate over the request's key."""
        return self.certificates[0]

    @property
    def is_complete(self) -> bool:
        """Whether it reaches a certificate that names itself as its issuer."""
        return self.missing is None

    @property
    def is_loop(self) -> bool:
        """Whether the issuer that the last one names is in the chain already: there is no root."""
        if self.missing is None:
            return False
        return any(is_issued_by(self.certificates[-1], each) for each in self.certificates)


@unwarned()
def build(leaf: x509.Certificate, others: Sequence[x509.Certificate], now: dt.datetime) -> Chain:
    """Put certificates in their places above ``leaf``; their order in the file does not matter.

    ``others`` are those of the file, the leaf among them or not. Where several certificates of an
    issuer fit, one that is valid at ``now`` (aware) goes before one that is not; then one whose key
    identifier is named; then the shortest way to a root, or the longest way where none is; then
    the latest end. Signatures are checked, trust is not. Nothing raises.
    """
    start = Link.of(leaf)
    links = Links([start, *(Link.of(each) for each in dict.fromkeys(others) if each != leaf)])
    path = _climb(start, links, now)
    last = path[-1]
    missing = not links.is_root(last)
    holders = {link.holder for link in path}
    rest = [link for link in links.links if link not in path]
    alternatives = [link for link in rest if link.holder in holders]
    rest = [link for link in rest if link not in alternatives]
    broken = [link for link in rest if missing and link in links.named(last.issuer)]
    return Chain(
        tuple(link.certificate for link in path),
        _issuer(last.certificate) if missing else None,
        _addresses(last.certificate) if missing else (),
        superfluous=_sorted(link for link in rest if link not in broken),
        alternatives=_sorted(alternatives),
        broken=_sorted(broken),
    )


def _sorted(links: Iterable[Link]) -> tuple[x509.Certificate, ...]:
    """The latest end first; the same for any order of the file."""
    found = sorted(links, key=lambda link: (-link.end.timestamp(), link.digest))
    return tuple(link.certificate for link in found)


def _climb(leaf: Link, links: Links, now: dt.datetime) -> list[Link]:
    """From the leaf up, past no name and key twice: loops end."""
    path, holders = [leaf], {leaf.holder}
    rank = _ranking(leaf, links, now)
    while True:
        ways = [link for link in links.issuers(path[-1]) if link.holder not in holders]
        if not ways:
            return path
        path.append(min(ways, key=partial(rank, path[-1])))
        holders.add(path[-1].holder)


Rank = Callable[[Link, Link], tuple[float | bytes, ...]]


def _ranking(leaf: Link, links: Links, now: dt.datetime) -> Rank:
    """What decides between two certificates of an issuer: the lower goes first."""
    above = _reachable(leaf, links)
    usable = [link for link in above if link.is_valid(now)]
    to_root, to_valid_root = _steps_to_root(above, links), _steps_to_root(usable, links)

    def rank(below: Link, link: Link) -> tuple[float | bytes, ...]:
        return (
            not link.is_valid(now),
            not below.names(link),
            to_valid_root.get(link, _NOWHERE),
            to_root.get(link, _NOWHERE),
            0 if link in to_root else -max(_reachable(link, links).values()),
            -link.end.timestamp(),
            link.digest,
        )

    return rank


def _reachable(start: Link, links: Links) -> dict[Link, int]:
    """The steps from ``start`` to each certificate above it."""
    return _spread([start], links.issuers)


def _steps_to_root(among: Iterable[Link], links: Links) -> dict[Link, int]:
    """The steps from each of ``among`` to the nearest root, over others of them only."""
    allowed = set(among)
    below: dict[Link, list[Link]] = defaultdict(list)
    for link in allowed:
        for issuer in links.issuers(link):
            below[issuer].append(link)
    roots = [link for link in allowed if links.is_root(link)]
    return _spread(roots, lambda link: below[link])


def _spread(starts: Iterable[Link], onward: Callable[[Link], Iterable[Link]]) -> dict[Link, int]:
    """Breadth first: the fewest steps from a start to each link."""
    steps = dict.fromkeys(starts, 0)
    for link in (queue := list(steps)):  # grows while it is walked
        for each in onward(link):
            if each not in steps:
                steps[each] = steps[link] + 1
                queue.append(each)
    return steps


def _issuer(certificate: x509.Certificate) -> x509.Name:
    try:
        return certificate.issuer
    except UNREADABLE:
        return x509.Name([])


def _addresses(certificate: x509.Certificate) -> tuple[str, ...]:
    found = (text for text in ca_issuers(certificate) if _ADDRESS.fullmatch(text))
    return tuple(dict.fromkeys(found))[:MAX_ADDRESSES]


@unwarned()
def is_self_issued(certificate: x509.Certificate) -> bool:
    """Whether a certificate names itself as its issuer, as a root does."""
    try:
        return certificate.issuer == certificate.subject
    except UNREADABLE:
        return False
