"""Workers that use one practice vault until they are killed, and what must be true afterwards.

A worker tells over a pipe what it is about to ask and what it was answered. Names of its own are
used by nobody else, so that their fate is known but for the one request in flight; shared names
are there for contention.
"""

from __future__ import annotations

import base64
import multiprocessing
import os
import random
import signal
import sqlite3
import time
import traceback
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import load_der_private_key

from kvcsr_widgets.pki.facts import spki
from kvcsr_widgets.practice.rows import Certificate, Operation, Version, read
from kvcsr_widgets.practice.rules import Delays
from kvcsr_widgets.practice.tokens import resource_of
from kvcsr_widgets.practice.transport import Practice
from tests.practice.fuzz import file_to_import, text
from tests.practice.wire import Json

SHARED = ("shared-0", "shared-1", "shared-2")


def _processes() -> Any:
    """What starts them: a small process that has read this module, and ends with this one.

    A copy of the tests' own process would take long, all that earlier tests have left included.
    Where there is no such thing, the tests are skipped, but this module is read all the same.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    return context


AT_ONCE = Delays(issue=0, cancel=0, delete=0)
_EC = {"kty": "EC", "crv": "P-256"}


@dataclass(frozen=True)
class Event:
    """What a worker says: ``doing`` before a request, ``answered`` after it, or ``broken``."""

    what: str
    step: str
    name: str
    status: int = 0
    fact: tuple[str, str] = ("", "")


# --- the worker's side -------------------------------------------------------------------------


@dataclass
class Worker:
    """One process at work: asks, and says so before and after."""

    practice: Practice
    pipe: Connection
    random: random.Random
    pfx: str

    def __post_init__(self) -> None:
        token, _ = self.practice.tokens.issue(resource_of(self.practice.host))
        self.session = self.practice.session()
        self.session.headers["Authorization"] = f"Bearer {token}"

    def ask(self, step: str, name: str, body: object = None) -> tuple[int, Any]:
        """One request."""
        method, route = _STEPS[step]
        self.pipe.send(Event("doing", step, name))
        url = f"{self.practice.url}{route.format(name)}?api-version=7.6"
        answered = self.session.request(method, url, json=body)
        found = answered.json() if answered.content else {}
        fact = _fact(found) if answered.ok else (answered.text[:300], "")
        self.pipe.send(Event("answered", step, name, answered.status_code, fact))
        return answered.status_code, found

    def create(self, name: str, issuer: str = "Unknown") -> str:
        x509_props = {"subject": f"CN={name}", "validity_months": 1}
        policy = {"key_props": _EC, "x509_props": x509_props, "issuer": {"name": issuer}}
        _status, found = self.ask("create", name, {"policy": policy})
        return str(found.get("csr", ""))

    def merge(self, name: str, csr: str) -> None:
        reply = self.practice.authority.sign(base64.b64decode(csr))
        self.ask("merge", name, {"x5c": [text(reply.p7b)]})

    def put(self, name: str) -> None:
        self.ask("import", name, {"value": self.pfx})

    def finish(self, name: str) -> None:
        """Leave it, or delete it, or recover or purge it too."""
        wanted = self.random.choice(((), ("delete",), ("delete", "recover"), ("delete", "purge")))
        for step in wanted:
            self.ask(step, name)

    def own(self, name: str) -> None:
        """The life of a name that nobody else uses."""
        for way in self.random.sample(("merge", "self", "import", "wait"), 2):
            if way == "merge":
                self.merge(name, self.create(name))
            elif way == "self":
                self.create(name, "Self")
                self.ask("get", name)
            elif way == "import":
                self.put(name)
            else:
                self.create(name)
                break
        self.finish(name)

    def share(self, name: str) -> None:
        """Something with a name that the others use at the same moment."""
        step = self.random.choice(("create", "self", "merge", "import", *_SIMPLE))
        if step in ("create", "self"):
            self.create(name, "Self" if step == "self" else "Unknown")
        elif step == "merge":
            status, found = self.ask("pending", name)
            if status == 200:
                self.merge(name, found["csr"])
        elif step == "import":
            self.put(name)
        else:
            self.ask(step, name)


_STEPS = {
    "create": ("POST", "/certificates/{}/create"),
    "merge": ("POST", "/certificates/{}/pending/merge"),
    "import": ("POST", "/certificates/{}/import"),
    "delete": ("DELETE", "/certificates/{}"),
    "recover": ("POST", "/deletedcertificates/{}/recover"),
    "purge": ("DELETE", "/deletedcertificates/{}"),
    "get": ("GET", "/certificates/{}"),
    "pending": ("GET", "/certificates/{}/pending"),
    "drop": ("DELETE", "/certificates/{}/pending"),
    "update": ("PATCH", "/certificates/{}"),
    "secret": ("GET", "/secrets/{}"),
    "deleted": ("GET", "/deletedcertificates/{}"),
    "list": ("GET", "/certificates"),
    "list-deleted": ("GET", "/deletedcertificates"),
    "backup": ("POST", "/certificates/{}/backup"),
}
_SIMPLE = (
    *("delete", "recover", "purge", "delete", "purge", "get", "drop", "secret", "deleted"),
    *("list", "list-deleted", "backup"),
)
WRITES = frozenset(("create", "merge", "import", "delete", "recover", "purge"))
ANSWERS = {"create": 202, "merge": 201, "purge": 204}
"""What a name of one's own answers; 200 where it is not said."""


def _fact(found: Json) -> tuple[str, str]:
    """Version and thumbprint of a certificate, or a request's id."""
    if "request_id" in found:
        return str(found["request_id"]), ""
    return str(found.get("id", "")).rpartition("/")[2], str(found.get("x5t", ""))


def work(path: Path, pipe: Connection, seed: int, pfx: str) -> None:
    """Open the file and use it for ever; a mistake is told over the pipe."""
    try:
        practice = Practice(path, time.time, delays=AT_ONCE)
        worker = Worker(practice, pipe, random.Random(seed), pfx)
        number = 0
        while True:
            if worker.random.random() < 0.4:
                worker.own(f"own-{seed}-{number}")
                number += 1
            else:
                worker.share(worker.random.choice(SHARED))
    except BaseException:  # noqa: BLE001 - whatever it is, the test shall show it
        pipe.send(Event("broken", "", "", fact=(traceback.format_exc(), "")))
        raise SystemExit(1) from None


# --- the parent's side -------------------------------------------------------------------------


@dataclass
class Fate:
    """What is known of a name that one worker alone used."""

    state: str = "absent"
    request: str = ""
    versions: dict[str, str] = field(default_factory=dict)
    doing: str = ""

    def take(self, event: Event) -> None:
        if event.what == "doing":
            self.doing = event.step
            return
        self.doing = ""
        assert event.status == ANSWERS.get(event.step, 200), event
        _TAKE.get(event.step, _keep)(self, event)

    def may_be(self) -> set[str]:
        """The states that the request in flight leaves open."""
        after = {"create": "live", "import": "live", "recover": "live", "delete": "deleted"}
        after |= {"purge": "absent"}
        return {self.state, after.get(self.doing, self.state)}


def _keep(fate: Fate, event: Event) -> None:
    """A certificate was answered."""
    version, thumbprint = event.fact
    if thumbprint:
        fate.versions[version] = thumbprint


def _created(fate: Fate, event: Event) -> None:
    fate.state, fate.request = "live", event.fact[0]


def _merged(fate: Fate, event: Event) -> None:
    _keep(fate, event)
    assert event.fact[1], event


def _imported(fate: Fate, event: Event) -> None:
    _merged(fate, event)
    fate.state, fate.request = "live", ""


def _moved(state: str) -> Callable[[Fate, Event], None]:
    def take(fate: Fate, _event: Event) -> None:
        fate.state = state
        if state == "absent":
            fate.versions, fate.request = {}, ""

    return take


_TAKE: dict[str, Callable[[Fate, Event], None]] = {
    "create": _created,
    "merge": _merged,
    "import": _imported,
    "get": _merged,
    "delete": _moved("deleted"),
    "recover": _moved("live"),
    "purge": _moved("absent"),
}


@dataclass
class Hand:
    """A running worker as its parent sees it."""

    process: Any
    pipe: Connection
    fates: dict[str, Fate] = field(default_factory=dict)
    last: Event | None = None
    answers: int = 0

    def listen(self) -> None:
        """Take what was said so far."""
        with suppress(EOFError):
            while self.pipe.poll():
                self.hear(self.pipe.recv())

    def hear(self, event: Event) -> None:
        assert event.what != "broken", event.fact[0]
        assert event.status < 500, event
        self.last = event
        self.answers += event.what == "answered"
        if event.name.startswith("own-"):
            self.fates.setdefault(event.name, Fate()).take(event)

    def kill(self) -> bool:
        """Kill it, hear it out; whether it died within a request that changes something."""
        assert self.process.pid is not None
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.join(10)
        died = self.process.exitcode
        self.listen()
        self.pipe.close()
        assert died == -signal.SIGKILL, f"it had ended by itself: {died}"
        return self.last is not None and self.last.what == "doing" and self.last.step in WRITES


class Crew:
    """Four workers at one file. What killed ones had done is in ``fates``."""

    def __init__(self, path: Path, seed: int = 0) -> None:
        self.path = path
        self.random = random.Random(seed)
        self.fates: dict[str, Fate] = {}
        self.kills = self.hits = self.answers = 0
        self._seen: set[int] = set()
        self._started = 0
        self._pfx = text(file_to_import()[0])
        practice = Practice(path, time.time, delays=AT_ONCE)
        practice.authority._load()  # the CA's keys take long to make
        practice.close()
        self.hands = [self._start() for _ in range(4)]

    def _start(self) -> Hand:
        self._started += 1
        ours, theirs = _processes().Pipe(duplex=False)
        arguments = (self.path, theirs, self._started, self._pfx)
        process = _processes().Process(target=work, args=arguments, daemon=True)
        process.start()
        theirs.close()
        return Hand(process, ours)

    def kill_one(self) -> None:
        """Kill any of them at any moment, and have another take its place."""
        time.sleep(self.random.uniform(0, 0.03))
        number = self.random.randrange(len(self.hands))
        for hand in self.hands:
            hand.listen()
        self._bury(self.hands[number])
        self.hands[number] = self._start()

    def _bury(self, hand: Hand) -> None:
        self.hits += hand.kill()
        self.kills += 1
        self.fates |= hand.fates
        self.answers += hand.answers

    def kill_all(self) -> None:
        """The end of all, as it would be with the machine's."""
        while self.hands:
            self._bury(self.hands.pop())

    def stop(self) -> None:
        """Leave no process behind, whatever happened."""
        for hand in self.hands:
            hand.process.kill()
            hand.process.join(10)
            hand.pipe.close()
        self.hands = []

    def check(self) -> None:
        """Open the file anew and hold it against the rules and against what was acknowledged."""
        with closing(sqlite3.connect(self.path, timeout=30)) as db:
            db.execute("BEGIN")
            assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert db.execute("PRAGMA foreign_key_check").fetchall() == []
            found = Found.read(db)
        found.check_all(self._seen)
        for name, fate in self.fates.items():
            found.check_fate(name, fate)


@dataclass
class Found:
    """All that lies in the file at one moment."""

    certificates: dict[str, Certificate]
    versions: dict[str, Version]
    operations: dict[str, Operation]

    @classmethod
    def read(cls, db: sqlite3.Connection) -> Found:
        def rows(kind: Any) -> list[Any]:
            return [read(kind, row) for row in db.execute(f"SELECT * FROM {kind.TABLE}")]

        return cls(
            {row.name: row for row in rows(Certificate)},
            {row.id: row for row in rows(Version)},
            {row.name: row for row in rows(Operation)},
        )

    def check_all(self, seen: set[int]) -> None:
        """No half-written certificate, no version without its key, no request without both."""
        assert {version.name for version in self.versions.values()} == set(self.certificates)
        waiting = [version.name for version in self.versions.values() if not version.issued]
        assert len(waiting) == len(set(waiting))
        for version in self.versions.values():
            _once(seen, (version.id, version.key, version.cer, version.chain), version, _whole)
        for operation in self.operations.values():
            version = self.versions[operation.version]
            assert version.name == operation.name
            assert version.issued == operation.completed
            _once(seen, (operation.csr, version.key), (operation, version), _over_its_key)

    def check_fate(self, name: str, fate: Fate) -> None:
        """What was acknowledged is there."""
        state = self.state(name)
        assert state in fate.may_be(), (name, fate, state)
        if state == "absent":
            return
        for version, thumbprint in fate.versions.items():
            found = self.versions.get(version)
            assert found is not None, (name, fate)
            assert found.cer is not None, (name, fate)
            assert _x5t(found.cer) == thumbprint, (name, fate)
        if fate.request and fate.doing not in ("create", "import"):
            assert self.operations[name].request_id == fate.request, (name, fate)

    def state(self, name: str) -> str:
        certificate = self.certificates.get(name)
        if certificate is None:
            return "absent"
        return "live" if certificate.deleted_at is None else "deleted"


def _once(seen: set[int], key: object, value: Any, check: Callable[[Any], None]) -> None:
    """Check what was not checked before in this form."""
    if hash(key) not in seen:
        check(value)
        seen.add(hash(key))


def _whole(version: Version) -> None:
    key: Any = load_der_private_key(version.key, None)
    if not version.issued:
        assert version.cer is None
        return
    assert version.cer is not None
    leaf = x509.load_der_x509_certificate(version.cer)
    assert spki(leaf.public_key()) == spki(key.public_key())
    assert leaf in x509.load_pem_x509_certificates(version.chain)


def _over_its_key(pair: tuple[Operation, Version]) -> None:
    operation, version = pair
    key: Any = load_der_private_key(version.key, None)
    csr = x509.load_der_x509_csr(operation.csr)
    assert csr.is_signature_valid
    assert spki(csr.public_key()) == spki(key.public_key())
    assert operation.issuer


def _x5t(der: bytes) -> str:
    digest = hashes.Hash(hashes.SHA1())
    digest.update(der)
    return base64.urlsafe_b64encode(digest.finalize()).rstrip(b"=").decode()


def open_at_once(path: Path, number: int = 4) -> list[str]:
    """Have several processes open one file at the same moment; their errors, "" for none."""
    start = time.monotonic() + 0.03
    pipes = [_processes().Pipe(duplex=False) for _ in range(number)]
    processes = [
        _processes().Process(target=_open_then, args=(path, start, theirs), daemon=True)
        for _ours, theirs in pipes
    ]
    for process in processes:
        process.start()
    said = [str(ours.recv()) if ours.poll(60) else "silent" for ours, _theirs in pipes]
    for process in processes:
        process.kill()
        process.join(10)
    for ours, theirs in pipes:
        ours.close()
        theirs.close()
    return said


def _open_then(path: Path, start: float, pipe: Connection) -> None:
    time.sleep(max(0, start - time.monotonic()))
    try:
        Practice(path).close()
    except BaseException as error:  # noqa: BLE001 - told to the test
        pipe.send(repr(error))
    else:
        pipe.send("")
