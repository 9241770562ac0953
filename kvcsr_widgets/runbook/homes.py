"""Where the keys of a vault are at home: every request and every version, by public key."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import TypeVar

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes

from kvcsr_widgets.errors import (
    BusyError,
    ForbiddenError,
    InputError,
    KvcsrError,
    NotFoundError,
    SignInError,
    UnreachableError,
)
from kvcsr_widgets.pki import facts
from kvcsr_widgets.pki.pending import Status
from kvcsr_widgets.pki.plan import CertificatePlan
from kvcsr_widgets.runbook.asked import policy_of
from kvcsr_widgets.runbook.progress import state
from kvcsr_widgets.vault.client import Vault
from kvcsr_widgets.vault.records import Certificate, Operation
from kvcsr_widgets.vault.report import own_words

T = TypeVar("T")

READERS = 8
"""Requests that are read at once; the service takes 4,000 of them in ten seconds."""

MAX_FAILURES = 20
"""After so many answers that say that a vault cannot be read, the rest of it is left out."""

Progress = Callable[[int, int], None]
"""Is told how many of how many certificates are done."""

_NOT_READABLE = (UnreachableError, BusyError, SignInError, ForbiddenError)


@dataclass(frozen=True, slots=True)
class Home:
    """Where a key is at home.

    ``vault`` is the vault's host, ``version`` empty for a request, ``state`` two or three words.
    ``thumbprint`` is the SHA-1 of the certificate that is there already, empty for a request that
    is not completed. ``operation`` is the request as it was read, None for a version; ``policy``
    what the vault's policy asks for with it, where that was read.
    ``thumbprints`` are those of all certificates that are known under this name.
    """

    vault: str
    name: str
    version: str = ""
    state: str = ""
    thumbprint: str = ""
    operation: Operation | None = field(default=None, repr=False)
    thumbprints: tuple[str, ...] = ()
    policy: CertificatePlan | None = field(default=None, repr=False)

    @property
    def words(self) -> str:
        """For a person: which one, and in which vault."""
        where = f"“{self.name}” in {self.vault}"
        if self.version:
            return f"{where}, version {self.version}"
        return f"{where} ({self.state})" if self.state else where

    @property
    def takes_a_reply(self) -> bool:
        """Whether it is a request that was not completed."""
        return self.operation is not None and self.operation.status is not Status.COMPLETED


@dataclass(frozen=True)
class Index:
    """Homes by the encoded SubjectPublicKeyInfo; ``notes`` tell what could not be read."""

    homes: Mapping[bytes, tuple[Home, ...]]
    notes: tuple[str, ...] = ()

    def at(self, key: CertificatePublicKeyTypes) -> tuple[Home, ...]:
        """The homes of a key; none for a stranger's."""
        return self.homes.get(facts.spki(key), ())

    @cached_property
    def homes_by_fingerprint(self) -> dict[str, tuple[str, ...]]:
        """In words, by the SHA-256 of the key: what ``pki.pending.PendingRequest.homes`` takes."""
        return {
            hashlib.sha256(spki).hexdigest(): tuple(home.words for home in homes)
            for spki, homes in self.homes.items()
        }


Entry = tuple[CertificatePublicKeyTypes, Home]


def index_of(entries: Iterable[Entry], notes: Iterable[str] = ()) -> Index:
    """Put keys and their homes into an index, in the order given."""
    homes: dict[bytes, list[Home]] = {}
    for key, home in entries:
        homes.setdefault(facts.spki(key), []).append(home)
    return Index({spki: tuple(each) for spki, each in homes.items()}, tuple(notes))


def index_of_requests(vault: str, operations: Iterable[Operation]) -> Index:
    """The homes of requests that were read before, as a desk has them; ``vault`` is the host."""
    return index_of(
        (each.csr.public_key, Home(vault, each.name, state=state(each), operation=each))
        for each in operations
        if each.csr is not None
    )


def _quiet(_done: int, _total: int) -> None:
    pass


def read_index(
    vaults: Sequence[Vault], *, versions: bool = False, progress: Progress = _quiet
) -> Index:
    """Read the requests of vaults, and with ``versions`` each finished version's certificate.

    For a request that takes a reply, its policy is read too, since a reply is held against it.
    What cannot be read is a note. What ``progress`` raises ends the reading.
    """
    entries: list[Entry] = []
    notes: list[str] = []
    shelves = [shelf for vault in vaults if (shelf := _listed(vault, notes)) is not None]
    total = sum(len(shelf.names) for shelf in shelves)
    done = 0
    for shelf in shelves:
        for found, said in shelf.read(versions=versions):
            entries.extend(found)
            notes.extend(said)
            done += 1
            progress(done, total)
        if shelf.left_out:
            notes.append(
                f"{shelf.vault.host}: {shelf.left_out} certificates were not read, since it "
                "does not answer as it should."
            )
    return index_of(entries, notes)


def _listed(vault: Vault, notes: list[str]) -> _Shelf | None:
    try:
        return _Shelf(vault, {each.name: each.thumbprint for each in vault.certificates()})
    except KvcsrError as error:
        notes.append(f"{vault.host}: {error.message} {own_words(error)}".rstrip())
        return None


class _Shelf:
    """The certificates of one vault; ``names`` gives the newest thumbprint of each."""

    def __init__(self, vault: Vault, names: dict[str, str]) -> None:
        self.vault = vault
        self.names = names
        self.left_out = 0
        self._failures = 0
        self._ended = threading.Event()
        self._lock = threading.Lock()

    def read(self, *, versions: bool) -> Iterator[tuple[list[Entry], list[str]]]:
        """The keys of each name, and notes on what could not be read."""
        with ThreadPoolExecutor(READERS) as pool:
            try:
                yield from pool.map(lambda name: self._read(name, versions=versions), self.names)
            finally:
                self._ended.set()  # those that still wait end at once

    def _read(self, name: str, *, versions: bool) -> tuple[list[Entry], list[str]]:
        notes: list[str] = []
        if self._ended.is_set():
            with self._lock:
                self.left_out += 1
            return [], notes
        listed = self._try(name, notes, lambda: self._versions(name)) if versions else None
        operation = self._try(name, notes, lambda: self._operation(name))
        thumbprints = (self.names[name], *(each.thumbprint for each in listed or ()))
        known = tuple(dict.fromkeys(filter(None, thumbprints)))
        found: list[Entry] = []
        if operation is not None and operation.csr is not None:
            home = self._request(name, operation, known)
            if home.takes_a_reply:
                policy = self._try(name, notes, lambda: policy_of(self.vault, name))
                home = replace(home, policy=policy)
            found.append((operation.csr.public_key, home))
        entries = (
            self._try(name, notes, partial(self._version, each, known)) for each in listed or ()
        )
        found.extend(entry for entry in entries if entry is not None)
        return found, notes

    def _versions(self, name: str) -> list[Certificate]:
        return list(self.vault.versions(name))

    def _operation(self, name: str) -> Operation | None:
        try:
            return self.vault.operation(name)
        except NotFoundError:
            return None

    def _request(self, name: str, operation: Operation, known: tuple[str, ...]) -> Home:
        there = self.names[name] if operation.status is Status.COMPLETED else ""
        return Home(
            self.vault.host,
            name,
            state=state(operation),
            thumbprint=there,
            operation=operation,
            thumbprints=known,
        )

    def _version(self, listed: Certificate, known: tuple[str, ...]) -> Entry:
        found = self.vault.certificate(listed.name, listed.version)
        try:
            key = x509.load_der_x509_certificate(found.der).public_key()
        except facts.UNREADABLE as error:
            raise InputError(f"Version {listed.version} cannot be read: {error}.") from error
        home = Home(
            self.vault.host,
            listed.name,
            listed.version,
            "enabled" if listed.enabled else "disabled",
            found.thumbprint,
            thumbprints=known,
        )
        return key, home

    def _try(self, name: str, notes: list[str], step: Callable[[], T]) -> T | None:
        try:
            return step()
        except KvcsrError as error:
            said = f"“{name}” in {self.vault.host}: {error.message} {own_words(error)}"
            notes.append(said.rstrip())
            if isinstance(error, _NOT_READABLE):
                self._count()
            return None

    def _count(self) -> None:
        with self._lock:
            self._failures += 1
            if self._failures >= MAX_FAILURES:
                self._ended.set()
