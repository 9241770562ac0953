"""The issuers in a heap of replies: CAs send a leaf in one file and its chain in another."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from cryptography import x509

from kvcsr_widgets.pki import chain, facts
from kvcsr_widgets.pki.replies import ReplyFile

MAX_ALIKE = 5
"""Certificates of one name that are tried as an issuer; a re-issued CA has two or three."""

MAX_BORROWED = 5
"""Certificates that one chain takes from other files."""


class Intermediates:
    """The certificates of all files by name, as far as they can be issuers."""

    def __init__(self, replies: Iterable[ReplyFile]) -> None:
        files = {
            each: reply.filename
            for reply in replies
            if reply.signed is not None
            for each in reply.signed.certificates
        }
        with facts.unwarned():
            self._names = {each: _encoded(each) for each in files}
        self._issuers = {issuer for subject, issuer in self._names.values() if subject != issuer}
        self._named: dict[bytes, list[tuple[x509.Certificate, str]]] = {}
        for each, (subject, issuer) in self._names.items():
            if subject in self._issuers and subject != issuer:
                self._named.setdefault(subject, []).append((each, files[each]))

    def issues(self, certificate: x509.Certificate) -> bool:
        """Whether it has the name of the issuer of another one."""
        return self._names[certificate][0] in self._issuers

    def may_add(self, leaf: x509.Certificate, own: Iterable[x509.Certificate]) -> bool:
        """Whether another file may have what ``own`` lacks, to go by the names."""
        pairs = [self._names[each] for each in own]
        above = dict(sorted(pairs, key=lambda pair: pair[0] == pair[1]))  # a root last: it counts
        name = self._names[leaf][1]
        while name in above:
            issuer = above.pop(name)
            if issuer == name:
                return False
            name = issuer
        return name in self._named

    def borrowed(
        self, leaf: x509.Certificate, own: Sequence[x509.Certificate], now: dt.datetime
    ) -> dict[x509.Certificate, str]:
        """What the chain above ``leaf`` takes from other files, and from which.

        A root is not taken from elsewhere: whoever trusts it has it.
        """
        found = chain.build(leaf, own, now)
        taken: dict[x509.Certificate, str] = {}
        while found.missing is not None and len(taken) < MAX_BORROWED:
            last = found.certificates[-1]
            more = {
                each: filename
                for each, filename in self._named.get(_bytes(found.missing), [])[:MAX_ALIKE]
                if each not in taken and chain.is_issued_by(last, each)
            }
            if not more:
                break
            taken |= more
            found = chain.build(leaf, (*own, *taken), now)
        return {each: name for each, name in taken.items() if each in found.certificates}


def _encoded(certificate: x509.Certificate) -> tuple[bytes, bytes]:
    """Subject and issuer as bytes; empty where they cannot be read."""
    try:
        return _bytes(certificate.subject), _bytes(certificate.issuer)
    except facts.UNREADABLE:
        return b"", b""


def _bytes(name: x509.Name) -> bytes:
    return name.public_bytes()
