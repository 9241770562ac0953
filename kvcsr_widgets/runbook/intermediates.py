"""The issuers in a heap of replies: CAs send a leaf in one file and its chain in another."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from cryptography import x509

from kvcsr_widgets.pki import chain, facts
from kvcsr_widgets.pki.chain import Chain
from kvcsr_widgets.pki.replies import ReplyFile

MAX_ALIKE = 5
"""Certificates of one name that are tried as an issuer; a re-issued CA has two or three."""

MAX_BORROWED = 5
"""Certificates that one chain takes from other files."""


class Intermediates:
    """The certificates of all files by name, as far as they can be issuers."""

    def __init__(self, replies: Iterable[ReplyFile]) -> None:
        everyone = {
            each: reply.filename
            for reply in replies
            if reply.signed is not None
            for each in reply.signed.certificates
        }
        self._issuers: set[bytes] = set()
        self._named: dict[bytes, list[tuple[x509.Certificate, str]]] = {}
        with facts.unwarned():
            for each in everyone:
                subject, issuer = _encoded(each)
                if subject != issuer:
                    self._issuers.add(issuer)
            for each, filename in everyone.items():
                subject, issuer = _encoded(each)
                if subject in self._issuers and subject != issuer:
                    self._named.setdefault(subject, []).append((each, filename))

    def issues(self, certificate: x509.Certificate) -> bool:
        """Whether it has the name of the issuer of another one."""
        return _encoded(certificate)[0] in self._issuers

    def complete(
        self, leaf: x509.Certificate, own: Sequence[x509.Certificate], now: dt.datetime
    ) -> tuple[Chain, dict[x509.Certificate, str]]:
        """The chain above ``leaf``, and which of it came from which other file.

        A root is not taken from elsewhere: whoever trusts it has it.
        """
        found = chain.build(leaf, own, now)
        borrowed: dict[x509.Certificate, str] = {}
        while found.missing is not None and len(borrowed) < MAX_BORROWED:
            last = found.certificates[-1]
            more = {
                each: filename
                for each, filename in self._named.get(_bytes(found.missing), [])[:MAX_ALIKE]
                if each not in borrowed and chain.is_issued_by(last, each)
            }
            if not more:
                break
            borrowed |= more
            found = chain.build(leaf, (*own, *borrowed), now)
        used = {each: name for each, name in borrowed.items() if each in found.certificates}
        return found, used


def _encoded(certificate: x509.Certificate) -> tuple[bytes, bytes]:
    """Subject and issuer as bytes; empty where they cannot be read."""
    try:
        return _bytes(certificate.subject), _bytes(certificate.issuer)
    except facts.UNREADABLE:
        return b"", b""


def _bytes(name: x509.Name) -> bytes:
    return name.public_bytes()
