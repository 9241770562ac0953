"""The home finder: which request does each reply of a CA belong to?"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from cryptography import x509

from kvcsr_widgets.pki import facts
from kvcsr_widgets.pki.chain import Chain, build
from kvcsr_widgets.pki.files.reading import quoted
from kvcsr_widgets.pki.finding import Finding, Level
from kvcsr_widgets.pki.leaf import choose_leaf
from kvcsr_widgets.pki.pending import PendingRequest, SentCsr
from kvcsr_widgets.pki.preflight import preflight
from kvcsr_widgets.pki.replies import ReplyFile
from kvcsr_widgets.pki.signed import SignedFile
from kvcsr_widgets.pki.subject import name_text
from kvcsr_widgets.runbook.asked import PlanOf, not_known
from kvcsr_widgets.runbook.homes import Home, Index
from kvcsr_widgets.runbook.intermediates import Intermediates
from kvcsr_widgets.runbook.merging import pending_request


class Kind(Enum):
    """What became of the search for a reply's request."""

    FITS = "fits"
    MERGED = "merged already"
    FINISHED = "finished otherwise"
    CONFLICT = "conflict"
    SAME = "the same again"
    CHAIN = "issuers only"
    NOBODYS = "nobody's"
    UNREADABLE = "unreadable"


@dataclass(frozen=True)
class Match:
    """A reply and where it belongs; a file with replies to several requests has several.

    ``verdict`` is ``kind`` in a sentence. ``leaf`` and ``home`` are there where the key is
    known. ``signed`` are the file's certificates and what other files had of its chain. ``request``
    and the ``findings`` of the pre-flight are there where it fits a request.
    """

    filename: str
    kind: Kind
    verdict: str
    signed: SignedFile | None = None
    leaf: x509.Certificate | None = None
    home: Home | None = None
    request: PendingRequest | None = None
    findings: tuple[Finding, ...] = ()

    def chain(self, now: dt.datetime) -> Chain:
        """What is merged; ``now`` (aware) decides between two issuers."""
        if self.leaf is None or self.signed is None:
            return Chain(())
        return build(self.leaf, self.signed.certificates, now)

    @property
    def stops(self) -> tuple[Finding, ...]:
        """What the vault would refuse."""
        return tuple(each for each in self.findings if each.level is Level.STOP)

    @property
    def ticks(self) -> tuple[Finding, ...]:
        """What should be merged knowingly only."""
        return tuple(each for each in self.findings if each.level is Level.TICK)

    @property
    def can_be_merged(self) -> bool:
        """Whether it fits one request and nothing stops it."""
        return self.kind is Kind.FITS and not self.stops


def _nothing_downloaded(_home: Home) -> None:
    """Where nobody knows which CSR left."""


@dataclass(frozen=True)
class _Known:
    """What is known of requests: in the vaults, and from here."""

    index: Index
    plan_of: PlanOf
    downloaded_of: Callable[[Home], SentCsr | None]

    def homes(self, certificate: x509.Certificate) -> tuple[Home, ...]:
        return self.index.at(certificate.public_key())

    def request(self, home: Home) -> PendingRequest:
        """The request at a home that takes a reply."""
        assert home.operation is not None
        sent = self.plan_of(home.operation)
        return pending_request(
            home.operation,
            plan=sent or home.policy,
            enabled=sent.enabled if sent else None,
            downloaded=self.downloaded_of(home),
            versions=home.thumbprints,
            homes=self.index.homes_by_fingerprint,
        )


def match(
    replies: Sequence[ReplyFile],
    index: Index,
    now: dt.datetime,
    *,
    plan_of: PlanOf = not_known,
    downloaded_of: Callable[[Home], SentCsr | None] = _nothing_downloaded,
) -> list[Match]:
    """Find the request of each reply, in the order of ``replies``; ``now`` is an aware time.

    A chain is completed from the other files, since CAs send a leaf and its issuers apart.
    ``plan_of`` gives what was sent with a request; where that is not known, its policy counts.
    ``downloaded_of`` gives the CSR that went to the CA, where that is known. Nothing raises, and
    the time it takes grows with the number of replies alone.
    """
    known = _Known(index, plan_of, downloaded_of)
    above = Intermediates(replies)
    found = [each for reply in replies for each in _placed(reply, known, above, now)]
    found = [_with_chain(each, above, now) for each in found]
    found = _one_a_request(found, now)
    return [_checked(each, now) for each in found]


def _placed(
    reply: ReplyFile, desk: _Known, above: Intermediates, now: dt.datetime
) -> Iterator[Match]:
    if reply.signed is None:
        yield Match(reply.filename, Kind.UNREADABLE, str(reply.error or "It was not read."))
        return
    known = [(each, homes) for each in reply.signed.certificates if (homes := desk.homes(each))]
    waiting = list(_waiting(known))
    if waiting:
        for home, leaves in waiting:
            yield _fits(reply, desk.request(home), home, leaves, now)
        return
    ends = [(leaf, homes) for leaf, homes in known if not above.issues(leaf)] or known
    for leaf, homes in ends:
        yield _finished(reply, leaf, homes)
    if not known:
        only_issuers = all(above.issues(each) for each in reply.signed.certificates)
        yield (_issuers_only if only_issuers else _nobodys)(reply)


def _waiting(
    known: Sequence[tuple[x509.Certificate, tuple[Home, ...]]],
) -> Iterator[tuple[Home, tuple[x509.Certificate, ...]]]:
    """Each request that waits for certificates of a file, with all those that it could take."""
    found: dict[tuple[str, str], tuple[Home, list[x509.Certificate]]] = {}
    for leaf, homes in known:
        for home in homes:
            if _may_merge(leaf, home, homes):
                found.setdefault((home.vault, home.name), (home, []))[1].append(leaf)
    yield from ((home, tuple(leaves)) for home, leaves in found.values())


def _fits(
    reply: ReplyFile,
    request: PendingRequest,
    home: Home,
    leaves: tuple[x509.Certificate, ...],
    now: dt.datetime,
) -> Match:
    """The one of several certificates over the key is chosen as before any other merge."""
    leaf = choose_leaf(request, SignedFile(leaves), now)
    assert leaf is not None  # the index has the request under its key
    match = _match(reply, Kind.FITS, f"Belongs to {home.words}.", leaf, home)
    return replace(match, request=request)


def _may_merge(leaf: x509.Certificate, home: Home, homes: tuple[Home, ...]) -> bool:
    """A key that is used again is at home twice: last year's certificate is merged already."""
    return home.takes_a_reply and _already(leaf, homes) is None


def _already(leaf: x509.Certificate, homes: tuple[Home, ...]) -> Home | None:
    """The home that has this very certificate, by preference as a version."""
    digest = facts.thumbprint(leaf)
    there = [home for home in homes if home.thumbprint == digest]
    return next((home for home in there if home.version), there[0] if there else None)


def _finished(reply: ReplyFile, leaf: x509.Certificate, homes: tuple[Home, ...]) -> Match:
    if home := _already(leaf, homes):
        newest = f"the newest version of “{home.name}” in {home.vault}"
        where = home.words if home.version else newest
        said = f"Merged already, as {where}."
        return _match(reply, Kind.MERGED, said, leaf, home)
    home = homes[0]
    other = f"thumbprint {home.thumbprint}" if home.thumbprint else "another"
    said = f"The key is that of {home.words}, which has another certificate: {other}."
    return _match(reply, Kind.FINISHED, said, leaf, home)


def _match(reply: ReplyFile, kind: Kind, verdict: str, leaf: x509.Certificate, home: Home) -> Match:
    return Match(reply.filename, kind, verdict, reply.signed, leaf, home)


def _nobodys(reply: ReplyFile) -> Match:
    said = "Nobody's: no request that was read has its key."
    return Match(reply.filename, Kind.NOBODYS, said, reply.signed)


def _issuers_only(reply: ReplyFile) -> Match:
    said = "Holds only issuers of the other certificates."
    return Match(reply.filename, Kind.CHAIN, said, reply.signed)


def _with_chain(match: Match, above: Intermediates, now: dt.datetime) -> Match:
    if match.kind is not Kind.FITS or match.leaf is None or match.signed is None:
        return match
    own = match.signed.certificates
    if not above.may_add(match.leaf, own):
        return match
    borrowed = above.borrowed(match.leaf, own, now)
    notes = [
        f"{facts.shown(name_text(each.subject))} was taken from {quoted(filename)}."
        for each, filename in borrowed.items()
    ]
    signed = SignedFile((*match.signed.certificates, *borrowed), (*match.signed.notes, *notes))
    return replace(match, signed=signed)


def _one_a_request(found: list[Match], now: dt.datetime) -> list[Match]:
    """Of several files with one certificate, the longest chain; of several certificates, none."""
    rivals: dict[tuple[str, str], list[Match]] = defaultdict(list)
    for each in found:
        if each.kind is Kind.FITS and each.home is not None:
            rivals[each.home.vault, each.home.name].append(each)
    decided: dict[int, Match] = {}
    for group in rivals.values():
        if len(group) > 1:
            decided.update(_decided(group, now))
    return [decided.get(id(each), each) for each in found]


def _decided(group: list[Match], now: dt.datetime) -> Iterator[tuple[int, Match]]:
    leaves = {each.leaf for each in group}
    if len(leaves) > 1:
        said = (
            f"{len(leaves)} different certificates are for this request: merge the right one in "
            "the panel Merge above."
        )
        for each in group:
            yield id(each), replace(each, kind=Kind.CONFLICT, verdict=f"{each.verdict} {said}")
        return
    best = max(group, key=lambda each: len(each.chain(now).certificates))
    said = f"Same certificate as {quoted(best.filename)}: that file is the one to merge."
    for each in group:
        if each is not best:
            yield id(each), replace(each, kind=Kind.SAME, verdict=said)


def _checked(match: Match, now: dt.datetime) -> Match:
    """The findings for the certificate that is merged."""
    if match.kind is not Kind.FITS or match.signed is None or match.request is None:
        return replace(match, request=None)
    findings = preflight(match.request, match.signed, now, leaf=match.leaf)
    return replace(match, findings=tuple(findings))
